/*
 * userkeys-milter: its configuration file.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"

/* From LISTEN on: those that may stand several times. */
enum kind { TEXT, PATH, NUMBER, OCTAL, SECONDS, WORD, FLAG, OCTET, CANON,
	CEILING, DOMAIN_NAME, LISTEN, NETWORK, HUB, REMOVED, KEPT };

/* One key.  WORD, FLAG, OCTET: the words of WORDS, separated by blanks, are 0,
 * 1, 2, in an unsigned, a bool or an octet. */
static const struct key {
	const char *name;
	enum kind kind;
	size_t offset;
	unsigned least, most;
	const char *words;
} keys[] = {
#define AT(member) offsetof(struct conf, member)
	{ "listen", LISTEN, 0, 0, 0, NULL },
	{ "socket-mode", OCTAL, AT(socket_mode), 0, 0777, NULL },
	{ "socket-group", TEXT, AT(socket_group), 0, 0, NULL },
	{ "user", TEXT, AT(user), 0, 0, NULL },
	{ "pid-file", PATH, AT(pid_file), 0, 0, NULL },
	{ "database", PATH, AT(database), 0, 0, NULL },
	{ "key-file", PATH, AT(key_file), 0, 0, NULL },
	{ "dns", TEXT, AT(dns), 0, 0, NULL },
	{ "dns-timeout", NUMBER, AT(dns_timeout), 1, 60, NULL },
	{ "authserv-id", DOMAIN_NAME, AT(authserv_id), 0, 0, NULL },
	{ "remove-results", REMOVED, 0, 0, 0, NULL },
	{ "keep-results", KEPT, 0, 0, 0, NULL },
	{ "metrics-file", PATH, AT(metrics_file), 0, 0, NULL },
	{ "submission-name", TEXT, AT(submission_name), 0, 0, NULL },
	{ "trusted-network", NETWORK, 0, 0, 0, NULL },
	{ "hub-network", HUB, 0, 0, 0, NULL },
	{ "body-notice", WORD, AT(body_notice), 0, 0, "no yes" },
	{ "notice-limit", NUMBER, AT(notice_limit), 1, 99999999, NULL },
	{ "notice-folder", PATH, AT(notice_folder), 0, 0, NULL },
	{ "workers", NUMBER, AT(workers), 1, 64, NULL },
	{ "busy-timeout", NUMBER, AT(busy_ms), 1, 10000, NULL },
	{ "idle-timeout", NUMBER, AT(idle), 1, 999999, NULL },
	{ "keep-keys", NUMBER, AT(keep_keys), 1, 999999, NULL },
	{ "local-mail", WORD, AT(local_mail), 0, 0, "sign verify pass" },
	{ "quarantine", WORD, AT(hold), 0, 0, "mark hold" },
	{ "log", WORD, AT(log_stderr), 0, 0, "syslog stderr" },
	{ "sandbox", WORD, AT(no_sandbox), 0, 0, "yes no" },
	{ "from-check", OCTET, AT(session.from_check), 0, 0,
	    "own domain off" },
	{ "unsigned", FLAG, AT(session.reject_unsigned), 0, 0,
	    "accept reject" },
	{ "oversign-absent", FLAG, AT(session.oversign_absent), 0, 0,
	    "no yes" },
	{ "unknown", FLAG, AT(session.reject_unknown), 0, 0,
	    "accept reject" },
	{ "no-clock", FLAG, AT(session.defer_no_clock), 0, 0, "sign defer" },
	{ "temperror", FLAG, AT(session.policy.accept_temperror), 0, 0,
	    "defer accept" },
	{ "dkim", FLAG, AT(session.no_dkim), 0, 0, "yes no" },
	{ "advice", CEILING, 0, 0, 0, "note quarantine reject" },
	{ "expire", SECONDS, 0, 0, 0, NULL },
	{ "canonicalization", CANON, 0, 0, 0, NULL },
#undef AT
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

void
conf_init(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	c->socket_mode = 0660;
	c->workers = 2;
	c->dns_timeout = 5;
	c->busy_ms = 500;
	c->idle = 7200; /* as libmilter's */
	c->keep_keys = 300;
	c->local_mail = CONF_VERIFY;
	c->notice_limit = 1048576;
	snprintf(c->notice_folder, CONF_TEXT, "/var/tmp");
	snprintf(c->submission_name, CONF_TEXT, "ORIGINATING");
	c->session.expire = UKEY_SIGN_EXPIRE;
	c->session.header_canon = c->session.body_canon = UKEY_CANON_RELAXED;
	if (gethostname(c->authserv_id, CONF_TEXT - 1) != 0)
		c->authserv_id[0] = '\0';
}

/* The number of VALUE among the words of KEY; -1: none of them. */
static int
word_of(const struct key *key, struct ukey_view value)
{
	struct ukey_view rest = { (const uint8_t *)key->words,
		strlen(key->words) };
	int i;

	for (i = 0; rest.data != NULL; i++)
		if (ukey_view_equal(ukey_view_cut(&rest, ' '), value))
			return i;
	return -1;
}

static const char *
set_word(struct conf *c, const struct key *key, struct ukey_view value)
{
	void *place = (char *)c + key->offset;
	int word = word_of(key, value);

	if (word < 0)
		return key->words;
	if (key->kind == CEILING)
		c->session.policy.ceiling = (enum ukey_advice)word;
	else if (key->kind == FLAG)
		*(bool *)place = word == 1;
	else if (key->kind == OCTET)
		*(uint8_t *)place = (uint8_t)word;
	else
		*(unsigned *)place = (unsigned)word;
	return NULL;
}

static bool
copy(char *to, struct ukey_view value)
{
	if (value.len >= CONF_TEXT || memchr(value.data, 0, value.len))
		return false;
	memcpy(to, value.data, value.len);
	to[value.len] = '\0';
	return true;
}

static const char *
set_text(struct conf *c, const struct key *key, struct ukey_view value)
{
	if (!copy((char *)c + key->offset, value))
		return "at most 255 octets";
	/* In the background the folder is "/". */
	if (key->kind == PATH && value.data[0] != '/')
		return "a whole path, from / on";
	if (key->kind == DOMAIN_NAME && !ukey_view_is_domain(value, true))
		return "a host name such as mx.example.org";
	return NULL;
}

static const char *
set_number(struct conf *c, const struct key *key, struct ukey_view value)
{
	char text[CONF_TEXT], *end;
	unsigned long n;

	if (value.len > 9 || !copy(text, value) || text[0] < '0' ||
	    text[0] > '9')
		return "a number";
	n = strtoul(text, &end, key->kind == OCTAL ? 8 : 10);
	if (*end != '\0' || n < key->least || n > key->most)
		return key->kind == OCTAL ? "octal, such as 0660" :
		    "a number within its range, see userkeys.conf(5)";
	*(unsigned *)(void *)((char *)c + key->offset) = (unsigned)n;
	return NULL;
}

static const char *
set_expire(struct conf *c, struct ukey_view value)
{
	static const char units[] = { 'h', 'd', 'w' };
	static const uint32_t sizes[] = { 3600, 86400, 604800 };
	const char *unit;
	uint64_t n;

	if (ukey_view_equal(value, UKEY_VIEW("none"))) {
		c->session.expire = 0;
		return NULL;
	}
	unit = value.len == 0 ? NULL : memchr(units,
	    value.data[value.len - 1], sizeof(units));
	if (unit == NULL || !ukey_view_number(ukey_view_part(value, 0,
	    value.len - 1), &n) || n == 0 || n > 5000)
		return "none, or a time such as 12h, 7d or 2w";
	c->session.expire = (uint32_t)n * sizes[unit - units];
	return NULL;
}

static const char *
set_canon(struct conf *c, struct ukey_view value)
{
	static const char *const names[] = { "simple", "relaxed" };
	struct ukey_view rest = value, half;
	uint8_t canon[2] = { 2, 2 };
	unsigned i, k;

	for (i = 0; i < 2 && rest.data != NULL; i++) {
		half = ukey_view_cut(&rest, '/');
		for (k = 0; k < 2; k++)
			if (half.len == strlen(names[k]) &&
			    memcmp(half.data, names[k], half.len) == 0)
				canon[i] = (uint8_t)k;
	}
	if (canon[0] > 1 || canon[1] > 1 || rest.data != NULL)
		return "relaxed/relaxed, or another pair with simple";
	c->session.header_canon = canon[0];
	c->session.body_canon = canon[1];
	return NULL;
}

static const char *
add_listener(struct conf *c, struct ukey_view value)
{
	const char *want;
	unsigned i;
	char *to;

	if (c->listeners == CONF_LISTENERS)
		return "at most 8 listeners";
	to = c->listen[c->listeners];
	if (!copy(to, value))
		return "at most 255 octets";
	want = conf_listener(value);
	if (want != NULL)
		return want;
	for (i = 0; i < c->listeners; i++)
		if (strcmp(c->listen[i], to) == 0)
			return "each listener once";
	c->listeners++;
	return NULL;
}

/* One more VALUE of a key that may stand several times. */
static const char *
add(struct conf *c, enum kind kind, struct ukey_view value)
{
	if (kind == LISTEN)
		return add_listener(c, value);
	if (kind == NETWORK)
		return conf_add_network(&c->trusted, value);
	if (kind == HUB)
		return conf_add_network(&c->hubs, value);
	return kind == REMOVED ? conf_remove_results(c, value) :
	    conf_add_ids(&c->keep, value);
}

/* What KEY wants where VALUE is none of it. */
static const char *
set(struct conf *c, const struct key *key, struct ukey_view value)
{
	if (key->kind >= LISTEN)
		return add(c, key->kind, value);
	switch (key->kind) {
	case TEXT:
	case PATH:
	case DOMAIN_NAME:
		return set_text(c, key, value);
	case NUMBER:
	case OCTAL:
		return set_number(c, key, value);
	case SECONDS:
		return set_expire(c, value);
	case CANON:
		return set_canon(c, value);
	default:
		return set_word(c, key, value);
	}
}

static const struct key *
find_key(struct ukey_view name)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (name.len == strlen(keys[i].name) &&
		    memcmp(name.data, keys[i].name, name.len) == 0)
			return &keys[i];
	return NULL;
}

