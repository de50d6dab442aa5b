#!/bin/sh
# test_reading.sh: how the command reads a message, before it is judged.
# SPDX-License-Identifier: MIT
#
# Shapes of a header that cannot be used: a line that is no field, as the
# first, in the middle (behind a signature, behind folds), as the last; over
# each limit.  Shapes of an mbox: one message (LF, CRLF, from a pipe), several
# (behind an empty line, or none), its line alone, a field "From :" in place
# of it or in the message, "From " in the text of what is no mbox.
#
# Shapes of a Return-Path: white space, folds and comments around the path and
# within its brackets, quoted strings, none, what is no path.  Shapes of a date
# of arrival: zones, comments, semicolons elsewhere, days that do not exist.
# Records that are no key: shown.
set -u
. tests/support/cli.sh

alice=alice@example.org
esc=$(printf '\033')
"$userkeys" keygen $alice --bits 1024 --advice reject --out "$work/a.pem" \
    >"$work/zone" || exit 1
printf '%s\n' "From: Alice <$alice>" 'To: bob@example.net,' \
    '	carol@example.net' 'Subject: Saturday' '' 'See you.' >"$work/plain"
"$userkeys" sign --from $alice --key "$work/a.pem" --time 1750000000 \
    "$work/plain" >"$work/signed" || exit 1
v="verify --zone $work/zone --time 1750000100 --from $alice"

# verify STATUS ARGUMENT...
verify() {
	status=$1
	shift
	# shellcheck disable=SC2086 # words
	run "$status" $v "$@"
}

start 'a header with a trouble'
lines=$(sed '/^$/q' "$work/signed" | wc -l)
# broken LINE TEXT: TEXT put in front of line LINE of the signed message.
broken() {
	awk -v at="$1" -v text="$2" 'NR == at { print text } { print }' \
	    "$work/signed" >"$work/broken"
	verify 1 "$work/broken"
	out_has "permerror: a line of the header is no field (line $1: \"$3\")"
	for form in --explain '--explain --dump-canon'; do
		# shellcheck disable=SC2086 # words
		verify 1 $form "$work/broken"
		out_has "  header: a line of the header is no field (line $1: \"$3\"); no"
		is 0 "$(grep -c 'signature 1\|no DKIM-Signature' "$work/out")" \
		    'nothing is said of signatures'
	done
	verify 1 --json "$work/broken"
	is "$1" "$(python3 -c 'import json, sys
print(json.load(sys.stdin)[0]["header_trouble"]["line"])' <"$work/out")" \
	    'the line in JSON'
}
broken 1 'no field' 'no field'
run 65 sign --from $alice --key "$work/a.pem" "$work/broken"
err_has 'broken:1: cannot be signed: a line of the header is no field: "no f'
broken "$((lines - 1))" ':no name' ':no name'
broken "$lines" 'two words: x' 'two words: x'
broken "$lines" "${esc}[31m$(printf '\302\233\342\200\256\377x')" \
    '\x1B[31m\xC2\x9B\xE2\x80\xAE\xFFx'
broken "$lines" "$(printf '%0100d' 0)" "$(printf '%060d' 0)"
{ yes 'A: b' | head -n 513; cat "$work/signed"; } >"$work/many"
verify 1 --explain "$work/many"
out_has '  header: the header has more than 512 fields; nothing'
{ printf 'A: %070000d\n' 0; cat "$work/signed"; } >"$work/large"
verify 1 --explain "$work/large"
out_has '  header: the header is larger than 64 kB; nothing'
verify 0 --json "$work/signed"
out_has '"header_trouble": null'

start 'an mbox'
from='From alice@example.org Tue Nov 24 10:00:00 2026'
{ echo "$from"; cat "$work/signed"; echo; } >"$work/one"
verify 0 "$work/one"
out_has 'pass: the signature holds'
verify 0 --explain "$work/one"
out_has 'they are equal'
cp "$work/one" "$work/in"
verify 0
sed 's/$/\r/' "$work/one" >"$work/in"
verify 0
{ echo "$from"; sed 's/$/\r/' "$work/signed"; } >"$work/in"
verify 0
rm "$work/in"
verify 0 --add-header --authserv-id mx.example.net "$work/one"
is 0 "$(grep -c '^From ' "$work/out")" 'the line is not written'
{ echo "$from"; cat "$work/plain"; } >"$work/mbox"
run 0 sign --from $alice --key "$work/a.pem" --time 1750000000 "$work/mbox"
is same "$(cmp -s "$work/out" "$work/signed" && echo same)" \
    'signed as without the line'
