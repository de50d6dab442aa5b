#!/bin/sh
# test_hostile.sh: what passes a limit ends at once, in that limit's verdict.
# SPDX-License-Identifier: MIT
set -u
. tests/support/cli.sh

python3 - "$work" <<'EOF'
import sys
work = sys.argv[1]
sig = (b"DKIM-Signature: v=1; a=rsa-sha256; d=e.org; s=s; h=%s; "
       b"bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b=AA==\r\n")
rest = b"From: a@b.c\r\n\r\nHi\r\n"
shapes = {
    "fields": b"X: y\r\n" * 100000 + sig % b"from" + rest,
    "signatures": sig % b"from" * 10000 + rest,
    "h-names": sig % b":".join([b"from"] + [b"x%d" % i for i in
                                            range(10000)]) + rest,
    "tag-list": sig % (b"from; z=" + b"x" * 65536) + rest,
    "tags": sig % (b"from" + b"".join(b"; z%d=1" % i for i in range(400))) + rest,
    "one-line": b"X: " + b"x" * 5000000 + b"\r\n" + rest,
    "no-colon": b"x" * 5000000,
    "folds": b"Subject: x" + b"\r\n " * 1000000 + b"\r\n" + rest,
}
for name, data in shapes.items():
    with open(f"{work}/{name}", "wb") as f:
        f.write(data)
EOF

# ends NAME REASON: within two seconds.
ends() {
	start "$1"
	out=$(timeout 2 "$userkeys" verify --plain --zone /dev/null \
	    "$work/$1" | head -n 1)
	is "reason=$2" "${out##* }" "$out"
}

ends fields field-limit
ends signatures field-limit
ends h-names tag-limit
ends tag-list header-limit
ends tags tag-limit
ends one-line header-limit
ends no-colon header-limit
ends folds header-limit
finish
