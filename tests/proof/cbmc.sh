#!/bin/sh
# cbmc.sh DIR: CBMC 6 of Debian's trixie into DIR, to be run on any Debian.
# SPDX-License-Identifier: MIT
#
# DIR is absolute or seen from the top folder.  Does nothing when it is there.
# The programs get their own loader and libraries in DIR, so that nothing is
# installed: DIR/cbmc, DIR/goto-cc and DIR/goto-instrument are scripts.
set -eu
cd "$(dirname "$0")/../.."
suite=trixie dir=$1
[ ! -d "$dir" ] || exit 0
[ "$(dpkg --print-architecture)" = amd64 ] || {
	echo "cbmc: only on amd64: the programs are taken from there" >&2
	exit 1
}
. tests/deb-side.sh
(cd "$work" && side download cbmc minisat libc6 libstdc++6 libgcc-s1 \
    zlib1g >&2)
mkdir -p "$work/dir/root" "$(dirname "$dir")"
for package in "$work"/*.deb; do
	dpkg-deb -x "$package" "$work/dir/root"
done
for tool in cbmc goto-cc goto-instrument; do
	cat >"$work/dir/$tool" <<EOF
#!/bin/sh
root=\$(dirname "\$0")/root
libs=\$root/usr/lib/x86_64-linux-gnu
exec "\$libs/ld-linux-x86-64.so.2" --argv0 $tool \\
    --library-path "\$libs:\$root/usr/lib" "\$root/usr/bin/$tool" "\$@"
EOF
	chmod +x "$work/dir/$tool"
done
rm -rf "$dir.part"
mv "$work/dir" "$dir.part"
mv "$dir.part" "$dir"
