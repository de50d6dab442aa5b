#!/bin/sh
# test_mx.sh: letters from elsewhere: what the MX does with good, old, forged
# and revoked ones, and what a second verifier says.
# SPDX-License-Identifier: MIT
set -u
. tests/mail/bed.sh
bed_init

# Spellings of MAIL FROM that servers take, for a mailbox with uk=reject.  A
# spoof gets no 250 by any of them; a letter that alice signed passes where the
# server itself reads her address (pass), and is refused where it reads another
# one, or none that we can (no).
spellings() {
	cat <<'EOF'
pass <alice@example.test>
pass alice@example.test
pass <ALICE@Example.TEST>
pass <"alice"@example.test>
pass <alice+news@example.test>
pass <@a.test:alice@example.test>
pass <@a.test,@b.test:alice@example.test>
pass <alice@example.test> SIZE=1000
pass <alice@example.test.>
pass < alice@example.test>
pass <alice@example.test >
pass <alice @example.test>
pass <alice@ example.test>
pass <alice(x)@example.test>
pass <(x)alice@example.test>
pass <alice@example.test(x)>
pass <alice@example.test,>
pass <<alice@example.test>>
pass <al\ice@example.test>
pass <alice	@example.test>
no <alice@example.test..>
no <alice.@example.test>
no <.alice@example.test>
no <al..ice@example.test>
no <"alice"."x"@example.test>
no <"alice@example.test"@example.test>
no <alice%example.test@example.test>
no <alice%example.test@dest.test>
no <"alice@example.test"@dest.test>
no <example.test!alice@dest.test>
no <alice@example.test>x
no <alice@[example.test]>
no <alice@[127.0.0.1]>
no <alice@example_x.test>
no <alice;@example.test>
no <"alice\x09"@example.test>
no <ceo>
no <alice@exämple.test>
pass <Alice <alice@example.test>>
EOF
}

# ---- keys, records, servers ----------------------------------------------------

# Keys that are not in a database: NAME OPTIONS...; prints the records.
key() {
	name=$1
	shift
	"$build/userkeys" keygen "$name@example.test" --bits 1024 \
	    --out "$work/$name.pem" "$@" 2>/dev/null
}
{
	printf '%s\n' "\$ORIGIN example.test." "\$TTL 1" \
	    '@ SOA ns hostmaster 1 3600 600 86400 1' '@ NS ns' \
	    'ns A 127.0.0.1' '*.userkeys TXT "v=DKIM1; uk=reject; p="' \
	    'gone.userkeys TXT "v=DKIM1; uk=reject; p="'
	key alice --advice reject
	key quentin --advice quarantine
	key tess --advice reject --testing
} >"$work/example.test.zone"
# The key of somebody whose record is revoked; it is published nowhere.
key gone >/dev/null
cat >"$work/example.net.zone" <<'EOF'
$ORIGIN example.net.
@ 60 SOA ns hostmaster 1 3600 600 86400 1
@ 60 NS ns
EOF
nsd_start "$work" || exit 1
milter mx 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$NSD_PORT" 'dns-timeout = 60'
mkdir "$work/bodies"
milter notice 'authserv-id = mx.dest.test' "dns = 127.0.0.1:$NSD_PORT" \
    'dns-timeout = 60' \
    'body-notice = yes' "notice-folder = $work/bodies"
postfix_make "$work" "unix:$work/mx.sock" "unix:$work/mx.sock"
postfix_listen "$work" "unix:$work/notice.sock"
notice_port=$PORT
cat >"$work/opendkim.conf" <<EOF
Socket local:$work/opendkim.sock
Mode v
AuthservID opendkim.dest.test
Syslog no
UMask 000
PidFile $work/opendkim.pid
EOF
keys=$work/opendkim.keys
echo "TestPublicKeys $keys" >>"$work/opendkim.conf"
printf 'alice.userkeys._domainkey.example.test %s\n' "$(awk '
    /^alice\.userkeys\.example/ { on = 1 }
    on { while (match($0, /"[^"]*"/)) {
	    text = text substr($0, RSTART + 1, RLENGTH - 2)
	    $0 = substr($0, RSTART + RLENGTH) } }
    on && /\)/ { exit } END { print text }' "$work/example.test.zone")" \
    >"$keys"
