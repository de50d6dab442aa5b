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

#define CHANGES_MAX 49152 /* octets of all changes of one message */

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* Submission, MX or neither, by what the MTA said. */
static enum purpose
purpose_of(const struct connection *c)
{
	const struct conf *conf = c->worker->conf;
	bool submission = strcmp(c->daemon_name, conf->submission_name) == 0;

	if (c->login[0] != '\0' || (submission && c->daemon_name[0] != '\0'))
		return PURPOSE_SUBMIT;
	if (conf_trusts(conf, c->client))
		return PURPOSE_SUBMIT;
	/* No macro of a connection: pickup(8), bounces. */
	if (c->daemon_name[0] != '\0')
		return PURPOSE_MX;
	if (conf->local_mail == CONF_SIGN)
		return PURPOSE_SUBMIT;
	return conf->local_mail == CONF_PASS ? PURPOSE_PASS : PURPOSE_MX;
}

/* Whether C's client must say who it is: it came to submission, from no
 * trusted network, without a login. */
static bool
lacks_login(const struct connection *c)
{
	return c->login[0] == '\0' && c->daemon_name[0] != '\0' &&
	    !conf_trusts(c->worker->conf, c->client);
}

void
message_free(struct connection *c)
{
	if (c->asked != 0)
		ukey_resolver_cancel(c->worker->dns, c);
	free(c->message);
	free(c->field);
	c->message = NULL;
	c->field = NULL;
	c->field_len = c->field_size = c->name_len = 0;
	c->asked = 0;
	c->waiting = false;
	c->purpose = PURPOSE_NONE;
	c->queue_id[0] = c->message_id[0] = c->login[0] = '\0';
}

static void
tempfail(struct connection *c, const char *why)
{
	log_error("%s", why);
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
	unsigned id;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(s, id, &login, &address))
			continue;
		p = keys_permit(c->worker, login, address, selector);
		(void)ukey_session_permit(s, id, &p);
	}
}

/* An SMTP reply of the session, A, and the message is forgotten. */
static void
send_refusal(const struct ukey_action *a,
    struct ukey_out *out)
{
	(void)ukey_milter_write_smtp(out, a->code, a->text);
	count(a->code < 500 ? COUNT_DEFERRED : COUNT_REFUSED);
}

/* One line for the message: what was done, and why. */
static void
log_message(const struct connection *c, const char *action)
{
	static const char *const purposes[] = { "none", "submit", "mx",
		"pass" };
	struct ukey_session *s = &c->message->session;
	struct ukey_verify *v = ukey_session_verify(s);
	char line[1800] = "";
	struct ukey_judgement j;

	log_word(line, sizeof(line), "queue", text_view(c->queue_id));
	log_word(line, sizeof(line), "message-id", text_view(c->message_id));
	log_word(line, sizeof(line), "role", text_view(purposes[c->purpose]));
	log_word(line, sizeof(line), "from", text_view(c->sender));
	if (c->login[0] != '\0')
		log_word(line, sizeof(line), "login", text_view(c->login));
	log_word(line, sizeof(line), "action", text_view(action));
	if (v != NULL) {
		ukey_verify_userkeys(v, &j);
		log_word(line, sizeof(line), "userkeys",
		    text_view(ukey_verdict_word(j.verdict)));
		log_word(line, sizeof(line), "advice",
		    text_view(ukey_advice_word(j.advice)));
	}
	log_word(line, sizeof(line), "why", text_view(ukey_reason_word(
	    v != NULL ? j.reason : ukey_session_reason(s))));
	log_line("%s", line);
}

static void
count_result(struct ukey_session *s)
{
	static const enum counter counters[] = { [UKEY_NONE] = COUNT_NONE,
		[UKEY_PASS] = COUNT_PASS, [UKEY_FAIL] = COUNT_FAIL,
		[UKEY_POLICY] = COUNT_FAIL, [UKEY_NEUTRAL] = COUNT_NONE,
		[UKEY_TEMPERROR] = COUNT_TEMPERROR,
		[UKEY_PERMERROR] = COUNT_PERMERROR };
	struct ukey_judgement j;

	if (ukey_session_verify(s) == NULL) {
		count(ukey_session_reason(s) == UKEY_REASON_OK ?
		    COUNT_SIGNED : COUNT_UNSIGNED);
		return;
	}
	ukey_verify_userkeys(ukey_session_verify(s), &j);
	count(counters[j.verdict]);
}

