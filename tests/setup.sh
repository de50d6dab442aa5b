#!/bin/sh
# setup.sh GROUP...: installs the Debian packages that a target needs.
# SPDX-License-Identifier: MIT
#
# Quick and quiet when all is there.  Otherwise installs what is missing, as
# root or through a sudo that asks no password; without either it says what
# it would install, and stops.  Servers among the packages are not started,
# now or at boot; and where apt-get would remove something for them (another
# mail server, mostly), nothing is installed.
# NO_SETUP=1 skips all of this (other systems, other package managers).
set -eu

packages() {
	case $1 in
	build) echo 'gcc libc6-dev make binutils libmbedtls-dev
	    libsqlite3-dev' ;;
	demo) packages build ;;
	test) packages build
	    echo 'g++ zsh libcmocka-dev pkgconf mandoc cmake opendkim-tools
	    opendkim libopendkim-dev python3-dkim python3-dnspython
	    python3-authres libmail-authenticationresults-perl
	    bind9 bind9-dnsutils bind9-utils
	    libmail-dkim-perl nsd unbound iproute2
	    python3-kconfiglib' ;;
	mail) packages build
	    echo 'libcmocka-dev postfix postfix-sqlite swaks sasl2-bin
	    libsasl2-modules miltertest opendkim opendkim-tools nsd
	    postsrsd python3' ;;
	newcomer) echo 'debootstrap' ;;
	sendmail) packages mail
	    echo 'm4 libwrap0 nsd' ;;
	lint) echo 'gcc libc6-dev make binutils libmbedtls-dev libsqlite3-dev
	    libcmocka-dev clang clang-tidy cppcheck shellcheck mandoc
	    gcc-arm-none-eabi gcc-mips-linux-gnu' ;;
	firmware) packages build
	    echo 'gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm
	    libcmocka-dev dpkg-dev' ;;
	source) packages build
	    echo dpkg-dev ;;
	mips) packages source
	    echo 'gcc-mips-linux-gnu libc6-dev-mips-cross qemu-user
	    dpkg-dev' ;;
	arch) packages mips
	    echo 'gcc-mipsel-linux-gnu libc6-dev-mipsel-cross
	    gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
	    gcc-aarch64-linux-gnu libc6-dev-arm64-cross
	    gcc-riscv64-linux-gnu libc6-dev-riscv64-cross musl-tools' ;;
	sanitize) packages test
	    echo 'clang libclang-rt-14-dev llvm-14 valgrind' ;;
	coverage) packages test
	    echo 'lcov' ;;
	fuzz) packages build
	    echo 'clang libclang-rt-14-dev llvm-14' ;;
	bench) packages test
	    echo 'valgrind' ;;
	peers) packages bench
	    echo 'rspamd' ;;
	*) echo "setup: unknown group $1" >&2
	    exit 64 ;;
	esac
}

[ "${NO_SETUP:-0}" = 0 ] || exit 0

wanted=$(for group in "$@"; do packages "$group"; done |
    tr -s '[:blank:]' '\n' | sort -u | sed '/^$/d')

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is not a Debian system; what is needed, by the" \
	    "names of its packages:" >&2
	echo "$wanted" | tr '\n' ' ' >&2
	echo >&2
	echo "setup: install their like and run again with NO_SETUP=1" >&2
	exit 1
fi

missing=
for package in $wanted; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	sudo='sudo -n'
else
	echo "setup: not root, and no sudo without password.  To go on, run:" >&2
	echo "    apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

apt() {
	# shellcheck disable=SC2086 # $sudo is empty or two words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    -o DPkg::Lock::Timeout=600 -o APT::Get::Assume-Yes=true \
	    -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" </dev/null
}

# What else would have to go; nothing is known where the lists are absent.
refuse_removals() {
	# shellcheck disable=SC2086 # a list of words
	gone=$(apt -s install --no-install-recommends $missing 2>/dev/null |
	    sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' ')
	[ -z "$gone" ] || {
		echo "setup: to install$missing, apt-get would remove $gone:" \
		    "nothing is done.  Use another machine, or remove it" \
		    "yourself first" >&2
		exit 1
	}
}
refuse_removals

# A server that a test starts is the test's own; the system's stays off.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap '$sudo rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
fi

# What was installed just now starts at no boot.
disable_services() {
	for package in $missing; do
		for file in $(dpkg -L "$package"); do
			name=${file##*/}
			case $file in
			*/systemd/system/*.service)
				! command -v systemctl >/dev/null || $sudo \
				    systemctl -q disable "$name" || : ;;
			/etc/init.d/*)
				$sudo update-rc.d "$name" disable || : ;;
			esac
		done
	done >/dev/null 2>&1
}

echo "setup: installing$missing"
log=$(mktemp)
# The lists may be absent or old.
# shellcheck disable=SC2086 # a list of words
if ! apt install --no-install-recommends $missing >"$log" 2>&1; then
	apt update >"$log" 2>&1 || :
	refuse_removals
	if ! apt install --no-install-recommends $missing >>"$log" 2>&1; then
		tail -n 30 "$log" >&2
		echo "setup: apt-get failed, see above" >&2
		rm -f "$log"
		exit 1
	fi
fi
rm -f "$log"
disable_services
