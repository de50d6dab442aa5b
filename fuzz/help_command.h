/*
 * userkeys: fuzz: the command in a harness: its files in memory, and what it
 * writes.  SPDX-License-Identifier: MIT
 */
#ifndef HELP_COMMAND_H
#define HELP_COMMAND_H

#include "cli.h"
#include "fuzz.h"

/* A file in memory; all zero at first. */
struct file {
	int fd;
	char path[32]; /* by which the command can open it */
};

/* V is all that is in it. */
void file_fill(struct file *f, struct ukey_view v);
#define ZONE_ROOM 40000

/* Appends to ZONE, of ZONE_ROOM octets of which AT are used, a TXT record of
 * NAME: TEXT, or its first 4,000 octets, in strings of which the first has at
 * most FIRST octets.  How many are used then. */
size_t zone_txt(char *zone, size_t at, const char *name,
    struct ukey_view text, size_t first);
/* Whether TEXT, of the command, begins with an error about F: then nothing else
 * was tried. */
bool is_refused(const struct file *f, const char *text);
/* Whether a terminal shows TEXT as it is: lines of characters that are seen,
 * in their own order. */
bool is_calm(struct ukey_view text);
/* Runs COMMAND; what it wrote, on both streams, NUL behind its LEN octets, is
 * to be freed. */
char *command_run(int (*command)(int, char **), int argc,
    const char **argv, int *status, size_t *len);

#endif