for between in '
' ''; do
	{ cat "$work/one"; printf %s "$between"; cat "$work/one"; } >"$work/two"
	verify 65 "$work/two"
	err_has 'a second message of an mbox begins here: expected one message'
	run 65 sign --from $alice --key "$work/a.pem" "$work/two"
	is '' "$(cat "$work/out")" 'nothing is signed'
done
{ echo "$from"; cat "$work/signed" "$work/one"; } >"$work/two"
verify 65 "$work/two"
err_has "two:$(($(wc -l <"$work/signed") + 2)): a second message"
{ echo "$from"; sed "s/^From:/From :/" "$work/plain"; } >"$work/colon"
verify 1 --plain "$work/colon"
out_has 'reason=no-signature'
printf 'From : %s\n\nFrom here on\n\nFrom there\n' $alice >"$work/text"
verify 1 --plain "$work/text"
out_has 'author=same'
printf 'From x\nno field\n\n' >"$work/broken"
verify 1 "$work/broken"
out_has '(line 2: "no field")'
printf 'From x\n' >"$work/alone"
verify 1 --plain "$work/alone"
out_has 'reason=no-signature'

start 'Return-Path'
# path STATUS SENDER VALUE: judged by this sender.
path() {
	# shellcheck disable=SC2059 # the format is the case
	{ printf "Return-Path:$3\n"; cat "$work/signed"; } >"$work/rp"
	run "$1" verify --zone "$work/zone" --time 1750000100 "$work/rp"
	out_has "  sender    $2 (from Return-Path)"
}
for value in '<%s>' ' <%s>' '	< %s >' ' <%s> (comment)' '(a (b) \\) c) <%s>' \
    '\n <%s>' '<\n %s\n >\n' '<(x)%s(>)> (<e@f.g>)' '%s' ' (x) %s (y) '; do
	# shellcheck disable=SC2059 # the format is the case
	path 0 $alice "$(printf "$value" $alice | sed ':a; $!N; s/\n/\\n/; ta')"
done
path 1 '"a b"@example.org' ' <"a b"@example.org>'
path 1 '"a(>b"@example.org' ' <"a(>b"@example.org> (c)'
path 1 "<$alice> x" " <$alice> x"
path 1 "<$alice> (x" " <$alice> (x"
path 1 "<$alice" " <$alice"
path 1 "<$alice> <b@c.d>" " <$alice> <b@c.d>"
path 0 $alice ' <>'
path 0 $alice '(x) < > (y)'
out_has ', the mailbox of From: the envelope sender is empty'
printf 'Return-Path: <%s>\n' $alice >"$work/rp"
{ printf 'Return-Path: <b@c.example>\n'; cat "$work/rp" "$work/signed"; } \
    >"$work/rp2"
run 1 verify --zone "$work/zone" --time 1750000100 "$work/rp2"
out_has 'b@c.example (from Return-Path)'

start 'the time of arrival'
# received STATUS VALUE [TEXT]
received() {
	# shellcheck disable=SC2059 # the format is the case
	{ printf "Received: $2\n"; cat "$work/signed"; } >"$work/rc"
	run "$1" verify --zone "$work/zone" --from $alice --time received \
	    "$work/rc"
	[ -z "${3:-}" ] || out_has "$3"
	[ "$1" != 65 ] || err_has '--time received: expected a date at the end'
}
# Signed on 15 June 2025 at 15:06:40 UTC, for seven days.
for date in 'Sun, 15 Jun 2025 15:10:00 +0000' '15 Jun 2025 15:10:00 -0000' \
    'sun, 15 jun 2025 15:10:00 GMT' 'Sun,15 Jun 2025 17:10 +0200' \
    'Sun, 15 Jun 2025 10:10:00 EST' 'Mon, 16 Jun 2025 00:40:00 +0930 (ACST)' \
    '\n Sun (a;b), 15 (c) Jun 2025 15:10:00 +0000 (d (e))' \
    'Sun, 15 Jun 2025 15:10:60 Z'; do
	received 0 "from a (b; c) by \"x;y\"; $date"
