#!/bin/sh
# run.sh ARCH...: unit tests and vectors on another machine, through qemu.
# SPDX-License-Identifier: MIT
#
# Mbed TLS and cmocka are built for the machine from Debian's sources; all is
# linked statically.  The names are Debian's.
set -eu
cd "$(dirname "$0")/../.."
src=$PWD/build/sources
for package in mbedtls cmocka; do
	sh tests/deb-source.sh bookworm $package "$src/$package-bookworm"
done
mbedtls=$src/mbedtls-bookworm
cmocka=$src/cmocka-bookworm

for arch in "$@"; do
	case $arch in
	mips) tools=mips-linux-gnu- qemu=qemu-mips ;;
	mipsel) tools=mipsel-linux-gnu- qemu=qemu-mipsel ;;
	armhf) tools=arm-linux-gnueabihf- qemu=qemu-arm ;;
	aarch64) tools=aarch64-linux-gnu- qemu=qemu-aarch64 ;;
	riscv64) tools=riscv64-linux-gnu- qemu=qemu-riscv64 ;;
	*) echo "arch: unknown: $arch" >&2; exit 64 ;;
	esac
	libs=$PWD/build/$arch-libs
	mkdir -p "$libs"
	make -s -f tests/arch/libs.mk -j2 CC=${tools}gcc AR=${tools}ar \
	    OUT="$libs" MBEDTLS="$mbedtls" CMOCKA="$cmocka"
	echo "== $arch"
	cross() {
		make --no-print-directory -s TARGET="$arch" CROSS=1 \
		    CC="${tools}gcc" AR="${tools}ar" WRAP="$qemu" \
		    SQLITE_LIBS= LDFLAGS=-static \
		    MBEDTLS_CFLAGS="-isystem $mbedtls/include" \
		    MBEDTLS_LIBS="$libs/libmbedcrypto.a" \
		    CMOCKA_CFLAGS="-isystem $cmocka/include" \
		    CMOCKA_LIBS="$libs/libcmocka.a" "$@"
	}
	cross -j2 unit-built vectors-built
	cross unit vectors
done
