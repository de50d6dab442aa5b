/*
 * userkeys: twin: what a run gave, and as text.  SPDX-License-Identifier: MIT
 */
#include "twin.h"

#include <string.h>

struct twin_result *twin_now;

static struct twin_octets
pooled(struct twin_result *r, struct twin_octets v)
{
	uint8_t *copy = r->pool + r->used;

	if (v.len > TWIN_POOL - r->used)
		v.len = TWIN_POOL - r->used;
	if (v.len > 0)
		memcpy(copy, v.data, v.len);
	r->used += v.len;
	return (struct twin_octets) { copy, v.len };
}

void
twin_note(enum twin_what what, unsigned long number, unsigned long code,
    struct twin_octets text, struct twin_octets more)
{
	struct twin_result *r = twin_now;

	if (r->events == TWIN_EVENTS)
		return;
	r->event[r->events++] = (struct twin_event) { what, number, code,
		pooled(r, text), pooled(r, more) };
}

/* ---- as text ------------------------------------------------------------ */

struct writer {
	char *out;
	size_t len, size;
};

static void
octet(struct writer *w, char c)
{
	if (w->len < w->size)
		w->out[w->len++] = c;
}

static void
word(struct writer *w, const char *text)
{
	while (*text != '\0')
		octet(w, *text++);
}

static void
number(struct writer *w, const char *name, unsigned long n)
{
	char digits[24];
	unsigned i = 0;

	word(w, name);
	do
		digits[i++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	while (i > 0)
		octet(w, digits[--i]);
}

static void
octets(struct writer *w, const char *name, struct twin_octets v)
{
	static const char hex[] = "0123456789abcdef";
	size_t i;
	uint8_t c;

	word(w, name);
	octet(w, '"');
	for (i = 0; i < v.len; i++) {
		c = v.data[i];
		if (c >= ' ' && c < 0x7F && c != '\\' && c != '"') {
			octet(w, (char)c);
			continue;
		}
		octet(w, '\\');
		octet(w, hex[c >> 4]);
		octet(w, hex[c & 15]);
	}
	octet(w, '"');
}

static void
view(struct writer *w, const char *name, const struct twin_view *v)
{
	if (v->octets.len == 0)
		return;
	octets(w, name, v->octets);
	if (v->at < 0)
		number(w, " at -", (unsigned long)-v->at);
	else
		number(w, " at ", (unsigned long)v->at);
	octet(w, '\n');
}

static void
judgement(struct writer *w, const char *name, const struct twin_judgement *j)
{
	static const char *const views[] = { "  d=", "  s=", "  i=", "  a=",
		"  c=", "  b=", "  sender.local ", "  sender.domain ",
		"  author.local ", "  author.domain " };
	unsigned i;

	word(w, name);
	octet(w, ' ');
	word(w, j->verdict);
	octet(w, ' ');
	word(w, j->reason);
	word(w, " advice=");
	word(w, j->advice);
	number(w, " relation=", j->relation);
	word(w, j->testing ? " testing" : "");
	word(w, j->from_header ? " from-header" : "");
	word(w, j->time_unknown ? " time-unknown" : "");
	word(w, j->partial_body ? " partial-body" : "");
	octet(w, '\n');
	for (i = 0; i < TWIN_VIEWS; i++)
		view(w, views[i], &j->view[i]);
}

static void
event(struct writer *w, const struct twin_event *e)
{
	static const char *const names[] = { "error", "open", "question",
		"rsa", "ask", "refused", "digest", "field", "delete",
		"insert", "quarantine", "accept", "reply" };

	word(w, names[e->what]);
	number(w, " ", e->number);
	number(w, " ", e->code);
	octets(w, " ", e->text);
	octets(w, " ", e->more);
	octet(w, '\n');
}

size_t
twin_text(const struct twin_result *r, char *out, size_t size)
{
	struct writer w = { out, 0, size };
	unsigned i;

	if (r->judged)
		judgement(&w, "userkeys", &r->user);
	for (i = 0; i < r->dkims; i++)
		judgement(&w, "dkim", &r->dkim[i]);
	number(&w, "replay-id ", (unsigned long)-r->replay);
	octets(&w, " ", (struct twin_octets) { r->replay_id, 32 });
	word(&w, "\nsigning ");
	word(&w, r->sign_reason == NULL ? "none" : r->sign_reason);
	number(&w, " line ", r->line);
	octet(&w, '\n');
	for (i = 0; i < r->events; i++)
		event(&w, &r->event[i]);
	return w.len;
}
