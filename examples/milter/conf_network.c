/*
 * userkeys-milter: where it listens, and the networks that are trusted.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "conf.h"

/* TEXT, IPv4 or IPv6, as 16 octets; SHIFT is 96 for IPv4. */
static bool
read_address(const char *text, uint8_t *address, unsigned *shift)
{
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };

	*shift = 96;
	memcpy(address, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, address + 12) == 1)
		return true;
	*shift = 0;
	return inet_pton(AF_INET6, text, address) == 1;
}

const char *
conf_add_network(struct conf_networks *all, struct ukey_view value)
{
	struct conf_network *n = &all->network[all->count];
	struct ukey_view rest = value, address = ukey_view_cut(&rest, '/');
	char text[CONF_TEXT];
	unsigned shift;
	uint64_t bits = 128;

	if (all->count == CONF_NETWORKS)
		return "at most 16 networks";
	snprintf(text, sizeof(text), "%.*s", (int)address.len,
	    (const char *)address.data);
	if (address.len >= sizeof(text) ||
	    !read_address(text, n->address, &shift))
		return "an address or network such as 192.0.2.0/24";
	if (rest.data != NULL && (!ukey_view_number(rest, &bits) ||
	    bits > 128 - shift))
		return "a prefix of at most 32, for IPv6 128 bits";
	n->bits = rest.data == NULL ? 128 : (unsigned)bits + shift;
	all->count++;
	return NULL;
}

/* As the listener will read it: IPv6 may stand in brackets. */
static bool
is_address(struct ukey_view host)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	struct addrinfo *a = NULL;
	char text[CONF_TEXT];

	if (host.len > 2 && host.data[0] == '[' &&
	    host.data[host.len - 1] == ']' &&
	    ukey_view_find(host, ':') < host.len)
		host = ukey_view_part(host, 1, host.len - 1);
	snprintf(text, sizeof(text), "%.*s", (int)host.len,
	    (const char *)host.data);
	if (getaddrinfo(text, NULL, &hints, &a) != 0)
		return false;
	freeaddrinfo(a);
	return true;
}

const char *
conf_listener(struct ukey_view value)
{
	struct ukey_view rest = ukey_view_part(value, 5, value.len), port;
	uint64_t n;

	if (ukey_view_equal(ukey_view_part(value, 0, 6), UKEY_VIEW("unix:/")))
		return rest.len < sizeof(((struct sockaddr_un *)0)->sun_path) ?
		    NULL : "a path of at most 107 octets";
	if (!ukey_view_equal(ukey_view_part(value, 0, 5), UKEY_VIEW("inet:")) ||
	    ukey_view_find(rest, '@') == rest.len)
		return "unix:/path or inet:port@address";
	port = ukey_view_cut(&rest, '@');
	if (!ukey_view_number(port, &n) || n == 0 || n > 65535)
		return "a port from 1 to 65535 in front of @";
	return is_address(rest) ? NULL : "an IP address behind @, such as "
	    "127.0.0.1 or [::1]";
}

static bool
is_in(const struct conf_network *n, const uint8_t *address)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (memcmp(n->address, address, whole) != 0)
		return false;
	return rest == 0 || ((n->address[whole] ^ address[whole]) >>
	    (8 - rest)) == 0;
}

bool
conf_has_network(const struct conf_networks *n, const char *address)
{
	uint8_t octets[16];
	unsigned i, shift;

	if (strncasecmp(address, "IPv6:", 5) == 0)
		address += 5;
	if (!read_address(address, octets, &shift))
		return false;
	for (i = 0; i < n->count; i++)
		if (is_in(&n->network[i], octets))
			return true;
	return false;
}
