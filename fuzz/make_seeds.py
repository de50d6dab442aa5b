"""Makes seeds: make_seeds.py FOLDER PART...

They come from tests/vectors and the literals below.

SPDX-License-Identifier: MIT

FOLDER gets a folder for each harness PART: with one default seed where there
is nothing here for it.
"""
import base64
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = f"{HERE}/../tests"
CASES = f"{TESTS}/vectors/cases"
sys.path.insert(0, f"{TESTS}/vectors")
from signer import Key, canon_body  # noqa: E402

QUESTION = b"\5alice\7example\3org\0\0\x10\0\1"
ANSWER = (b"\x12\x34\x81\x80\0\1\0\1\0\0\0\0" + QUESTION +
          b"\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\3\2ab")
ALIAS = (b"\x12\x34\x81\x80\0\1\0\1\0\0\0\0" + QUESTION +
         b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\1x\0")
ABSENT = (b"\x12\x34\x81\x83\0\1\0\0\0\1\0\0" + QUESTION +
          b"\0\0\6\0\1\0\0\0\x3c\0\x16\0\0" + b"\0\0\0\x3c" * 5)
LITERALS = {
    "address": [b"<alice@example.org>", b" Alice <a@e.org>, \"b c\"@e.org",
                b" Us: a@e.org, (x (y)) b@e.org;", b"<@a.org:b@c.org>"],
    "name": [b"alice", b"John.Doe", b"*", b"2.alice.userkeys.example.org"],
    "base64": [b"YWJj", b"Y W J\r\n j", b"YQ=="],
    "canon_body": [b"\1\3a \t b \r\n\r\n \r\n", b"\0\1a\r\n\r\n"],
    "canon_header": [b"\1\2Subject:  a \r\n\t b \r\n", b"\0\5X: y\r\n"],
    "authres": [b"Authentication-Results: mx.example.net; dkim=pass\r\n",
                b"authentication-results : (c)\"mx.example.net\". 1;\r\n"],
    "strip": [b" mx.e; dkim=pass", b" x.mx.e; dkim=pass", b"\x0cmx.e 1; a=b",
              b" (\\) mx.e; a=b", b" (a (b) m.x.e) \"mx.e\";",
              b"\xc2\xa0mx.e; a=b", b"mx . e ;", b" other.example; dkim=pass"],
    "results": [
        b"\0v=DKIM1; uk=reject; p=\0<\"a\\\xc2\x85\"@e.org>\0From: \"; dkim="
        b"pass header.d=b.example; x=\"@e.org\r\n\r\n",
        b"\0\0<>\0From: \"a\\\xff\"@e.org\r\nAuthentication-Results: mx.e;"
        b"\r\n\r\nx",
        b"\2\0<a@e.org>\0DKIM-Signature: v=1; a=rsa-sha256; d=e.org; s=\"/;"
        b" i=\"a;\\b\"@e.org;\r\n h=from; bh=AA==; b=A/=\"\r\nFrom: a@e.org"
        b"\r\n\r\n"],
    "author": [
        b"\0\0From: a@e.org\r\n\0Sender: a@e.org\r\n",
        b"\x80\0From: \"c@e.org\" (c@e.org) <a@e.org>\r\n",
        b"\0\2From: c @e.org. x\r\n\0From : c@e.org\r\n",
        b"\0\3From: Us: d@x.org, (x) <c+y@E.org> x;\r\n\0Sender: \"c"],
    "zone": [b"a.b. 60 IN TXT \"x\" \"y\"\n*.b. CNAME c.\n",
             b"$ORIGIN b.\n$TTL 5\n@ DNAME c.\na TXT ( \"\\065\" ; c\n )\n",
             b"a.b. SERVFAIL\n"],
    "resolv_conf": [
        b"# made by hand\nnameserver 192.0.2.1 # was 192.0.2.2\n"
        b"nameserver fe80::1%lo\nnameserver ::1\noptions edns0 timeout:1 "
        b"attempts:3 trust-ad use-vc\nsearch example.org\n",
        b"192.0.2.1:5353, [fe80::1%1]:53,::1,[2001:db8::1]"],
    "conf": [b"listen = unix:/s\nauthserv-id = mx.e.org\nadvice = reject\n",
             b"listen = inet:1@::1 # x\ntrusted-network = 10.0.0.0/8\n"],
    "dns_answer": [ANSWER, ALIAS, ABSENT],
    "dns_match": [b"\0alice.example.org\0" + ANSWER, b"\x77a\0" + ALIAS],
    "dns_cache": [b"\1\0" + bytes([len(ANSWER)]) + ANSWER + b"\2\0" +
                  bytes([len(ABSENT)]) + ABSENT],
    "tcp_framing": [b"\3\0\x05hello\0\1x", b"\xff\0\0", b"\7\1\0" + b"x" * 256],
    "milter": [b"\0\0\0\x0dO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff\0\0\0\4Mab\0"
               b"\0\0\0\6LX\0yz\0\0\0\0\1N\0\0\0\3Bhi\0\0\0\1E",
               b"\0\0\0\x0bCh\x004\0\x19::1\0\0\0\0\x0bDM{i}\0Q1\0x\0"
               b"\0\0\0\1A\0\0\0\1Q"],
    "ukd_import": [
        b"userkeys-ukd-1\tsealed\naddress\ta@e.org\t2\t1\t0\t1\n"
        b"address\t@f.org\t0\t0\t0\t0\nlogin\tl\ta@e.org\n"
        b"spent\te.org\ta\t2\nend\t4\n"],
}


WORDS = (b"queue=4X message-id=<1@example.org> role=mx from=<a@b.c> "
         b"action=accept userkeys=pass why=ok")
LITERALS["why"] = [form + line + b"\n" for form in (b"\0", b"\1") for line in (
    b"Nov 24 10:00:00 mx userkeys-milter[12]: " + WORDS,
    b"<22>1 2026-11-24T10:00:00Z mx userkeys-milter 1 - [a b=\"\\]\"] " + WORDS,
    b"mail.info: x userkeys-milter: " + WORDS, WORDS,
    b'{"SYSLOG_IDENTIFIER":"userkeys-milter","__REALTIME_TIMESTAMP":"1764"'
    b',"MESSAGE":"' + WORDS + b'","x":[{}]}',
    b'{"log":"userkeys-milter: \\u0071=1 ' + WORDS + b'\\n","time":"t"}',
    b"\x1f\x8b\x08")]


class Seeds:
    def __init__(self, folder):
        self.folder = folder

    def write(self, part, name, data):
        os.makedirs(f"{self.folder}/{part}", exist_ok=True)
        with open(f"{self.folder}/{part}/{name}", "wb") as f:
            f.write(data)


def digest(data):
    """The hash of port_fuzz.c, two bits of it."""
    value = 14695981039346656037
    for octet in data:
        value = (value ^ octet) * 1099511628211 % 2 ** 64
    return bytes([(value ^ value >> 32) & 3] + 7 * [0]) * 4


def right(message):
    """MESSAGE with a bh= and b= that port_fuzz.c finds right."""
    header, body = (message.split(b"\r\n\r\n", 1) + [b""])[:2]
    c = re.search(rb"c=\w+/(\w+)", header)
    canon = c.group(1).decode() if c else "simple"
    bh = base64.b64encode(digest(canon_body(body, canon)))
    header = re.sub(rb"(;\s*bh=)[^;]*", rb"\g<1>" + bh, header, count=1)
    # One letter more or less in front would be other octets: 01, not FF.
    header = re.sub(rb"(;\s*b=\s*)[\w+/]{4}", rb"\1AQEB", header, count=1)
    return header + b"\r\n\r\n" + body


TROUBLES = [b"no field here\r\nFrom: a@example.org\r\n\r\n",
            b"From: a@example.org\r\nno field\r\nDKIM-Signature: v=1\r\n\r\n",
            b"From a@example.org Tue Nov 24 10:00:00 2026\nFrom: a@b\n\nx\n",
            b"From a@b Tue\nFrom: a@b\n\nx\n\nFrom c@d Wed\nFrom: c@d\n\n",
            b"Return-Path: (x) < alice@example.org > (y)\r\n\r\n",
            b"Received: from a (;) by b; Tue, 24 Nov 2026 10:00:00 +0100 (x)"
            b"\r\nReturn-Path: <\"a b\"@c.d>\r\nFrom: a@b.c\r\n\r\n",
            b"Return-Path: <>\r\nFrom: \xe2\x80\xae\x1b[31m\xc2\x9b <a@b>\r\n",
            b"\x1b[31m\xc2\x9b\xe2\x80\xae\r\n\r\n",
            b"X: " + b"y" * 70000 + b"\r\n\r\n", b"a:\r\n" * 520]


def explained(seeds, case, message, record):
    """Each form and time of the command, by turns; half with a sender."""
    turn = sum(case.encode())
    for form in {0, turn % 64, 8 + turn % 7}:
        seeds.write("explain", f"{case}-{form}",
                    bytes([form]) + record + b"\0" + message)
    if turn % 8 == 0:
        bad = message.replace(b"\r\n\r\n", b"\r\nno field\r\nA: b\r\n\r\n", 1)
        seeds.write("explain", f"{case}-bad", b"\1" + record + b"\0" + bad)


def from_message(seeds, case, message, record):
    short = message.replace(b"example.org", b"e.org").replace(b"alice", b"a")
    field = re.match(rb"DKIM-Signature:(.*?\r\n)(?=\S)", message, re.S)
    seeds.write("message", case, message)
    seeds.write("keyrecord", case, record)
    explained(seeds, case, message, record)
    seeds.write("verify", case,
                b"\7\x10" + record + b"\0\0" + right(short))
    if field:
        seeds.write("sigheader", case, field.group(1))
        seeds.write("taglist", case, field.group(1))
        plain = short[short.index(b"\nReceived") + 1:] \
            if b"\nReceived" in short else short
        seeds.write("sign_verify", case, b"\5\3\7x" + plain)
        seeds.write("session_submit", case, b"\3\0alice\0\1<a@e.org>\0\6\0" +
                    calls(plain) + b"\6\0\7sig\0")
    seeds.write("session_mx", case, b"\3" + record + b"\0\1<a@e.org>\0" +
                calls(right(short)) + b"\7\0")
    seeds.write("results", case, b"\3" + record + b"\0<a@e.org>\0" +
                right(short))


# Of fuzz/twin/twin.h and dns.c: classes of names, kinds of answers.
NAMES = [r"[^.]+\.userkeys\._domainkey\.", r".+\._domainkey\.",
         r"[^.]+\.userkeys\.", r"[^.]+\.[^.]+\.userkeys\.", r""]
ANSWERS = {"TXT": 0, "CNAME": 3, "SERVFAIL": 7, "TIMEOUT": 12}
ABSENT_NAME = 8
SENDERS = [b"<>", b"alice@example.org", b"<\"a b\"@example.org>",
           b"<@a.org:alice+x@example.org>", b"<a@[192.0.2.1]>", b"<bob>"]


def class_of(name):
    return next(i for i, n in enumerate(NAMES) if re.match(n, name))


def both_cores(seeds, case, message, text):
    """The case for each mode of fuzz/twin, by its file's TEXT."""
    zone = [ABSENT_NAME] * len(NAMES)
    texts = []
    for name, kind, data in re.findall(r"record (\S+) (\S+) ?(.*)", text):
        zone[class_of(name)] = ANSWERS[kind] + (
            kind == "TXT" and len(texts) == 1)
        if kind == "TXT":
            texts.append(data.encode())
    texts = (texts + [b"", b""])[:2]
    sender = re.search("mail-from (.*)", text)
    sender = sender.group(1).encode() if sender else b"<alice@example.org>"
    plain = message[message.index(b"\nReceived") + 1:] \
        if b"\nReceived" in message else message
    number = sum(case.encode())
    for mode in range(5):
        body = right(message) if mode < 3 else plain
        flags = 1 + 32 * (number & 1)
        head = bytes([mode, flags, number & 255, mode & 2, 8 + 4 * (number & 1)])
        for name, script in (("", b""), ("-script", b"\x40\x03\x07")):
            ways = bytes(z | (0x80 if script else 0) for z in zone)
            seeds.write("twin", f"{case}-{mode}{name}", head + ways + b"\0" +
                        bytes([len(script)]) + script + b"\0".join(
                            [sender, b"alice"] + texts) + b"\0" + body)


# A key of 1024 bits that the port takes: a modulus of ones, and 65537.
KEY = b"v=DKIM1; uk=%s; p=" + base64.b64encode(bytes.fromhex(
    "30819f300d06092a864886f70d010101050003818d0030818902818100" + "ff" * 128 +
    "0203010001"))
OTHER_KEY = KEY.replace(b"//wIDAQAB", b"/fwIDAQAB")


def several(seeds):
    """Messages with several signatures: order, budgets, l=, h=."""
    body = b"Hello\r\nWorld\r\n"
    hashed = base64.b64encode(digest(body))
    user, base, plain = b"2.a.userkeys", b"a.userkeys", b"s"
    mixes = [[base, user], [user, base], [user] * 6, [base] * 7,
             [plain, user, base], [plain] * 6 + [base], [base, plain] * 4,
             [b"3.a.userkeys", b"4.a.userkeys", b"5.a.userkeys", user, base],
             [b"%d.s" % i for i in range(20)] + [base], [base] + [plain] * 21]
    # b= holds, holds not, cannot be told, does as its digest says
    first = [b"\1", b"\2", b"\xff", b"\xfe", b"\3", b"\4"]
    for number, names in enumerate(mixes):
        for turn in range(12):
            fields = b""
            for place, name in enumerate(names):
                b = first[(place * (1 + turn % 3) + turn) % 6] + bytes(
                    [place]) * 127
                fields += (
                    b"DKIM-Signature: v=1; a=rsa-sha256; c=%s;\r\n\td=e.org;"
                    b" s=%s; i=a@e.org; h=%s;\r\n\t%sbh=%s;\r\n\tb=%s\r\n" % (
                        b"relaxed/relaxed" if (place + turn) % 4 else
                        b"simple/simple", name,
                        b"from:to:to:subject" if place & 1 else
                        b"subject:from:from",
                        b"l=7; " if turn % 4 == 3 and place % 3 == 1 else
                        b"l=99; " if turn == 5 and place == 2 else b"",
                        hashed if (turn + place) % 5 else b"AAAA" + hashed[4:],
                        base64.b64encode(b)))
            zone = [3, turn % 3, turn // 3 % 3, 2 - turn % 3, 0]
            seeds.write("twin", f"several-{number}-{turn}", bytes(
                [turn % 3, 1 | turn << 5 & 32, 0, turn & 3, 8] + zone +
                [0, 0]) + b"<a@e.org>\0\0" + KEY % b"reject" + b"\0" +
                OTHER_KEY % b"quarantine:from" + b"\0" + fields +
                b"From: a@e.org\r\nTo: b@e.org\r\nTo: c@e.org\r\n"
                b"Subject: x\r\n\r\n" + body)


def around(seeds, message):
    """Growth and senders that no vector has."""
    record = b"v=DKIM1; uk=reject; p=AAAA"
    for how in list(range(1, 23)) + [0x80 | i for i in range(0x40)]:
        seeds.write("twin", f"grow-{how}", bytes(
            [how % 3, 1, 0, 0, 8, 3, 0, 0, 0, 0, how, 0]) +
            b"<alice@example.org>\0\0" + record + b"\0\0" + right(message))
    for number, sender in enumerate(SENDERS):
        for mode in range(5):
            seeds.write("twin", f"sender-{number}-{mode}", bytes(
                [mode, 1, 0, 0, 8, 3, 0, 0, 0, 0, 0, 0]) + sender +
                b"\0alice\0" + record + b"\0\0" + right(message))
    for kind in range(16):
        for how in (0, 0x10, 0x40, 0x60):
            seeds.write("twin", f"zone-{kind}-{how}", bytes(
                [0, 1, 0, 3, 0] + [kind | how] * 5 + [0, 0]) +
                b"<alice@example.org>\0alice\0" + record + b"\0" + record +
                b"\0" + right(message))


def calls(message):
    header, body = (message.split(b"\r\n\r\n", 1) + [b""])[:2]
    fields = re.findall(rb".+?\r\n(?=\S|\Z)", header + b"\r\n", re.S)
    return b"".join(b"\2" + f + b"\0" for f in fields) + b"\4\0\5" + \
        body + b"\0"


def differences(seeds):
    """Choices, then what diff/case.c wants: tags, h=, record, header, body."""
    tags = ["t=1749999990; x=1750000500; ", "i=a@e.org; ", "i=@sub.e.org; ",
            "q=dns/txt; ", "zz=1; ", "x=1749999000; ", "t=1750000400; ",
            "v=1; ", "i=a@x.org; ", "q=http; ", "a=rsa-sha1; ",
            "z=From:a|To:b; "]
    names = ["from", "from:to:from:subject", "From : To", "to:subject",
             "from:dkim-signature", "from:date:cc:bcc:", " from:to ",
             "from:to:to:to"]
    records = ["k=rsa; ", "t=s; ", "t=y; ", "t=s:y; ", "s=email; ", "s=*; ",
               "s=x; ", "h=sha256; ", "h=sha1; ", "h=sha1 : sha256; ",
               "k=ed25519; ", "n=x y; ", "g=a; ", "v=DKIM1; ", "zz=1; ",
               " ; ", "t=y:zz; "]
    headers = ["To: b@e.org\nTo: c@e.org\nTo : d@e.org\nSubject: x\n y\n",
               "Subject:\n", "Subject: a  b\t c \n \n",
               "From: second@e.org\nTo: b\n", "X-Empty:\nTo:b@e.org\n"]
    bodies = ["\n", "a\n", "a \n\tb  c\t\n\n\n", " \n", "\n\na\n \n",
              "no end", "a\n "]
    cases = [[t, "", "", "", "a\n"] for t in tags] + \
        [["", n, "", headers[0], "a\n"] for n in names] + \
        [["", "", r, "", "a\n"] for r in records] + \
        [["", "", "", h, "a\n"] for h in headers] + \
        [["", "", "", "", b] for b in bodies]
    for number, case in enumerate(cases):
        text = "\0".join(case).encode()
        for bits in (0, 1, 2, 3, 16):
            seeds.write("diff", f"{number}-{bits}",
                        bytes([bits, 0, 0, 0, 0]) + text)
    for bit in range(8):
        seeds.write("diff", f"drop-{bit}", bytes([0, 0, 1 << bit, 0, 0]) +
                    b"\0\0\0\0a\n")
        seeds.write("diff", f"length-{bit}", bytes([0, bit << 5, 0, 0, 0]) +
                    b"\0\0\0\0a\nb\n")
        seeds.write("diff", f"change-{bit}", bytes([64, 0, 0, bit * 7, 120]) +
                    b"\0\0\0\0a\nb\n")


def keys(seeds):
    with open(f"{TESTS}/support/rsa_keys.h", encoding="ascii") as f:
        found = re.findall(r"(pem[18]_1024)\[\] =\n((?: +\".*\n)+)", f.read())
    pems = {name: "".join(re.findall(r'"(.*)\\n"', text)[i] + "\n"
                          for i in range(text.count("\n")))
            for name, text in found}
    for name, pem in pems.items():
        seeds.write("key_private", name, pem.encode())
    pem = pems["pem1_1024"]
    der = base64.b64decode("".join(pem.split("\n")[1:-2]))
    key = Key(pem)
    seeds.write("key_private", "der", der)
    record = b"v=DKIM1; k=rsa; uk=none; p=" + base64.b64encode(key.spki())
    for number, text in enumerate((
            record, record[:255], record[200:], record[100:] + record[:100],
            b'"' + record.replace(b"; ", b'" "') + b'"',
            record.replace(b";", b"\\;"), record.replace(b"=", b"%3D"),
            b"IN TXT ( " + record + b" )", record.lower(),
            record.replace(b"+", b" "), record[:80] + record[90:],
            record[:80] + b"\xe2\x80\x8bA" + record[80:], pem.encode(),
            record.replace(b"DKIM1;", b"DKIM1"), b"v=spf1 -all\0" + record,
            record[:90] + b"\0" + record[90:], b"alice.userkeys.example.org.",
            record.replace(b"k=rsa", b"k=\x1b[31m\xe2\x80\xae"))):
        seeds.write("check", f"record-{number}", b"\xff" + text)
    seeds.write("key_der", "bare", key.bare())
    seeds.write("key_der", "spki", key.spki())
    seeds.write("port", "key", b"\5\x40" + key.spki() + b"\1" *
                len(key.spki()))
    seeds.write("ukd_import", "clear", (
        "userkeys-ukd-1\tclear\naddress\ta@e.org\t2\t0\t1\t0\n"
        "login\tl\ta@e.org\nlogin\tm\t@e.org\n"
        f"key\ta@e.org\t\tactive\t5\t6\t7\t0\t{key.spki().hex()}\t"
        f"{der.hex()}\nkey\ta@e.org\t2\tretired\t5\t6\t7\t8\t"
        f"{key.spki().hex()}\t\nspent\te.org\ta\t3\nend\t6\n").encode())


def packet(kind, data=b""):
    return struct.pack(">I", len(data) + 1) + kind + data


def transaction(login, sender, fields, body):
    """What an MTA says of one connection with one message."""
    said = packet(b"D", b"Cj\0mx\0{daemon_name}\0mx\0")
    said += packet(b"C", b"client\x004\0\x19192.0.2.1\0")
    said += packet(b"D", b"M{auth_authen}\0" + login + b"\0i\0Q1\0")
    said += packet(b"M", b"<" + sender + b">\0")
    said += packet(b"T")
    for name, value in fields:
        said += packet(b"L", name + b"\0" + value + b"\0")
    return said + packet(b"N") + packet(b"B", body) + packet(b"E")


def connections(seeds):
    start = packet(b"O", struct.pack(">III", 6, 0x1ff, 0x1fffff))
    fields = [(b"From", b" Alice <alice@example.org>"),
              (b"Subject", b" a\n b"), (b"Message-ID", b" <\"1\"@x>"),
              (b"Authentication-Results", b" mx.example.net; dkim=pass")]
    body = b"Hello\r\n"
    mine = transaction(b"alice", b"alice@example.org", fields, body)
    other = transaction(b"", b"alice@example.org", fields, body)
    eve = transaction(b"eve", b"alice@example.org", fields, body)
    for name, said in (("submit", b"\3\0" + start + mine),
                       ("denied", b"\2\5" + start + eve),
                       ("mx", b"\1\0" + start + other + packet(b"Q")),
                       ("again", b"\0\x55" + start + other + packet(b"K") +
                        mine),
                       ("abort", b"\1\0" + start + mine[:-5] +
                        packet(b"A"))):
        seeds.write("connection", name, said)


def main():
    seeds = Seeds(sys.argv[1])
    for part, texts in LITERALS.items():
        for number, data in enumerate(texts):
            seeds.write(part, f"literal-{number}", data)
    keys(seeds)
    connections(seeds)
    differences(seeds)
    for number, message in enumerate(TROUBLES):
        explained(seeds, f"trouble-{number}", message, b"v=DKIM1; p=")
    for case in sorted(os.listdir(CASES)):
        with open(f"{CASES}/{case}/message", "rb") as f:
            message = f.read()
        with open(f"{CASES}/{case}/case", encoding="utf-8") as f:
            text = f.read()
        records = re.findall(r"record \S+ TXT (.*)", text)
        if len(message) <= 4000:
            both_cores(seeds, case, message, text)
            from_message(seeds, case, message, records[0].encode()
                         if records else b"v=DKIM1; p=")
        if case == "user-pass":
            around(seeds, message)
            several(seeds)
    for part in sys.argv[2:]:
        if not os.path.isdir(f"{seeds.folder}/{part}"):
            seeds.write(part, "default", b"\0a\r\n")


main()
