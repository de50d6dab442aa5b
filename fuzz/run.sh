#!/bin/sh
# run.sh TIME PART...: fuzzes the parts, one after the other, TIME (30s, 10m,
# 2h) in all; each goes on with its corpus in build/fuzz/corpus.
# SPDX-License-Identifier: MIT
#
# What was done is added to build/fuzz/log: commit, part, seconds of CPU,
# executions, edges, files of the corpus (fuzz/report.sh adds it up).
set -u
time=$1
shift
case $time in
*h) seconds=$((${time%h} * 3600 / $#)) ;;
*m) seconds=$((${time%m} * 60 / $#)) ;;
*) seconds=$((${time%s} / $#)) ;;
esac
[ "$seconds" -gt 0 ] || seconds=1
failed=0
commit=$(git describe --always --dirty 2>/dev/null || echo none)

# cpu LOG PROGRAM ARGUMENTS: runs it; the log ends with "cpu SECONDS".
cpu() {
	log=$1
	shift
	(
		"$@" >"$log" 2>&1
		status=$?
		times >"$log.times" # of the children, in its last line
		tr 'ms' '  ' <"$log.times" | awk 'NR == 2 {
		    print "cpu", $1 * 60 + $2 + $3 * 60 + $4 }' >>"$log"
		rm -f "$log.times"
		exit $status
	)
}

printf '%-15s %7s %11s %9s %6s %6s\n' harness 'CPU s' executions \
    'a CPU s' edges corpus
for part in "$@"; do
	corpus=build/fuzz/corpus/$part
	mkdir -p "$corpus" "fuzz/findings/$part"
	case $part in # the same harness with other limits
	twin_*) of=twin ;;
	*) of=$part ;;
	esac
	seeds=build/fuzz/seeds/$of
	mkdir -p "$seeds"
	dict=
	[ ! -e "fuzz/dict/$of.dict" ] || dict=-dict=fuzz/dict/$of.dict
	log=build/fuzz/$part.log
	# shellcheck disable=SC2086 # empty or one word
	if ! cpu "$log" "build/fuzz/$part" -max_total_time="$seconds" -timeout=20 \
	    -rss_limit_mb=1024 -max_len=20000 -print_final_stats=1 $dict \
	    -artifact_prefix="fuzz/findings/$part/" "$corpus" \
	    "$seeds" "fuzz/findings/$part"; then
		failed=$((failed + 1))
		echo "FAIL  $part: see $log"
		sed -n '/ERROR: /,/^ *#9/p' "$log" | head -n 14
		grep -E 'Test unit|^SUMMARY' "$log"
	fi
	awk -v part="$part" -v corpus="$(find "$corpus" -type f | wc -l)" \
	    -v commit="$commit" '
	/cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
	/number_of_executed_units/ { n = $2 }
	/^cpu / { cpu = $2 }
	END {
		printf "%-15s %7.1f %11d %9d %6d %6d\n", part, cpu, n, \
		    n / (cpu + 0.01), cov, corpus
		print commit, part, cpu, n, cov, corpus >>"build/fuzz/log"
	}' "$log"
done
rmdir fuzz/findings/* 2>/dev/null
[ $failed = 0 ]
