/*
 * The peer of the firmware's relay: what its files share.
 * SPDX-License-Identifier: MIT
 */
#ifndef RELAY_PEER_H
#define RELAY_PEER_H

#include "relay.h"
#include "support_vector.h"

#define ACTIONS 600

/* What a session wants done, in order. */
struct actions {
	struct {
		enum ukey_action_kind kind;
		unsigned number;
		struct ukey_view text;
	} list[ACTIONS];
	unsigned count;
};

/* One transaction. */
struct transaction {
	const struct support_vector *c;
	enum ukey_role role;
	const char *login, *mail_from; /* NULL: not given */
};

/* Prints WHAT and the system's error, and ends. */
void die(const char *what);
struct ukey_view view(const char *text);

/* relay_actions.c */
void add_action(struct actions *a, enum ukey_action_kind kind,
    unsigned number, struct ukey_view text);
void forget_actions(struct actions *a);
bool is_same(const struct actions *a, const struct actions *b);
void show(const char *who, const struct actions *a);
/* The message of C after the actions, to OUT; its length. */
size_t apply(const struct support_vector *c, const struct actions *a,
    uint8_t *out);
/* The first field of REST, with its CRLF and folds, which moves behind it;
 * empty at the end of the header, where REST moves behind the empty line. */
struct ukey_view cut_field(struct ukey_view *rest);

/* relay_remote.c: T by the firmware. */
void remote(const struct transaction *t, struct actions *a);

/* relay_line.c: waits at PATH for whoever connects as the serial line. */
int line_listen(const char *path);
void line_accept(int server);

#endif
