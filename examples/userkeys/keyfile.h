/*
 * userkeys, the command: private keys in files.
 * SPDX-License-Identifier: MIT
 */
#ifndef KEYFILE_H
#define KEYFILE_H

#include "cli.h"

/*
 * Reads the private key in the file PATH, which nobody but its owner may
 * read.  NULL with an error printed; STATUS gets the exit status.
 */
struct ukey_key *keyfile_read(const char *path, int *status);

/* Writes TEXT to the new file PATH, mode 0600; an exit status, with an error
 * printed and no file left behind when that fails. */
int keyfile_write(const char *path, struct ukey_view text);

#endif
