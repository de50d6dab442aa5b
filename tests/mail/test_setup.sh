#!/bin/sh
# test_setup.sh: docs/POSTFIX.md as it is printed, on a Postfix that runs: with
# "userkeys setup", and by hand.  SPDX-License-Identifier: MIT
#
# Each runs in a namespace of its own, with a network of its own (so ports 25,
# 53 and 587 are free), an /etc that is a copy, and empty folders in place of
# /var/lib, /var/spool and /run: nothing of the system is touched.
set -u

if [ "$(id -u)" != 0 ] || ! unshare -mn true 2>/dev/null; then
	echo 'skip: needs root (user namespaces)'
	echo '0 passed, 0 failed'
	exit 0
fi
if [ $# = 0 ]; then
	for way in setup hand; do
		unshare -mn --propagation private sh "$0" $way
	done | awk '{ print } / passed, / { p += $1; f += $3 }
	    END { printf "%d passed, %d failed\n", p, f; exit f > 0 }'
	exit
fi

# ---- inside ----------------------------------------------------------------------

. tests/mail/bed.sh
way=$1
bed_init
PATH=$build:$PATH
# shellcheck disable=SC2317,SC2329 # by the trap
leave() {
	postfix stop >/dev/null 2>&1
	for file in /run/userkeys.pid "$work/opendkim.pid"; do
		[ ! -s "$file" ] || kill "$(cat "$file")"
	done
	nsd_stop
	[ $failed = 0 ] || tail -n 30 "$work/maillog" "$work/out"
	cd / && umount /etc /var/lib /var/spool /run
	rm -rf "$work"
}
trap leave EXIT
# lo is down in a new network.
python3 -c 'import fcntl, socket, struct
with socket.socket() as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 1))'
mkdir "$work/lib" "$work/spool" "$work/run"
chmod 711 "$work"
cp -a /etc "$work/etc"
mkdir "$work/lib/postfix" "$work/spool/postfix" "$work/spool/mail"
chown postfix "$work/lib/postfix"
for where in etc:/etc lib:/var/lib spool:/var/spool run:/run; do
	mount --bind "$work/${where%%:*}" "${where#*:}" || exit 1
done
echo 'nameserver 127.0.0.1' >/etc/resolv.conf
rm -rf /etc/userkeys /etc/postfix/main.cf /etc/postfix/master.cf
userdel userkeys >/dev/null 2>&1

# A Postfix as it might be found: it receives for example.org, and its users
# submit with a login.
postfix_common "$work" found mail.example.org
sed "s|$work/found/etc|/etc/postfix|; s|$work/found/spool|/var/spool/postfix|
    s|$work/found/data|/var/lib/postfix|; s|$work/found/log/maillog|$work/maillog|
    /^milter_default_action/d; /^disable_mime/d" \
    "$work/found/etc/main.cf" >/etc/postfix/main.cf
: >/etc/postfix/transport
cat >>/etc/postfix/main.cf <<EOF
virtual_mailbox_domains = example.org
virtual_mailbox_base = /var/spool/mail
virtual_mailbox_maps = inline:{ {bob@example.org = all/} }
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
smtpd_relay_restrictions = permit_sasl_authenticated,reject_unauth_destination
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = /etc/postfix/sasl
EOF
mkdir -p /etc/postfix/sasl
printf '%s\n' 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' \
    'sasldb_path: /etc/postfix/sasldb2' 'mech_list: PLAIN' \
    >/etc/postfix/sasl/smtpd.conf
echo pw-alice | saslpasswd2 -p -c -f /etc/postfix/sasldb2 -u mail.example.org \
    alice
chgrp postfix /etc/postfix/sasldb2
chmod 640 /etc/postfix/sasldb2
{
	echo 'smtp inet n - n - - smtpd'
	echo 'submission inet n - n - - smtpd'
	echo '  -o smtpd_sasl_auth_enable=yes'
	echo '  -o smtpd_client_restrictions=permit_sasl_authenticated,reject'
	echo '2525 inet n - n - - smtpd'
	echo '  -o smtpd_milters=unix:opendkim.sock'
	cat "$work/found/etc/master.cf"
} >/etc/postfix/master.cf
chown nobody /var/spool/mail
postfix start >"$work/out" 2>&1 || exit 1
postfix_greets 25 || exit 1
printf '%s\n' "\$ORIGIN example.org." "\$TTL 1" \
    '@ SOA ns hostmaster 1 3600 600 86400 1' '@ NS ns' 'ns A 127.0.0.1' \
    >"$work/example.org.zone"
