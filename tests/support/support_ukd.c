/*
 * userkeys: databases for tests.  SPDX-License-Identifier: MIT
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rsa_keys.h"
#include "support_ukd.h"
#include "ukey_random.h"

void
ukd_place_make(struct ukd_place *p)
{
	snprintf(p->folder, sizeof(p->folder), "/tmp/ukd-test-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/ukd", p->folder);
	snprintf(p->key_file, sizeof(p->key_file), "%s/key", p->folder);
}

void
ukd_place_clear(const struct ukd_place *p)
{
	DIR *folder = opendir(p->folder);
	struct dirent *entry;
	char path[512];

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", p->folder,
		    entry->d_name);
		if (entry->d_name[0] != '.')
			assert_int_equal(unlink(path), 0);
	}
	closedir(folder);
}

void
ukd_place_remove(struct ukd_place *p)
{
	ukd_place_clear(p);
	assert_int_equal(rmdir(p->folder), 0);
}

void
ukd_file_copy(const char *from, const char *to, mode_t mode)
{
	static char octets[1 << 20];
	int in = open(from, O_RDONLY), out;
	ssize_t n = read(in, octets, sizeof(octets));

	assert_true(in >= 0 && n >= 0 && n < (ssize_t)sizeof(octets));
	out = open(to, O_WRONLY | O_CREAT | O_EXCL, mode);
	assert_int_equal(write(out, octets, (size_t)n), n);
	ukey_wipe(octets, (size_t)n);
	close(in);
	close(out);
}

static enum ukey_ukd_status
place_open(const struct ukd_place *p, unsigned flags, struct ukey_ukd **u,
    char *err)
{
	struct ukey_ukd_settings settings;

	memset(&settings, 0, sizeof(settings));
	settings.path = p->path;
	settings.key_file = (flags & UKEY_UKD_CREATE) != 0 ? p->key_file :
	    NULL;
	settings.flags = flags;
	settings.busy_ms = 50;
	return ukey_ukd_open(u, &settings, err, UKEY_UKD_ERROR_SIZE);
}

struct ukey_ukd *
ukd_place_open(const struct ukd_place *p, unsigned flags)
{
	char err[UKEY_UKD_ERROR_SIZE] = "";
	struct ukey_ukd *u;

	if (place_open(p, flags, &u, err) != UKEY_UKD_OK)
		fail_msg("%s", err);
	return u;
}

void
ukd_place_refused(const struct ukd_place *p, unsigned flags, const char *part)
{
	char err[UKEY_UKD_ERROR_SIZE] = "";
	struct ukey_ukd *u;

	assert_int_not_equal(place_open(p, flags, &u, err), UKEY_UKD_OK);
	assert_null(u);
	if (strstr(err, part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, err);
}

struct ukey_view
ukd_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

const struct ukey_address *
ukd_mailbox(const char *text)
{
	static struct ukey_address a;

	if (ukey_address_parse(ukd_view(text), &a) != UKEY_REASON_OK)
		fail_msg("%s: no mailbox", text);
	return &a;
}

const struct ukey_ukd_filter *
ukd_whom(const char *text)
{
	static struct ukey_ukd_filter f;

	if (ukey_ukd_filter_read(&f, ukd_view(text)) != UKEY_REASON_OK &&
	    text[0] != '\0')
		fail_msg("%s: neither a mailbox nor a domain", text);
	return &f;
}

void
ukd_ok(struct ukey_ukd *u, enum ukey_ukd_status status)
{
	if (status != UKEY_UKD_OK)
		fail_msg("%d: %s", (int)status, ukey_ukd_error(u));
}

struct ukey_key *
ukd_key(void)
{
	struct ukey_key *key;

	assert_int_equal(ukey_key_read(&key, ukd_view(pem1_1024),
	    ukey_random()), UKEY_KEY_OK);
	return key;
}

/* ADDRESS for LOGIN, with a key in state TO. */
void
ukd_fill(struct ukey_ukd *u, const char *address, const char *login,
    enum ukey_ukd_state to)
{
	static const struct ukey_ukd_flags flags;
	struct ukey_key *key = ukd_key();
	char generation[UKEY_LABEL_MAX + 1];

	ukd_ok(u, ukey_ukd_add(u, ukd_mailbox(address), &flags));
	if (login != NULL)
		ukd_ok(u, ukey_ukd_allow(u, ukd_view(login),
		    ukd_whom(address)));
	ukd_ok(u, ukey_ukd_key_add(u, ukd_mailbox(address),
	    (struct ukey_view) { NULL, 0 }, key, generation));
	assert_string_equal(generation, "");
	if (to != UKEY_UKD_NEW)
		ukd_ok(u, ukey_ukd_key_move(u, ukd_mailbox(address),
		    ukd_view(""), to, true));
	ukey_key_free(key);
}

enum ukey_ukd_status
ukd_look(struct ukey_ukd *u, const char *login, const char *address)
{
	struct ukey_ukd_found found;

	return ukey_ukd_lookup(u, ukd_view(login), ukd_view(address),
	    &found);
}
