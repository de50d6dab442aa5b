#!/bin/sh
# test_limits.sh: core with lower limits, each alone and all of them: a message
# between ours and the protocol's is "arena", one beyond that permerror; values
# that are no limit do not compile; a library and a program with other limits
# do not link.  SPDX-License-Identifier: MIT
#
# ONLY in the environment: "link", or the limits whose names it matches.
set -u
. tests/support/cli.sh
build=${BUILD:-build/host-mbedtls}

# compile OUTPUT ARGUMENT...
compile() {
	out=$1
	shift
	${CC:-cc} -std=gnu99 -O0 -Icore -Iport -Iport/mbedtls -Iplatform/posix \
	    -Itests/support "$@" -o "$out" >"$work/log" 2>&1
}

lower='-DUKEY_SIGNATURES_MAX=4 -DUKEY_BODY_CANONS=1 -DUKEY_HEADER_MAX=8192
    -DUKEY_FIELDS_MAX=64 -DUKEY_H_NAMES_MAX=32 -DUKEY_TAG_LIST_MAX=2048
    -DUKEY_TAGS_MAX=20 -DUKEY_TXT_MAX=1024 -DUKEY_RSA_BITS_MAX=2048
    -DUKEY_AUTHRES_MAX=16'

start 'lower limits'
for limits in '' $lower "$lower"; do
	echo "$limits" | grep -q -e "${ONLY:-}" || continue
	name=$(echo "${limits:-the defaults}" | tr -s ' \n' ' ')
	# shellcheck disable=SC2086 # words
	compile "$work/limits" $limits tests/house/limits.c \
	    tests/support/support_dns.c core/*.c port/*.c port/mbedtls/*.c \
	    platform/posix/ukey_random.c -lmbedcrypto
	is 0 $? "$name: it compiles: $(cat "$work/log")"
	is '' "$("$work/limits")" "$name"
done

start 'values that are no limit'
echo '#include "ukey_config.h"' >"$work/config.c"
# refused LIMIT VALUE...
refused() {
	limit=$1
	shift
	for value; do
		compile "$work/config.o" -c "-DUKEY_$limit=$value" \
		    "$work/config.c"
		is 1 $? "$limit=$value"
	done
}
taken() {
	compile "$work/config.o" -c "-DUKEY_$1=$2" "$work/config.c"
	is 0 $? "$1=$2: $(cat "$work/log")"
}
# each LIMIT LEAST MOST
each() {
	taken "$1" "$2"
	taken "$1" "$3"
	refused "$1" $(($2 - 1)) $(($3 + 1)) 0 "-$2" "0x$2" "0$2" "$2u" \
	    "$2L" "($2)" "$2+0" "0+$2" "1*$2" "$2.0" '' word
}
[ -n "${ONLY:-}" ] || {
	each SIGNATURES_MAX 1 20
	each BODY_CANONS 1 2
	each HEADER_MAX 1024 65536
	each FIELDS_MAX 8 512
	each H_NAMES_MAX 1 256
	each TAG_LIST_MAX 256 4096
	each TAGS_MAX 8 64
	each TXT_MAX 256 4096
	each RSA_BITS_MAX 1024 4096
	each AUTHRES_MAX 8 65528
	refused RSA_BITS_MAX 1025 2047
	refused AUTHRES_MAX 9 500
}

start 'other limits do not link'
cat >"$work/program.c" <<'END'
#include "ukey.h"
static uint32_t arena[UKEY_ARENA_SIZE / 4];
int
main(void)
{
	struct ukey_verify v;
	struct ukey_session s;
	struct ukey_session_settings settings = { { 0, 0 } };
	struct ukey_authres a;
	ukey_verify_init(&v, 0, arena, sizeof(arena));
	ukey_session_init(&s, &settings, UKEY_ROLE_MX, arena, sizeof(arena));
	ukey_authres_init(&a, UKEY_VIEW("mx.example.org"));
	return ukey_verify_done(&v);
}
END
# link NAME ARGUMENT...
link() {
	compile "$work/program" "$@" "$build/libukey_core.a" \
	    "$build/libukey_port.a" -lmbedcrypto
}
link "$work/program.c"
is 0 $? "the same limits link: $(cat "$work/log")"
for limit in SIGNATURES_MAX=19 BODY_CANONS=1 HEADER_MAX=65535 FIELDS_MAX=511 \
    TAGS_MAX=63 TXT_MAX=4095 RSA_BITS_MAX=4088 AUTHRES_MAX=504; do
	link "-DUKEY_$limit" "$work/program.c"
	is 1 $? "$limit does not link"
	value=${limit#*=}
	is yes "$(grep -q "undefined reference.*ukey_verify_init_signatures.*_$value" \
	    "$work/log" && echo yes)" "$limit: the linker shows it: $(cat "$work/log")"
	for name in session authres; do
		is yes "$(grep -q "ukey_${name}_init_signatures" "$work/log" &&
		    echo yes)" "$limit: ukey_${name}_init, too"
	done
done
for limit in H_NAMES_MAX=255 TAG_LIST_MAX=4095; do
	link "-DUKEY_$limit" "$work/program.c"
	is 0 $? "$limit changes no memory: $(cat "$work/log")"
done
if command -v c++ >/dev/null; then
	compile() {
		out=$1
		shift
		c++ -std=c++11 -Icore -Iport "$@" -o "$out" >"$work/log" 2>&1
	}
	cp "$work/program.c" "$work/program.cc"
	link "$work/program.cc"
	is 0 $? "C++ links: $(cat "$work/log")"
	link -DUKEY_FIELDS_MAX=64 "$work/program.cc"
	is 1 $? 'and with other limits it does not'
fi
finish
