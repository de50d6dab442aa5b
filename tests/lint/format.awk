# format.awk -v file=NAME -v code=STRIPPED: layout, checked line by line.
# SPDX-License-Identifier: MIT
#
# Reads the source; STRIPPED is the same from strip.awk, for what holds in
# code but not in comments and literals.
function complain(what) {
	print file ":" FNR ": " what
}

# Columns of TEXT: tabs go to the next multiple of 8, UTF-8 counts once.
function columns(text,    n, i, c) {
	n = 0
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\t")
			n += 8 - n % 8
		else if (c < "\200" || c > "\277")
			n++
	}
	return n
}

{
	getline plain <code
	in_comment = (plain ~ /^[ \t]*$/ && $0 !~ /^[ \t]*$/ &&
	    $0 !~ /^[ \t]*\/\*/)
}
$0 == "" && FNR > 1 && last == "" { complain("a second empty line") }
FNR == 1 && $0 == "" { complain("begins with an empty line") }
{ last = $0 }
/[ \t]$/ { complain("blanks at the end of the line") }
/\r/ { complain("carriage return") }
columns($0) > 80 { complain(columns($0) " columns, over 80") }
in_comment && !/^[\t ]*\*/ {
	complain("a line of a comment begins with *")
}
!in_comment && /^[\t ]/ && !/^\t*(    )?[^ \t]/ {
	complain("indentation is tabs, and four blanks for a continued line")
}
in_comment { next }
/^\t*    [^ \t]/ && before ~ /[;{}]$/ {
	complain("four blanks, but the line before is complete")
}
plain ~ /(^|[^A-Za-z0-9_])(if|for|while|switch)\(/ {
	complain("a blank after if, for, while and switch")
}
plain ~ /\){/ { complain("a blank before {") }
plain ~ /}(else|while)/ { complain("a blank after }") }
plain ~ /^\t+else/ && before ~ /}$/ { complain("} else on one line") }
plain ~ /^\t+{$/ && before ~ /\)$/ {
	complain("the brace ends the line that it belongs to")
}
plain ~ /\/\// { complain("comments are /* */") }
plain ~ /[,;][^ \t)]/ && plain !~ /^#/ && plain !~ /;;/ {
	complain("a blank after , and ;")
}
plain ~ /[A-Za-z0-9_]\*+ [A-Za-z_]/ { complain("the star stands at the name") }
plain ~ /[ \t],|[^ \t;(] ;/ { complain("no blank before , and ;") }
plain ~ /\( | \)/ { complain("no blanks inside ( )") }
plain != "" { before = plain }
END {
	if (FNR == 0 || last == "")
		complain("ends with an empty line, or is empty")
	close(code)
}
