#!/bin/sh
# test_setup.sh: userkeys setup postfix, on private settings of a Postfix that
# does not run.  SPDX-License-Identifier: MIT
set -u
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
PATH=$PATH:/usr/sbin:/sbin
command -v postconf >/dev/null || {
	echo 'test_setup.sh: Postfix is not installed'
	echo '0 passed, 1 failed'
	exit 1
}
[ "$(id -u)" = 0 ] || {
	echo 'skip: needs root'
	echo '0 passed, 0 failed'
	exit 0
}
work=$(mktemp -d)
chmod 755 "$work" # the milter's user looks in
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0

check() {
	what=$1
	shift
	if "$@" >check.out 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL: $what: $*"
		sed 's/^/    /' check.out out err
	fi
}

# setup NAME OPTIONS...: on the settings of the Postfix NAME.
setup() {
	name=$1
	shift
	"$build/userkeys" setup postfix --config-dir "$work/$name/postfix" \
	    --etc "$work/$name/etc" --lib "$work/$name/lib" --user nobody \
	    --domain example.org "$@" >out 2>err
}

param() {
	postconf -c "$1/postfix" -h "$2" 2>/dev/null
}

for name in one two; do
	mkdir -p $name/postfix $name/spool
	cat >$name/postfix/main.cf <<-END
		compatibility_level = 3.6
		queue_directory = $work/$name/spool
		smtpd_milters = inet:127.0.0.1:1
	END
	cat >$name/postfix/master.cf <<-END
		smtp inet n - y - - smtpd
		submission inet n - y - - smtpd
	END
done

ours='{ unix:userkeys/milter.sock, default_action=tempfail }'
check 'printed' setup one
check 'nothing is done' [ ! -e one/etc ]
cp out script
check 'the script runs' sh -e script
check 'applied' setup two --apply
for name in one two; do
	check 'milters' [ "$(param $name smtpd_milters)" = \
	    "\$userkeys_milter, inet:127.0.0.1:1" ]
	check 'submission asks it last' [ "$(postconf -c $name/postfix -xhP \
	    submission/inet/smtpd_milters)" = "inet:127.0.0.1:1, $ours" ]
	check 'local mail' [ "$(param $name non_smtpd_milters)" = \
	    "\$userkeys_milter" ]
	check 'submission' [ "$(postconf -c $name/postfix -P \
	    submission/inet/milter_macro_daemon_name)" = \
	    'submission/inet/milter_macro_daemon_name = ORIGINATING' ]
	check 'database' [ "$(stat -c '%U %a' $name/lib/ukd.db)" = \
	    'nobody 600' ]
	check 'key file' [ "$(stat -c '%U %a' $name/etc/ukd.key)" = \
	    'nobody 400' ]
	check 'socket folder' [ "$(stat -c '%U %G %a' \
	    $name/spool/userkeys)" = 'nobody postfix 710' ]
	check 'settings' grep -q 'authserv-id = mail.example.org' \
	    $name/etc/userkeys.conf
	# Settings of ours that the milter must know.
	[ ! -x "$build/userkeys-milter" ] || check 'the milter takes them' \
	    "$build/userkeys-milter" --check-config \
	    --config "$name/etc/userkeys.conf"
	check 'a key' "$build/userkeys" ukd add you@example.org \
	    --login you --bits 1024 --db $name/lib/ukd.db
	check 'still its own' [ "$(stat -c %U $name/lib/ukd.db-wal)" = \
	    nobody ]
done
# Printed and applied are the same.
for file in etc/userkeys.conf postfix/main.cf postfix/master.cf; do
	sed "s|$work/two|$work/one|g" two/$file >two.sed
	check "$file" cmp one/$file two.sed
done
check 'nothing else is left' [ ! -e one/etc/userkeys.conf.new ]
check 'nor there' [ ! -e two/etc/userkeys.conf.new ]
# A second time there is nothing left but what is harmless.
check 'again' setup two --apply
check 'no second milter' [ "$(param two smtpd_milters)" = \
    "\$userkeys_milter, inet:127.0.0.1:1" ]
check 'the key is still there' "$build/userkeys" ukd show you@example.org \
    --db two/lib/ukd.db
# Where the settings cannot be written to their end (files of 0 octets, here),
# no part of them stays, which would be taken for done.
rm two/etc/userkeys.conf
(
	trap '' XFSZ
	ulimit -f 0
	"$build/userkeys" setup postfix --config-dir "$work/two/postfix" \
	    --etc "$work/two/etc" --lib "$work/two/lib" --user nobody \
	    --domain example.org --apply 2>&1
) | cat >out
check 'a write that fails' grep -q "stopped at: The milter's settings" out
check 'leaves nothing' [ ! -e two/etc/userkeys.conf ]
: >two/etc/userkeys.conf.new
check 'once more' setup two --apply
sed "s|$work/two|$work/one|g" two/etc/userkeys.conf >two.sed
check 'the settings are whole' cmp one/etc/userkeys.conf two.sed
check 'under their name alone' [ ! -e two/etc/userkeys.conf.new ]
if setup two --domain 'not a domain' || setup three; then
	failed=$((failed + 1))
	echo 'FAIL: set up what cannot be'
else
	passed=$((passed + 1))
fi

