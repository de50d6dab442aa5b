#!/bin/sh
# test_vendor.sh: userkeys in other people's builds: CMake installed and found,
# CMake with a port of one's own, Zephyr's and ESP-IDF's files with stand-ins
# for the functions of their frameworks.  SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh
top=$PWD
case=$top/tests/vectors/cases/user-pass
vendor=tests/porting/vendor

# cmake_ok NAME ARGUMENT...
cmake_ok() {
	name=$1
	shift
	cmake "$@" >"$work/log" 2>&1
	is 0 $? "$name: $(tail -n 5 "$work/log")"
}

# The third port's check of a signed message, in a vendor's program.
passes() {
	"$1" "$case/message" "$case/case" >"$work/out" 2>&1
	is 0 $? "it runs: $(cat "$work/out")"
	is 1 "$(grep -cx 'UKEY_PORT_MATCH (1)|pass ok' "$work/out")" 'it passes'
}

start 'CMake: installed, then found'
cmake_ok configure -S platform/cmake -B "$work/build" \
    -DCMAKE_INSTALL_PREFIX="$work/usr"
cmake_ok build --build "$work/build"
cmake_ok install --install "$work/build"
cp -R $vendor/found "$work/found"
cmake_ok 'find_package' -S "$work/found" -B "$work/found/build" \
    -DCMAKE_PREFIX_PATH="$work/usr"
cmake_ok 'its build' --build "$work/found/build"
"$work/found/build/program" >"$work/out" 2>&1
is 0 $? "it runs: $(cat "$work/out")"
version=$(sed -n 's/^.define UKEY_VERSION "\(.*\)"/\1/p' core/ukey.h)
is "userkeys $version, SHA-256 by port/mbedtls: ba7816bf" \
    "$(cat "$work/out")" 'it has both libraries'
cmake -S "$work/found" -B "$work/found/other" -DWANTED=99.0 \
    -DCMAKE_PREFIX_PATH="$work/usr" >"$work/log" 2>&1
is 1 $? 'a version that is not there is not found'

start 'CMake: core from the tree, a port of the vendor'
cmake_ok configure -S $vendor/own -B "$work/own" -DUSERKEYS="$top"
cmake_ok build --build "$work/own"
passes "$work/own/program"

start 'Zephyr'
module=$top/platform
is yes "$([ -e "$module/zephyr/module.yml" ] && echo yes)" 'a module'
for key in cmake kconfig; do
	path=$(sed -n "s/^  $key: //p" platform/zephyr/module.yml)
	is yes "$([ -e "$module/$path" ] && echo yes)" "$key: $path"
done
printf '%s\n' 'CONFIG_MBEDTLS=y' 'CONFIG_USERKEYS=y' \
    'CONFIG_USERKEYS_SIGNATURES_MAX=5' >"$work/prj.conf"
# kconfig WANTED-STATUS: $work/prj.conf to $work/zephyr.conf, as Zephyr does;
# by the python that Debian's kconfiglib belongs to.
kconfig() {
	/usr/bin/python3 $vendor/kconfig.py platform/zephyr/Kconfig \
	    "$work/prj.conf" "$work/zephyr.conf" >"$work/log" 2>&1
	is "$1" $? "Kconfig: $(tail -n 3 "$work/log")"
}
kconfig 0
for line in CONFIG_USERKEYS_PORT_MBEDTLS=y \
    CONFIG_USERKEYS_RSA_BITS_MAX=4096 CONFIG_USERKEYS_SIGNATURES_MAX=5; do
	is 1 "$(grep -cx "$line" "$work/zephyr.conf")" "$line"
done
zephyr() {
	cmake_ok configure -S $vendor/zephyr -B "$work/$1" \
	    -DMODULE="$module" -DCONF="$work/zephyr.conf" -DUSERKEYS="$top"
	cmake_ok build --build "$work/$1"
}
zephyr zephyr-mbedtls
"$work/zephyr-mbedtls/program" >"$work/out" 2>&1
is "userkeys $version, SHA-256 by port/mbedtls: ba7816bf" \
    "$(cat "$work/out")" 'it runs'
is 5 "$("$work/zephyr-mbedtls/program" signatures)" 'the setting reaches the program'
echo 'CONFIG_USERKEYS_PORT_MBEDTLS=n' >>"$work/prj.conf"
kconfig 0
zephyr zephyr-own
passes "$work/zephyr-own/program"
printf '%s\n' 'CONFIG_USERKEYS=y' 'CONFIG_USERKEYS_SIGNATURES_MAX=21' \
    >"$work/prj.conf"
kconfig 1

start 'ESP-IDF'
component=platform/esp-idf/userkeys
is "version: \"$version\"" "$(grep '^version:' $component/idf_component.yml)" \
    'the manifest'
requirements=$(cmake -DCOMPONENT="$top/$component" \
    -P $vendor/esp-idf/requirements.cmake 2>&1)
is '-- requires: mbedtls' "$requirements" 'what it requires'
cmake_ok configure -S $vendor/esp-idf -B "$work/esp" \
    -DCOMPONENT="$top/$component" -DUSERKEYS="$top"
cmake_ok build --build "$work/esp"
"$work/esp/program" >"$work/out" 2>&1
is "userkeys $version, SHA-256 by port/mbedtls: ba7816bf" \
    "$(cat "$work/out")" 'it runs'
finish
