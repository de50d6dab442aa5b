#!/bin/sh
# analyse.sh TOOL: a static analyser over all that is shipped, clean or red.
# SPDX-License-Identifier: MIT
set -eu

sources=$(find core port/*.c port/mbedtls platform/posix platform/milter \
    examples/userkeys examples/milter -name '*.c' 2>/dev/null | sort)
flags="-std=c99 -Icore -Iport -Iport/mbedtls -Iplatform/posix -Iplatform/milter"

# each COMMAND...: for every source, two at a time.
each() {
	echo "$sources" | xargs -P 2 -n 1 "$@"
}

# shellcheck disable=SC2086 # $flags and $sources are lists of words
case $1 in
gcc)
	# gcc 12 loses sight of what a struct behind a pointer owns: leaks are
	# for clang, and for LeakSanitizer in the tests.
	each gcc $flags -fanalyzer -Wno-analyzer-malloc-leak \
	    -Wno-analyzer-file-leak -Werror -O1 -c \
	    -o /dev/null ;;
clang)
	each clang $flags --analyze -Xclang -analyzer-werror \
	    -Xanalyzer -analyzer-output=text ;;
cppcheck)
	cppcheck -q -j 2 --std=c99 --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability \
	    --suppress=missingIncludeSystem ${flags#* } $sources ;;
tidy)
	checks=$(sed '/^#/d' tests/lint/tidy.checks | tr -d ' \n')
	echo "$sources" | xargs -P 2 -I '{}' clang-tidy --quiet \
	    --warnings-as-errors='*' --checks="$checks" '{}' -- $flags \
	    2>/dev/null ;;
esac
