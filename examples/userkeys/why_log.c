/*
 * userkeys: the logs of userkeys-milter, line by line.
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "why_log.h"

/* The first of the usual places that can be read; else where Debian has it. */
static const char *
usual_log(void)
{
	static const char *const paths[] = { "/var/log/mail.log",
		"/var/log/maillog", "/var/log/mail" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], R_OK) == 0)
			return paths[i];
	return paths[0];
}

void
why_log_init(struct why_log *l, const char *use)
{
	*l = (struct why_log) { .use = use };
}

bool
why_log_add(struct why_log *l, const char *path)
{
	if (l->paths_len == WHY_LOGS_MAX) {
		cli_error("%s: expected at most %d logs: pipe them: cat LOG... "
		    "| %s", path, WHY_LOGS_MAX, l->use);
		return false;
	}
	l->paths[l->paths_len++] = path;
	return true;
}

bool
why_log_add_all(struct why_log *l, char **paths)
{
	const char *usual;

	for (; *paths != NULL; paths++)
		if (!why_log_add(l, *paths))
			return false;
	if (l->paths_len > 0)
		return true;
	usual = usual_log();
	snprintf(l->before, sizeof(l->before), "%s.1", usual);
	return (access(l->before, R_OK) != 0 || why_log_add(l, l->before)) &&
	    why_log_add(l, usual);
}

/* The next line without its end; what does not fit is passed over. */
static bool
line_next(FILE *f, char line[WHY_LINE_SIZE])
{
	size_t len;
	int c = 0;

	if (fgets(line, WHY_LINE_SIZE, f) == NULL)
		return false;
	len = strcspn(line, "\r\n");
	if (line[len] == '\0' && len == WHY_LINE_SIZE - 1)
		while (c != '\n' && c != EOF)
			c = getc(f);
	line[len] = '\0';
	return true;
}

/* The program that unpacks a file which begins with LINE, or NULL. */
static const char *
unpacker(const char *line)
{
	static const struct {
		const char *magic, *program;
	} forms[] = { { "\x1F\x8B", "zcat" }, { "BZh", "bzcat" },
		{ "\xFD" "7zXZ", "xzcat" },
		{ "\x28\xB5\x2F\xFD", "zstdcat" } };
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strncmp(line, forms[i].magic, strlen(forms[i].magic)) ==
		    0)
			return forms[i].program;
	return NULL;
}

/* Opens the next file; false when there is none, or with the error printed. */
static bool
open_next(struct why_log *l)
{
	if (l->next == l->paths_len)
		return false;
	l->path = l->paths[l->next++];
	l->number = 0;
	l->f = strcmp(l->path, "-") == 0 ? stdin : fopen(l->path, "r");
	if (l->f != NULL)
		return true;
	cli_error("%s: %s: expected a log: name the mail log, or pipe the "
	    "journal: journalctl -u userkeys-milter | %s", l->path,
	    strerror(errno), l->use);
	l->bad = true;
	return false;
}

/* The open log has no more lines. */
static void
close_log(struct why_log *l)
{
	if (ferror(l->f) != 0) {
		cli_error("%s: %s: read it as a user who may", l->path,
		    strerror(errno));
		l->bad = true;
	}
	if (l->f != stdin)
		fclose(l->f);
	l->f = NULL;
}

bool
why_log_next(struct why_log *l, struct ukey_view *line)
{
	while (!l->bad && (l->f != NULL || open_next(l))) {
		if (!line_next(l->f, l->line)) {
			close_log(l);
			continue;
		}
		if (l->number++ == 0 && unpacker(l->line) != NULL) {
			cli_error("%s: it is compressed: %s %s | %s", l->path,
			    unpacker(l->line), l->path, l->use);
			l->bad = true;
			close_log(l);
			return false;
		}
		*line = cli_view(l->line);
		return true;
	}
	return false;
}
