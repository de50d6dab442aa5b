#!/bin/sh
# test_ukd_kill.sh: killed at any moment of a write, the database opens whole
# and holds all of the change or nothing.  SPDX-License-Identifier: MIT
#
# How long one import takes is measured, and the moments of the kills are
# spread over that; so no machine is too fast or too slow.
set -u
build=$(cd "${BUILD:-build/host-mbedtls}" && pwd)
rounds=80 rows=1000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0 whole=0 none=0

ukd() {
	"$build/userkeys" ukd "$@" --db db
}

# A backup of ROWS addresses of the domain dN.example, a login each.
backup() {
	awk -v n="$1" -v rows=$rows 'BEGIN {
		print "userkeys-ukd-1\tsealed"
		for (i = 0; i < rows; i++)
			print "address\tu" i "@d" n ".example\t0\t0\t0\t0"
		for (i = 0; i < rows; i++)
			print "login\tl" i "\tu" i "@d" n ".example"
		print "end\t" 2 * rows
	}'
}

now() {
	date +%s%N
}

ukd init --key-file key >/dev/null || exit 1
backup 0 >b0
start=$(now)
ukd import b0 || exit 1
took=$((($(now) - start) / 1000))

n=1
while [ $n -le $rounds ]; do
	backup $n >b
	pause=$((took * n / rounds))
	"$build/userkeys" ukd import b --db db &
	pid=$!
	sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	# Opening reads all of the file (quick_check, foreign keys).
	if ukd list "@d$n.example" >out 2>err; then
		count=$(wc -l <out)
	else
		count=-1
	fi
	case $count in
	0) none=$((none + 1)) passed=$((passed + 1)) ;;
	"$rows") whole=$((whole + 1)) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		echo "FAIL: killed after $pause us: $count rows of $rows"
		cat err ;;
	esac
	n=$((n + 1))
done
# And it still works.
if ukd allow u0@d0.example --login last; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
fi
echo "$none times nothing of the change was there, $whole times all of it"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
