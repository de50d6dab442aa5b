/*
 * userkeys-milter: its log and its counters.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"
#include "replace.h"

#define LINE 2048
#define WORD 200
#define METRICS_BEGIN "# TYPE userkeys_"

static const char *const names[COUNTERS] = { "connections", "messages",
	"signed", "unsigned", "refused", "deferred", "pass", "fail", "none",
	"temperror", "permerror", "forged_results", "bad_protocol" };

static struct {
	bool to_stderr;
	uint64_t *counters;
} log_state;

bool
log_open(bool to_stderr)
{
	void *memory;

	log_state.to_stderr = to_stderr;
	if (!to_stderr)
		openlog("userkeys-milter", LOG_PID | LOG_NDELAY, LOG_MAIL);
	if (log_state.counters != NULL)
		return true;
	memory = mmap(NULL, COUNTERS * sizeof(uint64_t),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	log_state.counters = memory;
	return true;
}

static void __attribute__((format(printf, 2, 0)))
put(int level, const char *format, va_list ap)
{
	char text[LINE], line[4 * LINE];
	size_t i, n = 0;

	vsnprintf(text, sizeof(text), format, ap);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] >= ' ' && text[i] <= '~')
			line[n++] = text[i];
		else
			n += (size_t)snprintf(line + n, 5, "\\x%02X",
			    (uint8_t)text[i]);
	line[n] = '\0';
	if (log_state.to_stderr)
		fprintf(stderr, "userkeys-milter: %s\n", line);
	else
		syslog(level, "%s", line);
}

void
log_line(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put(LOG_INFO, format, ap);
	va_end(ap);
}

void
log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put(LOG_ERR, format, ap);
	va_end(ap);
}

void
log_word(char *line, unsigned size, const char *name, struct ukey_view v)
{
	size_t n = strlen(line), i;

	n += (size_t)snprintf(line + n, size - n, "%s%s=", n > 0 ? " " : "",
	    name);
	for (i = 0; i < v.len && i < WORD && n + 4 < size; i++)
		if (v.data[i] > ' ' && v.data[i] <= '~' && v.data[i] != '%' &&
		    v.data[i] != '"')
			line[n++] = (char)v.data[i];
		else
			n += (size_t)snprintf(line + n, 4, "%%%02X",
			    v.data[i]);
	if (n < size)
		line[n] = '\0';
}

void
count(enum counter c)
{
	__atomic_fetch_add(&log_state.counters[c], 1, __ATOMIC_RELAXED);
}

static uint64_t
value(unsigned i)
{
	return __atomic_load_n(&log_state.counters[i], __ATOMIC_RELAXED);
}

bool
count_check(const char *path, char *err)
{
	char what[CONF_ERROR_SIZE];

	if (path[0] == '\0' || replace_check(path, METRICS_BEGIN, what))
		return true;
	snprintf(err, CONF_ERROR_SIZE, "metrics-file = %.490s", what);
	return false;
}

/* The counters, in Prometheus' text format. */
static void
write_metrics(char *text, size_t size)
{
	size_t n = 0;
	unsigned i;

	for (i = 0; i < COUNTERS && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, METRICS_BEGIN
		    "%s_total counter\nuserkeys_%s_total %llu\n", names[i],
		    names[i], (unsigned long long)value(i));
}

void
count_report(const char *path)
{
	char line[LINE] = "", text[4 * LINE], err[CONF_ERROR_SIZE];
	size_t n = 0;
	unsigned i;
	int fd;

	for (i = 0; i < COUNTERS; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " %s=%llu",
		    names[i], (unsigned long long)value(i));
	log_line("counters%s", line);
	if (path[0] == '\0')
		return;
	write_metrics(text, sizeof(text));
	fd = replace_file(path, METRICS_BEGIN, text, NULL, err);
	if (fd < 0)
		log_error("metrics-file = %s", err);
	else
		close(fd);
}
