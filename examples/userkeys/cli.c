/*
 * userkeys, the command: what its subcommands share.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define ERROR_MAX 4096

struct ukey_view
cli_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

const char *
cli_paint(enum cli_colour colour)
{
	static const char *const codes[] = { "\033[0m", "\033[32m",
		"\033[33m", "\033[31m" };
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no == NULL || no[0] == '\0') ?
	    codes[colour] : "";
}

/* The character whose LEN octets of UTF-8 begin V. */
static uint32_t
code_point(struct ukey_view v, size_t len)
{
	uint32_t c = v.data[0] & 0x7Fu >> (len > 1 ? len : 0);
	size_t i;

	for (i = 1; i < len; i++)
		c = c << 6 | (v.data[i] & 0x3Fu);
	return c;
}

/* Whether C cannot be seen, and changes how what stands around it is: other
 * direction (UAX 9), line and paragraph separators, no width, tags. */
static bool
is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = { { 0x61C, 0x61C }, { 0x180E, 0x180E },
		{ 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
		{ 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE007F } };
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* How many octets at the start of V a person may see as they are; 0: the first
 * one must be escaped. */
static size_t
shown_len(struct ukey_view v)
{
	size_t len = ukey_utf8_len(v);

	return is_invisible(code_point(v, len)) ? 0 : len;
}

void
cli_put(FILE *f, struct ukey_view v)
{
	size_t len;

	for (; v.len > 0; v = ukey_view_part(v, len, v.len)) {
		len = shown_len(v);
		if (len > 0) {
			fwrite(v.data, 1, len, f);
			continue;
		}
		fprintf(f, "\\x%02X", v.data[0]);
		len = 1;
	}
}

/* C as JSON escapes it (RFC 8259 7). */
static void
put_escape(FILE *f, uint32_t c)
{
	if (c >= 0x10000) {
		fprintf(f, "\\u%04X",
		    0xD800u + (unsigned)((c - 0x10000) >> 10));
		c = 0xDC00 + ((c - 0x10000) & 0x3FF);
	}
	fprintf(f, "\\u%04X", (unsigned)c);
}

void
cli_put_json(FILE *f, struct ukey_view v)
{
	size_t len;

	putc('"', f);
	for (; v.len > 0; v = ukey_view_part(v, len, v.len)) {
		len = ukey_utf8_len(v);
		if (v.data[0] == '"' || v.data[0] == '\\')
			putc('\\', f);
		if (shown_len(v) > 0)
			fwrite(v.data, 1, len, f);
		else if (len > 0 || v.data[0] < 0x80)
			put_escape(f, code_point(v, len));
		else
			fputs("\\uFFFD", f);
		if (len == 0)
			len = 1;
	}
	putc('"', f);
}

static void __attribute__((format(printf, 1, 0)))
put_error(const char *format, va_list ap)
{
	char text[ERROR_MAX];

	vsnprintf(text, sizeof(text), format, ap);
	fflush(stdout);
	fputs("userkeys: ", stderr);
	cli_put(stderr, cli_view(text));
	putc('\n', stderr);
}

void
cli_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_error(format, ap);
	va_end(ap);
}

int
cli_usage(const char *command, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_error(format, ap);
	va_end(ap);
	fprintf(stderr, "Try: userkeys %s --help\n", command);
	return CLI_USAGE;
}

int
cli_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_error("standard output: cannot be written: %s: is the disk full, "
	    "the pipe closed?", strerror(errno));
	return CLI_TEMPORARY;
}

/* Takes option INDEX with the argument that getopt found. */
static void
take(const struct cli_option *o)
{
	if (o->value != NULL)
		*o->value = optarg;
	else
		*o->flag = true;
}

