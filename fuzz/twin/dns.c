/*
 * userkeys: twin: DNS answers.  SPDX-License-Identifier: MIT
 *
 * twin_case.zone says for each class of names what its answer is (the low four
 * bits, enum kind) and how (the bits).  twin_case.script holds mutations of
 * the packet, three octets each: what to do and where (14 bits), and an octet.
 * What records say is left as it is: the two cores are told it in two ways.
 */
#include "twin.h"

#include <string.h>

enum kind { ONE, TWO, BOTH, ALIAS, ALIAS_ONE, ITSELF, DNAME, SERVFAIL,
	NXDOMAIN, NODATA, TRUNCATED, REFUSED, NOTHING, FIVE, BOTH_BACK, EMPTY };

#define MUTATED 0x80 /* by the script */
#define STRINGS 0x40 /* of a few octets, instead of 255 */
#define OPTIONS 0x20 /* AD, and an OPT record behind */
#define EXTRA 0x10   /* an A record before what is asked for */

#define NAME 0xC00C  /* a pointer to the question's name */

struct packet {
	uint8_t *octets;
	size_t len, size;
	size_t text, text_end; /* what the records say */
};

static void
put(struct packet *p, const void *data, size_t len)
{
	if (len > p->size - p->len)
		len = p->size - p->len;
	if (len > 0)
		memcpy(p->octets + p->len, data, len);
	p->len += len;
}

static void
put16(struct packet *p, size_t n)
{
	const uint8_t octets[] = { (uint8_t)(n >> 8), (uint8_t)n };

	put(p, octets, 2);
}

/* The name in QUERY, whose question ends with it and four octets. */
static struct twin_octets
question_name(struct twin_octets query)
{
	size_t at = 12;

	while (at < query.len && query.data[at] != 0)
		at += 1u + query.data[at];
	return (struct twin_octets) { query.data + 12, at + 1 - 12 };
}

static bool
label_is(const uint8_t *label, const char *word)
{
	size_t i, len = strlen(word);

	if (label[0] != len)
		return false;
	for (i = 0; i < len; i++) {
		if ((label[1 + i] | 0x20) != (word[i] | 0x20))
			return false;
	}
	return true;
}

/* The number of the first label WORD in NAME, or 0; AT: its octet. */
static unsigned
find_label(struct twin_octets name, const char *word, size_t *at)
{
	unsigned i = 0;

	for (*at = 0; name.data[*at] != 0; *at += 1u + name.data[*at], i++) {
		if (i > 0 && label_is(name.data + *at, word))
			return i;
	}
	return 0;
}

enum twin_name
twin_name_of(struct twin_octets query)
{
	struct twin_octets name = question_name(query);
	size_t at, key_at;
	unsigned user = find_label(name, "userkeys", &at);
	unsigned key = find_label(name, "_domainkey", &key_at);

	if (key > 0)
		return user + 1 == key ? TWIN_ALIAS : TWIN_SELECTOR;
	if (user == 1)
		return TWIN_BASE;
	return user == 2 ? TWIN_ROTATED : TWIN_OTHER;
}

/* Where a CNAME of NAME leads: the alias to the key's name, others to
 * c.e.org, and from there always one label further. */
static void
put_target(struct packet *p, struct twin_octets name, enum twin_name class)
{
	size_t at, len_at = p->len;

	put16(p, 0);
	if (class == TWIN_ALIAS) {
		(void)find_label(name, "_domainkey", &at);
		put(p, name.data, at);
		at += 1u + name.data[at];
		put(p, name.data + at, name.len - at);
	} else if (class == TWIN_OTHER && name.len < 200) {
		put(p, "\001x", 2);
		put(p, name.data, name.len);
	} else {
		put(p, "\001c\001e\003org", 9);
	}
	at = p->len - len_at - 2;
	p->octets[len_at] = (uint8_t)(at >> 8);
	p->octets[len_at + 1] = (uint8_t)at;
}

static void
put_head(struct packet *p, size_t owner, unsigned type)
{
	put16(p, owner);
	put16(p, type);
	put16(p, 1);
	put(p, "\0\0\001\054", 4);
}

static void
put_txt(struct packet *p, size_t owner, struct twin_octets text, size_t most)
{
	size_t strings = text.len == 0 ? 1 : (text.len + most - 1) / most;
	size_t len;
	uint8_t octet;

	put_head(p, owner, 16);
	put16(p, text.len + strings);
	if (p->text == 0)
		p->text = p->len;
	while (strings-- > 0) {
		len = text.len < most ? text.len : most;
		octet = (uint8_t)len;
		put(p, &octet, 1);
		put(p, text.data, len);
		text.data += len;
		text.len -= len;
	}
	p->text_end = p->len;
}

