/*
 * userkeys: the n-th call of the system fails, for tests.
 * SPDX-License-Identifier: MIT
 *
 * faults.c, faults_net.c and faults_file.c define the functions of the C
 * library through which a program asks the system for something.  Linked into
 * a test, they count and fail the calls of the program and of the libraries
 * it uses; as a shared object (LD_PRELOAD) they do so in a program of its own,
 * whose faults then lie in the file that FAULTS_CONTROL names, shared with the
 * test and with the program's children.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Under AddressSanitizer memory is its own: none fails, none is searched. */
#ifdef __SANITIZE_ADDRESS__
#define FAULTS_NO_MEMORY
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define FAULTS_NO_MEMORY
#endif
#endif

/* Which calls. */
#define FAULTS_READ 0x1    /* read, pread, recv, recvfrom */
#define FAULTS_WRITE 0x2   /* write, pwrite, send */
#define FAULTS_OPEN 0x4    /* open, socket, accept4, epoll_create1, signalfd */
#define FAULTS_NET 0x8     /* connect, bind, listen */
#define FAULTS_WAIT 0x10   /* epoll_wait, poll */
#define FAULTS_WATCH 0x20  /* epoll_ctl */
#define FAULTS_FILE 0x40   /* fsync, ftruncate, unlink, rename, fchmod */
#define FAULTS_STAT 0x80   /* stat, fstat */
#define FAULTS_LOCK 0x100  /* fcntl, flock */
#define FAULTS_MAP 0x200   /* mmap */
#define FAULTS_RANDOM 0x400 /* getrandom */
#define FAULTS_FORK 0x800  /* fork */
#define FAULTS_MEMORY 0x1000 /* malloc, calloc, realloc */
#define FAULTS_PERSIST 0x10000 /* not the n-th alone, but all from there on */

#define FAULTS_SHORT 0 /* no errno: half of what was to be read or written */

#define FAULTS_WINDOW 8   /* octets of a secret that are recognised */
#define FAULTS_WINDOWS 192

/* What a file of FAULTS_CONTROL holds: numbers of this machine. */
struct faults_control {
	uint32_t classes;  /* bits above */
	uint32_t at;       /* which call fails, from 1; 0: none */
	int32_t err;       /* its errno, or FAULTS_SHORT */
	uint32_t count;    /* calls of these classes so far */
	uint32_t hits;     /* how many failed */
	uint32_t leaks;    /* freed blocks with a secret in them */
	uint32_t blocks;   /* from malloc, not freed: of one process only */
	uint32_t windows;
	uint64_t window[FAULTS_WINDOWS]; /* of secrets, every bit turned */
};

/* From now on call N of CLASSES fails with ERR. */
void faults_arm(unsigned classes, int err, unsigned n);
/* No more faults; how many calls failed since faults_arm(). */
unsigned faults_disarm(void);
/* Blocks of memory that are in use, and descriptors that are open. */
unsigned faults_blocks(void);
unsigned faults_descriptors(void);
/*
 * From now on every block that is freed is searched for any 8 octets of
 * SECRET, at steps of 8, in this order or backwards (as limbs lie); LEN 0
 * forgets all secrets.  SECRET itself is not kept in the clear.
 */
void faults_secret(const uint8_t *secret, size_t len);
/* How many freed blocks held one. */
unsigned faults_leaks(void);
/* Whether one stands in the LEN octets at DATA. */
bool faults_seen(const void *data, size_t len);
/* How often one stands in what this process may write: heap, data, stacks. */
unsigned faults_scan(void);

/* ---- for faults.c, faults_net.c, faults_file.c --------------------------- */

struct faults_control *faults_state(void);
/* The function NAME that would have been called, to the pointer at TO. */
void faults_next(void *to, const char *name);
/* Whether this call of CLASS fails, errno set; with FAULTS_SHORT, SIZE
 * (unless NULL) becomes smaller instead. */
bool faults_strike(unsigned class, size_t *size);

#endif
