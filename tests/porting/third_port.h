/*
 * userkeys: a third port: SHA-256 and RSA in plain C99, no library; it records
 * its calls, holds core to the promises of ukey_port.h, and can be told what
 * to return.  SPDX-License-Identifier: MIT
 */
#ifndef THIRD_PORT_H
#define THIRD_PORT_H

#include "ukey_port.h"

enum third_port_call {
	THIRD_PORT_START,
	THIRD_PORT_UPDATE,
	THIRD_PORT_FINISH,
	THIRD_PORT_RSA_VERIFY,
	THIRD_PORT_CALLS
};

struct third_port_record {
	unsigned calls[THIRD_PORT_CALLS];
	uint64_t octets;        /* that were hashed */
	size_t modulus;         /* octets of the last key */
	const char *broken;     /* the first promise that was not kept */
};

/* Since third_port_reset(). */
extern struct third_port_record third_port_record;

/* Forgets what was recorded; all calls answer by themselves again. */
void third_port_reset(void);
/* The N-th call of that kind from now (from 1), and all after it, does nothing
 * and returns RESULT. */
void third_port_answer(enum third_port_call call, unsigned n, int result);

#endif
