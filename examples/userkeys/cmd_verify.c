/*
 * userkeys verify: the judgement of messages (PROTOCOL 5).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arrival.h"
#include "verify.h"

static const char help[] =
"usage: userkeys verify [OPTION...] [MESSAGE...]\n"
"\n"
"Checks the signatures of messages: of the sender's mailbox where the\n"
"envelope sender is known, and by plain DKIM.\n"
"\n"
"      --from ADDRESS       the envelope sender; else that of Return-Path\n"
"      --dns HOST:PORT      the DNS server to ask\n"
"      --zone FILE          answer from a zone file\n"
"      --time SECONDS       the time of judging, since 1970; none; received:\n"
"                           that of the topmost Received field\n"
"      --plain              a line for each judgement, for scripts\n"
"      --json               the same as JSON\n"
"      --add-header         write the message with Authentication-Results\n"
"      --authserv-id ID     our name there; else the host's\n"
"      --allow-partial-body a DKIM signature may leave the body's end\n"
"                           unsigned (l=)\n"
"      --explain            show each step with its input\n"
"      --dump-canon         with --explain, the canonical octets too\n"
"\n"
"Exit status: 0 pass, 1 not pass, 64 usage, 65 unusable input, 75 try again.\n";

/* The sender that the topmost Return-Path tells. */
static void
find_sender(struct verified *m)
{
	const struct ukey_fields *f = &m->header->fields;
	unsigned i = header_top(m->header, UKEY_VIEW("Return-Path"));
	struct ukey_view path;

	if (i == UKEY_FIELD_NONE)
		return;
	path = arrival_path(ukey_fields_body(f, i));
	if (path.len >= sizeof(m->sender))
		return;
	memcpy(m->sender, path.data, path.len);
	m->sender[path.len] = '\0';
	m->has_sender = m->from_return_path = true;
}

static int
take_sender(struct verified *m)
{
	const char *from = m->options->from;

	if (from == NULL) {
		find_sender(m);
		return CLI_PASS;
	}
	if (strlen(from) >= sizeof(m->sender)) {
		cli_error("--from: too long for an address");
		return CLI_USAGE;
	}
	snprintf(m->sender, sizeof(m->sender), "%s", from);
	m->has_sender = true;
	return CLI_PASS;
}

/* The time of judging: as given, or that of the arrival. */
static int
take_time(struct verified *m)
{
	unsigned i = header_top(m->header, UKEY_VIEW("Received"));
	struct ukey_view value = { NULL, 0 };

	m->now = m->options->now;
	if (!m->options->as_received)
		return CLI_PASS;
	if (i != UKEY_FIELD_NONE)
		value = ukey_fields_body(&m->header->fields, i);
	if (arrival_time(value, &m->now))
		return CLI_PASS;
	if (i == UKEY_FIELD_NONE)
		cli_error("%s: --time received: expected a Received field: "
		    "give the time of its arrival in seconds since 1970",
		    m->spool->name);
	else
		cli_error("%s: --time received: expected a date at the end of "
		    "the topmost Received field: give the time of its arrival "
		    "in seconds since 1970", m->spool->name);
	return CLI_INPUT;
}

static int
push_all(struct verified *m)
{
	struct ukey_view piece;
	int status;

	while ((status = spool_read(m->spool, &piece)) == CLI_PASS &&
	    piece.len > 0)
		(void)ukey_verify_push(&m->v, piece.data, piece.len);
	return status;
}

/* The exit status of one message's judgements. */
static int
status_of(const struct verified *m)
{
	struct ukey_judgement j;
	bool temporary = false;
	unsigned i;

	if (m->has_sender) {
		if (m->user.verdict == UKEY_PASS)
			return CLI_PASS;
		return m->user.verdict == UKEY_TEMPERROR ? CLI_TEMPORARY :
		    CLI_NOT_PASS;
	}
	for (i = 0; i < ukey_verify_dkim_count(&m->v); i++) {
		ukey_verify_dkim(&m->v, i, &j);
		if (j.verdict == UKEY_PASS)
			return CLI_PASS;
		temporary |= j.verdict == UKEY_TEMPERROR;
	}
	return temporary ? CLI_TEMPORARY : CLI_NOT_PASS;
}

static int
judge(struct verified *m)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	static uint64_t work[UKEY_WORK_SIZE / 8 + 1];
	unsigned flags = UKEY_VERIFY_DKIM;
	int status;

	if (m->options->allow_partial_body)
		flags |= UKEY_VERIFY_PARTIAL_BODY;
	ukey_verify_init(&m->v, flags, arena, sizeof(arena));
	if (m->options->time == NULL)
		(void)ukey_verify_clock(&m->v, time(NULL));
	else
		(void)ukey_verify_time(&m->v, m->now);
	if (m->has_sender)
		(void)ukey_verify_mail_from(&m->v, cli_view(m->sender),
		    UKEY_VIEW_NONE);
	status = push_all(m);
	if (status != CLI_PASS)
		return status;
	(void)ukey_verify_end(&m->v);
	if (ukey_resolver_run(m->resolver, &m->v, work, sizeof(work)) !=
	    UKEY_OK) {
		cli_error("%s: cannot be judged: internal error",
		    m->spool->name);
		return CLI_TEMPORARY;
	}
	ukey_verify_userkeys(&m->v, &m->user);
	m->status = status_of(m);
	return CLI_PASS;
}

