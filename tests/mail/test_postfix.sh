#!/bin/sh
# test_postfix.sh: a login at submission, our signature, a real name server, an
# MX that verifies, a Maildir.  SPDX-License-Identifier: MIT
set -u
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || {
	echo 'test_postfix: Postfix is started by root alone: left out'
	echo '0 passed, 0 failed'
	exit 0
}
. tests/support/nsd.sh
. tests/mail/postfix.sh

build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
top=$(pwd)
work=$(mktemp -d)
passed=0 failed=0
milters=

# shellcheck disable=SC2329,SC2317 # by the trap
stop() {
	postfix_stop "$work"
	for pid in $milters; do kill "$pid" 2>/dev/null; done
	nsd_stop
	[ $failed = 0 ] || tail -n 15 "$work"/*.log "$work"/*/log/maillog
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

# ---- keys, records, name server --------------------------------------------

# The records of zone example.test, anew; nsd reads them when it starts.
zone=$work/example.test.zone
cat >"$zone" <<'EOF'
$ORIGIN example.test.
$TTL 1
@ SOA ns hostmaster 1 3600 600 86400 1
@ NS ns
ns A 127.0.0.1
*.userkeys TXT "v=DKIM1; uk=reject; p="
EOF
# A domain that has no user keys.
cat >"$work/example.net.zone" <<'EOF'
$ORIGIN example.net.
@ 60 SOA ns hostmaster 1 3600 600 86400 1
@ 60 NS ns
EOF
ukd() {
	"$build/userkeys" ukd "$@" --db "$work/ukd.db"
}
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
for who in alice sales; do
	ukd add $who@example.test --login alice@example.test \
	    --advice reject >>"$zone" || exit 1
	ukd rotate $who@example.test --force >/dev/null
	ukd rotate $who@example.test --force >/dev/null
done
ukd add nokey@example.test --login alice@example.test >>"$zone" || exit 1
nsd_start "$work" || exit 1

# ---- milters and servers -----------------------------------------------------

# milter NAME SETTINGS...: one in the foreground at $work/NAME.sock.
milter() {
	name=$1
	shift
	{
		echo "listen = unix:$work/$name.sock"
		echo 'socket-mode = 0666'
		echo 'workers = 2'
		printf '%s\n' "$@"
	} >"$work/$name.conf"
	"$build/userkeys-milter" --foreground --config "$work/$name.conf" \
	    2>>"$work/$name.log" &
	milters="$milters $!"
	tries=0
	until [ -S "$work/$name.sock" ] || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
}

milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT"
submit_pid=${milters##* }
milter mx 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$NSD_PORT" 'dns-timeout = 2'
postfix_make "$work" "unix:$work/submit.sock" "unix:$work/mx.sock"
postfix_start "$work" || exit 1
sleep 0.5

# ---- letters -----------------------------------------------------------------

# The SMTP reply that matters: the first refusal, or the last one.
reply() {
	sed -n 's/^<[-*~ ]* *\([245][0-9][0-9]\)/\1/p' "$work/swaks.out" |
	    grep -vE '^(220|235|250-|221|334)' |
	    awk '/^[45]/ && bad == "" { bad = $0 } { last = $0 }
	    END { print bad == "" ? last : bad }'
}

# send LOGIN FROM HEADER-FROM SUBJECT: by submission; the reply.
send() {
	swaks --server 127.0.0.1 --port "$SUBMIT_PORT" --ehlo client.test \
	    --auth PLAIN --auth-user "$1@example.test" \
	    --auth-password "pw-$1" --from "$2" --to b@dest.test \
	    --header "Subject: $4" --header "From: $3" \
	    >"$work/swaks.out" 2>&1
	reply
}
# send_file LOGIN FROM FILE: the same, a whole message.
send_file() {
	swaks --server 127.0.0.1 --port "$SUBMIT_PORT" --ehlo client.test \
	    --auth PLAIN --auth-user "$1@example.test" \
	    --auth-password "pw-$1" --from "$2" --to b@dest.test \
	    --data "@$3" >"$work/swaks.out" 2>&1
	reply
}
# The same straight to the MX, from elsewhere.
inject() {
	swaks --server 127.0.0.1 --port "$MX_PORT" --ehlo client.test \
	    --to b@dest.test "$@" >"$work/swaks.out" 2>&1
	sed 's/^<[-*~ ]* *//' "$work/swaks.out" |
	    grep -E '^[45][0-9][0-9] ' | head -n 1
}

# delivered SUBJECT: the file in the Maildir, within ten seconds.
delivered() {
	tries=0
	while [ $tries -lt 100 ]; do
		file=$(grep -rlxF "Subject: $1" "$work/in/mail/all/new" \
		    2>/dev/null | head -n 1)
		if [ -n "$file" ]; then
			echo "$file"
			return
		fi
		tries=$((tries + 1))
		sleep 0.1
	done
	echo /nowhere
}

# result FILE: "userkeys=pass" of our field on top.
result() {
	sed '/^$/q' "$1" 2>/dev/null | sed -n '/^Authentication-Results: mx/,$p' |
	    grep -o 'userkeys=[a-z]*' | head -n 1
}

code() {
	echo "$1" | cut -c 1-9
}

is '250' "$(send alice alice@example.test alice@example.test one |
    cut -c 1-3)" 'alice sends'
file=$(delivered one)
is 'userkeys=pass' "$(result "$file")" 'it passes at the MX'
is 1 "$(grep -c '^DKIM-Signature:' "$file")" 'signed once'
grep -q 'policy.from=same' "$file"
is 0 $? 'From is the sender'

is '553 5.7.1' "$(code "$(send alice bob@example.test bob@example.test x)")" \
    'alice may not send as bob'
is '550 5.7.1' "$(code "$(send alice alice@example.test \
    ceo@example.test x)")" 'nor write as the CEO'
is '250' "$(send alice sales@example.test sales@example.test two |
    cut -c 1-3)" 'an alias of hers'
