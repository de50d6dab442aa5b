#!/bin/sh
# build.sh: for OSS-Fuzz and its like: CC, CFLAGS, LIB_FUZZING_ENGINE and OUT are
# given.  SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")/.."
: "${OUT:?a folder for the programs}"
mkdir -p "$OUT"
for source in fuzz/fuzz_*.c; do
	part=${source#fuzz/fuzz_}
	part=${part%.c}
	# shellcheck disable=SC2086 # lists of words
	${CC:-clang} ${CFLAGS:--g -O1} -std=gnu99 -Icore -Iport/mbedtls \
	    -Iplatform/milter -Iplatform/posix -Iexamples/milter \
	    -Itests/support -Ifuzz -o "$OUT/$part" "$source" core/*.c \
	    fuzz/port_fuzz.c platform/milter/ukey_milter_codec.c \
	    platform/posix/ukey_zone*.c examples/milter/conf.c \
	    examples/milter/conf_network.c tests/support/support_dns.c \
	    ${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
	[ ! -e "fuzz/dict/$part.dict" ] || cp "fuzz/dict/$part.dict" "$OUT"
	[ ! -d "fuzz/seeds/$part" ] ||
	    (cd "fuzz/seeds/$part" && python3 -m zipfile -c \
	    "$OUT/${part}_seed_corpus.zip" ./*)
done