/* The TXT records that KIND means; their number. */
static unsigned
put_records(struct packet *p, const struct twin_case *c, enum kind kind,
    size_t owner, size_t most)
{
	unsigned i, n = kind == FIVE ? 5 : kind == BOTH || kind == BOTH_BACK ?
	    2 : 1;
	unsigned first = kind == TWO || kind == BOTH_BACK;

	for (i = 0; i < n; i++)
		put_txt(p, owner, c->record[n == 2 ? (first + i) % 2 :
		    first], most);
	return n;
}

/* The answer section; the number of its records. */
static unsigned
put_answers(struct packet *p, const struct twin_case *c,
    struct twin_octets name, enum twin_name class)
{
	uint8_t how = c->zone[class];
	size_t most = how & STRINGS ? 7 : 255, at;

	switch (how & 15) {
	case ALIAS:
	case ALIAS_ONE:
		put_head(p, NAME, 5);
		at = p->len + 2;
		put_target(p, name, class);
		return (how & 15) == ALIAS ? 1 : 1 +
		    put_records(p, c, ONE, 0xC000 | at, most);
	case ITSELF:
		put_head(p, NAME, 5);
		put16(p, 2);
		put16(p, NAME);
		return 1;
	case DNAME:
		put_head(p, NAME + 1u + name.data[0], 39);
		put_target(p, name, TWIN_BASE);
		return 1;
	case ONE:
	case TWO:
	case BOTH:
	case BOTH_BACK:
	case FIVE:
		return put_records(p, c, (enum kind)(how & 15), NAME, most);
	default:
		return 0;
	}
}

/* What stands behind the answers: authority and additional. */
static void
put_rest(struct packet *p, uint8_t how)
{
	if ((how & 15) == NXDOMAIN || (how & 15) == NODATA) {
		put_head(p, NAME, 6);
		put16(p, 22);
		put(p, "\0\0" "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\074", 22);
		p->octets[9] = 1;
	}
	if (how & OPTIONS) {
		put(p, "\0\0\051\004\320\0\0\0\0\0\0", 11);
		p->octets[11] = 1;
		p->octets[3] |= 0x20; /* AD */
	}
}

/* One mutation of P: an octet set, changed or put in, or the end cut off. */
static void
mutate(struct packet *p, const uint8_t *op)
{
	size_t at = 2 + ((op[0] & 0x3Fu) << 8 | op[1]);

	if (at >= p->len)
		at = 2 + at % (p->len - 2);
	if (op[0] >> 6 < 3 && at >= p->text && at < p->text_end)
		return;
	switch (op[0] >> 6) {
	case 0:
		p->octets[at] = op[2];
		break;
	case 1:
		p->octets[at] ^= op[2];
		break;
	case 2:
		if (p->len < p->size) {
			memmove(p->octets + at + 1, p->octets + at,
			    p->len - at);
			p->octets[at] = op[2];
			p->len++;
			p->text += at < p->text;
			p->text_end += at < p->text_end;
		}
		break;
	default:
		p->len = at > 12 ? at : 12;
	}
}

size_t
twin_answer(const struct twin_case *c, struct twin_octets query,
    uint8_t *packet, size_t size, unsigned *reason)
{
	static const uint8_t rcodes[16] = { [SERVFAIL] = 2, [NXDOMAIN] = 3,
		[REFUSED] = 5 };
	struct packet p = { packet, 0, size, 0, 0 };
	enum twin_name class = twin_name_of(query);
	struct twin_octets name = question_name(query);
	uint8_t how = c->zone[class];
	unsigned answers = 0;
	size_t i;

	*reason = (how >> 4 & 7) % 5;
	if ((how & 15) == NOTHING)
		return 0;
	put(&p, query.data, 12 + name.len + 4);
	memset(packet + 2, 0, 10);
	packet[2] = 0x81; /* QR, RD */
	packet[3] = 0x80 | rcodes[how & 15]; /* RA */
	packet[5] = 1;
	if ((how & 15) == TRUNCATED)
		packet[2] |= 2;
	if (how & EXTRA) {
		put_head(&p, NAME, 1);
		put(&p, "\0\004\177\0\0\001", 6);
		answers = 1;
	}
	answers += put_answers(&p, c, name, class);
	packet[7] = (uint8_t)answers;
	put_rest(&p, how);
	for (i = 0; how & MUTATED && i + 3 <= c->script.len && i < 60; i += 3)
		mutate(&p, c->script.data + i);
	return p.len;
}
