# smaller.awk WANT GOT: whether a smaller image's report differs from the
# host's only where memory was too small.  SPDX-License-Identifier: MIT
#
# Message by message, each line is among the host's for that message, or says
# what was too small: the arena, the work block or the buffer of answers.
/^message/ { name = $2 }
FNR == NR {
	if (/^(userkeys|dkim) /)
		want[name, $0]++
	next
}
/^(userkeys|dkim) temperror (arena|crypto|dns-truncated)/ {
	smaller++
	next
}
/^(userkeys|dkim) / {
	if (!want[name, $0]) {
		print name ": " $0
		bad = 1
	}
	same++
}
END {
	print same " verdicts the same, " smaller " times out of memory"
	exit bad || same == 0 || smaller == 0
}
