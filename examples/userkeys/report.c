/*
 * userkeys report: groups of messages, and what would have become of them.
 * SPDX-License-Identifier: MIT
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* V without what does not fit, into OUT of REPORT_WORD octets, in lower case:
 * domains and addresses have no other. */
static void
copy_word(char *out, struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len && i < REPORT_WORD - 1; i++)
		out[i] = (char)ukey_lower(v.data[i]);
	out[i] = '\0';
}

/* What stands behind the last "@" of the sender FROM. */
static void
copy_domain(char *out, struct ukey_view from)
{
	size_t at = from.len;

	while (at > 0 && from.data[at - 1] != '@')
		at--;
	if (from.len == 0)
		copy_word(out, UKEY_VIEW("<>"));
	else if (at == 0 || at == from.len)
		copy_word(out, UKEY_VIEW("(no domain)"));
	else
		copy_word(out, ukey_view_part(from, at, from.len));
}

/* The network of CLIENT, an address as milters have it. */
static void
copy_network(char *out, struct ukey_view client)
{
	char text[REPORT_WORD], network[INET6_ADDRSTRLEN] = "";
	uint8_t octets[16] = { 0 };

	copy_word(text, client);
	if (inet_pton(AF_INET, text, octets) == 1) {
		snprintf(out, REPORT_WORD, "%u.%u.%u.0/24", octets[0],
		    octets[1], octets[2]);
	} else if (inet_pton(AF_INET6, text, octets) == 1) {
		memset(octets + 6, 0, 10);
		inet_ntop(AF_INET6, octets, network, sizeof(network));
		snprintf(out, REPORT_WORD, "%s/48", network);
	} else {
		copy_word(out, client.len > 0 ? client :
		    UKEY_VIEW("unknown"));
	}
}

static unsigned
hash(const struct report_group *g)
{
	const char *const texts[] = { g->domain, g->why, g->network };
	const char *p;
	unsigned h = 5381, i;

	for (i = 0; i < 3; i++)
		for (p = texts[i]; *p != '\0'; p++)
			h = h * 33 + (uint8_t)*p;
	return h % REPORT_BUCKETS;
}

static bool
is_same(const struct report_group *a, const struct report_group *b)
{
	return strcmp(a->domain, b->domain) == 0 &&
	    strcmp(a->why, b->why) == 0 &&
	    strcmp(a->network, b->network) == 0;
}

struct report_group *
report_group(struct report *r, struct ukey_view from, struct ukey_view why,
    struct ukey_view client)
{
	struct report_group wanted = { .next = NULL }, *g, **at;

	copy_domain(wanted.domain, from);
	copy_word(wanted.why, why);
	copy_network(wanted.network, client);
	at = &r->bucket[hash(&wanted)];
	for (g = *at; g != NULL; g = g->next)
		if (is_same(g, &wanted))
			return g;
	g = malloc(sizeof(*g));
	if (g == NULL)
		return NULL;
	*g = wanted;
	g->next = *at;
	*at = g;
	r->groups++;
	return g;
}

void
report_count(struct report *r, struct report_group *g,
    enum ukey_disposition quarantine, enum ukey_disposition reject)
{
	g->quarantine.of[quarantine]++;
	g->reject.of[reject]++;
	r->quarantine.of[quarantine]++;
	r->reject.of[reject]++;
	r->messages++;
}

void
report_time(struct report *r, struct ukey_view when)
{
	if (r->first[0] == '\0')
		snprintf(r->first, sizeof(r->first), "%.*s", (int)when.len,
		    (const char *)when.data);
	snprintf(r->last, sizeof(r->last), "%.*s", (int)when.len,
	    (const char *)when.data);
}

/* A line of the page. */
struct row {
	const struct report_group *group;
};

/* How many messages of a group something would happen to. */
static unsigned long
touched(const struct report_group *g)
{
	return g->reject.of[UKEY_QUARANTINE] + g->reject.of[UKEY_DEFER] +
	    g->reject.of[UKEY_REJECT];
}

