#!/bin/sh
# test_submission.sh: a login at submission, our signature, a real name server,
# an MX that verifies, a Maildir.  SPDX-License-Identifier: MIT
set -u
. tests/mail/bed.sh
bed_init

# ---- keys, records, servers ----------------------------------------------------

zone() { # NAME: its head
	printf '%s\n' "\$ORIGIN $1." "\$TTL 1" \
	    '@ SOA ns hostmaster 1 3600 600 86400 1' '@ NS ns' \
	    'ns A 127.0.0.1'
}
zone example.test >"$work/example.test.zone"
zone corp.test >"$work/corp.test.zone"
jose=$(printf 'jos\303\251@example.test')
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
{
	mailbox alice@example.test --login alice@example.test --advice reject
	mailbox sales@example.test --login alice@example.test --bits 1024
	mailbox "$jose" --login alice@example.test --bits 1024
	ukd add nokey@example.test --login alice@example.test --bits 1024
	ukd add bob@example.test --login bob@example.test --bits 1024
} >>"$work/example.test.zone"
{
	mailbox info@corp.test --bits 1024
	mailbox post@corp.test --bits 1024
} >>"$work/corp.test.zone"
# bob may use all of corp.test, carol nothing.
ukd allow @corp.test --login bob@example.test >/dev/null
nsd_start "$work" || exit 1
milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT" \
    'local-mail = sign'
milter mx 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$NSD_PORT" 'dns-timeout = 60'
postfix_make "$work" "unix:$work/submit.sock" "unix:$work/mx.sock"
python3 tests/mail/edit.py "$MX_PORT" >"$work/edit.port" &
others=$!
until_true [ -s "$work/edit.port" ] || exit 1
echo "edit.test smtp:[127.0.0.1]:$(cat "$work/edit.port")" \
    >"$work/out/etc/transport"
postfix_start "$work" || exit 1

# ---- who may send as whom --------------------------------------------------------

# sends LOGIN ADDRESS SUBJECT WHAT: taken, delivered, and a pass.
sends() {
	is 250 "$(code 3 "$(send "$1" "$2" "$(letter "$3" "$2")")")" "$4"
	passes "$3" "$4 passes at the MX"
}
# refused CODE LOGIN ADDRESS FROM WHAT
refused() {
	is "$1" "$(code 9 "$(send "$2" "$3" "$(letter no "$4")")")" "$5"
}

sends alice alice@example.test one 'alice'
file=$(delivered one)
is 1 "$(grep -c '^DKIM-Signature:' "$file")" 'signed once'
says 'policy.from=same' "$(tr -d '\n' <"$file")" 'From is the sender'
refused '553 5.7.1' alice bob@example.test bob@example.test \
    'alice may not send as bob'
refused '550 5.7.1' alice alice@example.test ceo@example.test \
    'nor write as the CEO'
refused '553 5.7.1' bob alice@example.test alice@example.test \
    'bob may not send as alice'
says 'at=mail client=127.0.0.1 role=submit from=<alice@example.test> login=bob@example.test action=refuse why=ukd-denied' \
    "$(cat "$work/submit.log")" 'the log says who was refused, and why'
sends alice sales@example.test alias 'an alias of hers'
sends alice alice+news@example.test plus 'a subaddress'
sends bob info@corp.test domain 'a login that may use all of a domain'
sends bob post@corp.test domain2 'another mailbox there'
refused '553 5.7.1' alice info@corp.test info@corp.test \
    'alice may not use that domain'
refused '553 5.7.1' carol sales@example.test sales@example.test \
    'nor may a login without any mailbox'
is 250 "$(code 3 "$(send carol carol@example.test \
    "$(letter carol carol@example.test)")")" \
    'a mailbox that has no entry: its mail goes on'
is 0 "$(grep -c '^DKIM-Signature:' "$(delivered carol)")" 'without a key'
says 'login=carol@example.test action=accept why=ukd-unknown' \
    "$(cat "$work/submit.log")" 'and the log says why'
