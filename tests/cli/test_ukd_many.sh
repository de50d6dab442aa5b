#!/bin/sh
# test_ukd_many.sh: many mailboxes, as an administrator and cron see them.
# SPDX-License-Identifier: MIT
#
# Fifty mailboxes of three domains from one list, published to BIND, checked,
# rotated; whatever runs twice changes nothing the second time, and no rotation
# begins unasked.  Lists with every mistake are refused whole, each mistake
# with its line and column.  `check` names each way in which the DNS differs.
set -u
. tests/support/cli.sh
. tests/support/named.sh
trap 'named_stop; rm -rf "$work"' EXIT
PATH=$PATH:/usr/sbin
mkdir "$work/dns"
db=$work/db

ukd() {
	wanted=$1
	shift
	run "$wanted" ukd "$@" --db "$db"
}

# All that a command could change.
content() {
	"$userkeys" ukd export --sealed --out - --db "$db"
}

# twice STATUS COMMAND...: the second time nothing changes.
twice() {
	ukd "$@"
	content >"$work/once"
	ukd "$@"
	content >"$work/again"
	cmp -s "$work/once" "$work/again"
	is 0 $? "$* changes nothing the second time"
}

# json EXPRESSION: of the output, as d.
json() {
	python3 -c "import json, sys
d = json.load(sys.stdin)
print($1)" <"$work/out"
}

for domain in example.org example.net example.com; do
	cat >"$work/dns/$domain.zone" <<-END
	\$ORIGIN $domain.
	\$TTL 300
	@ SOA ns hostmaster 1 3600 600 86400 120
	@ NS ns
	ns A 127.0.0.1
	END
done
named_start "$work/dns" || exit 1
dns=127.0.0.1:$NAMED_PORT

# ---- lists ------------------------------------------------------------------

ukd 0 init --key-file "$work/key"
start 'mistakes in a list'
printf '%s\n' 'x,a' '@example.org,a' '<e@example.org>' '' \
    'e@example.org,"a' 'f@example.org,"a"b,none' 'g@example.org,a,no' \
    'h@example.org,a,none,' 'a@b@c' 'i@example.org, a,  maybe' \
    >"$work/list"
printf 'n\0o\n' >>"$work/list"
ukd 65 add --from "$work/list"
for place in 1:1 2:1 3:1 5:15 6:18 7:17 8:22 9:1 10:20 11:2; do
	err_has "list:$place: "
done
is 10 "$(grep -c : "$work/err")" 'mistakes'
printf '%s\n' 'good@example.org,good,reject' 'i@example.org,a a' \
    'j@example.org,j' 'k+x@example.org' 'J@Example.Org,k' >"$work/list"
ukd 65 add --from "$work/list"
err_has 'list:2:17: '
err_has 'list:4:1: '
err_has 'list:5:1: '
is 3 "$(grep -c : "$work/err")" 'mistakes'
ukd 65 add --from /dev/null
err_has 'expected a line for each mailbox'
ukd 65 add --from "$work/nothing"
ukd 64 add --from "$work/list" alice@example.org
ukd 64 add --from "$work/list" --login all
ukd 0 list
out_is ''

start 'a list as a spreadsheet writes it'
printf '\357\273\277Address,Logins,Advice\r\n%s\r\n\r\n%s\r\n%s' \
    '"bob@example.org","bob; ""b""@x boss",reject' '# nobody' \
    ' carol@example.org ,	carol , ' >"$work/in"
ukd 0 add --from - --bits 1024 --advice quarantine --format oneline
is 'bob quarantine carol' "$(sed -n 's/^\([a-z]*\)\.userkeys\.example.*uk=\([a-z]*\);.*/\1 \2/p' \
    "$work/out" | sed 's/ reject$//; s/^carol quarantine/quarantine carol/' |
    tr '\n' ' ' | sed 's/ $//')" 'records'
ukd 0 show bob@example.org --json
is "['\"b\"@x', 'bob', 'boss']" "$(json 'd["logins"]')" 'logins'
ukd 0 remove bob@example.org
ukd 0 remove carol@example.org
: >"$work/in"

i=0
while [ $i -lt 50 ]; do
	set -- org net com
	shift $((i % 3))
	echo "user$i@example.$1,user$i,reject"
	i=$((i + 1))
