/*
 * userkeys: changing the User Key Database: addresses, logins, permissions.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <time.h>

#include "ukey_ukd_parts.h"

enum ukey_ukd_status
ukey_ukd_begin(struct ukey_ukd *u)
{
	enum ukey_ukd_status status = ukey_ukd_refresh(u);

	if (status != UKEY_UKD_OK)
		return status;
	status = ukey_ukd_run(u, (u->flags & UKEY_UKD_READ_ONLY) != 0 ?
	    "BEGIN" : "BEGIN IMMEDIATE");
	if (status != UKEY_UKD_OK)
		return status;
	/* Another change may have come before the lock. */
	status = ukey_ukd_settings_renew(u);
	return status == UKEY_UKD_OK ? status : ukey_ukd_end(u, status);
}

enum ukey_ukd_status
ukey_ukd_end(struct ukey_ukd *u, enum ukey_ukd_status status)
{
	if (u->db == NULL || sqlite3_get_autocommit(u->db))
		return status; /* it never began, or SQLite took it back */
	ukey_ukd_wait_start(u, u->busy_ms);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "COMMIT");
	if (status != UKEY_UKD_OK)
		sqlite3_exec(u->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

enum ukey_ukd_status
ukey_ukd_scope_begin(struct ukey_ukd *u, bool *whole)
{
	enum ukey_ukd_status status = ukey_ukd_refresh(u);

	/* Not before: the database may have been opened just now. */
	*whole = status == UKEY_UKD_OK && sqlite3_get_autocommit(u->db);
	if (*whole)
		status = ukey_ukd_begin(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "SAVEPOINT call");
	return status;
}

enum ukey_ukd_status
ukey_ukd_scope_end(struct ukey_ukd *u, enum ukey_ukd_status status,
    bool whole)
{
	if (u->db == NULL || sqlite3_get_autocommit(u->db))
		return status;
	if (whole)
		return ukey_ukd_end(u, status);
	if (status == UKEY_UKD_OK)
		return ukey_ukd_run(u, "RELEASE call");
	sqlite3_exec(u->db, "ROLLBACK TO call; RELEASE call", NULL, NULL,
	    NULL);
	return status;
}

enum ukey_ukd_status
ukey_ukd_invalid(struct ukey_ukd *u, struct ukey_view what, const char *why)
{
	return ukey_ukd_fail(u, UKEY_UKD_INVALID, "%.*s: %s", (int)what.len,
	    (const char *)what.data, why);
}

enum ukey_ukd_status
ukey_ukd_fail_mailbox(struct ukey_ukd *u, enum ukey_ukd_status status,
    const struct ukey_address *mailbox, const char *why)
{
	return ukey_ukd_fail(u, status, "%.*s@%.*s: %s",
	    (int)mailbox->local.len, (const char *)mailbox->local.data,
	    (int)mailbox->domain.len, (const char *)mailbox->domain.data, why);
}

enum ukey_reason
ukey_ukd_filter_read(struct ukey_ukd_filter *f, struct ukey_view text)
{
	uint8_t octets[UKEY_NAME_MAX + 2];
	enum ukey_reason reason;
	struct ukey_address a;
	struct ukey_out out;

	memset(f, 0, sizeof(*f));
	if (text.len == 0)
		return UKEY_REASON_NO_DOMAIN;
	if (text.data[0] != '@') {
		reason = ukey_address_parse(text, &f->mailbox);
		if (reason == UKEY_REASON_OK)
			f->which = UKEY_UKD_MAILBOX;
		return reason;
	}
	/* The domain is read as that of a mailbox. */
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_octet(&out, 'a');
	ukey_out_view(&out, text);
	if (out.overflow)
		return UKEY_REASON_NAME_LENGTH;
	reason = ukey_address_parse(ukey_out_done(&out), &a);
	if (reason != UKEY_REASON_OK)
		return reason;
	f->which = UKEY_UKD_DOMAIN;
	f->mailbox.domain = ukey_view_part(text, 1, 1 + a.domain.len);
	return UKEY_REASON_OK;
}

void
ukey_ukd_domain(const struct ukey_ukd_filter *filter,
    struct ukey_ukd_name *name)
{
	struct ukey_view domain = filter->mailbox.domain;
	size_t i;

	memset(name, 0, sizeof(*name));
	for (i = 0; i < domain.len && i < sizeof(name->domain); i++)
		name->domain[i] = ukey_lower(domain.data[i]);
	name->domain_len = i;
}

/* The name of a mailbox, or why it has none. */
static enum ukey_ukd_status
mailbox_name(struct ukey_ukd *u, const struct ukey_address *mailbox,
    struct ukey_ukd_name *name)
{
	memset(name, 0, sizeof(*name));
	if (ukey_ukd_name_of(name, mailbox))
		return UKEY_UKD_OK;
	return ukey_ukd_fail_mailbox(u, UKEY_UKD_INVALID, mailbox, "no label "
	    "can be made of it: write local-part@domain");
}

/* The first row that Q gives; 0: none. */
static enum ukey_ukd_status
find_end(struct ukey_ukd_query *q, int64_t *id)
{
	*id = 0;
	if (ukey_ukd_step(q))
		*id = ukey_ukd_column_int(q);
	return ukey_ukd_query_end(q);
}

enum ukey_ukd_status
ukey_ukd_find(struct ukey_ukd *u, const struct ukey_address *mailbox,
    int64_t *id)
{
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;

	*id = 0;
	status = mailbox_name(u, mailbox, &name);
	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(&q, u, "SELECT id FROM addresses WHERE domain = ?1"
	    " AND label IN (?2, ?3) AND (label = ?2 OR exact = 0)"
	    " ORDER BY label = ?2 DESC LIMIT 1");
	ukey_ukd_bind_text(&q, (struct ukey_view) { name.domain,
	    name.domain_len });
	ukey_ukd_bind_text(&q, (struct ukey_view) { name.exact,
	    name.exact_len });
	ukey_ukd_bind_text(&q, (struct ukey_view) { name.label,
	    name.label_len });
	status = find_end(&q, id);
	if (status == UKEY_UKD_OK && *id == 0)
		status = ukey_ukd_fail_mailbox(u, UKEY_UKD_ABSENT, mailbox,
		    "not in the database: add it with \"userkeys ukd add\"");
	return status;
}

enum ukey_ukd_status
ukey_ukd_find_domain(struct ukey_ukd *u, const struct ukey_ukd_filter *whom,
    int64_t *id)
{
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;

	ukey_ukd_domain(whom, &name);
	ukey_ukd_query(&q, u, "SELECT id FROM addresses WHERE domain = ?"
	    " AND label = ''");
	ukey_ukd_bind_text(&q, (struct ukey_view) { name.domain,
	    name.domain_len });
	return find_end(&q, id);
}

/* What is stored as the address: as written, its domain in lower case. */
static enum ukey_ukd_status
canonical(struct ukey_ukd *u, const struct ukey_address *mailbox,
    const struct ukey_ukd_name *name, struct ukey_out *out)
{
	static const struct ukey_view none;
	uint8_t octets[UKEY_NAME_MAX];
	struct ukey_out key_name;
	enum ukey_reason reason;

	ukey_out_init(&key_name, octets, sizeof(octets));
	reason = ukey_name_write(&key_name, mailbox, none);
	if (reason != UKEY_REASON_OK)
		return ukey_ukd_fail_mailbox(u, UKEY_UKD_INVALID, mailbox,
		    ukey_reason_meaning(reason));
	ukey_out_view(out, mailbox->local);
	ukey_out_octet(out, '@');
	ukey_out_view(out, (struct ukey_view) { name->domain,
	    name->domain_len });
	if (!out->overflow)
		return UKEY_UKD_OK;
	return ukey_ukd_fail_mailbox(u, UKEY_UKD_INVALID, mailbox,
	    "too long");
}

static enum ukey_ukd_status
insert_address(struct ukey_ukd *u, struct ukey_view address,
    const struct ukey_ukd_name *name, const struct ukey_ukd_flags *flags)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, "INSERT INTO addresses(domain, label, address,"
	    " exact, advice, only_from, testing, created)"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
	ukey_ukd_bind_text(&q, (struct ukey_view) { name->domain,
	    name->domain_len });
	ukey_ukd_bind_text(&q, flags->exact ?
	    (struct ukey_view) { name->exact, name->exact_len } :
	    (struct ukey_view) { name->label, name->label_len });
	ukey_ukd_bind_text(&q, address);
	ukey_ukd_bind_int(&q, flags->exact);
	ukey_ukd_bind_int(&q, flags->advice);
	ukey_ukd_bind_int(&q, flags->only_from);
	ukey_ukd_bind_int(&q, flags->testing);
	ukey_ukd_bind_int(&q, time(NULL));
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

/* A subaddress has a key of its own only where it is asked for. */
static enum ukey_ukd_status
subaddress_check(struct ukey_ukd *u, const struct ukey_address *mailbox,
    const struct ukey_ukd_name *name, bool exact)
{
	if (exact || (name->exact_len == name->label_len &&
	    memcmp(name->exact, name->label, name->label_len) == 0))
		return UKEY_UKD_OK;
	return ukey_ukd_fail_mailbox(u, UKEY_UKD_INVALID, mailbox, "a "
	    "subaddress shares the mailbox's key: add the mailbox without "
	    "it, or with --options exact");
}

enum ukey_ukd_status
ukey_ukd_add(struct ukey_ukd *u, const struct ukey_address *mailbox,
    const struct ukey_ukd_flags *flags)
{
	uint8_t octets[UKEY_UKD_ADDRESS_SIZE - 1];
	struct ukey_ukd_name name;
	enum ukey_ukd_status status;
	struct ukey_out out;

	status = ukey_ukd_refresh(u);
	if (status == UKEY_UKD_OK)
		status = mailbox_name(u, mailbox, &name);
	if (status == UKEY_UKD_OK)
		status = subaddress_check(u, mailbox, &name, flags->exact);
	ukey_out_init(&out, octets, sizeof(octets));
	if (status == UKEY_UKD_OK)
		status = canonical(u, mailbox, &name, &out);
	if (status == UKEY_UKD_OK)
		status = insert_address(u, ukey_out_done(&out), &name, flags);
	if (status == UKEY_UKD_EXISTS)
		ukey_ukd_fail_mailbox(u, status, mailbox, "in the database "
		    "already, perhaps in another spelling: see \"userkeys "
		    "ukd show\"");
	return status;
}

enum ukey_ukd_status
ukey_ukd_add_domain(struct ukey_ukd *u, const struct ukey_ukd_filter *whom)
{
	static const struct ukey_ukd_flags none;
	uint8_t octets[UKEY_NAME_MAX + 1];
	struct ukey_ukd_name name;
	struct ukey_out out;

	ukey_ukd_domain(whom, &name);
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_octet(&out, '@');
	ukey_out_view(&out, (struct ukey_view) { name.domain,
	    name.domain_len });
	return insert_address(u, ukey_out_done(&out), &name, &none);
}

enum ukey_ukd_status
ukey_ukd_set(struct ukey_ukd *u, const struct ukey_address *mailbox,
    const struct ukey_ukd_flags *flags)
{
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;
	int64_t id;

	status = ukey_ukd_refresh(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_find(u, mailbox, &id);
	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(&q, u, "UPDATE addresses SET advice = ?,"
	    " only_from = ?, testing = ? WHERE id = ? AND exact = ?");
	ukey_ukd_bind_int(&q, flags->advice);
	ukey_ukd_bind_int(&q, flags->only_from);
	ukey_ukd_bind_int(&q, flags->testing);
	ukey_ukd_bind_int(&q, id);
	ukey_ukd_bind_int(&q, flags->exact);
	ukey_ukd_step(&q);
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_OK && sqlite3_changes(u->db) == 0)
		status = ukey_ukd_fail_mailbox(u, UKEY_UKD_INVALID, mailbox,
		    "exact is part of the mailbox's name: remove it and add "
		    "it anew");
	return status;
}

/* Runs SQL, which has ID as its ?1. */
static enum ukey_ukd_status
run_id(struct ukey_ukd *u, const char *sql, int64_t id)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, sql);
	ukey_ukd_bind_int(&q, id);
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_remove(struct ukey_ukd *u, const struct ukey_address *mailbox)
{
	bool whole;
	enum ukey_ukd_status status;
	int64_t id = 0;

	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_find(u, mailbox, &id);
	/* A key that nobody ever saw leaves no trace. */
	if (status == UKEY_UKD_OK)
		status = run_id(u, "DELETE FROM spent WHERE (domain, label,"
		    " generation) IN (SELECT a.domain, a.label, k.generation"
		    " FROM keys AS k JOIN addresses AS a ON a.id = k.address"
		    " WHERE a.id = ?1 AND k.state = 'new')", id);
	if (status == UKEY_UKD_OK)
		status = run_id(u, "DELETE FROM logins WHERE id IN"
		    " (SELECT login FROM permissions WHERE address = ?1) AND"
		    " NOT EXISTS (SELECT 1 FROM permissions WHERE"
		    " login = logins.id AND address <> ?1)", id);
	if (status == UKEY_UKD_OK)
		status = run_id(u, "DELETE FROM addresses WHERE id = ?1", id);
	return ukey_ukd_scope_end(u, status, whole);
}
