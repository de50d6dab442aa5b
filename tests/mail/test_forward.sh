#!/bin/sh
# test_forward.sh: senders in UTF-8, bounces, vacation replies, and letters that
# a Postfix forwards, at an MX with advice = reject; what docs/POSTFIX.md says of
# them.  SPDX-License-Identifier: MIT
#
# example.test and wild.test have uk=reject in a wildcard, fwd.test no record.
#
# | sender                                  | case                   | at the MX |
# |-----------------------------------------|------------------------|-----------|
# | josé@example.test                       | signed by submission   | pass      |
# |                                         | not signed             | 550 5.7.1 |
# | josé@xn--exmple-cua.test                | signed by submission   | pass      |
# | alice@exämple.test                      | whatever it carries    | 550 5.6.7 |
# | josé@example.net, no record             | not signed             | none      |
# | <>, a report of another server          | not signed             | none      |
# | <>, a report of our own server          | not signed             | none      |
# | the same, told to ask the milter        | sender has no entry    | none      |
# | <> by a login, From its own             | vacation reply         | pass      |
# |                                         | From of somebody else  | 550 (out) |
# |                                         | From without an entry  | none      |
# | <> by the server, From alice            | local-mail = verify    | none      |
# |                                         | local-mail = sign      | pass      |
# | <> from elsewhere, From alice, forged   | not signed             | none      |
# | forwarded, MAIL FROM kept (both aliases) | signed                 | pass      |
# |                                         | not signed             | 550 5.7.1 |
# | forwarded, SRS                          | signed                 | none, dkim=pass |
# |                                         | not signed             | none      |
# | a report that comes back by SRS         | not signed             | none      |
# | SRS into a domain whose wildcard rejects | signed                | 550 5.7.1 |
# | SRS into a domain of its own below that | signed                 | none      |
set -u
. tests/mail/bed.sh
bed_init

# ---- keys, records, servers ----------------------------------------------------

zone() { # NAME [RECORD]
	printf '%s\n' "\$ORIGIN $1." "\$TTL 1" \
	    '@ SOA ns hostmaster 1 3600 600 86400 1' '@ NS ns' \
	    'ns A 127.0.0.1' "${2:-}"
}
wildcard='*.userkeys TXT "v=DKIM1; uk=reject; p="'
jose=$(printf 'jos\303\251')
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
{
	zone example.test "$wildcard"
	mailbox alice@example.test --login alice@example.test --advice reject
	mailbox ceo@example.test --login bob@example.test --advice reject \
	    --bits 1024
	mailbox "$jose@example.test" --login alice@example.test \
	    --advice reject --bits 1024
} >"$work/example.test.zone"
{
	zone xn--exmple-cua.test "$wildcard"
	mailbox "$jose@xn--exmple-cua.test" --login alice@example.test \
	    --advice reject --bits 1024
} >"$work/xn--exmple-cua.test.zone"
zone example.net >"$work/example.net.zone"
zone fwd.test >"$work/fwd.test.zone"
zone wild.test "$wildcard" >"$work/wild.test.zone"
nsd_start "$work" || exit 1
dns="dns = 127.0.0.1:$NSD_PORT"
milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "$dns"
milter mx 'authserv-id = mx.dest.test' 'advice = reject' "$dns" \
    'dns-timeout = 60'
milter fwd 'authserv-id = mail.fwd.test' "$dns" 'dns-timeout = 60'
postfix_make "$work" "unix:$work/submit.sock" "unix:$work/mx.sock"
# The MX takes reports for alice, too.
echo '@example.test all/' >>"$work/in/etc/vmbox"
postconf -c "$work/in/etc" -e 'virtual_mailbox_domains=dest.test example.test'

# A forwarder at two ports: one keeps MAIL FROM, one rewrites it by PostSRSd.
keep_port=$(free_port) srs_port=$(free_port)
forward=$(free_port) reverse=$(free_port)
echo secret >"$work/srs.secret"
postsrsd "-s$work/srs.secret" -dfwd.test -l127.0.0.1 "-f$forward" \
    "-r$reverse" -4 >"$work/srs.log" 2>&1 &
