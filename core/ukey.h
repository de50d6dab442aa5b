/*
 * userkeys: e-mail signatures per mailbox.  SPDX-License-Identifier: MIT
 *
 * The one header that applications include.  Conventions of all of core:
 *
 * Memory      Core allocates nothing.  Contexts are structs of the caller, of
 *             a size fixed at compile time; arena, scratch, work and output
 *             buffers are lent, and their headers say until when.
 * Input       (pointer, length) views; nothing is NUL-terminated.  Data is
 *             "read during the call, not kept" unless its comment says
 *             otherwise.  Length 0 is fine anywhere, with any pointer.
 * NULL        Never allowed where a pointer is taken, but with length 0.
 * Units       Octets and seconds (since 1970 UTC; 0 = unknown).  _len is
 *             octets used, _size is capacity.
 * Order       A context goes from init to its last call; a call out of order
 *             gives UKEY_ERR_ORDER and changes nothing.
 * Failure     int: 0 or an enum ukey_err, trouble of the caller.  What is the
 *             message's fault is data: enum ukey_reason, and the verdict that
 *             ukey_reason_verdict() makes of it.
 * I/O         None.  Core asks (DNS questions, a digest to sign), the driver
 *             answers, in any order, whenever it likes.
 * Pieces      No result depends on how the octets were cut.
 * Threads     No shared state: contexts are independent; one context belongs
 *             to one thread at a time.
 * Secrets     Core never sees a private key.
 */
#ifndef UKEY_H
#define UKEY_H

#define UKEY_VERSION "0.1.0"
#define UKEY_VERSION_NUMBER 0x000100 /* 0xMMmmpp */

#ifdef __cplusplus
extern "C" {
#endif

#include "ukey_address.h"
#include "ukey_authres.h"
#include "ukey_clock.h"
#include "ukey_config.h"
#include "ukey_dns.h"
#include "ukey_err.h"
#include "ukey_keyrecord.h"
#include "ukey_name.h"
#include "ukey_origin.h"
#include "ukey_out.h"
#include "ukey_policy.h"
#include "ukey_port.h"
#include "ukey_reason.h"
#include "ukey_sender.h"
#include "ukey_session.h"
#include "ukey_sign.h"
#include "ukey_text.h"
#include "ukey_verify.h"

#ifdef __cplusplus
}
#endif

#endif
