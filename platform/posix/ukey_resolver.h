/*
 * userkeys: a stub resolver for TXT records, over the DNS or a zone file.
 * SPDX-License-Identifier: MIT
 *
 * Questions are the ready-made query octets of core, answers raw DNS packets
 * for core, which follows chains itself.  Blocking, for programs:
 *
 *   ukey_resolver_dns() or ukey_resolver_zone(), ukey_resolver_run() ...
 *
 * or in an event loop, with no call that waits and none that calls back:
 *
 *   ask as often as you like; wait for ukey_resolver_fd() to be readable, for
 *   at most ukey_resolver_wait() ms; step; then next until it says false.
 *
 * One resolver belongs to one thread.  Failures of sockets and memory while
 * it works are "no answer" (UKEY_REASON_DNS_TIMEOUT), never an error.
 *
 * Against forged answers: each question has, for each server that it goes to, a
 * fresh socket, bound to a random port and connected to the server, and a
 * random id; what does not echo id and question is passed over and the waiting
 * goes on (RFC 5452).  An error may lack the question, as some servers have it.
 *
 * No cookie starves another: each has a share of the sockets, and takes from
 * those with more where all are in use; of one cookie's questions those with
 * the lower id go first.
 */
#ifndef UKEY_RESOLVER_H
#define UKEY_RESOLVER_H

#include "ukey_dns.h"
#include "ukey_key.h"
#include "ukey_reason.h"
#include "ukey_verify.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UKEY_RESOLVER_ERROR_SIZE 512 /* is always enough for ERR below */

/* All 0 is the default.  Read at creation, not kept. */
struct ukey_resolver_settings {
	unsigned deadline_ms; /* for one question, all in all; 0: 5000 */
	unsigned total_ms;    /* for all of a message; 0: 2 * deadline_ms */
	unsigned tries;       /* rounds over the servers; 0: 2, or attempts: */
	unsigned try_ms;      /* until the next server is asked too; 0: 1500,
	                       * or timeout:; less if the deadline is near */
	unsigned positive;    /* cached answers, 2.3 kB each; 0: 32 */
	unsigned negative;    /* cached "no such record"s, 1 kB; 0: 64 */
	unsigned sockets;     /* open at once; others queue; 0: 256 */
	unsigned share;       /* of them, for one cookie; 0: 6 */
	bool no_cache;
	bool no_tcp;          /* a truncated answer stays truncated */
	bool trust_ad;        /* the servers and the way to them are trusted:
	                       * ask for AD and let it through (RFC 6840 5.7);
	                       * else the bit is cleared */
	bool keep_servers;    /* resolv.conf is read at creation only */
	const char *resolv_conf; /* its path, which must stay; NULL:
	                       * /etc/resolv.conf */
	/* Monotonic milliseconds; NULL: CLOCK_MONOTONIC.  For tests. */
	uint64_t (*clock)(void *state);
	void *clock_state;
};

struct ukey_resolver; /* on the heap */
struct ukey_resolver_conf;

/*
 * SERVERS is a list as for ukey_resolver_conf_list(), such as "192.0.2.1,
 * [2001:db8::1]:53"; NULL: what /etc/resolv.conf names, see
 * ukey_resolver_conf_parse().  The file is looked at again while questions are
 * asked, at most once a second, and its changes are followed.  SETTINGS and
 * RANDOM may be NULL: the defaults, and ukey_random(); RANDOM must stay as
 * long as the resolver.  NULL on failure, with "what: why: what to do" in ERR
 * (at most ERR_SIZE octets, NUL-terminated).
 */
struct ukey_resolver *ukey_resolver_dns(const char *servers,
    const struct ukey_resolver_settings *settings,
    const struct ukey_random *random, char *err, size_t err_size);
/*
 * Answers from the zone file PATH, read once, now.  Errors in it are
 * "path:line:column: what: what to do".  `name TIMEOUT` gives
 * UKEY_REASON_DNS_TIMEOUT at once.  No network, no cache.
 */
struct ukey_resolver *ukey_resolver_zone(const char *path,
    const struct ukey_resolver_settings *settings, char *err,
    size_t err_size);
/* Closes and frees all, asked or not; NULL is fine. */
void ukey_resolver_free(struct ukey_resolver *r);
/* For messages: "127.0.0.1:53, [::1]:53", or the zone file's path; empty where
 * no server can be asked.  Owned by the resolver; changes with resolv.conf. */
const char *ukey_resolver_source(const struct ukey_resolver *r);
/*
 * Why a server could not be asked the last time that one could not, such as
 * "name server 127.0.0.1:53 cannot be asked: Connection refused", or which line
 * of resolv.conf is of no use; in TEXT (at most SIZE octets, NUL-terminated),
 * which is returned.  NULL: nothing since the last call.
 */
const char *ukey_resolver_trouble(struct ukey_resolver *r, char *text,
    size_t size);
