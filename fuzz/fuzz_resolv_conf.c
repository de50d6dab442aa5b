/*
 * userkeys: fuzz: resolv.conf and lists of servers.  What is taken is an
 * address; what is not is named; nothing of the file reaches a log unescaped;
 * and what is said of the servers, read again, gives the same ones.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_resolver_parts.h"

static void
check_text(const char *text, size_t size)
{
	size_t i;

	MUST(memchr(text, 0, size) != NULL);
	for (i = 0; text[i] != '\0'; i++)
		MUST(text[i] >= ' ' && text[i] <= '~');
}

static void
check_servers(const struct ukey_resolver_conf *c)
{
	struct ukey_resolver_conf again;
	char err[UKEY_RESOLVER_ERROR_SIZE];
	unsigned i;

	MUST(c->servers <= UKEY_RESOLVER_SERVERS_MAX);
	MUST((c->servers == 0) == (c->source[0] == '\0'));
	if (c->servers == 0)
		return;
	MUST(ukey_resolver_conf_list(&again, c->source, err, sizeof(err)));
	MUST(again.servers == c->servers);
	MUST(strcmp(again.source, c->source) == 0);
	for (i = 0; i < c->servers; i++)
		MUST(memcmp(&again.server[i].addr, &c->server[i].addr,
		    c->server[i].len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_resolver_conf c;
	char err[UKEY_RESOLVER_ERROR_SIZE] = "", *list;

	ukey_resolver_conf_parse(&c, (struct ukey_view) { data, size });
	check_text(c.source, sizeof(c.source));
	check_text(c.trouble, sizeof(c.trouble));
	MUST(c.servers > 0 || c.trouble[0] != '\0');
	MUST(c.servers <= UKEY_RESOLVER_CONF_SERVERS);
	MUST(c.try_ms <= 30000 && c.tries <= 5);
	check_servers(&c);

	list = malloc(size + 1);
	MUST(list != NULL);
	if (size > 0)
		memcpy(list, data, size);
	list[size] = '\0';
	if (ukey_resolver_conf_list(&c, list, err, sizeof(err)))
		check_servers(&c);
	else
		MUST(err[0] != '\0');
	return free(list), 0;
}
