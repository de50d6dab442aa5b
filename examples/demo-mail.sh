#!/bin/sh
# demo-mail.sh [--if-there]: two real mail servers, and what user keys change;
# explained.  SPDX-License-Identifier: MIT
#
# Run by `make demo-mail`; by `make demo` with --if-there, which is silent
# where Postfix, its login library or a name server is missing, or the user is
# not root.  Works in a temporary folder with servers of its own on loopback.
set -eu
bold='' plain=''
[ ! -t 1 ] || bold=$(printf '\033[1m') plain=$(printf '\033[0m')

userkeys=$(cd "${BUILD:-build/host-mbedtls}" && pwd)/userkeys
PATH=$PATH:/usr/sbin:/sbin
there=yes
for program in postfix nsd saslpasswd2 python3; do
	command -v $program >/dev/null || there=$program
done
[ "$(id -u)" = 0 ] || there='root: Postfix is started by root alone'
[ "$there" = yes ] || {
	[ "${1:-}" = --if-there ] && exit 0
	echo "demo-mail: needs $there" >&2
	exit 1
}
set +e
. tests/mail/bed.sh
bed_init

step() {
	printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}
show() {
	printf '$ %s\n' "$*"
}
# must PATTERN TEXT: says TEXT, and insists on it.
must() {
	printf '%s\n' "$2"
	echo "$2" | grep -q -e "$1" || {
		echo "demo-mail: \"$1\" was expected" >&2
		failed=1
		exit 1
	}
}
# top FILE: the first field that the receiving server put on top.
top() {
	awk '/^Authentication-Results: mx/ { on = 1; print; next }
	    on && /^[ \t]/ { print; next }
	    on { exit }' "$1"
}

step 'Two mail servers start: example.test, of Alice, and dest.test, of Bob.'
{
	printf '%s\n' "\$ORIGIN example.test." "\$TTL 60" \
	    '@ SOA ns hostmaster 1 3600 600 86400 60' '@ NS ns' \
	    'ns A 127.0.0.1'
} >"$work/example.test.zone"
printf '%s\n' "\$ORIGIN example.net." "\$TTL 60" \
    '@ SOA ns hostmaster 1 3600 600 86400 60' '@ NS ns' 'ns A 127.0.0.1' \
    >"$work/example.net.zone"
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
show userkeys ukd add alice@example.test --login alice@example.test \
    --advice reject
mailbox alice@example.test --login alice@example.test --advice reject \
    >"$work/records"
# The boss has a mailbox, too, which is not for Alice's login.
ukd add boss@example.test --login boss@example.test >/dev/null ||
    exit 1
cut -c 1-72 "$work/records" | sed 's/$/.../; 2q'
cat "$work/records" >>"$work/example.test.zone"
nsd_start "$work" || exit 1
milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT"
milter mx 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$NSD_PORT"
postfix_make "$work" "unix:$work/submit.sock" "unix:$work/mx.sock"
postfix_start "$work" || exit 1
echo 'The record is in the DNS. It says: mail of Alice that nobody signed for'
echo 'her is to be refused.'

step '1. Alice logs in at her server and sends Bob a letter.'
must '^250' "$(send alice alice@example.test \
    "$(letter hello alice@example.test)")"
echo "Her server signed it with the key of her mailbox; Bob's server looked up"
echo 'one DNS record and wrote on top of what it delivered:'
file=$(delivered hello)
must 'userkeys=pass' "$(top "$file")"

step '2. Alice, logged in, tries to write as her boss.'
must '^553' "$(send alice boss@example.test \
    "$(letter boss boss@example.test)")"
echo 'And with her own envelope, but the boss as author:'
must '^550' "$(send alice alice@example.test \
    "$(letter boss boss@example.test)")"

step "3. Somebody elsewhere writes as Alice, straight to Bob's server."
must '^550' "$(inject alice@example.test \
    "$(letter forged alice@example.test)")"

step "4. Somebody changes a letter of Alice's on the way."
sed -n '/^DKIM-Signature/,$p' "$file" | sed 's/^Hello/Buy/' >"$work/changed"
must '^550' "$(inject alice@example.test "$work/changed")"

step '5. A swindler of another domain brings his own "result" along.'
letter swindle eve@example.net \
    'Authentication-Results: MX.dest.test (yes); userkeys=pass' >/dev/null
must '^250' "$(inject eve@example.net "$work/letter.swindle")"
file=$(delivered swindle)
must 'userkeys=none' "$(top "$file")"
must '^0 ' "$(grep -c '(yes)' "$file") of his are left."

step '6. Why was a letter refused? The log of the mail server knows.'
show userkeys why boss@example.test
"$userkeys" why boss@example.test --log "$work/submit.log" | sed '/^$/d' |
    sed '/what to do/q'

step 'Done. To make your own Postfix do this: userkeys setup postfix --help'
