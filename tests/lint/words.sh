#!/bin/sh
# words.sh: what no committed file may say.  SPDX-License-Identifier: MIT
set -eu
cd "${1:-.}"

# The patterns are written with a gap, so that this file passes its own gate.
notes='TO''DO|FIX''ME|XX''X|HA''CK|WI''P'
places='(^|[^A-Za-z0-9_}])/(wo''rk|ho''me|ro''ot|tmp/w''t)/'
hosts='deb\.deb''ian\.org|pypi\.o''rg|npm''js\.|cra''tes\.io|proxy\.gol''ang'

list() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard
	else
		find . -type f -not -path './build/*'
	fi
}

bad=0
complain() {
	sed 's/^/words: /' >&2
	echo "words: $1" >&2
	bad=1
}

files=$(mktemp)
trap 'rm -f "$files" "$files.found"' EXIT
list | while read -r file; do
	[ ! -f "$file" ] || echo "$file"
done >"$files"

# search WHAT PATTERN FILES-PATTERN
search() {
	grep -E "$3" "$files" | tr '\n' '\0' |
	    xargs -0 -r grep -nwIE "$2" /dev/null >"$files.found" || :
	[ ! -s "$files.found" ] || complain "$1" <"$files.found"
}
text='(^|/)[^/]*$'
search 'a note to oneself: finish it, or write it down as a limit' \
    "$notes" "$text"
# shellcheck disable=SC2046 # our file names hold no blanks
grep -nIE "$places|$hosts" /dev/null $(grep -v '^tests/vectors/' "$files") \
    >"$files.found" || :
[ ! -s "$files.found" ] ||
    complain 'a path or host of some machine' <"$files.found"

# Trailing blanks are content in messages and markdown-free everywhere else.
grep -E '\.(sh|awk|py|mk|md|yml)$|(^|/)Makefile$|^\.ci/run$' "$files" |
while read -r file; do
	grep -nE '[ 	]+$' "$file" /dev/null || :
done >"$files.found"
[ ! -s "$files.found" ] || complain 'blanks at a line end' <"$files.found"

# The licence stands in every file that can carry a comment.
grep -E '\.([chS]|sh|awk|py|pl|mk|ld|zone\.in)$|(^|/)Makefile$|^\.ci/run$' \
    "$files" | grep -v '^tests/vectors/' | while read -r file; do
	head -n 12 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
	    echo "$file"
done >"$files.found"
[ ! -s "$files.found" ] ||
    complain 'no line "SPDX-License-Identifier: MIT"' <"$files.found"

# The top folder holds what the reader looks for there.
top='Makefile|README\.md|LICENSE'
top="$top|core|port|platform|examples|tests|fuzz|docs"
sed 's,/.*,,' "$files" | sort -u | grep -vE "^\.|^($top)\$" \
    >"$files.found" || :
[ ! -s "$files.found" ] ||
    complain 'not a folder or file of the top level' <"$files.found"
exit $bad
