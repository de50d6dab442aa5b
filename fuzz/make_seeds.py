"""Makes fuzz/seeds from tests/vectors and the literals below.

SPDX-License-Identifier: MIT
"""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = f"{HERE}/../tests/vectors/cases"
LITERALS = {
    "address": [b"<alice@example.org>", b" Alice <a@e.org>, \"b c\"@e.org",
                b" Us: a@e.org, (x (y)) b@e.org;", b"<@a.org:b@c.org>"],
    "name": [b"alice", b"John.Doe", b"*", b"2.alice.userkeys.example.org"],
    "base64": [b"YWJj", b"Y W J\r\n j", b"YQ=="],
    "canon_body": [b"\1\3a \t b \r\n\r\n \r\n", b"\0\1a\r\n\r\n"],
    "canon_header": [b"\1\2Subject:  a \r\n\t b \r\n", b"\0\5X: y\r\n"],
    "authres": [b"Authentication-Results: mx.example.net; dkim=pass\r\n",
                b"authentication-results : (c)\"mx.example.net\". 1;\r\n"],
    "zone": [b"a.b. 60 IN TXT \"x\" \"y\"\n*.b. CNAME c.\n",
             b"$ORIGIN b.\n$TTL 5\n@ DNAME c.\na TXT ( \"\\065\" ; c\n )\n",
             b"a.b. SERVFAIL\n"],
    "conf": [b"listen = unix:/s\nauthserv-id = mx.e.org\nadvice = reject\n",
             b"listen = inet:1@::1 # x\ntrusted-network = 10.0.0.0/8\n"],
    "dns_answer": [
        b"\x12\x34\x81\x80\0\1\0\1\0\0\0\0\5alice\7example\3org\0\0\x10\0\1"
        b"\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\3\2ab",
        b"\x12\x34\x81\x80\0\1\0\1\0\0\0\0\5alice\7example\3org\0\0\x10\0\1"
        b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\1x\0"],
    "milter": [b"\1\0\0\0\x0dO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff\0\0\0\4Mab\0"
               b"\0\0\0\6LX\0yz\0\0\0\0\1N\0\0\0\3Bhi\0\0\0\1E"],
    "session": [b"\0alice\0\1<a@e.org>\0\2From: a@e.org\r\n\0\4\0\5hi\r\n\0"
                b"\6\7\x08"],
}


def write(part, name, data):
    folder = f"{HERE}/seeds/{part}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{name}", "wb") as f:
        f.write(data)


def main():
    for part, seeds in LITERALS.items():
        for number, data in enumerate(seeds):
            write(part, f"literal-{number}", data)
    for case in sorted(os.listdir(CASES))[::6]:
        with open(f"{CASES}/{case}/message", "rb") as f:
            message = f.read()
        with open(f"{CASES}/{case}/case", encoding="utf-8") as f:
            records = re.findall(r"record \S+ TXT (.*)", f.read())
        if len(message) > 4000:
            continue
        write("message", case, message)
        field = re.match(rb"DKIM-Signature:(.*?\r\n)(?=\S)", message, re.S)
        if field:
            write("sigheader", case, field.group(1))
            write("taglist", case, field.group(1))
        record = records[0].encode() if records else b"v=DKIM1; p="
        write("keyrecord", case, record)
        write("verify", case, b"\7" + record + b"\0" + message.replace(
            b"example.org", b"e.org").replace(b"alice", b"a"))
    with open(f"{CASES}/key-bare/case", encoding="utf-8") as f:
        p = re.search(r"p=(\S+)", f.read()).group(1)
    import base64
    write("key_der", "bare", base64.b64decode(p))


main()
