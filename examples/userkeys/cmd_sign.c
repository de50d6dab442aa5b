/*
 * userkeys sign: a signature as a mailbox or as a domain (PROTOCOL 4).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "cli.h"
#include "header.h"
#include "keyfile.h"
#include "record.h"

static const char help[] =
"usage: userkeys sign --from ADDRESS --key FILE [OPTION...] [MESSAGE]\n"
"       userkeys sign --dkim --domain D --selector S --key FILE [OPTION...]\n"
"           [MESSAGE]\n"
"\n"
"Writes the message with a DKIM-Signature field on top.  Line ends stay as\n"
"they are; the signature is over the message with CRLF, as it travels.\n"
"\n"
"      --from ADDRESS       sign as this mailbox, the envelope sender\n"
"      --dkim               plain DKIM, with --domain D and --selector S\n"
"      --key FILE           the private key\n"
"      --generation G       label of a rotated key\n"
"      --canon H/B          relaxed or simple each; relaxed/relaxed\n"
"      --expire TIME        12h, 14d, none; 7d, with --dkim none\n"
"      --oversign-absent    nobody may add Sender, Content-Disposition or\n"
"                           List- fields; mailing lists do\n"
"      --time SECONDS       of signing, since 1970, or none; now\n"
"      --header-only        write the field alone\n";

#define FIELD_MAX 8192
#define SCRATCH 16384 /* values of From and Sender */

struct options {
	const char *from, *domain, *selector, *key, *generation, *canon;
	const char *expire, *time;
	bool dkim, header_only, oversign_absent;
};

/* What a request points to. */
struct names {
	struct ukey_sign_request request;
	struct record record;
	uint8_t identity[UKEY_LOCAL_MAX + 1 + UKEY_NAME_MAX + 2];
};

static bool
read_canon(struct ukey_view word, uint8_t *canon)
{
	bool relaxed = ukey_view_equal(word, UKEY_VIEW("relaxed"));

	*canon = relaxed ? UKEY_CANON_RELAXED : UKEY_CANON_SIMPLE;
	return relaxed || ukey_view_equal(word, UKEY_VIEW("simple"));
}

static int
read_canons(const char *text, struct ukey_sign_request *q)
{
	struct ukey_view rest = cli_view(text == NULL ? "relaxed/relaxed" :
	    text);
	struct ukey_view header = ukey_view_cut(&rest, '/');

	if (rest.data != NULL && read_canon(header, &q->header_canon) &&
	    read_canon(rest, &q->body_canon))
		return CLI_PASS;
	return cli_usage("sign", "--canon %s: not a pair: relaxed/relaxed, "
	    "relaxed/simple, simple/relaxed or simple/simple", text);
}

static int
read_times(const struct options *o, struct ukey_sign_request *q)
{
	uint64_t expire = o->dkim ? 0 : UKEY_SIGN_EXPIRE;

	if (!cli_time(o->time, &q->time))
		return CLI_USAGE;
	if (o->expire != NULL && !cli_duration("--expire", o->expire, &expire))
		return CLI_USAGE;
	if (o->expire != NULL && expire != 0 && q->time == 0)
		return cli_usage("sign", "--expire needs a time: give it with "
		    "--time");
	if (expire != 0 && q->time != 0)
		q->expire = q->time + expire;
	return CLI_PASS;
}

/* d=, s= and i= of a mailbox. */
static int
name_mailbox(const struct options *o, struct names *n)
{
	struct ukey_address a;
	size_t len;

	if (!cli_address(o->from, &a) ||
	    !record_names(&n->record, &a, o->generation))
		return CLI_INPUT;
	len = ukey_address_unquote(a.local, n->identity);
	n->identity[len++] = '@';
	memcpy(n->identity + len, a.domain.data, a.domain.len);
	len += a.domain.len;
	n->request.domain = a.domain;
	n->request.selector = cli_view(n->record.selector);
	n->request.identity = (struct ukey_view) { n->identity, len };
	return CLI_PASS;
}

static int
check_dkim(const struct options *o)
{
	if (o->domain == NULL || o->selector == NULL)
		return cli_usage("sign", "sign --dkim: --domain D and "
		    "--selector S are needed");
	if (o->from != NULL || o->generation != NULL)
		return cli_usage("sign", "sign --dkim: --from and "
		    "--generation belong to mailboxes: leave them out");
	return CLI_PASS;
}

static int
check_mailbox(const struct options *o)
{
	if (o->domain != NULL || o->selector != NULL)
		return cli_usage("sign", "sign: --domain and --selector "
		    "belong to plain DKIM: add --dkim, or leave them out");
	if (o->from == NULL)
		return cli_usage("sign", "sign: --from ADDRESS is needed, or "
		    "--dkim");
	return CLI_PASS;
}

static int
check(const struct options *o, int count)
{
	if (o->key == NULL)
		return cli_usage("sign", "sign: --key FILE is needed");
	if (count > 1)
		return cli_usage("sign", "sign: one message at a time, not %d",
		    count);
	return o->dkim ? check_dkim(o) : check_mailbox(o);
}

static int
make_names(const struct options *o, struct names *n)
{
	int status = read_canons(o->canon, &n->request);

	n->request.oversign_absent = o->oversign_absent;
	if (status == CLI_PASS)
		status = read_times(o, &n->request);
	if (status != CLI_PASS)
		return status;
	if (!o->dkim)
		return name_mailbox(o, n);
	n->request.domain = cli_view(o->domain);
	n->request.selector = cli_view(o->selector);
	return CLI_PASS;
}

