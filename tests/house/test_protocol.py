#!/usr/bin/env python3
"""docs/PROTOCOL.md against itself, the headers and the program.

SPDX-License-Identifier: MIT

The label table is computed anew here, by the page's five steps, and asked of
`userkeys name`; rules of ABNF may only use what is defined; records are read;
limits and reasons must be those of core's headers.
"""
import hashlib
import os
import re
import subprocess
import sys

PAGE = open("docs/PROTOCOL.md", encoding="utf-8").read()
passed = failed = 0


def check(what, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL", what, detail)


def fences(kind):
    return re.findall(r"^```%s\n(.*?)^```$" % kind, PAGE, re.M | re.S)


def rows(section):
    text = PAGE.split("\n## %s" % section)[1].split("\n## ")[0]
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("|") and not set(line) <= set("|-"):
            yield cells


def label(local):
    cut = local.find(b"+", 1)
    octets = (local if cut < 0 else local[:cut]).lower()
    plain = "".join(chr(c) if chr(c) in "abcdefghijklmnopqrstuvwxyz0123456789"
                    else "-%02x" % c for c in octets)
    if 1 <= len(plain) <= 63 and plain[0] != "-":
        return plain
    return "u-x" + hashlib.sha256(octets).hexdigest()[:56]


def cell(text):
    many = re.fullmatch(r"(\d+) × `(.)`", text)
    return many[2] * int(many[1]) if many else text.strip("`")


def labels():
    program = os.path.join(os.environ.get("BUILD", ""), "userkeys")
    n = 0
    for local, want in list(rows("1. "))[1:]:
        local, want = cell(local), cell(want)
        octets = local.strip('"').encode()
        check("label of " + local, label(octets) == want, label(octets))
        n += 1
        if os.access(program, os.X_OK):
            quoted = local
            got = subprocess.run([program, "name", "--", quoted + "@Example.org"],
                                 capture_output=True, text=True)
            check("userkeys name " + local, got.stdout.strip() ==
                  want + ".userkeys.example.org", got.stdout + got.stderr)
    check("the label table has its rows", n >= 18, str(n))


KNOWN = {"alpha", "digit", "fws", "cfws", "pvalue", "domain-name",
         "tag-spec", "selector"}


def abnf():
    text = "\n".join(fences("abnf"))
    text = re.sub(r";.*", "", text)
    defined = set(m.lower() for m in
                  re.findall(r"^([A-Za-z][\w-]*)\s*=", text, re.M))
    body = re.sub(r'(%s)?"[^"]*"|%x[0-9A-F.-]+', " ", text)
    used = set(m.lower() for m in re.findall(r"[A-Za-z][\w-]*", body))
    check("ABNF uses defined rules", not used - defined - KNOWN,
          str(used - defined - KNOWN))
    check("ABNF has rules", len(defined) >= 10)


def tags(text):
    return dict((name.strip(), value.strip()) for name, value in
                (t.split("=", 1) for t in text.split(";") if t.strip()))


def records():
    n = 0
    for zone in fences("zone"):
        for line in zone.splitlines():
            owner, kind, data = line.split(None, 2)
            check("owner is absolute", owner.endswith("."), owner)
            n += 1
            if kind != "TXT":
                check("kind", kind in ("CNAME", "DNAME"), kind)
                continue
            strings = re.findall(r'"([^"]*)"', data)
            record = tags("".join(strings))
            check("v= first", strings[0].startswith("v=DKIM1;"))
            check("uk= and p=", "uk" in record and "p" in record)
            check("strings", all(len(s) <= 255 for s in strings))
            check("advice", record["uk"].split(":")[0] in
                  ("none", "quarantine", "reject"), record["uk"])
    check("records", n >= 4, str(n))


def limits():
    config = open("core/ukey_config.h").read()
    config += open("core/ukey_verify.h").read()
    config += open("core/ukey_dns.h").read()
    reasons = open("core/ukey_reason.h").read()
    macro = {"tag-list": ("TAG_LIST_MAX", "TAGS_MAX"),
             "`h=`": ("H_NAMES_MAX",), "header": ("HEADER_MAX",),
             "fields": ("FIELDS_MAX",), "TXT record": ("TXT_MAX",),
             "CNAME and DNAME steps": ("DNS_HOPS_MAX",),
             "user-key records at a name": ("RECORDS_MAX",),
             "key names for userkeys": ("USER_NAMES_MAX",),
             "key names for plain DKIM": ("DKIM_MAX",),
             "RSA operations": ("RSA_MAX",),
             "RSA modulus": ("RSA_BITS_MAX",)}
    seen = 0
    for what, limit, beyond in list(rows("8. "))[1:]:
        for name in macro.get(what, ()):
            value = int(re.search(r"define UKEY_%s (\d+)" % name, config)[1])
            numbers = [int(x.replace(",", "")) for x in
                       re.findall(r"\d[\d,]*\d|\d", limit)]
            check("limit " + what, value in numbers, limit)
            seen += 1
        for word in re.findall(r"`([\w-]+)`", beyond):
            check("reason " + word, '"%s", PERMERROR' % word in reasons)
    check("limits", seen >= len(macro), str(seen))


def fields():
    for block in PAGE.split("### 6.1")[1].split("```")[1:2]:
        for line in block.strip("\n").splitlines():
            check("field line is short", len(line.expandtabs(8)) <= 78, line)


labels()
abnf()
records()
limits()
fields()
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed != 0)
