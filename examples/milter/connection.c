/*
 * userkeys-milter: a connection of the MTA, event by event.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "worker.h"

struct connection *
connection_new(struct worker *w, int fd, bool local)
{
	struct connection *c = calloc(1, sizeof(*c));
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	if (c == NULL || epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
		free(c);
		return NULL;
	}
	c->worker = w;
	c->fd = fd;
	c->local = local;
	c->reading = true;
	c->heard = worker_now();
	ukey_milter_init(&c->decoder);
	c->next = w->connections;
	c->link = &w->connections;
	if (c->next != NULL)
		c->next->link = &c->next;
	w->connections = c;
	w->count++;
	count(COUNT_CONNECTIONS);
	return c;
}

void
connection_free(struct connection *c)
{
	message_free(c);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	c->worker->count--;
	close(c->fd);
	free(c->output);
	free(c);
}

static void
keep(char *to, struct ukey_view text)
{
	snprintf(to, NAME_TEXT, "%.*s", (int)text.len,
	    (const char *)text.data);
}

/* Whether mail can be held, by the ACTIONS that the MTA has. */
static void
take_hold(struct connection *c, uint32_t actions)
{
	struct worker *w = c->worker;

	c->can_hold = actions & UKEY_MILTER_QUARANTINE;
	if (!w->conf->hold || c->can_hold || w->no_hold)
		return;
	log_error("quarantine = hold: the MTA does not offer it: mail is "
	    "only marked");
	w->no_hold = true;
}

/* What is read of MAIL's macros: an MTA whose settings leave one of them out
 * sends it all the same. */
#define MAIL_MACROS UKEY_VIEW("i {auth_authen} {mail_addr}")

/*
 * By TCP each step but the many ones is answered: an MTA that sends two small
 * packets and hears nothing in between would wait for our delayed ACK.
 */
static void
take_options(struct connection *c, const struct ukey_milter_event *e)
{
	struct ukey_milter_options want = { UKEY_MILTER_VERSION,
		UKEY_MILTER_ADD_FIELDS | UKEY_MILTER_CHANGE_FIELDS |
		(c->worker->conf->body_notice ? UKEY_MILTER_CHANGE_BODY : 0) |
		(c->worker->conf->hold ? UKEY_MILTER_QUARANTINE : 0) |
		UKEY_MILTER_SET_MACROS,
		UKEY_MILTER_NO_HELO |
		UKEY_MILTER_NO_RCPT | UKEY_MILTER_NO_UNKNOWN |
		UKEY_MILTER_QUIET_HEADER | UKEY_MILTER_QUIET_HEADER_END |
		UKEY_MILTER_QUIET_BODY | UKEY_MILTER_LEADING_SPACE |
		(c->local ? UKEY_MILTER_QUIET_CONNECT |
		UKEY_MILTER_QUIET_DATA : 0) };
	struct ukey_milter_options offer = { e->word[0], e->word[1],
		e->word[2] }, taken;
	uint8_t octets[64];
	struct ukey_out out;

	if (c->negotiated || !ukey_milter_negotiate(&taken, &offer, &want,
	    UKEY_MILTER_ADD_FIELDS | UKEY_MILTER_CHANGE_FIELDS)) {
		log_error("the MTA cannot serve a milter that adds and "
		    "changes header fields, or asks twice");
		c->bad = true;
		return;
	}
	c->negotiated = true;
	c->can_replace = taken.actions & UKEY_MILTER_CHANGE_BODY;
	take_hold(c, taken.actions);
	c->leading_space = taken.protocol & UKEY_MILTER_LEADING_SPACE;
	c->quiet_connect = taken.protocol & UKEY_MILTER_QUIET_CONNECT;
	c->quiet_data = taken.protocol & UKEY_MILTER_QUIET_DATA;
	c->quiet_header = taken.protocol & UKEY_MILTER_QUIET_HEADER;
	c->quiet_end = taken.protocol & UKEY_MILTER_QUIET_HEADER_END;
	c->quiet_body = taken.protocol & UKEY_MILTER_QUIET_BODY;
	ukey_out_init(&out, octets, sizeof(octets));
	(void)ukey_milter_write_options(&out, &taken, MAIL_MACROS);
	output_send(c, &out);
}

