/*
 * userkeys firmware in trouble: too little memory everywhere, keys that are
 * damaged, no random numbers.  SPDX-License-Identifier: MIT
 *
 * An image of its own.  Its input is one message, which passes when there is
 * room enough; each trial must end in the right result or in the one that says
 * what is missing, and never in another.  The report is compared with
 * tests/firmware/fault.want.
 */
#include <string.h>

#include "report.h"
#include "key_slot.h"
#include "ukey_arena.h"
#include "verify.h"

#define MBEDTLS_ARENA 8192
#define DER_MAX 700 /* of 1024 bits */

static struct verify_memory memory;
static uint64_t mbedtls_arena[MBEDTLS_ARENA / 8];
static uint8_t message[4096];
static size_t message_len;
static struct ukey_view answer; /* to the only question */
static uint8_t packet[VERIFY_PACKET];

static const struct ukey_random random_source = { ukey_board_random, NULL };

/* Judges the message at hand with SIZE octets for its header. */
static enum ukey_reason
judge(void *arena, size_t size)
{
	struct ukey_judgement j;
	struct ukey_out query;
	unsigned id;

	ukey_verify_init(&memory.v, UKEY_VERIFY_DKIM, arena, size);
	(void)ukey_verify_clock(&memory.v, ukey_board_time());
	(void)ukey_verify_push(&memory.v, message, message_len);
	(void)ukey_verify_end(&memory.v);
	for (id = 0; id < UKEY_QUESTIONS_MAX; id++) {
		ukey_out_init(&query, memory.work, UKEY_DNS_QUERY_MAX);
		if (!ukey_verify_question(&memory.v, id, &query))
			continue;
		if (answer.len == 0)
			answer = (struct ukey_view) { packet, board_dns(
			    ukey_out_done(&query), packet, sizeof(packet)) };
		(void)ukey_verify_answer(&memory.v, id, answer, memory.work,
		    sizeof(memory.work));
	}
	if (ukey_verify_dkim_count(&memory.v) == 0)
		return UKEY_REASON_ARENA; /* not even the signature's slot */
	ukey_verify_dkim(&memory.v, 0, &j);
	return j.reason;
}

