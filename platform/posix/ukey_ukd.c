/*
 * userkeys: what a mail server asks the User Key Database.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "ukey_ukd_parts.h"

/* The name of a key: which opening of the file, and its row. */
#define ROW_BITS 40
#define ROW_MASK (((uint64_t)1 << ROW_BITS) - 1)

const char *
ukey_ukd_word(enum ukey_ukd_status status)
{
	static const char *const words[] = { "ukd-ok", "ukd-no-key",
		"ukd-denied", "ukd-busy", "ukd-damaged", "ukd-exists",
		"ukd-absent", "ukd-invalid", "ukd-step" };

	if ((unsigned)status >= sizeof(words) / sizeof(words[0]))
		return "?";
	return words[status];
}

bool
ukey_ukd_name_of(struct ukey_ukd_name *name, const struct ukey_address *a)
{
	uint8_t local[UKEY_LOCAL_MAX];
	struct ukey_view v;
	size_t i;

	if (a->domain.len > sizeof(name->domain))
		return false;
	v.data = local;
	v.len = ukey_address_unquote(a->local, local);
	name->label_len = ukey_label_write(v, false, name->label);
	name->exact_len = ukey_label_write(v, true, name->exact);
	name->domain_len = a->domain.len;
	for (i = 0; i < a->domain.len; i++)
		name->domain[i] = ukey_lower(a->domain.data[i]);
	return name->label_len > 0 && name->exact_len > 0;
}

bool
ukey_ukd_name(struct ukey_ukd_name *name, struct ukey_view text)
{
	struct ukey_address a;

	return ukey_address_parse(text, &a) == UKEY_REASON_OK &&
	    ukey_ukd_name_of(name, &a);
}

/* The login as it came, its realm dropped, or with one added. */
static void
realm_write(const struct ukey_ukd *u, struct ukey_view login,
    struct ukey_out *o)
{
	size_t i, at = login.len;

	for (i = 0; i < login.len; i++)
		if (login.data[i] == '@')
			at = i;
	if (u->logins.strip)
		login.len = at;
	ukey_out_view(o, login);
	if (login.len > 0 && at == login.len && u->logins.realm[0] != '\0') {
		ukey_out_octet(o, '@');
		ukey_out_text(o, u->logins.realm);
	}
}

size_t
ukey_ukd_login(const struct ukey_ukd *u, struct ukey_view login,
    uint8_t *out)
{
	struct ukey_out o;
	size_t i;

	ukey_out_init(&o, out, UKEY_UKD_LOGIN_MAX);
	realm_write(u, login, &o);
	if (o.overflow)
		return 0;
	for (i = 0; i < o.len; i++) {
		if (out[i] < 0x20 || out[i] == 0x7f)
			return 0;
		if (u->logins.fold)
			out[i] = ukey_lower(out[i]);
	}
	return o.len;
}

/*
 * One row always: the mailbox, if there is one, and its active key, if there
 * is one; whether the login may, by the mailbox or by the domain; and what is
 * known: the mailbox by either, the login, the domain.
 */
#define WHOLE_DOMAIN \
	"SELECT id FROM addresses WHERE domain = ?2 AND label = ''"
#define LOOKUP \
	"SELECT EXISTS(SELECT 1 FROM logins AS l JOIN permissions AS p" \
	"  ON p.login = l.id WHERE l.login = ?1 AND p.address IN (a.id," \
	"  (" WHOLE_DOMAIN ")))," \
	" a.id IS NOT NULL OR EXISTS(" WHOLE_DOMAIN ")," \
	" EXISTS(SELECT 1 FROM logins AS l JOIN permissions AS p" \
	"  ON p.login = l.id WHERE l.login = ?1)," \
	" EXISTS(SELECT 1 FROM addresses WHERE domain = ?2)," \
	" a.exact, a.address, k.id, k.generation, a.label" \
	" FROM (SELECT 1) LEFT JOIN addresses AS a ON a.domain = ?2" \
	"  AND a.label IN (?3, ?4) AND (a.label = ?3 OR a.exact = 0)" \
	" LEFT JOIN keys AS k ON k.address = a.id AND k.state = 'active'" \
	" ORDER BY a.label = ?3 DESC LIMIT 1"

