/*
 * userkeys-milter: who it is, and what others may see of it.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rights.h"

bool
rights_exist(const struct conf *c, char *err)
{
	if (c->user[0] != '\0' && getpwnam(c->user) == NULL) {
		snprintf(err, CONF_ERROR_SIZE, "user = %s: there is no such "
		    "user: make it with useradd --system", c->user);
		return false;
	}
	if (c->socket_group[0] != '\0' &&
	    getgrnam(c->socket_group) == NULL) {
		snprintf(err, CONF_ERROR_SIZE, "socket-group = %s: there is "
		    "no such group: name the MTA's, or make it with "
		    "groupadd --system", c->socket_group);
		return false;
	}
	return true;
}

bool
rights_drop(const struct conf *c, char *err)
{
	struct passwd *p;

	if (c->user[0] == '\0' || geteuid() != 0)
		return true;
	p = getpwnam(c->user);
	if (p != NULL && initgroups(p->pw_name, p->pw_gid) == 0 &&
	    setgid(p->pw_gid) == 0 && setuid(p->pw_uid) == 0)
		return true;
	snprintf(err, CONF_ERROR_SIZE, "user = %s: cannot become that user: "
	    "start as root, or leave it out", c->user);
	return false;
}

void
rights_keep_secrets(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}
