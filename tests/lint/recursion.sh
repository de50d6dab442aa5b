#!/bin/sh
# recursion.sh: no cycle and no call by pointer in core and what is as pure.
# SPDX-License-Identifier: MIT
#
# Reads the call graph that gcc writes (-fcallgraph-info), so that the
# worst-case stack is a sum.  A function that calls nobody is taken away, then
# those that called only it, and so on: what stays runs in circles.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- core platform/milter

for dir in "$@"; do
	for source in "$dir"/*.c; do
		[ -e "$source" ] || continue
		gcc -std=c99 -O0 -Icore -I"$dir" -fcallgraph-info -c \
		    -o "$work/$(basename "$source" .c).o" "$source"
	done
done

cat "$work"/*.ci | awk -F '"' '
/^edge:/ && $4 == "__indirect_call" {
	print "recursion: " $2 " calls through a pointer"
	bad = 1
}
/^edge:/ && !(($2, $4) in seen) {
	seen[$2, $4] = 1
	calls[$2]++
	caller[$4, ++callers[$4]] = $2
	node[$2] = node[$4] = 1
}
END {
	for (f in node)
		if (!calls[f])
			leaf[++last] = f
	for (first = 1; first <= last; first++) {
		f = leaf[first]
		delete node[f]
		for (i = 1; i <= callers[f]; i++)
			if (--calls[caller[f, i]] == 0)
				leaf[++last] = caller[f, i]
	}
	for (f in node) {
		print "recursion: " f " is part of a cycle, or calls one"
		bad = 1
	}
	exit bad
}' >&2
