#!/bin/sh
# test_ukd_whole.sh: what concerns the database as a whole: its settings, its
# sealing key, its schema, and backups that meet what is there.
# SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh
db=$work/db
alice=alice@example.org

ukd() {
	wanted=$1
	shift
	run "$wanted" ukd "$@" --db "$db"
}

content() {
	"$userkeys" ukd export --clear --out - --db "$1"
}

# json EXPRESSION: of the output, as d.
json() {
	python3 -c "import json, sys
d = json.load(sys.stdin)
print($1)" <"$work/out"
}

# sql STATEMENT
sql() {
	python3 - "$db" "$1" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute(sys.argv[2])
	db.commit()
	END
}

start 'settings'
ukd 0 init --key-file "$work/key"
ukd 0 settings
out_has 'logins: with the realm that they come with, or none; ASCII letters with case'
ukd 0 add $alice --login Alice --bits 1024
ukd 0 settings --fold-logins
err_has '1 login rewritten'
out_has 'without case'
ukd 0 show $alice --json
is "['alice']" "$(json 'd["logins"]')" 'folded'
ukd 0 settings --realm example.org --json
is 'example.org True' "$(json 'd["realm"], d["fold-logins"]' |
    tr -d "(),'")" 'realm'
ukd 0 show $alice --json
is "['alice@example.org']" "$(json 'd["logins"]')" 'realm added'
ukd 0 settings --no-realm --no-fold-logins
ukd 0 allow $alice --login ALICE@example.org
content "$db" >"$work/before"
ukd 65 settings --fold-logins
err_has 'would be the same login as alice@example.org'
ukd 0 settings
out_has 'with case'
content "$db" >"$work/after"
is 0 "$(cmp "$work/before" "$work/after" >&2; echo $?)" 'nothing changed'
ukd 0 deny $alice --login ALICE@example.org
ukd 0 settings --realm ''
out_has 'every realm is dropped'
ukd 64 settings --realm x --no-realm
ukd 64 settings --fold-logins --no-fold-logins
ukd 64 settings $alice

start 'a new sealing key'
ukd 0 rotate $alice --force
ukd 0 export --sealed --out "$work/sealed"
content "$db" >"$work/before"
ukd 0 rekey
out_has '1 private key sealed anew'
out_has "The old key file is $work/key.old"
is '400 400' "$(stat -c %a "$work/key" "$work/key.old" | tr '\n' ' ' |
    sed 's/ $//')" 'modes'
content "$db" >"$work/after"
is 0 "$(cmp "$work/before" "$work/after" >&2; echo $?)" 'the same keys'
ukd 65 rekey
err_has 'move it away first'
# A backup of before, with the key file of before.
run 0 ukd init --db "$work/copy" --key-file "$work/key.old" --adopt-key
run 0 ukd import "$work/sealed" --db "$work/copy"
content "$work/copy" >"$work/after"
is 0 "$(cmp "$work/before" "$work/after" >&2; echo $?)" 'restored'
run 0 ukd init --db "$work/copy2" --key-file "$work/key2"
run 65 ukd import "$work/sealed" --db "$work/copy2"

start 'killed at any moment, every private key opens'
rm "$work/key.old"
rounds=0
while [ $rounds -lt 25 ]; do
	"$userkeys" ukd rekey --db "$db" >/dev/null 2>&1 &
	pid=$!
	sleep "0.$(printf %03d $((rounds * 2)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	content "$db" >"$work/after" 2>"$work/err"
	cmp -s "$work/before" "$work/after"
	is 0 $? "after kill $rounds: $(cat "$work/err")"
	rm -f "$work/key.old"
	rounds=$((rounds + 1))
done
ukd 0 rekey

