#!/bin/sh
# test_report.sh: userkeys report, on a log of every verdict and advice.
# SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh

# line CLIENT FROM VERDICT ADVICE WHY: of the milter at the MX.
line() {
	echo "Nov 24 12:00:0$((n = (n + 1) % 10)) mx userkeys-milter[2]:" \
	    "queue=4X$n message-id=<$n@x> client=$1 role=mx from=$2" \
	    "action=accept userkeys=$3 advice=$4 why=$5"
}
n=0
{
	line 192.0.2.7 '<a@One.Example>' none reject not-aligned
	line 192.0.2.99 '<b@one.example>' none reject not-aligned
	line 192.0.3.7 '<a@one.example>' none reject not-aligned
	line 192.0.2.7 '<a@one.example>' fail quarantine body-hash
	line 192.0.2.7 '<a@one.example>' pass reject ok
	line 2001:db8:1:2::9 '<a@two.example>' temperror none dns-timeout
	line 2001:db8:1:9::1 '<a@two.example>' temperror none dns-timeout
	line local '<>' none none null-sender
	# Nobody can be asked about a sender that cannot be read.
	line 192.0.2.7 '<a@' permerror none mail-from
	line 192.0.2.7 '<a@[1mthree.example>' permerror reject no-key
	# What is no message from elsewhere, and what is nobody's.
	echo 'Nov 24 12:00:01 mx userkeys-milter[2]: queue=1 role=submit' \
	    'from=<a@x.example> action=sign why=ok'
	echo 'Nov 24 12:00:01 mx postfix/smtpd[2]: role=mx from=<a@x.example>' \
	    'userkeys=none advice=reject why=not-aligned'
	echo 'Nov 24 12:00:01 mx userkeys-milter[2]: role=mx userkeys=none' \
	    'advice=reject why=mta-gone'
	echo 'Nov 24 12:00:01 mx userkeys-milter[2]: role=mx userkeys=none' \
	    'advice=odd why=not-aligned'
} >"$work/log"

start 'a page'
run 0 report "$work/log"
out_is '10 messages, Nov 24 12:00:01 mx to Nov 24 12:00:00 mx.  There would have been with
  advice = quarantine:      6 marked      0 refused      2 deferred
  advice = reject:          1 marked      5 refused      2 deferred

marked refused deferred  sender'"'"'s domain, reason, network of the client
     2       2        0  one.example not-aligned 192.0.2.0/24
     0       0        2  two.example dns-timeout 2001:db8:1::/48
     1       1        0  (no domain) mail-from 192.0.2.0/24
     1       1        0  [1mthree.example no-key 192.0.2.0/24
     1       0        0  one.example body-hash 192.0.2.0/24
     1       1        0  one.example not-aligned 192.0.3.0/24'
run 0 report --all "$work/log"
is 6 "$(grep -c example "$work/out")" 'all groups: of domains'
is 1 "$(grep -c '<> null-sender local' "$work/out")" 'and the null sender'

start 'JSON'
run 0 report --json --all "$work/log"
is '10 6 5 8' "$(python3 -c 'import json, sys
r = json.load(sys.stdin)
print(r["messages"], r["quarantine"]["marked"], r["reject"]["refused"],
      len(r["groups"]))' <"$work/out")" 'its figures'
# A group's counts are those of its messages, and all of them the total's.
is True "$(python3 -c 'import json, sys
r = json.load(sys.stdin)
print(all(sum(g[c][k] for g in r["groups"]) == r[c][k]
          for c in ("quarantine", "reject") for k in r[c]))' <"$work/out")" \
    'they add up'

start 'what is no log'
: >"$work/empty"
run 1 report "$work/empty"
is 1 "$(grep -c 'no message from elsewhere' "$work/err")" 'an empty one'
run 65 report "$work/absent"
is 1 "$(grep -c 'expected a log.*userkeys report -' "$work/err")" 'none'
run 64 report --nothing
finish
