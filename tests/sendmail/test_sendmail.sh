#!/bin/sh
# test_sendmail.sh: docs/SENDMAIL.md as printed: a login at submission, our
# signature, a real name server, an MX that verifies, what is delivered; and
# the pitfalls of its table.  SPDX-License-Identifier: MIT
set -u
PATH=$PATH:/usr/sbin:/sbin
left_out() {
	echo "skip: $1: ALL OF IT IS LEFT OUT"
	echo '0 passed, 0 failed'
	exit 0
}
[ "$(id -u)" = 0 ] || left_out 'Sendmail is started by root alone'
unshare -u -m true 2>/dev/null || left_out 'no namespaces can be made here'
for command in m4 swaks saslpasswd2 nsd; do
	command -v $command >/dev/null && continue
	echo "test_sendmail: no $command: run sh tests/setup.sh sendmail"
	echo '0 passed, 1 failed'
	exit 1
done
. tests/support/nsd.sh
. tests/sendmail/sendmail.sh

build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
ROOT=$(pwd)/build/sendmail
sh tests/sendmail/unpack.sh "$ROOT" || exit 1
work=$(mktemp -d)
chmod 711 "$work"
passed=0 failed=0
milters=

# shellcheck disable=SC2329,SC2317 # by the trap
stop() {
	sendmail_stop
	for pid in $milters; do kill "$pid" 2>/dev/null; done
	nsd_stop
	[ $failed = 0 ] || tail -n 25 "$work"/*.log "$work"/*/log
	rm -rf "$work"
}
trap stop EXIT