opendkim -f -x "$work/opendkim.conf" >"$work/opendkim.log" 2>&1 &
others=$!
until_true [ -S "$work/opendkim.sock" ] || { cat "$work/opendkim.log"; exit 1; }
# Ours first, then OpenDKIM.
postfix_listen "$work" "unix:$work/mx.sock,unix:$work/opendkim.sock"
both_port=$PORT
postfix_start "$work" || exit 1
postfix_greets "$notice_port" || exit 1

# ---- letters ---------------------------------------------------------------------

# signed NAME SUBJECT [OPTIONS OF SIGN...]: a letter that NAME signed.
signed() {
	name=$1 subject=$2
	shift 2
	"$build/userkeys" sign --from "$name@example.test" --key \
	    "$work/$name.pem" "$@" \
	    "$(letter "$subject" "$name@example.test")" >"$work/signed"
	echo "$work/signed"
}
# taken SUBJECT FROM FILE RESULT WHAT
taken() {
	is 250 "$(code 3 "$(inject "$2" "$3")")" "$5"
	is "userkeys=$4" "$(result "$(delivered "$1")")" "$5: $4"
}
# refused FROM FILE WHY WHAT
refused() {
	is '550 5.7.1' "$(code 9 "$(inject "$1" "$2")")" "$4"
	says "from=<$1> action=refuse .*why=$3" "$(tail -n 1 "$work/mx.log")" \
	    "the log says why: $4"
}

taken good alice@example.test "$(signed alice good)" pass 'a signed letter'
cp "$work/signed" "$work/good"
sed 's/Hello/Hallo/' "$work/good" >"$work/letter.body"
refused alice@example.test "$work/letter.body" body-hash 'the body was changed'
sed 's/^Subject: good/Subject: better/' "$work/good" >"$work/letter.subject"
refused alice@example.test "$work/letter.subject" signature \
    'the subject was changed'
{ echo 'Subject: two'; cat "$work/good"; } >"$work/letter.two"
refused alice@example.test "$work/letter.two" signature 'a second subject'
refused alice@example.test "$(letter unsigned alice@example.test)" \
    no-signature 'unsigned mail for a domain with reject'
refused anybody@example.test "$(letter wild anybody@example.test)" \
    no-signature 'a mailbox that only the wildcard covers'
refused gone@example.test "$(signed gone revoked)" key-revoked 'a revoked key'
now=$(date +%s)
refused alice@example.test "$(signed alice old --time $((now - 90000)) \
    --expire 24h)" expired 'a signature that expired'
refused alice@example.test "$(signed alice early --time $((now + 90000)))" \
    future 'a signature from the future'
refused gone@example.test "$work/good" not-aligned \
    "alice's letter under another envelope sender"
taken tested tess@example.test "$(letter tested tess@example.test)" none \
    't=y: unsigned, and only noted'
says 'policy.testing=y' "$(cat "$(delivered tested)")" 'testing is shown'
taken marked quentin@example.test "$(letter marked quentin@example.test)" \
    none 'advice quarantine: taken'
says 'policy.action=quarantine' "$(cat "$(delivered marked)")" 'and marked'
taken stranger eve@example.net "$(letter stranger eve@example.net)" none \
    'a domain without user keys'
taken bounce '' "$(letter bounce eve@example.net)" none 'a bounce'

# ---- spellings of the sender --------------------------------------------------

