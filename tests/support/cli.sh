# cli.sh: for tests of the command; to be sourced.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh

userkeys=${BUILD:-build/host-mbedtls}/userkeys
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 what=
export NO_COLOR=1

# start WHAT: names what follows, for failures.
start() {
	what=$1
}

# is WANTED FOUND NAME
is() {
	if [ "$1" = "$2" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL $what: $3: wanted \"$1\", found \"$2\""
}

# run STATUS ARGUMENT...: the command; output to $work/out and $work/err,
# standard input from $work/in or nothing.
run() {
	wanted=$1
	shift
	args=$*
	[ -e "$work/in" ] || : >"$work/in"
	got=0
	"$userkeys" "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
	is "$wanted" $got "status of: $args: $(head -c 300 "$work/err")"
}

out_is() {
	is "$1" "$(cat "$work/out")" "output of: $args"
}

# out_has TEXT, err_has TEXT: a fixed string.
out_has() {
	if grep -qF -- "$1" "$work/out"; then
		passed=$((passed + 1))
	else
		is "$1" "$(head -c 600 "$work/out")" "output of: $args"
	fi
}

err_has() {
	if grep -qF -- "$1" "$work/err"; then
		passed=$((passed + 1))
	else
		is "$1" "$(head -c 600 "$work/err")" "errors of: $args"
	fi
}

finish() {
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}
