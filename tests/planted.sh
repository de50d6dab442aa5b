#!/bin/sh
# planted.sh [PATTERN]: plants one bug of each kind in a copy of the sources;
# the gate that is named for it must fail, and say what it should.
# SPDX-License-Identifier: MIT
#
# PATTERN, a regular expression, picks bugs by their name.  The transcript goes
# to standard output; docs/FUZZING.md holds one.
set -u
cd "$(dirname "$0")/.." || exit 1
pattern=${1:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
# As they are now, not as they were committed; nothing that was built.
git ls-files -z | tar -cf - --null -T - | tar -xf - -C "$work"
# The copy has no history to take the core of 0.1 from.
commit=$(sed -n 's/^TWIN_COMMIT = //p' fuzz/twin/twin.mk)
sh fuzz/twin/old.sh "$commit" "$work/build/fuzz/objects/twin/0.1" || exit 1
cd "$work" || exit 1
export NO_SETUP=1

fail() {
	echo "FAIL  $1"
	failed=$((failed + 1))
}

# plant BUG FILE EDIT EXPECTED COMMAND...: sed's EDIT makes the BUG in FILE; the
# COMMAND must fail, with EXPECTED (a regular expression) in what it prints.
plant() {
	bug=$1 file=$2 edit=$3 expected=$4
	shift 4
	echo "$bug" | grep -qE "$pattern" || return 0
	echo "== $bug: $file"
	cp "$file" "$work/.kept"
	sed -i "$edit" "$file"
	diff -U 0 "$work/.kept" "$file" | sed '1,3d'
	echo "\$ $*"
	if cmp -s "$work/.kept" "$file"; then
		fail "the edit does not fit any more: mend tests/planted.sh"
	elif "$@" >"$work/.out" 2>&1; then
		fail "not caught"
	elif ! grep -qE "$expected" "$work/.out"; then
		fail "it failed, but not with: $expected"
		tail -n 20 "$work/.out"
	else
		grep -E "$expected" "$work/.out" | head -n 3 |
		    sed "s,$work/,," | cut -c -90
		echo "ok    caught"
		passed=$((passed + 1))
	fi
	cp "$work/.kept" "$file"
	rm -rf fuzz/findings
}

plant 'one octet read too far' core/ukey_scan.c \
    's/(len == 1 || data\[1\] == /(data[1] == /' \
    'AddressSanitizer: heap-buffer-overflow' \
    make fuzz-smoke FUZZ_PARTS=canon_body

plant 'a quadratic loop' core/ukey_field.c \
    's/^	f->count++;/&\n	for (volatile unsigned i = 0; i < f->count; i++)\n		;/' \
    '^FAIL  (fields|names)' \
    make linear

plant 'a look ahead without a bound' core/ukey_canon_header.c \
    's/#define AHEAD 64/#define AHEAD 1000000/' \
    '^FAIL  value-spaces' \
    env SHAPES=value-spaces make linear

plant 'no check that h= signs From' core/ukey_sigheader.c \
    's/^	if (!from)$/	if (false \&\& !from)/' \
    '^h-no-from' \
    sh -c 'make -s build/host-mbedtls/tests/vectors/test_vectors &&
    build/host-mbedtls/tests/vectors/test_vectors'

plant 'the same, by fuzzing' core/ukey_sigheader.c \
    's/^	if (!from)$/	if (false \&\& !from)/' \
    'LLVMFuzzerTestOneInput .*fuzz_sigheader' \
    make fuzz-smoke FUZZ_PARTS=sigheader

# unit NAME: the command for a unit test alone.
unit() {
	echo "make -s build/host-mbedtls/tests/unit/$1 &&
	    build/host-mbedtls/tests/unit/$1"
}

plant 'the mailbox is not the one that the server uses' core/ukey_sender.c \
    's/return UKEY_REASON_SENDER_DIFFERS;/return reason;/' \
    'FAILED.*test_cases' sh -c "$(unit test_sender)"

plant 'a sender that is no mailbox is nobody' core/ukey_policy.c \
    's/ || ukey_reason_is_sender(reason))/)/' \
    'FAILED.*test_senders' sh -c "$(unit test_refusal)"

plant 'a local-part is copied, however long' core/ukey_identity.c \
    's/UKEY_LEAST(local.len,/UKEY_LEAST(local.len, 99999 +/' \
    'FAILED.*test_worst' sh -c "$(unit test_verify_memory)"

plant 'what memory does not hold is accepted' core/ukey_policy.c \
    's/return notes ? UKEY_ACCEPT : UKEY_REJECT;/return UKEY_ACCEPT;/' \
    'FAILED.*test_arena' sh -c "$(unit test_refusal)"

plant 'a lower limit of ours is the fault of who sends' core/ukey_sigheader.c \
    's/count > UKEY_H_NAMES_MAX ? UKEY_REASON_ARENA/count > UKEY_H_NAMES_MAX ? UKEY_REASON_H_LIMIT/' \
    'wanted arena, found h-limit' \
    sh -c 'make -s all && ONLY=H_NAMES sh tests/house/test_limits.sh'

plant 'limits are not in the link name' core/ukey_verify.h \
    '/^#define ukey_verify_init /d' 'does not link|the linker shows' \
    sh -c 'make -s all && ONLY=link sh tests/house/test_limits.sh'

plant 'a bare LF in the header passes' core/ukey_verify.c \
    '/ukey_fields_trouble/s/UKEY_REASON_LINE_ENDS/UKEY_REASON_OK/' \
    'octet-' sh -c 'make -s vectors-built && make -s vectors'

plant 'a signature that is refused takes a place' core/ukey_signature.c \
    's/judged.way. == UKEY_WAIT_KEY;/judged[way] != UKEY_UNJUDGED;/' \
    'places-' sh -c 'make -s vectors-built && make -s vectors'

plant 'l= of 2^64-1 is none' core/ukey_sigheader.c \
    's/(UINT64_MAX >> 1)/UINT64_MAX/' \
    'number-l-64' sh -c 'make -s vectors-built && make -s vectors'

plant 'a From that cannot be read goes on' core/ukey_session_permit.c \
    's/if (s->author != UKEY_REASON_OK &&/if (s->crowded \&\& s->known \&\&/' \
    'FAILED.*test_unreadable' sh -c "$(unit test_session_from)"

plant 'the same, by fuzzing' core/ukey_session_permit.c \
    's/if (s->author != UKEY_REASON_OK &&/if (s->crowded \&\& s->known \&\&/' \
    'LLVMFuzzerTestOneInput .*fuzz_author' \
    make fuzz-smoke FUZZ_PARTS=author

plant 'an error is passed over' core/ukey_session.c \
    's/^	s->failed = true;/	s->failed = false;/' \
    'FAILED.*test_errors_stay' sh -c "$(unit test_session_errors)"

plant 'a domain of its own protects nothing' platform/posix/ukey_ukd.c \
    's/a.id IS NOT NULL OR EXISTS(" WHOLE_DOMAIN ")/a.id IS NOT NULL/' \
    'any@corp.example' sh -c "$(unit test_ukd)"

plant 'a header is signed that no verifier takes' core/ukey_sign.h \
    's/#define UKEY_SIGN_COUNT_MAX (512 - 32)/#define UKEY_SIGN_COUNT_MAX 512/' \
    'FAILED.*test_fields' sh -c "$(unit test_sign_limits)"

plant 'a second Sender can be added' core/ukey_sign_write.c \
    's/{ "Sender", ON_REQUEST }/{ "Sender", PRESENT }/' \
    'FAILED.*test_oversigned' sh -c "$(unit test_sign)"

plant 'what a filter hands back is ours' core/ukey_origin.c \
    's/^		o->judged = true;/		o->judged = false;/' \
    'FAILED.*test_cases' sh -c "$(unit test_origin)"

plant 'a private key that is not wiped' port/mbedtls/ukey_key_read.c \
    '/ukey_wipe(copy, text.len);/d' \
    'test_key.c:[0-9]+: error' \
    sh -c 'make -s build/host-mbedtls/tests/unit/test_key &&
    build/host-mbedtls/tests/unit/test_key'

plant 'an answer with any id is taken' core/ukey_dns_query.c \
    's/#define ID_LEN 2/#define ID_LEN 0/' \
    'LLVMFuzzerTestOneInput .*fuzz_dns_match' \
    make fuzz-smoke FUZZ_PARTS=dns_match

# Each kind of what an audit of 0.1 found at its edges, undone at its root.
# unit TEST BUG FILE EDIT: tests/unit/test_TEST fails.
unit() {
	bin=build/host-mbedtls/tests/unit/test_$1
	plant "$2" "$3" "$4" "test_.*\\.c:[0-9]+: error" \
	    sh -c "make -s $bin && $bin"
}
unit sender 'kind 1: a sender that the server alone can read is nobody' \
    core/ukey_sender.c 's/is_readable(theirs) ? theirs : reason/reason/'
unit policy 'kind 1: nobody decides on a sender that is no mailbox' \
    core/ukey_policy.c 's/ || ukey_reason_is_sender(reason)//'
unit verify_memory 'kind 2: a quoted local-part takes what room it likes' \
    core/ukey_identity.c 's/^	    UKEY_LOCAL_MAX));/	    SIZE_MAX));/'
unit policy 'kind 2: what needs more memory is accepted' core/ukey_policy.c \
    's/return notes ? UKEY_ACCEPT : UKEY_REJECT;/return UKEY_ACCEPT;/'
plant 'kind 2: programs with other limits link' core/ukey_config.h \
    's/^#define UKEY_LINK_NAME(name) .*/#define UKEY_LINK_NAME(name) name\n#define UNUSED UKEY_LINK_EXPAND(name, UKEY_SIGNATURES_MAX, \\/' \
    '^FAIL' \
    sh -c 'make -s all && sh tests/house/test_limits.sh'
unit authres_write 'kind 3: a value that is no text is written' \
    core/ukey_authres.c 's/ || !ukey_view_is_text(v)//'
unit authres_write 'kind 3: a pass stands beside another author' \
    core/ukey_authres.c 's/if (j->relation == UKEY_FROM_SAME)/if (true)/'
unit authres 'kind 4: only the strict reading of results counts' \
    core/ukey_authres_scan.c 's/i < UKEY_AUTHRES_READINGS/i < 1/'
unit authres 'kind 4: a quote or comment without an end hides the id' \
    core/ukey_authres_scan.c \
    's/if (a->quoted || a->whole.depth > 0 || /if (/'
unit session_from 'kind 5: a From that cannot be read is nobody'"'"'s' \
    core/ukey_session_permit.c 's/if (s->author != UKEY_REASON_OK &&/if (false \&\&/'
unit session_errors 'kind 5: an error is forgotten' core/ukey_session.c \
    's/^	s->failed = true;//'
plant 'kind 6: a bare CR in the header is a blank' core/ukey_verify.c \
    's/if (v->guard.seen & UKEY_GUARD_LINE_ENDS)/if (false)/' \
    'cut at [0-9]+ in pieces' \
    sh -c 'make -s build/host-mbedtls/tests/vectors/test_vectors &&
    build/host-mbedtls/tests/vectors/test_vectors'
plant 'kind 6: refused signatures take all places' core/ukey_signature.c \
    's/taken += v->signature.i..judged.way. == UKEY_WAIT_KEY;/taken += v->signature[i].judged[way] != UKEY_UNJUDGED;/' \
    'cut at [0-9]+ in pieces' \
    sh -c 'make -s build/host-mbedtls/tests/vectors/test_vectors &&
    build/host-mbedtls/tests/vectors/test_vectors'
unit sign_limits 'kind 6: more is signed than a verifier takes' \
    core/ukey_sign.h 's/UKEY_SIGN_HEADER_MAX (65536 - 8192)/UKEY_SIGN_HEADER_MAX 65536/'

# What only a comparison with 0.1 sees.
# twin BUG FILE EDIT EXPECTED
twin() {
	plant "twin: $1" "$2" "$3" "^(first: )?[-+] .*$4" \
	    make fuzz-twin TIME=60s TWIN_PARTS=twin
}
twin 'an offset into the arena is one too many' core/ukey_verify.c \
    's/(uint32_t)(note - v->fields.arena);/1 + &/' 'question'
twin 'candidates from the bottom' core/ukey_search.c \
    's/waits_at(v, i)/waits_at(v, v->signatures - 1 - i)/' '(userkeys|  [a-z]=)'
twin 'the advice of a base record that holds a key is lost' \
    core/ukey_records.c 's/if (ukey_search_is_base(v, ask))/if (ask->way == UKEY_WAY_BASE)/' \
    '(advice|question)'
twin 'a view is one octet short' core/ukey_result.c \
    's/j->identity = .*;/&\n	j->identity.len -= j->identity.len > 20;/' ' i='
twin 'a question is asked twice' core/ukey_search.c \
    's/if (v->ask.i..state == UKEY_ASK_OPEN &&/if (way != UKEY_WAY_DKIM \&\&/' \
    '(question|open)'
twin 'nine RSA operations' core/ukey_verify.h \
    's/^#define UKEY_RSA_MAX 8/#define UKEY_RSA_MAX 9/' 'rsa'
twin 'fields of h= are picked once for all signatures' core/ukey_signature.c \
    's/while (v->signatures > 0 && rest.data/while (v->signatures > 1 \&\& rest.data/' \
    'rsa'
twin 'l= is looked at an octet late' core/ukey_bodies.c \
    's/while (b->stop - b->len < span.len)/while (b->stop - b->len + 1 < span.len)/' \
    '(dkim|userkeys)'
twin 'a line of the signature is a column longer' core/ukey_out.h \
    's/^#define UKEY_FOLD_COLUMN 76/#define UKEY_FOLD_COLUMN 77/' \
    '(field|insert)'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
