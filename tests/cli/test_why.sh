#!/bin/sh
# test_why.sh: userkeys why, on a log.  SPDX-License-Identifier: MIT
set -u
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
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
says 1 'did not pass the milter' one@example.org --log -
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
says 64 'one Message-ID' a b --log log
says 0 'usage' --help
python3 -c 'import json, sys
json.loads(sys.argv[1])' "$("$build/userkeys" why 4Xza --log log --json)" ||
    failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ $failed = 0 ]
