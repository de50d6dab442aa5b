#!/bin/sh
# run.sh FOLDER: runs the images in FOLDER in QEMU, against the host's answers.
# SPDX-License-Identifier: MIT
#
# host-verify and host-sign in FOLDER are the images' own programs, built for
# the host: they judge and sign every vector there, and write down what they
# were given, for the images (see board_host.c).
set -eu
folder=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() {
	echo "ok    $*"
	passed=$((passed + 1))
}

bad() {
	echo "FAIL  $*"
	failed=$((failed + 1))
}

# qemu MACHINE IMAGE INPUT OPTION...: the image's report to $folder/got, its
# status to $status.
qemu() {
	machine=$1 image=$2 input=$3
	shift 3
	status=0
	timeout 300 qemu-system-arm -M "$machine" -display none -monitor none \
	    -serial none -semihosting-config \
	    "enable=on,target=native,arg=image,arg=$input" "$@" \
	    -kernel "$folder/$image.elf" >"$folder/got" \
	    2>"$folder/qemu.log" </dev/null || status=$?
}

# want PROGRAM INPUT WORD...: the host's report to $folder/want.
want() {
	program=$1 input=$2
	shift 2
	"$folder/$program" "$input" "$@" >"$folder/want"
}

# Reports without what was measured.
plain() {
	grep -v '^measured' "$1"
}

# same WHAT: whether the image's report is the host's, octet by octet.
same() {
	plain "$folder/want" >"$folder/want.plain"
	plain "$folder/got" >"$folder/got.plain" || :
	if [ "$status" = 0 ] &&
	    cmp -s "$folder/want.plain" "$folder/got.plain"; then
		ok "$1: $(grep -c '^message' "$folder/got") messages," \
		    "$(grep -cE '^(userkeys|dkim)' "$folder/got") verdicts," \
		    "$(grep -c '^signature' "$folder/got") signatures;" \
		    "stack $(measured stack) of $(measured 'stack size')"
	else
		bad "$1 (status $status)"
		diff "$folder/want.plain" "$folder/got.plain" | head -n 20
		head -n 5 "$folder/qemu.log"
	fi
}

# The figure NAME in the last report.
measured() {
	sed -n "s/^measured $1: //p" "$folder/got"
}

# allocators IMAGE: the functions linked that take memory.
allocators() {
	arm-none-eabi-nm "$folder/$1.elf" | awk '{ print $NF }' | grep -xE \
	    '_*(m|c|re|mem|aligned_)alloc(_r)?|_*s?brk(_r)?|_*free(_r)?|mbedtls_(calloc|free)|ukey_(arena|no_heap)_.*'
}

no_allocator() {
	if found=$(allocators "$1"); then
		bad "$1: an allocator is linked: $found"
	else
		ok "$1: no allocator is linked"
	fi
}

for test in rsa sha256; do
	if "$folder/test_port_$test" >"$folder/got" 2>&1; then
		ok "port/mbedtls_core on the host: $test"
	else
		bad "port/mbedtls_core on the host: $test"
		cat "$folder/got"
	fi
done

cases=$folder/cases.bin small=$folder/small.bin
want host-verify "$cases" @
for cpu in m3:385 m4:386; do
	qemu "mps2-an${cpu#*:}" "verify-${cpu%:*}" "$cases"
	same "verify, Cortex-${cpu%:*}, every vector"
done

# In 8 kB: a named subset; and of all others either the host's verdict or the
# admission that memory was too small, never another one.
qemu lm3s811evb verify_8k-m3 "$cases"
if [ "$status" = 0 ] && awk -f "$here/smaller.awk" "$folder/want" \
    "$folder/got" >"$folder/smaller"; then
	ok "verify, 8 kB of RAM, every vector: $(cat "$folder/smaller")"
else
	bad "verify, 8 kB of RAM, every vector (status $status)"
	cat "$folder/smaller"
fi
# shellcheck disable=SC2046 # names without blanks
want host-verify "$small" $(grep -v '^#' "$here/small.cases")
qemu lm3s811evb verify_8k-m3 "$small"
same 'verify, 8 kB of RAM, tests/firmware/small.cases'
for image in verify_8k-m3 verify-m3 verify-m4; do
	no_allocator $image
done

# Signing: every vector with 1024 bits, each canonicalization in turn; some
# with larger keys.  The host's Mbed TLS is another version: the octets are
# the same.
some='canon-r-r-text canon-r-r-long user-pass limit-fields-fit'
few='canon-r-r-text user-pass'
# shellcheck disable=SC2086 # lists of names
want host-sign "$cases" @ +k1024@example.org @ +k2048@example.org $some \
    +k4096@example.org $few +K2048+sub@Example.ORG $few \
    +nobody@example.org $few
for cpu in m3:385 m4:386; do
	qemu "mps2-an${cpu#*:}" "sign-${cpu%:*}" "$cases"
	same "verify and sign, Cortex-${cpu%:*}"
done
if allocators sign-m3 >"$folder/got"; then
	ok 'the gate sees an allocator'
else
	bad 'the gate sees no allocator in sign-m3'
fi

# The relay: the image's sessions beside the host's own, of every 3rd vector on
# the M3, which is enough to meet each kind, and of every 30th on the M4.
for cpu in m3:385:3 m4:386:30; do
	number=${cpu#*:}
	if "$folder/host-relay" "$work/line" "${cpu##*:}" qemu-system-arm \
	    -M "mps2-an${number%:*}" -display none -monitor none \
	    -chardev "socket,id=line,path=$work/line" -serial chardev:line \
	    -semihosting-config enable=on,target=native \
	    -kernel "$folder/relay-${cpu%%:*}.elf" >"$folder/got" 2>&1 \
	    </dev/null; then
		ok "relay, Cortex-${cpu%%:*}: $(grep transactions "$folder/got")"
	else
		bad "relay, Cortex-${cpu%%:*}"
		head -n 20 "$folder/got"
	fi
done

# Trouble: a defined end each time.
want host-verify "$small" key-1024
for cpu in m3:385 m4:386; do
	qemu "mps2-an${cpu#*:}" "fault-${cpu%:*}" "$small"
	if [ "$status" = 0 ] && cmp -s "$folder/got" "$here/fault.want"; then
		ok "out of memory, damaged keys, Cortex-${cpu%:*}"
	else
		bad "out of memory, damaged keys, Cortex-${cpu%:*}"
		diff "$here/fault.want" "$folder/got"
	fi
done
qemu mps2-an385 verify_low-m3 "$small"
if [ "$status" = 2 ] && grep -qx 'fault: stack' "$folder/got"; then
	ok 'out of stack: a fault that says so'
else
	bad "out of stack (status $status): $(head -n 3 "$folder/got")"
fi

echo "$passed passed, $failed failed"
[ $failed = 0 ]
