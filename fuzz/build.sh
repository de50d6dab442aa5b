#!/bin/sh
# build.sh: for OSS-Fuzz and its like: programs, dictionaries and archives of
# seeds to $OUT.  SPDX-License-Identifier: MIT
#
# Read: CC, CXX, CFLAGS, LIB_FUZZING_ENGINE, OUT, WORK as OSS-Fuzz sets them.
# Harnesses on the real port are linked with the distribution's static
# libmbedcrypto and libsqlite3, so that $OUT can be moved.
set -eu
cd "$(dirname "$0")/.."
: "${OUT:?a folder for the programs}"
WORK=${WORK:-$(mktemp -d)}
mkdir -p "$OUT"
parts=
for source in fuzz/fuzz_*.c; do
	part=${source#fuzz/fuzz_}
	parts="$parts ${part%.c}"
done
case ${CFLAGS:-} in
*memory*)
	# MemorySanitizer takes what such a library writes for uninitialised.
	left=$(sed -n 's/^FUZZ_REAL = //p' fuzz/fuzz.mk)
	for part in $left; do
		parts=$(echo "$parts " | sed "s/ $part / /")
	done
	echo "build.sh: left out under MemorySanitizer, since they are linked" \
	    "with Mbed TLS and SQLite, which are not built with it: $left" ;;
esac
make --no-print-directory -s -j "$(nproc)" fuzz-build \
    FUZZ_PARTS="$parts" \
    FUZZ_CC="${CC:-clang}" FUZZ_LD="${CXX:-${CC:-clang}}" \
    FUZZ_CFLAGS="${CFLAGS:--g -O1}" FUZZ_OUT="$OUT" FUZZ_O="$WORK/objects" \
    FUZZ_ENGINE="${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}" \
    FUZZ_LIBS='-l:libsqlite3.a -l:libmbedcrypto.a -ldl -lpthread -lm'
for part in $parts; do
	[ ! -e "fuzz/dict/$part.dict" ] || cp "fuzz/dict/$part.dict" "$OUT"
	(cd "build/fuzz/seeds/$part" &&
	    python3 -m zipfile -c "$OUT/${part}_seed_corpus.zip" ./*)
done
