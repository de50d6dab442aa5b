/*
 * userkeys firmware: one message from the board to its judgements.
 * SPDX-License-Identifier: MIT
 */
#include "report.h"
#include "verify.h"

/* Carries question ID, if it is open, to the DNS and the answer back. */
static void
ask(struct verify_memory *memory, unsigned id)
{
	struct ukey_out query;
	struct ukey_view answer = { memory->packet, 0 };

	/* The query may lie where the answer will: it is sent by then. */
	ukey_out_init(&query, memory->work, UKEY_DNS_QUERY_MAX);
	if (!ukey_verify_question(&memory->v, id, &query))
		return;
	answer.len = board_dns(ukey_out_done(&query), memory->packet,
	    sizeof(memory->packet));
	if (answer.len == 0)
		(void)ukey_verify_no_answer(&memory->v, id,
		    UKEY_REASON_DNS_TIMEOUT);
	else if (answer.len > sizeof(memory->packet))
		(void)ukey_verify_no_answer(&memory->v, id,
		    UKEY_REASON_DNS_TRUNCATED);
	else
		(void)ukey_verify_answer(&memory->v, id, answer, memory->work,
		    sizeof(memory->work));
}

void
verify_message(struct verify_memory *memory, const struct board_message *m,
    void *arena, size_t size)
{
	struct ukey_verify *v = &memory->v;
	unsigned id;
	size_t n;

	ukey_verify_init(v, m->flags, arena, size);
	if (m->mail_from.data != NULL)
		(void)ukey_verify_mail_from(v, m->mail_from, UKEY_VIEW_NONE);
	(void)ukey_verify_clock(v, ukey_board_time());
	while ((n = board_read(memory->packet, sizeof(memory->packet))) > 0)
		(void)ukey_verify_push(v, memory->packet, n);
	(void)ukey_verify_end(v);
	while (ukey_verify_asking(v))
		for (id = 0; id < UKEY_QUESTIONS_MAX; id++)
			ask(memory, id);
	report_text("message", m->name);
	report_judgements(v, m->mail_from.data != NULL);
}
