#!/bin/sh
# linear.sh: work grows as the message does, whatever its shape.
# SPDX-License-Identifier: MIT
#
# Core is built with limits that the shapes do not reach; instructions are
# counted by callgrind at n, 2n and 4n: from 2n to 4n there must be twice as
# many more as from n to 2n, with 20 % of grace.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

${CC:-cc} -std=c99 -O2 -g -Icore -Iport -Iport/mbedtls \
    -DUKEY_HEADER_MAX=4000000 -DUKEY_FIELDS_MAX=65000 \
    -DUKEY_H_NAMES_MAX=60000 -DUKEY_TAG_LIST_MAX=65535 \
    -o "$work/linear" tests/house/linear.c core/*.c port/*.c \
    port/mbedtls/ukey_port_*.c -lmbedcrypto || exit 1

count() {
	valgrind --tool=callgrind --callgrind-out-file="$work/out" \
	    "$work/linear" "$1" "$2" 2>&1 | sed -n 's/.*refs: *//p' |
	    tr -d ,
}

# linear SHAPE N
linear() {
	a=$(count "$1" "$2")
	b=$(count "$1" $(($2 * 2)))
	c=$(count "$1" $(($2 * 4)))
	if [ $(((c - b) * 10)) -le $(((b - a) * 24)) ] && [ "$b" -gt "$a" ]
	then
		echo "ok    $1: $a, $b, $c instructions at $2, 2n, 4n"
		passed=$((passed + 1))
	else
		echo "FAIL  $1: $a, $b, $c instructions at $2, 2n, 4n"
		failed=$((failed + 1))
	fi
}

linear fields 4000
linear names 1500
linear same-names 4000
linear signatures 4000
linear folds 8000
linear spaces 8000
linear crlfs 8000
linear bare 8000
linear mailboxes 2000
linear authres 4000
echo "$passed passed, $failed failed"
[ $failed = 0 ]
