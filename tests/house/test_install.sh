#!/bin/sh
# test_install.sh: the demo; make install; the README's program, built with what
# was installed, by pkg-config.  SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
prefix=$work/usr

start 'demo'
sh examples/demo.sh >"$work/demo" 2>&1
is 0 $? 'status'
is 1 "$(grep -c 'body was changed after signing (key' "$work/demo")" \
    'it shows tampering'

start 'make install'
make -s install PREFIX=/usr DESTDIR="$work" >"$work/log" 2>&1
is 0 $? "status: $(tail -n 3 "$work/log")"
for file in bin/userkeys bin/userkeys-milter lib/libuserkeys.a \
    include/userkeys/ukey.h lib/pkgconfig/userkeys.pc \
    share/man/man1/userkeys.1 share/man/man8/userkeys-milter.8; do
	is yes "$([ -e "$prefix/$file" ] && echo yes)" "$file"
done

start 'the service files'
unit=$prefix/lib/systemd/system/userkeys-milter.service
for file in "$unit" "$prefix/share/userkeys/userkeys-milter.openrc"; do
	is /usr/bin/userkeys-milter "$(grep -o '/[^ =]*/userkeys-milter\>' \
	    "$file" | grep /bin/ | sort -u)" "the program of ${file##*/}"
	is 1 "$(grep -c -- '--foreground --syslog' "$file")" 'the mail log'
done
# What the set of calls that the unit names does not hold, it names itself.
for call in create_ruleset add_rule restrict_self; do
	is 1 "$(grep -c "^SystemCallFilter=.*\<landlock_$call\>" "$unit")" \
	    "landlock_$call is allowed"
done
is 1 "$(grep -c '^SystemCallErrorNumber=ENOSYS$' "$unit")" 'no call kills'
is 1 "$(grep -c "^ReadWritePaths=.*$(sed -n \
    's|^#*metrics-file = \(.*\)/.*|\1|p' examples/milter/userkeys.conf)" \
    "$unit")" "the sample's metrics-file can be written"
if command -v systemd-analyze >/dev/null; then
	sed "s|/usr/bin|$prefix/bin|" "$unit" >"$work/userkeys-milter.service"
	systemd-analyze verify --man=no "$work/userkeys-milter.service" \
	    >"$work/log" 2>&1
	is "0 " "$? $(grep -F "$work" "$work/log")" 'systemd-analyze verify'
	python3 tests/house/unit_calls.py "$unit" >"$work/log" 2>&1
	is 0 $? "the calls of the sandbox: $(cat "$work/log")"
fi

start "the README's program"
# shellcheck disable=SC2016 # the fence of a page
sed -n '/^```c$/,/^```$/p' README.md | sed '/^```/d' >"$work/example.c"
sed -i "s|^prefix=.*|prefix=$prefix|; s|^libdir=.*|libdir=$prefix/lib|" \
    "$prefix/lib/pkgconfig/userkeys.pc"
# shellcheck disable=SC2046 # words
${CC:-cc} -Wall -Wextra -Werror -o "$work/example" "$work/example.c" \
    $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs \
    userkeys) 2>"$work/log"
is 0 $? "it compiles: $(head -n 5 "$work/log")"
printf '%s\r\n' 'From: alice@example.org' '' 'Hi' >"$work/letter"
"$build/userkeys" keygen alice@example.org --out "$work/key" >"$work/zone"
"$build/userkeys" sign --from alice@example.org --key "$work/key" \
    "$work/letter" >"$work/signed"
is 'pass: the signature holds' "$("$work/example" alice@example.org \
    "$work/zone" <"$work/signed")" 'it verifies'
"$work/example" bob@example.org "$work/zone" <"$work/signed" >/dev/null
is 1 $? 'it refuses'
finish