export NSD_PORT=53
nsd_start "$work" || exit 1

# block N: the code of the page's block N, from 1.
block() {
	awk -v n="$1" '/^```/ { inside = !inside; k += inside; next }
	    inside && k == n' docs/POSTFIX.md
}
# run_block N WHAT: as printed; a step that says "try again later" is tried.
run_block() {
	block "$1" >"$work/block"
	while read -r line; do
		patiently sh -xc "$line" </dev/null >>"$work/out" 2>&1
		is 0 $? "$2: $line"
	done <"$work/block"
}

# settings: all of Postfix, a line each.
settings() {
	{ postconf -n; postconf -P; } | sort
}

# What others set for their milters stays theirs.
postconf -e milter_default_action=accept
settings >"$work/before"
case $way in
setup)
	# systemd, as far as it is asked: $work/unit stands for the unit, which
	# starts the milter.
	mkdir -p "$work/bin" /run/systemd/system
	cat >"$work/bin/systemctl" <<EOF
#!/bin/sh
echo "\$*" >>"$work/asked"
case \$1 in
cat) exec cat "$work/unit" ;;
enable)
	[ ! -e /run/userkeys.pid ] || exit 0
	cp /etc/userkeys/userkeys.conf "$work/written"
	echo 'pid-file = /run/userkeys.pid' >>/etc/userkeys/userkeys.conf
	exec userkeys-milter
	;;
esac
EOF
	chmod 755 "$work/bin/systemctl"
	PATH=$work/bin:$PATH
	userkeys setup postfix --domain example.org >"$work/script" \
	    2>"$work/told"
	is 0 $? 'printed without a unit'
	is 0 "$(grep -c systemctl "$work/script")" 'nothing asks for the unit'
	says "^  $build/userkeys-milter$" "$(cat "$work/told")" \
	    'but the daemon is named'
	echo '[Service]' >"$work/unit"
	userkeys setup postfix --domain example.org >"$work/plan" 2>&1
	run_block 2 'the two commands'
	is 'enable --now userkeys-milter' "$(tail -n 1 "$work/asked")" \
	    'the service is started'
	# It is, before Postfix is told to ask it.
	is 'systemctl enable' "$(grep -oE '^systemctl enable|^postconf' \
	    "$work/plan" | head -n 1)" 'before Postfix asks the milter'
	;;
hand)
	run_block 6 'user, folders, database'
	block 7 >/etc/userkeys/userkeys.conf
	block 8 >>/etc/postfix/main.cf
	block 9 >"$work/block"
	sed -i "/^submission/r $work/block" /etc/postfix/master.cf
	postfix reload >>"$work/out" 2>&1
	cp /etc/userkeys/userkeys.conf "$work/written"
	echo 'pid-file = /run/userkeys.pid' >>/etc/userkeys/userkeys.conf
	userkeys-milter >>"$work/out" 2>&1
	is 0 $? 'the milter starts, and goes into the background'
	;;
esac
userkeys-milter --check-config >>"$work/out" 2>&1
is 0 $? 'its settings are good'
# Either way it is what the page says, and nothing else.
is "$(block 7)" "$(grep -v '^#' "$work/written")" "the page's settings"
settings >"$work/after"
{
	block 8
	block 9 | sed 's|.*-o \(.*\)=|submission/inet/\1 = |'
} | sort >"$work/wanted"
is "$(cat "$work/wanted")" "$(comm -13 "$work/before" "$work/after")" \
    "the page's settings of Postfix"
# Not by the owner of its files in /proc: they are root's where nobody may dump.
is "$(id -u userkeys)" "$(awk '/^Uid:/ { print $2 }' \
    "/proc/$(cat /run/userkeys.pid)/status")" 'as its user'
is "socket userkeys postfix 660" "$(stat -c '%F %U %G %a' \
    /var/spool/postfix/userkeys/milter.sock)" 'its socket is for Postfix'

