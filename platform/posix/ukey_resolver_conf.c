/*
 * userkeys: which servers the resolver asks: a list, or resolv.conf(5).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define LINE 1024

/* Reads TEXT, "1.2.3.4" or "::1" (a "%zone" is ignored), with PORT. */
static bool
read_address(struct ukey_server *s, const char *text, unsigned port)
{
	memset(s, 0, sizeof(*s));
	if (inet_pton(AF_INET, text, &s->addr.v4.sin_addr) == 1) {
		s->addr.v4.sin_family = AF_INET;
		s->addr.v4.sin_port = htons((uint16_t)port);
		s->len = sizeof(s->addr.v4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &s->addr.v6.sin6_addr) == 1) {
		s->addr.v6.sin6_family = AF_INET6;
		s->addr.v6.sin6_port = htons((uint16_t)port);
		s->len = sizeof(s->addr.v6);
		return true;
	}
	return false;
}

static bool
read_port(const char *text, unsigned *port)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || n == 0 ||
	    n > 65535)
		return false;
	*port = (unsigned)n;
	return true;
}

/* "address", "address:port", "[address]:port"; changes TEXT. */
static bool
read_server(struct ukey_server *s, char *text)
{
	unsigned port = UKEY_DNS_PORT;
	char *colon = strrchr(text, ':');
	char *close = strchr(text, ']');

	if (text[0] == '[' && close != NULL) {
		*close = '\0';
		if (close[1] != '\0' && (close[1] != ':' ||
		    !read_port(close + 2, &port)))
			return false;
		return read_address(s, text + 1, port);
	}
	if (colon != NULL && strchr(text, ':') == colon) {
		*colon = '\0';
		if (!read_port(colon + 1, &port))
			return false;
	}
	return read_address(s, text, port);
}

/* Adds S and its name to the list. */
static void
add(struct ukey_resolver *r, const struct ukey_server *s)
{
	char address[INET6_ADDRSTRLEN] = "?";
	size_t len = strlen(r->source);
	bool v6 = s->addr.any.sa_family == AF_INET6;

	if (v6)
		inet_ntop(AF_INET6, &s->addr.v6.sin6_addr, address,
		    sizeof(address));
	else
		inet_ntop(AF_INET, &s->addr.v4.sin_addr, address,
		    sizeof(address));
	r->server[r->servers++] = *s;
	snprintf(r->source + len, sizeof(r->source) - len,
	    v6 ? "%s[%s]:%u" : "%s%s:%u", len > 0 ? ", " : "", address,
	    (unsigned)ntohs(v6 ? s->addr.v6.sin6_port :
	    s->addr.v4.sin_port));
}

/* TEXT without the blanks around it; changes TEXT. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
	return text;
}

static bool
read_list(struct ukey_resolver *r, const char *servers, char *err,
    size_t err_size)
{
	char text[512], *rest = text, *one;
	struct ukey_server s;

	if ((size_t)snprintf(text, sizeof(text), "%s", servers) >=
	    sizeof(text)) {
		snprintf(err, err_size, "DNS servers: the list is too long");
		return false;
	}
	while ((one = strsep(&rest, ",")) != NULL) {
		one = trim(one);
		if (!read_server(&s, one)) {
			snprintf(err, err_size, "DNS server \"%s\": not an IP "
			    "address with a port: write 192.0.2.1, "
			    "192.0.2.1:53 or [2001:db8::1]:53", one);
			return false;
		}
		if (r->servers == UKEY_RESOLVER_SERVERS_MAX) {
			snprintf(err, err_size, "DNS servers: more than %d: "
			    "name fewer", UKEY_RESOLVER_SERVERS_MAX);
			return false;
		}
		add(r, &s);
	}
	return true;
}

/* One word of an options line. */
static void
option(struct ukey_resolver *r, const char *word)
{
	unsigned long n;

	if (strncmp(word, "timeout:", 8) == 0) {
		n = strtoul(word + 8, NULL, 10);
		if (n > 0 && n <= 30 && r->settings.try_ms == 0)
			r->settings.try_ms = (unsigned)n * 1000;
	} else if (strncmp(word, "attempts:", 9) == 0) {
		n = strtoul(word + 9, NULL, 10);
		if (n > 0 && n <= 5 && r->settings.tries == 0)
			r->settings.tries = (unsigned)n;
	} else if (strcmp(word, "trust-ad") == 0) {
		r->settings.trust_ad = true;
	}
}

static void
conf_line(struct ukey_resolver *r, char *line)
{
	struct ukey_server s;
	char *rest, *word = strtok_r(line, " \t\r\n", &rest);
	bool options;

	if (word == NULL)
		return;
	options = strcmp(word, "options") == 0;
	if (!options && strcmp(word, "nameserver") != 0)
		return;
	while ((word = strtok_r(NULL, " \t\r\n", &rest)) != NULL) {
		word[strcspn(word, "%")] = '\0';
		if (options)
			option(r, word);
		else if (r->servers < UKEY_RESOLVER_SERVERS_MAX &&
		    read_address(&s, word, UKEY_DNS_PORT))
			add(r, &s);
	}
}

/* The lines of resolv.conf; false with errno when it is there and cannot be
 * read: whoever listens on this host is not to be asked then. */
static bool
read_conf(struct ukey_resolver *r)
{
	FILE *f = fopen(RESOLV_CONF, "re");
	char line[LINE];
	int trouble;
	bool good;

	if (f == NULL)
		return errno == ENOENT;
	while (fgets(line, sizeof(line), f) != NULL)
		conf_line(r, line);
	trouble = errno;
	good = ferror(f) == 0;
	fclose(f);
	errno = trouble;
	return good;
}

bool
ukey_resolver_servers(struct ukey_resolver *r, const char *servers, char *err,
    size_t err_size)
{
	struct ukey_server local;

	if (servers != NULL)
		return read_list(r, servers, err, err_size);
	if (!read_conf(r)) {
		snprintf(err, err_size, RESOLV_CONF ": cannot be read: %s: "
		    "make it readable, or name the servers",
		    strerror(errno));
		return false;
	}
	/* As resolv.conf(5) says of a file without a server. */
	if (r->servers == 0 && read_address(&local, "127.0.0.1",
	    UKEY_DNS_PORT))
		add(r, &local);
	return true;
}
