#!/bin/sh
# replay.sh FOLDER SEEDS PART...: seeds and findings of each part, by the
# program FOLDER/PART.  SPDX-License-Identifier: MIT
set -u
folder=$1 seeds=$2
shift 2
passed=0 failed=0
for part in "$@"; do
	files=$(find "$seeds/$part" "fuzz/findings/$part" -type f 2>/dev/null)
	# shellcheck disable=SC2086 # their names hold no blanks
	if out=$("$folder/$part" $files </dev/null 2>&1); then
		passed=$((passed + ${out%% *}))
	else
		echo "FAIL  $part: $out"
		failed=$((failed + 1))
	fi
done
echo "replay: $passed passed, $failed failed"
[ $failed = 0 ]
