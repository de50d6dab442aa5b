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
