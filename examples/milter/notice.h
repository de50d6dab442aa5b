/*
 * userkeys-milter: the notice at the top of a body (PROTOCOL 6, last part).
 * SPDX-License-Identifier: MIT
 *
 * A milter can only replace a body as a whole, so the body of a message that
 * may get a notice is kept: in a file without a name, mode 0600, up to a
 * limit.  Only text can take a line: one text/plain part, 7bit or 8bit, in a
 * charset that holds ASCII.  Trouble of any kind means: no notice.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "ukey_out.h"
#include "ukey_text.h"
#include "ukey_verify.h"

/* Of one message. */
struct notice {
	int fd;                 /* the body; -1: nothing is kept */
	uint64_t len;           /* octets kept */
	uint8_t types, encodings; /* fields of that name so far */
	bool unfit;             /* no line may be put into this body */
};

void notice_init(struct notice *n);
/* One field of the header. */
void notice_field(struct notice *n, struct ukey_view name,
    struct ukey_view value);
/* The header is over: a file in FOLDER, if this body can have a notice. */
void notice_open(struct notice *n, const char *folder);
/* Octets of the body; over LIMIT octets nothing is kept. */
void notice_body(struct notice *n, struct ukey_view octets, uint64_t limit);
/* Whether the body is kept, whole. */
bool notice_due(const struct notice *n);
/* The line, with CRLF, of the verifier ID about judgement J. */
void notice_line(struct ukey_out *out, struct ukey_view id,
    const struct ukey_judgement *j);
/* Goes back to the first octet of the body; false: it cannot be read. */
bool notice_rewind(struct notice *n);
/* The next octets of the body, at most SIZE, to DATA: how many; 0: that was
 * all; -1: they cannot be read. */
long notice_read(struct notice *n, uint8_t *data, size_t size);
/* Closes the file, if any. */
void notice_end(struct notice *n);

#endif