/* Reads the row; whether the login may. */
static bool
row_take(struct ukey_ukd *u, struct ukey_ukd_query *q,
    struct ukey_ukd_found *found)
{
	uint64_t row;
	bool may;

	may = ukey_ukd_column_int(q) != 0;
	found->known = ukey_ukd_column_int(q) != 0;
	found->login_known = ukey_ukd_column_int(q) != 0;
	found->domain_known = ukey_ukd_column_int(q) != 0;
	found->exact = ukey_ukd_column_int(q) != 0;
	ukey_ukd_column_text(q, found->address, sizeof(found->address));
	row = (uint64_t)ukey_ukd_column_int(q);
	if (row != 0)
		found->key = (uint64_t)u->opened << ROW_BITS |
		    (row & ROW_MASK);
	ukey_ukd_column_text(q, found->generation, sizeof(found->generation));
	ukey_ukd_column_text(q, found->label, sizeof(found->label));
	return may;
}

/* With LOGIN empty: only whether the mailbox is known, not who may. */
static enum ukey_ukd_status
look(struct ukey_ukd *u, struct ukey_view login,
    const struct ukey_ukd_name *name, struct ukey_ukd_found *found)
{
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;
	bool may = false;

	ukey_ukd_query(&q, u, LOOKUP);
	ukey_ukd_bind_text(&q, login);
	ukey_ukd_bind_text(&q, (struct ukey_view) { name->domain,
	    name->domain_len });
	ukey_ukd_bind_text(&q, (struct ukey_view) { name->exact,
	    name->exact_len });
	ukey_ukd_bind_text(&q, (struct ukey_view) { name->label,
	    name->label_len });
	if (ukey_ukd_step(&q))
		may = row_take(u, &q, found);
	status = ukey_ukd_query_end(&q);
	if (status != UKEY_UKD_OK)
		return status;
	if (login.len == 0)
		may = found->known;
	if (!may)
		return UKEY_UKD_DENIED;
	return found->key != 0 ? UKEY_UKD_OK : UKEY_UKD_NO_KEY;
}

/* After a look that was not for a mailbox: what it found of one is not so. */
static enum ukey_ukd_status
no_mailbox(struct ukey_ukd *u, struct ukey_ukd_found *found)
{
	found->known = found->exact = false;
	found->address[0] = found->label[0] = found->generation[0] = '\0';
	found->key = 0;
	return ukey_ukd_fail(u, UKEY_UKD_DENIED, "no login, or no address "
	    "that can have a key");
}

/* ADDRESS into NAME; false when it is no mailbox: then of its domain, if it is
 * one, that alone. */
static bool
read_address(struct ukey_ukd_name *name, struct ukey_view address)
{
	size_t i;

	memset(name, 0, sizeof(*name));
	if (ukey_ukd_name(name, address))
		return true;
	memset(name, 0, sizeof(*name));
	if (!ukey_view_is_domain(address, false))
		return false;
	name->domain_len = address.len;
	for (i = 0; i < address.len; i++)
		name->domain[i] = ukey_lower(address.data[i]);
	return false;
}

/* LOGIN in its normal form, empty for none. */
static enum ukey_ukd_status
lookup(struct ukey_ukd *u, struct ukey_view login, struct ukey_view address,
    struct ukey_ukd_found *found)
{
	struct ukey_ukd_name name;
	bool mailbox = read_address(&name, address);
	enum ukey_ukd_status status = look(u, login, &name, found);

	if (status > UKEY_UKD_DENIED)
		return status;
	if (!mailbox)
		return no_mailbox(u, found);
	if (status != UKEY_UKD_OK)
		found->key = 0;
	return status;
}

