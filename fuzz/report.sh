#!/bin/sh
# report.sh [LOG [COMMIT...]]: the log of all runs as tables for docs/FUZZING.md:
# CPU-minutes by commit, and by harness with executions and edges.  COMMITs are
# those that count as the last one; without any, the last in the log.
# SPDX-License-Identifier: MIT
set -eu
log=${1:-build/fuzz/log}
[ $# = 0 ] || shift
awk -v same="$*" '
{
	commits[$1] || order[++count] = $1
	commits[$1] += $3
	runs[$1] += $4
	part_cpu[$2] += $3
	part_runs[$2] += $4
	edges[$2] = $5
	corpus[$2] = $6
	cpu[$1, $2] += $3
}
END {
	if (same == "")
		same = order[count]
	n = split(same, word, " ")
	for (i = 1; i <= n; i++)
		for (part in part_cpu)
			last[part] += cpu[word[i], part]
	print "| commit | CPU-minutes | executions |"
	print "|---|---|---|"
	for (i = 1; i <= count; i++)
		printf "| `%s` | %.1f | %d |\n", order[i], \
		    commits[order[i]] / 60, runs[order[i]]
	print ""
	print "| harness | CPU-minutes | of them on the last commit |" \
	    " executions | a CPU second | edges | corpus |"
	print "|---|---|---|---|---|---|---|"
	for (part in part_cpu)
		printf "| `%s` | %.1f | %.1f | %d | %d | %d | %d |\n", part, \
		    part_cpu[part] / 60, last[part] / 60, \
		    part_runs[part], part_runs[part] / part_cpu[part], \
		    edges[part], corpus[part] | "sort"
}' "$log"
