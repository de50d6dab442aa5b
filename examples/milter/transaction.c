/*
 * userkeys-milter: the message of a connection, through core's session.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "worker.h"

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* Whether C's client needs no login. */
static bool
is_trusted(const struct connection *c)
{
	const struct conf *conf = c->worker->conf;

	return conf_has_network(&conf->trusted, c->client) ||
	    conf_has_network(&conf->hubs, c->client);
}

/* Submission, MX or neither, by what the MTA said. */
static enum purpose
purpose_of(const struct connection *c)
{
	static const enum purpose local[] = { [CONF_SIGN] = PURPOSE_OPEN,
		[CONF_VERIFY] = PURPOSE_MX, [CONF_PASS] = PURPOSE_PASS };
	const struct conf *conf = c->worker->conf;

	if (c->login[0] != '\0')
		return PURPOSE_SUBMIT;
	if (c->from_host)
		return local[conf->local_mail];
	if (is_trusted(c))
		return PURPOSE_OPEN;
	return strcmp(c->daemon_name, conf->submission_name) == 0 ?
	    PURPOSE_SUBMIT : PURPOSE_MX;
}

static void
drop(struct connection *c, struct message **m)
{
	if (*m == NULL)
		return;
	ukey_inquiry_end(&(*m)->inquiry);
	notice_end(&(*m)->notice);
	message_put(c->worker, *m);
	*m = NULL;
}

void
message_free(struct connection *c)
{
	if (c->action != NULL) /* its end was never sent */
		journal_message(c, "defer", "mta-gone");
	drop(c, &c->message);
	drop(c, &c->submission);
	free(c->field);
	c->field = NULL;
	c->field_len = c->field_size = c->name_len = 0;
	c->field_cut = false;
	c->waiting = c->replacing = false;
	c->why = c->action = c->outside = NULL;
	c->removed = 0;
	c->purpose = PURPOSE_NONE;
	c->queue_id[0] = c->message_id[0] = c->login[0] = '\0';
	c->has_mail_addr = false;
}

static void
tempfail(struct connection *c, const char *why)
{
	journal_message(c, "defer", why);
	count(COUNT_DEFERRED);
	output_reply(c, UKEY_MILTER_TEMPFAIL);
	message_free(c);
}

/* Answers the questions of permission that are open. */
static void
permit(struct connection *c)
{
	struct ukey_session *s = &c->message->session;
	struct ukey_view login, address;
	char selector[NAME_TEXT];
	struct ukey_permit p;
	const char *why;
	unsigned id;

	keys_begin(c->worker);
	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(s, id, &login, &address))
			continue;
		p = keys_permit(c->worker, login, address, selector, &why);
		/* That another mailbox in From has no key is no matter. */
		if (id == 0 || p.status > UKEY_PERMIT_NO_KEY)
			c->why = why;
		(void)ukey_session_permit(s, id, &p);
	}
}

/* The refusal A of MAIL; the message is forgotten. */
static void
refuse(struct connection *c, const struct ukey_action *a, const char *why)
{
	uint8_t packet[1100];
	struct ukey_out out;

	ukey_out_init(&out, packet, sizeof(packet));
	journal_message(c, a->code < 500 ? "defer" : "refuse", why);
	answer_refuse(a, &out);
	output_send(c, &out);
	message_free(c);
}

/* What the MTA made of MAIL FROM. */
static struct ukey_view
mta_reading(const struct connection *c)
{
	return c->has_mail_addr ? (struct ukey_view) { c->mail_addr,
		c->mail_addr_len } : UKEY_VIEW_NONE;
}

/* MAIL of a client of ours: its login, and whether it may use PATH. */
static void
begin_submission(struct connection *c, struct ukey_view path)
{
	struct ukey_session *s = &c->message->session;
	uint8_t octets[1024];
	struct ukey_action a;
	struct ukey_out text;

	if (c->login[0] == '\0') {
		a = (struct ukey_action) { .code = 550, .text = UKEY_VIEW(
		    "5.7.1 Submission without a login: authenticate first") };
		refuse(c, &a, "no-login");
		return;
	}
	ukey_out_init(&text, octets, sizeof(octets));
	(void)ukey_session_login(s, text_view(c->login));
	(void)ukey_session_mail_from(s, path, mta_reading(c));
	permit(c);
	if (ukey_session_refused(s, &a, &text))
		refuse(c, &a, NULL);
	else
		output_reply(c, UKEY_MILTER_CONTINUE);
}

/* MAIL of a client that needs no login, a submission or not: both are begun,
 * and what is known of them is said at the end. */
static void
begin_open(struct connection *c, struct ukey_view path)
{
	struct ukey_session *s = &c->submission->session;

	(void)ukey_session_login(s, UKEY_VIEW(""));
	(void)ukey_session_mail_from(s, path, mta_reading(c));
	(void)ukey_session_mail_from(&c->message->session, path,
	    mta_reading(c));
	ukey_origin_init(&c->message->origin,
	    c->worker->conf->session.authserv_id, text_view(c->host));
	output_reply(c, UKEY_MILTER_CONTINUE);
}

