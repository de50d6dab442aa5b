#!/bin/sh
# selftest.sh: plants one violation after the other; each gate must see its own.
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tests" "$work/port/mbedtls" "$work/platform/posix"
cp -R core "$work/core"
cp -R tests/lint "$work/tests/lint"
cd "$work"
bad=0

# plant GATE EXPECTED [FILE]: standard input becomes FILE for a while; the gate
# must fail then, and say EXPECTED.
plant() {
	file=${3:-core/ukey_plant.c}
	cat >"$file"
	# shellcheck disable=SC2086 # a command and its argument
	if sh tests/lint/$1 >out 2>&1; then
		echo "selftest: $1 did not see: $2" >&2
		bad=1
	elif ! grep -q "$2" out; then
		echo "selftest: $1 failed, but not with: $2" >&2
		cat out >&2
		bad=1
	fi
	rm -f "$file"
}

# impure EXPECTED [COMPILER...]: standard input as the only source beside core's
# headers; each of the compilers (else all five) must say EXPECTED of it.
impure() {
	expected=$1
	shift
	[ $# -gt 0 ] || set -- gcc clang cortex-m3 cortex-m0+ mips-be
	cat >pure/core/ukey_plant.c
	if (cd pure && sh tests/lint/purity.sh) >out 2>&1; then
		echo "selftest: purity.sh passed in spite of: $expected" >&2
	fi
	for compiler in "$@"; do
		grep -q "core: $compiler: .*$expected" out || {
			echo "selftest: purity.sh, $compiler did not see:" \
			    "$expected" >&2
			cat out >&2
			bad=1
		}
	done
}
mkdir -p pure/core pure/tests
cp core/*.h pure/core
cp -R tests/lint pure/tests/lint

impure 'from outside: malloc' <<'PLANT'
void *malloc(unsigned long size);
void *ukey_plant(void);
void *ukey_plant(void) { return malloc(3); }
PLANT
impure 'from outside: .*puts' <<'PLANT'
#include "ukey_text.h"
int puts(const char *text);
bool ukey_plant(void);
bool ukey_plant(void) { return puts("x") < 0 && ukey_is_wsp(' '); }
PLANT
impure 'writable data: .*calls' <<'PLANT'
int ukey_plant(void);
int ukey_plant(void) { static int calls; return ++calls; }
PLANT
impure 'writable data: .*table' <<'PLANT'
int ukey_plant(int i);
int ukey_plant(int i) { static int table[] = { 1, 2 }; return table[i]++; }
PLANT
impure 'writable data: .*ukey_plant' <<'PLANT'
int ukey_plant = 7;
PLANT
impure 'octets of writable sections' gcc clang mips-be <<'PLANT'
int ukey_plant(void);
int ukey_plant(void) { static __thread int calls; return ++calls; }
PLANT
impure 'not freestanding' <<'PLANT'
#include <string.h>
PLANT
impure 'not freestanding' <<'PLANT'
#include <mbedtls/rsa.h>
PLANT
impure 'not freestanding' <<'PLANT'
int ukey_plant(int n);
int ukey_plant(int n) { char a[n]; a[0] = 1; return a[0]; }
PLANT
impure 'without ukey_: plant' <<'PLANT'
int plant(void);
int plant(void) { return 1; }
PLANT
impure 'outside: .*u.*divmod\|outside: .*udiv' cortex-m3 cortex-m0+ mips-be \
    <<'PLANT'
#include <stdint.h>
uint64_t ukey_plant(uint64_t a, uint64_t b);
uint64_t ukey_plant(uint64_t a, uint64_t b) { return a / b; }
PLANT
impure 'outside: .*add' cortex-m3 cortex-m0+ <<'PLANT'
float ukey_plant(float a, float b);
float ukey_plant(float a, float b) { return a + b; }
PLANT
# The whole of core with something planted, once.
plant purity.sh 'gcc: needs from outside: malloc' <<'PLANT'
void *malloc(unsigned long size);
void *ukey_plant(void);
void *ukey_plant(void) { return malloc(3); }
PLANT
# A compiler that is not there is a gate that is not there.
echo 'extern const int ukey_plant;' >pure/core/ukey_plant.c
mkdir bin
ln -s /usr/bin/* bin
rm -f bin/arm-none-eabi-gcc
if (cd pure && PATH=$work/bin NO_SETUP=0 sh tests/lint/purity.sh) >out 2>&1 ||
    ! grep -q 'cortex-m3: arm-none-eabi-gcc is not installed' out; then
	echo "selftest: purity.sh passed without a compiler" >&2
	bad=1
fi
plant includes.sh 'includes <stdio.h>' <<'PLANT'
#include <stdio.h>
PLANT
plant includes.sh 'includes "ukey_other.h"' port/mbedtls/ukey_plant.h <<'PLANT'
#include "ukey_other.h"
PLANT
plant includes.sh 'includes <mbedtls/rsa.h>' platform/posix/p.c <<'PLANT'
#include <mbedtls/rsa.h>
PLANT
plant banned.sh 'goto' <<'PLANT'
	goto out;
PLANT
plant banned.sh 'strcpy(' platform/posix/p.c <<'PLANT'
	strcpy(a, b);
PLANT
plant banned.sh 'function pointer' <<'PLANT'
int ukey_plant(int (*call)(void));
PLANT
plant banned.sh 'conditional code' <<'PLANT'
#ifdef PLANT
#endif
PLANT
plant recursion.sh 'ukey_plant_b is part of a cycle' <<'PLANT'
int ukey_plant_a(int n);
int ukey_plant_b(int n);
int ukey_plant_a(int n) { return n ? ukey_plant_b(n - 1) : 0; }
int ukey_plant_b(int n) { return n ? ukey_plant_a(n - 1) : 0; }
PLANT
plant recursion.sh 'through a pointer' <<'PLANT'
int ukey_plant(int (*call)(int), int n);
int ukey_plant(int (*call)(int), int n) { return call(n) + 1; }
PLANT

# body LINES TEXT: a well-formed function with LINES times TEXT in it.
body() {
	printf 'int\nukey_plant(int n)\n{\n'
	i=0
	while [ $i -lt "$1" ]; do
		printf '%s\n' "$2"
		i=$((i + 1))
	done
	printf '\treturn n;\n}\n'
}
body 56 '	n++;' >core/ukey_plant.c
sh tests/lint/source.sh core/ukey_plant.c || {
	echo "selftest: source.sh refuses 60 lines" >&2
	bad=1
}
body 57 '	n++;' | plant source.sh '61 lines'
body 10 '	n += n && n;' | plant source.sh 'complexity 11'
body 400 '' | plant source.sh 'over 400'
body 1 '				if (n)' | plant source.sh 'nested 4'
body 1 '    n++;' | plant source.sh 'four blanks'
body 1 '	if(n)' | plant source.sh 'a blank after if'
body 1 "	n = $(printf '%080d' 1);" | plant source.sh 'columns, over 80'
body 1 '	n++; ' | plant source.sh 'end of the line'
body 1 '	n++; // why' | plant source.sh 'comments are'
printf 'int ukey_plant(void)\n{\n\treturn 1;\n}\n' |
    plant source.sh 'the line after its type'
printf 'int\nukey_plant(int a, int b, int c, int d, int e, int f)\n{\n}\n' |
    plant source.sh 'over 5 parameters'

printf '/* FIX''ME, SPDX-License-Identifier: MIT */\n' |
    plant words.sh 'note to oneself'
printf 'int x;\n' | plant words.sh 'no line "SPDX'
printf '/* SPDX-License-Identifier: MIT /ho''me/me */\n' |
    plant words.sh 'path or host'

plant headers.sh 'ukey_plant.h' core/ukey_plant.h <<'PLANT'
int ukey_plant(size_t size);
PLANT
plant 'analyse.sh gcc' 'double-free' <<'PLANT'
void free(void *p);
void ukey_plant(void *p);
void ukey_plant(void *p) { free(p); free(p); }
PLANT
plant 'analyse.sh clang' 'core.DivideZero' <<'PLANT'
int ukey_plant(int n);
int ukey_plant(int n) { return n ? 1 : 2 / n; }
PLANT
plant 'analyse.sh cppcheck' 'zerodiv' <<'PLANT'
int ukey_plant(int n);
int ukey_plant(int n) { int z = 0; return n / z; }
PLANT
plant 'analyse.sh tidy' 'bugprone-sizeof-expression' <<'PLANT'
unsigned long ukey_plant(const char *p);
unsigned long ukey_plant(const char *p) { return sizeof(sizeof(p)); }
PLANT
exit $bad
