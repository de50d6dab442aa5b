#!/bin/sh
# all.sh: every gate, each with a line of its own.  SPDX-License-Identifier: MIT
set -u
cd "$(dirname "$0")/../.." || exit 1

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
gate 'no banned function or word of C' sh $lint/banned.sh
gate 'no recursion, no call by pointer' sh $lint/recursion.sh
gate 'layout and shape of the source' sh $lint/source.sh
gate 'headers stand alone, in C and C++' sh $lint/headers.sh
gate 'no loose ends in the text, licence' sh $lint/words.sh
# shellcheck disable=SC2046 # our file names hold no blanks
gate 'scripts' shellcheck $(find tests fuzz examples .ci -name '*.sh' \
    2>/dev/null) .ci/run
for page in docs/man/*.[0-9]; do
	[ ! -e "$page" ] ||
	    gate "man page ${page##*/}" mandoc -T lint -W warning "$page"
done
gate 'gcc -fanalyzer' sh $lint/analyse.sh gcc
gate 'clang --analyze' sh $lint/analyse.sh clang
gate 'cppcheck' sh $lint/analyse.sh cppcheck
gate 'clang-tidy' sh $lint/analyse.sh tidy
gate 'the gates see what is planted' sh $lint/selftest.sh

echo "$passed passed, $failed failed"
[ $failed = 0 ]
