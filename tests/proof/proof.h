/*
 * userkeys: what the proofs share: any input, and what a function may be
 * relied on for.  SPDX-License-Identifier: MIT
 *
 * A proof of a caller puts relies_on_X() in the place of X(): it asserts what
 * X needs, and returns anything that X may.  The proof of X asserts that X
 * keeps to the same gives_X().
 */
#ifndef PROOF_H
#define PROOF_H

#include <stdlib.h>

#include "ukey_dns_record.h"
#include "ukey_dns_wire.h"
#include "ukey_out.h"
#include "ukey_text.h"

/* The longest input. */
#ifndef LIMIT
#define LIMIT 998 /* a line of RFC 5322 2.1.1 */
#endif

/* Of any value: CBMC knows no body for these. */
size_t nondet_size(void);
uint8_t nondet_octet(void);
bool nondet_bool(void);

/* Any octets, at most LIMIT, in an object of exactly their size. */
struct ukey_view any_view(void);
/* Any part of V. */
struct ukey_view any_part(struct ukey_view v);
bool is_part(struct ukey_view part, struct ukey_view v);
bool is_readable(struct ukey_view v);
/* A writer of at most LIMIT octets that may have written some. */
struct ukey_out any_out(void);
bool is_out(const struct ukey_out *o);

bool gives_find(struct ukey_view v, uint8_t c, size_t at);
bool gives_cut(struct ukey_view before, struct ukey_view piece,
    struct ukey_view rest);
/* Where a name may be looked for: also behind the header of a packet that has
 * none, where it is found to be missing. */
bool is_pos(size_t pos, struct ukey_view packet);
/* A walk that goes on from BEFORE by LABEL. */
bool is_walk(const struct ukey_dns_walk *w);
bool gives_label(const struct ukey_dns_walk *before,
    const struct ukey_dns_walk *w, struct ukey_view label);
bool gives_root(const struct ukey_dns_walk *w);
bool gives_record(const struct ukey_dns_record *r, struct ukey_view packet,
    size_t pos);

size_t relies_on_find(struct ukey_view v, uint8_t c);
bool relies_on_equal(struct ukey_view a, struct ukey_view b);
struct ukey_view relies_on_trim(struct ukey_view v);
struct ukey_view relies_on_cut(struct ukey_view *rest, uint8_t separator);
bool relies_on_domain(struct ukey_view v, bool underscore);
size_t relies_on_scan(const uint8_t *data, size_t len);
void *relies_on_copy(void *to, const void *from, size_t len);
void relies_on_out(struct ukey_out *o, struct ukey_view v);
struct ukey_view relies_on_label(struct ukey_dns_walk *w);
void relies_on_root(struct ukey_dns_walk *w);
bool relies_on_name(struct ukey_view packet, size_t pos,
    struct ukey_view name);
size_t relies_on_prefix(struct ukey_view packet, size_t pos,
    struct ukey_view name);
bool relies_on_record(struct ukey_dns_record *r, struct ukey_view packet,
    size_t pos);
bool relies_on_sound(const struct ukey_dns_record *r, struct ukey_view packet);

#endif
