#!/bin/sh
# all.sh: every gate, each with a line of its own.  SPDX-License-Identifier: MIT
set -u
cd "$(dirname "$0")/../.."

passed=0 failed=0

# gate NAME COMMAND...: the output is shown only when the gate fails.
gate() {
	name=$1
	shift
	if out=$("$@" </dev/null 2>&1); then
		echo "ok    $name"
		passed=$((passed + 1))
		case $out in
		*'not installed'*) echo "$out" | grep 'not installed' ;;
		esac
	else
		echo "FAIL  $name"
		echo "$out" | sed 's/^/    /'
		failed=$((failed + 1))
	fi
}

lint=tests/lint
gate 'core is pure' sh $lint/purity.sh core
[ ! -d platform/milter ] ||
    gate 'the milter codec is as pure' sh $lint/purity.sh platform/milter
gate 'includes point towards core' sh $lint/includes.sh

echo "$passed passed, $failed failed"
[ $failed = 0 ]
