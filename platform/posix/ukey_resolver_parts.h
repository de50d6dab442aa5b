/*
 * userkeys: what the files of the resolver share.
 * SPDX-License-Identifier: MIT
 *
 *   ukey_resolver.c         questions in, results out, time
 *   ukey_resolver_open.c    begin and end; the servers in hand
 *   ukey_resolver_lookup.c  one question on its way
 *   ukey_resolver_share.c   who may open a socket: no cookie starves another
 *   ukey_resolver_run.c     the blocking calls, made of the others
 *   ukey_resolver_conf.c    resolv.conf
 *   ukey_resolver_address.c addresses as text
 *   ukey_resolver_udp.c     attempts: one socket, one server
 *   ukey_resolver_tcp.c     the same over TCP
 *   ukey_resolver_wire.c    what both send and take, without the sockets
 *   ukey_resolver_cache.c   answers kept
 *   ukey_inquiry.c          the questions of one message
 *   ukey_zone.c             answers from a zone file, read by ukey_zone_read.c
 */
#ifndef UKEY_RESOLVER_PARTS_H
#define UKEY_RESOLVER_PARTS_H

#include <stdio.h>

#include "ukey_resolver.h"
#include "ukey_resolver_conf.h"
#include "ukey_zone.h"

#define UKEY_PACKET_MAX 65535   /* RFC 1035 4.2.2 */
#define UKEY_UDP_MAX 4096       /* received over UDP; we offer 1232 */

/* RFC 1035 4.1.1 */
enum ukey_rcode {
	UKEY_RCODE_NOERROR = 0,
	UKEY_RCODE_FORMERR = 1,
	UKEY_RCODE_SERVFAIL = 2,
	UKEY_RCODE_NXDOMAIN = 3,
	UKEY_RCODE_NOTIMP = 4,
	UKEY_RCODE_REFUSED = 5
};

/* A packet on its way over a stream, behind its length (RFC 1035 4.2.2). */
struct ukey_frame {
	uint8_t head[2];
	uint8_t *packet;   /* on the heap, once its length is known */
	size_t have;       /* octets taken, those of the head too */
	size_t size;       /* of the packet */
};

/* What one server is asked: a socket of its own, connected to it. */
struct ukey_attempt {
	struct ukey_lookup *lookup;
	int fd;            /* -1: none is open */
	unsigned server;
	uint64_t since;    /* ms when the socket was opened */
	uint16_t id;       /* in the query as it was sent */
	bool tcp;
	bool edns;         /* a query with OPT went out by this socket */
	bool plain;        /* queries go out without OPT from now on */
	bool refused;      /* ... since the server did not understand OPT */
	size_t sent;       /* TCP: octets of length and query */
	struct ukey_frame frame; /* TCP: the answer */
};

/* A cookie, while it has questions. */
struct ukey_client {
	struct ukey_client *next;
	void *cookie;
	unsigned askers;   /* that point here */
	unsigned sockets;  /* open for lookups that it pays for */
	bool took;         /* another's socket, and got no answer since */
};

/* Who asked. */
struct ukey_asker {
	struct ukey_asker *next;
	struct ukey_client *client;
	unsigned id;
	uint16_t query_id;
	uint64_t until;    /* ms: no longer than that */
};

/* One question on its way; equal ones share it. */
struct ukey_lookup {
	struct ukey_lookup *next;
	uint8_t query[UKEY_DNS_QUERY_MAX];
	size_t query_len;
	struct ukey_asker *askers; /* the first one's client pays */
	bool done;
	bool queued;       /* it waits for a socket */
	unsigned rank;     /* the least id of its askers: the most urgent */
	uint64_t deadline;
	uint64_t next_try;
	unsigned tries;    /* attempts begun, server after server */
	struct ukey_attempt attempt[UKEY_RESOLVER_SERVERS_MAX]; /* by server */
	/* The answer so far: SERVFAIL and truncated ones wait for a better. */
	uint8_t *packet;   /* on the heap; NULL: none */
	size_t packet_len;
	enum ukey_reason reason; /* why there is none */
	uint32_t age;
};

struct ukey_resolver {
	struct ukey_resolver_settings settings;
	const struct ukey_random *random;
	struct ukey_resolver_conf conf;
	const char *conf_path;     /* looked at again; NULL: never */
	uint64_t next_look;
	/* By the settings, else by the file, else the default. */
	unsigned tries, try_ms;
	bool trust_ad;
	uint64_t plain_until[UKEY_RESOLVER_SERVERS_MAX]; /* no EDNS so long */
	char trouble[UKEY_RESOLVER_ERROR_SIZE];
	int epoll;
	unsigned sockets;          /* open now */
	unsigned most;             /* sockets of the client with the most */
	struct ukey_lookup *lookups; /* oldest first */
	struct ukey_lookup *taken; /* whose packet the caller looks at */
	struct ukey_client *clients;
	struct ukey_cache *cache;  /* NULL: none */
	struct ukey_zone *zone;    /* NULL: over the network */
	uint8_t udp[UKEY_UDP_MAX];
};

/* ukey_resolver.c */
uint64_t ukey_resolver_now(const struct ukey_resolver *r);

/* ukey_resolver_open.c: looks at resolv.conf once in a while. */
void ukey_resolver_look(struct ukey_resolver *r);