int
cli_options(const struct cli_syntax *syntax, int argc, char **argv,
    int *count)
{
	const struct cli_option *options = syntax->options;
	const char *command = syntax->command;
	struct option list[CLI_OPTIONS_MAX + 2] = { 0 };
	int i, c, n = 0;

	for (; options[n].name != NULL; n++)
		list[n] = (struct option) { options[n].name,
			options[n].value != NULL ? required_argument :
			no_argument, NULL, 256 + n };
	list[n] = (struct option) { "help", no_argument, NULL, 'h' };
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", list, NULL)) != -1) {
		if (c == 'h') {
			fputs(syntax->help, stdout);
			return cli_finish(CLI_PASS);
		}
		if (c == ':')
			return cli_usage(command, "%s: %s: its argument is "
			    "missing: add one", command, argv[optind - 1]);
		if (c == '?')
			return cli_usage(command, "%s: %s: no such option, or "
			    "one that takes no argument", command,
			    argv[optind - 1]);
		take(&options[c - 256]);
	}
	*count = argc - optind;
	for (i = 0; i < *count; i++)
		argv[i + 1] = argv[optind + i];
	argv[*count + 1] = NULL;
	return CLI_GO_ON;
}

/* The time, or 0 and a warning. */
static uint64_t
clock_time(void)
{
	struct ukey_time t = ukey_clock_time(time(NULL));

	if (t.now == 0)
		cli_error("the clock is not set: it reads earlier than %llu, "
		    "the date of this program: set it, or give --time",
		    (unsigned long long)t.earliest);
	return t.now;
}

bool
cli_time(const char *text, uint64_t *seconds)
{
	*seconds = text == NULL ? clock_time() : 0;
	if (text == NULL)
		return true;
	if (strcmp(text, "none") == 0)
		return true;
	if (ukey_view_number(cli_view(text), seconds) && *seconds > 0 &&
	    *seconds <= 999999999999)
		return true;
	cli_error("--time %s: not a time: give seconds since 1970, as \"date "
	    "+%%s\" prints them, or none", text);
	return false;
}

bool
cli_duration(const char *option, const char *text, uint64_t *seconds)
{
	static const char units[] = "smhdw";
	static const uint32_t sizes[] = { 1, 60, 3600, 86400, 7 * 86400 };
	const uint64_t most = 100 * 366 * (uint64_t)86400;
	struct ukey_view v = cli_view(text);
	const char *unit = v.len == 0 ? NULL :
	    strchr(units, text[v.len - 1]);
	uint32_t size = unit == NULL ? 1 : sizes[unit - units];

	*seconds = 0;
	if (strcmp(text, "none") == 0)
		return true;
	if (unit != NULL)
		v.len--;
	if (ukey_view_number(v, seconds) && *seconds > 0 &&
	    *seconds <= most / size) {
		*seconds *= size;
		return true;
	}
	cli_error("%s %s: not a duration: write 12h, 14d or a number "
	    "of seconds", option, text);
	return false;
}

bool
cli_address(const char *text, struct ukey_address *a)
{
	enum ukey_reason reason = ukey_sender_read(cli_view(text),
	    UKEY_VIEW_NONE, a);

	if (reason == UKEY_REASON_OK)
		return true;
	cli_error("%s: not a mailbox that can have a key: %s: write "
	    "local-part@domain", text, ukey_reason_meaning(reason));
	return false;
}

struct ukey_resolver *
cli_resolver(const char *dns, const char *zone)
{
	char err[UKEY_RESOLVER_ERROR_SIZE];
	struct ukey_resolver *r;

	if (dns != NULL && zone != NULL) {
		cli_error("--dns and --zone: only one can answer: leave one "
		    "out");
		return NULL;
	}
	if (zone != NULL)
		r = ukey_resolver_zone(zone, NULL, err, sizeof(err));
	else
		r = ukey_resolver_dns(dns, NULL, NULL, err, sizeof(err));
	if (r == NULL)
		cli_error("%s", err);
	return r;
}

void
cli_resolver_end(struct ukey_resolver *r, int status)
{
	char text[UKEY_RESOLVER_ERROR_SIZE];

	if (status == CLI_TEMPORARY &&
	    ukey_resolver_trouble(r, text, sizeof(text)) != NULL)
		cli_error("%s", text);
	ukey_resolver_free(r);
}
