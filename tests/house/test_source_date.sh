#!/bin/sh
# test_source_date.sh: the date that no clock may be before, by each build: the
# release's, a later SOURCE_DATE_EPOCH, never an earlier one; what is no date
# does not build.  The release's is that of the page of changes.
# SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh
release=$(sed -n 's/^.define UKEY_RELEASE_DATE \([0-9]*\).*/\1/p' \
    core/ukey_clock.h)

cat >"$work/print.c" <<'EOF2'
#include <stdio.h>
#include "ukey_clock.h"
int main(void)
{
	return printf("%llu\n",
	    (unsigned long long)ukey_clock_time(0).earliest) < 0;
}
EOF2
# date_of SOURCE_DATE_EPOCH: the date that is built then
date_of() {
	SOURCE_DATE_EPOCH=$1 make -s B="$work/b" "$work/b/core/ukey_clock.o" \
	    >"$work/log" 2>&1 || { echo none; return; }
	${CC:-cc} -Icore -o "$work/print" "$work/print.c" \
	    "$work/b/core/ukey_clock.o" && "$work/print"
}

start 'one build after another'
for row in "=$release" "1=$release" "315532800=$release" \
    "$release=$release" "$((release + 1))=$((release + 1))" \
    "=$release" "4102444800=4102444800" "4102444801=none" \
    "1795564800000=none" "tomorrow=none" "-5=$release"; do
	is "${row#*=}" "$(date_of "${row%%=*}")" "SOURCE_DATE_EPOCH=$row"
done

start 'the release'
is "$(sed -n 's/^.define UKEY_RELEASE_DATE.*[/][*] \(.*\) [*][/]$/\1/p' \
    core/ukey_clock.h) 00:00:00" \
    "$(date -u -d "@$release" '+%Y-%m-%d %H:%M:%S')" 'number and date agree'
# The newest version with a date in docs/CHANGELOG.md, if there is one.
newest=$(sed -n 's/^## [0-9.]* (\([0-9-]*\))$/\1/p' docs/CHANGELOG.md |
    sort | tail -n 1)
is yes "$([ "$(date -u -d "${newest:-1970-01-01}" +%s)" -le "$release" ] &&
    echo yes)" "not before the newest release, $newest"
finish