static struct ukey_view
text_of(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* Reports NAME: whether REASONS went from WANT to _OK and nowhere else. */
struct walk {
	enum ukey_reason want;
	bool refused, passed, strange;
};

static void
walk_step(struct walk *w, enum ukey_reason reason)
{
	if (reason == UKEY_REASON_OK)
		w->passed = true;
	else if (reason == w->want && !w->passed)
		w->refused = true;
	else
		w->strange = true;
}

static void
walk_end(const struct walk *w, const char *name)
{
	report_text(name, w->strange ? text_of("another result") :
	    w->refused && w->passed ? text_of(ukey_reason_word(w->want)) :
	    text_of("never refused, or never passed"));
}

/* The header's arena, from nothing to enough. */
static void
try_header_arena(void)
{
	struct walk w = { .want = UKEY_REASON_ARENA };
	size_t size, most;
	void *arena = ukey_ram_rest(&most);

	for (size = 0; size <= 8192; size += 16)
		walk_step(&w, judge(arena, size));
	walk_end(&w, "verify, header arena");
}

/* Mbed TLS's arena, the same way, with the header's large enough. */
static void
try_mbedtls_arena(void)
{
	struct walk w = { .want = UKEY_REASON_CRYPTO };
	size_t size, most;
	void *arena = ukey_ram_rest(&most);

	for (size = 0; size <= sizeof(mbedtls_arena); size += 64) {
		ukey_arena_init(mbedtls_arena, size);
		walk_step(&w, judge(arena, most));
		if (ukey_arena_used() != 0)
			w.strange = true;
	}
	walk_end(&w, "verify, arena of Mbed TLS");
}

static const uint8_t digest[UKEY_SHA256_LEN] = { 1, 2, 3 };

/* Loads DER and signs; 0 and the signature in OUT, or an enum ukey_key_err. */
static int
sign(struct ukey_view der, const struct ukey_random *random,
    struct ukey_out *out)
{
	struct ukey_key *key;
	int err = ukey_key_read_der(&key, der, random);

	if (err == UKEY_KEY_OK)
		err = ukey_key_sign(key, digest, out);
	ukey_key_free(key);
	return err;
}

static void
try_sign_arena(struct ukey_view der)
{
	uint8_t octets[128];
	struct ukey_out out;
	bool refused = false, passed = false, strange = false;
	size_t size;
	int err;

	for (size = 0; size <= sizeof(mbedtls_arena); size += 256) {
		ukey_arena_init(mbedtls_arena, size);
		ukey_out_init(&out, octets, sizeof(octets));
		err = sign(der, &random_source, &out);
		refused |= err == UKEY_KEY_MEMORY;
		passed |= err == UKEY_KEY_OK;
		strange |= (err != UKEY_KEY_OK && err != UKEY_KEY_MEMORY) ||
		    ukey_arena_used() != 0 || (passed && err != UKEY_KEY_OK);
	}
	report_text("sign, arena of Mbed TLS", strange ?
	    text_of("another result") : refused && passed ?
	    text_of(ukey_key_strerror(UKEY_KEY_MEMORY)) :
	    text_of("never refused, or never passed"));
}

/* Every 5th octet of the key damaged, and the key cut short: it is refused,
 * or what is signed is right all the same. */
static void
try_damaged_key(struct ukey_view der)
{
	static uint8_t copy[DER_MAX], right[128], found[128];
	struct ukey_view damaged = { copy, der.len };
	struct ukey_out out;
	uint32_t refused = 0, wrong = 0;
	size_t i;

	ukey_arena_init(mbedtls_arena, sizeof(mbedtls_arena));
	ukey_out_init(&out, right, sizeof(right));
	wrong += sign(der, &random_source, &out) != UKEY_KEY_OK;
	for (i = 0; i < der.len; i += 5) {
		memcpy(copy, der.data, der.len);
		copy[i] ^= (uint8_t)(1 << i % 8);
		ukey_out_init(&out, found, sizeof(found));
		if (sign(damaged, &random_source, &out) != UKEY_KEY_OK)
			refused++;
		else
			wrong += memcmp(right, found, sizeof(right)) != 0;
	}
	for (damaged.len = 0; damaged.len < der.len; damaged.len += 5) {
		memcpy(copy, der.data, der.len);
		ukey_out_init(&out, found, sizeof(found));
		wrong += sign(damaged, &random_source, &out) == UKEY_KEY_OK;
	}
	wrong += ukey_arena_used() != 0;
	report_text("damaged key", refused < der.len / 5 / 2 ?
	    text_of("hardly ever refused") : text_of("refused"));
	report_number("wrong signatures", wrong);
	ukey_arena_peak_reset();
}

static int
no_random(void *state, uint8_t *out, size_t size)
{
	(void)state;
	(void)out;
	(void)size;
	return -1;
}

static void
try_no_random(struct ukey_view der)
{
	static const struct ukey_random none = { no_random, NULL };
	uint8_t octets[128];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	report_text("no random numbers", text_of(ukey_key_strerror(sign(der,
	    &none, &out))));
}

int
ukey_firmware(void)
{
	struct ukey_view der = { ukey_flash_keys[0].der,
		ukey_flash_keys[0].der_len };
	struct board_message m;
	size_t n;

	if (!board_next(&m))
		return 1;
	while ((n = board_read(message + message_len,
	    sizeof(message) - message_len)) > 0)
		message_len += n;
	ukey_arena_init(mbedtls_arena, sizeof(mbedtls_arena));
	report_text("message", m.name);
	try_header_arena();
	try_mbedtls_arena();
	try_sign_arena(der);
	try_damaged_key(der);
	try_no_random(der);
	return 0;
}