others=$!
postfix_common "$work" fwd mail.fwd.test
postconf -c "$work/fwd/etc" -e "relayhost=[127.0.0.1]:$MX_PORT" \
    virtual_alias_domains=fwd.test mydestination=host.fwd.test \
    "virtual_alias_maps=texthash:$work/fwd/etc/virtual" \
    'alias_maps=inline:{ b=b@dest.test }' "smtpd_milters=unix:$work/fwd.sock" \
    smtpd_relay_restrictions=reject_unauth_destination \
    "recipient_canonical_maps=tcp:127.0.0.1:$reverse" \
    recipient_canonical_classes=envelope_recipient
printf '%s\n' 'b@fwd.test b@dest.test' 'lost@fwd.test x@nowhere.test' \
    >"$work/fwd/etc/virtual"
cat >>"$work/fwd/etc/master.cf" <<EOF
127.0.0.1:$keep_port inet n - n - - smtpd
127.0.0.1:$srs_port inet n - n - - smtpd
  -o cleanup_service_name=srs
srs unix n - n - 0 cleanup
  -o sender_canonical_maps=tcp:127.0.0.1:$forward
  -o sender_canonical_classes=envelope_sender
EOF
trap 'postfix -c "$work/fwd/etc" stop >/dev/null 2>&1; bed_end' EXIT
postfix_start "$work" && postfix -c "$work/fwd/etc" start \
    >>"$work/postfix.log" 2>&1 && postfix_greets "$keep_port" &&
    postfix_greets "$srs_port" || exit 1

# ---- letters ---------------------------------------------------------------------

# arrives SUBJECT RESULT WHAT: it is delivered at the MX, with that result.
arrives() {
	is "userkeys=$2" "$(result "$(delivered "$1")")" "$3: $2"
}
# submits CODE LOGIN MAIL-FROM FILE WHAT
submits() {
	is "$1" "$(code ${#1} "$(python3 tests/mail/post.py -u -l \
	    "$2@example.test" "$SUBMIT_PORT" "$3" b@dest.test "$4")")" "$5"
}
# comes CODE MAIL-FROM FILE WHAT: to the MX, from elsewhere.
comes() {
	is "$1" "$(code ${#1} "$(python3 tests/mail/post.py -u "$MX_PORT" \
	    "$2" b@dest.test "$3")")" "$4"
}
# as_sent SUBJECT: what was delivered, as it left submission; it is delivered no
# more.
as_sent() {
	sed -n '/^DKIM-Signature/,$p' "$(delivered "$1")" >"$work/sent.$1"
	rm "$(delivered "$1")"
	echo "$work/sent.$1"
}
# header SUBJECT: of the letter, without folds.
header() {
	sed '/^$/q' "$(delivered "$1")" | tr -d '\n'
}

# ---- senders in UTF-8 --------------------------------------------------------------

utf8='Content-Type: text/plain; charset=utf-8'
for domain in example.test xn--exmple-cua.test; do
	submits 250 alice "$jose@$domain" \
	    "$(letter "utf8-$domain" "<$jose@$domain>" "$utf8")" \
	    "$jose@$domain by submission"
	arrives "utf8-$domain" pass "$jose@$domain, signed"
done
comes '550 5.7.1' "$jose@example.test" \
    "$(letter no "<$jose@example.test>" "$utf8")" 'the same, not signed'
comes '550 5.6.7' "alice@ex$(printf '\303\244')mple.test" \
    "$(letter no alice@example.test)" 'a domain in UTF-8'
comes 250 "$jose@example.net" "$(letter free "<$jose@example.net>" "$utf8")" \
    "$jose of a domain without user keys"
arrives free none 'that one'

# ---- bounces ---------------------------------------------------------------------

comes 250 '' "$(letter report MAILER-DAEMON@example.test)" \
    'a report of another server, whatever its domain advises'
arrives report none 'that one'
# report_of SUBJECT WHAT: alice sends where nobody takes it; the report of it.
report_of() {
	is 250 "$(code 3 "$(send alice alice@example.test \
	    "$(letter "$1" alice@example.test)" x@nowhere.test)")" "$2"
	# The report has the letter's header within.
	until_true grep -rql "<$1@example.test>" "$work/in/mail/all/new"
	file=$(grep -rl "<$1@example.test>" "$work/in/mail/all/new")
	says 'Undelivered Mail' "$(cat "${file:-/nowhere}")" 'is a report'
	is 'userkeys=none' "$(result "$file")" "$2, its report: none"
}
report_of lost 'a letter that the next server refuses'
postconf -c "$work/out/etc" -e internal_mail_filter_classes=bounce
postfix -c "$work/out/etc" reload >/dev/null 2>&1
report_of lost2 'the same, reports asked about'

