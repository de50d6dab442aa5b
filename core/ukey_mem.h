/*
 * userkeys: the four memory functions of every C environment, freestanding
 * ones too (the compiler calls them by itself).  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_MEM_H
#define UKEY_MEM_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int octet, size_t len);
int memcmp(const void *a, const void *b, size_t len);

#endif
