#!/bin/sh
# unpack.sh DIR: Debian's Sendmail into DIR, beside the mail server that is
# installed (the packages exclude each other).  SPDX-License-Identifier: MIT
#
# Does nothing when DIR is there.  Nothing is installed, and nothing started.
set -eu
dir=$1
[ ! -d "$dir" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fetch() {
	apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root \
	    download sendmail-bin sendmail-cf </dev/null >&2
}
fetch || { apt-get -qq update >&2 && fetch; } || {
	echo 'unpack: apt-get cannot fetch sendmail-bin and sendmail-cf' >&2
	exit 1
}
cd - >/dev/null
rm -rf "$dir.part"
mkdir -p "$dir.part"
for package in "$work"/*.deb; do
	dpkg-deb -x "$package" "$dir.part"
done
# No rights of a group that this machine may not have.
chmod ug-s "$dir.part/usr/libexec/sendmail/sendmail"
mv "$dir.part" "$dir"
