#!/bin/sh
# test_no_sqlite.sh: without SQLite all but the User Key Database is built,
# and its command says so.  SPDX-License-Identifier: MIT
set -u
cd "$(dirname "$0")/../.." || exit 1
program=build/nosqlite-mbedtls/userkeys
passed=0 failed=0

check() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL: $what"
	fi
}

says_so() {
	said=$("$program" ukd list 2>&1)
	[ $? = 64 ] && [ "${said#*without SQLite}" != "$said" ]
}

no_sqlite() {
	! nm "$program" | grep -q sqlite3_
}

check 'it builds' make -s SQLITE_LIBS= TARGET=nosqlite all
check 'no SQLite is asked for' no_sqlite
check 'ukd says so' says_so
check 'the rest works' "$program" name alice@example.org
rm -rf build/nosqlite-mbedtls
echo "$passed passed, $failed failed"
[ $failed = 0 ]
