#!/bin/sh
# test_messages.sh: sign and verify.  SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh

alice=alice@example.org
cr=$(printf '\r')
"$userkeys" keygen $alice --bits 1024 --advice reject --out "$work/a.pem" \
    >"$work/zone" || exit 1
"$userkeys" record $alice --key "$work/a.pem" |
    sed '1s/^[^ ]*/sel._domainkey.example.org./; /CNAME/d' >>"$work/zone"
printf '%s\r\n' "From: Alice <$alice>" 'To: bob@example.net' \
    'Subject: Saturday' '' 'See you at eight.' >"$work/crlf"
tr -d '\r' <"$work/crlf" >"$work/lf"

start 'sign'
run 0 sign --from $alice --key "$work/a.pem" --time 1750000000 "$work/crlf"
cp "$work/out" "$work/signed"
out_has 'x=1750604800'
is same "$(tail -c "$(wc -c <"$work/crlf")" "$work/out" |
    cmp -s - "$work/crlf" && echo same)" 'the message follows'
is 0 "$(grep -cv "$cr\$" "$work/out")" 'every line ends with CRLF'
run 0 sign --from $alice --key "$work/a.pem" --time 1750000000 "$work/lf"
cp "$work/out" "$work/signed-lf"
is 0 "$(grep -c "$cr" "$work/out")" 'no line ends with CRLF'
is same "$(tr -d '\r' <"$work/signed" | cmp -s - "$work/signed-lf" &&
    echo same)" 'the same signature over both forms'
cp "$work/crlf" "$work/in"
run 0 sign --from $alice --key "$work/a.pem" --time 1750000000
is same "$(cmp -s "$work/out" "$work/signed" && echo same)" 'a pipe'
run 0 sign --from $alice --key "$work/a.pem" --time 1750000000 \
    --header-only -
is same "$(cat "$work/out" "$work/crlf" | cmp -s - "$work/signed" &&
    echo same)" 'the field alone'
run 0 sign --from $alice --key "$work/a.pem" --time 1750000000 \
    --expire 12h --generation 2 --canon simple/relaxed
out_has 'x=1750043200'
out_has 's=2.alice.userkeys'
out_has 'c=simple/relaxed'
run 0 sign --from $alice --key "$work/a.pem" --time none
is 0 "$(grep -c 't=\|x=' "$work/out")" 'no time'
run 0 sign --dkim --domain example.org --selector sel --key "$work/a.pem" \
    --time 1750000000
cp "$work/out" "$work/dkim"
is 0 "$(grep -c ' i=\|x=' "$work/out")" 'plain DKIM'
run 64 sign --from $alice
run 64 sign --key "$work/a.pem"
run 64 sign --dkim --domain example.org --key "$work/a.pem"
run 64 sign --dkim --domain 'a b' --selector s --key "$work/a.pem"
run 64 sign --from $alice --domain example.org --key "$work/a.pem"
run 64 sign --from $alice --key "$work/a.pem" --canon nowsp
run 64 sign --from $alice --key "$work/a.pem" --expire soon
run 64 sign --from $alice --key "$work/a.pem" --time yesterday
run 64 sign --from $alice --key "$work/a.pem" --time none --expire 1d
run 64 sign --from $alice --key "$work/a.pem" "$work/crlf" "$work/lf"
run 65 sign --from alice --key "$work/a.pem"
run 65 sign --from $alice --key "$work/none"
run 65 sign --from $alice --key "$work/a.pem" "$work/none"
run 65 sign --from $alice --key "$work/a.pem" "$work"
err_has 'directory'
printf 'From: a@b.c\r\nFrom: d@e.f\r\n\r\n' >"$work/in"
run 65 sign --from $alice --key "$work/a.pem"
err_has 'more than one From'
is 0 "$(wc -c <"$work/out")" 'nothing was written'
printf 'From: a@b.c\r\n\r\nok\r\nbad\rline\r\n' >"$work/in"
run 65 sign --from $alice --key "$work/a.pem"
err_has 'standard input:4:'
# What a verifier would not read is not signed: fields, octets, From.
many() { # NUMBER LENGTH
	printf 'From: a@b.c\n'
	awk -v n="$1" -v len="$2" 'BEGIN { x = sprintf("%" len "s", "")
	    gsub(" ", "x", x); while (n-- > 0) print "X-" n ": " x; print "" }'
}
many 478 1 >"$work/in"
run 0 sign --from $alice --key "$work/a.pem"
many 479 1 >"$work/in"
run 65 sign --from $alice --key "$work/a.pem"
err_has 'more than 512 fields: expected at most'
many 60 900 >"$work/in"
run 0 sign --dkim --domain b.c --selector s --key "$work/a.pem"
many 64 900 >"$work/in"
run 65 sign --dkim --domain b.c --selector s --key "$work/a.pem"
err_has 'larger than 64 kB: expected at most'
# Sender, Content-Disposition and List-: one more than there are.
printf 'From: a@b.c\nSender: a@b.c\nList-Id: <l.b.c>\n\n' >"$work/in"
run 0 sign --from $alice --key "$work/a.pem"
h=$(tr -d '\r\n\t ' <"$work/out")
is 1 "$(echo "$h" | grep -c ':Sender:.*:Sender:.*:List-Id;')" 'oversigned'
is 0 "$(echo "$h" | grep -c 'Content-Disp\|List-Post')" 'what is absent'
run 0 sign --from $alice --key "$work/a.pem" --oversign-absent
h=$(tr -d '\r\n\t ' <"$work/out")
is 1 "$(echo "$h" | grep -c ':Content-Disposition:.*:List-Archive;')" \
    'on request none may be added'
