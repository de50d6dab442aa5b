#!/bin/sh
# headers.sh: every header stands alone, in C99 and in C++.
# SPDX-License-Identifier: MIT
set -eu
bad=0
for header in core/*.h port/*/*.h platform/*/*.h; do
	[ -e "$header" ] || continue
	for mode in 'gcc -std=c99 -x c' 'clang++ -std=c++11 -x c++'; do
		# shellcheck disable=SC2086 # words of a command
		echo "#include \"$(basename "$header")\"" |
		    $mode -Wall -Wextra -Werror -fsyntax-only \
		    -Wno-pragma-once-outside-header \
		    -I"$(dirname "$header")" -Icore -Iport/mbedtls \
		    -Iplatform/posix - || {
			echo "headers: $header, as ${mode##* }" >&2
			bad=1
		}
	done
done
exit $bad
