# tools.sh: compilers and emulators of other machines; to be sourced in the
# top folder.  SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # used where this is sourced

sources=$PWD/build/sources
mbedtls=$sources/mbedtls-bookworm
sh tests/deb-source.sh bookworm mbedtls "$mbedtls"

# tools_of ARCH: sets tools (a prefix), qemu and machine (flags of gcc).
tools_of() {
	machine=
	case $1 in
	mips) tools=mips-linux-gnu- qemu=qemu-mips ;;
	mipsel) tools=mipsel-linux-gnu- qemu=qemu-mipsel ;;
	armhf) tools=arm-linux-gnueabihf- qemu=qemu-arm ;;
	aarch64) tools=aarch64-linux-gnu- qemu=qemu-aarch64 ;;
	riscv64) tools=riscv64-linux-gnu- qemu=qemu-riscv64 ;;
	x86_64) tools='' qemu='' ;;
	*) echo "arch: unknown: $1" >&2; exit 64 ;;
	esac
	# What routers have: a 24Kc knows no floating point.
	case $1 in
	mips | mipsel) machine='-march=24kc -msoft-float' ;;
	esac
}
