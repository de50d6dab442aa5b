#!/bin/sh
# banned.sh [TREE]: words and functions that code here does without.
# SPDX-License-Identifier: MIT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}"

# Everywhere: no bound, hidden state, or no way to tell an error.
all='strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|strtok|atoi
|atol|atof|sscanf|fscanf|alloca|tmpnam|tempnam|mktemp|rand|srand|gethostbyname
|gmtime|localtime|ctime|asctime|inet_addr|inet_ntoa'
# In what is shipped: a shell between us and the system.
shipped="$all|system|popen"
# In core and what is as pure: memory, jumps, other units' state, names that
# hide a struct, numbers that are not exact.
pure="$shipped|malloc|calloc|realloc|free|goto|setjmp|longjmp|assert|printf
|typedef (struct|enum|union)|float|double|asm|__asm__|__attribute__
|__builtin_[a-z_]+|extern|errno|register|volatile|inline"

find core port platform examples tests fuzz -name '*.[ch]' 2>/dev/null |
sort | while read -r file; do
	case $file in
	core/* | platform/milter/*) words=$pure ;;
	port/* | platform/* | examples/*) words=$shipped ;;
	*) words=$all ;;
	esac
	awk -f "$here/strip.awk" "$file" | awk -v file="$file" \
	    -v words="$(echo "$words" | tr -d '\n')" '
	BEGIN { pure = file ~ /^(core|platform\/milter)\// }
	{
		line = $0
		gsub(/extern "~*"/, "", line)
		if (line ~ /^#[ \t]*(include|error)/)
			next
		if (match(line, "(^|[^A-Za-z0-9_.>])(" words \
		    ")([^A-Za-z0-9_]|$)"))
			print file ":" FNR ": " substr(line, RSTART, RLENGTH)
	}
	pure && /\(\*[A-Za-z_]*\)[ ]*\(/ {
		print file ":" FNR ": a function pointer"
	}
	pure && file ~ /\.c$/ && /^#[ \t]*(if|else|elif)/ {
		print file ":" FNR ": conditional code: " \
		    "a feature that is off is a file that is not linked"
	}'
done | {
	bad=0
	while read -r line; do
		echo "banned: $line" >&2
		bad=1
	done
	exit $bad
}
