#!/bin/sh
# test_ukd_dns.sh: what ukd prints for the DNS, fed to real servers.
# SPDX-License-Identifier: MIT
#
# Records of each state of a key (new, active, rotated, retired and still
# needed, retired for long, a mailbox's end), by each command that prints
# them: as a zone, which two servers' checkers must take, and as updates for
# BIND, after which a name holds one record, whatever it held before: none,
# the same, one with other advice, another key, a TXT where the alias belongs.
# The owner's advice must be there at every step.
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

head_of() {
	cat <<-END
	\$ORIGIN $1.
	\$TTL 300
	@ SOA ns hostmaster 1 3600 600 86400 120
	@ NS ns
	ns A 127.0.0.1
	END
}

# The output as a zone, of two domains.
zone_is_good() {
	start "$1"
	for domain in example.org example.net; do
		{
			head_of $domain
			# Both domains stand in one output.
			awk -v d=".$domain." 'index($1, d) { on = 1 }
			    $1 ~ /\.$/ && !index($1, d) { on = 0 }
			    on' "$work/out"
		} >"$work/checked"
		got=0
		named-checkzone -q $domain "$work/checked" || got=$?
		is 0 $got "named-checkzone $domain"
		got=0
		nsd-checkzone $domain "$work/checked" >"$work/nsd" || got=$?
		is 0 $got "nsd-checkzone $domain: $(cat "$work/nsd")"
	done
}

# at NAME TYPE: what the server holds, without blanks, a line a record.
at() {
	dig +short +norecurse -p "$NAMED_PORT" @127.0.0.1 "$1" "$2" |
	    tr -d '" '
}

# fed WHAT: the output, as updates.
fed() {
	start "$1"
	is 0 "$(grep -c '^send$' "$work/out" | sed 's/[1-9].*/0/;t;s/0/none/')" \
	    'sends'
	is '' "$(awk '/^update delete/ { gone[$3 $4] = 1 }
	    /^update add/ && !gone[$3 $5] { print $3 }
	    /^send/ { split("", gone) }' "$work/out")" 'added beside the old'
	got=0
	named_update <"$work/out" >"$work/said" 2>&1 || got=$?
	is 0 $got "nsupdate: $(cat "$work/said")"
}

# holds NAME TEXT: one TXT at NAME@example.org's key name with TEXT in it, and
# the alias leads to it.
holds() {
	found=$(at "$1.userkeys.example.org" TXT)
	is 1 "$(printf '%s\n' "$found" | grep -c .)" "records at $1"
	case $found in
	*"$2"*) passed=$((passed + 1)) ;;
	*) is "$2" "$found" "$1" ;;
	esac
	is "$1.userkeys.example.org." \
	    "$(at "$1.userkeys._domainkey.example.org" CNAME)" "alias of $1"
}

head_of example.org >"$work/dns/example.org.zone"
head_of example.net >"$work/dns/example.net.zone"
{
	head_of example.com
	echo 'userkeys NS ns'
} >"$work/dns/example.com.zone"
head_of userkeys.example.com >"$work/dns/userkeys.example.com.zone"
head_of example.edu >"$work/dns/example.edu.zone"
echo 'userkeys._domainkey DNAME userkeys' >>"$work/dns/example.edu.zone"
named_start "$work/dns" || exit 1
dns=127.0.0.1:$NAMED_PORT
alice=alice@example.org

start 'first records'
ukd 0 init --key-file "$work/key"
ukd 0 add $alice --login alice --bits 1024 --format nsupdate
fed 'add'
holds alice 'uk=none;p=MI'
ukd 0 add john.doe@example.net --bits 1024
zone_is_good 'add, zone'
ukd 0 add bob@example.org --bits 4096 --advice reject --options from
zone_is_good 'add, 4096 bits'
for which in --all $alice @example.org @EXAMPLE.net ''; do
	# shellcheck disable=SC2086 # nothing, or a word
	ukd 0 records $which
	zone_is_good "records $which"
	is '' "$(grep -vE '^([a-z0-9.-]+|[a-z0-9.-]+\._domainkey[a-z0-9.-]+) IN (TXT|CNAME) |^	"' \
	    "$work/out")" 'nothing but records'
done

start 'a cached answer that there is nothing'
ukd 1 rotate bob@example.org --dns "$dns"
err_has 'which may say so for 2 minutes more'
err_has '--dns ITS-ADDRESS'
err_has "by $dns"
err_has 'dig NS example.org'
ukd 1 publish bob@example.org --dns "$dns"
err_has 'which may say so for 2 minutes more'
ukd 1 rotate bob@example.org --zone /dev/null
err_has 'not in the DNS, by /dev/null: publish'

