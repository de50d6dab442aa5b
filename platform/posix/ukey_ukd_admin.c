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
	return ukey_ukd_run(u, "BEGIN IMMEDIATE");
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
		status = ukey_ukd_run(u, "BEGIN IMMEDIATE");
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

/* "@b" as a name without label. */
static bool
domain_name(struct ukey_ukd_name *name, struct ukey_view text)
{
	uint8_t octets[UKEY_NAME_MAX + 2];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_octet(&out, 'a');
	ukey_out_view(&out, text);
	if (out.overflow || !ukey_ukd_name(name, ukey_out_done(&out)))
		return false;
	name->label_len = name->exact_len = 0;
	return true;
}

enum ukey_ukd_status
ukey_ukd_parse(struct ukey_ukd *u, struct ukey_view address,
    struct ukey_ukd_name *name)
{
	struct ukey_address a;
	enum ukey_reason reason;

	memset(name, 0, sizeof(*name));
	if (address.len > 1 && address.data[0] == '@') {
		if (domain_name(name, address))
			return UKEY_UKD_OK;
		return ukey_ukd_invalid(u, address, "not \"@\" and a domain");
	}
	if (ukey_ukd_name(name, address))
		return UKEY_UKD_OK;
	reason = ukey_address_parse(address, &a);
	return ukey_ukd_invalid(u, address, reason == UKEY_REASON_OK ?
	    "no label can be made of it" : ukey_reason_meaning(reason));
}

enum ukey_ukd_status
ukey_ukd_find(struct ukey_ukd *u, struct ukey_view address, int64_t *id)
{
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;

	*id = 0;
	status = ukey_ukd_parse(u, address, &name);
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
	if (ukey_ukd_step(&q))
		*id = ukey_ukd_column_int(&q);
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_OK && *id == 0)
		status = ukey_ukd_fail(u, UKEY_UKD_ABSENT, "%.*s: not in the "
		    "database: add it with \"userkeys ukd add\"",
		    (int)address.len, (const char *)address.data);
	return status;
}

/* What is stored as the address: as written, its domain in lower case. */
static enum ukey_ukd_status
canonical(struct ukey_ukd *u, struct ukey_view address,
    const struct ukey_ukd_name *name, struct ukey_out *out)
{
	static const struct ukey_view none;
	uint8_t octets[UKEY_NAME_MAX];
	struct ukey_address a;
	struct ukey_out key_name;
	enum ukey_reason reason;

	if (name->label_len > 0) {
		ukey_address_parse(address, &a);
		ukey_out_init(&key_name, octets, sizeof(octets));
		reason = ukey_name_write(&key_name, &a, none);
		if (reason != UKEY_REASON_OK)
			return ukey_ukd_invalid(u, address,
			    ukey_reason_meaning(reason));
		ukey_out_view(out, a.local);
	}
	ukey_out_octet(out, '@');
	ukey_out_view(out, (struct ukey_view) { name->domain,
	    name->domain_len });
	if (!out->overflow)
		return UKEY_UKD_OK;
	return ukey_ukd_invalid(u, address, "too long");
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

enum ukey_ukd_status
ukey_ukd_add(struct ukey_ukd *u, struct ukey_view address,
    const struct ukey_ukd_flags *flags)
{
	uint8_t octets[UKEY_UKD_ADDRESS_SIZE - 1];
	struct ukey_ukd_name name;
	enum ukey_ukd_status status;
	struct ukey_out out;

	status = ukey_ukd_refresh(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_parse(u, address, &name);
	if (status != UKEY_UKD_OK)
		return status;
	if (!flags->exact && (name.exact_len != name.label_len ||
	    memcmp(name.exact, name.label, name.label_len) != 0))
		return ukey_ukd_invalid(u, address, "a subaddress shares the "
		    "mailbox's key: add the mailbox without it, or ask for "
		    "--exact");
	ukey_out_init(&out, octets, sizeof(octets));
	status = canonical(u, address, &name, &out);
	if (status == UKEY_UKD_OK)
		status = insert_address(u, ukey_out_done(&out), &name, flags);
	if (status == UKEY_UKD_EXISTS)
		ukey_ukd_fail(u, status, "%.*s: in the database already, "
		    "perhaps in another spelling: see \"userkeys ukd show\"",
		    (int)address.len, (const char *)address.data);
	return status;
}

enum ukey_ukd_status
ukey_ukd_set(struct ukey_ukd *u, struct ukey_view address,
    const struct ukey_ukd_flags *flags)
{
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;
	int64_t id;

	status = ukey_ukd_refresh(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_find(u, address, &id);
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
		status = ukey_ukd_invalid(u, address, "exact is part of the "
		    "mailbox's name: remove it and add it anew");
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
ukey_ukd_remove(struct ukey_ukd *u, struct ukey_view address)
{
	bool whole;
	enum ukey_ukd_status status;
	int64_t id = 0;

	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_find(u, address, &id);
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
