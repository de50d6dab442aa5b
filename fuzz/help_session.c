/*
 * userkeys: what the harnesses of transactions share.
 * SPDX-License-Identifier: MIT
 */
#include "help_session.h"

void
session_start(struct ukey_session *s, enum ukey_role role, uint8_t bits)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	static struct ukey_session_settings settings;
	size_t size = bits & 32 ? 512 : sizeof(arena); /* hardly enough */

	if (role == UKEY_ROLE_SUBMIT && !(bits & 32))
		size = UKEY_SUBMIT_ARENA;
	settings = (struct ukey_session_settings) {
		.authserv_id = UKEY_VIEW("mx.e"), .expire = bits & 1 ? 60 : 0,
		.header_canon = bits & 1, .body_canon = bits >> 1 & 1,
		.from_check = (uint8_t)(bits >> 2 & 3) % 3,
		.reject_unsigned = bits & 16,
		.no_dkim = bits & 8
	};
	ukey_session_init(s, &settings, role, arena, size);
	(void)ukey_session_time(s, 1750000000);
}

/* OCTETS up to a NUL are the argument, what follows one the MTA's reading. */
static void
session_mail_from(struct ukey_session *s, struct ukey_view octets)
{
	struct ukey_view mta = octets;
	struct ukey_view path = ukey_view_cut(&mta, 0);

	(void)ukey_session_mail_from(s, path, mta);
}

void
session_octets(struct ukey_session *s, unsigned what, struct ukey_view v)
{
	struct ukey_view rest = v;
	uint8_t *copy = piece(&rest, v.len);

	if (what == 0)
		(void)ukey_session_login(s, (struct ukey_view) { copy,
		    v.len });
	else if (what == 1)
		session_mail_from(s, (struct ukey_view) { copy, v.len });
	else if (what == 2 || what == 3)
		(void)ukey_session_field(s, (struct ukey_view) { copy,
		    v.len });
	else if (what == 4)
		(void)ukey_session_header_end(s);
	else if (what == 5)
		(void)ukey_session_body(s, copy, v.len);
	free(copy);
}

void
session_message(struct ukey_session *s, struct ukey_view octets)
{
	uint8_t *field = malloc(octets.len + 8); /* CRLF at the end */
	struct ukey_message splitter;
	struct ukey_event e;
	size_t len = 0;

	MUST(field != NULL);
	ukey_message_init(&splitter);
	while ((e = octets.len > 0 ? ukey_message_next(&splitter, &octets) :
	    ukey_message_end(&splitter)).kind != UKEY_EVENT_NONE ||
	    octets.len > 0) {
		if (e.kind == UKEY_EVENT_FIELD) {
			memcpy(field + len, e.octets.data, e.octets.len);
			len += e.octets.len;
		} else if (e.kind == UKEY_EVENT_FIELD_END) {
			session_octets(s, 2, (struct ukey_view) { field,
			    len });
			len = 0;
		} else if (e.kind != UKEY_EVENT_NONE) {
			session_octets(s, e.kind == UKEY_EVENT_HEADER_END ?
			    4 : 5, e.octets);
		}
	}
	free(field);
	(void)ukey_session_end(s);
}

/* One field: lines of at most 998 octets that end with CRLF, all but the
 * first beginning with white space, nothing but text in between. */
static void
field_sound(struct ukey_view v)
{
	size_t i, start = 0;

	MUST(v.len > 2 && v.data[0] > ' ');
	for (i = 0; i < v.len; i++) {
		MUST(i - start <= 1000 && v.data[i] != 0);
		if (v.data[i] == '\r')
			MUST(i + 1 < v.len && v.data[i + 1] == '\n');
		if (v.data[i] != '\n')
			continue;
		MUST(i > 0 && v.data[i - 1] == '\r');
		start = i + 1;
		MUST(start == v.len || ukey_is_wsp(v.data[start]));
	}
	MUST(start == v.len);
}

/* Whether A signs; LAST_ORDINAL is that of the deletion before. */
static bool
action_sound(const struct ukey_action *a, unsigned *last_ordinal)
{
	struct ukey_view name = a->text;

	switch (a->kind) {
	case UKEY_ACTION_DELETE:
		MUST(a->ordinal > 0 && a->ordinal < *last_ordinal);
		*last_ordinal = a->ordinal;
		return false;
	case UKEY_ACTION_INSERT:
		field_sound(a->text);
		name = ukey_view_cut(&name, ':');
		if (ukey_view_equal(name, UKEY_VIEW("DKIM-Signature")))
			return true;
		MUST(ukey_view_equal(name,
		    UKEY_VIEW("Authentication-Results")));
		return false;
	case UKEY_ACTION_QUARANTINE:
		MUST(a->text.len > 0);
		return false;
	case UKEY_ACTION_REPLY:
		MUST(a->code == 451 || a->code == 550 || a->code == 553);
		MUST(a->text.len > 5 && a->text.data[0] == '0' +
		    a->code / 100);
		for (; name.len > 0; take(&name))
			MUST(name.data[0] >= ' ' && name.data[0] != 0x7F);
		return false;
	default:
		return false;
	}
}

bool
session_finish(struct ukey_session *s)
{
	enum ukey_action_kind kind = UKEY_ACTION_INSERT;
	unsigned last_ordinal = 70000, n = 0;
	uint8_t octets[UKEY_AUTHRES_FIELD_MAX];
	struct ukey_action a;
	struct ukey_out out;
	bool is_signed = false;

	ukey_out_init(&out, octets, sizeof(octets));
	if (!ukey_session_done(s)) {
		MUST(!ukey_session_action(s, &a, &out));
		return false;
	}
	while (ukey_session_action(s, &a, &out)) {
		MUST(kind != UKEY_ACTION_ACCEPT && kind != UKEY_ACTION_REPLY);
		MUST(++n < 70000);
		is_signed |= action_sound(&a, &last_ordinal);
		kind = a.kind;
	}
	MUST(kind == UKEY_ACTION_ACCEPT || kind == UKEY_ACTION_REPLY);
	return is_signed;
}
