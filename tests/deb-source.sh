#!/bin/sh
# deb-source.sh SUITE PACKAGE DIR: unpacks a Debian source package into DIR.
# SPDX-License-Identifier: MIT
#
# Does nothing when DIR is there.  Takes what SUITE holds now, through an apt
# set-up of its own in a temporary folder: the machine's is not touched, and
# need not name sources.  Needs dpkg-dev.
set -eu
suite=$1 package=$2 dir=$3
[ ! -d "$dir" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
# The archive that apt-get uses, from its lists or, without any, its settings.
# shellcheck disable=SC2016 # apt's own variable
where=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    'Origin: Debian' 2>/dev/null | grep -v security | sort -u | head -n 1)
[ -n "$where" ] || where=$(cat /etc/apt/sources.list.d/debian.sources \
    /etc/apt/sources.list 2>/dev/null | grep -v security |
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb .*\(http[^ ]*\) .*/\1/p' |
    head -n 1)
[ -n "$where" ] || {
	echo "deb-source: no Debian archive among apt's sources" >&2
	exit 1
}
echo "deb-src $where $suite main" >"$work/sources.list"

apt() {
	apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" \
	    -o Dir::Etc::sourceparts=/dev/null \
	    -o Dir::Etc::preferencesparts=/dev/null \
	    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
	    -o Dir::State::status="$work/status" -o Acquire::Retries=3 \
	    -o APT::Sandbox::User=root "$@" </dev/null
}
apt update >&2
(cd "$work" && apt source --download-only "$package" >&2)
mkdir -p "$(dirname "$dir")"
dpkg-source --no-check -x "$work/$package"_*.dsc "$work/tree" >/dev/null
rm -rf "$dir.part"
mv "$work/tree" "$dir.part"
mv "$dir.part" "$dir"
