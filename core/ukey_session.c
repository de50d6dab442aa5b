/*
 * userkeys: one mail transaction: sequencing (PROTOCOL 4 to 6).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_session_parts.h"

#include "ukey_mem.h"

void
ukey_session_init(struct ukey_session *s,
    const struct ukey_session_settings *settings, enum ukey_role role,
    void *arena, size_t size)
{
	memset(s, 0, sizeof(*s));
	s->settings = settings;
	s->role = (uint8_t)role;
	s->arena = arena;
	s->size = size;
	s->reason = UKEY_REASON_NO_KEY;
	ukey_authres_init(&s->authres, settings->authserv_id);
	ukey_authres_also(&s->authres, settings->results);
	if (role != UKEY_ROLE_MX)
		return;
	ukey_verify_init(&s->u.verify, settings->no_dkim ? 0 :
	    UKEY_VERIFY_DKIM, arena, size);
}

int
ukey_session_note(struct ukey_session *s, int err)
{
	if (err == UKEY_OK)
		return err;
	s->failed = true;
	s->reason = UKEY_REASON_INCOMPLETE;
	if (s->role == UKEY_ROLE_MX)
		ukey_verify_fail(&s->u.verify);
	return err;
}

int
ukey_session_clock(struct ukey_session *s, int64_t reading)
{
	s->now = ukey_clock_time(reading).now;
	return s->role == UKEY_ROLE_MX ? ukey_session_note(s,
	    ukey_verify_clock(&s->u.verify, reading)) : UKEY_OK;
}

int
ukey_session_time(struct ukey_session *s, uint64_t now)
{
	s->now = now;
	return s->role == UKEY_ROLE_MX ? ukey_session_note(s,
	    ukey_verify_time(&s->u.verify, now)) : UKEY_OK;
}

uint8_t *
ukey_session_take(struct ukey_session *s, size_t len)
{
	uint8_t *octets = s->arena;

	if (len > s->size)
		return NULL;
	s->arena += len;
	s->size -= len;
	return octets;
}

bool
ukey_session_keep(struct ukey_session *s, struct ukey_view v,
    struct ukey_view *copy)
{
	uint8_t *octets = ukey_session_take(s, v.len);

	if (octets == NULL)
		return false;
	if (v.len > 0)
		memcpy(octets, v.data, v.len);
	*copy = (struct ukey_view) { octets, v.len };
	return true;
}

int
ukey_session_login(struct ukey_session *s, struct ukey_view login)
{
	if (s->phase != UKEY_SESSION_START || s->role != UKEY_ROLE_SUBMIT)
		return ukey_session_note(s, UKEY_ERR_ORDER);
	return ukey_session_note(s, ukey_session_keep(s, login, &s->login) ?
	    UKEY_OK : UKEY_ERR_SPACE);
}

int
ukey_session_mail_from(struct ukey_session *s, struct ukey_view path,
    struct ukey_view mta)
{
	if (s->phase != UKEY_SESSION_START)
		return ukey_session_note(s, UKEY_ERR_ORDER);
	s->phase = UKEY_SESSION_HEADER;
	if (s->role == UKEY_ROLE_MX)
		return ukey_session_note(s,
		    ukey_verify_mail_from(&s->u.verify, path, mta));
	return ukey_session_note(s, ukey_submit_mail_from(s, path, mta));
}

bool
ukey_session_ask(const struct ukey_session *s, unsigned id,
    struct ukey_view *login, struct ukey_view *address)
{
	if (id >= UKEY_SESSION_ASKS || s->ask[id].state != UKEY_PERMIT_OPEN)
		return false;
	*login = s->login;
	*address = s->ask[id].address;
	return true;
}

int
ukey_session_permit(struct ukey_session *s, unsigned id,
    const struct ukey_permit *permit)
{
	if (id >= UKEY_SESSION_ASKS || s->ask[id].state != UKEY_PERMIT_OPEN)
		return ukey_session_note(s, UKEY_ERR_ORDER);
	ukey_submit_permitted(s, id, permit);
	return UKEY_OK;
}

static int
take_field(struct ukey_session *s, struct ukey_view raw)
{
	if (s->phase != UKEY_SESSION_HEADER)
		return UKEY_ERR_ORDER;
	ukey_authres_push(&s->authres, raw);
	(void)ukey_authres_end(&s->authres);
	if (s->role == UKEY_ROLE_MX)
		return ukey_verify_field(&s->u.verify, raw);
	return s->signing == UKEY_TO_SIGN ? ukey_sign_field(&s->u.sign, raw) :
	    UKEY_OK;
}

int
ukey_session_field(struct ukey_session *s, struct ukey_view raw)
{
	return ukey_session_note(s, take_field(s, raw));
}

static int
end_header(struct ukey_session *s)
{
	if (s->phase != UKEY_SESSION_HEADER)
		return UKEY_ERR_ORDER;
	s->phase = UKEY_SESSION_BODY;
	if (s->role == UKEY_ROLE_MX)
		return ukey_verify_header_end(&s->u.verify);
	ukey_submit_header_end(s);
	return UKEY_OK;
}

int
ukey_session_header_end(struct ukey_session *s)
{
	return ukey_session_note(s, end_header(s));
}

static int
take_body(struct ukey_session *s, const void *data, size_t len)
{
	if (s->phase != UKEY_SESSION_BODY)
		return UKEY_ERR_ORDER;
	if (s->role == UKEY_ROLE_MX)
		return ukey_verify_body(&s->u.verify, data, len);
	return s->signing == UKEY_TO_SIGN ?
	    ukey_sign_body(&s->u.sign, data, len) : UKEY_OK;
}

int
ukey_session_body(struct ukey_session *s, const void *data, size_t len)
{
	return ukey_session_note(s, take_body(s, data, len));
}

static int
end_message(struct ukey_session *s)
{
	int err = UKEY_OK;

	if (s->phase == UKEY_SESSION_HEADER)
		err = end_header(s);
	if (err != UKEY_OK)
		return err;
	if (s->phase != UKEY_SESSION_BODY)
		return UKEY_ERR_ORDER;
	s->phase = UKEY_SESSION_END;
	if (s->role == UKEY_ROLE_MX)
		return ukey_verify_end(&s->u.verify);
	ukey_submit_end(s);
	return UKEY_OK;
}

int
ukey_session_end(struct ukey_session *s)
{
	return ukey_session_note(s, end_message(s));
}

struct ukey_verify *
ukey_session_verify(struct ukey_session *s)
{
	return s->role == UKEY_ROLE_MX ? &s->u.verify : NULL;
}

bool
ukey_session_digest(struct ukey_session *s, uint64_t *key,
    const uint8_t **digest)
{
	if (s->role != UKEY_ROLE_SUBMIT || s->phase != UKEY_SESSION_END ||
	    s->signing != UKEY_DIGEST_OUT || ukey_submit_asking(s) ||
	    ukey_submit_refusal(s, NULL) != UKEY_REFUSE_NOTHING)
		return false;
	*key = s->key;
	*digest = s->digest;
	return true;
}

/* Completes the field with SIGNATURE; why not, if it cannot. */
static enum ukey_reason
finish(struct ukey_session *s, struct ukey_view signature)
{
	if (signature.len == 0)
		return UKEY_REASON_CRYPTO;
	if (ukey_sign_finish(&s->u.sign, signature, &s->field) != UKEY_OK)
		return UKEY_REASON_ARENA;
	return UKEY_REASON_OK;
}

int
ukey_session_signature(struct ukey_session *s, struct ukey_view signature)
{
	const uint8_t *digest;
	uint64_t key;

	if (!ukey_session_digest(s, &key, &digest))
		return ukey_session_note(s, UKEY_ERR_ORDER);
	s->reason = (uint8_t)finish(s, signature);
	s->signing = s->reason == UKEY_REASON_OK ? UKEY_SIGNED :
	    UKEY_SIGN_FAILED;
	return UKEY_OK;
}

bool
ukey_session_done(const struct ukey_session *s)
{
	if (s->phase != UKEY_SESSION_END)
		return false;
	if (s->role == UKEY_ROLE_MX)
		return ukey_verify_done(&s->u.verify);
	return !ukey_submit_asking(s) && (s->signing != UKEY_DIGEST_OUT ||
	    ukey_submit_refusal(s, NULL) != UKEY_REFUSE_NOTHING);
}

enum ukey_reason
ukey_session_reason(const struct ukey_session *s)
{
	if (s->role == UKEY_ROLE_SUBMIT && !s->failed &&
	    ukey_submit_refusal(s, NULL) == UKEY_REFUSE_AUTHOR)
		return (enum ukey_reason)s->author;
	return (enum ukey_reason)s->reason;
}
