/*
 * userkeys ukd where there is no SQLite: the Makefile takes this file instead
 * of the others.  SPDX-License-Identifier: MIT
 */
#include "cli.h"

int
cmd_ukd(int argc, char **argv)
{
	(void)argc;
	cli_error("%s: this userkeys was built without SQLite: build it with "
	    "SQLITE_LIBS=-lsqlite3", argv[0]);
	return CLI_USAGE;
}
