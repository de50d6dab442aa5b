#!/bin/sh
# test_porting.sh: the page's example compiles.  SPDX-License-Identifier: MIT
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
	cat <<'EOF'
#include "ukey.h"
uint64_t clock_seconds(void);
struct ukey_view smtp_login(void);
struct ukey_view smtp_mail_from(void);
const struct ukey_permit *may_use(struct ukey_view, struct ukey_view);
void smtp_reply(unsigned, struct ukey_view);
void smtp_read_message(struct ukey_session *);
struct ukey_view sign_with(uint64_t, const uint8_t *);
void smtp_do(const struct ukey_action *);
EOF
	# shellcheck disable=SC2016 # the fence of a page
	sed -n '/^```c$/,/^```$/p' docs/PORTING.md | sed '/^```/d' |
	    sed 's/^static void$/void one_message(struct ukey_session *,\
    const struct ukey_session_settings *); void/'
} >"$work/example.c"
${CC:-cc} -std=c99 -Wall -Wextra -Werror -Icore -c -o "$work/example.o" \
    "$work/example.c"
