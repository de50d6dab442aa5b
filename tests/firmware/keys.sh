#!/bin/sh
# keys.sh USERKEYS FILE: the flash UKD of the tests, written to FILE by the
# command USERKEYS itself: keys of 1024, 2048 and 4096 bits.
# SPDX-License-Identifier: MIT
set -eu
userkeys=$1 file=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ukd() {
	"$userkeys" ukd "$@" --db "$work/db" >"$work/out" 2>&1 || {
		cat "$work/out" >&2
		exit 1
	}
}

ukd init --key-file "$work/key"
for bits in 1024 2048 4096; do
	ukd add "k$bits@example.org" --login "k$bits@example.org" --bits $bits
	ukd publish "k$bits@example.org" --force
	ukd activate "k$bits@example.org"
done
ukd export --format c --out "$file.new"
mv "$file.new" "$file"
