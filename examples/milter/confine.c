/*
 * userkeys-milter: what a worker may still do once it has opened all.
 * SPDX-License-Identifier: MIT
 *
 * A worker reads what strangers wrote, and holds private keys.  It goes on
 * using the database (which may be replaced, so its folder), the key file's
 * folder, a folder for bodies, the random source, the name servers.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "ukey_sandbox.h"
#include "ukey_ukd.h"
#include "worker.h"

#define PATH_SIZE 4096

/* The folder of the file PATH, in FOLDER of PATH_SIZE. */
static void
folder_of(const char *path, char *folder)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	if (slash == path)
		len = 1;
	if (len >= PATH_SIZE)
		len = 0;
	memcpy(folder, len == 0 ? "." : path, len == 0 ? 1 : len);
	folder[len == 0 ? 1 : len] = '\0';
}

static void
add_path(struct ukey_sandbox *s, const char *path, bool write)
{
	s->path[s->paths++] = (struct ukey_sandbox_path) { path, write };
}

/* The ports of the name servers, "address:port, address:port". */
static void
add_ports(struct ukey_sandbox *s, const char *servers)
{
	const char *comma, *colon, *p;

	while (servers != NULL && s->ports < UKEY_SANDBOX_PORTS) {
		comma = strchr(servers, ',');
		for (colon = NULL, p = servers; *p != '\0' && p != comma; p++)
			if (*p == ':')
				colon = p;
		if (colon != NULL)
			s->port[s->ports++] = (uint16_t)strtoul(colon + 1,
			    NULL, 10);
		servers = comma == NULL ? NULL : comma + 1;
	}
}

void
worker_confine(const struct worker *w)
{
	static char data[PATH_SIZE], keys[PATH_SIZE];
	struct ukey_sandbox s = { .paths = 0 };
	unsigned held;

	if (w->ukd != NULL) {
		folder_of(w->conf->database, data);
		folder_of(ukey_ukd_key_file(w->ukd), keys);
		add_path(&s, data, true);
		add_path(&s, keys, false);
	}
	if (w->conf->body_notice)
		add_path(&s, w->conf->notice_folder, true);
	add_path(&s, "/dev/urandom", false);
	if (w->conf->dns[0] == '\0')
		s.port[s.ports++] = UKEY_DNS_PORT; /* of servers to come, too */
	else
		add_ports(&s, ukey_resolver_source(w->dns));
	tzset(); /* for syslog(3): the file is read now */
	held = ukey_sandbox_enter(&s);
	if (held == (UKEY_SANDBOX_FILES | UKEY_SANDBOX_TCP |
	    UKEY_SANDBOX_SIGNALS | UKEY_SANDBOX_CALLS))
		return;
	log_line("the sandbox of this system holds:%s%s%s%s",
	    held & UKEY_SANDBOX_FILES ? " files" : "",
	    held & UKEY_SANDBOX_TCP ? " tcp" : "",
	    held & UKEY_SANDBOX_SIGNALS ? " signals" : "",
	    held & UKEY_SANDBOX_CALLS ? " calls" : held == 0 ? " nothing" :
	    "");
}
