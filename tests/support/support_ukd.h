/*
 * userkeys: databases for tests.  SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_UKD_H
#define SUPPORT_UKD_H

#include <sys/types.h>

#include "ukey_ukd_admin.h"

/* A private folder with room for a database "ukd" and a key file "key". */
struct ukd_place {
	char folder[64];
	char path[96];
	char key_file[96];
};

void ukd_place_make(struct ukd_place *p);
/* Removes all files in it. */
void ukd_place_clear(const struct ukd_place *p);
/* The file FROM as the new file TO; leaves no octet of it in memory. */
void ukd_file_copy(const char *from, const char *to, mode_t mode);
/* Removes it with all files in it. */
void ukd_place_remove(struct ukd_place *p);
/* Opens, or fails the test. */
struct ukey_ukd *ukd_place_open(const struct ukd_place *p, unsigned flags);
/* Opens, expecting a refusal whose text has PART in it. */
void ukd_place_refused(const struct ukd_place *p, unsigned flags,
    const char *part);
struct ukey_view ukd_view(const char *text);
/* TEXT as ukey_address_parse() reads it; until the next call. */
const struct ukey_address *ukd_mailbox(const char *text);
/* TEXT, "" for all, as a filter; until the next call. */
const struct ukey_ukd_filter *ukd_whom(const char *text);
/* Fails the test with the error's text. */
void ukd_ok(struct ukey_ukd *u, enum ukey_ukd_status status);
/* A private key of 1024 bits: always the same. */
struct ukey_key *ukd_key(void);
/* ADDRESS, which LOGIN (unless NULL) may use, with that key in state TO. */
void ukd_fill(struct ukey_ukd *u, const char *address, const char *login,
    enum ukey_ukd_state to);
/* What ukey_ukd_lookup() gives. */
enum ukey_ukd_status ukd_look(struct ukey_ukd *u, const char *login,
    const char *address);

#endif
