#!/bin/sh
# test_why.sh: userkeys why, on logs of every kind.
# SPDX-License-Identifier: MIT
set -u
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0

cat >log <<'END'
Nov 24 12:00:01 mx postfix/cleanup[1]: 4XyZ: message-id=<one@example.org>
Nov 24 12:00:01 mx userkeys-milter[2]: queue=4XyZ message-id=<one@example.org> role=submission login=alice from=alice@example.org did=signed
Nov 24 12:00:02 mx userkeys-milter[2]: queue=4Xza message-id=<two@example.org> login=bob%20marley from=alice@example.org did=rejected why=ukd-denied
Nov 24 12:00:03 mx userkeys-milter[2]: queue=4Xzb message-id=<three@example.org> role=mx did=note userkeys=fail why=body-hash
Nov 24 12:00:04 mx userkeys-milter[2]: queue=4Xzc message-id=<four@example.org> why=some-new-word
Nov 24 12:00:05 mx userkeys-milter[2]: queue=4Xzd note="message-id=<one@example.org>"
Nov 24 12:00:06 mx userkeys-milter[2]:
userkeys-milter
userkeys-milter: queue=4Xze why=ok
Nov 24 12:00:06 mx userkeys-milter: queue=4Xzf why=ok
Nov 24 12:00:06 mx userkeys-milter[2]: userkeys-milter: queue=4Xzg why=ok
Nov 24 12:00:06 mx userkeys-milters[2]: queue=4Xzh why=ok
Nov 24 12:00:06 mx x-userkeys-milter[2]: queue=4Xzh why=ok
Nov 24 12:00:06 mx userkeys-milter[2: queue=4Xzh why=ok
Nov 24 12:00:06 mx userkeys-milter[: queue=4Xzh why=ok
Nov 24 12:00:06 mx postfix/cleanup[1]: 4XV: message-id=<userkeys-milter queue=4XV action=sign why=ok>
Nov 24 12:00:06 mx postfix/cleanup[1]: 4XV: message-id=<x mx userkeys-milter[2]: queue=4XV action=sign why=ok>
Nov 24 12:00:06 mx userkeys-milter[2]: queue=4Xzi message-id=<50%25%20off@example.org> why=body-hash
Nov 24 12:00:06 mx userkeys-milter[2]: queue=4Xzj message-id=<a"b@example.org> why=body-hash
Nov 24 12:00:06 mx userkeys-milter[2]: queue=4Xzk message-id=<c%22d@example.org> why=body-hash
Nov 24 12:00:07 mx userkeys-milter[2]: at=mail client=192.0.2.7 role=submit from=<carol@example.org> login=bob action=refuse why=ukd-denied
END

# Of a long value, 200 octets are logged, as the milter does; a line that is
# longer than any of its own belongs to who wrote its beginning.
long=$(printf '%0220d' 0)@example.org
line='Nov 24 12:00:08 mx userkeys-milter[2]: queue=4Xz'
{
	echo "${line}l message-id=<$(echo "$long" | cut -c -199) why=body-hash"
	echo "${line}m message-id=$(echo "1$long" | cut -c -200) why=body-hash"
	printf 'Nov 24 12:00:08 mx postfix/cleanup[1]: '
	printf '%016344d' 0
	echo "${line}n why=ok"
} >>log

# says STATUS PATTERN ARGUMENTS...
says() {
	status=$1 pattern=$2
	shift 2
	"$build/userkeys" why "$@" >out 2>err </dev/null
	found=$?
	if [ $found = "$status" ] && cat out err | grep -q -e "$pattern"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL: why $*: $found, not $status, or no $pattern"
		sed 's/^/    /' out err
	fi
}

says 0 'did: signed' '<one@example.org>' --log log
[ "$(grep -c '^Nov' out)" = 1 ] || says 99 'one line alone' x --log log
says 0 'did: signed' one@example.org --log log
says 0 'did: signed' 4XyZ --log log
says 0 'why: ukd-denied: the login may not use this address' \
    carol@example.org --log log
says 0 'client: 192.0.2.7' '<carol@example.org>' --log log
says 0 'login: bob%20marley$' two@example.org --log log
says 0 'may not use this address' two@example.org --log log
says 0 'what to do: .*ukd allow' two@example.org --log log
says 0 'changed the body' 4Xzb --log log
says 0 'why: some-new-word$' 4Xzc --log log
says 0 '"meaning": "the login may not' 4Xza --log log --json
says 1 'did not pass the milter' five@example.org --log log
says 1 'did not pass the milter' one --log log
says 1 'no line of userkeys-milter is in this log' one@example.org --log -
for id in 4Xze 4Xzf 4Xzg; do
	says 0 'why: ok' $id --log log
done
for id in 4Xzh 4XV 4Xzn; do
	says 1 'did not pass the milter' $id --log log
done
says 0 'changed the body' '<50% off@example.org>' --log log
says 0 'changed the body' '<50%25%20off@example.org>' --log log
says 0 'changed the body' 'a"b@example.org' --log log
says 0 'changed the body' 'c"d@example.org' --log log
says 0 'changed the body' "<$long>" --log log
says 0 'changed the body' "1$long" --log log
says 1 'did not pass the milter' "2$long" --log log
says 0 'did: signed$' 4XyZ --log log # no line end as an octet
says 65 'No such file' x --log nothing
says 64 'one Message-ID' --log log
says 64 'one Message-ID' '' log
says 65 'No such file' a b --log log
says 0 'usage' --help

# Logs of every kind: what stands in front of the milter's words, and behind.
words='queue=4XyZ1 message-id=<1@example.org> role=submit from=<a@example.org> login=alice action=sign why=ok'
esc=$(printf '\033')
# found LINE: the message is found in it; WHEN is what is told of its time.
found() {
	printf '%s\n' "$1" >line
	says 0 'why: ok: it was signed$' 1@example.org line
	[ "$(head -n 1 out)" = "$2" ] || says 99 "$2" 1@example.org line
}
ours="userkeys-milter[12]: $words"
found "Nov 24 10:00:00 mx $ours" 'Nov 24 10:00:00 mx'
found "<22>Nov 24 10:00:00 mx $ours" 'Nov 24 10:00:00 mx'
found "2026-11-24T10:00:00.123456+01:00 mx $ours" \
    '2026-11-24T10:00:00.123456+01:00 mx'
found "2026-11-24T10:00:00+0100 mx $ours" '2026-11-24T10:00:00+0100 mx'
found "Tue Nov 24 10:00:00 2026 mail.info $ours" \
    'Tue Nov 24 10:00:00 2026 mail.info'
found "mail.info: Nov 24 10:00:00 mx $ours" 'Nov 24 10:00:00 mx'
found "@4000000067431b0a0a0b0c0d userkeys-milter: $words" \
    '@4000000067431b0a0a0b0c0d'
found "userkeys-1  | userkeys-milter: $words" 'userkeys-1  |'
found "2026-11-24T10:00:00.1Z stderr F userkeys-milter: $words" \
    '2026-11-24T10:00:00.1Z stderr F'
found "$words" '(no time)'
for data in - '[x@1 a="b]\"c"]' '[a][b c="]"]'; do
	found "<22>1 2026-11-24T10:00:00Z mx userkeys-milter 12 - $data $words" \
	    '2026-11-24T10:00:00Z'
done
found "<22>1 - mx userkeys-milter 12 - - $(printf '\357\273\277')$words" -
found "{\"__REALTIME_TIMESTAMP\":\"1764000000000001\", \"N\" : [1,{\"a\":\"}\"}],\"SYSLOG_IDENTIFIER\":\"userkeys-milter\",\"MESSAGE\":\"$words\"}" \
    '2025-11-24T16:00:00Z'
found "{\"log\":\"userkeys-milter: $words\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T10:00:00Z\"}" \
    '2026-11-24T10:00:00Z'
found "{\"log\":\"userkeys-milter: \\u0071${words#q}\\n\",\"time\":\"${esc}[1m\"}" \
    '\x1B[1m'

# Other programs, whoever wrote their text; and what nobody can read.
# other STATUS PATTERN LINE
other() {
	printf '%s\n' "$3" "Nov 24 10:00:00 mx userkeys-milter: x" >line
	says "$1" "$2" 1@example.org line
}
no='did not pass the milter'
other 1 "$no" "<22>1 2026-11-24T10:00:00Z mx postfix 1 - - userkeys-milter: $words"
other 1 "$no" "<22>1 2026-11-24T10:00:00Z mx postfix 1 - [a b=\"] userkeys-milter: $words\"] x"
other 1 "$no" "{\"SYSLOG_IDENTIFIER\":\"postfix/cleanup\",\"MESSAGE\":\"$words\"}"
other 1 "$no" "{\"MESSAGE\":\"userkeys-milter: $words\",\"SYSLOG_IDENTIFIER\":\"logger\"}"
other 1 "$no" "{\"log\":\"x: userkeys-milter: $words\"}"
other 1 "$no" "x: $words"
for line in "ts=1 $words" "{\"msg\":\"$words\"}" "{\"log\":\"$words\"" \
    "{\"text\":\"userkeys-milter: $words\"}" "{ $words" "{" "{\"" \
    "<22>1 x y userkeys-milter $words" "<22>1 a b c d e [f $words"; do
	case $line in
	*1@*) other 65 'line:1: .* stands here, in a line of no known kind' \
	    "$line" ;;
	*) other 1 "$no" "$line" ;;
	esac
