#!/bin/sh
# test_differences.sh: on every vector libopendkim and dkimpy judge as we do, or
# as docs/DIFFERENCES.md says.  SPDX-License-Identifier: MIT
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu99 -Icore -Ifuzz -Ifuzz/diff -o "$work/judge" \
    fuzz/diff/judge.c fuzz/diff/opendkim.c -lopendkim
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 fuzz/diff/peers.py vectors \
    "$work/judge"
