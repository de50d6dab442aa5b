/*
 * userkeys-milter: who it is, and what others may see of it.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
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
	gid_t group = rights_socket_group(c);
	struct passwd *p;

	if (c->user[0] == '\0' || geteuid() != 0)
		return true;
	p = getpwnam(c->user);
	if (p != NULL && initgroups(p->pw_name, p->pw_gid) == 0 &&
	    setresgid(p->pw_gid, p->pw_gid, group == (gid_t)-1 ? p->pw_gid :
	    group) == 0 && setresuid(p->pw_uid, p->pw_uid, p->pw_uid) == 0)
		return true;
	snprintf(err, CONF_ERROR_SIZE, "user = %s: cannot become that user: "
	    "start as root, or leave it out", c->user);
	return false;
}

bool
rights_drop_group(void)
{
	gid_t group = getgid();

	return setresgid(group, group, group) == 0;
}

gid_t
rights_socket_group(const struct conf *c)
{
	struct group *g = c->socket_group[0] == '\0' ? NULL :
	    getgrnam(c->socket_group);

	return g == NULL ? (gid_t)-1 : g->gr_gid;
}

bool
rights_lend_group(const struct conf *c)
{
	gid_t group = rights_socket_group(c);

	return group != (gid_t)-1 && group != getegid() &&
	    setegid(group) == 0;
}

void
rights_return_group(bool lent)
{
	if (!lent)
		return;
	if (setegid(getgid()) != 0)
		abort();
	rights_keep_secrets(); /* a change of group may undo it */
}

void
rights_keep_secrets(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}
