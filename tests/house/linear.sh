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

${CC:-cc} -std=gnu99 -O2 -g -Icore -Iport -Iport/mbedtls -Iplatform/posix \
    -Iplatform/milter -Iexamples/milter \
    -DUKEY_HEADER_MAX=4000000 -DUKEY_PROTOCOL_HEADER=4000000 \
    -DUKEY_FIELDS_MAX=65000 -DUKEY_PROTOCOL_FIELDS=65000 \
    -DUKEY_H_NAMES_MAX=60000 -DUKEY_PROTOCOL_H_NAMES=60000 \
    -DUKEY_TAG_LIST_MAX=65535 -DUKEY_PROTOCOL_TAG_LIST=65535 \
    -o "$work/linear" tests/house/linear.c tests/house/linear_parsers.c \
    platform/milter/ukey_milter_codec.c platform/posix/ukey_zone*.c \
    examples/milter/conf.c examples/milter/conf_network.c \
    examples/milter/conf_results.c core/*.c port/*.c \
    port/mbedtls/ukey_port_*.c -lmbedcrypto || exit 1

count() {
	valgrind --tool=callgrind --callgrind-out-file="$work/out" \
	    "$work/linear" "$1" "$2" 2>&1 | sed -n 's/.*refs: *//p' |
	    tr -d ,
}

# import N: instructions of a backup of N logins.
import() {
	ukd=${BUILD:-build/host-mbedtls}/userkeys
	set -- "$1" "$work/ukd$1"
	"$ukd" ukd init --db "$2" --key-file "$2.key" >/dev/null
	awk -v n="$1" 'BEGIN {
		OFS = "\t"
		print "userkeys-ukd-1", "sealed"
		print "address", "alice@example.org", 0, 0, 0, 0
		for (i = 0; i < n; i++)
			print "login", "login" i, "alice@example.org"
		print "end", n + 1
	}' >"$2.backup"
	valgrind --tool=callgrind --callgrind-out-file="$work/out" \
	    "$ukd" ukd import "$2.backup" --db "$2" 2>&1 |
	    sed -n 's/.*refs: *//p' | tr -d ,
	[ "$("$ukd" ukd show alice@example.org --db "$2" |
	    grep -c 'login[0-9]')" != 0 ] || echo "nothing imported" >&2
}

import_of() {
	import "$2"
}

# linear SHAPE N, unless SHAPES names others
linear() {
	case " ${SHAPES:-$1} " in
	*" $1 "*) ;;
	*) return ;;
	esac
	how=count
	[ "$1" != import ] || how=import_of
	a=$($how "$1" "$2")
	b=$($how "$1" $(($2 * 2)))
	c=$($how "$1" $(($2 * 4)))
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
linear tags 1000
linear tag-list 1000
linear folds 8000
linear value-spaces 8000
linear value-tabs 8000
linear value-controls 8000
linear value-crs 8000
linear b-spaces 4000
linear spaces 8000
linear crlfs 8000
linear bare 8000
linear octets-spaces 1000
linear octets-folds 1000
linear octets-crlfs 1000
linear mailboxes 2000
linear comments 4000
linear nested-comments 2000
linear open-quote 4000
linear authres 4000
linear authres-octets 4000
linear base64 4000
linear base64-spaces 4000
linear dns-records 1000
linear dns-pointers 250
linear dns-aliases 250
linear milter-octets 2000
linear milter-packets 4000
linear zone 1000
linear zone-parentheses 4000
linear conf 2000
linear import 200
echo "$passed passed, $failed failed"
[ $failed = 0 ]
