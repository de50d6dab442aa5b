#!/bin/sh
# test_make.sh: the cases are those that make.py makes, octet for octet.
# SPDX-License-Identifier: MIT
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 tests/vectors/make.py "$work"
for made in "$work"/*; do
	diff -r "$made" "tests/vectors/cases/${made##*/}"
done
