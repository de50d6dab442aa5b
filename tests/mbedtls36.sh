#!/bin/sh
# mbedtls36.sh: unit tests and vectors against Mbed TLS 3.6 from its source.
# SPDX-License-Identifier: MIT
#
# "mbedtls36.sh source" only unpacks the source and prints its folder: the
# newest 3.6 that a Debian suite holds.  Other words are targets of make in
# place of the tests.
set -eu
cd "$(dirname "$0")/.."
src=$PWD/build/sources

# Whether the source in a folder is the branch that we build against.
is_36() {
	grep -qs 'MBEDTLS_VERSION_STRING  *"3\.6\.' \
	    "$1/include/mbedtls/build_info.h"
}

mbedtls=
for suite in sid trixie; do
	dir=$src/mbedtls-$suite
	sh tests/deb-source.sh $suite mbedtls "$dir" >&2 || continue
	if is_36 "$dir"; then
		mbedtls=$dir
		break
	fi
done
[ -n "$mbedtls" ] || {
	echo "mbedtls36: no Debian suite at hand holds Mbed TLS 3.6" >&2
	exit 1
}
if [ "${1:-}" = source ]; then
	echo "$mbedtls"
	exit 0
fi

libs=$PWD/build/mbedtls36-libs
mkdir -p "$libs"
make -s -f tests/arch/libs.mk -j2 CC="${CC:-cc}" AR="${AR:-ar}" OUT="$libs" \
    MBEDTLS="$mbedtls" CMOCKA=none "$libs/libmbedcrypto.a"
[ $# -gt 0 ] || set -- unit vectors
make --no-print-directory -s TARGET=host36 \
    MBEDTLS_CFLAGS="-isystem $mbedtls/include" \
    MBEDTLS_LIBS="$libs/libmbedcrypto.a" "$@"
