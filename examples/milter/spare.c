/*
 * userkeys-milter: memory of messages, kept for the next ones: pages that are
 * given back and faulted in anew cost more than a small message's work.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "worker.h"

struct message *
message_take(struct worker *w, bool mx)
{
	struct message *m = w->spare[mx];

	if (m != NULL) {
		w->spare[mx] = m->next;
		w->spares[mx]--;
		return m;
	}
	m = malloc(sizeof(*m) + (mx ? UKEY_ARENA_SIZE : UKEY_SUBMIT_ARENA));
	if (m != NULL)
		m->mx = mx;
	return m;
}

void
message_put(struct worker *w, struct message *m)
{
	bool mx = m->mx;

	if (w->spares[mx] == WORKER_SPARES) {
		free(m);
		return;
	}
	m->next = w->spare[mx];
	w->spare[mx] = m;
	w->spares[mx]++;
}

void
message_spares_free(struct worker *w)
{
	struct message *m;
	unsigned i;

	for (i = 0; i < 2; i++)
		while (w->spare[i] != NULL) {
			m = w->spare[i];
			w->spare[i] = m->next;
			free(m);
		}
}