is() {
	if [ "$1" = "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $3: wanted \"$1\", found \"$2\""
	fi
}

# block LANGUAGE: that block of the document.
block() {
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" docs/SENDMAIL.md | sed '/^```/d'
}

# ---- keys, records, name server, milters, servers --------------------------

cat >"$work/example.test.zone" <<'EOF'
$ORIGIN example.test.
$TTL 1
@ SOA ns hostmaster 1 3600 600 86400 1
@ NS ns
ns A 127.0.0.1
*.userkeys TXT "v=DKIM1; uk=reject; p="
EOF
cat >"$work/example.net.zone" <<'EOF'
$ORIGIN example.net.
@ 60 SOA ns hostmaster 1 3600 600 86400 1
@ 60 NS ns
EOF
cat >"$work/dest.test.zone" <<'EOF'
$ORIGIN dest.test.
@ 60 SOA ns hostmaster 1 3600 600 86400 1
@ 60 NS ns
*.userkeys 60 TXT "v=DKIM1; uk=reject; p="
free.userkeys 60 TXT "v=DKIM1; uk=none; p="
*.userkeys.mx 60 TXT "v=DKIM1; uk=reject; p="
free.userkeys.mx 60 TXT "v=DKIM1; uk=none; p="
EOF
ukd() {
	"$build/userkeys" ukd "$@" --db "$work/ukd.db"
}
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
for who in alice sales; do
	ukd add $who@example.test --login alice@example.test \
	    --advice reject >>"$work/example.test.zone" 2>>"$work/ukd.log" ||
	    exit 1
	ukd rotate $who@example.test --force >/dev/null 2>&1
	ukd rotate $who@example.test --force >/dev/null 2>&1
done
ukd add nokey@example.test --login alice@example.test \
    >>"$work/example.test.zone" 2>>"$work/ukd.log" || exit 1
ukd add bob@example.test --login bob@example.test \
    >>"$work/example.test.zone" 2>>"$work/ukd.log" || exit 1
nsd_start "$work" || exit 1

# milter NAME HOST: by the document's file, with this folder's paths.
milter() {
	mkdir -p "$work/$1/run/userkeys"
	socket=$work/$1/run/userkeys/milter.sock
	{
		block ini | sed "/^user =/d
		    s|unix:/.*|unix:$socket|
		    s|/var/lib/userkeys|$work|; s|/etc/userkeys|$work|
		    s|mail.example.org|$2|"
		printf '%s\n' "dns = 127.0.0.1:$NSD_PORT" 'dns-timeout = 2' \
		    'advice = reject'
	} >"$work/$1.conf"
	"$build/userkeys-milter" --foreground --config "$work/$1.conf" \
	    2>>"$work/$1.log" &
	milters="$milters $!"
	tries=0
	until [ -S "$socket" ] || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
}

milter out out.example.test
submit_pid=${milters##* }
milter in mx.dest.test
in_pid=${milters##* }
sendmail_make "$work" "$(block m4)" && sendmail_start "$work" || exit 1

# ---- letters -----------------------------------------------------------------

# reply: the first refusal, or the last reply, of what swaks noted.
reply() {
	sed -n 's/^<[-*~ ]* *\([245][0-9][0-9]\)/\1/p' "$work/swaks.out" |
	    grep -vE '^(220|235|250-|221|334)' |
	    awk '/^[45]/ && bad == "" { bad = $0 } { last = $0 }
	    END { print substr(bad == "" ? last : bad, 1, 9) }'
}

# send LOGIN FROM SWAKS...: by submission; the reply.
send() {
	login=$1 from=$2
	shift 2
	swaks --server 127.0.0.1 --port "$SUBMIT_PORT" --ehlo client.test \
	    --auth PLAIN --auth-user "$login@example.test" \
	    --auth-password "pw-$login" --from "$from" --to b@dest.test \
	    "$@" >"$work/swaks.out" 2>&1
	reply
}

# letter SUBJECT FIELD...: such a message of alice's, in a file.
letter() {
	subject=$1
	shift
	{
		printf '%s\n' "Subject: $subject" "$@" '' 'Hello' '' 'Alice'
	} >"$work/letter"
	echo "@$work/letter"
}

# inject FROM SWAKS...: straight to the MX; the reply.
inject() {
	from=$1
	shift
	swaks --server 127.0.0.1 --port "$MX_PORT" --ehlo client.test \
	    --from "$from" --to b@dest.test "$@" >"$work/swaks.out" 2>&1
	reply
}

# delivered SUBJECT: the file, within a minute.
delivered() {
	tries=0
	while [ $tries -lt 600 ]; do
		file=$(grep -rlxF "Subject: $1" "$work/mail" 2>/dev/null |
		    grep -v '/mail/\.' | head -n 1)
		if [ -n "$file" ]; then
			echo "$file"
			return
		fi
		tries=$((tries + 1))
		sleep 0.1
	done
	echo /nowhere
}

# logged PATTERN NAME: by the milter NAME, within a minute.
logged() {
	tries=0
	until grep -q "$1" "$work/$2.log"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}

# result FILE: "userkeys=pass" of our field on top.
result() {
	sed '/^$/q' "$1" 2>/dev/null |
	    sed -n '/^Authentication-Results: mx/,$p' |
	    grep -o 'userkeys=[a-z]*' | head -n 1
}

good='250 2.0.0'
a=alice@example.test

is "$good" "$(send alice $a --data "$(letter one "From: Alice <$a>" \
    'Date: Thu, 12 Jun 2025 10:00:00 +0000' \
    'To: b@dest.test, "C, D" <c@dest.test>' \
    'Message-ID: <one@example.test>')")" 'alice sends'
file=$(delivered one)
is 'userkeys=pass' "$(result "$file")" 'it passes at the MX'
is 1 "$(grep -c '^DKIM-Signature:' "$file")" 'signed once'
grep -q 'policy.from=same' "$file"
is 0 $? 'From is the sender'
cp "$file" "$work/one"

is '553 5.7.1' "$(send alice bob@example.test)" 'alice may not send as bob'
is '550 5.7.1' "$(send alice $a --header 'From: ceo@example.test')" \
    'nor write as the CEO'
is '553 5.7.1' "$(send bob $a)" 'bob may not send as alice'
is '530 5.7.0' "$(swaks --server 127.0.0.1 --port "$SUBMIT_PORT" \
    --ehlo client.test --from $a --to b@dest.test >"$work/swaks.out" 2>&1
    reply)" 'nobody without a login'
is "$good" "$(send alice sales@example.test \
    --header 'Subject: two')" 'an alias of hers'
is 'userkeys=pass' "$(result "$(delivered two)")" 'the alias passes'
is "$good" "$(send alice nokey@example.test \
    --header 'Subject: nokey')" 'a mailbox without a key goes unsigned'
is 'userkeys=none' "$(result "$(delivered nokey)")" 'the MX notes it'
is "$good" "$(send alice $a --data "$(letter eight "From: $a" \
    'Content-Type: text/plain; charset=utf-8' \
    'Content-Transfer-Encoding: 8bit' '' 'Grüße, 8 bit')")" '8-bit mail'
is 'userkeys=pass' "$(result "$(delivered eight)")" 'the 8-bit one passes'
{ printf '%s\n' "From: $a" 'Subject: large' ''
  yes 'a line of some text, as there are many of them' | head -n 110000
} >"$work/large"
is "$good" "$(send alice $a --data "@$work/large")" '5 MiB'
is 'userkeys=pass' "$(result "$(delivered large)")" 'the large one passes'

# ---- the document's table of pitfalls ------------------------------------------

is "$good" "$(send alice $a --data "$(letter bare "From: $a" \
    'To: b@dest.test' 'Bcc: c@dest.test')")" 'no Date, no Message-ID, a Bcc'
file=$(delivered bare)
is 2 "$(sed '/^$/q' "$file" | grep -ciE '^(Date|Message-ID):')" \
    'Sendmail adds both'
is 0 "$(grep -c '^Bcc:.*dest' "$file")" 'and drops Bcc'
is 'userkeys=pass' "$(result "$file")" 'the signature holds'
is "$good" "$(send alice $a --data "$(letter comma "From: $a" \
    'To: b@dest.test,c@dest.test')")" 'no blank after a comma'
logged 'from=<alice@example.test> .*userkeys=fail.* why=signature' in
is 0 $? 'Sendmail puts one in: the signature breaks'
is '550 5.7.1' "$(send alice $a --data "$(letter short 'From: alice')")" \
    'From without a domain'
grep -q 'action=refuse why=from-unqualified' "$work/out.log"
is 0 $? 'is refused, and the log says why'
{ printf '%s\n' "From: $a" 'Subject: long' ''
  head -c 3000 /dev/zero | tr '\0' x; echo; } >"$work/long"
is "$good" "$(send alice $a --data "@$work/long")" 'a long line'
grep -q 'action=accept why=long-line' "$work/out.log"
is 0 $? 'is not signed, and the log says why'

# ---- from elsewhere ------------------------------------------------------------

sed -n '/^DKIM-Signature/,$p' "$work/one" >"$work/again"
is "$good" "$(inject $a --data "@$work/again")" 'the same letter comes again'
sed 's/^Hello/Buy this/' "$work/again" >"$work/changed"
is '550 5.7.1' "$(inject $a --data "@$work/changed")" \
    'changed on the way: refused'
is '550 5.7.1' "$(inject $a)" 'unsigned: refused'
is '550 5.7.1' "$(inject anybody@example.test)" 'the wildcard: refused'
# Spellings of MAIL FROM, as in tests/mail/test_mx.sh.
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
no <alice@example.test,>
pass <<alice@example.test>>
no <al\ice@example.test>
pass <alice	@example.test>
pass <alice@example.test..>
no <alice.@example.test>
no <.alice@example.test>
no <al..ice@example.test>
no <"alice"."x"@example.test>
no <"alice@example.test"@example.test>
no <alice%example.test@example.test>
no <alice%example.test@dest.test>
no <"alice@example.test"@dest.test>
no <example.test!alice@dest.test>
pass <alice@example.test>x
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
printf 'From: %s\nTo: b@dest.test\nSubject: spoof\n\nHi\n' $a >"$work/spoof"
spellings >"$work/spellings"
while IFS= read -r line; do
	path=${line#* }
	reply=$(python3 tests/mail/post.py -r "$MX_PORT" "$path" b@dest.test \
	    "$work/spoof")
	case $reply in
	[45]*) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		echo "FAIL a spoof by $path: $reply"
		;;
	esac
	is "${line%% *}" "$(case $(python3 tests/mail/post.py -r "$MX_PORT" \
	    "$path" b@dest.test "$work/again") in
	    250*) echo pass ;; *) echo no ;; esac)" "alice's letter by $path"
