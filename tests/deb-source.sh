#!/bin/sh
# deb-source.sh SUITE PACKAGE DIR: unpacks a Debian source package into DIR.
# SPDX-License-Identifier: MIT
#
# DIR is absolute or seen from the top folder.  Does nothing when it is there.
# Takes what SUITE holds now.  Needs dpkg-dev.
set -eu
cd "$(dirname "$0")/.."
suite=$1 package=$2 dir=$3
[ ! -d "$dir" ] || exit 0
. tests/deb-side.sh
(cd "$work" && side source --download-only "$package" >&2)
mkdir -p "$(dirname "$dir")"
dpkg-source --no-check -x "$work/$package"_*.dsc "$work/tree" >/dev/null
rm -rf "$dir.part"
mv "$work/tree" "$dir.part"
mv "$dir.part" "$dir"
