/*
 * userkeys: files and TCP ports, by Landlock (Documentation/userspace-api/
 * landlock.rst of the kernel).  SPDX-License-Identifier: MIT
 *
 * The kernel says which version it has; rights it does not know yet are not
 * asked for.  The constants stand here since the headers of many systems are
 * older than their kernels.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ukey_sandbox_parts.h"

#define VERSION 1 /* flag of landlock_create_ruleset(2) */
#define PATH_BENEATH 1
#define NET_PORT 2

/* Rights on files. */
#define FS_WRITE_FILE (1 << 1)
#define FS_READ_FILE (1 << 2)
#define FS_READ_DIR (1 << 3)
#define FS_REMOVE_FILE (1 << 5)
#define FS_MAKE_REG (1 << 8)
#define FS_TRUNCATE (1 << 14)
#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define FS_WRITE (FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_REG | FS_TRUNCATE)
#define FS_OF_FILES (FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)

#define NET_BIND_TCP 1
#define NET_CONNECT_TCP 2
#define SCOPE_ABSTRACT_UNIX 1
#define SCOPE_SIGNAL 2

/* What each version of Landlock can forbid, all of which is. */
static const struct abi {
	uint64_t fs, net, scope;
} abis[] = {
	{ 0, 0, 0 },
	{ 0x1fff, 0, 0 },
	{ 0x3fff, 0, 0 },
	{ 0x7fff, 0, 0 },
	{ 0x7fff, NET_BIND_TCP | NET_CONNECT_TCP, 0 },
	{ 0xffff, NET_BIND_TCP | NET_CONNECT_TCP, 0 },
	{ 0xffff, NET_BIND_TCP | NET_CONNECT_TCP,
	    SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL },
};

#define ABI_MAX ((long)(sizeof(abis) / sizeof(abis[0])) - 1)

struct path_rule {
	uint64_t allowed;
	int32_t fd;
};

struct port_rule {
	uint64_t allowed, port;
};

static bool
add_path(int rules, const struct abi *abi, const struct ukey_sandbox_path *p)
{
	struct path_rule rule = { FS_READ, -1 };
	struct stat st;
	bool good;

	rule.fd = open(p->path, O_PATH | O_CLOEXEC);
	if (rule.fd < 0)
		return true;
	if (p->write)
		rule.allowed |= FS_WRITE;
	rule.allowed &= abi->fs;
	if (fstat(rule.fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed &= FS_OF_FILES;
	good = syscall(__NR_landlock_add_rule, rules, PATH_BENEATH, &rule,
	    0) == 0;
	close(rule.fd);
	return good;
}

static bool
add_port(int rules, const struct abi *abi, uint16_t port)
{
	struct port_rule rule = { NET_CONNECT_TCP, port };

	return abi->net == 0 || syscall(__NR_landlock_add_rule, rules,
	    NET_PORT, &rule, 0) == 0;
}

static bool
add_all(int rules, const struct abi *abi, const struct ukey_sandbox *s)
{
	unsigned i;

	for (i = 0; i < s->paths; i++)
		if (!add_path(rules, abi, &s->path[i]))
			return false;
	for (i = 0; i < s->ports; i++)
		if (!add_port(rules, abi, s->port[i]))
			return false;
	return true;
}

unsigned
ukey_sandbox_landlock(const struct ukey_sandbox *s)
{
	const struct abi *abi;
	long version = syscall(__NR_landlock_create_ruleset, NULL, 0, VERSION);
	bool good;
	int rules;

	if (version < 1)
		return 0;
	abi = &abis[version > ABI_MAX ? ABI_MAX : version];
	/* A longer struct than the kernel knows is fine, if the rest is 0. */
	rules = (int)syscall(__NR_landlock_create_ruleset, abi, sizeof(*abi),
	    0);
	if (rules < 0)
		return 0;
	good = add_all(rules, abi, s) &&
	    syscall(__NR_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	if (!good)
		return 0;
	return UKEY_SANDBOX_FILES | (abi->net != 0 ? UKEY_SANDBOX_TCP : 0) |
	    (abi->scope != 0 ? UKEY_SANDBOX_SIGNALS : 0);
}