/* Pushes the whole message into S. */
static int
push_all(struct ukey_sign *s, struct spool *spool)
{
	struct ukey_view piece;
	int status;

	while ((status = spool_read(spool, &piece)) == CLI_PASS &&
	    piece.len > 0)
		(void)ukey_sign_push(s, piece.data, piece.len);
	(void)ukey_sign_end(s);
	return status;
}

/* Names the line of the header that is no field; false where none is. */
static bool
refuse_line(struct spool *spool)
{
	static struct header header;

	if (header_read(&header, spool) != CLI_PASS || header.bad_line == 0)
		return false;
	cli_error("%s:%u: cannot be signed: %s: \"%.*s\": expected a name, "
	    "a colon and a value", spool->name, (unsigned)header.bad_line,
	    ukey_reason_meaning(UKEY_REASON_HEADER_SYNTAX),
	    (int)header.bad.len, (const char *)header.bad.data);
	return true;
}

static int
refuse(struct spool *spool, const struct ukey_sign *s)
{
	enum ukey_reason reason = ukey_sign_reason(s);

	if (reason == UKEY_REASON_CRYPTO) {
		cli_error("%s: cannot be hashed: %s", spool->name,
		    ukey_reason_meaning(reason));
		return CLI_TEMPORARY;
	}
	if (reason == UKEY_REASON_HEADER_SYNTAX && refuse_line(spool))
		return CLI_INPUT;
	if (reason == UKEY_REASON_HEADER_LIMIT ||
	    reason == UKEY_REASON_FIELD_LIMIT)
		cli_error("%s: cannot be signed: with what servers add on the "
		    "way %s: expected at most 56 kB and 479 fields",
		    spool->name, ukey_reason_meaning(reason));
	else if (ukey_sign_line(s) > 0)
		cli_error("%s:%u: cannot be signed: %s: mail servers "
		    "would alter this line: fix it", spool->name,
		    (unsigned)ukey_sign_line(s), ukey_reason_meaning(reason));
	else
		cli_error("%s: cannot be signed: %s: fix the header",
		    spool->name, ukey_reason_meaning(reason));
	return CLI_INPUT;
}

/* The field for the message in SPOOL, to OUT. */
static int
make_field(const struct names *n, struct ukey_key *key, struct spool *spool,
    struct ukey_out *out)
{
	static uint8_t scratch[SCRATCH];
	uint8_t digest[UKEY_SHA256_LEN], octets[UKEY_KEY_SIGNATURE_MAX];
	struct ukey_out signature;
	struct ukey_sign s;
	int status, err;

	if (ukey_sign_init(&s, &n->request, scratch, sizeof(scratch)) !=
	    UKEY_OK)
		return cli_usage("sign", "--domain or --selector: not a "
		    "domain name: letters, digits, hyphens and dots");
	status = push_all(&s, spool);
	if (status != CLI_PASS)
		return status;
	if (ukey_sign_reason(&s) != UKEY_REASON_OK)
		return refuse(spool, &s);
	ukey_out_init(&signature, octets, sizeof(octets));
	err = ukey_sign_digest(&s, out, digest);
	if (ukey_sign_reason(&s) != UKEY_REASON_OK)
		return refuse(spool, &s);
	if (err == UKEY_OK &&
	    ukey_key_sign(key, digest, &signature) == UKEY_KEY_OK &&
	    ukey_sign_finish(&s, ukey_out_done(&signature), out) == UKEY_OK)
		return CLI_PASS;
	cli_error("%s: cannot be signed: out of memory, or an internal error",
	    spool->name);
	return CLI_TEMPORARY;
}

static int
sign_message(const struct options *o, const struct names *n, const char *path)
{
	static struct spool spool;
	uint8_t field[FIELD_MAX];
	struct ukey_out out;
	struct ukey_key *key;
	int status;

	key = keyfile_read(o->key, &status);
	if (key == NULL)
		return status;
	status = spool_open(&spool, path);
	if (status == CLI_PASS) {
		ukey_out_init(&out, field, sizeof(field));
		status = make_field(n, key, &spool, &out);
		if (status == CLI_PASS)
			spool_write(&spool, stdout, ukey_out_done(&out));
		if (status == CLI_PASS && !o->header_only)
			status = spool_copy(&spool, stdout);
		spool_close(&spool);
	}
	ukey_key_free(key);
	return status;
}

int
cmd_sign(int argc, char **argv)
{
	struct options o = { 0 };
	const struct cli_option options[] = {
		{ "from", &o.from, NULL }, { "dkim", NULL, &o.dkim },
		{ "domain", &o.domain, NULL },
		{ "selector", &o.selector, NULL }, { "key", &o.key, NULL },
		{ "generation", &o.generation, NULL },
		{ "canon", &o.canon, NULL }, { "expire", &o.expire, NULL },
		{ "time", &o.time, NULL },
		{ "oversign-absent", NULL, &o.oversign_absent },
		{ "header-only", NULL, &o.header_only }, { NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "sign", help, options };
	struct names n = { .request = { .domain = { NULL, 0 } } };
	int count, status;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	status = check(&o, count);
	if (status == CLI_PASS)
		status = make_names(&o, &n);
	if (status == CLI_PASS)
		status = sign_message(&o, &n, argv[1]);
	return status;
}
