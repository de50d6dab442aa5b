/*
 * userkeys-milter: what goes back to the MTA at the end of a message.
 * SPDX-License-Identifier: MIT
 *
 * The changes and the reply, in one write; where there is a notice a new body
 * comes between them.  The log's line is written when all of it is out.
 */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "worker.h"

#define CHANGES_MAX 49152 /* octets of changes that go out in one write */
#define PACKET_MAX 64     /* octets of a change beside its text, at most */
#define PIECE_MAX 65535   /* octets of one packet of a new body */

/* Where half of it is free, the next change has room. */
typedef char changes_fit[UKEY_AUTHRES_FIELD_MAX + PACKET_MAX <=
    CHANGES_MAX / 2 && UKEY_SUBMIT_ARENA + PACKET_MAX <= CHANGES_MAX / 2 ?
    1 : -1];

void
answer_refuse(const struct ukey_action *a, struct ukey_out *out)
{
	(void)ukey_milter_write_smtp(out, a->code, a->text);
	count(a->code < 500 ? COUNT_DEFERRED : COUNT_REFUSED);
}

/* The line on top of the body; the rest comes by and by. */
static void
begin_body(struct connection *c, struct ukey_out *out)
{
	struct message *m = c->message;
	uint8_t octets[1024];
	struct ukey_judgement j;
	struct ukey_out line;

	ukey_out_init(&line, octets, sizeof(octets));
	ukey_verify_userkeys(ukey_session_verify(&m->session), &j);
	notice_line(&line, c->worker->conf->session.authserv_id, &j);
	(void)ukey_milter_write_body(out, ukey_out_done(&line));
	c->replacing = true;
}

/* The MTA's hold queue, where that is wanted and the MTA has it. */
static void
hold(const struct connection *c, struct ukey_view why, struct ukey_out *out)
{
	uint8_t octets[256];
	struct ukey_out text;

	ukey_out_init(&text, octets, sizeof(octets));
	ukey_out_text(&text, "User Keys: ");
	ukey_out_view(&text, why);
	ukey_out_text(&text, "; its domain advises quarantine");
	if (c->can_hold)
		(void)ukey_milter_write_quarantine(out, ukey_out_done(&text));
}

/* One action into OUT; what to call it in the log, if it is the matter. */
static const char *
put_action(struct connection *c, const struct ukey_action *a,
    struct ukey_out *out)
{
	bool submission = c->purpose == PURPOSE_SUBMIT;

	switch (a->kind) {
	case UKEY_ACTION_DELETE:
		c->bad = !ukey_milter_write_delete(out,
		    UKEY_VIEW("Authentication-Results"), a->ordinal);
		count(COUNT_FORGED);
		c->removed++;
		return NULL;
	case UKEY_ACTION_INSERT:
		c->bad = !ukey_milter_write_insert(out, submission ? 1 : 0,
		    a->text, c->leading_space);
		return submission ? "sign" : NULL;
	case UKEY_ACTION_QUARANTINE:
		hold(c, a->text, out);
		return "quarantine";
	case UKEY_ACTION_REPLY:
		answer_refuse(a, out);
		return a->code < 500 ? "defer" : "refuse";
	default:
		if (notice_due(&c->message->notice))
			begin_body(c, out);
		else
			(void)ukey_milter_write_reply(out,
			    UKEY_MILTER_CONTINUE);
		journal_count(c);
		return "accept";
	}
}

/* All is sent, or it cannot be: then the MTA does as with no milter, which is
 * to try again. */
static void
close_message(struct connection *c)
{
	if (!c->bad) {
		journal_message(c, c->action, NULL);
		c->action = NULL;
	}
	message_free(c);
}

/* Behind the last octet; or, if not WHOLE, where they cannot be read on. */
static void
end_body(struct connection *c, bool whole)
{
	if (whole) {
		output_reply(c, UKEY_MILTER_CONTINUE);
	} else {
		log_error("the body cannot be read again: %s: the message "
		    "must come again", strerror(errno));
		c->bad = true;
	}
	close_message(c);
}

void
answer_message(struct connection *c)
{
	static uint8_t packets[CHANGES_MAX], octets[UKEY_AUTHRES_FIELD_MAX];
	const char *action = NULL, *word;
	struct ukey_action a;
	struct ukey_out out, text;

	ukey_out_init(&out, packets, sizeof(packets));
	ukey_out_init(&text, octets, sizeof(octets));
	while (!c->bad && ukey_session_action(&c->message->session, &a,
	    &text)) {
		if (out.len > sizeof(packets) / 2) {
			output_send(c, &out); /* thousands of forged results */
			out.len = 0;
		}
		word = put_action(c, &a, &out);
		action = action == NULL ? word : action;
	}
	output_send(c, &out);
	c->action = action == NULL ? "defer" : action;
	if (!c->replacing || c->bad)
		close_message(c);
	else if (notice_rewind(&c->message->notice))
		answer_resume(c);
	else
		end_body(c, false);
}

void
answer_resume(struct connection *c)
{
	static uint8_t octets[PIECE_MAX], packet[PIECE_MAX + 8];
	struct ukey_view piece = { octets, 0 };
	struct ukey_out out;
	long len;

	while (c->replacing && c->output_len == 0 && !c->bad) {
		len = notice_read(&c->message->notice, octets,
		    sizeof(octets));
		if (len <= 0) {
			end_body(c, len == 0);
			return;
		}
		ukey_out_init(&out, packet, sizeof(packet));
		piece.len = (size_t)len;
		(void)ukey_milter_write_body(&out, piece);
		output_send(c, &out);
	}
}