refused '550 5.7.1' carol carol@example.test 'Alice <alice@example.test>' \
    'but not with a From that has one'
# Not readable to the end, or not before Postfix has mended it: whom the reader
# sees, nobody knows.
for author in 'ceo @example.test' '<ceo@example.test> x' 'ceo@example.test.' \
    '"CEO" <ceo@example.test> (x' 'ceo@example.test;' 'ceo' \
    '<@a.test:ceo@example.test>' 'alice@example.test, ceo@example.test x'; do
	refused '550 5.7.1' alice alice@example.test "$author" "From: $author"
	author=$(echo "$author" | sed 's/ceo\(.*\)/sales\1/')
	[ "$author" = sales ] || refused '550 5.7.1' carol \
	    carol@example.test "$author" "the same by carol: $author"
done
two='From: ceo@example.test'
is '550 5.7.1' "$(code 9 "$(send alice alice@example.test \
    "$(letter two alice@example.test "$two")")")" 'From twice'
is 250 "$(code 3 "$(send alice nokey@example.test \
    "$(letter nokey nokey@example.test)")")" \
    'a mailbox without a key is accepted unsigned'
is 'userkeys=none' "$(result "$(delivered nokey)")" \
    'and the MX notes it: its record advises nothing'
says 'from=<nokey@example.test> login=alice@example.test action=accept why=ukd-no-key' \
    "$(cat "$work/submit.log")" 'the log says why it is not signed'
"$build/userkeys" why nokey@example.test --log "$work/submit.log" \
    >"$work/why" 2>&1
says 'why: ukd-no-key: the login may use the address' \
    "$(cat "$work/why")" 'userkeys why explains it'
/usr/sbin/sendmail -C "$work/out/etc" -f alice@example.test b@dest.test \
    <"$(letter local alice@example.test)"
passes local 'mail of sendmail(1) on the host is signed'
is 1 "$(grep -c '^Message-I[dD]: <local@' "$(delivered local)")" 'as it was'
letter forged alice@example.test \
    'Authentication-Results: out.example.test; userkeys=pass' >/dev/null
is 250 "$(code 3 "$(send alice alice@example.test "$work/letter.forged")")" \
    'a client that claims a result of ours'
is 0 "$(grep -c 'Results: out.example' "$(delivered forged)")" 'it is gone'

# ---- odd letters -----------------------------------------------------------------

printf 'Gr\303\274\303\237e, 8 bit\n' >>"$(letter eight alice@example.test \
    'Content-Type: text/plain; charset=utf-8' \
    'Content-Transfer-Encoding: 8bit')"
is 250 "$(code 3 "$(send alice alice@example.test "$work/letter.eight")")" \
    '8-bit mail'
passes eight 'the 8-bit one'

file=$(letter utf8 "José <$jose>" 'Content-Type: text/plain; charset=utf-8')
is 250 "$(code 3 "$(python3 tests/mail/post.py -u -l alice@example.test \
    "$SUBMIT_PORT" "$jose" b@dest.test "$file")")" 'SMTPUTF8 mail'
passes utf8 'the SMTPUTF8 one'
says "smtp.mailfrom=$jose" "$(cat "$(delivered utf8)")" 'by its address'
says 's=jos-c3-a9.userkeys' "$(cat "$(delivered utf8)")" 'by its own key'

file=$(letter large alice@example.test)
yes 'a line of some text, as there are many of them' | head -n 550000 >>"$file"
is 250 "$(code 3 "$(send alice alice@example.test "$file")")" '25 MiB'
passes large 'the large one'
rm "$file" "$(delivered large)"

file=$(letter long alice@example.test)
{ head -c 3000 /dev/zero | tr '\0' x; echo; } >>"$file"
is 250 "$(code 3 "$(send alice alice@example.test "$file")")" \
    'a long line is accepted unsigned'
says 'action=accept why=long-line' "$(cat "$work/submit.log")" \
    'and the log says why'
