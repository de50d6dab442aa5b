/*
 * userkeys: label and key name (docs/PROTOCOL.md sections 1 and 2).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_NAME_H
#define UKEY_NAME_H

#include "ukey_address.h"
#include "ukey_out.h"
#include "ukey_reason.h"

#define UKEY_LABEL_MAX 63 /* RFC 1035 2.3.4 */
#define UKEY_NAME_MAX 253 /* dotted text; RFC 1035 2.3.4 less the root */

/*
 * The label of LOCAL (quoting already removed, 1..UKEY_LOCAL_MAX octets) into
 * OUT of UKEY_LABEL_MAX octets.  EXACT: no subaddress is cut.  Returns its
 * length, 0 when LOCAL is empty or too long or the port's hash failed.
 */
size_t ukey_label_write(struct ukey_view local, bool exact, uint8_t *out);

/*
 * Whether two local-parts (quoting removed) are one mailbox: equal without
 * ASCII case, after cutting subaddresses unless EXACT.
 */
bool ukey_local_equal(struct ukey_view a, struct ukey_view b, bool exact);

/*
 * Writes "[generation.]label.userkeys.domain", domain in lower case, to OUT.
 * GENERATION may be empty; else one LDH label.  UKEY_REASON_OK,
 * _EMPTY_LOCAL, _GENERATION, _USERKEYS_DOMAIN, _NAME_LENGTH (over
 * UKEY_NAME_MAX), _CRYPTO.
 */
enum ukey_reason ukey_name_write(struct ukey_out *out,
    const struct ukey_address *a, struct ukey_view generation);

/*
 * The way back: NAME is a key name with or without generation; writes
 * local-part, "@" and domain to OUT (the local-part quoted where it must be)
 * and the generation, a view into NAME, to GENERATION.  _OK; _LABEL_HASH when
 * the label is the hash form (not reversible); _LABEL when it is no label.
 */
enum ukey_reason ukey_name_reverse(struct ukey_out *out, struct ukey_view name,
    struct ukey_view *generation);

#endif