is 'userkeys=pass' "$(result "$(delivered two)")" 'the alias passes'
is '250' "$(send alice alice+news@example.test alice+news@example.test plus |
    cut -c 1-3)" 'a subaddress'
is 'userkeys=pass' "$(result "$(delivered plus)")" 'the subaddress passes'
is '553 5.7.1' "$(code "$(send bob alice@example.test \
    alice@example.test x)")" 'bob may not send as alice'
is '250' "$(send alice nokey@example.test nokey@example.test nokey |
    cut -c 1-3)" 'a mailbox without a key is accepted unsigned'
is 'userkeys=none' "$(result "$(delivered nokey)")" \
    'and the MX notes it: its record advises nothing'

printf '%s\n' 'From: alice@example.test' 'Subject: eight' \
    'Content-Type: text/plain; charset=utf-8' \
    'Content-Transfer-Encoding: 8bit' '' 'Grüße, 8 bit' >"$work/eight"
is '250' "$(send_file alice alice@example.test "$work/eight" |
    cut -c 1-3)" '8-bit mail'
is 'userkeys=pass' "$(result "$(delivered eight)")" 'the 8-bit one passes'

{ printf '%s\n' 'From: alice@example.test' 'Subject: large' ''
  yes 'a line of some text, as there are many of them' | head -n 550000
} >"$work/large"
is '250' "$(send_file alice alice@example.test "$work/large" |
    cut -c 1-3)" '25 MiB'
is 'userkeys=pass' "$(result "$(delivered large)")" 'the large one passes'

{ printf '%s\n' 'From: alice@example.test' 'Subject: long' ''
  head -c 3000 /dev/zero | tr '\0' x; echo; } >"$work/long"
is '250' "$(send_file alice alice@example.test "$work/long" |
    cut -c 1-3)" 'a long line is accepted unsigned'
grep -q 'action=accept why=long-line' "$work/submit.log"
is 0 $? 'and the log says why'

# ---- from elsewhere ------------------------------------------------------------

cp "$(delivered one)" "$work/one"
sed -n '/^DKIM-Signature/,$p' "$work/one" >"$work/again"
is '' "$(inject --from alice@example.test --data "@$work/again" | cut -c 1-9)" \
    'the same letter comes again'
sed 's/^This is a test.*/Buy this/; s/Subject: one/Subject: changed/' \
    "$work/again" >"$work/changed"
is '550 5.7.1' "$(inject --from alice@example.test --data "@$work/changed" |
    cut -c 1-9)" 'changed on the way: refused'
is '550 5.7.1' "$(inject --from alice@example.test \
    --header 'Subject: forged' | cut -c 1-9)" 'unsigned: refused'
