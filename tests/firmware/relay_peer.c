/*
 * The machine that owns the SMTP side: drives the firmware's sessions over a
 * serial line, and its own beside them.  SPDX-License-Identifier: MIT
 *
 *     relay_peer SOCKET EVERY SIMULATOR ARGUMENT...
 *
 * Listens on SOCKET, starts the simulator, whose serial line is to connect
 * there, and runs every EVERYth vector as a transaction at the MX and as a
 * submission.  The actions, and the message after them, must be the same
 * octets on both sides.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay_peer.h"
#include "ukey_flash.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define MESSAGE (1 << 18)
#define PATIENCE 120 /* seconds without a transaction */

static unsigned passed, failed, acted;

/* Whether ADDRESS, in brackets or not, is LOGIN, or has a subaddress more. */
static bool
is_own(struct ukey_view login, struct ukey_view address)
{
	uint8_t plain[320];
	size_t i, n = 0;
	bool skip = false;

	for (i = 0; i < address.len && n < sizeof(plain); i++) {
		if (address.data[i] == '+' || address.data[i] == '@')
			skip = address.data[i] == '+';
		if (!skip && address.data[i] != '<' && address.data[i] != '>')
			plain[n++] = address.data[i];
	}
	return ukey_view_equal_nocase((struct ukey_view) { plain, n }, login);
}

static void
permit(struct ukey_session *s)
{
	struct ukey_view login, address;
	struct ukey_permit p;
	unsigned id;
	size_t i;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(s, id, &login, &address))
			continue;
		p = (struct ukey_permit) { .status = UKEY_PERMIT_DENIED };
		for (i = 0; i < ukey_flash_keys_count; i++) {
			if (!ukey_view_equal(login,
			    view(ukey_flash_keys[i].address)) ||
			    !is_own(login, address))
				continue;
			p = (struct ukey_permit) {
				.status = UKEY_PERMIT_YES, .key = i,
				.selector = view(ukey_flash_keys[i].selector)
			};
		}
		ukey_session_permit(s, id, &p);
	}
}

static void
sign(struct ukey_session *s)
{
	const struct ukey_flash_key *row;
	uint8_t octets[UKEY_KEY_SIGNATURE_MAX];
	struct ukey_key *k;
	struct ukey_out out;
	const uint8_t *digest;
	uint64_t key;

	if (!ukey_session_digest(s, &key, &digest))
		return;
	row = &ukey_flash_keys[key];
	ukey_out_init(&out, octets, sizeof(octets));
	if (ukey_key_read_der(&k, (struct ukey_view) { row->der, row->der_len
	    }, ukey_random()) != 0 || ukey_key_sign(k, digest, &out) != 0)
		die("key");
	ukey_key_free(k);
	ukey_session_signature(s, ukey_out_done(&out));
}

static void
own_message(struct ukey_session *s, struct ukey_view rest)
{
	struct ukey_view field;

	while ((field = cut_field(&rest)).len > 0)
		ukey_session_field(s, field);
	ukey_session_header_end(s);
	permit(s);
	ukey_session_body(s, rest.data, rest.len);
	ukey_session_end(s);
}

static void
own(const struct transaction *t, struct actions *a)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	static uint8_t text[65536];
	struct ukey_session s;
	struct ukey_action action;
	struct ukey_out out;

	ukey_session_init(&s, &relay_settings, t->role, arena, sizeof(arena));
	ukey_session_time(&s, t->c->time);
	if (t->login != NULL)
		ukey_session_login(&s, view(t->login));
	if (t->mail_from != NULL)
		ukey_session_mail_from(&s, view(t->mail_from), UKEY_VIEW_NONE);
	permit(&s);
	ukey_out_init(&out, text, sizeof(text));
	if (ukey_session_refused(&s, &action, &out)) {
		add_action(a, action.kind, action.code, action.text);
		return;
	}
	own_message(&s, (struct ukey_view) { t->c->message, t->c->len });
	if (ukey_session_verify(&s) != NULL)
		support_dns_run(ukey_session_verify(&s), t->c->records, false);
	sign(&s);
	while (ukey_session_action(&s, &action, &out))
		add_action(a, action.kind, action.kind ==
		    UKEY_ACTION_REPLY ? action.code :
		    action.kind == UKEY_ACTION_DELETE ? action.ordinal : 0,
		    action.kind == UKEY_ACTION_ACCEPT ||
		    action.kind == UKEY_ACTION_DELETE ? view("") :
		    action.text);
}

static void
run(const struct transaction *t)
{
	static uint8_t left[MESSAGE], right[MESSAGE];
	static struct actions a, b;
	size_t n;

	alarm(PATIENCE);
	own(t, &a);
	remote(t, &b);
	n = apply(t->c, &a, left);
	if (a.count > 0 && is_same(&a, &b) && apply(t->c, &b, right) == n &&
	    memcmp(left, right, n) == 0) {
		passed++;
	} else {
		printf("%s, role %d\n", t->c->name, t->role);
		show("host", &a);
		show("firmware", &b);
		failed++;
	}
	acted += a.count;
	forget_actions(&a);
	forget_actions(&b);
}

/* Case NUMBER at the MX, and as a submission: with its own address, another
 * one, a subaddress. */
static void
run_case(const struct support_vector *c, int number)
{
	static const char *const senders[] = { "<k1024@example.org>",
		"<alice@example.org>", "<k1024+tag@example.org>",
		"<k2048@example.org>", "<>" };
	struct transaction t = { c, UKEY_ROLE_MX, NULL,
		c->mail_from == NULL ? "<>" : c->mail_from };
	struct ukey_view field, rest = { c->message, c->len };

	while ((field = cut_field(&rest)).len > 0)
		if (field.len > FRAME_MAX)
			return; /* limit-header: no frame holds it */
	run(&t);
	t.role = UKEY_ROLE_SUBMIT;
	t.login = number % 3 == 0 ? "k2048@example.org" : "k1024@example.org";
	t.mail_from = senders[number % 5];
	run(&t);
}

/* A frame with one bit turned is answered by E, and the next one is taken as
 * if nothing had been. */
static bool
is_damage_seen(void)
{
	static const uint8_t damaged[] = { 'L', 0, 1, 'x', 0, 0 };
	uint8_t in[FRAME_MAX];
	size_t i, len;
	bool seen;

	for (i = 0; i < sizeof(damaged); i++)
		line_put(damaged[i]);
	seen = frame_get(in, &len) == 'E';
	frame_put('h', view(""), view(""));
	return frame_get(in, &len) == 'K' && (int8_t)in[0] == UKEY_ERR_ORDER
	    && seen;
}

int
main(int argc, char **argv)
{
	struct support_vector c;
	char **names;
	int i, n, server, every, status = 0;
	pid_t child;

	if (argc < 4 || (every = (int)strtol(argv[2], NULL, 10)) < 1)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	server = line_listen(argv[1]);
	child = fork();
	if (child == 0) {
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	alarm(PATIENCE);
	line_accept(server);
	n = support_vector_names(&names);
	for (i = 0; i < n; i++) {
		support_vector_load(&c, names[i]);
		if (i % every == 0)
			run_case(&c, i / every);
		support_vector_free(&c);
		free(names[i]);
	}
	free(names);
	failed += !is_damage_seen();
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	unlink(argv[1]);
	printf("%u transactions, %u actions, %u failed\n", passed, acted,
	    failed);
	return failed > 0 || passed == 0;
}
