/*
 * userkeys setup: plans.  SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE /* O_CLOEXEC, fdopen */

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "setup.h"

const char *
plan_text(struct plan *p, const char *format, ...)
{
	char *text = p->room + p->used;
	size_t left = sizeof(p->room) - p->used;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(text, left, format, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= left) {
		p->full = true;
		return "";
	}
	p->used += (size_t)len + 1;
	return text;
}

static struct plan_step *
step_add(struct plan *p, const char *why)
{
	struct plan_step *s;

	if (p->steps == PLAN_STEPS_MAX) {
		p->full = true;
		p->steps--;
	}
	s = &p->step[p->steps++];
	memset(s, 0, sizeof(*s));
	s->why = why;
	return s;
}

void
plan_run(struct plan *p, const char *why, ...)
{
	struct plan_step *s = step_add(p, why);
	const char *word;
	unsigned n = 0;
	va_list ap;

	va_start(ap, why);
	while ((word = va_arg(ap, const char *)) != NULL) {
		if (n == PLAN_WORDS_MAX)
			p->full = true;
		else
			s->words[n++] = word;
	}
	va_end(ap);
}

void
plan_write(struct plan *p, const char *why, const char *path, unsigned mode,
    const char *content)
{
	struct plan_step *s = step_add(p, why);

	s->words[0] = path;
	s->fresh = plan_text(p, "%s.new", path);
	s->mode = mode;
	s->content = content;
}

/* WORD as sh(1) reads it back. */
static void
put_word(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		printf("%s", word);
		return;
	}
	printf("'");
	for (; *word != '\0'; word++)
		if (*word == '\'')
			printf("'\\''");
		else
			printf("%c", *word);
	printf("'");
}

static void
command_print(const struct plan_step *s)
{
	unsigned i;

	for (i = 0; s->words[i] != NULL; i++) {
		printf("%s", i == 0 ? "" : " ");
		put_word(s->words[i]);
	}
	printf("\n");
}

static void
step_print(const struct plan_step *s)
{
	printf("# %s\n", s->why);
	if (s->content == NULL) {
		command_print(s);
		return;
	}
	/* Under its own name only when it is whole, and over no other. */
	printf("rm -f ");
	put_word(s->fresh);
	printf("\n(umask 077; cat >");
	put_word(s->fresh);
	printf(") <<'END'\n%sEND\nchmod %04o ", s->content, s->mode);
	put_word(s->fresh);
	printf("\nln ");
	put_word(s->fresh);
	printf(" ");
	put_word(s->words[0]);
	printf("\nrm ");
	put_word(s->fresh);
	printf("\n");
}

void
plan_print(const struct plan *p)
{
	unsigned i;

	printf("#!/bin/sh\nset -e\n");
	for (i = 0; i < p->steps; i++)
		step_print(&p->step[i]);
}

/* Runs WORDS; with OUT not -1, that is its standard output, and its errors go
 * nowhere.  Whether it went well. */
static bool
command_run(const char *const *words, int out)
{
	union { const char *const *constant; char *const *plain; } argv;
	int status;
	pid_t pid;

	argv.constant = words;
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return false;
	if (pid == 0) {
		if (out >= 0) {
			dup2(out, STDOUT_FILENO);
			dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		}
		execvp(words[0], argv.plain);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool
command_succeeds(const char *const *words)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool ran = nowhere >= 0 && command_run(words, nowhere);

	if (nowhere >= 0)
		close(nowhere);
	return ran;
}

bool
command_read(const char *const *words, char *out, size_t size)
{
	int ends[2];
	ssize_t len;
	bool ran;

	/* What is read here is short, and fits into the pipe. */
	if (pipe(ends) != 0)
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	ran = command_run(words, ends[1]);
	close(ends[1]);
	len = read(ends[0], out, size);
	close(ends[0]);
	if (!ran || len < 0 || (size_t)len >= size)
		return false;
	while (len > 0 && out[len - 1] == '\n')
		len--;
	out[len] = '\0';
	return true;
}

/* All of it under another name first: what a full disk cuts off must not be
 * taken for the file when it is set up again. */
static bool
file_write(const struct plan_step *s)
{
	size_t len = strlen(s->content);
	bool good;
	int fd, err;

	unlink(s->fresh);
	fd = open(s->fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	errno = ENOSPC; /* a write that is short says nothing */
	good = write(fd, s->content, len) == (ssize_t)len &&
	    fchmod(fd, s->mode) == 0 && fsync(fd) == 0;
	good = close(fd) == 0 && good && link(s->fresh, s->words[0]) == 0;
	err = errno;
	unlink(s->fresh);
	errno = err;
	return good;
}

int
plan_apply(const struct plan *p)
{
	const struct plan_step *s;
	unsigned i;
	bool good;

	for (i = 0; i < p->steps; i++) {
		s = &p->step[i];
		printf("%s\n", s->why);
		errno = 0;
		good = s->content != NULL ? file_write(s) :
		    command_run(s->words, -1);
		if (good)
			continue;
		cli_error("setup: %s: %s %s: put it right and set up again; "
		    "what is done is left out then", s->why, s->words[0],
		    errno != 0 ? strerror(errno) : "failed");
		return CLI_INPUT;
	}
	return CLI_PASS;
}