/* Servers as CONF has them from now on, for who cannot read resolv.conf; what
 * is on its way is asked anew.  Not with a zone file. */
void ukey_resolver_use(struct ukey_resolver *r,
    const struct ukey_resolver_conf *conf);

/* ---- blocking ----------------------------------------------------------- */

/*
 * Asks all that is open in V, at once, and answers it, until V asks no more;
 * to be called after the end of the header and again after ukey_verify_end().
 * Takes at most total_ms; what is open then gets no answer.
 * Not to be mixed with questions of ukey_resolver_ask() on the same resolver:
 * their results are dropped.
 * WORK and WORK_SIZE as for ukey_verify_answer().  0, or what that returned.
 */
int ukey_resolver_run(struct ukey_resolver *r, struct ukey_verify *v,
    void *work, size_t work_size);

#define UKEY_FETCH_RECORDS 8
#define UKEY_FETCH_STRINGS 64
#define UKEY_FETCH_TEXT 16384 /* octets of all records' texts */
#define UKEY_FETCH_NAME 1024  /* a name as text with escapes, and NUL */

/* One TXT record. */
struct ukey_fetch_record {
	struct ukey_view text;    /* its strings joined; in ukey_fetch.text */
	uint16_t strings;         /* how many, also past UKEY_FETCH_STRINGS */
	uint8_t string_len[UKEY_FETCH_STRINGS];
};

/* One step of a chain: OWNER is, or lies under, an alias that leads to
 * TARGET. */
struct ukey_fetch_step {
	bool dname;               /* DNAME, else CNAME */
	char owner[UKEY_FETCH_NAME];
	char target[UKEY_FETCH_NAME];
};

/* What ukey_resolver_fetch() found; 33 kB; no pointer to free. */
struct ukey_fetch {
	/* _OK: records; _NO_KEY: NXDOMAIN or NODATA; _KEY_CHAIN; _DNS_... */
	enum ukey_reason reason;
	bool nxdomain;            /* with _NO_KEY: no such name at all */
	bool authentic;           /* AD in every answer; see trust_ad */
	uint32_t ttl;             /* seconds left, of the shortest part; also
	                           * of _NO_KEY (RFC 2308); 0: not known */
	unsigned rcode;           /* of the last answer (RFC 1035 4.1.1) */
	unsigned records;         /* that were found, also those past the max */
	unsigned steps;
	struct ukey_fetch_record record[UKEY_FETCH_RECORDS];
	struct ukey_fetch_step step[UKEY_DNS_HOPS_MAX];
	size_t text_len;
	uint8_t text[UKEY_FETCH_TEXT];
};

/*
 * The TXT records at NAME (dotted text), following CNAME and DNAME.  Blocks
 * for at most total_ms.  UKEY_ERR_ARGUMENT when NAME is no
 * domain name; all else is F->reason.
 */
int ukey_resolver_fetch(struct ukey_resolver *r, struct ukey_view name,
    struct ukey_fetch *f);

/* ---- in an event loop --------------------------------------------------- */

struct ukey_resolver_result {
	void *cookie;             /* of the question */
	unsigned id;
	/* The answer with the query's id: to ukey_verify_answer(); valid until
	 * the next call on the resolver.  Empty: to ukey_verify_no_answer(). */
	struct ukey_view packet;
	enum ukey_reason reason;  /* why there is no packet; else _OK */
	uint32_t age;             /* seconds the packet lay in the cache */
};

/*
 * Asks QUERY (of ukey_verify_question() or ukey_dns_query_write(); read, not
 * kept).  COOKIE and ID come back with the result; they need not be unique.
 * One COOKIE stands for one message: what it asks shares its sockets, a lower
 * ID before a higher one.  Takes MS milliseconds at most, and deadline_ms; 0:
 * only what is known at once is answered.  Equal questions share one query.
 * UKEY_ERR_SPACE (out of memory) and UKEY_ERR_ARGUMENT (no query) mean that no
 * result will come.
 */
int ukey_resolver_ask(struct ukey_resolver *r, struct ukey_view query,
    void *cookie, unsigned id, unsigned ms);
/* Sends, receives and gives up what is due; never waits. */
void ukey_resolver_step(struct ukey_resolver *r);
/* Takes the next result; false when there is none for now. */
bool ukey_resolver_next(struct ukey_resolver *r,
    struct ukey_resolver_result *result);
/* Forgets all questions of COOKIE, also those answered but not taken. */
void ukey_resolver_cancel(struct ukey_resolver *r, const void *cookie);
/* An epoll descriptor: readable when step has something to do.  Stays the
 * same; closed by ukey_resolver_free(). */
int ukey_resolver_fd(const struct ukey_resolver *r);
/* Milliseconds until step must be called; 0: a result waits; -1: nothing is
 * asked. */
int ukey_resolver_wait(struct ukey_resolver *r);

#ifdef __cplusplus
}
#endif

#endif