signed alice spelled >/dev/null
mv "$work/signed" "$work/spelled"
letter spoof alice@example.test >/dev/null
spellings >"$work/spellings"
while IFS= read -r line; do
	path=${line#* }
	reply=$(python3 tests/mail/post.py -r "$MX_PORT" "$path" b@dest.test \
	    "$work/letter.spoof")
	case $reply in
	[45]*) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		echo "FAIL a spoof by $path: $reply"
		;;
	esac
	is "${line%% *}" "$(case $(python3 tests/mail/post.py -r "$MX_PORT" \
	    "$path" b@dest.test "$work/spelled") in
	    250*) echo pass ;; *) echo no ;; esac)" "alice's letter by $path"
done <"$work/spellings"
is 0 "$(grep -rlxF 'Subject: spoof' "$work/in/mail/all/new" | wc -l)" \
    'no spoof is delivered'
all_spelled() {
	[ "$(grep -rlxF 'Subject: spelled' "$work/in/mail/all/new" |
	    wc -l)" = "$(grep -c '^pass' "$work/spellings")" ]
}
until_true all_spelled
is 0 $? 'all of hers are delivered'
is 0 "$(grep -rlxF 'Subject: spelled' "$work/in/mail/all/new" |
    xargs grep -Lc 'userkeys=pass' | wc -l)" 'and each of hers passes'

# ---- forged results ----------------------------------------------------------------

cat >"$work/claims" <<'EOF'
Authentication-Results: mx.dest.test; userkeys=pass claim=1
authentication-results: mx.dest.test; userkeys=pass claim=2
Authentication-Results: MX.Dest.Test; userkeys=pass claim=3
Authentication-Results: (comment (nested)) mx.dest.test; userkeys=pass claim=4
Authentication-Results: "mx.dest.test"; userkeys=pass claim=5
Authentication-Results: mx.dest.test.; userkeys=pass claim=6
Authentication-Results: mx.dest.test 1; userkeys=pass claim=7
Authentication-Results:
	mx.dest.test
	; userkeys=pass claim=8
Authentication-Results:mx.dest.test/1; userkeys=pass claim=9
Authentication-Results: "mx.d\est.test" (x); userkeys=pass claim=10
Authentication-Results: mx.dest.test (unclosed; userkeys=pass claim=11
Authentication-Results: other.test; userkeys=pass claim=other
EOF
# What readers pass over, or end elsewhere, in front of the id and within it.
n=11
for id in '\013mx.dest.test' '\014mx.dest.test' '\001mx.dest.test' \
    '\302\240mx.dest.test' '\302\205mx.dest.test' '\342\200\203mx.dest.test' \
    '\240mx.dest.test' 'mx . dest . test' 'mx(c).dest.test' 'mx\\.dest.test' \
    '(\\) mx.dest.test' '(a (b) mx.dest.test' '"mx.dest.test' \
    'mx.dest\014.test' 'mx.dest.test\013' '=?utf-8?q?mx.dest.test?='; do
	n=$((n + 1))
	# shellcheck disable=SC2059 # octal escapes
	printf "Authentication-Results: $id; userkeys=pass claim=$n\n"
done >>"$work/claims"
{ cat "$work/claims"; cat "$(letter claims eve@example.net)"; } \
    >"$work/with-claims"
taken claims eve@example.net "$work/with-claims" none "$n forged results"
is 'claim=other' "$(grep -o 'claim=[a-z0-9]*' "$(delivered claims)")" \
    "another server's alone is left"
is 3 "$(grep -ci '^Authentication-Results:' "$(delivered claims)")" \
    'beside ours'

# ---- what a message writes into our fields ------------------------------------------

# An octet that is no text, behind a backslash that would escape our quote.
evil='From: "; dkim=pass header.d=bank.example; x="@evil.test'
n=0
for sender in '<"a\\\302\205"@evil.test>' '<"a\302\205"@evil.test>' \
    '<"; dkim=pass header.d=bank.example; x="@evil.test>' '<"a\\""@evil.test>' \
    '<"a;b"@evil.test>' '<jos\303\251@evil.test>'; do
	n=$((n + 1))
	# shellcheck disable=SC2059 # octal escapes
	sender=$(printf "$sender")
	printf '%s\nSubject: inject%s\n\nHello\n' "$evil" $n >"$work/letter.evil"
	reply=$(python3 tests/mail/post.py -u -r "$notice_port" "$sender" \
	    b@dest.test "$work/letter.evil")
	case $reply in
	250*)	python3 tests/support/results_reader.py mx.dest.test \
		    <"$(delivered inject$n)" >"$work/results"
		is 0 $? "read strictly: $sender"
		is 'dkim=none' "$(sed 1q "$work/results")" "no dkim: $sender" ;;
	*)	is 5 "$(code 1 "$reply")" "Postfix takes or refuses it: $sender" ;;
	esac