done <"$work/spellings"

# Senders of the server's own domains: {mail_addr} is a local-part alone.
is "$good" "$(inject free@dest.test --header 'Subject: own')" \
    'a sender of its own domain'
is 'userkeys=none' "$(result "$(delivered own)")" 'is judged'
is 1 "$(grep -c 'smtp.mailfrom=free@dest.test' "$(delivered own)")" \
    'with the domain of the argument'
is '550 5.7.1' "$(inject alice@dest.test)" 'the advice of its own domain'
is '553 5.5.4' "$(inject '<free>')" 'none without a domain: its own rule'
for from in free Free free@mx.dest.test; do
	printf 'Subject: program-%s\n\nHi\n' "$from" |
	    sendmail_msp "$work" "$from" b@dest.test
	is 'userkeys=none' "$(result "$(delivered "program-$from")")" \
	    "sendmail -f $from on the host"
done
{ for claim in 'mx.dest.test' 'MX.DEST.TEST' '(x) mx.dest.test' \
    '"mx.dest.test"' 'mx.dest.test.' 'mx.dest.test 1' 'other.test' \
    'mx.dest.test/1'; do
	echo "Authentication-Results: $claim; userkeys=pass"
done; printf 'Authentication-Results:\n mx.dest.test; userkeys=pass\n'
printf 'From: eve@example.net\nSubject: claims\n\nHi\n'; } >"$work/claims"
is "$good" "$(inject eve@example.net --data "@$work/claims")" 'forged results'
file=$(delivered claims)
is 'userkeys=none' "$(result "$file")" 'ours says none'
is 1 "$(grep -c 'userkeys=pass' "$file")" 'the forged ones are gone'
is 1 "$(grep -c 'other.test; userkeys=pass' "$file")" "another's stays"
python3 tests/support/results_reader.py mx.dest.test <"$file" >"$work/results"
is 0 $? 'ours, read strictly: dkim above userkeys'
is "$good" "$(inject '<>' --header 'From: eve@example.net' \
    --header 'Subject: bounce')" 'a bounce'