/* One line; false with the text behind its place in ERR. */
static bool
parse_line(struct conf *c, struct ukey_view line, size_t *column, char *err)
{
	struct ukey_view rest = ukey_view_part(line, 0,
	    ukey_view_find(line, '#'));
	struct ukey_view whole = rest, name, value;
	const struct key *key;
	const char *want;

	if (ukey_view_trim(rest).len == 0)
		return true;
	name = ukey_view_trim(ukey_view_cut(&rest, '='));
	*column = (size_t)(name.data - whole.data) + 1;
	key = find_key(name);
	if (key == NULL) {
		snprintf(err, CONF_ERROR_SIZE, "no such key: see "
		    "userkeys.conf(5)");
		return false;
	}
	if (rest.data == NULL) {
		snprintf(err, CONF_ERROR_SIZE, "%s without a value: write "
		    "\"%s = ...\"", key->name, key->name);
		return false;
	}
	value = ukey_view_trim(rest);
	if (value.len > 0)
		*column = (size_t)(value.data - whole.data) + 1;
	want = value.len == 0 ? "a value" : set(c, key, value);
	if (want == NULL)
		return true;
	snprintf(err, CONF_ERROR_SIZE, "%s: expected %s", key->name,
	    want);
	return false;
}

/* What no line alone can tell. */
static const char *
missing(struct conf *c)
{
	if (c->listeners == 0)
		return "no listener: add \"listen = unix:/path\"";
	if (!ukey_view_is_domain(c->session.authserv_id, true))
		return "no name for our results: add \"authserv-id = "
		    "mx.example.org\"";
	return NULL;
}

bool
conf_parse(struct conf *c, const char *name, const char *text, size_t len,
    char *err)
{
	struct ukey_view rest = { (const uint8_t *)text, len };
	char what[CONF_ERROR_SIZE];
	size_t column;
	unsigned line = 0;
	const char *lack;

	conf_init(c);
	while (rest.data != NULL) {
		line++;
		column = 1;
		if (parse_line(c, ukey_view_cut(&rest, '\n'), &column, what))
			continue;
		snprintf(err, CONF_ERROR_SIZE, "%.200s:%u:%zu: %.280s", name,
		    line, column, what);
		return false;
	}
	c->session.authserv_id = (struct ukey_view) {
		(const uint8_t *)c->authserv_id, strlen(c->authserv_id) };
	c->results.remove = c->remove.view;
	c->results.removes = (uint8_t)c->remove.count;
	c->results.keep = c->keep.view;
	c->results.keeps = (uint8_t)c->keep.count;
	c->session.results = &c->results;
	lack = missing(c);
	if (lack != NULL)
		snprintf(err, CONF_ERROR_SIZE, "%.200s: %s", name, lack);
	return lack == NULL;
}