file=$(letter fits alice@example.test)
{ head -c 998 /dev/zero | tr '\0' x; echo; } >>"$file"
is 250 "$(code 3 "$(send alice alice@example.test "$file")")" \
    'a line of 998 octets'
passes fits 'that one'

# ---- a relay on the way that edits -------------------------------------------------

# edited HOW WHY: the MX refuses it, for that reason.
edited() {
	is 250 "$(code 3 "$(send alice alice@example.test \
	    "$(letter "edit-$1" alice@example.test)" "$1@edit.test")")" \
	    "to a relay that edits ($1)"
	until_true grep -q "message-id=<edit-$1@.*action=refuse.*why=$2" \
	    "$work/mx.log"
	is 0 $? "the MX refuses it ($1: $2)"
	is '' "$(grep -rl "<edit-$1@" "$work/in/mail/all/new")" \
	    "nothing is delivered ($1)"
}
edited footer body-hash
edited subject signature
edited reply signature
is 250 "$(code 3 "$(send alice alice@example.test \
    "$(letter edit-blanks alice@example.test)" blanks@edit.test)")" \
    'white space alone'
passes edit-blanks 'relaxed canonicalization forgives that: it'

# ---- a new key, step by step; another database ---------------------------------------

selector() { # SUBJECT
	sed -n '/^DKIM-Sig/,/^$/p' "$(delivered "$1")" |
	    grep -o 's=[0-9a-z.-]*\.userkeys' | head -n 1 | cut -c 3-
}
rotate() {
	patiently ukd rotate alice@example.test --dns "127.0.0.1:$NSD_PORT"
}
old=$(selector one)
records=$(rotate)
sends alice alice@example.test rotate1 'a new key is made: alice'
is "$old" "$(selector rotate1)" 'it is not used yet'
is '' "$(rotate)" 'nothing goes on before the DNS has the record'
echo "$records" >>"$work/example.test.zone"
nsd_stop
nsd_start "$work" || exit 1
rotate >/dev/null
sends alice alice@example.test rotate2 'it is published: alice'
is "$old" "$(selector rotate2)" 'the old one still signs'
rotate >/dev/null
sends alice alice@example.test rotate3 'it is active: alice'
new=$(selector rotate3)
says '^[0-9a-z-]*\.alice\.userkeys$' "$new" 'a generation of alice'
is differs "$([ "$new" = "$old" ] || echo differs)" 'the new one signs'
sed -n '/^DKIM-Signature/,$p' "$(delivered one)" |
    sed 's/^Subject: one$/Subject: again/' >"$work/again"
sed -n '/^DKIM-Signature/,$p' "$(delivered rotate1)" >"$work/old"
rm "$(delivered rotate1)"
is 250 "$(code 3 "$(inject alice@example.test "$work/old")")" \
    'a letter that the old key signed comes late'
passes rotate1 'that one'

# A copy of the database in which alice has nothing takes its place.
"$build/userkeys" ukd export --sealed --out "$work/backup" \
    --db "$work/ukd.db" >/dev/null 2>&1
"$build/userkeys" ukd init --db "$work/new.db" --key-file "$work/ukd.key" \
    --adopt-key >/dev/null 2>&1
"$build/userkeys" ukd import "$work/backup" --db "$work/new.db" \
    >/dev/null 2>&1
"$build/userkeys" ukd remove alice@example.test --db "$work/new.db" \
    >/dev/null 2>&1
rm -f "$work/new.db-wal" "$work/new.db-shm"
mv "$work/new.db" "$work/ukd.db"
is 250 "$(code 3 "$(send alice alice@example.test \
    "$(letter gone alice@example.test)" blanks@edit.test)")" \
    'the database was replaced while running: alice has no entry'
says 'message-id=<gone@.*from=<alice@example.test> .*action=accept why=ukd-unknown' \
    "$(cat "$work/submit.log")" 'nor a signature'
sends alice sales@example.test replaced 'what is still there: sales'
bed_done