static int
report(struct verified *m, bool first)
{
	int status = CLI_PASS;

	if (m->options->add_header)
		status = verify_add_header(m);
	else if (m->options->json)
		verify_json(m, first);
	else if (m->options->plain)
		verify_plain(m);
	else if (m->options->explain)
		status = verify_explain(m);
	if (!m->options->add_header && !m->options->json &&
	    !m->options->plain)
		verify_people(m);
	return status;
}

/* Judges the message in PATH; its exit status. */
static int
verify_file(const struct verify_options *o, struct ukey_resolver *r,
    const char *path, bool first)
{
	static struct spool spool;
	static struct header header;
	struct verified m = { .options = o, .spool = &spool,
		.header = &header, .resolver = r };
	int status = spool_open(&spool, path);

	if (status != CLI_PASS)
		return status;
	status = header_read(&header, &spool);
	if (status == CLI_PASS)
		status = take_sender(&m);
	if (status == CLI_PASS)
		status = take_time(&m);
	if (status == CLI_PASS)
		status = judge(&m);
	if (status == CLI_PASS)
		status = report(&m, first);
	spool_close(&spool);
	return status == CLI_PASS ? m.status : status;
}

static int
worse(int a, int b)
{
	return a > b ? a : b;
}

/* Whether these options go together. */
static int
check_options(const struct verify_options *o, int count)
{
	if (o->plain + o->json + o->add_header + o->explain > 1)
		return cli_usage("verify", "--plain, --json, --add-header, "
		    "--explain: one answer at a time");
	if (o->dump_canon && !o->explain)
		return cli_usage("verify", "--dump-canon belongs to "
		    "--explain: add that");
	if (o->authserv_id != NULL && !o->add_header)
		return cli_usage("verify", "--authserv-id belongs to "
		    "--add-header: add that");
	if (o->add_header && count > 1)
		return cli_usage("verify", "--add-header: one message at a "
		    "time, not %d", count);
	return CLI_PASS;
}

/* The name in our Authentication-Results: as given, or the host's. */
static int
check_id(struct verify_options *o)
{
	static char host[256];

	if (o->authserv_id == NULL && gethostname(host,
	    sizeof(host) - 1) == 0)
		o->authserv_id = host;
	if (o->authserv_id == NULL ||
	    !ukey_view_is_domain(cli_view(o->authserv_id), true))
		return cli_usage("verify", "--authserv-id %s: not a host "
		    "name: give one like mx.example.org",
		    o->authserv_id == NULL ? "" : o->authserv_id);
	return CLI_PASS;
}

static int
check(struct verify_options *o, int count)
{
	int status = check_options(o, count);

	o->as_received = o->time != NULL && strcmp(o->time, "received") == 0;
	if (status == CLI_PASS && !o->as_received &&
	    !cli_time(o->time, &o->now))
		status = CLI_USAGE;
	if (status == CLI_PASS && o->add_header)
		status = check_id(o);
	return status;
}

static int
verify_files(const struct verify_options *o, char **files, int count)
{
	struct ukey_resolver *r = cli_resolver(o->dns, o->zone);
	int i, status = CLI_PASS;

	if (r == NULL)
		return o->zone != NULL && o->dns == NULL ? CLI_INPUT :
		    CLI_USAGE;
	if (o->json)
		fputs("[", stdout);
	for (i = 0; i < count || i == 0; i++)
		status = worse(status, verify_file(o, r, files[i], i == 0));
	if (o->json)
		fputs("\n]\n", stdout);
	cli_resolver_end(r, status);
	return status;
}

int
cmd_verify(int argc, char **argv)
{
	struct verify_options o = { 0 };
	const struct cli_option options[] = {
		{ "from", &o.from, NULL }, { "dns", &o.dns, NULL },
		{ "zone", &o.zone, NULL }, { "time", &o.time, NULL },
		{ "authserv-id", &o.authserv_id, NULL },
		{ "plain", NULL, &o.plain }, { "json", NULL, &o.json },
		{ "add-header", NULL, &o.add_header },
		{ "allow-partial-body", NULL, &o.allow_partial_body },
		{ "explain", NULL, &o.explain },
		{ "dump-canon", NULL, &o.dump_canon }, { NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "verify", help, options };
	int count, status;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	status = check(&o, count);
	return status == CLI_PASS ? verify_files(&o, argv + 1, count) :
	    status;
}