enum ukey_ukd_status
ukey_ukd_lookup(struct ukey_ukd *u, struct ukey_view login,
    struct ukey_view address, struct ukey_ukd_found *found)
{
	uint8_t normal[UKEY_UKD_LOGIN_MAX];
	enum ukey_ukd_status status;

	memset(found, 0, sizeof(*found));
	/* The settings of a replaced file may differ. */
	status = ukey_ukd_refresh(u);
	if (status != UKEY_UKD_OK)
		return status;
	login.len = ukey_ukd_login(u, login, normal);
	login.data = normal;
	status = lookup(u, login, address, found);
	if (login.len == 0 && status <= UKEY_UKD_DENIED) {
		found->key = 0;
		return ukey_ukd_fail(u, UKEY_UKD_DENIED, "no login");
	}
	return status;
}

enum ukey_ukd_status
ukey_ukd_mailbox(struct ukey_ukd *u, struct ukey_view address,
    struct ukey_ukd_found *found)
{
	static const struct ukey_view nobody;
	enum ukey_ukd_status status;

	memset(found, 0, sizeof(*found));
	status = ukey_ukd_refresh(u);
	return status != UKEY_UKD_OK ? status :
	    lookup(u, nobody, address, found);
}

static enum ukey_ukd_status
load(struct ukey_ukd *u, uint64_t key, const struct ukey_random *random,
    struct ukey_key **out)
{
	struct ukey_view sealed;
	struct ukey_ukd_place place;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status, opened = UKEY_UKD_NO_KEY;

	*out = NULL;
	status = ukey_ukd_refresh(u);
	if (status != UKEY_UKD_OK)
		return status;
	if (key >> ROW_BITS != u->opened)
		return ukey_ukd_fail(u, UKEY_UKD_NO_KEY, "%s: replaced since "
		    "the key was found: look again", u->path);
	ukey_ukd_query(&q, u, "SELECT a.label, a.domain, k.generation,"
	    " k.public, k.private FROM keys AS k JOIN addresses AS a"
	    " ON a.id = k.address WHERE k.id = ? AND k.state = 'active'");
	ukey_ukd_bind_int(&q, (int64_t)(key & ROW_MASK));
	if (ukey_ukd_step(&q)) {
		place.label = ukey_ukd_column(&q);
		place.domain = ukey_ukd_column(&q);
		place.generation = ukey_ukd_column(&q);
		place.spki = ukey_ukd_column(&q);
		sealed = ukey_ukd_column(&q);
		opened = ukey_ukd_key_unseal(u, &place, sealed, random, out);
	}
	status = ukey_ukd_query_end(&q);
	if (status != UKEY_UKD_OK && *out != NULL) {
		ukey_key_free(*out);
		*out = NULL;
	}
	return status != UKEY_UKD_OK ? status : opened;
}

enum ukey_ukd_status
ukey_ukd_load(struct ukey_ukd *u, uint64_t key,
    const struct ukey_random *random, struct ukey_key **out)
{
	enum ukey_ukd_status status = load(u, key, random, out);
	sqlite3_int64 settled = u->settled;

	/* The sealing key may have changed just now. */
	if (status == UKEY_UKD_DAMAGED && u->db != NULL &&
	    ukey_ukd_settings_renew(u) == UKEY_UKD_OK &&
	    u->settled != settled)
		status = load(u, key, random, out);
	return status;
}

/* A change that waits for a lock counts as one: no waiting here. */
bool
ukey_ukd_changed(struct ukey_ukd *u)
{
	struct ukey_ukd_query q;
	sqlite3_int64 version = -1;

	if (u->db == NULL || ukey_ukd_files_replaced(u)) {
		u->version = -1;
		return true;
	}
	ukey_ukd_wait_start(u, 0);
	ukey_ukd_query(&q, u, "PRAGMA data_version");
	if (ukey_ukd_step(&q))
		version = ukey_ukd_column_int(&q);
	ukey_ukd_query_end(&q);
	if (version == u->version && version != -1)
		return false;
	u->version = version;
	return true;
}
