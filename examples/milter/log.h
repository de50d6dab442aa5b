/*
 * userkeys-milter: its log and its counters.  SPDX-License-Identifier: MIT
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "ukey_text.h"

enum counter {
	COUNT_CONNECTIONS,
	COUNT_MESSAGES,
	COUNT_SIGNED,
	COUNT_UNSIGNED,
	COUNT_REFUSED,
	COUNT_DEFERRED,
	COUNT_PASS,
	COUNT_FAIL,
	COUNT_NONE,
	COUNT_TEMPERROR,
	COUNT_PERMERROR,
	COUNT_FORGED,
	COUNT_BAD_PROTOCOL,
	COUNTERS
};

/* Before anything is logged; the counters are shared with processes that are
 * forked later.  False without memory. */
bool log_open(bool to_stderr);
/* One line.  Octets outside printable ASCII come out as \xHH. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A word of a line: NAME=VALUE with blanks, controls, % and " of V as %HH, at
 * most 200 octets of V, behind what is in LINE (SIZE octets). */
void log_word(char *line, unsigned size, const char *name,
    struct ukey_view v);

void count(enum counter c);
/* Whether count_report() can write PATH, unless that is empty; else false with
 * text in ERR (CONF_ERROR_SIZE). */
bool count_check(const char *path, char *err);
/* The counters to the log; and, unless PATH is empty, as Prometheus' text
 * format to the file PATH, which is replaced as a whole. */
void count_report(const char *path);

#endif
