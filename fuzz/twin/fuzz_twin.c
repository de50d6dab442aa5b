/*
 * userkeys: twin: one input, taken apart; both cores; compared.
 * SPDX-License-Identifier: MIT
 *
 * Input: mode, flags, cuts, order, settings, a way to answer for each class of
 * names, how to grow the message, the length of the script and the script;
 * MAIL FROM, login and two records, each up to a NUL; the message.
 */
#include "twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROWN (200u << 10) /* octets of a message that was grown */
#define TEXT (1u << 21)
#define RECORD_MAX 8000

unsigned twin_bits;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

bool
twin_same(struct twin_octets a, struct twin_octets b)
{
	return a.len == b.len && (a.len == 0 ||
	    memcmp(a.data, b.data, a.len) == 0);
}

bool
twin_same_nocase(struct twin_octets a, struct twin_octets b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && ((a.data[i] ^ b.data[i]) & ~0x20) == 0)
		i++;
	return a.len == b.len && i == a.len;
}

uint64_t
twin_sum(uint64_t sum, struct twin_octets v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		sum = (sum ^ v.data[i]) * 1099511628211u; /* FNV-1a */
	return sum;
}

uint8_t *
twin_copy(struct twin_octets v)
{
	uint8_t *copy = malloc(v.len + (v.len == 0));

	if (copy == NULL)
		abort();
	if (v.len > 0)
		memcpy(copy, v.data, v.len);
	return copy;
}

struct twin_octets
twin_bare(struct twin_octets v)
{
	const uint8_t *colon;

	if (v.len >= 2 && v.data[0] == '<' && v.data[v.len - 1] == '>')
		v = (struct twin_octets) { v.data + 1, v.len - 2 };
	colon = v.len > 0 && v.data[0] == '@' ?
	    memchr(v.data, ':', v.len) : NULL;
	if (colon != NULL) {
		v.len -= (size_t)(colon + 1 - v.data);
		v.data = colon + 1;
	}
	return v;
}

static struct twin_octets
take(struct twin_octets *rest, size_t len)
{
	struct twin_octets taken = { rest->data,
		len < rest->len ? len : rest->len };

	rest->data += taken.len;
	rest->len -= taken.len;
	return taken;
}

static uint8_t
take_octet(struct twin_octets *rest)
{
	struct twin_octets octet = take(rest, 1);

	return octet.len > 0 ? octet.data[0] : 0;
}

/* What stands before the first NUL, which is taken too. */
static struct twin_octets
take_text(struct twin_octets *rest)
{
	const uint8_t *end = rest->len == 0 ? NULL :
	    memchr(rest->data, 0, rest->len);
	struct twin_octets text = take(rest, end == NULL ? rest->len :
	    (size_t)(end - rest->data));

	(void)take(rest, 1);
	return text;
}

struct twin_octets
twin_field(struct twin_octets *rest)
{
	size_t i;

	for (i = 0; i < rest->len; i++) {
		if (rest->data[i] != '\n' || (i + 1 < rest->len &&
		    (rest->data[i + 1] == ' ' || rest->data[i + 1] == '\t')))
			continue;
		i++;
		break;
	}
	if ((i == 1 || i == 2) && rest->data[0] == (i == 1 ? '\n' : '\r') &&
	    rest->data[i - 1] == '\n') {
		(void)take(rest, i);
		return (struct twin_octets) { NULL, 0 };
	}
	return take(rest, i);
}

struct twin_octets
twin_piece(struct twin_octets *rest, uint8_t *cuts)
{
	size_t len = *cuts & 1 ? 1 : *cuts >> 1 & 31;

	if (*cuts == 0)
		return take(rest, rest->len);
	*cuts = (uint8_t)(*cuts >> 1 | *cuts << 7);
	return take(rest, len == 0 ? 32 : len);
}

/* MESSAGE with its first field, or a long field, N times more in front, so
 * that small inputs reach the limits. */
static struct twin_octets
grow(struct twin_octets message, uint8_t how)
{
	static const unsigned times[] = { 1, 2, 4, 5, 6, 18, 19, 20, 21, 24,
		40, 62, 63, 64, 128, 508, 509, 510, 511, 512, 513, 600 };
	static const unsigned lengths[] = { 60, 900, 998, 3000, 3900, 4000,
		4050, 4096, 4200, 8192, 30000, 60000, 65000, 65400, 65536,
		66000 };
	static uint8_t all[GROWN];
	struct twin_octets rest = message, field = twin_field(&rest);
	size_t len = 0, n = times[(how & 0x7F) % 22];

	if (how < 0x80 && field.len * n + message.len <= GROWN) {
		while (n-- > 0 && field.len > 0) {
			memcpy(all + len, field.data, field.len);
			len += field.len;
		}
	} else if (how >= 0x80 && message.len <= 100000) {
		n = lengths[how & 15];
		memset(all, 'a', n);
		memcpy(all, how & 0x40 ? "DKIM-Signature:v=" :
		    "X-Filling-Text: :", 17);
		for (len = 80; how & 0x20 && len + 3 < n; len += 80)
			memcpy(all + len, "\r\n ", 3);
		memcpy(all + n - 2, "\r\n", 2);
		len = n;
	}
	memcpy(all + len, message.data, message.len);
	return (struct twin_octets) { all, len + message.len };
}