done
received 0 "x; y; Sun, 15 Jun 2025 15:10:00 +0000"
received 1 'by x; Mon, 23 Jun 2025 15:10:00 +0000' 'it had expired when it came'
received 1 'by x; Sun, 15 Jun 2025 14:10:00 +0000' 'lies in the future'
for date in '' ' ' 'yesterday' '15 Jun 2025' 'Mon, 15 Jun 2025 15:10:00 +0000' \
    'Sun, 15 Jun 25 15:10:00 +0000' '31 Jun 2025 15:10:00 +0000' \
    '29 Feb 2025 15:10:00 +0000' '0 Jun 2025 15:10:00 +0000' \
    '15 Jun 2025 24:10:00 +0000' '15 Jun 2025 15:60:00 +0000' \
    '15 Jun 2025 15:10:61 +0000' '15 Jun 2025 15:10:00' \
    '15 Jun 2025 15:10:00 +000' '15 Jun 2025 15:10:00 +0060' \
    '15 Jun 2025 15:10:00 CET' '15 Jun 2025 15:10:00 +0000 x' \
    '15 Jun 2025 15:10:00 +0000 (x' '15 Juni 2025 15:10:00 +0000' \
    '1 Jan 1969 00:00:00 +0000' '015 Jun 2025 15:10:00 +0000' \
    '15 Jun 20250 15:10:00 +0000' '15 Jun 2025 15:10:00 +0000;'; do
	received 65 "by x; $date"
done
received 65 'by x'
received 65 'by "x; 15 Jun 2025 15:10:00 +0000'
run 65 verify --zone "$work/zone" --from $alice --time received "$work/signed"
err_has 'expected a Received field'
run 1 verify --zone "$work/zone" --time 1760000000 --from $alice "$work/signed"
out_has 'it was valid until 2025-06-22 15:06:40 UTC; --time received judges it'

start 'a record that is no key'
record=$("$userkeys" record $alice --key "$work/a.pem" --format oneline |
    sed -n '1s/.*TXT	//p')
# no_key TEXT TOLD
no_key() {
	printf '%s' "$1" | python3 -c '
import sys
t = sys.stdin.buffer.read()
print("sel._domainkey.example.org. IN TXT", " ".join(
    "\"" + "".join("\\%03d" % c for c in t[i:i + 200]) + "\""
    for i in range(0, len(t), 200)))' >"$work/zone4"
	run 1 verify --zone "$work/zone4" --time 1750000100 "$work/dkim"
	out_has "the DNS serves \"$2"
	run 1 verify --zone "$work/zone4" --time 1750000100 --explain \
	    "$work/dkim"
	out_has "  served   \"${2%%\"*}"
}
"$userkeys" sign --dkim --domain example.org --selector sel --key \
    "$work/a.pem" --time 1750000000 "$work/plain" >"$work/dkim"
no_key "$(echo "$record" | sed 's/;/\\;/g')" 'v=DKIM1\\; k=rsa'
no_key "$(echo "$record" | sed 's/DKIM1/dkim1/')" 'v=dkim1; k=rsa'
no_key "$(echo "$record" | sed 's/;//')" 'v=DKIM1 k=rsa;'
no_key 'v=spf1 -all' 'v=spf1 -all": expected v=DKIM1 and p='
no_key "$(printf 'v=DKIM1; k=\033[31m\302\233')" 'v=DKIM1; k=\x1B[31m\xC2\x9B'
echo 'x.example. IN TXT "x"' >"$work/zone4"
run 1 verify --zone "$work/zone4" --time 1750000100 "$work/dkim"
is 0 "$(grep -c 'the DNS serves' "$work/out")" 'nothing is served'

finish
