#!/bin/sh
# test_ukd_one.sh: a command for one mailbox takes one mailbox, and no other.
# SPDX-License-Identifier: MIT
#
# Each command that acts on one mailbox gets each shape that is none: a domain,
# nothing at all, blanks, two mailboxes, brackets, a route, a local-part or a
# domain alone, patterns, an address literal, controls.  It must refuse all
# with 64, in words, and leave every key and permission as it was.  What takes
# a domain, too, refuses the rest.
set -u
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

# The whole content, private keys too.
content() {
	"$build/userkeys" ukd export --sealed --out - --db db
}

# refuses COMMAND ARGUMENT OPTION...
refuses() {
	ukd "$@"
	found=$?
	if [ $found = 64 ] && [ ! -s out ] &&
	    grep -q "^userkeys: $1" err; then
		ok
	else
		bad "ukd $*: status $found, not 64"
	fi
	content >now
	if cmp -s before now; then ok; else bad "ukd $*: changed something"; fi
}

"$build/userkeys" ukd init --db db --key-file key >/dev/null
for user in alice bob carol; do
	ukd add $user@example.org --login $user --bits 1024 &&
	    ukd rotate $user@example.org --force || exit 1
done
ukd add dave@example.org --bits 1024
ukd allow @example.org --login boss
content >before

tab=$(printf '\t') blank=' '
domains='@example.org @EXAMPLE.org'
for command in add set show publish activate retire remove; do
	for shape in $domains; do
		refuses $command "$shape"
		grep -q 'one mailbox' err || bad "$command $shape: its words"
	done
	refuses $command ''
	grep -q 'empty' err || bad "$command of nothing: its words"
	refuses $command

done
# What is neither a mailbox nor a domain, for all of them.
while IFS= read -r shape; do
	for command in set show rotate publish activate retire remove \
	    list export; do
		case $command in
		export) refuses $command "$shape" --sealed --out - ;;
		*) refuses $command "$shape" ;;
		esac
	done
	for command in add allow deny; do
		refuses $command "$shape" --login alice
	done
done <<END

${blank}
@
@@example.org
alice
alice@
example.org
<alice@example.org>
<>
 alice@example.org
alice@example.org${blank}
alice@example.org${tab}
alice@example.org,bob@example.org
alice@example.org bob@example.org
@example.org,@example.com
@relay.example:alice@example.org
@*
@[192.0.2.1]
alice@[192.0.2.1]
""@example.org
%
*
.
-
/etc/passwd
END
# One is one, however it is spelled; what matches nobody is nobody.
for shape in '*@example.org' '%@example.org' '?@example.org' \
    'zed@example.org'; do
	ukd retire "$shape"
	found=$?
	if [ $found = 65 ] && grep -q 'not in the database' err; then
		ok
	else
		bad "retire $shape: $found"
	fi
done
if ukd retire Alice@Example.Org && grep -q '^alice@example.org: ' out &&
    ukd list --json && [ "$(grep -c '"active": ""' out)" = 2 ]; then
	ok
else
	bad 'one mailbox retires one key'
fi
# What is for a domain says so.
if ukd deny @example.org --login boss && ukd list &&
    ! grep -q 'whole domain' out; then
	ok
else
	bad 'a domain keeps its row without a login'
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
