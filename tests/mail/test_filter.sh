#!/bin/sh
# test_filter.sh: one host that is MX and signs, with an after-queue content
# filter that hands mail back by loopback: what came from outside gets no
# signature, whichever pass our milter sees; what the host makes itself does.
# SPDX-License-Identifier: MIT
set -u
. tests/mail/bed.sh
bed_init

ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
{
	printf '%s\n' "\$ORIGIN example.test." "\$TTL 1" \
	    '@ SOA ns hostmaster 1 3600 600 86400 1' '@ NS ns' \
	    'ns A 127.0.0.1'
	mailbox alice@example.test --login alice@example.test --bits 1024
} >"$work/example.test.zone"
mailbox MAILER-DAEMON@mx.dest.test --bits 1024 >"$work/daemon"
nsd_start "$work" || exit 1
milter one 'authserv-id = mx.dest.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT" \
    'trusted-network = 127.0.0.1/32' 'local-mail = sign'
postfix_make "$work" "unix:$work/one.sock" "unix:$work/one.sock"
BACK=$(free_port)
python3 tests/mail/filter.py "$BACK" >"$work/filter.port" &
others=$!
until_true [ -s "$work/filter.port" ] || exit 1
cat >>"$work/in/etc/main.cf" <<END
content_filter = smtp:[127.0.0.1]:$(cat "$work/filter.port")
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
non_smtpd_milters = unix:$work/one.sock
internal_mail_filter_classes = bounce
END
LATE=$(free_port)
cat >>"$work/in/etc/master.cf" <<END
127.0.0.1:$BACK inet n - n - - smtpd
  -o content_filter=
127.0.0.1:$LATE inet n - n - - smtpd
  -o smtpd_milters=
END
postfix_start "$work" || exit 1

# judged SUBJECT WHAT: delivered, by way of the filter, without a signature,
# with results of the second pass.
judged() {
	file=$(delivered "$1")
	is 1 "$(grep -c '^X-Filtered: yes' "$file")" "$2 went by the filter"
	is 0 "$(grep -c '^DKIM-Signature' "$file")" "$2 gets no signature"
	is 'userkeys=none' "$(result "$file")" "$2 is judged"
	is 2 "$(sed '/^$/q' "$file" | grep -c '^Authentication-Results: mx')" \
	    "$2 has our results once"
}

# ---- from outside ----------------------------------------------------------------

outside() { # PORT SUBJECT
	python3 tests/mail/outside.py "$1" alice@example.test b@dest.test \
	    "$(letter "$2" alice@example.test)"
}
is 250 "$(code 3 "$(outside "$MX_PORT" forged)")" 'forged, from outside'
judged forged 'what the MX has judged'
says 'message-id=<forged@.* role=mx .*outside=own-results action=accept' \
    "$(cat "$work/one.log")" 'the log says why it is no submission'
is 250 "$(code 3 "$(outside "$LATE" late)")" \
    'the same, with a milter behind the filter alone'
judged late 'what has another way in its header'
says 'message-id=<late@.* role=mx .*outside=received action=accept' \
    "$(cat "$work/one.log")" 'and the log says so'
/usr/sbin/sendmail -C "$work/in/etc" -f alice@example.test b@dest.test \
    <"$(delivered late)"
until_true grep -q 'from=alice@example.test outside=' "$work/one.log"
is 0 $? 'a pipe(8) filter that hands back by sendmail(1), too'
"$build/userkeys" why late@example.test --log "$work/one.log" >"$work/why" 2>&1
says 'outside: received: .*so it is judged' "$(cat "$work/why")" \
    'userkeys why explains it'

# ---- the host's own --------------------------------------------------------------

# It passes the filter too, and is signed in each pass.
/usr/sbin/sendmail -C "$work/in/etc" -f alice@example.test b@dest.test \
    <"$(letter local alice@example.test)"
is 2 "$(grep -c '^DKIM-Signature' "$(delivered local)")" \
    'mail of sendmail(1) on the host is signed, once a pass'
says 's=alice.userkeys' "$(tr -d '\n\t' <"$(delivered local)")" 'by Alice'
is 250 "$(code 3 "$(inject alice@example.test \
    "$(letter printer alice@example.test)" "$BACK")")" 'a trusted client'
is 1 "$(grep -c '^DKIM-Signature' "$(delivered printer)")" \
    'that wrote the mail itself: signed'
/usr/sbin/sendmail -C "$work/in/etc" -f b@dest.test nobody@dest.invalid \
    <"$(letter gone b@dest.test)"
is_bounced() {
	grep -rlq '^Subject: Undelivered Mail' "$work/in/mail/all/new"
}
until_true is_bounced
file=$(grep -rl '^Subject: Undelivered Mail' "$work/in/mail/all/new" | head -n 1)
says 's=mailer-2ddaemon.userkeys' "$(tr -d '\n\t' <"$file")" \
    'a bounce of the server itself is signed for its From'
bed_done
