#!/bin/sh
# test_named.sh: the tests that the tables name exist.
# SPDX-License-Identifier: MIT
#
# Every `file:word` of the last column of a table: the file is there, below
# tests/ or the top folder, and has the word; `make target`: so does the
# Makefile, which has all that test-all starts.  The rows are numbered without a gap.
set -u
passed=0 failed=0

complain() {
	echo "FAIL  $1"
	failed=$((failed + 1))
}

# there PATTERN WORD: whether a file of that name has WORD, unless empty.
there() {
	for path in tests/$1 $1; do # PATTERN is one, on purpose
		[ -e "$path" ] || continue
		[ -z "$2" ] || grep -qwF -e "$2" "$path" || continue
		return 0
	done
	return 1
}

# table FILE ROWS: at least so many.
table() {
	rows=$(grep -c '^| [0-9]* |' "$1")
	[ "$rows" -ge "$2" ] || complain "$1: $rows rows, not $2"
	[ "$(sed -n 's/^| \([0-9]*\) |.*/\1/p' "$1" | tr '\n' ' ')" = \
	    "$(seq -s ' ' 1 "$rows") " ] || complain "$1: rows out of order"
	awk -F '|' -v rows="$rows" '/^\| [0-9]+ \|/ {
		n = split($(NF - 1), part, "`")
		for (i = 2; i <= n; i += 2)
			print $2 " " part[i]
		if (n < 3)
			print $2 " nothing"
	}' "$1" >"$work"
	while read -r row name; do
		case $name in
		'make '*) make -n "${name#make }" >/dev/null 2>&1 ;;
		*:*) there "${name%%:*}" "${name#*:}" ;;
		*) there "$name" '' ;;
		esac || {
			complain "$1, row $row: $name: no such test"
			continue
		}
		passed=$((passed + 1))
	done <"$work"
}

work=$(mktemp)
trap 'rm -f "$work"' EXIT
table tests/field/README.md 26
table docs/THREATS.md 27
# What `make test-all` starts.
# shellcheck disable=SC2013 # words are meant, not lines
for target in $(sed -n '/^test-all:/,/^$/s/.*MAKE) .*-s //p' Makefile); do
	if make -n "$target" >/dev/null 2>&1; then
		passed=$((passed + 1))
	else
		complain "make test-all: no target $target"
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
