#!/bin/sh
# old.sh COMMIT FOLDER: the core of 0.1 as it was committed, to FOLDER.
# SPDX-License-Identifier: MIT
set -eu
commit=$1 folder=$2
if ! git cat-file -e "$commit^{commit}" 2>/dev/null; then
	echo "fuzz-twin compares today's core with that of 0.1, commit" \
	    "$commit, which is not here." >&2
	if git rev-parse --is-shallow-repository 2>/dev/null | grep -q true
	then
		echo "This clone is shallow: run git fetch --unshallow." >&2
	else
		echo "It needs a full git clone: a tarball has no history." >&2
	fi
	exit 1
fi
rm -rf "$folder"
mkdir -p "$folder"
git archive "$commit" core port | tar -xf - -C "$folder"
touch "$folder/core" # its time is that of the commit
