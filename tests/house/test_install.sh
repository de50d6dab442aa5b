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

start 'its headers'
# What is public compiles alone, as C and as C++, and links from C++.
is "$(make -s public PREFIX=/usr | sort)" "$(ls "$prefix/include/userkeys")" \
    'the public ones'
for file in "$prefix"/include/userkeys/*.h; do
	echo "#include \"${file##*/}\"" >"$work/one.c"
	cp "$work/one.c" "$work/one.cc"
	${CC:-cc} -std=c99 -Wall -Wextra -Werror -fsyntax-only \
	    -I"$prefix/include/userkeys" "$work/one.c" 2>"$work/log" &&
	    ${CXX:-c++} -Wall -Wextra -Werror -fsyntax-only \
	    -I"$prefix/include/userkeys" "$work/one.cc" 2>>"$work/log"
	is 0 $? "${file##*/}: $(head -n 3 "$work/log")"
done
cat >"$work/all.cc" <<'END'
#include "ukey.h"
#include "ukey_key.h"
#include "ukey_milter_codec.h"
#include "ukey_milter_reply.h"
#include "ukey_random.h"
#include "ukey_resolver.h"
#include "ukey_ukd_admin.h"

// One function of each header that has a library behind it.
int
main()
{
	const void *calls[] = { (const void *)ukey_verify_end,
		(const void *)ukey_key_free, (const void *)ukey_milter_init,
		(const void *)ukey_milter_write_reply,
		(const void *)ukey_random, (const void *)ukey_resolver_free,
		(const void *)ukey_ukd_open,
		(const void *)ukey_ukd_remove };

	return calls[0] == nullptr;
}
END
sed -i "s|^prefix=.*|prefix=$prefix|; s|^libdir=.*|libdir=$prefix/lib|" \
    "$prefix/lib/pkgconfig/userkeys.pc"
# shellcheck disable=SC2046 # words
${CXX:-c++} -Wall -Wextra -Werror -o "$work/all" "$work/all.cc" \
    $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs \
    userkeys) 2>"$work/log"
is 0 $? "C++ links: $(head -n 5 "$work/log")"

start 'completion'
PATH=$prefix/bin:$PATH
# offers WORD...: what bash offers for the last of a line's words.
offers() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	    _userkeys; echo ${COMPREPLY[*]}' bash \
	    "$prefix/share/bash-completion/completions/userkeys" "$@"
}
is 'sign' "$(offers userkeys si)" 'bash: a command'
is '--add-header' "$(offers userkeys verify --add-)" 'bash: an option'
is 'rotate' "$(offers userkeys ukd rot)" 'bash: a command of ukd'
is 'postfix' "$(offers userkeys setup p)" 'bash: a server'
is '' "$(offers userkeys nothing --x)" 'bash: no such command'
is '
<userkeys sign >
<userkeys ukd rotate >
<userkeys verify --add-header >
<userkeys setup postfix >' "$(zsh -f tests/house/completion.zsh \
    "$prefix/share/zsh/site-functions" 'userkeys sig' 'userkeys ukd rot' \
    'userkeys verify --add-' 'userkeys setup p' 2>&1)" 'zsh'
rm "$prefix/share/zsh/site-functions/shown"

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
# A disk, an address or a resolv.conf that comes late: it is waited for, then
# tried for again without an end.
section() {
	sed -n "/^\[$1\]/,/^\[/p" "$unit"
}
for line in 'StartLimitIntervalSec=0' 'Wants=network-online.target' \
    'RequiresMountsFor=/etc/userkeys /var/lib/userkeys'; do
	is 1 "$(section Unit | grep -cx "$line")" "$line"
done
for after in network-online nss-lookup; do
	is 1 "$(section Unit | grep -c "^After=.*\<$after\.target")" "$after"
done
for line in 'Restart=on-failure' 'RestartSec=[1-9][0-9]*'; do
	is 1 "$(section Service | grep -cx "$line")" "$line"
done
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
# shellcheck disable=SC2046 # words
${CC:-cc} -Wall -Wextra -Werror -o "$work/example" "$work/example.c" \
    $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs \
    userkeys) 2>"$work/log"
is 0 $? "it compiles: $(head -n 5 "$work/log")"
"$build/userkeys" keygen alice@example.org --out "$work/key" >"$work/zone"
# The file that the README signs has the line ends of files; mail has CRLF.
for end in '\n' '\r\n'; do
	# shellcheck disable=SC2059 # the line end is the case
	printf "From: alice@example.org$end${end}Hi$end" >"$work/letter"
	"$build/userkeys" sign --from alice@example.org --key "$work/key" \
	    "$work/letter" >"$work/signed"
	is 'pass: the signature holds' "$("$work/example" alice@example.org \
	    "$work/zone" <"$work/signed")" "it verifies, line ends $end"
	"$work/example" bob@example.org "$work/zone" <"$work/signed" >/dev/null
	is 1 $? 'it refuses'
done
# example STATUS TEXT ARGUMENT...: whatever it is given, it says what is wrong.
example() {
	status=$1 text=$2
	shift 2
	"$work/example" "$@" <"${from:-$work/signed}" >"$work/log" 2>&1
	is "$status" $? "status of: example $*: $(head -n 3 "$work/log")"
	is 1 "$(grep -c "$text" "$work/log")" "$text: example $*"
}
example 64 '^usage: '
example 64 '^usage: ' a@b.c "$work/zone" more
example 65 'cannot be read' a@b.c "$work/none"
example 65 'key:1:1: ' a@b.c "$work/key"
example 1 '^none: \|^permerror: ' alice "$work/zone" # no domain
example 1 '^permerror: ' "$(printf '\033[31m@b.c')" "$work/zone"
example 0 '^pass: ' '' "$work/zone" # a bounce: From's mailbox
from=/dev/null
example 1 '^none: ' alice@example.org "$work/zone"
from=$work
example 75 'the message cannot be read' alice@example.org "$work/zone"

start 'make uninstall'
make -s uninstall PREFIX=/usr DESTDIR="$work" >"$work/log" 2>&1
is 0 $? "status: $(tail -n 3 "$work/log")"
is '' "$(find "$prefix" -type f)" 'leaves no file'
finish
