/*
 * userkeys: whether the faults of these tests happen, and the search for
 * secrets finds what it looks for.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "faults.h"

static void
test_calls(void **state)
{
	char octets[8];
	int fd = open("/dev/zero", O_RDWR), i;

	(void)state;
	assert_true(fd >= 0);
	for (i = 1; i <= 4; i++) {
		faults_arm(FAULTS_READ, EIO, 3);
		assert_int_equal(read(fd, octets, 8), 8);
		assert_int_equal(write(fd, octets, 8), 8);
		assert_int_equal(read(fd, octets, 8), 8);
		errno = 0;
		assert_int_equal(read(fd, octets, 8), -1);
		assert_int_equal(errno, EIO);
		assert_int_equal(read(fd, octets, 8), 8);
		assert_int_equal(faults_disarm(), 1);
	}
	faults_arm(FAULTS_WRITE | FAULTS_PERSIST, ENOSPC, 2);
	assert_int_equal(write(fd, octets, 8), 8);
	assert_int_equal(write(fd, octets, 8), -1);
	assert_int_equal(write(fd, octets, 8), -1);
	assert_int_equal(faults_disarm(), 2);
	faults_arm(FAULTS_READ, FAULTS_SHORT, 1);
	assert_int_equal(read(fd, octets, 8), 4);
	assert_int_equal(faults_disarm(), 1);
	faults_arm(FAULTS_OPEN, EMFILE, 1);
	assert_int_equal(open("/dev/zero", O_RDWR), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(faults_disarm(), 1);
	close(fd);
}

static void
test_left_behind(void **state)
{
	unsigned descriptors = faults_descriptors();
	int fd = open("/dev/zero", O_RDWR);

	(void)state;
	assert_int_equal(faults_descriptors(), descriptors + 1);
	close(fd);
	assert_int_equal(faults_descriptors(), descriptors);
}

#ifndef FAULTS_NO_MEMORY

static void *volatile kept; /* what the compiler must not leave out */

static void
test_memory(void **state)
{
	unsigned blocks = faults_blocks();

	(void)state;
	faults_arm(FAULTS_MEMORY, ENOMEM, 2);
	kept = malloc(10);
	assert_non_null(kept);
	assert_null(calloc(1, 10));
	assert_int_equal(faults_disarm(), 1);
	assert_int_equal(faults_blocks(), blocks + 1);
	kept = realloc(kept, 100000);
	assert_int_equal(faults_blocks(), blocks + 1);
	free(kept);
	assert_int_equal(faults_blocks(), blocks);
}

/* SECRET into a block, at an odd place, REVERSED; which is then freed. */
static void
leave(const uint8_t *secret, size_t len, int reversed, int wiped)
{
	uint8_t *block = calloc(1, 500); /* without what was left before */
	size_t i;

	kept = block;
	for (i = 0; i < len; i++)
		block[33 + i] = secret[reversed ? len - 1 - i : i];
	if (wiped)
		explicit_bzero(block, 500);
	free(block);
}

static void
test_secrets(void **state)
{
	uint8_t secret[16] = "0123456789abcdef", part[8];
	unsigned before;

	(void)state;
	faults_secret(secret, sizeof(secret));
	leave(secret, 16, 0, 1);
	assert_int_equal(faults_leaks(), 0);
	leave(secret, 16, 0, 0);
	assert_int_equal(faults_leaks(), 1);
	leave(secret, 16, 1, 0);
	leave(secret + 8, 8, 0, 0);
	assert_int_equal(faults_leaks(), 3);
	memcpy(part, secret + 1, 8);
	leave(part, 7, 0, 0); /* less than can be told from chance */
	assert_int_equal(faults_leaks(), 3);
	/* In place: this stack, and a block that lives. */
	explicit_bzero(part, sizeof(part));
	before = faults_scan();
	assert_true(before >= 2);
	kept = malloc(16);
	memcpy(kept, secret, 16);
	assert_int_equal(faults_scan(), before + 2);
	assert_true(faults_seen(kept, 16));
	explicit_bzero(kept, 16);
	assert_int_equal(faults_scan(), before);
	free(kept);
	faults_secret(NULL, 0);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_left_behind),
#ifndef FAULTS_NO_MEMORY
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_secrets),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
