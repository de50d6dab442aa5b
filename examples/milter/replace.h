/*
 * userkeys-milter: files that it writes for others: pid-file, metrics-file.
 * SPDX-License-Identifier: MIT
 */
#ifndef REPLACE_H
#define REPLACE_H

#include "folder.h"

/*
 * A file of ours in the place of PATH, mode 0644, made under a name that nobody
 * can know before, and renamed when it is whole.  What stands there is replaced
 * if it is a link (the link itself), or a regular file that is empty or begins
 * with BEGIN (NULL: that has a number and nothing else); all else is
 * somebody's, and stays.
 */
/* Whether it can be, now: else false with "PATH: why: remedy" in ERR. */
bool replace_check(const char *path, const char *begin, char *err);
/* With TEXT in it.  Its descriptor, and, unless NULL, which file it is to ID;
 * -1 with text in ERR. */
int replace_file(const char *path, const char *begin, const char *text,
    struct file_id *id, char *err);

#endif
