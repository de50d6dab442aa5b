/*
 * userkeys: the work of the bench by rspamd's DKIM code.
 * SPDX-License-Identifier: MIT
 *
 * rspamd's server library is linked; it has no headers to build against, so
 * what is used of it is declared here, as of rspamd 3.  What belongs to the
 * server and not to DKIM stays out of the clock: a task for each message, with
 * its MIME parts and header fields parsed.  A task is used once, for rspamd
 * keeps the body's hash in it.  Keys are read once, as its cache does.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define POOL 4096
#define CRITICAL 8      /* GLib's log level: no more than that is logged */
#define WITHOUT_LUA 1   /* a configuration of nothing */
#define PEM 1           /* enum of rspamd */
#define PASS 0
#define MAX_SIGNATURES 5 /* as its DKIM module has it by default */

struct result {
	int code;
	void *context;
	const char *selector, *domain, *b, *reason;
};

void *rspamd_init_libs(void);
void *rspamd_config_new(int flags);
void *rspamd_mempool_new_(size_t size, const char *tag, int flags,
    const char *where);
void rspamd_mempool_delete(void *pool);
void *rspamd_log_open_emergency(void *pool, int flags);
int rspamd_log_set_log_level(void *logger, int level);
void *rspamd_task_new(void *worker, void *config, void *pool, void *languages,
    void *loop, int debug);
int rspamd_task_load_message(void *task, void *request, const char *data,
    size_t len);
void rspamd_task_free(void *task);
int rspamd_message_parse(void *task);
void *rspamd_dkim_parse_key(const char *record, size_t *len, void **error);
void *rspamd_dkim_sign_key_load(const char *key, size_t len, int format,
    void **error);
void *rspamd_create_dkim_context(const char *signature, void *pool,
    void *resolver, unsigned jitter, int type, void **error);
struct result *rspamd_dkim_check(void *context, void *key, void *task);
void *rspamd_create_dkim_sign_context(void *task, void *key, int header,
    int body, const char *names, int type, void **error);
void *rspamd_dkim_sign(void *task, const char *selector, const char *domain,
    long expires, size_t len, unsigned index, const char *cv, void *context);

static struct {
	void *config, *record, *key;
	struct job {
		void *task, *pool;
	} *jobs;
	unsigned count;
	char *signatures[MAX_SIGNATURES]; /* their values, unfolded */
} rspamd;

bool
peer_init(void)
{
	void *pool, *error = NULL;
	size_t len = strlen(ours_record());

	rspamd_init_libs();
	rspamd.config = rspamd_config_new(WITHOUT_LUA);
	pool = rspamd_mempool_new_(POOL, "bench", 0, "bench");
	rspamd_log_set_log_level(rspamd_log_open_emergency(pool, 0), CRITICAL);
	rspamd.record = rspamd_dkim_parse_key(ours_record(), &len, &error);
	rspamd.key = rspamd_dkim_sign_key_load(ours_pem(), strlen(ours_pem()),
	    PEM, &error);
	if (rspamd.record == NULL || rspamd.key == NULL)
		die("rspamd does not read the keys");
	return true;
}

/* The value of the field at DATA, unfolded as rspamd does it, which finds the
 * field by its value; *LEN is the field's length. */
static char *
value(const char *data, size_t *len)
{
	size_t i = strlen("DKIM-Signature:"), n = 0;
	char *out = malloc(4096);

	if (out == NULL)
		die("out of memory");
	i += strspn(data + i, " ");
	while (data[i] != '\r' || data[i + 2] == ' ' || data[i + 2] == '\t') {
		if (data[i] != '\r') {
			out[n++] = data[i++];
			continue;
		}
		i += 2 + strspn(data + i + 2, " \t");
		out[n++] = ' ';
	}
	out[n] = '\0';
	*len = i + 2;
	return out;
}

static void
find_signatures(const struct message *m)
{
	const char *data = (const char *)m->data;
	unsigned i;
	size_t len;

	for (i = 0; i < MAX_SIGNATURES; i++) {
		free(rspamd.signatures[i]);
		rspamd.signatures[i] = NULL;
	}
	for (i = 0; i < MAX_SIGNATURES &&
	    strncasecmp(data, "dkim-signature:", 15) == 0; i++) {
		rspamd.signatures[i] = value(data, &len);
		data += len;
	}
}

void
peer_prepare(const struct message *m, unsigned count)
{
	struct job *job;

	find_signatures(m);
	rspamd.jobs = calloc(count, sizeof(*rspamd.jobs));
	rspamd.count = count;
	if (rspamd.jobs == NULL)
		die("out of memory");
	for (job = rspamd.jobs; job < rspamd.jobs + count; job++) {
		job->task = rspamd_task_new(NULL, rspamd.config, NULL, NULL,
		    NULL, 0);
		job->pool = rspamd_mempool_new_(POOL, "bench", 0, "bench");
		if (!rspamd_task_load_message(job->task, NULL,
		    (const char *)m->data, m->len) ||
		    !rspamd_message_parse(job->task))
			die("rspamd does not parse the message");
	}
}

bool
peer_verify(unsigned job, bool pass)
{
	struct job *j = &rspamd.jobs[job];
	void *context, *error = NULL;
	bool agrees = true;
	unsigned i;

	for (i = 0; i < MAX_SIGNATURES && rspamd.signatures[i] != NULL; i++) {
		context = rspamd_create_dkim_context(rspamd.signatures[i],
		    j->pool, NULL, 0, 0, &error);
		if (context == NULL || (rspamd_dkim_check(context,
		    rspamd.record, j->task)->code == PASS) != pass)
			agrees = false;
	}
	return agrees;
}

void
peer_sign(unsigned job, const char *canon)
{
	struct job *j = &rspamd.jobs[job];
	void *context, *error = NULL;

	context = rspamd_create_dkim_sign_context(j->task, rspamd.key,
	    canon[0] == 'r', canon[2] == 'r', "from:to:subject:date:"
	    "message-id:mime-version:content-type:content-transfer-encoding",
	    0, &error);
	if (context == NULL || rspamd_dkim_sign(j->task, SELECTOR, DOMAIN, 0,
	    0, 0, NULL, context) == NULL)
		die("rspamd does not sign");
}

void
peer_finish(void)
{
	struct job *job;

	for (job = rspamd.jobs; job < rspamd.jobs + rspamd.count; job++) {
		rspamd_mempool_delete(job->pool);
		rspamd_task_free(job->task);
	}
	free(rspamd.jobs);
}
