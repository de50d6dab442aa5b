#!/bin/sh
# source.sh [FILE...]: layout and shape of C files.
# SPDX-License-Identifier: MIT
set -eu
here=$(dirname "$0")
# shellcheck disable=SC2046 # our file names hold no blanks
[ $# -gt 0 ] || set -- $(find core port platform examples tests fuzz \
    -name '*.[ch]' 2>/dev/null | sort)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for file in "$@"; do
	awk -f "$here/strip.awk" "$file" >"$work/code"
	awk -v file="$file" -v code="$work/code" -f "$here/format.awk" "$file"
	awk -v file="$file" -v stats="${STATS:-0}" -f "$here/shape.awk" \
	    "$work/code"
	[ "$(tail -c 1 "$file" | od -An -c)" = '  \n' ] ||
	    echo "$file: no line end at the end"
done >"$work/found"

if [ "${STATS:-0}" != 0 ]; then
	cat "$work/found"
	exit 0
fi
cat "$work/found" >&2
[ ! -s "$work/found" ]