/* A message in ROLE that is begun, or NULL. */
static struct message *
message_new(struct connection *c, enum ukey_role role)
{
	bool mx = role == UKEY_ROLE_MX;
	struct message *m = message_take(c->worker, mx);

	if (m == NULL)
		return NULL;
	notice_init(&m->notice);
	ukey_session_init(&m->session, &c->worker->conf->session, role,
	    m->arena, mx ? UKEY_ARENA_SIZE : UKEY_SUBMIT_ARENA);
	(void)ukey_session_clock(&m->session, time(NULL));
	ukey_inquiry_init(&m->inquiry, c->worker->dns,
	    ukey_session_verify(&m->session), c);
	return m;
}

void
message_begin(struct connection *c, struct ukey_view path)
{
	c->purpose = purpose_of(c);
	snprintf(c->sender, sizeof(c->sender), "%.*s", (int)path.len,
	    (const char *)path.data);
	count(COUNT_MESSAGES);
	if (c->purpose == PURPOSE_PASS) {
		journal_message(c, "pass", "local");
		output_reply(c, UKEY_MILTER_ACCEPT);
		return;
	}
	c->message = message_new(c, c->purpose == PURPOSE_SUBMIT ?
	    UKEY_ROLE_SUBMIT : UKEY_ROLE_MX);
	if (c->purpose == PURPOSE_OPEN)
		c->submission = message_new(c, UKEY_ROLE_SUBMIT);
	if (c->message == NULL || (c->purpose == PURPOSE_OPEN &&
	    c->submission == NULL)) {
		tempfail(c, "out-of-memory");
	} else if (c->purpose == PURPOSE_SUBMIT) {
		begin_submission(c, path);
	} else if (c->purpose == PURPOSE_OPEN) {
		begin_open(c, path);
	} else {
		(void)ukey_session_mail_from(&c->message->session, path,
		    mta_reading(c));
		output_reply(c, UKEY_MILTER_CONTINUE);
	}
}

static bool
wants_notice(const struct connection *c)
{
	return (c->purpose == PURPOSE_MX || c->purpose == PURPOSE_OPEN) &&
	    c->can_replace && c->worker->conf->body_notice;
}

void
message_field(struct connection *c)
{
	struct ukey_view raw = { c->field, c->field_len };
	struct ukey_view rest = raw, value;
	struct ukey_view name = ukey_view_cut(&rest, ':');

	if (c->message_id[0] == '\0' && rest.data != NULL &&
	    ukey_view_equal_nocase(name, UKEY_VIEW("Message-ID"))) {
		value = ukey_view_trim(rest);
		snprintf(c->message_id, sizeof(c->message_id), "%.*s",
		    (int)value.len, (const char *)value.data);
	}
	if (wants_notice(c))
		notice_field(&c->message->notice, name, rest);
	(void)ukey_session_field(&c->message->session, raw);
	if (c->purpose == PURPOSE_OPEN) {
		(void)ukey_session_field(&c->submission->session, raw);
		ukey_origin_field(&c->message->origin, raw);
	}
	c->field_len = c->name_len = 0;
}

/* The header is over: what came from outside is judged as at the MX, all else
 * is the host's own. */
static void
settle_purpose(struct connection *c)
{
	static const char *const words[] = { NULL, "own-results", "received" };

	c->outside = words[ukey_origin_sign(&c->message->origin,
	    conf_has_network(&c->worker->conf->hubs, c->client))];
	c->purpose = c->outside == NULL ? PURPOSE_SUBMIT : PURPOSE_MX;
	if (c->purpose == PURPOSE_SUBMIT) {
		drop(c, &c->message);
		c->message = c->submission;
		c->submission = NULL;
	}
	drop(c, &c->submission);
}

void
message_header_end(struct connection *c)
{
	if (c->purpose == PURPOSE_OPEN)
		settle_purpose(c);
	if (wants_notice(c))
		notice_open(&c->message->notice,
		    c->worker->conf->notice_folder);
	(void)ukey_session_header_end(&c->message->session);
	if (c->purpose == PURPOSE_SUBMIT)
		permit(c);
	else
		ukey_inquiry_ask(&c->message->inquiry);
}

void
message_body(struct connection *c, struct ukey_view octets)
{
	notice_body(&c->message->notice, octets,
	    c->worker->conf->notice_limit);
	(void)ukey_session_body(&c->message->session, octets.data,
	    octets.len);
}

static void
sign(struct connection *c)
{
	struct ukey_session *s = &c->message->session;
	uint8_t octets[UKEY_KEY_SIGNATURE_MAX];
	struct ukey_out out;
	const uint8_t *digest;
	uint64_t key;

	if (!ukey_session_digest(s, &key, &digest))
		return;
	ukey_out_init(&out, octets, sizeof(octets));
	if (!keys_sign(c->worker, key, digest, &out))
		out.len = 0;
	(void)ukey_session_signature(s, ukey_out_done(&out));
}

void
message_advance(struct connection *c)
{
	if (c->purpose == PURPOSE_MX)
		ukey_inquiry_ask(&c->message->inquiry);
	else
		sign(c);
	if (c->waiting && ukey_session_done(&c->message->session))
		answer_message(c);
}

void
message_end(struct connection *c)
{
	if (c->purpose == PURPOSE_OPEN) /* there was no end of the header */
		message_header_end(c);
	(void)ukey_session_end(&c->message->session);
	c->waiting = true;
	c->progress = worker_now() + PROGRESS_MS;
	message_advance(c);
}