/* For qsort(): worst first, then by name. */
static int
compare(const void *a, const void *b)
{
	const struct report_group *x = ((const struct row *)a)->group;
	const struct report_group *y = ((const struct row *)b)->group;
	int order = strcmp(x->domain, y->domain);

	if (touched(x) != touched(y))
		return touched(x) < touched(y) ? 1 : -1;
	if (order == 0)
		order = strcmp(x->why, y->why);
	return order != 0 ? order : strcmp(x->network, y->network);
}

/* All groups in order; NULL: none, or no memory. */
static struct row *
sorted(const struct report *r)
{
	const struct report_group *g;
	struct row *list;
	size_t n = 0, i;

	list = malloc(r->groups * sizeof(*list) + 1);
	if (list == NULL)
		return NULL;
	for (i = 0; i < REPORT_BUCKETS; i++)
		for (g = r->bucket[i]; g != NULL; g = g->next)
			list[n++].group = g;
	qsort(list, n, sizeof(*list), compare);
	return list;
}

static void
put_total(const char *name, const struct report_counts *c)
{
	printf("  advice = %-11s %6lu marked %6lu refused %6lu deferred\n",
	    name, c->of[UKEY_QUARANTINE], c->of[UKEY_REJECT],
	    c->of[UKEY_DEFER]);
}

static void
put_page(const struct report *r, const struct row *list, bool all)
{
	size_t i;

	printf("%lu messages, ", r->messages);
	cli_put(stdout, cli_view(r->first));
	printf(" to ");
	cli_put(stdout, cli_view(r->last));
	printf(".  There would have been with\n");
	put_total("quarantine:", &r->quarantine);
	put_total("reject:", &r->reject);
	printf("\nmarked refused deferred  sender's domain, reason, network of "
	    "the client\n");
	for (i = 0; i < r->groups; i++) {
		if (!all && touched(list[i].group) == 0)
			continue;
		printf("%6lu %7lu %8lu  ",
		    list[i].group->quarantine.of[UKEY_QUARANTINE],
		    list[i].group->reject.of[UKEY_REJECT],
		    list[i].group->reject.of[UKEY_DEFER]);
		cli_put(stdout, cli_view(list[i].group->domain));
		printf(" ");
		cli_put(stdout, cli_view(list[i].group->why));
		printf(" ");
		cli_put(stdout, cli_view(list[i].group->network));
		printf("\n");
	}
}

static void
json_counts(const char *name, const struct report_counts *c)
{
	printf("\"%s\": {\"accepted\": %lu, \"marked\": %lu, "
	    "\"refused\": %lu, \"deferred\": %lu}", name,
	    c->of[UKEY_ACCEPT], c->of[UKEY_QUARANTINE], c->of[UKEY_REJECT],
	    c->of[UKEY_DEFER]);
}

static void
json_text(const char *name, const char *text)
{
	printf("\"%s\": ", name);
	cli_put_json(stdout, cli_view(text));
	printf(", ");
}

static void
put_json(const struct report *r, const struct row *list, bool all)
{
	const char *before = "";
	size_t i;

	printf("{\"messages\": %lu, ", r->messages);
	json_text("first", r->first);
	json_text("last", r->last);
	json_counts("quarantine", &r->quarantine);
	printf(", ");
	json_counts("reject", &r->reject);
	printf(", \"groups\": [");
	for (i = 0; i < r->groups; i++) {
		if (!all && touched(list[i].group) == 0)
			continue;
		printf("%s\n{", before);
		json_text("domain", list[i].group->domain);
		json_text("why", list[i].group->why);
		json_text("network", list[i].group->network);
		json_counts("quarantine", &list[i].group->quarantine);
		printf(", ");
		json_counts("reject", &list[i].group->reject);
		printf("}");
		before = ",";
	}
	printf("]}\n");
}

void
report_put(const struct report *r, bool all, bool json)
{
	struct row *list = sorted(r);

	if (list == NULL)
		cli_error("report: no memory");
	else if (json)
		put_json(r, list, all);
	else
		put_page(r, list, all);
	free(list);
}

void
report_free(struct report *r)
{
	struct report_group *g;
	size_t i;

	for (i = 0; i < REPORT_BUCKETS; i++)
		while ((g = r->bucket[i]) != NULL) {
			r->bucket[i] = g->next;
			free(g);
		}
}
