/*
 * userkeys: submissions for tests, against a user key database of a table.
 * SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_SUBMIT_H
#define SUPPORT_SUBMIT_H

#include "ukey.h"

/* Of whom the database knows; LOCAL "": of a whole domain. */
struct support_entry {
	const char *local, *domain, *login;
	bool exact, no_key;
};
extern const struct support_entry *support_entries;
extern size_t support_entry_count;

struct support_submission {
	const char *login, *path, *fields;
	struct ukey_session_settings settings;
	bool late; /* the answers come after the end */
};

struct ukey_session_settings support_settings(unsigned from_check,
    bool reject_unsigned);
/* Answers what S asks. */
void support_permit(struct ukey_session *s);
/* Pushes FIELDS, one a line, folded lines with their field. */
void support_fields(struct ukey_session *s, const char *fields);
/* What S does in the end: "signed", "ok" or the reply; static. */
const char *support_outcome(struct ukey_session *s);
/* Runs T; its outcome. */
const char *support_submit(const struct support_submission *t);
/* Runs T, which must end so that the outcome begins with WANT; counts and
 * prints the ones that do not. */
void support_expect(const struct support_submission *t, const char *want);
extern unsigned support_bad;

#endif
