/*
 * userkeys: the milter protocol, from octets to events.
 * SPDX-License-Identifier: MIT
 *
 * Each command is a row of items; the decoder walks the row and knows nothing
 * else about commands.
 */
#include "ukey_milter_codec.h"

enum item {
	ITEM_END,    /* the packet ends here */
	ITEM_SKIP,   /* the rest is of no interest */
	ITEM_BODY,   /* the rest is handed on in pieces */
	ITEM_PAIRS,  /* macros: the packet may end here, else FIRST follows */
	ITEM_WORD,   /* 32 bits */
	ITEM_STAGE,  /* one octet */
	ITEM_FAMILY, /* one octet; 'U' ends what is of interest */
	ITEM_PORT,   /* 16 bits */
	ITEM_FIRST,  /* a string, up to its NUL, kept */
	ITEM_SECOND,
	ITEM_LAST,   /* SECOND of a pair: an event, and back to PAIRS */
	ITEM_NAME,   /* a string, handed on in pieces */
	ITEM_VALUE
};

enum phase { PHASE_LENGTH, PHASE_COMMAND, PHASE_ITEMS };

#define ROW_ITEMS 5

struct row {
	uint8_t command;
	uint8_t event; /* enum ukey_milter_event_kind at the packet's end */
	uint8_t item[ROW_ITEMS];
};

