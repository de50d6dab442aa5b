#!/bin/sh
# test_demo.sh: make demo-mail tells its story to the end.
# SPDX-License-Identifier: MIT
set -u
[ "$(id -u)" = 0 ] || {
	echo 'skip: needs root (user namespaces)'
	echo '0 passed, 0 failed'
	exit 0
}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
sh examples/demo-mail.sh >"$out" 2>&1
status=$?
lines=$(wc -l <"$out")
if [ $status = 0 ] && grep -q '^.*Done\. To make your own' "$out" &&
    [ "$lines" -lt 80 ]; then
	echo '1 passed, 0 failed'
	exit 0
fi
cat "$out"
echo "status $status, $lines lines"
echo '0 passed, 1 failed'
exit 1