done >"$work/list"
start 'fifty'
ukd 0 add --from "$work/list" --bits 1024 --format nsupdate
cp "$work/out" "$work/updates"
is 50 "$(grep -c '^send' "$work/updates")" 'updates'
is 0 "$(grep -c 'making keys' "$work/err")" 'progress in a file'
ukd 65 add --from "$work/list"

# ---- check, rotate ----------------------------------------------------------

start 'nothing is published'
ukd 1 check --dns "$dns" --all
out_has 'there is no such name'
out_has '50 mailboxes: 50 differ'
twice 1 rotate --all --dns "$dns"
out_has '50 mailboxes: 50 waiting'
named_update <"$work/updates"
start 'all are published'
ukd 0 check --dns "$dns"
out_has 'user7@example.net: as it should be'
out_has '50 mailboxes: 50 good'
ukd 0 check --dns "$dns" @example.net --quiet
out_is ''
ukd 0 check --dns "$dns" @example.net --json
is '17 17 True' "$(json 'len(d["mailboxes"]), d["summary"]["good"],
    all(m["result"] == "good" for m in d["mailboxes"])' | tr -d '(),')" JSON

twice 0 rotate @example.net --dns "$dns"
out_has '17 mailboxes: 17 unchanged'
ukd 0 rotate --all --dns "$dns"
out_has 'user0@example.org: key is active'
out_has '50 mailboxes: 17 unchanged, 33 activated'
twice 0 rotate --all --dns "$dns" --json
is '50 {"mailboxes": 50, "unchanged": 50, "activated": 0, "started": 0, "waiting": 0, "failed": 0}' \
    "$(json 'len(d["mailboxes"]), json.dumps(d["summary"])' |
    sed "s/^(//; s/, '/ /; s/')$//")" JSON
ukd 0 rotate --all --dns "$dns" --quiet
out_is ''

start 'a rotation begins when it is asked for'
twice 0 rotate --all --older-than 30d --dns "$dns"
out_has '50 unchanged'
ukd 0 rotate @example.com --start --bits 1024 --dns "$dns"
out_has 'key 2 is new: publish it'
out_has '16 mailboxes: 16 started'
twice 1 rotate @example.com --start --bits 1024 --dns "$dns"
out_has '16 mailboxes: 16 waiting'
ukd 0 records @example.com --format nsupdate
named_update <"$work/out"
twice 0 rotate --all --dns "$dns"
ukd 0 list @example.com
is 16 "$(grep -c 'active, generation 2' "$work/out")" 'new keys'
python3 - "$db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE keys SET activated = activated - 40 * 86400 WHERE"
    " address = (SELECT id FROM addresses WHERE label = 'user1')")
db.commit()
END
ukd 0 rotate --all --older-than 30d --bits 1024 --dns "$dns"
out_has '50 mailboxes: 49 unchanged, 1 started'
twice 1 rotate --all --older-than 30d --bits 1024 --dns "$dns"
out_has 'user1@example.net: key 2 waits: it is not in the DNS'
ukd 0 rotate user1@example.net --force
ukd 0 check --dns "$dns" @example.org

start 'who was retired stays so: cron revives nobody'
ukd 0 retire user3@example.org
twice 0 rotate --all --older-than 30d --bits 1024 --dns "$dns"
out_has '50 mailboxes: 50 unchanged'
ukd 0 rotate user3@example.org --bits 1024

start 'a domain that has no mailbox here'
for what in check rotate records; do
	ukd 65 $what @example.or
	is "$what 1" "$what $(grep -c 'no mailbox of this domain' "$work/err")" \
	    'is a mistake'
done

start 'a mailbox without a login'
ukd 0 add nobody@example.net --bits 1024
is 1 "$(grep -c 'nobody may send as nobody@example.net until' "$work/err")" \
    'is said'
ukd 0 remove nobody@example.net
echo nobody@example.net >"$work/one"
ukd 0 add --from "$work/one" --bits 1024
is 1 "$(grep -c '^1 without a login' "$work/err")" 'of a list, too'
ukd 0 remove nobody@example.net

start 'which'
ukd 64 rotate
ukd 64 rotate @example.org --all
ukd 64 rotate @example.org --format zone
ukd 64 rotate user0@example.org --json
ukd 64 rotate @example.org --older-than soon
ukd 64 rotate ''
ukd 64 check ''
ukd 65 check nobody@example.org

