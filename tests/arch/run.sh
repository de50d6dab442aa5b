#!/bin/sh
# run.sh ARCH...: unit tests and vectors on other machines, through qemu.
# SPDX-License-Identifier: MIT
#
# Mbed TLS and cmocka are built for the machine from Debian's sources; all is
# linked statically.  The names are Debian's.  Everything runs twice: as it is
# shipped, and with every undefined behaviour a trap: qemu forgives unaligned
# access, which some processors do not.  A run of all machines must have seen
# both byte orders, both sizes of size_t and both kinds of char.
set -eu
cd "$(dirname "$0")/../.."
. tests/arch/tools.sh
cmocka=$sources/cmocka-bookworm
sh tests/deb-source.sh bookworm cmocka "$cmocka"
kinds=$(mktemp)
trap 'rm -f "$kinds"' EXIT

trap_flags='-fsanitize=undefined -fsanitize-undefined-trap-on-error'

# cross TARGET FLAGS GOAL...: make, for the machine at hand.
cross() {
	target=$1 flags=$2
	shift 2
	make --no-print-directory -s TARGET="$target" CROSS=1 \
	    CC="${tools}gcc" AR="${tools}ar" WRAP="$qemu" \
	    CFLAGS="-O2 -g $flags" SQLITE_LIBS= LDFLAGS=-static \
	    MBEDTLS_CFLAGS="-isystem $mbedtls/include" \
	    MBEDTLS_LIBS="$libs/libmbedcrypto.a" \
	    CMOCKA_CFLAGS="-isystem $cmocka/include" \
	    CMOCKA_LIBS="$libs/libcmocka.a" "$@"
}

# The checker is checked: an unaligned read must end in its trap.
misaligned_is_seen() {
	# shellcheck disable=SC2086 # a list of flags
	"${tools}gcc" -static -O1 $trap_flags -o "$libs/trap" \
	    tests/arch/machine.c
	! $qemu "$libs/trap" trap >/dev/null 2>&1
}

for arch in "$@"; do
	tools_of "$arch"
	libs=$PWD/build/$arch-libs
	mkdir -p "$libs"
	make -s -f tests/arch/libs.mk -j2 CC="${tools}gcc" AR="${tools}ar" \
	    OUT="$libs" MBEDTLS="$mbedtls" CMOCKA="$cmocka"
	"${tools}gcc" -static -o "$libs/machine" tests/arch/machine.c
	kind=$($qemu "$libs/machine")
	echo "$kind" >>"$kinds"
	echo "== $arch: $kind"
	cross "$arch" '' -j2 unit-built vectors-built
	cross "$arch" '' unit vectors
	echo "== $arch, undefined behaviour trapped"
	misaligned_is_seen || {
		echo "arch: $arch: an unaligned read passed" >&2
		exit 1
	}
	cross "$arch-trap" "$trap_flags" -j2 unit-built vectors-built
	cross "$arch-trap" "$trap_flags" unit vectors
done

[ $# -ge 5 ] || exit 0
for want in big-endian little-endian 32-bit 64-bit 'unsigned char' \
    ' signed char'; do
	grep -q -- "$want" "$kinds" || {
		echo "arch: no machine was $want" >&2
		exit 1
	}
done
