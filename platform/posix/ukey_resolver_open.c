/*
 * userkeys: the resolver: its begin and its end, and whom it asks.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ukey_random.h"
#include "ukey_resolver_parts.h"

#define LOOK_MS 1000 /* between two looks at resolv.conf */

static unsigned
or_default(unsigned value, unsigned other)
{
	return value == 0 ? other : value;
}

static const char *
or_path(const char *path)
{
	return path == NULL ? UKEY_RESOLVER_CONF : path;
}

static struct ukey_resolver *
resolver_new(const struct ukey_resolver_settings *settings, char *err,
    size_t err_size)
{
	struct ukey_resolver *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		snprintf(err, err_size, "resolver: out of memory");
		return NULL;
	}
	if (settings != NULL)
		r->settings = *settings;
	r->settings.deadline_ms = or_default(r->settings.deadline_ms, 5000);
	r->settings.total_ms = or_default(r->settings.total_ms,
	    2 * r->settings.deadline_ms);
	r->settings.positive = or_default(r->settings.positive, 32);
	r->settings.negative = or_default(r->settings.negative, 64);
	r->settings.sockets = or_default(r->settings.sockets, 256);
	r->settings.share = or_default(r->settings.share, 6);
	r->random = ukey_random();
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll < 0) {
		snprintf(err, err_size, "resolver: no epoll descriptor: "
		    "too many files are open: raise the limit (ulimit -n)");
		free(r);
		return NULL;
	}
	return r;
}

/* What the servers in hand imply: what the caller set counts, then what the
 * file says. */
static void
take_conf(struct ukey_resolver *r, const struct ukey_resolver_conf *conf)
{
	r->conf = *conf;
	r->tries = or_default(r->settings.tries, or_default(conf->tries, 2));
	r->try_ms = or_default(r->settings.try_ms, or_default(conf->try_ms,
	    1500));
	r->trust_ad = r->settings.trust_ad || conf->trust_ad;
	memset(r->plain_until, 0, sizeof(r->plain_until));
	snprintf(r->trouble, sizeof(r->trouble), "%s", conf->trouble);
}

/* The servers at the start: a list, or those of resolv.conf. */
static bool
first_servers(struct ukey_resolver *r, const char *servers, char *err,
    size_t err_size)
{
	const char *path = or_path(r->settings.resolv_conf);
	struct ukey_resolver_conf conf;

	if (servers != NULL ?
	    !ukey_resolver_conf_list(&conf, servers, err, err_size) :
	    !ukey_resolver_conf_read(&conf, path, err, err_size))
		return false;
	take_conf(r, &conf);
	if (servers == NULL && !r->settings.keep_servers)
		r->conf_path = path;
	r->next_look = ukey_resolver_now(r) + LOOK_MS;
	return true;
}

struct ukey_resolver *
ukey_resolver_dns(const char *servers,
    const struct ukey_resolver_settings *settings,
    const struct ukey_random *random, char *err, size_t err_size)
{
	struct ukey_resolver *r = resolver_new(settings, err, err_size);

	if (r == NULL)
		return NULL;
	if (random != NULL)
		r->random = random;
	if (!first_servers(r, servers, err, err_size)) {
		ukey_resolver_free(r);
		return NULL;
	}
	if (r->settings.no_cache)
		return r;
	r->cache = ukey_cache_new(r->settings.positive, r->settings.negative);
	if (r->cache == NULL) {
		snprintf(err, err_size, "resolver: out of memory");
		ukey_resolver_free(r);
		return NULL;
	}
	return r;
}

void
ukey_resolver_use(struct ukey_resolver *r,
    const struct ukey_resolver_conf *conf)
{
	struct ukey_lookup *l;

	if (r->zone != NULL || ukey_resolver_conf_equal(&r->conf, conf))
		return;
	for (l = r->lookups; l != NULL; l = l->next)
		if (!l->done)
			ukey_lookup_restart(r, l);
	take_conf(r, conf);
}

void
ukey_resolver_look(struct ukey_resolver *r)
{
	uint64_t now = ukey_resolver_now(r);
	struct ukey_resolver_conf conf;

	if (r->conf_path == NULL || now < r->next_look)
		return;
	r->next_look = now + LOOK_MS;
	conf = r->conf;
	if (ukey_resolver_conf_look(&conf, r->conf_path))
		ukey_resolver_use(r, &conf);
	r->conf.was_empty = conf.was_empty;
}

struct ukey_resolver *
ukey_resolver_zone(const char *path,
    const struct ukey_resolver_settings *settings, char *err, size_t err_size)
{
	struct ukey_resolver *r = resolver_new(settings, err, err_size);

	if (r == NULL)
		return NULL;
	r->zone = ukey_zone_read(path, err, err_size);
	if (r->zone == NULL) {
		ukey_resolver_free(r);
		return NULL;
	}
	snprintf(r->conf.source, sizeof(r->conf.source), "%s", path);
	return r;
}

void
ukey_resolver_free(struct ukey_resolver *r)
{
	struct ukey_lookup *l, *next;

	if (r == NULL)
		return;
	for (l = r->lookups; l != NULL; l = next) {
		next = l->next;
		ukey_lookup_free(r, l);
	}
	ukey_lookup_free(r, r->taken);
	ukey_cache_free(r->cache);
	ukey_zone_free(r->zone);
	close(r->epoll);
	free(r);
}

const char *
ukey_resolver_source(const struct ukey_resolver *r)
{
	return r->conf.source;
}

const char *
ukey_resolver_trouble(struct ukey_resolver *r, char *text, size_t size)
{
	if (r->trouble[0] == '\0')
		return NULL;
	snprintf(text, size, "%s", r->trouble);
	r->trouble[0] = '\0';
	return text;
}
