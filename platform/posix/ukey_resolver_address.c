/*
 * userkeys: the addresses of name servers as text (RFC 4291 2.2, RFC 4007 11).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define LIST_SIZE 512

static bool
read_number(const char *text, unsigned long most, unsigned long *n)
{
	char *end;

	*n = strtoul(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *n > 0 &&
	    *n <= most;
}

/* The interface of S, by its name or number; NULL, or what is wrong. */
static const char *
read_zone(struct ukey_server *s, const char *zone)
{
	bool local = IN6_IS_ADDR_LINKLOCAL(&s->addr.v6.sin6_addr);
	unsigned long n;

	if (zone == NULL)
		return local ? "a link-local address needs its interface, "
		    "such as fe80::1%eth0" : NULL;
	/* Linux takes "eth0:x" for eth0; the others would end the name. */
	n = strpbrk(zone, ":,[]") != NULL ? 0 : if_nametoindex(zone);
	if (n == 0 && !read_number(zone, INT32_MAX, &n))
		return "there is no such interface now";
	s->addr.v6.sin6_scope_id = (uint32_t)n;
	return NULL;
}

/* The name of S behind those in SOURCE. */
static void
add_name(char *source, size_t size, const struct ukey_server *s,
    const char *zone)
{
	char address[INET6_ADDRSTRLEN] = "?";
	size_t len = strlen(source);
	bool v6 = s->addr.any.sa_family == AF_INET6;

	inet_ntop(s->addr.any.sa_family, v6 ?
	    (const void *)&s->addr.v6.sin6_addr :
	    (const void *)&s->addr.v4.sin_addr, address, sizeof(address));
	snprintf(source + len, size - len, v6 ? "%s[%s%s%s]:%u" :
	    "%s%s%s%s:%u", len > 0 ? ", " : "", address,
	    zone == NULL ? "" : "%", zone == NULL ? "" : zone,
	    (unsigned)ntohs(v6 ? s->addr.v6.sin6_port :
	    s->addr.v4.sin_port));
}

const char *
ukey_server_add(struct ukey_resolver_conf *c, char *text, unsigned port)
{
	struct ukey_server s;
	char *zone = strchr(text, '%');
	const char *wrong;

	if (zone != NULL)
		*zone++ = '\0';
	memset(&s, 0, sizeof(s));
	if (zone == NULL &&
	    inet_pton(AF_INET, text, &s.addr.v4.sin_addr) == 1) {
		s.addr.v4.sin_family = AF_INET;
		s.addr.v4.sin_port = htons((uint16_t)port);
		s.len = sizeof(s.addr.v4);
	} else if (inet_pton(AF_INET6, text, &s.addr.v6.sin6_addr) == 1) {
		s.addr.v6.sin6_family = AF_INET6;
		s.addr.v6.sin6_port = htons((uint16_t)port);
		s.len = sizeof(s.addr.v6);
		wrong = read_zone(&s, zone);
		if (wrong != NULL)
			return wrong;
	} else {
		return "not an IP address";
	}
	c->server[c->servers++] = s;
	add_name(c->source, sizeof(c->source), &s, zone);
	return NULL;
}

/* "address", "address:port" or "[address]:port"; changes TEXT.  NULL, or what
 * is wrong. */
static const char *
add_server(struct ukey_resolver_conf *c, char *text)
{
	static const char wrong[] = "not an IP address with a port";
	unsigned long port = UKEY_DNS_PORT;
	char *colon = strrchr(text, ':');
	char *end = strchr(text, ']');

	if (text[0] == '[' && end != NULL) {
		*end = '\0';
		if (end[1] != '\0' && (end[1] != ':' ||
		    !read_number(end + 2, 65535, &port)))
			return wrong;
		return ukey_server_add(c, text + 1, (unsigned)port);
	}
	if (colon != NULL && strchr(text, ':') == colon) {
		*colon = '\0';
		if (!read_number(colon + 1, 65535, &port))
			return wrong;
	}
	return ukey_server_add(c, text, (unsigned)port);
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

bool
ukey_resolver_conf_list(struct ukey_resolver_conf *c, const char *list,
    char *err, size_t err_size)
{
	char text[LIST_SIZE], one[LIST_SIZE], *rest = text, *word;
	const char *wrong;

	memset(c, 0, sizeof(*c));
	if ((size_t)snprintf(text, sizeof(text), "%s", list) >= sizeof(text)) {
		snprintf(err, err_size, "DNS servers: the list is too long: "
		    "name fewer");
		return false;
	}
	while ((word = strsep(&rest, ",")) != NULL) {
		if (c->servers == UKEY_RESOLVER_SERVERS_MAX) {
			snprintf(err, err_size, "DNS servers: more than %d: "
			    "name fewer", UKEY_RESOLVER_SERVERS_MAX);
			return false;
		}
		word = trim(word);
		snprintf(one, sizeof(one), "%s", word);
		wrong = add_server(c, one);
		if (wrong != NULL) {
			snprintf(err, err_size, "DNS server \"%s\": %s: write "
			    "192.0.2.1, 192.0.2.1:53, [2001:db8::1]:53 or "
			    "[fe80::1%%eth0]:53", word, wrong);
			return false;
		}
	}
	return true;
}
