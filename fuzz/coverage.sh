#!/bin/sh
# coverage.sh PART...: seeds and corpora once more, counted by line; the table
# is the union over all harnesses.  SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")/.."
out=build/fuzz/coverage
mkdir -p $out
make --no-print-directory -s fuzz-build FUZZ_OUT=$out FUZZ_O=$out/objects \
    FUZZ_CFLAGS='-g -O1 -fprofile-instr-generate -fcoverage-mapping' \
    FUZZ_ENGINE="$out/objects/fuzz/replay.o"
programs=
for part in "$@"; do
	find "build/fuzz/seeds/$part" "build/fuzz/corpus/$part" \
	    "fuzz/findings/$part" -type f -print0 2>/dev/null |
	    LLVM_PROFILE_FILE="$out/$part-%p.profraw" xargs -0 -n 2000 \
	    "$out/$part" >/dev/null
	programs="$programs -object $out/$part"
done
llvm-profdata-14 merge -o $out/all.profdata $out/*.profraw
rm -f $out/*.profraw
# shellcheck disable=SC2086 # a list of words
llvm-cov-14 report -instr-profile=$out/all.profdata ${programs# -object } \
    -ignore-filename-regex="^$PWD/(fuzz|tests|examples/userkeys)/" |
    awk 'NR == 1 { next } /^-/ { next } NF >= 10 {
	printf "%-40s regions %7s  lines %7s\n", $1, $4, $10 }'
