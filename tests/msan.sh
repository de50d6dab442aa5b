#!/bin/sh
# msan.sh: unit tests, vectors and bugs of the field under MemorySanitizer.
# SPDX-License-Identifier: MIT
#
# It sees every use of memory that nobody wrote, and so wants all code built
# with it: Mbed TLS without its assembler, and cmocka, from Debian's sources.
# SQLite stays out, and the files that need it.
set -eu
cd "$(dirname "$0")/.."
src=$PWD/build/sources
mbedtls=$src/mbedtls-bookworm
cmocka=$src/cmocka-bookworm
libs=$PWD/build/msan-libs
sh tests/deb-source.sh bookworm mbedtls "$mbedtls"
sh tests/deb-source.sh bookworm cmocka "$cmocka"

san='-fsanitize=memory -fsanitize-memory-track-origins'
clang="clang $san -g -fno-omit-frame-pointer"
mkdir -p "$libs"
cat >"$libs/no_asm.h" <<END
#undef MBEDTLS_HAVE_ASM
#undef MBEDTLS_AESNI_C
#undef MBEDTLS_PADLOCK_C
END
user="-DMBEDTLS_USER_CONFIG_FILE='\"$libs/no_asm.h\"'"
make -s -f tests/arch/libs.mk -j2 CC="$clang" AR=ar FLAGS="-O1 $user" \
    OUT="$libs" MBEDTLS="$mbedtls" CMOCKA="$cmocka"

# The checker is checked: a branch on what nobody wrote must be seen.
cat >"$libs/planted.c" <<END
#include <stdio.h>
#include <stdlib.h>
int main(void) { char *p = malloc(1); if (*p == 'x') puts(p); return 0; }
END
$clang -O0 -o "$libs/planted" "$libs/planted.c"
if "$libs/planted" >/dev/null 2>&1; then
	echo "msan: the planted use of unwritten memory was not seen" >&2
	exit 1
fi
make --no-print-directory -s TARGET=msan CC=clang CROSS=1 SQLITE_LIBS= \
    CFLAGS="-O1 -g -fno-omit-frame-pointer $san" \
    MBEDTLS_CFLAGS="-isystem $mbedtls/include $user" \
    MBEDTLS_LIBS="$libs/libmbedcrypto.a" \
    CMOCKA_CFLAGS="-isystem $cmocka/include" \
    CMOCKA_LIBS="$libs/libcmocka.a" unit vectors field