rm "$work/in"

start 'verify'
v="verify --zone $work/zone --time 1750000100"
# shellcheck disable=SC2086 # words
verify() {
	status=$1
	shift
	run "$status" $v "$@"
}
verify 0 --plain --from $alice "$work/signed"
out_has "userkeys pass from=$alice s=alice.userkeys advice=reject author=same"
out_has 'dkim pass d=example.org s=alice.userkeys i=alice@example.org a=rsa-'
verify 0 --plain --from $alice "$work/signed-lf"
verify 0 --plain "$work/dkim"
out_is 'dkim pass d=example.org s=sel a=rsa-sha256 c=relaxed/relaxed reason=ok'
verify 1 --plain --from $alice "$work/dkim"
out_has "userkeys none from=$alice advice=reject author=same"
verify 1 --plain "$work/crlf"
out_is 'dkim none reason=no-signature'
sed s/eight/nine/ "$work/signed" >"$work/changed"
verify 1 --plain --from $alice "$work/changed"
out_has 'userkeys fail'
out_has 'advice=reject author=same reason=body-hash'
cp "$work/changed" "$work/in"
verify 1 --plain --from $alice
rm "$work/in"
run 1 verify --zone "$work/zone" --time 1760000000 --plain --from $alice \
    "$work/signed"
out_has 'reason=expired'
run 0 verify --zone "$work/zone" --time none --plain --from $alice \
    "$work/signed"
out_has 'time=unknown'
{ printf 'Return-Path: <%s>\r\n' $alice; cat "$work/signed"; } >"$work/rp"
verify 0 --plain "$work/rp"
out_has "userkeys pass from=$alice"
{ printf 'Return-Path: <>\r\n'; cat "$work/changed"; } >"$work/rp"
verify 1 --plain "$work/rp"
out_has 'userkeys none'
out_has 'reason=null-sender'
verify 1 --plain --from $alice "$work/signed" "$work/changed"
is 4 "$(wc -l <"$work/out")" 'two messages'
verify 65 --plain --from $alice "$work/signed" "$work/none" "$work/changed"
is 4 "$(wc -l <"$work/out")" 'the others are judged'
echo 'alice.userkeys.example.org. TIMEOUT' >"$work/zone3"
run 75 verify --zone "$work/zone3" --time none --plain --from $alice \
    "$work/signed" "$work/none"
out_has 'userkeys temperror'

start 'a key with t=y'
sed '/sel\._domainkey/s/v=DKIM1;/v=DKIM1; t=y;/' "$work/zone" >"$work/zone-t"
for message in dkim changed-dkim; do
	[ $message = dkim ] || sed s/eight/nine/ "$work/dkim" >"$work/$message"
	status=$([ $message = dkim ] && echo 0 || echo 1)
	for form in --plain --json '' '--add-header --authserv-id mx.test'; do
		# shellcheck disable=SC2086 # words
		run "$status" verify --zone "$work/zone-t" --time 1750000100 \
		    $form "$work/$message"
		out_has 'testing'
	done
done

start 'verify, other answers'
verify 0 --from $alice "$work/signed"
out_has 'pass: the signature holds'
out_has 'nothing: accept'
verify 1 --from $alice "$work/changed"
out_has 'the owner asks that such mail is rejected'
verify 0 "$work/dkim"
out_has 'not judged: the envelope sender is not known'
verify 1 --json --from $alice "$work/signed" "$work/changed"
is 'pass same reject fail body-hash 1' "$(python3 -c '
import json, sys
a, b = json.load(sys.stdin)
print(a["userkeys"]["result"], a["userkeys"]["relation"],
      b["userkeys"]["advice"], b["dkim"][0]["result"],
      b["dkim"][0]["reason"], b["exit"])' <"$work/out")" 'JSON'
verify 1 --json "$work/crlf"
is ok "$(python3 -c '
import json, sys
a, = json.load(sys.stdin)
print("ok" if a["userkeys"] is None and a["dkim"] == [] else a)' \
    <"$work/out")" 'JSON of an unsigned one'