done
says 65 'expected syslog' 1@example.org line

# Several logs, rotated and compressed ones.
sed -n 1,2p log >log.1
says 1 'or stands in an older log' one@example.org line
says 0 'did: signed' one@example.org line log.1
[ "$(grep -c '^Nov' out)" = 1 ] || says 99 'one line alone' x log
says 0 'did: signed' one@example.org --log line log.1
says 65 'No such file' one@example.org log nothing
for program in gzip bzip2 xz zstd; do
	command -v $program >packed || continue
	$program -c log >packed
	says 65 'packed: it is compressed: [a-z]*cat packed | userkeys why' \
	    one@example.org packed
done

# Every word has its meaning, and what is advised can be done: each command
# that is named exists.
{
	for word in $(sed -n 's/^X([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' \
	    "$top/core/ukey_reason.h") $(sed -n \
	    's/^	{ "\([a-z-]*\)", ".*/\1/p' "$top/examples/userkeys/why_explain.c")
	do
		echo "userkeys-milter: queue=Q action=refuse why=$word"
	done
} >line
says 0 'what to do' Q line
[ "$(wc -l <line)" -gt 80 ] || says 99 'the words' Q line
[ "$(grep -c 'why: [a-z0-9-]*: .' out)" = "$(wc -l <line)" ] ||
    says 99 'a meaning for each' Q line
says 0 'what to do' Q line
grep -o 'userkeys [a-z]\+ \(add\|allow\|list\|rotate\|show\|check\|records\)\?' out | sort -u >named
[ "$(wc -l <named)" -ge 3 ] || says 99 'commands' Q line
while read -r _ command part; do
	"$build/userkeys" "$command" ${part:+"$part"} --help >help 2>&1 ||
	    says 99 "userkeys $command $part" Q line
	[ -z "$part" ] || grep -q " $part " help || says 99 "$command $part" Q line
done <named

python3 -c 'import json, sys
json.loads(sys.argv[1])' "$("$build/userkeys" why 4Xza --log log --json)" ||
    failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ $failed = 0 ]
