#!/bin/sh
# run.sh TIME PART...: fuzzes the parts, TIME in seconds or like 10m or 2h in
# all for longer runs; each goes on with its corpus in build/fuzz/corpus.
# SPDX-License-Identifier: MIT
set -u
time=$1
shift
case $time in
*h) seconds=$((${time%h} * 3600 / $#)) ;;
*m) seconds=$((${time%m} * 60 / $#)) ;;
*) seconds=$time ;;
esac
failed=0
printf '%-14s %12s %10s %8s %8s\n' harness executions 'a second' edges corpus
for part in "$@"; do
	corpus=build/fuzz/corpus/$part
	mkdir -p "$corpus" "fuzz/findings/$part"
	dict=
	[ ! -e "fuzz/dict/$part.dict" ] || dict=-dict=fuzz/dict/$part.dict
	log=build/fuzz/$part.log
	# shellcheck disable=SC2086 # empty or one word
	if ! "build/fuzz/$part" -max_total_time="$seconds" -timeout=10 \
	    -max_len=20000 -print_final_stats=1 $dict \
	    -artifact_prefix="fuzz/findings/$part/" "$corpus" \
	    "fuzz/seeds/$part" >"$log" 2>&1; then
		failed=$((failed + 1))
		echo "FAIL  $part: see $log"
		tail -n 25 "$log"
	fi
	awk -v part="$part" -v corpus="$(find "$corpus" -type f | wc -l)" '
	/cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
	/number_of_executed_units/ { n = $2 }
	/average_exec_per_sec/ { rate = $2 }
	END { printf "%-14s %12d %10d %8d %8d\n", part, n, rate, cov, corpus }
	' "$log"
done
rmdir fuzz/findings/* 2>/dev/null
[ $failed = 0 ]
