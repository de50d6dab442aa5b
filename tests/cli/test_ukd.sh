#!/bin/sh
# test_ukd.sh: userkeys ukd, as its users call it.
# SPDX-License-Identifier: MIT
set -u
top=$PWD
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0

ok() {
	passed=$((passed + 1))
}

bad() {
	failed=$((failed + 1))
	echo "FAIL: $*"
	sed 's/^/    /' out err
}

ukd() {
	"$build/userkeys" ukd "$@" --db db >out 2>err
}

# does STATUS PATTERN COMMAND...: the exit status, and a line of its output or
# its errors.
does() {
	status=$1 pattern=$2
	shift 2
	ukd "$@"
	found=$?
	if [ $found = "$status" ] && { [ -z "$pattern" ] ||
	    cat out err | grep -q -e "$pattern"; }; then
		ok
	else
		bad "ukd $*: status $found, not $status, or no \"$pattern\""
	fi
}

# is WHAT TEST...: a test(1) of its own.
is() {
	what=$1
	shift
	if [ "$@" ]; then ok; else bad "$what: [ $* ]"; fi
}

# same WHAT FILE FILE
same() {
	if cmp -s "$2" "$3"; then ok; else bad "$1: $2 and $3 differ"; fi
}

mode() {
	stat -c %a "$1"
}

alice=alice@example.org
does 65 'ukd init' list
does 0 'made db' init --key-file key
is 'modes' "$(mode db) $(mode key)" = '600 400'
does 65 'it is kept' init --key-file other
is 'no key file left' ! -e other

# From nothing to a key that signs.
does 64 'argument is missing' add
does 64 'not one mailbox' add not-an-address
does 65 'subaddress' add alice+x@example.org
does 64 'acts on one mailbox' add @example.org
does 64 'advice' add $alice --advice maybe
does 64 'options' add $alice --options maybe
does 64 'bits' add $alice --bits 512
does 64 'no such option' add $alice --json
does 64 'too many' add $alice bob@example.org
does 0 '^alice.userkeys.example.org. IN TXT (' add $alice --login alice \
    --advice reject --options from --testing --bits 1024
cp out zone1
is 'the record' "$(grep -c 'uk=reject:from; t=y; p=' out)" = 1
does 64 'format' show $alice --format c
does 0 '^update add alice.userkeys' show $alice --format nsupdate
does 65 'already' add $alice
does 65 'already' add ALICE@Example.Org --bits 1024
does 1 'not in the DNS' rotate $alice --zone /dev/null
does 65 'no key of it is published' activate $alice
does 0 'is published' rotate $alice --zone zone1
does 0 'key is active' rotate $alice
does 0 'advice reject (testing)' list

# A new one; the old record stays, then only its advice does.
does 0 '^2.alice.userkeys.example.org. IN TXT (' rotate $alice --bits 1024
cp out zone2
is 'both records' "$(grep -c 'IN TXT' out)" = 2
cat >zone3 <<-END
	2.alice.userkeys.example.org. TXT (
		"v=DKIM1; k=rsa; uk=none; p=" )
END
does 1 'another record' publish $alice --zone zone3
does 65 'published comes before active' activate $alice --generation 2
does 0 'key 2 is published' publish $alice --zone zone2
does 0 'key 2 is active' activate $alice
does 0 'key retired' show $alice
is 'its record stays for a while' "$(grep -c 'IN TXT (' out)" = 2
does 0 'generation 3' rotate $alice --bits 1024
does 0 'key 3 is active' rotate $alice --force
does 65 'retired' activate $alice --generation 2 --force
does 0 'key 3 is retired' retire $alice
does 0 'no active key' list

