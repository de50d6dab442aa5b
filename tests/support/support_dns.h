/*
 * DNS answers for tests, from a table, as packets.
 * SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_DNS_H
#define SUPPORT_DNS_H

#include "ukey.h"

/*
 * One record: TYPE is "TXT" (DATA is the joined text), "CNAME" (DATA is the
 * target), "SERVFAIL" or "TIMEOUT".  A table ends with a NULL name.
 */
struct support_record {
	const char *name, *type, *data;
};

/* Writes the response to QUERY; returns its length, 0 for "TIMEOUT". */
size_t support_dns_answer(const struct support_record *records,
    struct ukey_view query, uint8_t *packet, size_t size);
/* Answers question ID of V, if it is open; returns whether it was. */
bool support_dns_answer_one(struct ukey_verify *v, unsigned id,
    const struct support_record *records);
/* Answers all that V asks; returns how many questions there were.  LAST_FIRST
 * turns the order round. */
unsigned support_dns_run(struct ukey_verify *v,
    const struct support_record *records, bool last_first);

#endif
