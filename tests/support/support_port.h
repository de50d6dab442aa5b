/*
 * userkeys: the port's functions fail on demand, for tests.
 * SPDX-License-Identifier: MIT
 *
 * Works in programs linked with PORT_WRAP (see the Makefile), in front of the
 * real port.
 */
#ifndef SUPPORT_PORT_H
#define SUPPORT_PORT_H

/* The N-th call of the port from now (from 1) fails; 0: none does. */
void support_port_fail(unsigned n);
/* Calls since support_port_fail(). */
unsigned support_port_calls(void);
/* How many of them were RSA checks. */
unsigned support_port_rsa_calls(void);

#endif
