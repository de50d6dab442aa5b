#!/bin/sh
# test_keys.sh: name, keygen, record, check.  SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh

start 'name'
run 0 name Alice@Example.ORG
out_is 'alice.userkeys.example.org'
run 0 name --generation 2 bob+news@example.org
out_is '2.bob.userkeys.example.org'
run 0 name --reverse john-2edoe.userkeys.example.org
out_is 'john.doe@example.org'
run 65 name --reverse u-xffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df.userkeys.example.org
err_has 'hash'
run 65 name alice
err_has 'userkeys: alice: not a mailbox that can have a key'
run 65 name 'alice@userkeys.example.org'
run 65 name --generation 'a b' alice@example.org
run 64 name
err_has 'userkeys name --help'
run 64 name a@b.c d@e.f
run 64 name --nonsense a@b.c
err_has 'no such option'
run 64 name --generation
err_has 'argument is missing'
run 0 name --help
out_has 'usage: userkeys name'

start 'the command itself'
run 64
run 0 --help
out_has 'keygen'
run 0 --version
run 64 nonsense
err_has 'no such command'

start 'keygen'
run 0 keygen alice@example.org --bits 1024 --advice reject \
    --options exact,from --testing --out "$work/a.pem"
out_has 'alice.userkeys.example.org. IN TXT'
out_has 'v=DKIM1; k=rsa; t=y; uk=reject:exact:from; p='
out_has 'alice.userkeys._domainkey.example.org. IN CNAME alice.userkeys'
cp "$work/out" "$work/zone"
is 600 "$(stat -c %a "$work/a.pem")" 'mode of the key'
is ok "$(openssl rsa -in "$work/a.pem" -check -noout >/dev/null 2>&1 &&
    echo ok)" 'OpenSSL takes the key'
run 65 keygen alice@example.org --out "$work/a.pem"
err_has 'never written over'
run 65 keygen alice@example.org --out "$work/no/such/folder"
run 65 keygen alice --out "$work/b.pem"
run 64 keygen alice@example.org
run 64 keygen alice@example.org --out "$work/b.pem" --bits 1000
run 64 keygen alice@example.org --out "$work/b.pem" --advice maybe
run 64 keygen alice@example.org --out "$work/b.pem" --options fro
is no "$([ -e "$work/b.pem" ] && echo yes || echo no)" 'nothing half-done'

start 'record'
run 0 record alice@example.org --key "$work/a.pem" --format oneline
is "$(openssl rsa -in "$work/a.pem" -pubout 2>/dev/null |
    sed '/---/d' | tr -d '\n')" "$(sed -n 's/.*p=//p' "$work/out")" \
    'the record holds the public key'
run 0 record alice@example.org --key "$work/a.pem" --format nsupdate
out_has 'update add alice.userkeys.example.org. 3600 TXT "v=DKIM1;'
run 0 record alice@example.org --key "$work/a.pem" --format json
is ok "$(python3 -m json.tool <"$work/out" >/dev/null && echo ok)" 'JSON'
run 0 keygen long@example.org --bits 4096 --out "$work/long.pem"
is 3 "$(grep -o '"[^"]*"' "$work/out" | wc -l)" 'three strings'
is 255 "$(grep -o '"[^"]*"' "$work/out" | tr -d '"' |
    awk '{ if (length > m) m = length } END { print m }')" 'none longer'
chmod 640 "$work/a.pem"
run 65 record alice@example.org --key "$work/a.pem"
err_has "chmod 600 $work/a.pem"
chmod 600 "$work/a.pem"
run 65 record alice@example.org --key "$work/none"
err_has 'userkeys keygen'
echo nonsense >"$work/bad.pem"
chmod 600 "$work/bad.pem"
run 65 record alice@example.org --key "$work/bad.pem"
err_has 'not a PEM or DER RSA private key'
run 64 record alice@example.org --key "$work/a.pem" --format xml

start 'check'
run 0 check alice@example.org --key "$work/a.pem" --zone "$work/zone"
out_has 'the record holds this key'
out_has 'reject, exact, from; testing'
out_has 'DKIM verifiers find this key'
run 1 check alice@example.org --key "$work/long.pem" --zone "$work/zone"
out_has 'it is the record of another key'
out_has 'the alias is right, the record it leads to is not'
run 1 check bob@example.org --key "$work/a.pem" --zone "$work/zone"
out_has 'there is no such name'
sed '/CNAME/d' "$work/zone" >"$work/zone2"
run 1 check alice@example.org --key "$work/a.pem" --zone "$work/zone2"
out_has 'publish the CNAME'
sed 's/uk=[^;]*; //' "$work/zone" >"$work/zone2"
run 1 check alice@example.org --key "$work/a.pem" --zone "$work/zone2"
out_has 'uk= is missing'
echo 'alice.userkeys.example.org. SERVFAIL' >"$work/zone2"
run 75 check alice@example.org --key "$work/a.pem" --zone "$work/zone2"
run 65 check alice@example.org --key "$work/a.pem" --zone "$work/none"
err_has 'cannot be read'
run 64 check alice@example.org --key "$work/a.pem" --dns nonsense
err_has 'not an IP address'
run 64 check alice@example.org --key "$work/a.pem" --dns 127.0.0.1 \
    --zone "$work/zone"

finish