# ---- vacation replies --------------------------------------------------------------

submits 250 alice '' "$(letter vacation alice@example.test \
    'Auto-Submitted: auto-replied')" 'a reply of a login, MAIL FROM <>'
arrives vacation pass 'that one'
says 'userkeys=pass header.from=alice@example.test' "$(header vacation)" \
    'by its From'
submits '550 5.7.1' alice '' "$(letter no ceo@example.test)" \
    'not as somebody else'
submits 250 carol '' "$(letter carol carol@example.net)" \
    'nobody there has an entry'
arrives carol none 'that one'
comes 250 '' "$(letter forged alice@example.test)" 'a forged reply'
arrives forged none 'nothing proves it, nothing forbids it'
# by_server SUBJECT: as a Sieve script's reply is sent.
by_server() {
	sendmail -C "$work/out/etc" -f '' b@dest.test \
	    <"$(letter "$1" alice@example.test)"
}
by_server verify
arrives verify none "the server's own reply, local-mail = verify"
echo 'local-mail = sign' >>"$work/submit.conf"
milter_end submit TERM
milter_start submit
by_server sign
arrives sign pass 'the same, local-mail = sign'

# ---- forwarding ------------------------------------------------------------------

# forwards PORT FILE WHAT [TO]: alice's letter comes to the forwarder.
forwards() {
	is 250 "$(code 3 "$(python3 tests/mail/post.py "$1" \
	    alice@example.test "${4:-b@fwd.test}" "$2")")" "$3"
}
# signed SUBJECT: a letter as it leaves submission.
signed() {
	send alice alice@example.test "$(letter "$1" alice@example.test)" \
	    >/dev/null
	as_sent "$1"
}
forwards "$keep_port" "$(signed keep)" 'an alias, MAIL FROM kept'
arrives keep pass 'that one'
says 'mail.fwd.test;[^;]*userkeys=pass' "$(header keep)" 'at the forwarder, too'
forwards "$keep_port" "$(signed local)" 'by aliases(5)' b@host.fwd.test
arrives local pass 'that one'
says '^Delivered-To: b@host.fwd.test' "$(cat "$(delivered local)")" \
    'though local(8) adds a field'
forwards "$keep_port" "$(letter fake alice@example.test)" \
    'forwarded, not signed'
until_true grep -q 'message-id=<fake@.*action=refuse' "$work/mx.log"
is 0 $? 'the MX refuses it'

forwards "$srs_port" "$(signed srs)" 'rewritten by SRS'
arrives srs none 'that one'
says 'smtp.mailfrom="\?SRS0=[^@]*@fwd.test' "$(header srs)" \
    'its sender is the forwarder'
says 'dkim=pass header.d=example.test header.i=alice@example.test' \
    "$(header srs)" 'but the signature says alice'
forwards "$srs_port" "$(letter srs-fake alice@example.test)" \
    'the same, not signed'
arrives srs-fake none "alice's advice is not asked"
says 'userkeys=none [^;]*policy.from=other' "$(header srs-fake)" \
    'From is another mailbox'
forwards "$srs_port" "$(letter srs-lost alice@example.test)" \
    'on to where nobody takes it' lost@fwd.test
until_true grep -rq '<srs-lost@example.test>' "$work/in/mail/all/new"
file=$(grep -rl '<srs-lost@example.test>' "$work/in/mail/all/new")
says '^Delivered-To: alice@example.test' "$(cat "${file:-/nowhere}")" \
    'the report comes back to alice'
is 'userkeys=none' "$(result "$file")" 'that report'

comes '550 5.7.1' SRS0=aaaa=bb=example.test=alice@wild.test \
    "$(signed wild)" 'SRS where a wildcard rejects'
comes 250 SRS0=aaaa=bb=example.test=alice@srs.wild.test "$work/sent.wild" \
    'SRS into a domain of its own'
arrives wild none 'that one'
bed_done
