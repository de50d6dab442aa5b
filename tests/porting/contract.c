/*
 * userkeys: the tables of docs/PORTING.md, as core keeps them: prints
 * "KEY|VERDICT REASON" for each row, found by running on the third port.
 * SPDX-License-Identifier: MIT
 *
 * contract MESSAGE CASE: a signed message and its records, see tests/README.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support_dns.h"
#include "third_port.h"
#include "ukey.h"

#define TIME 1750000000 /* of the vectors */
#define LINE 8192

/* What a platform gives to a verification. */
struct platform {
	bool no_end, no_mail_from, no_answer;
	uint64_t time;
	size_t arena, work;
};

static const struct platform whole = { false, false, false, TIME,
	UKEY_ARENA_SIZE, UKEY_WORK_SIZE };
static uint8_t message[LINE];
static size_t message_len;
static struct support_record records[2];

static void
die(const char *what)
{
	fprintf(stderr, "contract: %s\n", what);
	exit(1);
}

static void
load(const char *message_path, const char *case_path)
{
	static char line[LINE];
	FILE *f = fopen(message_path, "rb");
	char *rest;

	if (f == NULL)
		die(message_path);
	message_len = fread(message, 1, sizeof(message), f);
	fclose(f);
	f = fopen(case_path, "r");
	if (f == NULL)
		die(case_path);
	while (fgets(line, sizeof(line), f) != NULL &&
	    strncmp(line, "record ", 7) != 0)
		;
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	rest = line + 7;
	records[0].name = strsep(&rest, " ");
	records[0].type = strsep(&rest, " ");
	records[0].data = rest;
	if (rest == NULL)
		die("no record");
}

/* Answers question ID, if it is open, in a work block of P's size. */
static void
answer(struct ukey_verify *v, unsigned id, const struct platform *p)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX], packet[2048];
	void *work;
	struct ukey_view response = { packet, 0 };
	struct ukey_out query;

	ukey_out_init(&query, octets, sizeof(octets));
	if (!ukey_verify_question(v, id, &query))
		return;
	response.len = support_dns_answer(records, ukey_out_done(&query),
	    packet, sizeof(packet));
	if (p->no_answer) {
		ukey_verify_no_answer(v, id, UKEY_REASON_DNS_TIMEOUT);
		return;
	}
	/* of exactly that size, so that a sanitizer sees an octet too many */
	work = malloc(p->work);
	if (work == NULL || ukey_verify_answer(v, id, response, work,
	    p->work) != 0)
		die("the answer was not taken");
	free(work);
}

/* The judgement of the message on platform P, as two words. */
static const char *
judge(const struct platform *p)
{
	static char text[64];
	struct ukey_verify v;
	struct ukey_judgement j;
	unsigned id;
	void *arena = malloc(p->arena);

	if (arena == NULL)
		die("no memory");
	ukey_verify_init(&v, 0, arena, p->arena);
	if (!p->no_mail_from)
		ukey_verify_mail_from(&v, UKEY_VIEW("<alice@example.org>"),
		    UKEY_VIEW_NONE);
	ukey_verify_time(&v, p->time);
	ukey_verify_push(&v, message, message_len);
	if (!p->no_end)
		ukey_verify_end(&v);
	for (id = 0; id < UKEY_QUESTIONS_MAX; id++)
		answer(&v, id, p);
	ukey_verify_userkeys(&v, &j);
	snprintf(text, sizeof(text), "%s %s", ukey_verdict_word(j.verdict),
	    ukey_reason_word(j.reason));
	free(arena);
	return text;
}

static void
hash_rows(void)
{
	static const char *const names[] = { "ukey_port_sha256_start",
		"ukey_port_sha256_update", "ukey_port_sha256_finish" };
	unsigned call, n, most;
	char text[64] = "";

	for (call = THIRD_PORT_START; call <= THIRD_PORT_FINISH; call++) {
		third_port_reset();
		judge(&whole);
		most = third_port_record.calls[call];
		for (n = 1; n <= most; n++) {
			third_port_reset();
			third_port_answer((enum third_port_call)call, n, -1);
			snprintf(text, sizeof(text), "%s", judge(&whole));
			if (strcmp(text, "temperror crypto") != 0)
				break;
		}
		printf("%s|%s\n", names[call], text);
	}
}