done

# ---- OpenDKIM behind us --------------------------------------------------------------

signed alice second >/dev/null
is 250 "$(code 3 "$(inject alice@example.test "$work/signed" \
    "$both_port")")" 'ours, then OpenDKIM'
file=$(delivered second)
passes second 'ours'
says 'opendkim.dest.test;.*dkim=pass.*header.d=example.test' \
    "$(sed '/^$/q' "$file" | tr -d '\n')" 'OpenDKIM takes it for plain DKIM'
sed 's/^Subject: second/Subject: third/; s/Hello/Hallo/' "$work/signed" |
    sed 's/^\(DKIM-Sig.*\)/\1/' >"$work/letter.third"
is 250 "$(code 3 "$(inject eve@example.net "$work/letter.third" \
    "$both_port")")" 'a changed one, under another sender'
says 'opendkim.dest.test;.*dkim=fail' "$(sed '/^$/q' "$(delivered third)" |
    tr -d '\n')" 'OpenDKIM finds it changed, too'

# ---- the notice in the body -------------------------------------------------------------

# noticed SUBJECT FROM FILE FIRST-LINE WHAT: and the rest of the body is as it
# was sent.
noticed() {
	is 250 "$(code 3 "$(inject "$2" "$3" "$notice_port")")" "$5"
	sed '1,/^$/d' "$(delivered "$1")" >"$work/body"
	says "$4" "$(head -n 1 "$work/body")" "$5: the notice"
	sed '1,/^$/d' "$3" >"$work/wanted"
	sed 1d "$work/body" | cmp -s - "$work/wanted"
	is 0 $? "$5: the rest of the body"
}
noticed line alice@example.test "$(signed alice line)" \
    '^\[mx.dest.test: verified: sent from the mailbox alice@example.test\]$' \
    'a signed letter'
noticed noline eve@example.net "$(letter noline eve@example.net)" \
    '^\[mx.dest.test: not verified: ' 'an unsigned one'
{ letter big alice@example.test >/dev/null
  yes '.a line of 50 octets that begins with a full stop' | head -n 9000
} >>"$work/letter.big"
"$build/userkeys" sign --from alice@example.test --key "$work/alice.pem" \
    "$work/letter.big" >"$work/signed"
noticed big alice@example.test "$work/signed" '^\[mx.dest.test: verified' \
    '450 kB, in several pieces'
file=$(letter html alice@example.test 'Content-Type: text/html')
"$build/userkeys" sign --from alice@example.test --key "$work/alice.pem" \
    "$file" >"$work/signed"
is 250 "$(code 3 "$(inject alice@example.test "$work/signed" \
    "$notice_port")")" 'HTML'
passes html 'HTML'
sed '1,/^$/d' "$(delivered html)" | cmp -s - "$work/wanted"
is 1 $? 'a body of another letter would be seen'
sed '1,/^$/d' "$file" >"$work/wanted"
sed '1,/^$/d' "$(delivered html)" | cmp -s - "$work/wanted"
is 0 $? 'it stays as it is'
is '' "$(ls "$work/bodies")" 'no body is left in a file'
bed_done
