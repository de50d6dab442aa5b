#!/bin/sh
# includes.sh [TREE]: includes point towards core, and core includes itself.
# SPDX-License-Identifier: MIT
#
# One rule a folder: which system headers, and in which folders the headers
# in quotes may lie.  The first rule whose folder matches decides.
set -eu
cd "${1:-.}"

find core port platform examples -name '*.[ch]' 2>/dev/null | sort |
while read -r file; do
	own=$(dirname "$file")
	free='(stddef|stdint|stdbool)\.h'
	case $file in
	core/*)
		system=$free
		folders=core ;;
	port/*)
		system="$free|string\.h|limits\.h|mbedtls/.*"
		system="$system|[a-z0-9]*intrin\.h|cpuid\.h|arm_neon\.h|sys/auxv\.h"
		folders="core port $own" ;;
	platform/milter/*)
		system=$free
		folders="core $own" ;;
	platform/baremetal/*)
		system="$free|string\.h|limits\.h"
		folders="core $own port/mbedtls port/mbedtls_core" ;;
	platform/*)
		system='[^/]*|(sys|net|netinet|arpa|linux)/[a-z_0-9-]*\.h'
		folders="core $own port/mbedtls platform/posix" ;;
	*)
		system='[^/]*|(sys|net|netinet|arpa|linux)/[a-z_0-9-]*\.h'
		folders="core $own port/mbedtls port/mbedtls_core platform/posix
		    platform/milter platform/baremetal" ;;
	esac
	sed -n 's/^[ 	]*#[ 	]*include[ 	]*\([<"][^>"]*\).*/\1/p
	    t
	    s/^[ 	]*#[ 	]*include/&/p' "$file" |
	while read -r what; do
		name=${what#?}
		case $what in
		'<'*)
			echo "$name" | grep -qxE "$system" ||
			    echo "$file includes <$name>" ;;
		'"'*)
			for folder in $folders; do
				[ ! -e "$folder/$name" ] || continue 2
			done
			# The internals of a pinned Mbed TLS, by that port.
			case $file:$name in
			port/mbedtls_core/*:bignum_core.h) continue ;;
			esac
			echo "$file includes \"$name\"" ;;
		*)
			echo "$file hides what it includes: $what" ;;
		esac
	done
done | {
	bad=0
	while read -r line; do
		echo "includes: $line: not allowed there" >&2
		bad=1
	done
	[ $bad = 0 ] || echo "includes: the rule of each folder is in" \
	    "tests/lint/includes.sh" >&2
	exit $bad
}
