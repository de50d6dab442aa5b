#!/bin/sh
# test_trouble.sh: name servers that are down or slow, a locked database, a
# milter that dies in the middle of many letters: each is delivered once with
# a right result, or answered 4xx.  SPDX-License-Identifier: MIT
set -u
. tests/mail/bed.sh
bed_init

cat >"$work/example.test.zone" <<'EOF'
$ORIGIN example.test.
$TTL 1
@ SOA ns hostmaster 1 3600 600 86400 1
@ NS ns
ns A 127.0.0.1
EOF
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
mailbox alice@example.test --login alice@example.test --advice reject \
    >>"$work/example.test.zone"
nsd_start "$work" || exit 1
# slow_dns NAME SECONDS: sets SLOW_PORT.
slow_dns() {
	python3 tests/mail/slow.py "$NSD_PORT" "$2" >"$work/$1.port" &
	others="$others $!"
	until_true [ -s "$work/$1.port" ]
	SLOW_PORT=$(cat "$work/$1.port")
}
milter submit 'authserv-id = out.example.test' "database = $work/ukd.db" \
    "key-file = $work/ukd.key" "dns = 127.0.0.1:$NSD_PORT" \
    'busy-timeout = 300'
milter mx 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$NSD_PORT" 'dns-timeout = 20'
postfix_make "$work" "unix:$work/submit.sock" "unix:$work/mx.sock"
slow_dns slow 2
milter slow 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$SLOW_PORT" 'dns-timeout = 60'
postfix_listen "$work" "unix:$work/slow.sock"
slow_port=$PORT
slow_dns late 1000
milter late 'authserv-id = mx.dest.test' 'advice = reject' \
    "dns = 127.0.0.1:$SLOW_PORT" 'dns-timeout = 1'
postfix_listen "$work" "unix:$work/late.sock"
late_port=$PORT
milter note 'authserv-id = mx.dest.test' "dns = 127.0.0.1:$SLOW_PORT" \
    'dns-timeout = 1'
postfix_listen "$work" "unix:$work/note.sock"
note_port=$PORT
postfix_start "$work" || exit 1
for port in $slow_port $late_port $note_port; do
	postfix_greets "$port" || exit 1
done

# sends SUBJECT WHAT
sends() {
	is 250 "$(code 3 "$(send alice alice@example.test \
	    "$(letter "$1" alice@example.test)")")" "$2"
	passes "$1" "$2"
}

# ---- the DNS ---------------------------------------------------------------------

sends one 'alice'
sed -n '/^DKIM-Signature/,$p' "$(delivered one)" >"$work/one"
again() { # SUBJECT: the same letter with another X-Subject, which is unsigned
	sed "1i X-Copy: $1" "$work/one" >"$work/letter.$1"
	echo "$work/letter.$1"
}
is 250 "$(code 3 "$(inject alice@example.test "$(again slow)" \
    "$slow_port")")" 'DNS slow'
until_true grep -rqx 'X-Copy: slow' "$work/in/mail/all/new"
is 'userkeys=pass' "$(result "$(grep -rlx 'X-Copy: slow' \
    "$work/in/mail/all/new")")" 'it passes in the end'
is '451 4.7.5' "$(code 9 "$(inject alice@example.test "$(again late)" \
    "$late_port")")" 'DNS too slow'
is 250 "$(code 3 "$(inject alice@example.test "$(again noted)" \
    "$note_port")")" 'DNS too slow where advice is only noted'
until_true grep -rqx 'X-Copy: noted' "$work/in/mail/all/new"
is 'userkeys=temperror' "$(result "$(grep -rlx 'X-Copy: noted' \
    "$work/in/mail/all/new")")" 'a temperror'
nsd_stop
is '451 4.7.5' "$(code 9 "$(inject carol@example.test \
    "$(letter down carol@example.test)")")" 'DNS down'
nsd_start "$work" || exit 1
sends back 'DNS back'

# ---- the database ------------------------------------------------------------------

# A lock as that of a writer that hangs, until its input ends.
cat >"$work/lock.py" <<'EOF'
import fcntl, sys
f = open(sys.argv[1], "r+b")
fcntl.lockf(f, fcntl.LOCK_EX, 8, 120) # the WAL index's locks
print("locked", flush=True)
sys.stdin.read()
EOF
mkfifo "$work/hold"
python3 "$work/lock.py" "$work/ukd.db-shm" <"$work/hold" >"$work/locked" &
locker=$!
exec 9>"$work/hold"
until_true grep -q locked "$work/locked"
is '451 4.3.0' "$(code 9 "$(send alice alice@example.test \
    "$(letter locked alice@example.test)")")" 'a locked database'
says 'from=<alice@example.test> login=alice@example.test action=defer why=ukd-busy' \
    "$(cat "$work/submit.log")" 'the log says why'
exec 9>&-
wait $locker
sleep 1 # after a wait in vain the database has a rest
sends unlocked 'when the lock is gone'
chmod 644 "$work/ukd.db"
mv "$work/ukd.db" "$work/ukd.away"
is '451 4.3.0' "$(code 9 "$(send alice alice@example.test \
    "$(letter away alice@example.test)")")" 'a database that is gone'
mv "$work/ukd.away" "$work/ukd.db"
chmod 600 "$work/ukd.db"
sends returned 'when it is back'

# ---- the milter dies -------------------------------------------------------------------

milter_end submit KILL
is 4 "$(code 1 "$(send alice alice@example.test \
    "$(letter dead alice@example.test)")")" 'without a milter: 4xx'
milter_start submit
sends alive 'with one again'

# 200 letters over 20 connections; the milter is killed and restarted when 40
# and when 120 were taken, and reads its file again in between.
python3 tests/mail/load.py "$SUBMIT_PORT" 20 200 >"$work/load.out" 2>&1 &
load=$!
until_true grep -qx 'taken 40' "$work/load.out"
milter_end submit KILL
milter_start submit
until_true grep -qx 'taken 80' "$work/load.out"
kill -HUP "$(cat "$work/submit.pid")"
until_true grep -qx 'taken 120' "$work/load.out"
milter_end submit KILL
milter_start submit
wait $load
is '' "$(grep -c refused "$work/load.out" | grep -v '^0$')" 'none is refused'
is 'all 200 200' "$(tail -n 1 "$work/load.out")" 'all letters were taken'
loads() {
	grep -rhx 'Subject: load[0-9]*' "$work/in/mail/all/new"
}
all_there() {
	[ "$(loads | sort -u | wc -l)" = 200 ]
}
until_true all_there
is 0 $? 'each is delivered'
is '' "$(loads | sort | uniq -d)" 'exactly once'
is 200 "$(grep -rlx 'Subject: load[0-9]*' "$work/in/mail/all/new" |
    while read -r file; do result "$file"; done |
    grep -c '^userkeys=pass$')" 'each with a pass'
is 200 "$(grep -rlx 'Subject: load[0-9]*' "$work/in/mail/all/new" |
    xargs grep -h '^DKIM-Signature:' | wc -l)" 'each signed once'
bed_done
