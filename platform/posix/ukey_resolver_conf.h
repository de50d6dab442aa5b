/*
 * userkeys: which name servers a resolver asks, by resolv.conf(5) or a list.
 * SPDX-License-Identifier: MIT
 *
 * Most programs need nothing of this: ukey_resolver_dns() reads resolv.conf and
 * goes on looking at it.  It is for a process that reads the file on behalf of
 * others, which cannot: see ukey_resolver_use().
 */
#ifndef UKEY_RESOLVER_CONF_H
#define UKEY_RESOLVER_CONF_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "ukey_text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UKEY_RESOLVER_CONF "/etc/resolv.conf"
#define UKEY_RESOLVER_SERVERS_MAX 4 /* of a list */
#define UKEY_RESOLVER_CONF_SERVERS 3 /* of resolv.conf, as in the C library */

struct ukey_server {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} addr;
	socklen_t len;
};

/* Holds no pointer: it may be written to another process as it is. */
struct ukey_resolver_conf {
	struct ukey_server server[UKEY_RESOLVER_SERVERS_MAX];
	unsigned servers;
	unsigned try_ms;   /* of "timeout:", 1000 to 30000; 0: not given */
	unsigned tries;    /* of "attempts:", 1 to 5; 0: not given */
	bool trust_ad;
	bool tcp_only;     /* of "use-vc" */
	bool is_default;   /* no server is named: 127.0.0.1 is the server */
	bool was_empty;    /* at the last look; see ukey_resolver_conf_look() */
	char source[512];  /* "192.0.2.1:53, [fe80::1%eth0]:53"; "": none */
	char trouble[256]; /* the first line that cannot be used, and why; "":
	                    * none */
};

/*
 * Reads TEXT, the content of a resolv.conf, as the C library does: a keyword
 * begins its line; "nameserver" takes one word, and what follows is a comment;
 * the first UKEY_RESOLVER_CONF_SERVERS servers count; of "options" timeout:,
 * attempts:, trust-ad and use-vc do.  A server that cannot be used (no address,
 * an interface that does not exist) is left out, and named in TROUBLE; without
 * any nameserver line it is 127.0.0.1.
 */
void ukey_resolver_conf_parse(struct ukey_resolver_conf *c,
    struct ukey_view text);
/*
 * The same of the file PATH; one that does not exist counts as empty, and
 * TROUBLE says so.  False, with "path: what: why: what to do" in ERR, where it
 * cannot be read: C is as it was.
 */
bool ukey_resolver_conf_read(struct ukey_resolver_conf *c, const char *path,
    char *err, size_t err_size);
/*
 * Looks at PATH again: true if C changed.  A file that cannot be read changes
 * nothing; one that names no server any more does so at the second look, since
 * it may be in the middle of being written.
 */
bool ukey_resolver_conf_look(struct ukey_resolver_conf *c, const char *path);
/*
 * LIST is "address[:port][,address[:port]...]", IPv6 with a port as
 * [address]:port, a link-local address with its interface as fe80::1%eth0.
 * False with text in ERR.
 */
bool ukey_resolver_conf_list(struct ukey_resolver_conf *c, const char *list,
    char *err, size_t err_size);

#ifdef __cplusplus
}
#endif

#endif
