/*
 * userkeys: for tests of the resolver: a name server in the same process, a
 * clock that stands still, and the steps of an event loop.
 * SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_SERVER_H
#define SUPPORT_SERVER_H

#include <netinet/in.h>

#include "ukey_resolver.h"

#define SUPPORT_DEADLINE 1000 /* ms: of a question */

/* The resolvers' time, ms. */
extern uint64_t support_now;

struct support_query {
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	size_t len;
	struct sockaddr_in from;
	char label[64]; /* the first one of the name */
};

/* A socket on loopback; "address:port" to NAME of SIZE. */
int support_server_open(char *name, size_t size);
/* The next query to FD; false: there is none. */
bool support_server_take(int fd, struct support_query *q);
/* Drops all that came; how many queries those were. */
unsigned support_server_drop(int fd);
bool support_query_has_opt(const struct support_query *q);
/* The length up to the question's end. */
size_t support_query_end(const struct support_query *q);
void support_server_put(int fd, const struct support_query *q,
    const uint8_t *packet, size_t len);
/* Answers Q with a record of TYPE (16: TXT, 5: CNAME). */
void support_server_answer(int fd, const struct support_query *q,
    uint8_t type, struct ukey_view rdata);
/* The same with some text. */
void support_server_text(int fd, const struct support_query *q);
/* Answers what begins with PREFIX, and drops the rest; how many it answered. */
unsigned support_server_only(int fd, const char *prefix);

/* A resolver without a cache; SOCKETS, SHARE: 0 for the default. */
struct ukey_resolver *support_resolver(const char *servers, unsigned sockets,
    unsigned share);
/* Asks LABEL.example.org. */
void support_ask(struct ukey_resolver *r, const char *label, void *cookie,
    unsigned id);
/* Steps as an event loop would, as long as there is something to do now. */
void support_turn(struct ukey_resolver *r);

/* Results that are there: of COOKIE, those with a packet among them, others. */
struct support_tally {
	unsigned own, own_good, others;
};
struct support_tally support_tally(struct ukey_resolver *r,
    const void *cookie);

#endif
