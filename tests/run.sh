#!/bin/sh
# run.sh NAME TEST...: runs tests and counts.  SPDX-License-Identifier: MIT
#
# A TEST is a program: one built with cmocka, or a script whose last line is
# "N passed, N failed", or any command that exits 0 when all is well.  A script
# that cannot test here prints "skip: why" and exits 0, with nothing passed.  It
# gets no standard input.  Its output is shown only when it fails (or with V=1).
# The last line here is the sum.  BUILD is where the programs were built; WRAP,
# if set, is a command that runs programs (not scripts).
set -u

name=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0

# count STATUS: "PASSED FAILED" of the log.
count() {
	awk -v status="$1" '
	/^\[  PASSED  \] [0-9]+ test/ { p += $4; seen = 1 }
	/^\[  FAILED  \] [0-9]+ test/ { f += $4; seen = 1 }
	{ last = $0 }
	END {
		if (last ~ /^[0-9]+ passed, [0-9]+ failed$/) {
			split(last, w, " ")
			p = w[1]; f = w[3]; seen = 1
		}
		if (!seen)
			p = status == 0
		if (status != 0 && f == 0)
			f = 1
		print p + 0, f + 0
	}' "$log"
}

[ $# -gt 0 ] || echo "$name: no tests yet"
for test in "$@"; do
	# shellcheck disable=SC2086 # WRAP is a command and its options
	case $test in
	*.py) set -- python3 "$test" ;;
	*.sh) set -- sh "$test" ;;
	*) set -- ${WRAP:-} "$test" ;;
	esac
	"$@" </dev/null >"$log" 2>&1
	status=$?
	# shellcheck disable=SC2046 # two numbers
	set -- $(count $status)
	passed=$((passed + $1)) failed=$((failed + $2))
	if [ $status = 0 ] && [ "$1 $2" = '0 0' ] && grep -q '^skip: ' "$log"
	then
		echo "skip  $test$(sed -n '/^skip/ { s/^skip//; p; q; }' "$log")"
	elif [ $status = 0 ] && [ "$2" = 0 ]; then
		echo "ok    $test ($1)"
	else
		echo "FAIL  $test (status $status)"
	fi
	if [ $status != 0 ] || [ "$2" != 0 ] || [ "${V:-0}" = 1 ]; then
		sed 's/^/    /' "$log"
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