is '550 5.7.1' "$(inject --from anybody@example.test \
    --header 'Subject: wild' | cut -c 1-9)" 'the wildcard: refused'
{ for claim in 'mx.dest.test' 'MX.DEST.TEST' '(x) mx.dest.test' \
    '"mx.dest.test"' 'mx.dest.test.' 'mx.dest.test 1' 'other.test'; do
	echo "Authentication-Results: $claim; userkeys=pass"
done; printf 'From: eve@example.net\nSubject: claims\n\nHi\n'; } \
    >"$work/claims"
is '' "$(inject --from eve@example.net --data "@$work/claims")" \
    'forged results'
file=$(delivered claims)
is 3 "$(grep -c '^Authentication-Results:' "$file")" 'only ours and another'
is 'userkeys=none' "$(result "$file")" 'and ours says none'
is '' "$(inject --from '<>' --header 'From: eve@example.net' \
    --header 'Subject: bounce')" 'a bounce'
is 'userkeys=none' "$(result "$(delivered bounce)")" 'is noted'

# ---- trouble -------------------------------------------------------------------

nsd_stop
is '451 4.7.5' "$(inject --from carol@example.test \
    --header 'Subject: dns' | cut -c 1-9)" 'DNS down: 451'
nsd_start "$work" || exit 1
kill -STOP "$submit_pid"
python3 - "$work/ukd.db" <<'EOF' &
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN EXCLUSIVE")
time.sleep(3)
EOF
locker=$!
kill -CONT "$submit_pid"
sleep 0.5
reply=$(send alice alice@example.test alice@example.test locked)
case $reply in
250*|451*) reply=fine ;;
esac
is fine "$reply" 'a locked database: read, or 451'
wait $locker
kill -KILL "$submit_pid"
sleep 0.3
is '4' "$(send alice alice@example.test alice@example.test down |
    cut -c 1)" 'the milter is down: try again'
milters=$(echo "$milters" | sed "s/ $submit_pid//")
pkill -KILL -f "$work/submit.conf"
milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT"
submit_pid=${milters##* }
sleep 0.3
ukd rotate alice@example.test >/dev/null 2>&1
is '250' "$(send alice alice@example.test alice@example.test back |
    cut -c 1-3)" 'it is back, a rotation under way'
is 'userkeys=pass' "$(result "$(delivered back)")" 'and signs with the old key'

# 100 letters over 10 connections at a time, the milter killed in the middle:
# each is delivered once with a pass, or was answered 4xx.
cat >"$work/load.py" <<'EOF'
import smtplib, sys, threading
port, start, done = int(sys.argv[1]), 0, []
def run(first):
    for n in range(first, first + 10):
        for attempt in range(40):
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=20) as s:
                    s.login("alice@example.test", "pw-alice")
                    s.sendmail("alice@example.test", ["b@dest.test"],
                        f"From: alice@example.test\r\nSubject: load{n}\r\n"
                        "\r\nHi\r\n")
                done.append(n)
                break
            except smtplib.SMTPResponseException as e:
                if e.smtp_code >= 500 and e.smtp_code != 503:
                    print(n, e.smtp_code, e.smtp_error)
                    break
            except (smtplib.SMTPException, OSError):
                pass
            threading.Event().wait(0.2)
threads = [threading.Thread(target=run, args=(i * 10,)) for i in range(10)]
for t in threads: t.start()
for t in threads: t.join()
print(len(done))
EOF
python3 "$work/load.py" "$SUBMIT_PORT" >"$work/load.out" &
load=$!
sleep 0.7
pkill -KILL -f "$work/submit.conf"
sleep 0.3
milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT"
wait $load
is 100 "$(cat "$work/load.out")" 'all letters were taken'
tries=0
while [ $tries -lt 200 ] && [ "$(grep -rl '^Subject: load' \
    "$work/in/mail/all/new" | wc -l)" -lt 100 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
is 100 "$(grep -rh '^Subject: load' "$work/in/mail/all/new" | sort -u |
    wc -l)" 'each is delivered'
is 100 "$(grep -rh '^Subject: load' "$work/in/mail/all/new" | wc -l)" \
    'exactly once'
bad=$(grep -rl '^Subject: load' "$work/in/mail/all/new" |
    while read -r file; do
	[ "$(result "$file")" = userkeys=pass ] || echo "$file"
done | wc -l)
is 0 "$bad" 'each with a pass'
is 0 "$(grep -rc 'PRIVATE KEY' "$work"/*.log | awk -F: '{ n += $2 }
    END { print n }')" 'no key in a log'
cd "$top" || exit 1
echo "$passed passed, $failed failed"
[ $failed = 0 ]
