/*
 * userkeys: fuzz: what is signed passes, however it is cut; with an octet of
 * the body changed just when its canonical form is the same; with a second
 * From never.  SPDX-License-Identifier: MIT
 *
 * Input: how to cut, canonicalizations, which octet, what instead, message.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t cuts = take(&in), canons = take(&in), at = take(&in);
	uint8_t to = take(&in);
	uint8_t *all = malloc(size + TRIAL_FIELD_MAX + 16), *m = all + 15;
	size_t field = trial_sign(in, canons, cuts, m), len = field + in.len;
	size_t i, lines = 0;
	bool same;

	for (i = 0; i < in.len; i++)
		lines += in.data[i] == '\n';
	if (field > 0 && lines < 500) { /* else verifiers may set a limit */
		memcpy(m + field, in.data, in.len);
		MUST(trial_passes(m, len, cuts) && trial_passes(m, len, 0));
		memcpy(all, "From: b@e.org\r\n", 15);
		MUST(!trial_passes(all, 15 + len, cuts));
		same = body_change(canons >> 1 & 1, in, at, to, m + field);
		MUST(trial_passes(m, len, cuts) == same);
	}
	return free(all), 0;
}