# ---- what differs -----------------------------------------------------------

name=user0.userkeys.example.org alias=user0.userkeys._domainkey.example.org
text=$("$userkeys" ukd records user0@example.org --format oneline --db "$db" |
    cut -f 3 | head -n 1)
# other WHAT WORDS: with the zone of standard input check says WORDS.
other() {
	start "$1"
	{
		printf '%s\n' "\$ORIGIN example.org." "\$TTL 60"
		cat
	} >"$work/zone"
	ukd 1 check user0@example.org --zone "$work/zone"
	out_has "$2"
	ukd 1 check user0@example.org --zone "$work/zone" --json
	is 1 "$(json 'sum("'"${2%%\"*}"'" in x["what"]
	    for x in d["mailboxes"][0]["differences"])')" "JSON: $2"
}
ukd 0 check user0@example.org --dns "$dns"
other 'advice' 'advice is none in the DNS, expected reject' <<END
$name. TXT "$(echo "$text" | sed 's/reject/none/')"
$alias. CNAME $name.
END
other 'testing' 'advice is reject and t=y in the DNS, expected reject' <<END
$name. TXT "$text; t=y"
$alias. CNAME $name.
END
other 'options' 'the options of uk= are not those of the database' <<END
$name. TXT "$(echo "$text" | sed 's/reject/reject:from/')"
$alias. CNAME $name.
END
other 'another key' 'another key' <<END
$name. TXT "$("$userkeys" ukd records user3@example.org --format oneline \
    --db "$db" | cut -f 3 | head -n 1)"
$alias. CNAME $name.
END
other 'cut' 'cut' <<END
$name. TXT "$(echo "$text" | cut -c 1-200)"
$alias. CNAME $name.
END
other 'two records' '2 TXT records, where DKIM verifiers want one' <<END
$name. TXT "$text"
$name. TXT "v=spf1 -all"
$alias. CNAME $name.
END
other 'no key' 'there are TXT records, but no key' <<END
$name. TXT "v=spf1 -all"
$alias. CNAME $name.
END
other 'no TXT' 'there is no TXT record' <<END
$name. A 192.0.2.1
$alias. CNAME $name.
END
other 'no name' 'there is no such name' <<END
other TXT "x"
END
other 'no alias' 'there is no alias' <<END
$name. TXT "$text"
END
ukd 0 check user0@example.org --zone "$work/zone" --only txt
other 'a copy for an alias' 'a TXT record in place of the alias' <<END
$name. TXT "$text"
$alias. TXT "$text"
END
other 'an alias elsewhere' 'the alias leads to other.example.org' <<END
$name. TXT "$text"
$alias. CNAME other
other TXT "$text"
END
start 'no answer'
printf '%s. TIMEOUT\n' "$name" >"$work/zone"
ukd 75 check user0@example.org --zone "$work/zone"
python3 - "$work/list" >"$work/zone" <<'END'
import sys
for line in open(sys.argv[1]):
    user, domain = line.split(",")[0].split("@")
    print(f"{user}.userkeys.{domain}. TIMEOUT")
END
ukd 75 check --all --zone "$work/zone"
err_has 'no answer for 3 mailboxes in a row'
is 3 "$(grep -c ': no answer$' "$work/out")" 'asked for'

start 'a retired key that is still there'
python3 - "$db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE keys SET retired = retired - 9 * 86400")
db.commit()
END
ukd 1 check user2@example.com --dns "$dns"
out_has 'user2.userkeys.example.com: '
ukd 0 records user2@example.com --format nsupdate
named_update <"$work/out"
ukd 0 check user2@example.com --dns "$dns"

# ---- progress ---------------------------------------------------------------

start 'a line on a terminal, and nothing elsewhere'
cat >"$work/terminal.py" <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
data = b""
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    data += part
os.waitpid(pid, 0)
sys.stdout.buffer.write(data)
END
i=100
while [ $i -lt 107 ]; do
	echo "slow$i@example.org"
	i=$((i + 1))
done >"$work/list"
python3 "$work/terminal.py" "$userkeys" ukd add --from "$work/list" \
    --bits 3072 --db "$db" >"$work/out"
out_has 'making keys: '
is 1 "$(tr '\r' '\n' <"$work/out" | grep -c 'mailboxes added')" 'the end'
finish