/* A login that was cut would be somebody else's. */
static void
take_login(struct connection *c, const struct ukey_milter_event *e)
{
	if (e->cut || e->second.len >= sizeof(c->login)) {
		log_error("a login of over %d octets: the connection is "
		    "closed", NAME_TEXT - 1);
		c->bad = true;
		return;
	}
	keep(c->login, e->second);
}

/* The MTA's own reading of MAIL FROM; one that was cut, or that is longer than
 * any address, is kept as one that cannot be read. */
static void
take_mail_addr(struct connection *c, const struct ukey_milter_event *e)
{
	struct ukey_view v = e->second;

	if (e->cut || v.len > sizeof(c->mail_addr))
		v = UKEY_VIEW("<");
	if (v.len > 0)
		memcpy(c->mail_addr, v.data, v.len);
	c->mail_addr_len = v.len;
	c->has_mail_addr = true;
}

/* Of the connection.  At EOM Postfix says another daemon_name. */
static void
take_macro_of_connect(struct connection *c, struct ukey_view name,
    struct ukey_view value)
{
	if (ukey_view_equal(name, UKEY_VIEW("daemon_name")))
		keep(c->daemon_name, value);
	if (ukey_view_equal(name, UKEY_VIEW("j")))
		keep(c->host, value);
}

static void
take_macro(struct connection *c, const struct ukey_milter_event *e)
{
	struct ukey_view name = e->first;

	if (name.len > 2 && name.data[0] == '{')
		name = ukey_view_part(name, 1, name.len - 1);
	if (ukey_view_equal(name, UKEY_VIEW("i")))
		keep(c->queue_id, e->second);
	if (e->stage == 'C')
		take_macro_of_connect(c, name, e->second);
	if (e->stage == 'M' && ukey_view_equal(name,
	    UKEY_VIEW("auth_authen")))
		take_login(c, e);
	if (e->stage == 'M' && ukey_view_equal(name, UKEY_VIEW("mail_addr")))
		take_mail_addr(c, e);
}

/* Events of a message; those that belong to none are answered alike. */
static void
message_event(struct connection *c, const struct ukey_milter_event *e)
{
	switch (e->kind) {
	case UKEY_MILTER_NAME:
	case UKEY_MILTER_VALUE:
	case UKEY_MILTER_FIELD_END:
		field_take(c, e);
		break;
	case UKEY_MILTER_HEADER_END:
		message_header_end(c);
		if (!c->quiet_end)
			output_reply(c, UKEY_MILTER_CONTINUE);
		break;
	case UKEY_MILTER_BODY:
		message_body(c, e->first);
		break;
	case UKEY_MILTER_BODY_END:
		if (!c->quiet_body)
			output_reply(c, UKEY_MILTER_CONTINUE);
		break;
	default:
		message_end(c);
	}
}

/* A command out of its order: a message is open, or none is. */
static void
disorder(struct connection *c)
{
	log_error("the MTA speaks out of turn: the connection is closed");
	count(COUNT_BAD_PROTOCOL);
	c->bad = true;
}

/* An argument that was cut is kept as one that cannot be read. */
static void
mail_event(struct connection *c, const struct ukey_milter_event *e)
{
	if (c->message != NULL)
		disorder(c);
	else
		message_begin(c, e->cut ? UKEY_VIEW("<") : e->first);
}

/* Mail of programs on the host, and bounces, come from Postfix' cleanup(8) as
 * from port 0 of the host itself, which no client can have; their macros are
 * those of the MX. */