static void
match_rows(void)
{
	static const struct {
		const char *name;
		int value;
	} rows[] = {
		{ "UKEY_PORT_MATCH", UKEY_PORT_MATCH },
		{ "UKEY_PORT_NO_MATCH", UKEY_PORT_NO_MATCH },
		{ "UKEY_PORT_UNKNOWN", UKEY_PORT_UNKNOWN }
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		third_port_reset();
		third_port_answer(THIRD_PORT_RSA_VERIFY, 1, rows[i].value);
		printf("%s (%d)|%s\n", rows[i].name, rows[i].value,
		    judge(&whole));
	}
}

/* Takes SIZE, within P, down from where all is well, in steps of STEP, and
 * prints each judgement once, the last one first. */
static void
size_row(const char *name, const struct platform *p, size_t *size, size_t step)
{
	char found[8][64];
	unsigned n = 0;

	while (*size >= 2 * step) {
		*size -= step;
		if (n == 0 || strcmp(found[n - 1], judge(p)) != 0)
			snprintf(found[n++], sizeof(found[0]), "%s",
			    judge(p));
		if (n == 8)
			die("judgements come and go with the size");
	}
	if (n < 2 || strcmp(found[0], "pass ok") != 0)
		die("enough memory is not enough, or too little is");
	printf("%s|", name);
	while (--n > 0)
		printf("%s%s", found[n], n > 1 ? " " : "\n");
}

static void
platform_rows(void)
{
	struct platform p = whole;

	third_port_reset();
	p.no_end = true;
	printf("the message|%s\n", judge(&p));
	p = whole;
	p.no_mail_from = true;
	printf("MAIL FROM|%s\n", judge(&p));
	p = whole;
	p.time = 0;
	printf("the time|%s\n", judge(&p));
	p = whole;
	p.arena = 8192;
	size_row("an arena", &p, &p.arena, 64);
	p = whole;
	p.work = 2560;
	size_row("a work block", &p, &p.work, 8);
	p = whole;
	p.no_answer = true;
	printf("DNS|%s\n", judge(&p));
}

static struct ukey_sign_request
request(void)
{
	struct ukey_sign_request r = { .domain = UKEY_VIEW("example.org"),
		.selector = UKEY_VIEW("alice.userkeys"),
		.identity = UKEY_VIEW("alice@example.org"), .time = TIME,
		.header_canon = UKEY_CANON_RELAXED,
		.body_canon = UKEY_CANON_RELAXED };

	return r;
}

/* Signing up to the digest, into SIZE octets. */
static int
sign(size_t size)
{
	static uint8_t scratch[2048], field[1024], digest[UKEY_SHA256_LEN];
	struct ukey_sign_request r = request();
	struct ukey_sign s;
	struct ukey_out out;
	int err = ukey_sign_init(&s, &r, scratch, sizeof(scratch));

	if (err != 0)
		return err;
	ukey_sign_push(&s, message, message_len);
	ukey_sign_end(&s);
	ukey_out_init(&out, field, size);
	return ukey_sign_digest(&s, &out, digest);
}

static void
error_rows(void)
{
	struct ukey_sign_request r = request();
	struct ukey_sign s;

	third_port_reset();
	printf("UKEY_OK (%d)|\n", sign(1024));
	r.domain.len = 0;
	ukey_sign_init(&s, &r, NULL, 0);
	printf("UKEY_ERR_ORDER (%d)|\n", ukey_sign_finish(&s, UKEY_VIEW(""),
	    NULL));
	printf("UKEY_ERR_SPACE (%d)|\n", sign(100));
	printf("UKEY_ERR_ARGUMENT (%d)|\n", ukey_sign_init(&s, &r, NULL, 0));
	third_port_answer(THIRD_PORT_START, 1, -1);
	printf("UKEY_ERR_CRYPTO (%d)|\n", sign(1024));
}

/* The calls of one verification, by themselves; the promises of all. */
static void
recorded(void)
{
	third_port_reset();
	if (strcmp(judge(&whole), "pass ok") != 0)
		die("the message does not pass by the third port's own word");
	if (third_port_record.calls[THIRD_PORT_RSA_VERIFY] != 1 ||
	    third_port_record.modulus != 2048 / 8)
		die("not one RSA check with the key of the record");
	if (third_port_record.calls[THIRD_PORT_FINISH] < 2 ||
	    third_port_record.octets < 256)
		die("header and body were not hashed");
	if (third_port_record.broken != NULL)
		die(third_port_record.broken);
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		die("MESSAGE CASE");
	load(argv[1], argv[2]);
	recorded();
	hash_rows();
	match_rows();
	platform_rows();
	error_rows();
	return 0;
}