/* ukey_resolver_lookup.c */
/* A new lookup at the end of the list; NULL without memory. */
struct ukey_lookup *ukey_lookup_new(struct ukey_resolver *r,
    struct ukey_view query);
void ukey_lookup_free(struct ukey_resolver *r, struct ukey_lookup *l);
/* Answers L at once where that can be: from the zone file, or the cache. */
void ukey_lookup_at_once(struct ukey_resolver *r, struct ukey_lookup *l);
/* How many attempts a lookup may have. */
unsigned ukey_lookup_tries(const struct ukey_resolver *r);
/* What is due for L at NOW. */
void ukey_lookup_step(struct ukey_resolver *r, struct ukey_lookup *l,
    uint64_t now);
/* L, which was queued, has its turn. */
void ukey_lookup_resume(struct ukey_resolver *r, struct ukey_lookup *l);
/* Begins anew: other servers are asked from now on. */
void ukey_lookup_restart(struct ukey_resolver *r, struct ukey_lookup *l);
/* L's answer is PACKET (copied), or none for REASON. */
void ukey_lookup_finish(struct ukey_resolver *r, struct ukey_lookup *l,
    struct ukey_view packet, enum ukey_reason reason);
/* A packet came that matches A's query: it ends the lookup, or is kept in
 * case nothing better comes, and the next attempt begins. */
void ukey_lookup_packet(struct ukey_resolver *r, struct ukey_attempt *a,
    struct ukey_view packet);
/* The server answered A with RCODE and no more. */
void ukey_lookup_error(struct ukey_resolver *r, struct ukey_attempt *a,
    unsigned rcode);

/* ukey_resolver_share.c */
/* The client of COOKIE, an asker more; NULL without memory. */
struct ukey_client *ukey_client_hold(struct ukey_resolver *r, void *cookie);
void ukey_client_release(struct ukey_resolver *r, struct ukey_client *c);
/* A asks for L from now on.  Who has fewer sockets pays for it. */
void ukey_share_join(struct ukey_lookup *l, struct ukey_asker *a);
/* The asker AT does no more, and is freed. */
void ukey_share_leave(struct ukey_resolver *r, struct ukey_lookup *l,
    struct ukey_asker **at);
/* A socket of L was opened (1) or closed (-1). */
void ukey_share_count(struct ukey_resolver *r, struct ukey_lookup *l,
    int change);
/* Finds the client with the most sockets: R->MOST. */
void ukey_share_survey(struct ukey_resolver *r);
/* Whether L may open a socket now; one of its own, or of another's, may have
 * been closed for it.  One that is queued gets a free one by the next call. */
bool ukey_share_room(struct ukey_resolver *r, struct ukey_lookup *l);
/* The queued lookup that gets a free socket; NULL: none. */
struct ukey_lookup *ukey_share_next(const struct ukey_resolver *r);
/* Whether L is queued, and there is a free socket for it. */
bool ukey_share_waits(const struct ukey_resolver *r,
    const struct ukey_lookup *l);

/* ukey_resolver_conf.c */
bool ukey_resolver_conf_equal(const struct ukey_resolver_conf *a,
    const struct ukey_resolver_conf *b);

/* ukey_resolver_address.c: adds the server TEXT, an address with or without a
 * zone; changes TEXT.  NULL, or what is wrong with it. */
const char *ukey_server_add(struct ukey_resolver_conf *c, char *text,
    unsigned port);

/* ukey_resolver_udp.c */
/* Begins the next attempt of L; false when there is no socket. */
bool ukey_attempt_next(struct ukey_resolver *r, struct ukey_lookup *l);
/* Asks A's server once more, at once, without OPT; false if that cannot be. */
bool ukey_attempt_plain(struct ukey_resolver *r, struct ukey_attempt *a);
void ukey_attempt_close(struct ukey_resolver *r, struct ukey_attempt *a);
/* FD becomes A's socket in place of another, watched for EVENTS; false, and
 * FD is closed, if that cannot be. */
bool ukey_attempt_take(struct ukey_resolver *r, struct ukey_attempt *a, int fd,
    unsigned events);
/* A's server cannot be asked, by errno: said in R->TROUBLE. */
void ukey_attempt_trouble(struct ukey_resolver *r,
    const struct ukey_attempt *a);
/* What epoll says of A. */
void ukey_attempt_ready(struct ukey_resolver *r, struct ukey_attempt *a);

/* ukey_resolver_wire.c */
/* The query of A with its own id, with OPT or not, and AD as the settings say,
 * to QUERY of UKEY_DNS_QUERY_MAX; its length. */
size_t ukey_attempt_query(const struct ukey_resolver *r,
    const struct ukey_attempt *a, uint8_t *query);
/* Whether PACKET answers it. */
bool ukey_attempt_matches(const struct ukey_resolver *r,
    const struct ukey_attempt *a, struct ukey_view packet);
/* The error with which PACKET answers it without the question, as servers do
 * that could not read it; _NOERROR: it does not. */
enum ukey_rcode ukey_attempt_error(const struct ukey_attempt *a,
    struct ukey_view packet);
/*
 * Where the next octets of the stream go, and in LEN how many at most; the
 * caller adds to HAVE what it put there.  LEN 0: the packet is whole.  NULL
 * without memory.
 */
uint8_t *ukey_frame_room(struct ukey_frame *f, size_t *len);

/* ukey_resolver_tcp.c: asks A's server by TCP, instead of UDP; false if that
 * cannot be. */
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
