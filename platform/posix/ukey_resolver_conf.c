/*
 * userkeys: resolv.conf(5), read as the C library reads it.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define FILE_MAX 32768 /* octets; a larger one is refused */
#define WORD_MAX 100

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* The next word of REST; empty: there is none. */
static struct ukey_view
next_word(struct ukey_view *rest)
{
	size_t from = 0, to;

	while (from < rest->len && is_blank(rest->data[from]))
		from++;
	for (to = from; to < rest->len && !is_blank(rest->data[to]); to++)
		;
	*rest = (struct ukey_view) { rest->data + to, rest->len - to };
	return (struct ukey_view) { rest->data - (to - from), to - from };
}

/* WORD as a string of printable characters; false: it is none, or too long,
 * and TEXT is what of it can be shown. */
static bool
copy_word(char *text, struct ukey_view word)
{
	bool good = word.len > 0 && word.len < WORD_MAX;
	size_t i;

	for (i = 0; i < word.len && i < WORD_MAX - 1; i++) {
		text[i] = (char)word.data[i];
		if (word.data[i] <= ' ' || word.data[i] > '~') {
			text[i] = '?';
			good = false;
		}
	}
	text[i] = '\0';
	return good;
}

static void
take_server(struct ukey_resolver_conf *c, struct ukey_view word, unsigned line)
{
	char text[WORD_MAX], shown[WORD_MAX];
	const char *wrong = "not an IP address";

	if (c->servers == UKEY_RESOLVER_CONF_SERVERS)
		return;
	if (copy_word(shown, word)) {
		memcpy(text, shown, sizeof(text));
		wrong = ukey_server_add(c, text, UKEY_DNS_PORT);
	}
	if (wrong != NULL && c->trouble[0] == '\0')
		snprintf(c->trouble, sizeof(c->trouble), "line %u: name "
		    "server \"%s\" is left out: %s", line, shown, wrong);
}

/* The number behind PREFIX in WORD, if it is 1 to MOST; else 0. */
static unsigned
number_behind(struct ukey_view word, struct ukey_view prefix, unsigned most)
{
	uint64_t n;

	if (word.len <= prefix.len || !ukey_view_equal(ukey_view_part(word, 0,
	    prefix.len), prefix) || !ukey_view_number(ukey_view_part(word,
	    prefix.len, word.len), &n) || n > most)
		return 0;
	return (unsigned)n;
}

static void
take_option(struct ukey_resolver_conf *c, struct ukey_view word)
{
	unsigned seconds = number_behind(word, UKEY_VIEW("timeout:"), 30);
	unsigned tries = number_behind(word, UKEY_VIEW("attempts:"), 5);

	if (seconds > 0)
		c->try_ms = seconds * 1000;
	if (tries > 0)
		c->tries = tries;
	c->trust_ad |= ukey_view_equal(word, UKEY_VIEW("trust-ad"));
	c->tcp_only |= ukey_view_equal(word, UKEY_VIEW("use-vc"));
}

/* A line of the file, its keyword at the very beginning. */
static void
take_line(struct ukey_resolver_conf *c, struct ukey_view line, unsigned number)
{
	struct ukey_view word;

	if (line.len == 0 || is_blank(line.data[0]))
		return;
	word = next_word(&line);
	if (ukey_view_equal(word, UKEY_VIEW("nameserver"))) {
		take_server(c, next_word(&line), number);
		return;
	}
	if (!ukey_view_equal(word, UKEY_VIEW("options")))
		return;
	while ((word = next_word(&line)).len > 0 && word.data[0] != '#' &&
	    word.data[0] != ';')
		take_option(c, word);
}

void
ukey_resolver_conf_parse(struct ukey_resolver_conf *c, struct ukey_view text)
{
	char local[] = "127.0.0.1";
	unsigned number = 0;

	memset(c, 0, sizeof(*c));
	while (text.data != NULL)
		take_line(c, ukey_view_cut(&text, '\n'), ++number);
	c->is_default = c->servers == 0 && c->trouble[0] == '\0';
	if (c->is_default)
		(void)ukey_server_add(c, local, UKEY_DNS_PORT);
}

/* The octets of the file PATH to TEXT; -1 with errno where it cannot be
 * read. */
static ssize_t
load(const char *path, uint8_t *text)
{
	FILE *f = fopen(path, "re");
	int trouble;
	bool good;
	size_t n;

	if (f == NULL)
		return -1;
	n = fread(text, 1, FILE_MAX, f);
	trouble = errno;
	good = ferror(f) == 0;
	fclose(f);
	errno = trouble;
	if (good && n == FILE_MAX) {
		errno = EFBIG;
		good = false;
	}
	return good ? (ssize_t)n : -1;
}

/* The path in front of what is wrong. */
static void
place_trouble(struct ukey_resolver_conf *c, const char *path)
{
	char text[sizeof(c->trouble)];

	if (c->trouble[0] == '\0')
		return;
	memcpy(text, c->trouble, sizeof(text));
	snprintf(c->trouble, sizeof(c->trouble), "%.60s: %.190s", path, text);
}

bool
ukey_resolver_conf_read(struct ukey_resolver_conf *c, const char *path,
    char *err, size_t err_size)
{
	static const struct ukey_view empty = UKEY_VIEW("");
	uint8_t text[FILE_MAX];
	ssize_t n = load(path, text);

	if (n < 0 && errno == ENOENT) {
		ukey_resolver_conf_parse(c, empty);
		snprintf(c->trouble, sizeof(c->trouble), "%.60s: there is no "
		    "such file: this host itself is asked", path);
		return true;
	}
	if (n < 0) {
		snprintf(err, err_size, "%s: cannot be read: %s: make it "
		    "readable, or name the servers", path, strerror(errno));
		return false;
	}
	ukey_resolver_conf_parse(c, (struct ukey_view) { text, (size_t)n });
	place_trouble(c, path);
	return true;
}

static bool
same_servers(const struct ukey_resolver_conf *a,
    const struct ukey_resolver_conf *b)
{
	unsigned i;

	for (i = 0; i < a->servers && i < b->servers; i++)
		if (a->server[i].len != b->server[i].len ||
		    memcmp(&a->server[i].addr, &b->server[i].addr,
		    a->server[i].len) != 0)
			return false;
	return a->servers == b->servers;
}

bool
ukey_resolver_conf_equal(const struct ukey_resolver_conf *a,
    const struct ukey_resolver_conf *b)
{
	return same_servers(a, b) && a->try_ms == b->try_ms &&
	    a->tries == b->tries && a->trust_ad == b->trust_ad &&
	    a->tcp_only == b->tcp_only && a->is_default == b->is_default &&
	    strcmp(a->source, b->source) == 0 &&
	    strcmp(a->trouble, b->trouble) == 0;
}

bool
ukey_resolver_conf_look(struct ukey_resolver_conf *c, const char *path)
{
	struct ukey_resolver_conf now;
	char err[UKEY_RESOLVER_ERROR_SIZE];

	if (!ukey_resolver_conf_read(&now, path, err, sizeof(err)))
		return false;
	if (now.is_default && !c->is_default && !c->was_empty) {
		c->was_empty = true;
		return false;
	}
	c->was_empty = false;
	if (ukey_resolver_conf_equal(c, &now))
		return false;
	*c = now;
	return true;
}
