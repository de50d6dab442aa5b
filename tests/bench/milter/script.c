/*
 * load: a message as packets, the way Postfix sends them.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define MESSAGE_MAX (32 << 20)

/* What may stand in the place of an answer (sendmail's mfdef.h). */
static const struct {
	char command;
	uint32_t skip, quiet;
} commands[] = {
	{ 'C', 0x1, 0x1000 }, { 'H', 0x2, 0x2000 }, { 'M', 0x4, 0x4000 },
	{ 'R', 0x8, 0x8000 }, { 'T', 0x200, 0x10000 }, { 'L', 0x20, 0x80 },
	{ 'N', 0x40, 0x40000 }, { 'B', 0x10, 0x80000 }, { 'E', 0, 0 }
};

static void
put(struct script *s, const void *data, size_t len)
{
	if (s->len + len > s->size) {
		s->size = 2 * (s->len + len);
		s->octets = realloc(s->octets, s->size);
		if (s->octets == NULL)
			load_fail("out of memory");
	}
	memcpy(s->octets + s->len, data, len);
	s->len += len;
}

/* Opens a packet; its length is set by close_packet(). */
static void
open_packet(struct script *s, char command)
{
	struct step *step = &s->step[s->steps];
	size_t i;

	if (s->steps == SCRIPT_STEPS)
		load_fail("too many header fields");
	memset(step, 0, sizeof(*step));
	step->offset = s->len;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].command != command)
			continue;
		step->skip = commands[i].skip;
		step->quiet = commands[i].quiet;
		step->reply = true;
	}
	put(s, "\0\0\0\0", 4);
	put(s, &command, 1);
}

static void
close_packet(struct script *s)
{
	struct step *step = &s->step[s->steps++];
	uint32_t n;

	step->len = s->len - step->offset;
	n = (uint32_t)step->len - 4;
	s->octets[step->offset] = (uint8_t)(n >> 24);
	s->octets[step->offset + 1] = (uint8_t)(n >> 16);
	s->octets[step->offset + 2] = (uint8_t)(n >> 8);
	s->octets[step->offset + 3] = (uint8_t)n;
}

static void
put_text(struct script *s, const char *text)
{
	put(s, text, strlen(text) + 1);
}

/* A packet with one text; TEXT NULL: with none. */
static void
packet(struct script *s, char command, const char *text)
{
	open_packet(s, command);
	if (text != NULL)
		put_text(s, text);
	close_packet(s);
}

/* Macros of STAGE: name, value, ..., NULL; without a value, neither. */
static void
macros(struct script *s, char stage, const char *const *pairs)
{
	open_packet(s, 'D');
	put(s, &stage, 1);
	for (; pairs[0] != NULL; pairs += 2)
		if (pairs[1] != NULL) {
			put_text(s, pairs[0]);
			put_text(s, pairs[1]);
		}
	close_packet(s);
}

static void
queue_macro(struct script *s, char stage)
{
	const char *const pairs[] = { "i", "4XyZ123456z9abc", NULL };

	macros(s, stage, pairs);
}

static void
put_envelope(struct script *s, const struct envelope *e)
{
	const char *const connect[] = { "j", "mx.example.net",
		"{daemon_name}", e->daemon, "v", "Postfix 3.7.11", NULL };
	const char *const mail[] = { "{auth_type}", e->login == NULL ? NULL :
		"PLAIN", "{auth_authen}", e->login, "{mail_addr}", e->from,
		"{mail_mailer}", "smtp", NULL };
	char path[300];

	macros(s, 'C', connect);
	open_packet(s, 'C');
	put_text(s, "localhost");
	put(s, "4\x9c\x40", 3);
	put_text(s, "127.0.0.1");
	close_packet(s);
	s->rest = s->steps;
	packet(s, 'H', "client.example.org");
	macros(s, 'M', mail);
	snprintf(path, sizeof(path), "<%s>", e->from);
	packet(s, 'M', path);
	packet(s, 'R', "<bob@example.net>");
	queue_macro(s, 'T');
	packet(s, 'T', NULL);
}

/* The field that begins at AT, folded lines with LF; its end. */
static const char *
put_field(struct script *s, const char *at)
{
	const char *colon = strchr(at, ':');
	const char *end = at;

	if (colon == NULL)
		load_fail("a header field has no colon");
	do {
		end = strchr(end, '\n');
		if (end == NULL)
			load_fail("the message has no empty line");
		end++;
	} while (*end == ' ' || *end == '\t');
	queue_macro(s, 'L');
	open_packet(s, 'L');
	put(s, at, (size_t)(colon - at));
	put(s, "", 1);
	put(s, colon + 1, (size_t)(end - 1 - colon - 1));
	put(s, "", 1);
	close_packet(s);
	return end;
}

/* Half of the body, with CRLF. */
static void
put_body(struct script *s, const char *at, const char *end)
{
	queue_macro(s, 'B');
	open_packet(s, 'B');
	for (; at < end; at++) {
		if (*at == '\n')
			put(s, "\r", 1);
		put(s, at, 1);
	}
	close_packet(s);
}

/* The file, its lines with LF. */
static char *
read_message(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = malloc(MESSAGE_MAX + 1);
	size_t i, n, kept = 0;

	if (f == NULL || text == NULL)
		load_fail(path);
	n = fread(text, 1, MESSAGE_MAX, f);
	fclose(f);
	for (i = 0; i < n; i++)
		if (text[i] != '\r')
			text[kept++] = text[i];
	text[kept] = '\0';
	return text;
}

void
script_build(struct script *s, const char *path, const struct envelope *e)
{
	char *text = read_message(path);
	const char *at = text;
	size_t half;

	memset(s, 0, sizeof(*s));
	put_envelope(s, e);
	while (*at != '\n' && *at != '\0')
		at = put_field(s, at);
	if (*at == '\n')
		at++;
	queue_macro(s, 'N');
	packet(s, 'N', NULL);
	half = strlen(at) / 2;
	put_body(s, at, at + half);
	s->body = s->steps;
	put_body(s, at + half, at + strlen(at));
	queue_macro(s, 'E');
	packet(s, 'E', NULL);
	free(text);
}