void
message_begin(struct connection *c, struct ukey_view path)
{
	struct worker *w = c->worker;
	bool mx;
	size_t size;
	struct ukey_session *s;
	uint8_t octets[1024], packet[1100];
	struct ukey_action a;
	struct ukey_out text, out;

	c->purpose = purpose_of(c);
	snprintf(c->sender, sizeof(c->sender), "%.*s", (int)path.len,
	    (const char *)path.data);
	count(COUNT_MESSAGES);
	if (c->purpose == PURPOSE_PASS) {
		output_reply(c, UKEY_MILTER_ACCEPT);
		return;
	}
	mx = c->purpose == PURPOSE_MX;
	size = mx ? UKEY_ARENA_SIZE : UKEY_SUBMIT_ARENA;
	c->message = malloc(sizeof(*c->message) + size);
	if (c->message == NULL) {
		tempfail(c, "out of memory: 451");
		return;
	}
	s = &c->message->session;
	ukey_session_init(s, &w->conf->session, mx ? UKEY_ROLE_MX :
	    UKEY_ROLE_SUBMIT, c->message->arena, size);
	(void)ukey_session_time(s, (uint64_t)time(NULL));
	ukey_out_init(&text, octets, sizeof(octets));
	ukey_out_init(&out, packet, sizeof(packet));
	if (!mx && lacks_login(c)) {
		a = (struct ukey_action) { .code = 550, .text = UKEY_VIEW(
		    "5.7.1 Submission without a login: authenticate first") };
		send_refusal(&a, &out);
		output_send(c, &out);
		message_free(c);
		return;
	}
	if (!mx)
		(void)ukey_session_login(s, text_view(c->login));
	(void)ukey_session_mail_from(s, path);
	if (!mx)
		permit(c);
	if (!ukey_session_refused(s, &a, &text)) {
		output_reply(c, UKEY_MILTER_CONTINUE);
		return;
	}
	log_message(c, "refuse");
	send_refusal(&a, &out);
	output_send(c, &out);
	message_free(c);
}

void
message_field(struct connection *c)
{
	struct ukey_view raw = { c->field, c->field_len };
	struct ukey_view value = raw;
	struct ukey_view name = ukey_view_cut(&value, ':');

	if (c->message_id[0] == '\0' && value.data != NULL &&
	    ukey_view_equal_nocase(name, UKEY_VIEW("Message-ID"))) {
		value = ukey_view_trim(value);
		snprintf(c->message_id, sizeof(c->message_id), "%.*s",
		    (int)value.len, (const char *)value.data);
	}
	(void)ukey_session_field(&c->message->session, raw);
	c->field_len = c->name_len = 0;
}

/* Asks the DNS what the session wants to know. */
static void
ask_dns(struct connection *c)
{
	struct ukey_verify *v = ukey_session_verify(&c->message->session);
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out query;
	unsigned id;

	for (id = 0; id < UKEY_QUESTIONS_MAX; id++) {
		ukey_out_init(&query, octets, sizeof(octets));
		if ((c->asked >> id & 1) ||
		    !ukey_verify_question(v, id, &query))
			continue;
		if (ukey_resolver_ask(c->worker->dns, ukey_out_done(&query),
		    c, id) == UKEY_OK)
			c->asked |= (uint32_t)1 << id;
		else
			(void)ukey_verify_no_answer(v, id,
			    UKEY_REASON_DNS_TIMEOUT);
	}
}

void
message_header_end(struct connection *c)
{
	(void)ukey_session_header_end(&c->message->session);
	if (c->purpose == PURPOSE_SUBMIT)
		permit(c);
	else
		ask_dns(c);
}

void
message_body(struct connection *c, struct ukey_view octets)
{
	(void)ukey_session_body(&c->message->session, octets.data,
	    octets.len);
}

/* The changes and the reply, in one write. */
static void
finish(struct connection *c)
{
	static uint8_t packets[CHANGES_MAX], octets[CHANGES_MAX];
	struct ukey_session *s = &c->message->session;
	const char *action = "accept";
	struct ukey_action a;
	struct ukey_out out, text;

	ukey_out_init(&out, packets, sizeof(packets));
	ukey_out_init(&text, octets, sizeof(octets));
	while (ukey_session_action(s, &a, &text)) {
		if (a.kind == UKEY_ACTION_DELETE) {
			(void)ukey_milter_write_delete(&out,
			    UKEY_VIEW("Authentication-Results"), a.ordinal);
			count(COUNT_FORGED);
		} else if (a.kind == UKEY_ACTION_INSERT) {
			(void)ukey_milter_write_insert(&out,
			    c->purpose == PURPOSE_SUBMIT ? 1 : 0, a.text,
			    c->leading_space);
			action = c->purpose == PURPOSE_SUBMIT ? "sign" :
			    action;
		} else if (a.kind == UKEY_ACTION_REPLY) {
			send_refusal(&a, &out);
			action = a.code < 500 ? "defer" : "refuse";
		} else {
			(void)ukey_milter_write_reply(&out,
			    UKEY_MILTER_CONTINUE);
			count_result(s);
		}
	}
	log_message(c, action);
	output_send(c, &out);
	message_free(c);
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
		ask_dns(c);
	else
		sign(c);
	if (c->waiting && ukey_session_done(&c->message->session))
		finish(c);
}

void
message_end(struct connection *c)
{
	(void)ukey_session_end(&c->message->session);
	c->waiting = true;
	c->progress = worker_now() + PROGRESS_MS;
	message_advance(c);
}