block 3 >"$work/block"
sh -e "$work/block" >>"$work/example.org.zone" 2>>"$work/out"
is 0 $? 'a mailbox'
nsd_stop
nsd_start "$work" || exit 1
run_block 4 'its key signs'

# taken PORT OPTIONS...: a letter to bob; the reply.
letter_to() {
	port=$1 file=$2
	shift 2
	until_answered "$port" "$file" "$@"
}
# Until Postfix' processes have read their new settings.
until_answered() {
	port=$1 file=$2
	shift 2
	tries=0
	while [ $tries -lt 300 ]; do
		answer=$(python3 tests/mail/post.py "$@" "$port" \
		    alice@example.org bob@example.org "$file")
		case $answer in
		4* | 0*) ;;
		*) break ;;
		esac
		tries=$((tries + 1))
		sleep 0.2
	done
	echo "$answer"
}
# delivered LINE: the file whose header has it.
delivered() {
	grep -rlx "$1" /var/spool/mail/all/new
}
# header FILE: in one line.
header() {
	sed '/^$/q' "$1" | tr -d '\n'
}
# from_outside PORT: $file, as it was signed, comes to PORT; $came is the header
# of what is delivered.
from_outside() {
	sed -n '/^DKIM-Signature/,$p' "$file" | sed "1i X-Way: $1" \
	    >"$work/way$1"
	is 250 "$(code 3 "$(letter_to "$1" "$work/way$1")")" \
	    "it comes to port $1"
	until_true delivered "X-Way: $1" >/dev/null
	came=$(header "$(delivered "X-Way: $1")")
}

is 250 "$(code 3 "$(letter_to 587 "$(letter signed alice@example.org)" \
    -l alice)")" 'alice sends'
until_true delivered 'Subject: signed' >/dev/null
file=$(delivered 'Subject: signed')
says 's=alice.userkeys' "$(header "$file")" 'it is signed'
is '550 5.7.1' "$(code 9 "$(letter_to 587 "$(letter x ceo@example.org)" \
    -l alice)")" 'alice writes as the CEO'
from_outside 25
says 'Results: mail.example.org;.*userkeys=pass' "$came" 'and is verified'
# What our milter signed is plain DKIM to another verifier, which has the key
# from the name server.
printf '%s\n' 'Socket local:/var/spool/postfix/opendkim.sock' 'Mode v' \
    'AuthservID opendkim.example.org' 'Nameservers 127.0.0.1' 'Syslog no' \
    'UMask 000' "PidFile $work/opendkim.pid" >"$work/opendkim.conf"
opendkim -x "$work/opendkim.conf" >>"$work/out" 2>&1
until_true [ -S /var/spool/postfix/opendkim.sock ]
from_outside 2525
says 'opendkim.example.org;.*dkim=pass.*header.d=example.org' "$came" \
    'which has the key from the DNS'
sendmail -f alice@example.org bob@example.org \
    <"$(letter local alice@example.org)"
until_true delivered 'Subject: local' >/dev/null
is 0 "$(header "$(delivered 'Subject: local')" | grep -c 's=alice.userkeys')" \
    'mail of the host is not signed: nobody logged in'
if [ "$way" = setup ]; then
	userkeys setup postfix --domain example.org --apply \
	    >"$work/second" 2>>"$work/out"
	is 0 $? 'set up once more'
	is "\$userkeys_milter" "$(postconf -h smtpd_milters)" \
	    'nothing is there twice'
fi
kill "$(cat /run/userkeys.pid)"
: >/run/userkeys.pid
is 4 "$(python3 tests/mail/post.py -l alice 587 alice@example.org \
    bob@example.org "$work/letter.x" | cut -c 1)" 'without the milter: 4xx'
if [ "$way" = setup ]; then
	run_block 5 'the way back'
	is "$(cat "$work/before")" "$(settings)" 'Postfix is as it was'
	is 'disable --now userkeys-milter' "$(tail -n 1 "$work/asked")" \
	    'the service is ended'
	is 250 "$(code 3 "$(letter_to 587 "$(letter back alice@example.org)" \
	    -l alice)")" 'alice sends without the milter'
	userkeys setup postfix --undo --apply >"$work/second" 2>&1
	is 65 $? 'a second time there is nothing to take back'
	says 'undo: not there' "$(cat "$work/second")" 'which is said'
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