is 'userkeys=none' "$(result "$(delivered bounce)")" 'is noted'

# ---- trouble -------------------------------------------------------------------

nsd_stop
is '451 4.7.5' "$(inject carol@example.test)" 'DNS down: 451'
nsd_start "$work" || exit 1
kill "$submit_pid"
wait "$submit_pid" 2>/dev/null
is 4 "$(send alice $a | cut -c 1)" 'the milter is down: try again'
milters=$(echo "$milters" | sed "s/ $submit_pid//")
milter out out.example.test
is "$good" "$(send alice $a --header 'Subject: back')" 'it is back'
is 'userkeys=pass' "$(result "$(delivered back)")" 'and signs'
echo 'unsigned = reject' >>"$work/out.conf"
kill -HUP "${milters##* }"
sleep 0.5
is '550 5.7.1' "$(send alice $a --data "$(letter none 'X: y')")" \
    'unsigned = reject'

# Mail of the machine itself, as the document says: signed; but not what has
# another way in its header.
echo 'trusted-network = 127.0.0.1/32' >>"$work/in.conf"
kill -HUP "$in_pid"
sleep 0.5
printf '%s\n' "From: $a" 'Subject: own-program' '' 'Hi' |
    sendmail_msp "$work" $a b@dest.test
is 1 "$(sed '/^$/q' "$(delivered own-program)" | grep -c '^DKIM-Signature')" \
    'a program of the host is signed'
is '550 5.7.1' "$(inject $a --header 'Received: from x by mx.dest.test; y')" \
    'what came from outside is judged'
grep -q 'outside=received action=refuse' "$work/in.log"
is 0 $? 'and the log says so'
is 0 "$(grep -c 'PRIVATE KEY' "$work"/*.log | awk -F: '{ n += $2 }
    END { print n }')" 'no key in a log'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