verify 1 --explain --from $alice "$work/changed"
out_has 'they differ: the body was changed after it was signed'
verify 0 --explain --dump-canon --from $alice "$work/signed"
out_has 'they are equal'
out_has 'from:Alice·<alice@example.org>\r\n'
verify 64 --plain --json "$work/signed"
verify 64 --dump-canon "$work/signed"
verify 64 --authserv-id a.b "$work/signed"
run 64 verify --time never "$work/signed"
printf '%s\r\n' 'DKIM-Signature: v=1; a=rsa-sha256; d=e\x.org; s=a%%b;' \
    "	h=from; bh=; b=$(printf '\033')[31m" "From: $alice" '' >"$work/evil"
verify 1 --plain "$work/evil"
is 0 "$(grep -c "$(printf '\033')" "$work/out")" 'no escape reaches the user'
verify 1 "$work/evil"
is 0 "$(grep -c "$(printf '\033')" "$work/out")" 'no escape reaches the user'

start 'add-header'
{ printf '%s\r\n' 'Authentication-Results: MX.example.net; dkim=pass' \
    'Authentication-Results: other.example; dkim=pass' \
    'Authentication-results : (c) "mx.example.net" 1; dkim=pass' \
    'AUTHENTICATION-RESULTS:' '	mx.example.net.; x=y'; cat "$work/signed"
} >"$work/forged"
verify 0 --add-header --authserv-id mx.example.net --from $alice \
    "$work/forged"
is 3 "$(grep -ci '^authentication-results' "$work/out")" \
    'ours, and the other one'
is "dkim=pass userkeys=pass" "$(python3 tests/support/results_reader.py \
    mx.example.net <"$work/out" | sed 's/ .*//' | xargs)" 'ours are on top'
out_has 'Authentication-Results: other.example; dkim=pass'
is same "$(tail -c "$(wc -c <"$work/signed")" "$work/out" |
    cmp -s - "$work/signed" && echo same)" 'the message follows'
tr -d '\r' <"$work/forged" >"$work/in"
verify 0 --add-header --authserv-id mx.example.net --from $alice
is 0 "$(grep -c "$cr" "$work/out")" 'LF stays LF'
rm "$work/in"
# What hides a field or shifts its number: blanks before the colon, a name that
# some reader sees behind a bare CR or LF, one without an end.
blanks=$(printf '%60s' '')
for name in "Authentication-Results$blanks:" 'Authentication-Results	:' \
    'X: y\nAuthentication-Results:' 'X: y\rAuthentication-Results:' \
    'X: y\n z\nAuthentication-Results :' 'Authentication-Results:\n'; do
	{ printf 'Authentication-Results%s: other.example; x=1\r\n' "$blanks"
	  printf '%b mx.example.net; dkim=pass header.d=victim\r\n' "$name"
	  printf '%s\r\n' 'Authentication-Results: other.example; x=2' \
	    'Authentication-Results: mx.example.net; dkim=pass header.d=victim'
	  cat "$work/dkim"; } >"$work/forged"
	verify 1 --add-header --authserv-id mx.example.net \
	    --from $alice "$work/forged"
	is '0 2' "$(grep -c 'victim' "$work/out") $(grep -c 'other.example' \
	    "$work/out")" "$name"
done
# A first line that would go on with the field that we put above it.
{ printf ' ; dkim=pass header.d=victim\r\n\tx\r\n'; cat "$work/dkim"; } \
    >"$work/forged"
verify 1 --add-header --authserv-id mx.example.net "$work/forged"
is 0 "$(grep -c 'victim' "$work/out")" 'a fold of nothing'
printf 'From: %s\r\nAuthentication-Results: mx.example.net; dkim=pass victim' \
    $alice >"$work/forged"
verify 1 --add-header --authserv-id mx.example.net "$work/forged"
is 0 "$(grep -c 'victim' "$work/out")" 'a field without an end'
out_has 'userkeys=none reason="no-identity"'
verify 64 --add-header --authserv-id 'a b' "$work/signed"
verify 64 --add-header "$work/signed" "$work/signed"

start 'a large message from a pipe'
{ cat "$work/crlf"; yes 'a line of some text, as there are many of them' |
    head -n 590000 | sed "s/\$/$cr/"; } >"$work/large"
"$userkeys" sign --from $alice --key "$work/a.pem" "$work/large" \
    >"$work/large-signed"
is 'pass' "$(python3 - "$userkeys" "$work" <<'EOF'
import os, resource, subprocess, sys

def peak(args, source=None):
    """Peak resident kB of a child, and its exit status."""
    child = subprocess.Popen(args, stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL)
    if source:
        with open(source, "rb") as f:
            while piece := f.read(65536):
                child.stdin.write(piece)
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    return usage.ru_maxrss, os.waitstatus_to_exitcode(status)

userkeys, work = sys.argv[1:]
base, _ = peak([userkeys, "name", "a@b.example"])
most, status = peak([userkeys, "verify", "--zone", work + "/zone", "--from",
                     "alice@example.org"], work + "/large-signed")
print("pass" if status == 0 and most <= base + 8192 else
      f"status {status}, {most} kB, {base} kB for name")
EOF
)" 'status and memory'

finish
