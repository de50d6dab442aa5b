/*
 * userkeys: twin: what is meant to differ from 0.1.
 * SPDX-License-Identifier: MIT
 *
 * Each entry rewrites what 0.1 gave to what is asked for now, under the
 * narrowest condition that can be written down; what is left must be equal.
 * An entry that only says "anything may differ here" is no entry.
 */
#include "twin.h"

#include <string.h>

/* One change that was meant. */
struct change {
	const char *name, *section, *why; /* PROTOCOL's section; a sentence */
	/* Whether it takes effect: WAS is rewritten then. */
	bool (*rewrite)(const struct twin_case *c, struct twin_result *was,
	    const struct twin_result *is);
};

static const struct change changes[] = {
	{ NULL, NULL, NULL, NULL }
};

#define CHANGES (sizeof(changes) / sizeof(changes[0]))

const char **
twin_changed(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	static const char *names[CHANGES + 1];
	const struct change *change;
	unsigned n = 0;

	for (change = changes; change->name != NULL; change++) {
		if (change->rewrite(c, was, is))
			names[n++] = change->name;
	}
	names[n] = NULL;
	return names;
}
