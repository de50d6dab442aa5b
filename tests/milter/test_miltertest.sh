#!/bin/sh
# test_miltertest.sh: the milter, driven by OpenDKIM's miltertest, with a real
# name server: miltertest.lua.  SPDX-License-Identifier: MIT
set -u
PATH=$PATH:/usr/sbin:/sbin
for command in miltertest nsd; do
	command -v $command >/dev/null && continue
	echo "test_miltertest: no $command: run sh tests/setup.sh test mail"
	echo '0 passed, 1 failed'
	exit 1
done
. tests/support/nsd.sh
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
work=$(mktemp -d)
trap 'nsd_stop; rm -rf "$work"' EXIT

ukd() {
	"$build/userkeys" ukd "$@" --db "$work/ukd.db" 2>>"$work/ukd.log"
}
ukd init --key-file "$work/ukd.key" >/dev/null || exit 1
{
	printf '%s\n' "\$ORIGIN example.test." "\$TTL 1" \
	    '@ SOA ns hostmaster 1 3600 600 86400 1' '@ NS ns' 'ns A 127.0.0.1'
	ukd add alice@example.test --login alice --advice reject
	ukd add bob@example.test --login bob --advice reject
} >"$work/example.test.zone"
ukd rotate alice@example.test --force >/dev/null
ukd rotate alice@example.test --force >/dev/null
nsd_start "$work" || exit 1
printf '%s\n' "listen = unix:$work/sock" 'authserv-id = mx.example.net' \
    "database = $work/ukd.db" "key-file = $work/ukd.key" \
    "dns = 127.0.0.1:$NSD_PORT" 'advice = reject' >"$work/conf"

timeout 60 miltertest -D "milter=$build/userkeys-milter" \
    -D "conf=$work/conf" -D "sock=unix:$work/sock" \
    -s tests/milter/miltertest.lua >"$work/out" 2>"$work/err"
status=$?
grep -v '^[0-9]* passed' "$work/out"
sum=$(grep '^[0-9]* passed' "$work/out") || sum='0 passed, 1 failed'
case "$status $sum" in
'0 '*' 0 failed') ;;
*)
	cat "$work/err"
	status=1 ;;
esac
echo "$sum"
exit $status