start 'a key file that is lost'
ukd 65 rekey --lost
err_has 'it is not lost'
rm "$work/key" "$work/key.old"
ukd 65 rekey
ukd 65 rotate $alice
err_has "$work/key: No such file"
ukd 0 rekey --lost
out_has "$work/key is new; 1 key is retired"
ukd 0 list
out_has 'no active key'
ukd 0 rotate --all --start --bits 1024 --zone /dev/null
out_has 'key 2 is new: publish it'
ukd 0 rotate $alice --force
ukd 0 records $alice
out_has '2.alice.userkeys.example.org. IN TXT'

start 'an older schema, and a newer one'
ukd 0 upgrade
out_has 'schema 2, as this program wants it'
is 0 "$(find "$work" -name '*schema*' | grep -c .)" 'no copy for nothing'
sql 'DROP INDEX permissions_address'
sql 'PRAGMA user_version = 1'
printf 'listen = unix:%s\nauthserv-id = mx.example\ndatabase = %s\n' \
    "$work/socket" "$db" >"$work/conf"
"${userkeys}-milter" --check-config --config "$work/conf" >"$work/out" \
    2>"$work/err"
is 1 $? 'a milter with an older schema'
err_has 'userkeys ukd upgrade'
ukd 0 upgrade
is 600 "$(stat -c %a "$db.schema-1")" 'a copy'
"${userkeys}-milter" --check-config --config "$work/conf" >"$work/out" \
    2>"$work/err"
is 0 $? 'a milter after the upgrade'
sql 'PRAGMA user_version = 3'
ukd 65 list
err_has "schema 3 is newer than this program's 2: use a newer userkeys"
ukd 65 upgrade
sql 'PRAGMA user_version = 2'

start 'a second host, and its backups'
second=$work/second
run 0 ukd init --db "$second" --key-file "$work/key3"
ukd 0 add bob@example.org --login bob --bits 1024
ukd 0 rotate bob@example.org --force
ukd 0 allow @example.org --login boss
content "$db" >"$work/backup"
run 0 ukd import "$work/backup" --db "$second"
run 0 ukd add carol@example.net --login carol --bits 1024 --db "$second"
run 65 ukd import "$work/backup" --db "$second"
err_has 'in the database already'
run 0 ukd import "$work/backup" --merge --db "$second"
run 0 ukd list --db "$second"
out_has 'carol@example.net'
# What changes on the first host.
ukd 0 set bob@example.org --advice reject
ukd 0 rotate bob@example.org --bits 1024
ukd 0 rotate bob@example.org --force
ukd 0 deny @example.org --login boss
ukd 0 remove $alice
content "$db" >"$work/backup"
run 0 ukd import "$work/backup" --merge --db "$second"
run 0 ukd list --db "$second"
out_has 'bob@example.org	1 login	active, generation 2	advice reject'
out_has "$alice"
content "$second" >"$work/before"
run 65 ukd import "$work/backup" --replace --db "$second"
err_has "$alice: key 2: is here, and not in the backup"
err_has 'carol@example.net: key: is here'
content "$second" >"$work/after"
is 0 "$(cmp "$work/before" "$work/after" >&2; echo $?)" 'nothing changed'
run 0 ukd import "$work/backup" --replace --force --db "$second"
content "$second" >"$work/after"
# What was spent here stays spent.
is '' "$(grep -v '^spent\|^end' "$work/backup" | cmp - /dev/stdin 2>&1 <<-END
	$(grep -v '^spent\|^end' "$work/after")
	END
)" 'the same'
run 0 ukd import "$work/backup" --replace --db "$second"
run 64 ukd import "$work/backup" --replace --merge --db "$second"
# Another key of the same generation.
run 0 ukd remove bob@example.org --db "$second"
run 65 ukd import "$work/backup" --db "$second"
err_has 'used before'
head -c 900 "$work/backup" >"$work/short"
content "$second" >"$work/before"
run 65 ukd import "$work/short" --replace --force --db "$second"
content "$second" >"$work/after"
is 0 "$(cmp "$work/before" "$work/after" >&2; echo $?)" 'all or nothing'
finish
