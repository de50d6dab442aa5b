/*
 * userkeys: twin: one core's transactions.
 * SPDX-License-Identifier: MIT
 */
#include "side.h"

#include <string.h>

static const struct twin_octets nothing;

static struct ukey_session_settings
settings(const struct twin_case *c)
{
	uint8_t bits = c->settings;

	return (struct ukey_session_settings) {
		.authserv_id = UKEY_VIEW("mx.e"),
		.policy = { (enum ukey_advice)((bits >> 2 & 3) % 3),
			(bits & 16) != 0 },
		.expire = bits & 1 ? 60 : 0, .header_canon = bits & 1,
		.body_canon = bits >> 1 & 1,
		.from_check = (uint8_t)((bits >> 2 & 3) % 3),
		.reject_unsigned = (bits & 16) != 0,
		.no_dkim = (bits & 64) != 0
	};
}

static int
mail_from(struct ukey_session *s, struct twin_octets path)
{
#ifdef TWIN_OLD
	return ukey_session_mail_from(s, side_view(path));
#else
	return ukey_session_mail_from(s, side_view(path), UKEY_VIEW_NONE);
#endif
}

static void
session_message(const struct twin_case *c, struct ukey_session *s)
{
	struct ukey_verify *v = ukey_session_verify(s);
	struct twin_octets rest = c->message, field, piece;
	uint8_t cuts = c->cuts, *copy;

	while ((field = twin_field(&rest)).len > 0) {
		copy = side_lend(field);
		field.data = copy;
		side_check(FIELD, ukey_session_field(s, side_view(field)));
		side_take_back(copy);
	}
	side_check(HEADER_END, ukey_session_header_end(s));
	if (v != NULL)
		side_note_open(v);
	while (rest.len > 0) {
		if (v != NULL && c->order & TWIN_EARLY)
			side_answer_open(c, v, 1);
		piece = twin_piece(&rest, &cuts);
		copy = side_lend(piece);
		side_check(BODY, ukey_session_body(s, copy, piece.len));
		side_take_back(copy);
	}
	side_check(END, ukey_session_end(s));
}

static void
note_action(const struct ukey_action *a)
{
	static const enum twin_what whats[] = {
		[UKEY_ACTION_DELETE] = TWIN_DELETE,
		[UKEY_ACTION_INSERT] = TWIN_INSERT,
		[UKEY_ACTION_QUARANTINE] = TWIN_QUARANTINE,
		[UKEY_ACTION_ACCEPT] = TWIN_ACCEPT,
		[UKEY_ACTION_REPLY] = TWIN_REPLY };

	twin_note(whats[a->kind], a->ordinal, a->code, side_octets(a->text),
	    nothing);
}

static void
note_actions(struct ukey_session *s)
{
	static uint8_t text[65536]; /* 0.1 knew no bound */
	struct ukey_action a;
	struct ukey_out out;
	unsigned n;

	for (n = 0; n < TWIN_EVENTS; n++) {
		ukey_out_init(&out, text, sizeof(text));
		if (!ukey_session_action(s, &a, &out))
			break;
		note_action(&a);
	}
	twin_now->sign_reason = ukey_reason_word(ukey_session_reason(s));
}

void
side_session_mx(const struct twin_case *c)
{
	struct ukey_session_settings set = settings(c);
	struct ukey_session s;

	ukey_session_init(&s, &set, UKEY_ROLE_MX, side_arena, UKEY_ARENA_SIZE);
	side_check(TIME, ukey_session_time(&s, side_now(c)));
	side_check(MAIL_FROM, mail_from(&s, c->sender));
	session_message(c, &s);
	side_answer_all(c, ukey_session_verify(&s));
	side_read_judgements(ukey_session_verify(&s));
	note_actions(&s);
}

/* MAIL FROM's own address gets one answer, others one of two. */
static struct ukey_permit
permit_for(const struct twin_case *c, struct twin_octets address)
{
	static const enum ukey_permit_status answers[] = { UKEY_PERMIT_YES,
		UKEY_PERMIT_NO_KEY, UKEY_PERMIT_DENIED, UKEY_PERMIT_LATER };
	unsigned status = c->order >> 5 & 3;

	if (twin_same(twin_bare(c->sender), twin_bare(address)))
		status = c->order >> 3 & 3;
	else if (twin_sum(0, address) & 1)
		status = 0;
	return (struct ukey_permit) { .status = answers[status],
		.selector = c->order & 128 ? UKEY_VIEW("2.a.userkeys") :
		UKEY_VIEW("a.userkeys"), .key = 7 };
}

static void
permit_all(const struct twin_case *c, struct ukey_session *s)
{
	struct ukey_view login, address;
	struct ukey_permit p;
	unsigned i, id;

	for (i = 0; i < UKEY_SESSION_ASKS; i++) {
		id = c->order & TWIN_LAST_FIRST ? UKEY_SESSION_ASKS - 1 - i :
		    i;
		if (!ukey_session_ask(s, id, &login, &address))
			continue;
		twin_note(TWIN_ASK, 0, 0, side_octets(login),
		    side_octets(address));
		p = permit_for(c, side_octets(address));
		side_check(PERMIT, ukey_session_permit(s, id, &p));
	}
}

static void
note_refused(const struct ukey_session *s)
{
	uint8_t text[8192];
	struct ukey_action a;
	struct ukey_out out;

	ukey_out_init(&out, text, sizeof(text));
	if (ukey_session_refused(s, &a, &out))
		twin_note(TWIN_REFUSED, 0, a.code, side_octets(a.text),
		    nothing);
}

/* Signs what waits for it, by a signature that the port takes for right. */
static void
sign_digest(const struct twin_case *c, struct ukey_session *s)
{
	uint8_t octets[128] = { 0xFE };
	struct ukey_view signature = { octets, sizeof(octets) };
	const uint8_t *digest;
	uint64_t key;

	if (!ukey_session_digest(s, &key, &digest))
		return;
	memcpy(octets + 1, digest, UKEY_SHA256_LEN);
	twin_note(TWIN_DIGEST, 0, (unsigned long)key,
	    (struct twin_octets) { digest, UKEY_SHA256_LEN }, nothing);
	if (c->cuts == 0x55) /* the key is gone */
		signature.len = 0;
	side_check(SIGNATURE, ukey_session_signature(s, signature));
}

void
side_session_submit(const struct twin_case *c)
{
	struct ukey_session_settings set = settings(c);
	struct ukey_session s;

	ukey_session_init(&s, &set, UKEY_ROLE_SUBMIT, side_arena,
	    UKEY_SUBMIT_ARENA);
	side_check(TIME, ukey_session_time(&s, side_now(c)));
	side_check(LOGIN, ukey_session_login(&s, side_view(c->login)));
	side_check(MAIL_FROM, mail_from(&s, c->sender));
	if ((c->order & TWIN_PERMIT_LATE) == 0) {
		permit_all(c, &s);
		note_refused(&s);
	}
	session_message(c, &s);
	permit_all(c, &s);
	sign_digest(c, &s);
	note_actions(&s);
}