static struct twin_case
read_case(const uint8_t *data, size_t size)
{
	struct twin_octets in = { data, size };
	struct twin_case c = { .mode = take_octet(&in) % TWIN_MODES };
	uint8_t how;
	unsigned i;

	c.flags = take_octet(&in);
	c.cuts = take_octet(&in);
	c.order = take_octet(&in);
	c.settings = take_octet(&in);
	for (i = 0; i < TWIN_NAMES; i++)
		c.zone[i] = take_octet(&in);
	how = take_octet(&in);
	c.script = take(&in, take_octet(&in));
	c.sender = take_text(&in);
	c.login = take_text(&in);
	c.record[0] = take_text(&in);
	c.record[1] = take_text(&in);
	for (i = 0; i < 2; i++) {
		if (c.record[i].len > RECORD_MAX)
			c.record[i].len = RECORD_MAX;
	}
	c.message = how == 0 || in.len > GROWN ? in : grow(in, how);
	return c;
}

/* Where two texts of the same lines part. */
static void
print_parting(const char *was, const char *is)
{
	size_t a, b;

	for (;; was += a + 1, is += b + 1) {
		a = strcspn(was, "\n");
		b = strcspn(is, "\n");
		if (a != b || memcmp(was, is, a) != 0 || was[a] == '\0')
			break;
	}
	fprintf(stderr, "first: - %.*s\nfirst: + %.*s\n", (int)a, was, (int)b,
	    is);
}

/* The lines of TEXT, which ends with one, that are not OTHER's. */
static void
print_missing(const char *text, const char *other, char sign)
{
	size_t len;
	const char *at;

	for (; *text != '\0'; text += len) {
		len = strcspn(text, "\n") + 1;
		for (at = other; *at != '\0' && strncmp(at, text, len) != 0;)
			at += strcspn(at, "\n") + 1;
		if (*at == '\0')
			fprintf(stderr, "%c %.*s", sign, (int)len, text);
	}
}

static void
print_octets(const char *name, struct twin_octets v)
{
	size_t i;

	fprintf(stderr, "%s", name);
	for (i = 0; i < v.len && i < 3000; i++) {
		if (v.data[i] == '\n' || (v.data[i] >= ' ' &&
		    v.data[i] < 0x7F))
			fputc(v.data[i], stderr);
		else
			fprintf(stderr, "\\%02x", v.data[i]);
	}
	fputc('\n', stderr);
}

static void
print_case(const struct twin_case *c)
{
	static const char *const modes[] = { "verify", "verify by fields",
		"MX", "submission", "sign" };

	fprintf(stderr, "twin: %s, flags %x, cuts %x, order %x, settings %x, "
	    "zone %x %x %x %x %x\n", modes[c->mode], c->flags, c->cuts,
	    c->order, c->settings, c->zone[0], c->zone[1], c->zone[2],
	    c->zone[3], c->zone[4]);
	print_octets("MAIL FROM ", c->sender);
	print_octets("login ", c->login);
	print_octets("record ", c->record[0]);
	print_octets("record ", c->record[1]);
	print_octets("script ", c->script);
	print_octets("message:\n", c->message);
}

static void
run(void (*side)(const struct twin_case *), const struct twin_case *c,
    struct twin_result *r)
{
	r->events = r->dkims = 0;
	r->used = 0;
	r->judged = false;
	r->replay = 0;
	r->line = 0;
	r->sign_reason = NULL;
	memset(r->replay_id, 0, sizeof(r->replay_id));
	twin_now = r;
	side(c);
}

/* Before the end nothing is told. */
static void
must_be_incomplete(const struct twin_result *r)
{
	unsigned i;

	if (strcmp(r->user.reason, "incomplete") != 0)
		abort();
	for (i = 0; i < r->dkims && i < TWIN_DKIMS; i++) {
		if (strcmp(r->dkim[i].reason, "incomplete") != 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct twin_result was, is;
	static char was_text[TEXT + 1], is_text[TEXT + 1];
	static uint8_t records[2][RECORD_MAX];
	struct twin_case c = read_case(data, size), old;
	const char **names;
	size_t a, b;

	twin_bits = c.flags & TWIN_WHOLE_HASH ? 64 : 2;
	old = c;
	for (a = 0; a < 2; a++)
		old.record[a] = twin_record_for_old(c.record[a], records[a]);
	run(twin_old, &old, &was);
	run(twin_new, &c, &is);
	if (c.flags & TWIN_NO_END && c.mode <= TWIN_VERIFY_FIELDS) {
		must_be_incomplete(&was);
		must_be_incomplete(&is);
		return 0;
	}
	names = twin_changed(&c, &was, &is);
	a = twin_text(&was, was_text, TEXT);
	b = twin_text(&is, is_text, TEXT);
	if (a == b && memcmp(was_text, is_text, a) == 0)
		return 0;
	was_text[a] = is_text[b] = '\0';
	fprintf(stderr, "ERROR: the cores differ (- 0.1, + today), and no "
	    "change in fuzz/twin/changed.c says why; meant:");
	for (; *names != NULL; names++)
		fprintf(stderr, " %s", *names);
	fprintf(stderr, "\n");
	print_missing(was_text, is_text, '-');
	print_missing(is_text, was_text, '+');
	print_parting(was_text, is_text);
	print_case(&c);
	abort();
}