# What is found elsewhere: parameters in terms of others, services with
# milters of their own, bound to an address or a port, that take mail back
# from a filter, or that no milter sees.  found NAME: master.cf on standard
# input; main.cf is what others made of it, $1 the rest.
found() {
	mkdir -p "$1/postfix" "$1/spool"
	cat >"$1/postfix/master.cf"
	printf '%s\n' 'compatibility_level = 3.6' \
	    "queue_directory = $work/$1/spool" >"$1/postfix/main.cf"
	name=$1
	shift
	for line in "$@"; do
		echo "$line" >>"$name/postfix/main.cf"
	done
	cp -r "$name/postfix" "$name/before"
}
# of SERVICE NAME: the -o of a service, its variables replaced.
of() {
	postconf -c "$name/postfix" -xhP "$1/$2" 2>/dev/null
}
found tutorial 'smtpd_milters = inet:localhost:8891' \
    "non_smtpd_milters = \$smtpd_milters" 'milter_default_action = accept' \
    <<'END'
smtp inet n - y - - smtpd
submission inet n - y - - smtpd
END
check 'a tutorial: set up' setup tutorial --apply
check 'our milter once for local mail' [ "$(postconf -c tutorial/postfix \
    -xh non_smtpd_milters)" = "$ours, inet:localhost:8891" ]
check "the default of others' milters stays" [ "$(param tutorial \
    milter_default_action)" = accept ]
check 'no word of warning' [ "$(grep -c warning err)" = 0 ]

found panel 'content_filter = smtp-amavis:[127.0.0.1]:10024' \
    'sender_canonical_maps = inline:{ a=b }' <<'END'
smtp inet n - y - - smtpd
submission inet n - y - - smtpd
  -o smtpd_milters=inet:127.0.0.1:8891
smtps inet n - y - - smtpd
  -o smtpd_milters=
192.0.2.7:submission inet n - y - - smtpd
[2001:db8::7]:465 inet n - y - - smtpd
2587 inet n - y - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o receive_override_options=no_milters
127.0.0.1:10025 inet n - y - - smtpd
  -o content_filter=
  -o smtpd_milters=
2525 inet n - y - - smtpd
  -o smtpd_milters=inet:127.0.0.1:9
END
check 'a panel: set up' setup panel --apply
check 'behind the one of submission' [ "$(of submission/inet smtpd_milters)" \
    = "inet:127.0.0.1:8891,$ours" ]
for service in submission smtps 192.0.2.7:submission '[2001:db8::7]:465' 2587
do
	check "$service" [ "$(of "$service/inet" milter_macro_daemon_name)" = \
	    ORIGINATING ]
done
check 'where there was none' [ "$(of smtps/inet smtpd_milters)" = "$ours" ]
check 'the filter gives back without milters' [ -z \
    "$(of 127.0.0.1:10025/inet smtpd_milters)" ]
for words in 'content_filter: what' 'sender_canonical_maps: where' \
    '127.0.0.1:10025/inet takes mail back' '2587/inet has no_milters' \
    '2525/inet has smtpd_milters of its own'; do
	check "warned: $words" grep -q "warning: .*$words" err
done
check 'an MX of its own is left alone' [ "$(of 2525/inet smtpd_milters)" = \
    inet:127.0.0.1:9 ]
cp -r panel/postfix panel/after
check 'again: nothing' setup panel --apply
check 'is changed' diff -r panel/after panel/postfix

undo() {
	"$build/userkeys" setup postfix --undo --config-dir \
	    "$work/$1/postfix" --etc "$work/$1/etc" --lib "$work/$1/lib" \
	    "$2" >out 2>err
}
for name in tutorial panel; do
	check "$name: taken back" undo $name --apply
	for file in main.cf master.cf; do
		tr -s ' ' <$name/before/$file >wanted
		tr -s ' ' <$name/postfix/$file >got
		check "$name: $file is what it was" diff wanted got
	done
	check "$name: the key is still there" [ -s $name/lib/ukd.db ]
	if undo $name --apply; then
		failed=$((failed + 1))
		echo "FAIL: $name: taken back twice"
	fi
done
check 'set up again' setup panel --apply
postconf -c panel/postfix -P "smtps/inet/smtpd_milters=\$userkeys_milter,x"
check 'taken back, but for what was changed since' undo panel --apply
check 'which is named' grep -q 'smtps/inet/smtpd_milters was changed' err
check 'and left' [ "$(postconf -c panel/postfix -hP \
    smtps/inet/smtpd_milters)" = "\$userkeys_milter,x" ]

# Words that are none: each is refused, with 64 or 65, and does nothing.
mkdir -p three/postfix
for words in '' 'sendmail' 'postfix' 'postfix exim --domain a.example' \
    'postfix --domain' 'postfix --domain a.example --etc relative' \
    'postfix --domain a.example --lib /x;y' 'postfix --domain -x.example' \
    'postfix --domain a.example --user a:b' 'postfix --domain a..example' \
    'postfix --domain a.example --nothing' "postfix --domain \$(id).example"
do
	# shellcheck disable=SC2086 # words
	"$build/userkeys" setup $words >out 2>err
	status=$?
	check "refused: $words" [ $status = 64 -o $status = 65 ]
	check "with words: $words" grep -q '^userkeys: setup: ' err
	check "nothing is printed: $words" [ ! -s out ]
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
