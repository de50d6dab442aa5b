/*
 * userkeys: a party of the bench in a process of its own.
 * SPDX-License-Identifier: MIT
 *
 * rspamd's library replaces the heap of its whole program.  So its work is
 * done by a second program, which this one asks for each sample when its turn
 * comes: lines of numbers, over two pipes.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static FILE *to, *from;

bool
helper_start(const char *program)
{
	int out[2], in[2];
	pid_t pid;

	if (access(program, X_OK) != 0)
		return false;
	if (pipe(out) != 0 || pipe(in) != 0)
		die("no pipe");
	pid = fork();
	if (pid < 0)
		die("no second process");
	if (pid == 0) {
		dup2(out[0], STDIN_FILENO);
		dup2(in[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		close(in[0]);
		close(in[1]);
		execl(program, program, "serve", (char *)NULL);
		_exit(127);
	}
	close(out[0]);
	close(in[1]);
	to = fdopen(out[1], "w");
	from = fdopen(in[0], "r");
	return to != NULL && from != NULL;
}

double
helper_sample(unsigned scenario, unsigned count, bool *agreed)
{
	char line[80], *end;
	double ns;

	fprintf(to, "%u %u\n", scenario, count);
	fflush(to);
	if (fgets(line, sizeof(line), from) == NULL)
		die("the second process is gone");
	ns = strtod(line, &end);
	*agreed = *end != '!';
	return ns;
}
