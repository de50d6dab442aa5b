#!/bin/sh
# coverage.sh: how much of core the tests reach, with a floor.
# SPDX-License-Identifier: MIT
#
# Line and branch coverage of core by unit tests and vectors, by gcov, file by
# file; what was not reached is in build/coverage/*.gcov.
set -eu
cd "$(dirname "$0")/../.."
lines_floor=${LINES_FLOOR:-95} branches_floor=${BRANCHES_FLOOR:-90}
b=build/coverage-mbedtls
out=build/coverage
find $b -name '*.gcda' -exec rm -f {} + 2>/dev/null || :
make --no-print-directory -s TARGET=coverage SIMD=0 CFLAGS='-O0 -g --coverage' \
    unit vectors
rm -rf $out
mkdir -p $out
for source in core/*.c; do
	gcov -b -p -o "$b/core" "$b/core/$(basename "$source" .c).o" 2>/dev/null
	mv ./*.gcov $out 2>/dev/null || :
done | awk -v lf="$lines_floor" -v bf="$branches_floor" '
/^File/ { file = $2; gsub("\047", "", file); mine = file ~ /^core\/.*\.c$/ }
mine && /^(Lines executed|Taken at least once)/ {
	split($0, part, /[:% ]+/)
	for (i = 1; i in part; i++)
		if (part[i] ~ /^[0-9.]+$/) {
			percent = part[i]
			break
		}
	total = $NF
	done = percent * total / 100
	if (/^Lines/) {
		l[file] = percent; nl += total; dl += done
	} else {
		r[file] = percent; nb += total; db += done
	}
}
END {
	for (file in l)
		printf "%-32s lines %6.2f %%  branches %6s %%\n", file, \
		    l[file], (file in r) ? r[file] : "-" | "sort"
	close("sort")
	lp = nl ? 100 * dl / nl : 0
	bp = nb ? 100 * db / nb : 0
	printf "core: lines %.2f %% of %d (floor %d), " \
	    "branches %.2f %% of %d (floor %d)\n", lp, nl, lf, bp, nb, bf
	if (lp < lf || bp < bf)
		print "coverage: below the floor"
	exit lp < lf || bp < bf
}'
