/*
 * userkeys-milter: memory of messages, kept for the next ones: pages that are
 * given back and faulted in anew cost more than a small message's work.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "worker.h"

struct message *
message_take(struct worker *w)
{
	struct message *m = w->spare;

	if (m == NULL)
		return malloc(sizeof(*m) + UKEY_ARENA_SIZE);
	w->spare = m->next;
	w->spares--;
	return m;
}

void
message_put(struct worker *w, struct message *m)
{
	if (w->spares == WORKER_SPARES) {
		free(m);
		return;
	}
	m->next = w->spare;
	w->spare = m;
	w->spares++;
}

void
message_spares_free(struct worker *w)
{
	struct message *m;

	while (w->spare != NULL) {
		m = w->spare;
		w->spare = m->next;
		free(m);
	}
	w->spares = 0;
}
