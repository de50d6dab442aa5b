# bed.sh: two Postfix with our milters, a name server, and letters, for the
# tests that source this.  SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# bed_init: a private folder, $work, and what ends all.  Then, in this order:
# ukd, zones in $work/NAME.zone, nsd_start, bed_postfix, milter, postfix_start.
# Nothing waits for a fixed time: until_true looks again and again, for long,
# since other processes may have the processor.

PATH=$PATH:/usr/sbin:/sbin
. tests/support/nsd.sh
. tests/mail/postfix.sh

bed_init() {
	[ "$(id -u)" = 0 ] || {
		echo 'skip: needs root (user namespaces)'
		echo '0 passed, 0 failed'
		exit 0
	}
	build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
	work=$(mktemp -d)
	passed=0 failed=0
	milters='' others=''
	trap bed_end EXIT
	trap "exit 1" INT TERM HUP
}

# shellcheck disable=SC2317,SC2329 # by the trap
bed_end() {
	postfix_stop "$work"
	for name in $milters; do milter_end "$name" TERM; done
	for pid in $others; do kill "$pid" 2>/dev/null; done
	nsd_stop
	[ "$failed" = 0 ] || tail -n 15 "$work"/*.log "$work"/*/log/maillog
	rm -rf "$work"
}

bed_done() {
	is 0 "$(cat "$work"/*.log "$work"/*/log/maillog |
	    grep -c 'PRIVATE KEY')" 'no key in a log'
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}

is() { # WANTED FOUND WHAT
	if [ "$1" = "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $3: wanted \"$1\", found \"$2\""
	fi
}

says() { # PATTERN TEXT WHAT
	if echo "$2" | grep -q -e "$1"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $3: no \"$1\" in \"$2\""
	fi
}

# until_true COMMAND...: looks for two minutes.
until_true() {
	end=$(($(date +%s) + 120))
	until "$@" 2>/dev/null; do
		[ "$(date +%s)" -lt $end ] || return 1
		sleep 0.1
	done
}

# patiently COMMAND...: again as long as it says "try again later".
patiently() {
	while :; do
		"$@"
		status=$?
		[ $status = 75 ] || return $status
	done
}

ukd() {
	"$build/userkeys" ukd "$@" --db "$work/ukd.db" 2>>"$work/ukd.log"
}

# mailbox ADDRESS OPTIONS...: with an active key; prints the records.
mailbox() {
	ukd add "$@" || exit 1
	ukd rotate "$1" --force >/dev/null
}

# ---- milters -----------------------------------------------------------------

# milter NAME SETTINGS...: one that listens at $work/NAME.sock.
milter() {
	name=$1
	shift
	{
		echo "listen = unix:$work/$name.sock"
		echo 'socket-mode = 0666'
		printf '%s\n' "$@"
	} >"$work/$name.conf"
	milter_start "$name"
	milters="$milters $name"
}

milter_starts() { # NAME
	grep -c ' started, ' "$work/$1.log" 2>/dev/null
}

milter_start() { # NAME
	before=$(milter_starts "$1")
	"$build/userkeys-milter" --foreground --config "$work/$1.conf" \
	    2>>"$work/$1.log" &
	echo $! >"$work/$1.pid"
	until_true milter_is_up "$1" "${before:-0}" ||
	    echo "milter $1 does not start" >&2
}

milter_is_up() { # NAME STARTS-BEFORE
	[ "$(milter_starts "$1")" -gt "$2" ]
}

# milter_end NAME SIGNAL: the first process and its workers.
milter_end() {
	pid=$(cat "$work/$1.pid")
	all="$pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null)"
	# shellcheck disable=SC2086 # numbers
	kill -s "$2" $all 2>/dev/null
	wait "$pid" 2>/dev/null
}

# ---- letters -----------------------------------------------------------------

# letter SUBJECT FROM [FIELD...]: a file; its path.
letter() {
	file=$work/letter.$1
	{
		subject=$1 from=$2
		shift 2
		[ $# = 0 ] || printf '%s\n' "$@"
		printf '%s\n' "From: $from" 'To: b@dest.test' \
		    "Subject: $subject" \
		    'Date: Thu, 12 Jun 2025 10:00:00 +0000' \
		    "Message-ID: <$subject@example.test>" '' \
		    'Hello  there ' '' 'Alice'
	} >"$file"
	echo "$file"
}

# send LOGIN MAIL-FROM FILE [TO]: by submission; the reply.
send() {
	python3 tests/mail/post.py -l "$1@example.test" "$SUBMIT_PORT" "$2" \
	    "${4:-b@dest.test}" "$3"
}

# inject MAIL-FROM FILE [PORT]: straight to the MX, from elsewhere.
inject() {
	python3 tests/mail/post.py "${3:-$MX_PORT}" "$1" b@dest.test "$2"
}

is_delivered() { # SUBJECT
	grep -rqxF "Subject: $1" "$work/in/mail/all/new"
}

# delivered SUBJECT: the file in the Maildir.
delivered() {
	until_true is_delivered "$1" || {
		echo /nowhere
		return
	}
	grep -rlxF "Subject: $1" "$work/in/mail/all/new" | head -n 1
}

# result FILE: "userkeys=pass" of our field on top.
result() {
	sed '/^$/q' "$1" 2>/dev/null | sed -n '/^Authentication-Results: mx/,$p' |
	    grep -o 'userkeys=[a-z]*' | head -n 1
}

# passes SUBJECT WHAT: it is delivered, with a pass.
passes() {
	is 'userkeys=pass' "$(result "$(delivered "$1")")" "$2"
}

code() { # CHARACTERS REPLY
	echo "$2" | cut -c "1-$1"
}