# Flags and permissions.
does 0 'uk=quarantine:from; p=' set $alice --advice quarantine
does 65 'exact' set $alice --options exact
does 64 'which login' allow $alice
does 65 'already' allow $alice --login alice
does 0 '' allow $alice --login second
does 0 '' allow @example.org --login boss
does 65 'ukd add' allow nobody@example.org --login boss
does 0 'login boss (all of the domain)' show $alice
does 0 '' deny $alice --login second
does 65 'no permission' deny $alice --login second
does 0 '"login' list --json
is 'JSON of a list' "$(python3 -c 'import json
rows = json.load(open("out"))
print(len(rows), rows[1]["address"], rows[1]["advice"], rows[1]["active"])'
    )" = "2 $alice quarantine None"
does 0 'generation' show $alice --json
is 'JSON of a mailbox' "$(python3 -c 'import json
row = json.load(open("out"))
print(row["logins"], [k["state"] for k in row["keys"]])')" = \
    "['alice', 'boss'] ['retired', 'retired', 'retired']"

# Backups: sealed for the same key file, clear for any.
does 0 '' add bob@example.org --login bob --bits 1024
does 0 'key is active' rotate bob@example.org --force
does 64 'which form' export --out backup
does 64 'where to' export --sealed
does 0 '' export --sealed --out sealed
does 65 'File exists' export --sealed --out sealed
does 0 '' export --clear --out clear
is 'modes of backups' "$(mode sealed) $(mode clear)" = '600 600'
"$build/userkeys" ukd list --db db --json >before
"$build/userkeys" ukd init --db copy --key-file key2 >/dev/null
if "$build/userkeys" ukd import sealed --db copy >out 2>err; then
	bad 'a sealed backup opens with another key file'
else
	ok
fi
is 'nothing of it stays' -z "$("$build/userkeys" ukd list --db copy)"
for form in clear sealed; do
	rm -f copy copy-*
	case $form in
	clear) set -- --key-file key3 ;;
	sealed) set -- --key-file key --adopt-key ;;
	esac
	"$build/userkeys" ukd init --db copy "$@" >/dev/null
	"$build/userkeys" ukd import $form --db copy >out 2>err ||
	    bad "import $form"
	"$build/userkeys" ukd list --db copy --json | sed 's/"created": [0-9]*/-/' >out
	sed 's/"created": [0-9]*/-/' before >wanted
	same "rows after import $form" wanted out
	"$build/userkeys" ukd export --clear --db copy --out - >again
	same "backup after import $form" clear again
done
does 65 'already' import clear
head -c 700 clear >short
"$build/userkeys" ukd init --db other --key-file key4 >/dev/null
"$build/userkeys" ukd import short --db other >out 2>err
is 'a backup cut off' "$? $(grep -c 'cut off' err)" = '65 1'
is 'nothing of that either' -z "$("$build/userkeys" ukd list --db other)"
does 65 'no backup' import /dev/null
does 65 'No such file' import nothing

# Firmware's table compiles, and holds the key.
does 0 '' export --format c --out table.c
cat >main.c <<-'END'
	#include <stdio.h>
	#include "table.c"
	int main(void)
	{
		const struct ukey_flash_key *k = ukey_flash_keys;
		printf("%u %s %s %u\n", (unsigned)ukey_flash_keys_count,
		    k->address, k->selector, k->der[0]);
		return k->der_len > 500 ? 0 : 1;
	}
END
if cc -Wall -Werror -I"$top/core" -I"$top/platform/baremetal" -o main main.c \
    >out 2>err && ./main >out; then
	is 'the table' "$(cat out)" = '1 bob@example.org bob.userkeys 48'
else
	bad 'the table does not compile'
fi

# Refusals.
chmod 640 key
does 65 'chmod go=' rotate bob@example.org
does 0 'bob' list
chmod 400 key
chmod 604 db
does 65 'chmod go=' list
chmod 600 db
does 0 '' remove bob@example.org
does 65 'not in the database' show bob@example.org
does 64 'no such command' frobnicate
does 0 'usage' --help
echo "$passed passed, $failed failed"
[ $failed = 0 ]