ukd 0 rotate $alice --dns "$dns"
ukd 0 rotate $alice --dns "$dns"
ukd 0 set $alice --advice reject --format nsupdate
fed 'changed advice'
holds alice 'uk=reject;p=MI'

start 'a TXT where the alias belongs, and a record too many'
named_update <<END
update delete alice.userkeys._domainkey.example.org. CNAME
update add alice.userkeys._domainkey.example.org. 60 TXT "v=DKIM1; p="
update add alice.userkeys.example.org. 60 TXT "v=DKIM1; uk=none; p="
send
END
ukd 0 records $alice --format nsupdate
fed 'stray records'
holds alice 'uk=reject;p=MI'

ukd 0 rotate $alice --bits 1024 --format nsupdate
fed 'rotation'
first=$(at alice.userkeys.example.org TXT)
holds alice 'uk=reject;p=MI'
holds 2.alice 'uk=reject;p=MI'
named_update <<END
update add 2.alice.userkeys.example.org. 60 TXT "v=spf1 -all"
send
END
ukd 1 rotate $alice --dns "$dns"
err_has 'several TXT records'
ukd 0 records $alice --format nsupdate
fed 'one record again'
ukd 0 rotate $alice --dns "$dns"
ukd 0 rotate $alice --dns "$dns"
ukd 0 show $alice
out_has 'it is to be replaced by an empty p=, not before'
zone_is_good 'show'
ukd 0 records @example.org
zone_is_good 'rotated'
ukd 0 records $alice --format nsupdate
fed 'the old key stays for mail on its way'
is "$first" "$(at alice.userkeys.example.org TXT)" 'the old record'

# Nine days later.
later() {
	python3 - "$db" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE keys SET retired = retired - 9 * 86400")
	db.commit()
	END
}
later
ukd 0 records --all
zone_is_good 'an empty p='
ukd 0 records $alice --format nsupdate
fed 'the base name is replaced'
holds alice 'uk=reject;p='
is "v=DKIM1;k=rsa;uk=reject;p=" "$(at alice.userkeys.example.org TXT)" \
    'the advice alone'
holds 2.alice 'uk=reject;p=MI'

ukd 0 rotate $alice --bits 1024 --format nsupdate
fed 'third key'
ukd 0 rotate $alice --force
later
ukd 0 records $alice --format nsupdate
fed 'the second is gone'
is '' "$(at 2.alice.userkeys.example.org TXT)" 'record of the second'
is '' "$(at 2.alice.userkeys._domainkey.example.org CNAME)" 'its alias'
holds 3.alice 'uk=reject;p=MI'
is "v=DKIM1;k=rsa;uk=reject;p=" "$(at alice.userkeys.example.org TXT)" \
    'the advice still'
ukd 0 retire $alice
err_has 'Its record stays until'
later
ukd 0 records $alice --format nsupdate
fed 'no key at all'
is '' "$(at 3.alice.userkeys.example.org TXT)" 'record of the third'
holds alice 'uk=reject;p='
ukd 0 remove $alice --format nsupdate
err_has 'replace alice.userkeys.example.org TXT'
fed 'the end of a mailbox'
is "v=DKIM1;k=rsa;uk=reject;p=" "$(at alice.userkeys.example.org TXT)" \
    'the advice outlives it'
ukd 0 remove john.doe@example.net
err_has 'remove  john-2edoe.userkeys.example.net TXT'
ukd 0 records --all
zone_is_good 'one removed'
ukd 65 remove $alice

start 'a delegation, and a DNAME'
ukd 0 add carol@example.com --bits 1024 --only txt --format nsupdate
fed 'keys in a zone of their own'
ukd 0 records carol@example.com --only cname --format nsupdate
fed 'aliases in the zone above'
is carol.userkeys.example.com. \
    "$(at carol.userkeys._domainkey.example.com CNAME)" 'alias'
ukd 0 rotate carol@example.com --dns "$dns"
ukd 0 add dan@example.edu --bits 1024 --only txt --format nsupdate
fed 'below a DNAME'
is 1 "$(at dan.userkeys._domainkey.example.edu TXT | grep -c DKIM1)" \
    'the DNAME answers'
ukd 64 records --only both
err_has 'expected txt or cname'

start 'JSON'
ukd 0 records --all --json
is '3 bob.userkeys.example.org TXT' "$(python3 -c '
import json, sys
rows = json.load(sys.stdin)
row = [r for r in rows if r["name"].startswith("bob")][0]
assert "".join(row["strings"]) == row["text"]
print(len(rows), row["name"], row["type"])' <"$work/out")" 'records'
ukd 64 records @example.org --all
ukd 65 records nobody@example.org
ukd 65 records @nowhere.example
out_is ''
finish
