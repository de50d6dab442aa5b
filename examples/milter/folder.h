/*
 * userkeys-milter: folders in which it makes and removes names.
 * SPDX-License-Identifier: MIT
 *
 * What root does by a name in a folder of somebody else is done to whatever
 * that one puts there meanwhile.  So root acts only in a folder that nobody
 * else can change, nor any on the way to it; in all others the service's user
 * acts, with no more rights than the owner of a trap has.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "conf.h"

/* Which file it is, whatever its name. */
struct file_id {
	dev_t device;
	ino_t inode;
};

/* The folder of PATH, a whole path, as a descriptor for the calls that end in
 * "at"; NAME: what stands behind the last slash.  -1 with errno. */
int folder_open(const char *path, const char **name);
/* Whether root alone can change the folder of PATH, and the way to it. */
bool folder_is_roots(const char *path);
/* Whether PATH is to wait until rights are dropped, since C has a user, and
 * that one can change what lies there. */
bool folder_is_for_user(const struct conf *c, const char *path);

/* Removes NAME in FOLDER, or PATH, if that is the file ID; else false, with
 * errno where it was not let. */
bool folder_remove(int folder, const char *name, const struct file_id *id);
bool folder_remove_path(const char *path, const struct file_id *id);

#endif
