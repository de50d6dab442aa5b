/*
 * userkeys: signing, as a user key or as plain DKIM (PROTOCOL 4, RFC 6376 5).
 * SPDX-License-Identifier: MIT
 *
 *   init; push ... or field ..., header_end, body ...; end; digest;
 *   the driver signs the digest with the private key; finish.
 *
 * Fields are hashed as they arrive: nothing is stored but From and Sender.
 * A refusal of the message is data (ukey_sign_reason()), not an error.
 */
#ifndef UKEY_SIGN_H
#define UKEY_SIGN_H

#include "ukey_address.h"
#include "ukey_canon_body.h"
#include "ukey_err.h"
#include "ukey_message.h"
#include "ukey_out.h"
#include "ukey_port.h"
#include "ukey_reason.h"

#define UKEY_SIGN_EXPIRE (7 * 86400) /* seconds; default of x= less t= */
#define UKEY_SIGN_FIELDS 22 /* names that are signed where present */
#define UKEY_SIGN_NAME_MAX 32 /* longer names are none of them */

/*
 * The largest header that is signed: what verifiers take (PROTOCOL 8), less
 * room for what servers add on the way, 8 kB and 32 fields, and less the
 * signature's own field.
 */
#define UKEY_SIGN_HEADER_MAX (65536 - 8192) /* octets, ours included */
#define UKEY_SIGN_COUNT_MAX (512 - 32)      /* fields, ours included */

/* What to sign as.  The views must stay until ukey_sign_finish(). */
struct ukey_sign_request {
	struct ukey_view domain;   /* d=, LDH labels */
	struct ukey_view selector; /* s= */
	struct ukey_view identity; /* i=, "local@domain", local-part with
	                            * quoting removed, not yet encoded; empty:
	                            * no i= */
	uint64_t time;             /* t=, seconds since 1970 UTC; 0: none */
	uint64_t expire;           /* x=, the same; 0: none; else > time */
	uint8_t header_canon, body_canon; /* enum ukey_canon */
	bool oversign_absent; /* nobody may add Sender, Content-Disposition or
	                       * List- fields; but lists do */
};

/* Visible for its size only. */
struct ukey_sign {
	struct ukey_sign_request request;
	struct ukey_port_sha256 header;
	struct ukey_port_sha256 body; /* after the end: bh comes first */
	struct ukey_canon_body body_canon;
	struct ukey_canon_header field_canon;
	struct ukey_guard guard;
	struct ukey_message message;
	uint8_t *scratch;     /* From's value, then Sender's; lent */
	uint32_t scratch_size, from_len, sender_len;
	uint32_t header_len;  /* octets of all fields; UINT32_MAX: more */
	uint16_t count;       /* fields; over UKEY_SIGN_COUNT_MAX: more */
	uint8_t order[UKEY_SIGN_FIELDS]; /* table rows as they arrived */
	uint8_t orders;
	uint8_t name[UKEY_SIGN_NAME_MAX]; /* the open field's name so far */
	uint8_t name_len;
	uint8_t field;        /* state of the open field */
	uint8_t row;          /* its row in the table */
	bool odd_name;        /* its name holds what no name may hold */
	uint8_t phase;
	uint8_t reason;       /* enum ukey_reason, sticky */
	uint8_t author;       /* the same, of From and Sender alone */
	uint32_t seen;        /* bit per row of the table */
};

/*
 * REQUEST is copied, its views are not.  SCRATCH, SIZE octets, is lent until
 * ukey_sign_end() and holds the values of From and Sender (2 kB is ample; too
 * small: reason "from-limit").  _ERR_ARGUMENT: no domain name, no selector,
 * expire not after time.  _ERR_CRYPTO.
 */
int ukey_sign_init(struct ukey_sign *s, const struct ukey_sign_request *request,
    void *scratch, size_t size);

int ukey_sign_push(struct ukey_sign *s, const void *data, size_t len);
/* RAW as for ukey_verify_field(). */
int ukey_sign_field(struct ukey_sign *s, struct ukey_view raw);
int ukey_sign_header_end(struct ukey_sign *s);
int ukey_sign_body(struct ukey_sign *s, const void *data, size_t len);
/* No more octets.  0 also when the message is refused. */
int ukey_sign_end(struct ukey_sign *s);

/* UKEY_REASON_OK, or why this message cannot be signed (first trouble); may
 * be asked at any time. */
enum ukey_reason ukey_sign_reason(const struct ukey_sign *s);
/* The line (from 1) where the transit guard first saw trouble, or 0. */
uint32_t ukey_sign_line(const struct ukey_sign *s);
/*
 * From the header's end: UKEY_REASON_OK if From and Sender stand at most once
 * each, under just that name, and are whole in SCRATCH; else why nobody can
 * tell which author a reader will see: _FROM_MANY, _FIELD_REPEATED (Sender),
 * _FROM_LIMIT, _HEADER_SYNTAX (a name such as "From ", which some take for
 * From), _NUL, _BARE_CR, _BARE_LF (anywhere in the header: another reader, or
 * the server behind, may begin a line there, and it may be a From).
 */
enum ukey_reason ukey_sign_author(const struct ukey_sign *s);
/* Values of From and Sender, for from-check; from the header's end until
 * ukey_sign_end()'s scratch is used otherwise.  Empty where absent; of several
 * fields all, one behind the other, as far as they fit. */
struct ukey_view ukey_sign_from(const struct ukey_sign *s);
struct ukey_view ukey_sign_sender(const struct ukey_sign *s);

/*
 * After ukey_sign_end(): starts the DKIM-Signature field in OUT (name, colon,
 * all tags, "b="; folded with CRLF HTAB) and writes what is to be signed, the
 * SHA-256 of the header, to DIGEST (UKEY_SHA256_LEN octets).  _ERR_ORDER (also
 * when the message is refused, which a field that is too large may bring about
 * here), _ERR_SPACE, _ERR_CRYPTO.
 */
int ukey_sign_digest(struct ukey_sign *s, struct ukey_out *out,
    uint8_t *digest);
/* Adds SIGNATURE's base64 and the final CRLF to OUT: the field is complete.
 * Put it above all other fields.  _ERR_ORDER, _ERR_SPACE. */
int ukey_sign_finish(struct ukey_sign *s, struct ukey_view signature,
    struct ukey_out *out);

#endif