static void
take_client(struct connection *c, const struct ukey_milter_event *e)
{
	keep(c->client, e->second);
	c->from_host = e->family == 'L' || (e->port == 0 &&
	    (ukey_view_equal(e->second, UKEY_VIEW("127.0.0.1")) ||
	    ukey_view_equal(e->second, UKEY_VIEW("::1"))));
}

/* Events of the connection; false when E is none. */
static bool
connection_event(struct connection *c, const struct ukey_milter_event *e)
{
	switch (e->kind) {
	case UKEY_MILTER_OPTIONS:
		take_options(c, e);
		return true;
	case UKEY_MILTER_MACRO:
		take_macro(c, e);
		return true;
	case UKEY_MILTER_ABORT:
		message_free(c);
		return true;
	case UKEY_MILTER_QUIT:
		c->bad = true;
		return true;
	case UKEY_MILTER_QUIT_NEW:
		message_free(c);
		c->daemon_name[0] = c->client[0] = c->host[0] = '\0';
		c->from_host = false;
		return true;
	case UKEY_MILTER_CONNECT:
		take_client(c, e);
		if (!c->quiet_connect)
			output_reply(c, UKEY_MILTER_CONTINUE);
		return true;
	default:
		return false;
	}
}

static void
handle(struct connection *c, const struct ukey_milter_event *e)
{
	if (connection_event(c, e))
		return;
	switch (e->kind) {
	case UKEY_MILTER_MAIL:
		mail_event(c, e);
		break;
	case UKEY_MILTER_DATA:
		if (!c->quiet_data)
			output_reply(c, UKEY_MILTER_CONTINUE);
		break;
	case UKEY_MILTER_HELO:
	case UKEY_MILTER_RCPT:
	case UKEY_MILTER_UNKNOWN:
		output_reply(c, UKEY_MILTER_CONTINUE);
		break;
	default:
		if (c->message == NULL || c->waiting)
			disorder(c);
		else
			message_event(c, e);
	}
}

/* Decodes LEN octets of the worker's input. */
static void
decode(struct connection *c, size_t len)
{
	struct ukey_view in = { c->worker->input, len };
	struct ukey_milter_event e;

	while (!c->bad && (e = ukey_milter_next(&c->decoder, &in)).kind !=
	    UKEY_MILTER_NONE) {
		if (e.kind == UKEY_MILTER_BAD || (!c->negotiated &&
		    e.kind != UKEY_MILTER_OPTIONS &&
		    e.kind != UKEY_MILTER_QUIT))
			disorder(c);
		else
			handle(c, &e);
	}
}

/* Reads and decodes what there is; one piece at most where that is all. */
static void
receive(struct connection *c)
{
	ssize_t n = INPUT_SIZE;

	while (n == INPUT_SIZE && c->reading && !c->bad) {
		do {
			n = recv(c->fd, c->worker->input, INPUT_SIZE, 0);
		} while (n < 0 && errno == EINTR);
		if (n > 0)
			decode(c, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
			c->bad = true;
	}
}

void
connection_ready(struct connection *c, bool input, bool output)
{
	c->heard = worker_now();
	if (output) {
		output_flush(c);
		answer_resume(c);
	}
	if (input)
		receive(c);
	if (c->bad)
		connection_free(c);
}

void
connection_answer(struct connection *c,
    const struct ukey_resolver_result *result)
{
	struct worker *w = c->worker;

	(void)ukey_inquiry_take(&c->message->inquiry, result, w->work,
	    sizeof(w->work));
	message_advance(c);
}

void
connection_tick(struct connection *c, uint64_t now)
{
	if (now > c->heard + (uint64_t)c->worker->conf->idle * 1000) {
		log_line("no word from the MTA for %u s: the connection is "
		    "closed", c->worker->conf->idle);
		c->bad = true;
		return;
	}
	if (!c->waiting || c->replacing || now < c->progress)
		return;
	c->progress = now + PROGRESS_MS;
	output_reply(c, UKEY_MILTER_PROGRESS);
}
