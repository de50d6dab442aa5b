/*
 * userkeys: what the files of the resolver share.
 * SPDX-License-Identifier: MIT
 *
 *   ukey_resolver.c        questions in, results out, time
 *   ukey_resolver_lookup.c one question on its way
 *   ukey_resolver_run.c    the blocking calls, made of the others
 *   ukey_resolver_conf.c   servers and resolv.conf
 *   ukey_resolver_udp.c    attempts: one socket, one server
 *   ukey_resolver_tcp.c    the same over TCP
 *   ukey_resolver_wire.c   what both send and take, without the sockets
 *   ukey_resolver_cache.c  answers kept
 *   ukey_zone.c            answers from a zone file, read by ukey_zone_read.c
 */
#ifndef UKEY_RESOLVER_PARTS_H
#define UKEY_RESOLVER_PARTS_H

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "ukey_resolver.h"
#include "ukey_zone.h"

#define UKEY_ATTEMPTS_MAX 16    /* of one lookup: servers times rounds */
#define UKEY_PACKET_MAX 65535   /* RFC 1035 4.2.2 */
#define UKEY_UDP_MAX 4096       /* received over UDP; we offer 1232 */

struct ukey_server {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} addr;
	socklen_t len;
};

/* A packet on its way over a stream, behind its length (RFC 1035 4.2.2). */
struct ukey_frame {
	uint8_t head[2];
	uint8_t *packet;   /* on the heap, once its length is known */
	size_t have;       /* octets taken, those of the head too */
	size_t size;       /* of the packet */
};

/* One try: a socket of its own, connected to one server. */
struct ukey_attempt {
	struct ukey_lookup *lookup;
	int fd;            /* -1: over */
	unsigned server;
	uint16_t id;       /* in the query as it was sent */
	bool tcp;
	size_t sent;       /* TCP: octets of length and query */
	struct ukey_frame frame; /* TCP: the answer */
};

/* Who asked. */
struct ukey_asker {
	struct ukey_asker *next;
	void *cookie;
	unsigned id;
	uint16_t query_id;
};

/* One question on its way; equal ones share it. */
struct ukey_lookup {
	struct ukey_lookup *next;
	uint8_t query[UKEY_DNS_QUERY_MAX];
	size_t query_len;
	struct ukey_asker *askers;
	bool done;
	uint64_t deadline;
	uint64_t next_try;
	unsigned tries;    /* attempts begun */
	struct ukey_attempt attempt[UKEY_ATTEMPTS_MAX];
	/* The answer so far: SERVFAIL and truncated ones wait for a better. */
	uint8_t *packet;   /* on the heap; NULL: none */
	size_t packet_len;
	enum ukey_reason reason; /* why there is none */
	uint32_t age;
};

struct ukey_resolver {
	struct ukey_resolver_settings settings;
	const struct ukey_random *random;
	struct ukey_server server[UKEY_RESOLVER_SERVERS_MAX];
	unsigned servers;
	char source[512];
	int epoll;
	unsigned sockets;          /* open now */
	struct ukey_lookup *lookups; /* oldest first */
	struct ukey_lookup *taken; /* whose packet the caller looks at */
	struct ukey_cache *cache;  /* NULL: none */
	struct ukey_zone *zone;    /* NULL: over the network */
	uint8_t udp[UKEY_UDP_MAX];
};

/* ukey_resolver.c */
uint64_t ukey_resolver_now(const struct ukey_resolver *r);

/* ukey_resolver_lookup.c */
/* A new lookup at the end of the list, answered at once where that can be;
 * NULL without memory. */
struct ukey_lookup *ukey_lookup_new(struct ukey_resolver *r,
    struct ukey_view query);
void ukey_lookup_free(struct ukey_resolver *r, struct ukey_lookup *l);
/* How many attempts a lookup may have. */
unsigned ukey_lookup_tries(const struct ukey_resolver *r);
/* What is due for L at NOW. */
void ukey_lookup_step(struct ukey_resolver *r, struct ukey_lookup *l,
    uint64_t now);
/* L's answer is PACKET (copied), or none for REASON. */
void ukey_lookup_finish(struct ukey_resolver *r, struct ukey_lookup *l,
    struct ukey_view packet, enum ukey_reason reason);
/* A packet came that matches A's query: it ends the lookup, or is kept in
 * case nothing better comes, and the next attempt begins. */
void ukey_lookup_packet(struct ukey_resolver *r, struct ukey_attempt *a,
    struct ukey_view packet);

/* ukey_resolver_conf.c: false with text in ERR. */
bool ukey_resolver_servers(struct ukey_resolver *r, const char *servers,
    char *err, size_t err_size);

/* ukey_resolver_udp.c */
/* Begins the next attempt of L; false when there is none left, or no socket. */
bool ukey_attempt_next(struct ukey_resolver *r, struct ukey_lookup *l);
void ukey_attempt_close(struct ukey_resolver *r, struct ukey_attempt *a);
/* What epoll says of A. */
void ukey_attempt_ready(struct ukey_resolver *r, struct ukey_attempt *a);
bool ukey_attempt_watch(struct ukey_resolver *r, struct ukey_attempt *a,
    int fd, unsigned events);

/* ukey_resolver_wire.c */
/* The query of A with its own id, and AD as the settings say. */
void ukey_attempt_query(const struct ukey_resolver *r,
    const struct ukey_attempt *a, uint8_t *query);
/* Whether PACKET answers it. */
bool ukey_attempt_matches(const struct ukey_resolver *r,
    const struct ukey_attempt *a, struct ukey_view packet);
/*
 * Where the next octets of the stream go, and in LEN how many at most; the
 * caller adds to HAVE what it put there.  LEN 0: the packet is whole.  NULL
 * without memory.
 */
uint8_t *ukey_frame_room(struct ukey_frame *f, size_t *len);

/* ukey_resolver_tcp.c: takes A over to TCP; false if that cannot be. */
bool ukey_attempt_tcp(struct ukey_resolver *r, struct ukey_attempt *a);
void ukey_attempt_tcp_ready(struct ukey_resolver *r, struct ukey_attempt *a);

/* ukey_resolver_cache.c */
struct ukey_cache *ukey_cache_new(unsigned positive, unsigned negative);
void ukey_cache_free(struct ukey_cache *c);
/* The packet kept for QUERY at time NOW (ms), AGE in seconds; empty: none. */
struct ukey_view ukey_cache_find(struct ukey_cache *c, struct ukey_view query,
    uint64_t now, uint32_t *age);
/* Keeps PACKET, the answer to QUERY, if it may be kept and fits. */
void ukey_cache_keep(struct ukey_cache *c, struct ukey_view query,
    struct ukey_view packet, uint64_t now);

#endif
