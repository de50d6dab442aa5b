#!/bin/sh
# test_packages.sh: tests/setup.sh on a machine of another kind: apt-get and
# dpkg-query are played.  SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh
mkdir "$work/bin"
PATH=$work/bin:$PATH
# play NAME: a program from standard input.
play() {
	{ echo '#!/bin/sh'; cat; } >"$work/bin/$1"
	chmod 755 "$work/bin/$1"
}
# setup: its status; what it says in $work/out, what apt-get did in $work/did.
setup() {
	: >"$work/did"
	NO_SETUP=0 sh tests/setup.sh mail >"$work/out" 2>&1
	echo $?
}

start 'all is there'
echo 'echo installed' | play dpkg-query
echo "echo \"\$*\" >>$work/did" | play apt-get
is 0 "$(setup)" 'status'
is '' "$(cat "$work/out" "$work/did")" 'silent'

start 'another mail server is there'
play dpkg-query <<'END'
case "$*" in
*postfix-sqlite) ;;
*postfix) ;;
*) echo installed ;;
esac
END
play apt-get <<END
case "\$*" in
*-s*install*) echo 'Remv exim4-base [4.96-15]'; echo 'Inst postfix' ;;
*) echo "\$*" >>$work/did ;;
esac
END
echo 'echo 0' | play id
is 1 "$(setup)" 'refused'
is '' "$(cat "$work/did")" 'nothing is installed'
is 1 "$(grep -c 'postfix.*would remove exim4-base.*nothing is done' \
    "$work/out")" 'and says what would go'

start 'not root, and no sudo'
echo 'echo 1000' | play id
echo 'exit 1' | play sudo
is 1 "$(setup)" 'status'
is 1 "$(grep -c 'apt-get install .*postfix' "$work/out")" 'says what to run'
is '' "$(cat "$work/did")" 'nothing is installed'

start 'no Debian'
rm "$work/bin/dpkg-query"
mkdir "$work/few"
for name in sh tr sort sed cat; do
	ln -s "$(command -v $name)" "$work/few/$name"
done
# shellcheck disable=SC2123 # that is the point
PATH=$work/few
is 1 "$(setup)" 'status'
PATH=/usr/bin:/bin
is 1 "$(grep -c 'not a Debian system' "$work/out")" 'says so'
finish
