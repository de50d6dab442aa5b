#!/bin/sh
# purity.sh [DIR]: the core needs a compiler and nothing else.
# SPDX-License-Identifier: MIT
#
# Compiles every file of DIR (default: core) as freestanding C99 without any
# library's headers, with each of five compilers; links the objects into one
# and looks at what that one still needs, and whether it has state of its own.
# Other folders held to the same rules may use core's functions as well.
set -eu

dir=${1:-core}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# What a compiler may put in for plain C: struct copies and 64-bit
# multiplication and shifts.  64-bit division is not among it.
helpers='mem(cpy|move|set|cmp)
__aeabi_mem(cpy|move|set|clr)[48]?
__aeabi_(lmul|llsl|llsr|lasr|uidiv|uidivmod|idiv|idivmod|lcmp|ulcmp)
__gnu_thumb1_case_(s|u)(qi|hi|si)
__(muldi3|ashldi3|lshrdi3|ashrdi3|cmpdi2|ucmpdi2|bswap[sd]i2)
__gnu_local_gp'

complain() {
	echo "purity: $dir: $1" >&2
	bad=1
}

# Functions that may stay open beside those: the port's; in other folders
# core's; and core's own while a header waits for its source file.
own='ukey_port_[a-z0-9_]+'
[ "$dir" = core ] || own='ukey_[a-z0-9_]+'
for header in core/ukey_*.h; do
	case $header in
	*_config.h | *_port.h | *_err.h) continue ;;
	esac
	[ -e "${header%.h}.c" ] || own='ukey_[a-z0-9_]+'
done

words() {
	tr '\n' ' '
}

# check NAME TOOL-PREFIX COMPILER FLAGS...
check() {
	name=$1 tools=$2
	shift 2
	if ! command -v "$1" >/dev/null; then
		# setup.sh lint installs all of them
		if [ "${NO_SETUP:-0}" = 0 ]; then
			complain "$name: $1 is not installed"
		else
			echo "purity: $dir: $name: $1 is not installed," \
			    "not checked"
		fi
		return 0
	fi
	case $1 in
	*clang*) headers=$("$1" -print-resource-dir)/include ;;
	*) headers=$("$1" -print-file-name=include) ;;
	esac
	rm -f "$work"/*.o
	for source in "$dir"/*.c; do
		object=$work/$(basename "$source" .c).o
		"$@" -std=c99 -ffreestanding -nostdinc -isystem "$headers" \
		    -Icore -I"$dir" -Os -fno-stack-protector -fno-pic \
		    -Wall -Wextra -Wvla -Werror -c -o "$object" "$source" || {
			complain "$name: $source is not freestanding C99"
			return 0
		}
	done
	"${tools}ld" -r -o "$work/all" "$work"/*.o
	needs=$("${tools}nm" -u "$work/all" | awk '{ print $NF }' |
	    grep -vxE "$(echo "$helpers" | tr '\n' '|')$own" | words)
	[ -z "$needs" ] || complain "$name: needs from outside: $needs"
	state=$("${tools}nm" "$work/all" |
	    awk '$(NF - 1) ~ /^[bBdDcCsSgG]$/ { print $NF }' | words)
	[ -z "$state" ] || complain "$name: writable data: $state"
	alien=$("${tools}nm" -g --defined-only "$work/all" |
	    awk '$NF !~ /^ukey_/ { print $NF }' | words)
	[ -z "$alien" ] || complain "$name: public without ukey_: $alien"
	sizes=$("${tools}size" -A "$work/all" | awk '
	    $1 ~ /^\.(text|rodata)/ { n += $2 }
	    $1 ~ /^\.(t?data|t?bss|sdata|sbss)/ && $2 { w += $2 }
	    END { print n + 0, w + 0 }')
	[ "${sizes#* }" = 0 ] ||
	    complain "$name: ${sizes#* } octets of writable sections"
	echo "purity: $dir: $name: ${sizes% *} octets, pure"
}

set -- "$dir"/*.c
[ -e "$1" ] || exit 0
check gcc '' gcc -fno-pie
check clang '' clang -fno-pie
check cortex-m3 arm-none-eabi- arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb
check cortex-m0+ arm-none-eabi- arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb
check mips-be mips-linux-gnu- mips-linux-gnu-gcc -mno-abicalls -G0
exit $bad
