#!/bin/sh
# test_porting.sh: docs/PORTING.md, step by step: core by the page's commands
# alone, a third port, the vectors on it, the page's tables, the page's driver.
# SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh
flags='-O2 -Wall -Wextra -Werror -Icore -Iport -Itests/support -Itests/porting'

start 'step 1: core alone, by the commands of the page'
mkdir "$work/vendor"
mkdir "$work/vendor/core"
cp core/*.[ch] "$work/vendor/core"
# shellcheck disable=SC2016 # the fence of a page
sed -n '/^```sh core$/,/^```$/p' docs/PORTING.md | sed '/^```/d' \
    >"$work/vendor/build.sh"
(cd "$work/vendor" && sh -e build.sh) >"$work/log" 2>&1
is 0 $? "status: $(head -n 5 "$work/log")"
is 2 "$(wc -l <"$work/vendor/build.sh")" 'two commands'

start 'step 2: a port of its own'
# shellcheck disable=SC2086 # a list of flags
build_on_third_port() {
	program=$1
	shift
	${CC:-cc} -std=gnu99 $flags -o "$work/$program" "$@" \
	    tests/porting/third_*.c port/ukey_pkcs1.c \
	    tests/support/support_dns.c "$work/vendor/libukey_core.a" \
	    2>"$work/log"
	is 0 $? "$program is built: $(head -n 5 "$work/log")"
}
build_on_third_port contract -D_GNU_SOURCE tests/porting/contract.c
build_on_third_port vectors tests/vectors/test_vectors.c \
    tests/support/support_vector.c
"$work/vectors" >"$work/out" 2>&1
is 0 $? "vectors: $(head -n 20 "$work/out")"
is 0 "$(sed -n 's/.* passed, //p' "$work/out" | sed 's/ failed//')" 'failed'
sum=$(sed -n 's/ passed,.*//p' "$work/out")
is yes "$([ "${sum:-0}" -ge 200 ] && echo yes)" "vectors: $sum"

start 'the tables'
case=tests/vectors/cases/user-pass
"$work/contract" $case/message $case/case >"$work/found" 2>"$work/log"
is 0 $? "contract: $(cat "$work/log")"
# Rows "KEY | ... | LAST" as "KEY|words of LAST in backticks"; heads and the
# row that points below have none of both.
sed -n '/^## What a port/,/^## Memory/p' docs/PORTING.md |
    awk -F ' *[|] *' '
    !/^\|/ || /^\|---/ || $NF != "" || /see below/ { next }
    { key = $2; last = $(NF - 1); gsub(/`/, "", key) }
    key !~ /^(ukey_port_sha256|UKEY_)/ && NF != 6 { next }
    key == "what" { next }
    {
	words = ""
	while (match(last, /`[^`]*`/)) {
		words = words " " substr(last, RSTART + 1, RLENGTH - 2)
		last = substr(last, RSTART + RLENGTH)
	}
	print key "|" substr(words, 2)
    }' >"$work/page"
is 17 "$(wc -l <"$work/page")" 'rows of the page'
is '' "$(diff "$work/page" "$work/found")" 'page and core agree'

start 'step 3: the driver of the page compiles'
{
	cat <<'EOF2'
#include "ukey.h"
uint64_t clock_seconds(void);
struct ukey_view smtp_login(void);
struct ukey_view smtp_mail_from(void);
const struct ukey_permit *may_use(struct ukey_view, struct ukey_view);
void smtp_reply(unsigned, struct ukey_view);
void smtp_read_message(struct ukey_session *);
struct ukey_view sign_with(uint64_t, const uint8_t *);
void smtp_do(const struct ukey_action *);
EOF2
	# shellcheck disable=SC2016 # the fence of a page
	sed -n '/^```c$/,/^```$/p' docs/PORTING.md | sed '/^```/d' |
	    sed 's/^static void$/void one_message(struct ukey_session *,\
    const struct ukey_session_settings *); void/'
} >"$work/example.c"
${CC:-cc} -std=c99 -Wall -Wextra -Werror -Icore -c -o "$work/example.o" \
    "$work/example.c" 2>"$work/log"
is 0 $? "$(head -n 5 "$work/log")"
finish
