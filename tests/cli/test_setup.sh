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

check 'printed' setup one
check 'nothing is done' [ ! -e one/etc ]
cp out script
check 'the script runs' sh -e script
check 'applied' setup two --apply
for name in one two; do
	check 'milters' [ "$(param $name smtpd_milters)" = \
	    'inet:127.0.0.1:1, unix:userkeys/milter.sock' ]
	check 'local mail' [ "$(param $name non_smtpd_milters)" = \
	    unix:userkeys/milter.sock ]
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
    'inet:127.0.0.1:1, unix:userkeys/milter.sock' ]
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
check 'a write that fails' grep -q 'settings: .*\.conf File too large' out
check 'leaves nothing' [ "$(ls two/etc)" = ukd.key ]
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
echo "$passed passed, $failed failed"
[ $failed = 0 ]