static const struct row rows[] = {
	{ 'L', UKEY_MILTER_FIELD_END, { ITEM_NAME, ITEM_VALUE } },
	{ 'B', UKEY_MILTER_BODY_END, { ITEM_BODY } },
	{ 'D', UKEY_MILTER_NONE, { ITEM_STAGE, ITEM_PAIRS, ITEM_FIRST,
	    ITEM_LAST } },
	{ 'M', UKEY_MILTER_MAIL, { ITEM_FIRST, ITEM_SKIP } },
	{ 'R', UKEY_MILTER_RCPT, { ITEM_FIRST, ITEM_SKIP } },
	{ 'T', UKEY_MILTER_DATA, { ITEM_SKIP } },
	{ 'N', UKEY_MILTER_HEADER_END, { ITEM_SKIP } },
	{ 'E', UKEY_MILTER_MESSAGE_END, { ITEM_BODY } },
	{ 'A', UKEY_MILTER_ABORT, { ITEM_SKIP } },
	{ 'C', UKEY_MILTER_CONNECT, { ITEM_FIRST, ITEM_FAMILY, ITEM_PORT,
	    ITEM_SECOND } },
	{ 'H', UKEY_MILTER_HELO, { ITEM_FIRST } },
	{ 'O', UKEY_MILTER_OPTIONS, { ITEM_WORD, ITEM_WORD, ITEM_WORD,
	    ITEM_SKIP } },
	{ 'Q', UKEY_MILTER_QUIT, { ITEM_SKIP } },
	{ 'K', UKEY_MILTER_QUIT_NEW, { ITEM_SKIP } },
	{ 'U', UKEY_MILTER_UNKNOWN, { ITEM_SKIP } },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define PAIRS_ITEM 1 /* where ITEM_PAIRS stands in the row of 'D' */

void
ukey_milter_init(struct ukey_milter *m)
{
	m->left = 0;
	m->count = 0;
	m->phase = PHASE_LENGTH;
	m->bad = UKEY_MILTER_GOOD;
	m->row = m->item = 0;
}

static struct ukey_milter_event
event_of(const struct ukey_milter *m, unsigned kind)
{
	struct ukey_milter_event event = { 0 };
	unsigned i;

	event.kind = (enum ukey_milter_event_kind)kind;
	event.first = (struct ukey_view) { m->text, m->first_len };
	event.second = (struct ukey_view) { m->text + m->first_len,
	    m->second_len };
	for (i = 0; i < 3; i++)
		event.word[i] = m->word[i];
	event.port = m->port;
	event.family = m->family;
	event.stage = m->stage;
	event.cut = m->cut != 0;
	return event;
}

static struct ukey_milter_event
event_plain(enum ukey_milter_event_kind kind, struct ukey_view octets)
{
	struct ukey_milter_event event = { 0 };

	event.kind = kind;
	event.first = octets;
	return event;
}

static void
fail(struct ukey_milter *m, enum ukey_milter_bad bad)
{
	m->bad = (uint8_t)bad;
}

static uint8_t
take(struct ukey_view *in)
{
	uint8_t octet = in->data[0];

	in->data++;
	in->len--;
	return octet;
}

static unsigned
item_of(const struct ukey_milter *m)
{
	return rows[m->row].item[m->item];
}

/* Four octets, of which any number came before. */
static bool
word_push(struct ukey_milter *m, uint32_t *word, struct ukey_view *in)
{
	*word = *word << 8 | take(in);
	m->count++;
	if (m->count < 4)
		return false;
	m->count = 0;
	return true;
}

static void
length_push(struct ukey_milter *m, struct ukey_view *in)
{
	if (!word_push(m, &m->left, in))
		return;
	m->phase = PHASE_COMMAND;
	if (m->left == 0 || m->left > UKEY_MILTER_PACKET_MAX)
		fail(m, UKEY_MILTER_BAD_LENGTH);
}

static void
command_push(struct ukey_milter *m, struct ukey_view *in)
{
	uint8_t command = take(in);

	for (m->row = 0; m->row < ROWS; m->row++)
		if (rows[m->row].command == command)
			break;
	if (m->row == ROWS) {
		m->row = 0;
		fail(m, UKEY_MILTER_BAD_COMMAND);
		return;
	}
	m->left--;
	m->item = 0;
	m->words = 0;
	m->word[0] = m->word[1] = m->word[2] = 0;
	m->first_len = m->second_len = 0;
	m->port = 0;
	m->family = m->stage = m->cut = 0;
	m->phase = PHASE_ITEMS;
}

/* Items of one octet or a few. */
static void
number_push(struct ukey_milter *m, struct ukey_view *in)
{
	m->left--;
	switch (item_of(m)) {
	case ITEM_STAGE:
		m->stage = take(in);
		m->item++;
		break;
	case ITEM_FAMILY:
		m->family = take(in);
		m->item++;
		break;
	case ITEM_PORT:
		m->port = (uint16_t)(m->port << 8 | take(in));
		m->item = (uint8_t)(m->item + m->count);
		m->count = !m->count;
		break;
	default:
		if (word_push(m, &m->word[m->words], in)) {
			m->words++;
			m->item++;
		}
	}
}

/* A string that is kept; true at its NUL. */
static bool
text_push(struct ukey_milter *m, struct ukey_view *in, uint16_t *len)
{
	size_t used;
	uint8_t octet;

	while (in->len != 0 && m->left != 0) {
		octet = take(in);
		m->left--;
		if (octet == 0) {
			m->item++;
			return true;
		}
		used = (size_t)m->first_len + m->second_len;
		if (used == UKEY_MILTER_TEXT_MAX) {
			m->cut = 1;
			continue;
		}
		m->text[used] = octet;
		(*len)++;
	}
	return false;
}

/* A string or body that is handed on; empty when only its NUL was there. */
static struct ukey_view
piece_push(struct ukey_milter *m, struct ukey_view *in, bool string)
{
	struct ukey_view piece = ukey_view_part(*in, 0, m->left);
	size_t whole = piece.len;

	if (string)
		piece.len = ukey_view_find(piece, 0);
	in->data += piece.len;
	in->len -= piece.len;
	m->left -= (uint32_t)piece.len;
	if (string && piece.len < whole) {
		(void)take(in);
		m->left--;
		m->item++;
	}
	return piece;
}

/* The packet has no more octets. */
static struct ukey_milter_event
packet_end(struct ukey_milter *m)
{
	unsigned item = item_of(m);

	if (item > ITEM_PAIRS && !(item == ITEM_PORT && m->family == 'U' &&
	    m->count == 0)) {
		fail(m, UKEY_MILTER_BAD_SHORT);
		return event_plain(UKEY_MILTER_NONE, UKEY_VIEW(""));
	}
	m->phase = PHASE_LENGTH;
	m->count = 0;
	return event_of(m, rows[m->row].event);
}

/* A macro is complete. */
static struct ukey_milter_event
pair_end(struct ukey_milter *m)
{
	struct ukey_milter_event event = event_of(m, UKEY_MILTER_MACRO);

	m->item = PAIRS_ITEM;
	m->first_len = m->second_len = 0;
	m->cut = 0;
	return event;
}

/* The items that are strings; see item_push(). */
static struct ukey_milter_event
string_push(struct ukey_milter *m, struct ukey_view *in, unsigned item)
{
	struct ukey_milter_event none = { 0 };
	bool first = item == ITEM_FIRST;

	if (item == ITEM_NAME)
		return event_plain(UKEY_MILTER_NAME, piece_push(m, in, true));
	if (item == ITEM_VALUE)
		return event_plain(UKEY_MILTER_VALUE,
		    piece_push(m, in, true));
	if (text_push(m, in, first ? &m->first_len : &m->second_len) &&
	    item == ITEM_LAST)
		return pair_end(m);
	return none;
}

/* One step within a packet; UKEY_MILTER_NONE: nothing to tell yet. */
static struct ukey_milter_event
item_push(struct ukey_milter *m, struct ukey_view *in)
{
	struct ukey_milter_event none = { 0 };
	unsigned item = item_of(m);

	switch (item) {
	case ITEM_END:
		fail(m, UKEY_MILTER_BAD_LONG);
		return none;
	case ITEM_PAIRS:
		m->item++;
		return none;
	case ITEM_SKIP:
		(void)piece_push(m, in, false);
		return none;
	case ITEM_BODY:
		return event_plain(UKEY_MILTER_BODY,
		    piece_push(m, in, false));
	default:
		if (item >= ITEM_FIRST)
			return string_push(m, in, item);
		number_push(m, in);
		return none;
	}
}

struct ukey_milter_event
ukey_milter_next(struct ukey_milter *m, struct ukey_view *in)
{
	struct ukey_milter_event event;

	while (m->bad == UKEY_MILTER_GOOD) {
		if (m->phase == PHASE_ITEMS && m->left == 0) {
			event = packet_end(m);
			if (event.kind != UKEY_MILTER_NONE)
				return event;
			continue;
		}
		if (in->len == 0)
			return event_plain(UKEY_MILTER_NONE, UKEY_VIEW(""));
		if (m->phase == PHASE_LENGTH) {
			length_push(m, in);
		} else if (m->phase == PHASE_COMMAND) {
			command_push(m, in);
		} else {
			event = item_push(m, in);
			if (event.kind != UKEY_MILTER_NONE)
				return event;
		}
	}
	return event_plain(UKEY_MILTER_BAD, UKEY_VIEW(""));
}
