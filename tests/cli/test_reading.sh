#!/bin/sh
# test_reading.sh: how the command reads a message, before it is judged.
# SPDX-License-Identifier: MIT
#
# Shapes of a header that cannot be used: a line that is no field, as the
# first, in the middle (behind a signature, behind folds), as the last; over
# each limit.  Shapes of an mbox: one message (LF, CRLF, from a pipe), several
# (behind an empty line, or none), its line alone, a field "From :" in place
# of it or in the message, "From " in the text of what is no mbox.
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

finish
