/*
 * userkeys-milter: permissions and keys from the User Key Database.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "ukey_random.h"
#include "ukey_ukd.h"
#include "worker.h"

void
keys_forget(struct worker *w)
{
	unsigned i;

	for (i = 0; i < WORKER_KEYS; i++) {
		ukey_key_free(w->keys[i].key);
		w->keys[i].key = NULL;
	}
}

bool
keys_held(const struct worker *w)
{
	unsigned i = 0;

	while (i < WORKER_KEYS && w->keys[i].key == NULL)
		i++;
	return i < WORKER_KEYS;
}

void
keys_tick(struct worker *w, uint64_t now)
{
	uint64_t keep = (uint64_t)w->conf->keep_keys * 1000;
	unsigned i;

	if (!keys_held(w))
		return;
	if (ukey_ukd_changed(w->ukd))
		keys_forget(w);
	for (i = 0; i < WORKER_KEYS; i++) {
		if (w->keys[i].key == NULL || now < w->keys[i].used + keep)
			continue;
		ukey_key_free(w->keys[i].key);
		w->keys[i].key = NULL;
	}
}

void
keys_begin(struct worker *w)
{
	w->ukd_deadline = worker_now() + w->conf->busy_ms;
}

/* Whether the time for questions is over. */
static bool
is_late(const struct worker *w)
{
	uint64_t now = worker_now();

	return now < w->ukd_rests || now > w->ukd_deadline;
}

/* After a question that ended with STATUS, and not well. */
static void
note_trouble(struct worker *w, enum ukey_ukd_status status)
{
	log_error("%s", ukey_ukd_error(w->ukd));
	if (status == UKEY_UKD_BUSY)
		w->ukd_rests = worker_now() + BUSY_REST_MS;
}

static enum ukey_ukd_status
ask(struct worker *w, struct ukey_view login, struct ukey_view address,
    struct ukey_ukd_found *found)
{
	if (ukey_ukd_changed(w->ukd))
		keys_forget(w);
	if (login.len == 0)
		return ukey_ukd_mailbox(w->ukd, address, found);
	return ukey_ukd_lookup(w->ukd, login, address, found);
}

/* The selector of FOUND into SELECTOR. */
static struct ukey_view
write_selector(const struct ukey_ukd_found *found, char *selector)
{
	snprintf(selector, NAME_TEXT, "%s%s%s.userkeys", found->generation,
	    found->generation[0] == '\0' ? "" : ".", found->label);
	return (struct ukey_view) { (const uint8_t *)selector,
		strlen(selector) };
}

/* What it means that LOGIN may not; the word for the log in WHY.  The server's
 * own mail needs no permission. */
static struct ukey_permit
denied(struct ukey_view login, const struct ukey_ukd_found *found,
    const char **why)
{
	if (!found->known)
		*why = "ukd-unknown";
	return (struct ukey_permit) {
		.status = login.len == 0 ? UKEY_PERMIT_NO_KEY :
		    found->known ? UKEY_PERMIT_DENIED : UKEY_PERMIT_UNKNOWN,
		.stranger = !found->login_known && !found->domain_known
	};
}

struct ukey_permit
keys_permit(struct worker *w, struct ukey_view login,
    struct ukey_view address, char *selector, const char **why)
{
	struct ukey_permit p = { .status = UKEY_PERMIT_LATER };
	struct ukey_ukd_found found;
	enum ukey_ukd_status status;

	*why = "ukd-absent";
	if (w->ukd == NULL)
		return p;
	*why = ukey_ukd_word(UKEY_UKD_BUSY);
	if (is_late(w))
		return p;
	status = ask(w, login, address, &found);
	*why = status == UKEY_UKD_OK ? NULL : ukey_ukd_word(status);
	switch (status) {
	case UKEY_UKD_OK:
		p.status = UKEY_PERMIT_YES;
		p.selector = write_selector(&found, selector);
		p.key = found.key;
		break;
	case UKEY_UKD_NO_KEY:
		p.status = UKEY_PERMIT_NO_KEY;
		break;
	case UKEY_UKD_DENIED:
		return denied(login, &found, why);
	default:
		note_trouble(w, status);
	}
	return p;
}

/* The place of key ID; there is none in it when it cannot be had. */
static struct worker_key *
find(struct worker *w, uint64_t id)
{
	enum ukey_ukd_status status;
	struct worker_key *k;
	unsigned i;

	for (i = 0; i < WORKER_KEYS; i++)
		if (w->keys[i].key != NULL && w->keys[i].id == id)
			return &w->keys[i];
	k = &w->keys[w->next_key++ % WORKER_KEYS];
	ukey_key_free(k->key);
	k->key = NULL;
	k->id = id;
	if (worker_now() < w->ukd_rests)
		return k;
	status = ukey_ukd_load(w->ukd, id, ukey_random(), &k->key);
	if (status != UKEY_UKD_OK) {
		note_trouble(w, status);
		k->key = NULL;
	}
	return k;
}

bool
keys_sign(struct worker *w, uint64_t key, const uint8_t *digest,
    struct ukey_out *out)
{
	struct worker_key *k = w->ukd == NULL ? NULL : find(w, key);
	int err;

	if (k == NULL || k->key == NULL)
		return false;
	k->used = worker_now();
	err = ukey_key_sign(k->key, digest, out);
	if (err != UKEY_KEY_OK)
		log_error("signing: %s", ukey_key_strerror(err));
	return err == UKEY_KEY_OK;
}
