# shape.awk -v file=NAME: the size and shape of functions, on stripped source.
# SPDX-License-Identifier: MIT
#
# KNF makes this simple: a function's name begins a line, its braces stand
# alone in the first column, and every level is one tab.  Complexity is
# McCabe's with && and || counted; nesting is the deepest control statement.
function complain(line, what) {
	print file ":" line ": " what
}

function parameters(text,    depth, n, i, c) {
	n = 1
	depth = 0
	for (i = index(text, "("); i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "(")
			depth++
		else if (c == ")" && --depth == 0)
			break
		else if (c == "," && depth == 1)
			n++
	}
	return n
}

# How often WORD, a regular expression, stands in TEXT.
function times(text, word) {
	return gsub(word, "", text)
}

# Keywords of control: blanks around a copy make the word ends plain.
function branches(text) {
	gsub(/[^A-Za-z0-9_&|?]/, " ", text)
	gsub(/ /, "  ", text)
	text = " " text " "
	return times(text, " (if|for|while|case) ") + times(text, "&&") \
	    + times(text, "[|][|]") + times(text, "[?]")
}

function depth_of(text) {
	match(text, /^\t*/)
	return RLENGTH
}

# Tests may say more in one function than what is shipped.
BEGIN { most = file ~ /^(tests|fuzz)\// ? 15 : 10 }

# The lines since the last one that ended a declaration.
!inside && /^[^ \t#{}]/ {
	if (!continued) {
		head = ""
		head_line = FNR
		name_line = 0
	}
	if ($0 ~ /^[A-Za-z_][A-Za-z0-9_]*\(/ && !name_line) {
		name_line = FNR
		name = $0
		sub(/\(.*/, "", name)
	}
}
!inside && !/^[{}#]/ && !/^$/ {
	head = head $0
	continued = ($0 !~ /[;}]$/)
	last_code = $0
}
!inside && /^$/ { continued = 0 }

!inside && /^{/ {
	inside = 1
	if (!name_line || head !~ /\)$/) {
		complain(FNR, "a brace alone in the first column opens a " \
		    "function, whose name begins the line after its type")
		name = "?"
		name_line = FNR
	} else if (head_line == name_line)
		complain(name_line, name "(): return type on its own line")
	else if (parameters(substr(head, index(head, name "("))) > 5 &&
	    name !~ /^mmap(64)?$/) # the C library's, not ours to choose
		complain(name_line, name "(): over 5 parameters")
	complexity = 1
	nesting = 0
	next
}
inside && /^}/ {
	inside = 0
	continued = 0
	lines = FNR - name_line + 1
	if (lines > 60)
		complain(name_line, name "(): " lines " lines, over 60")
	if (complexity > most)
		complain(name_line, name "(): complexity " complexity \
		    ", over " most)
	if (nesting > 3)
		complain(name_line, name "(): nested " nesting \
		    " deep, over 3")
	if (stats)
		print "function", lines, complexity, nesting, file, name
	next
}
inside {
	complexity += branches($0)
	if ($0 ~ /^\t+(if|for|while|switch|do|} else)($|[ (])/ &&
	    $0 !~ /} while/ && depth_of($0) > nesting)
		nesting = depth_of($0)
}
END {
	if (FNR > 400)
		complain(FNR, FNR " lines, over 400: find the second concept")
}
