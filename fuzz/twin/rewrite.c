/*
 * userkeys: twin: what the entries of changed.c rewrite with.
 * SPDX-License-Identifier: MIT
 */
#include "rewrite.h"

#include <string.h>

#define TEXT_MAX 16384

#define ACTIONS (1u << TWIN_DELETE | 1u << TWIN_INSERT | \
	1u << TWIN_QUARANTINE | 1u << TWIN_ACCEPT | 1u << TWIN_REPLY)

bool
word_is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

unsigned
ceiling_of(const struct twin_case *c)
{
	return (c->settings >> 2 & 3) % 3;
}

struct twin_octets
domain_of(struct twin_octets address)
{
	size_t i = address.len;

	while (i > 0 && address.data[i - 1] != '@')
		i--;
	return (struct twin_octets) { address.data + i, address.len - i };
}

bool
starts_with(struct twin_octets v, const char *text)
{
	size_t len = strlen(text);

	return v.len >= len && memcmp(v.data, text, len) == 0;
}

static size_t
find_text(struct twin_octets v, const char *text)
{
	size_t len = strlen(text), i;

	for (i = 0; i + len <= v.len; i++) {
		if (memcmp(v.data + i, text, len) == 0)
			return i;
	}
	return v.len;
}

bool
contains(struct twin_octets v, const char *word)
{
	return find_text(v, word) < v.len;
}

void
set_verdict(struct twin_judgement *j, const char *verdict, const char *reason)
{
	j->verdict = verdict;
	j->reason = reason;
}

void
drop_signature(struct twin_judgement *j)
{
	memset(j->view, 0, (TWIN_B + 1) * sizeof(j->view[0]));
	j->time_unknown = false;
}

void
drop_advice(struct twin_judgement *j)
{
	j->advice = "none";
	j->testing = false;
}

/* ---- events ------------------------------------------------------------- */

const struct twin_event *
look_for(const struct twin_result *r, enum twin_what what, const char *word)
{
	unsigned i;

	for (i = 0; i < r->events; i++) {
		if (r->event[i].what == what && (word == NULL ||
		    contains(r->event[i].text, word)))
			return &r->event[i];
	}
	return NULL;
}

struct twin_event *
find_event(struct twin_result *r, enum twin_what what, const char *word)
{
	const struct twin_event *found = look_for(r, what, word);

	return found == NULL ? NULL : &r->event[found - r->event];
}

void
adopt_events(struct twin_result *was, const struct twin_result *is,
    unsigned kinds)
{
	static struct twin_event mixed[TWIN_EVENTS];
	unsigned i, n = 0, at = 0;

	for (i = 0; i < is->events; i++) {
		if (kinds >> is->event[i].what & 1) {
			mixed[n++] = is->event[i];
			continue;
		}
		/* the next one of WAS that is kept, in this place */
		while (at < was->events && kinds >> was->event[at].what & 1)
			at++;
		if (at < was->events)
			mixed[n++] = was->event[at++];
	}
	for (; at < was->events && n < TWIN_EVENTS; at++) {
		if ((kinds >> was->event[at].what & 1) == 0)
			mixed[n++] = was->event[at];
	}
	memcpy(was->event, mixed, n * sizeof(mixed[0]));
	was->events = n;
}

void
dispose(struct twin_result *was, const struct twin_result *is,
    unsigned disposition, unsigned code, const char *words)
{
	const struct twin_event *told = look_for(is, disposition == 2 ?
	    TWIN_REPLY : TWIN_QUARANTINE, words);
	unsigned i, n = 0;

	if (disposition == 0 || told == NULL || was->events == 0)
		return;
	if (disposition == 1) { /* right before it is accepted */
		was->event[was->events] = was->event[was->events - 1];
		was->event[was->events++ - 1] = *told;
		return;
	}
	if (!starts_with(told->text, words) || told->code != code)
		return;
	for (i = 0; i < was->events; i++) {
		if ((ACTIONS >> was->event[i].what & 1) == 0)
			was->event[n++] = was->event[i];
	}
	was->event[n++] = *told;
	was->events = n;
}

/* ---- texts -------------------------------------------------------------- */

/* V to OUT without folds, each a blank; its length. */
static size_t
unfold(struct twin_octets v, uint8_t *out)
{
	size_t i, len = 0;

	for (i = 0; i < v.len && len < TEXT_MAX; i++) {
		if (v.data[i] == '\r' && i + 2 < v.len &&
		    v.data[i + 2] == '\t') {
			out[len++] = ' ';
			i += 2;
		} else {
			out[len++] = v.data[i];
		}
	}
	return len;
}

#define EDITS_MAX 64

static struct edit {
	const char *method, *from, *to;
} edits[EDITS_MAX];
static unsigned edits_count;

void
edits_start(void)
{
	edits_count = 0;
}

void
edit_field(const char *method, const char *from, const char *to)
{
	if (edits_count < EDITS_MAX)
		edits[edits_count++] = (struct edit) { method, from, to };
}

static size_t
edit(uint8_t *text, size_t len, const struct edit *e)
{
	size_t from = strlen(e->from), to = strlen(e->to);
	size_t at = from == 0 ? (len >= 2 ? len - 2 : 0) :
	    find_text((struct twin_octets) { text, len }, e->from);

	if (at + from > len || len + to > TEXT_MAX)
		return len;
	memmove(text + at + to, text + at + from, len - at - from);
	memcpy(text + at, e->to, to);
	return len - from + to;
}

static void
make(const char *method, struct twin_result *was, const struct twin_result *is)
{
	static uint8_t a[2 * TEXT_MAX], b[2 * TEXT_MAX];
	struct twin_event *before = find_event(was, TWIN_INSERT, method);
	const struct twin_event *after = look_for(is, TWIN_INSERT, method);
	size_t a_len, b_len;
	unsigned i;

	if (before == NULL || after == NULL)
		return;
	a_len = unfold(before->text, a);
	b_len = unfold(after->text, b);
	for (i = 0; i < edits_count; i++) {
		if (strcmp(edits[i].method, method) == 0)
			a_len = edit(a, a_len, &edits[i]);
	}
	if (a_len == b_len && memcmp(a, b, a_len) == 0)
		before->text = after->text;
}

void
edits_make(struct twin_result *was, const struct twin_result *is)
{
	if (edits_count == 0)
		return;
	make("userkeys=", was, is);
	make("dkim=", was, is);
}
