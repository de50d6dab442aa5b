/*
 * userkeys: submissions for tests.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_submit.h"
#include "ukey_name.h"

const struct support_entry *support_entries;
size_t support_entry_count;
unsigned support_bad;

static uint32_t arena[UKEY_SUBMIT_ARENA / 4];

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* Whether E is an entry of A. */
static bool
is_of(const struct support_entry *e, const struct ukey_address *a)
{
	uint8_t local[UKEY_LOCAL_MAX];
	struct ukey_view v = { local, 0 };

	if (!ukey_view_equal_nocase(view(e->domain), a->domain))
		return false;
	v.len = ukey_address_unquote(a->local, local);
	return e->local[0] == '\0' ||
	    ukey_local_equal(v, view(e->local), e->exact);
}

static void
look(struct ukey_permit *p, const struct support_entry *e, bool mine)
{
	if (mine)
		p->status = e->no_key ? UKEY_PERMIT_NO_KEY : UKEY_PERMIT_YES;
	else if (p->status == UKEY_PERMIT_UNKNOWN)
		p->status = UKEY_PERMIT_DENIED;
}

static struct ukey_permit
permit_of(struct ukey_view login, struct ukey_view address)
{
	struct ukey_permit p = { .status = UKEY_PERMIT_UNKNOWN,
		.selector = UKEY_VIEW("x.userkeys"), .stranger = true };
	struct ukey_address a;
	bool mailbox, mine;
	size_t i;

	mailbox = ukey_view_find(address, '@') < address.len &&
	    ukey_address_parse(address, &a) == UKEY_REASON_OK;
	if (!mailbox)
		a = (struct ukey_address) { .domain = address };
	for (i = 0; i < support_entry_count; i++) {
		mine = ukey_view_equal(login, view(support_entries[i].login));
		if (mine || ukey_view_equal_nocase(a.domain,
		    view(support_entries[i].domain)))
			p.stranger = false;
		if (mailbox && is_of(&support_entries[i], &a))
			look(&p, &support_entries[i], mine);
	}
	return p;
}

void
support_permit(struct ukey_session *s)
{
	struct ukey_view login, address;
	struct ukey_permit p;
	unsigned id;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(s, id, &login, &address))
			continue;
		p = permit_of(login, address);
		assert_int_equal(ukey_session_permit(s, id, &p), 0);
	}
}

void
support_fields(struct ukey_session *s, const char *fields)
{
	const char *end;

	for (; *fields != '\0'; fields = end) {
		end = fields;
		do {
			end = strstr(end, "\r\n") + 2;
		} while (*end == ' ' || *end == '\t');
		(void)ukey_session_field(s, ukey_view_part(view(fields), 0,
		    (size_t)(end - fields)));
	}
}

const char *
support_outcome(struct ukey_session *s)
{
	static char text[1024];
	uint8_t octets[2048];
	struct ukey_action a;
	struct ukey_out out;

	snprintf(text, sizeof(text), "ok");
	ukey_out_init(&out, octets, sizeof(octets));
	while (ukey_session_action(s, &a, &out)) {
		if (a.kind == UKEY_ACTION_INSERT)
			snprintf(text, sizeof(text), "signed");
		if (a.kind == UKEY_ACTION_REPLY)
			snprintf(text, sizeof(text), "%u %.*s", a.code,
			    (int)a.text.len, (const char *)a.text.data);
	}
	return text;
}

const char *
support_submit(const struct support_submission *t)
{
	static struct ukey_session s;
	const uint8_t *digest;
	uint64_t key;

	ukey_session_init(&s, &t->settings, UKEY_ROLE_SUBMIT, arena,
	    sizeof(arena));
	(void)ukey_session_login(&s, view(t->login));
	(void)ukey_session_mail_from(&s, view(t->path), UKEY_VIEW_NONE);
	if (!t->late)
		support_permit(&s);
	support_fields(&s, t->fields);
	(void)ukey_session_header_end(&s);
	if (!t->late)
		support_permit(&s);
	(void)ukey_session_body(&s, "Hi\r\n", 4);
	(void)ukey_session_end(&s);
	support_permit(&s);
	if (ukey_session_digest(&s, &key, &digest))
		(void)ukey_session_signature(&s, view("signature"));
	assert_true(ukey_session_done(&s));
	return support_outcome(&s);
}

struct ukey_session_settings
support_settings(unsigned from_check, bool reject_unsigned)
{
	return (struct ukey_session_settings) {
		.authserv_id = UKEY_VIEW("mx.example.net"),
		.header_canon = UKEY_CANON_RELAXED,
		.body_canon = UKEY_CANON_RELAXED,
		.from_check = (uint8_t)from_check,
		.reject_unsigned = reject_unsigned };
}

void
support_expect(const struct support_submission *t, const char *want)
{
	const char *got = support_submit(t);

	if (strncmp(got, want, strlen(want)) == 0)
		return;
	print_error("%s %s check %u unsigned %u unknown %u late %u\n%.100s"
	    "got \"%s\", wanted \"%s\"\n", t->login, t->path,
	    t->settings.from_check, t->settings.reject_unsigned,
	    t->settings.reject_unknown, t->late, t->fields, got, want);
	support_bad++;
}
