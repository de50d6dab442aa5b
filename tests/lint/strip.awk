# strip.awk: C source without comments and without what literals hold.
# SPDX-License-Identifier: MIT
#
# Line for line and column for column: comments become blanks, the inside of
# a literal becomes "~", so that the gates behind it see code only.
{
	out = ""
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		two = substr($0, i, 2)
		if (state == "comment") {
			if (two == "*/") {
				state = ""
				out = out "  "
				i++
			} else
				out = out (c == "\t" ? c : " ")
		} else if (state != "") {
			if (c == "\\") {
				out = out "~~"
				i++
			} else if (c == state) {
				state = ""
				out = out c
			} else
				out = out "~"
		} else if (two == "/*") {
			state = "comment"
			out = out "  "
			i++
		} else {
			if (c == "\"" || c == "'")
				state = c
			out = out c
		}
	}
	sub(/[ \t]+$/, "", out)
	print out
}
