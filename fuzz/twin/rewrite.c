/*
 * userkeys: twin: what the entries of changed.c rewrite with.
 * SPDX-License-Identifier: MIT
 */
#include "rewrite.h"

#include <string.h>

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
