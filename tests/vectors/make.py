"""Makes tests/vectors/cases from the table below: make.py [FOLDER].

SPDX-License-Identifier: MIT

A case is a folder with the message as it goes over the wire, and "case": the
envelope, the key records and the judgements that PROTOCOL and RFC 6376 ask
for.  Those are written here by hand, never taken from a program's output.
Cases without a line here (those of the RFCs) are made by hand throughout.
"""
import base64
import os
import re
import sys

from edges import edges
from signer import Key, sign
from spoof import spoofing

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = 1750000000
ALICE = "alice@example.org"
H = "from:to:subject:date:message-id"
USER = "alice.userkeys.example.org"
DKIM = "sel._domainkey.example.org"
ALIAS = "alice.userkeys._domainkey.example.org"


def pems():
    with open(f"{HERE}/../support/rsa_keys.h") as f:
        text = f.read()
    for name, lines in re.findall(
            r"pem1_(\w+)\[\] =\n((?: +\".*\\n\"[;]?\n)+)", text):
        yield name, "".join(re.findall(r'"(.*)\\n"', lines)[i] + "\n"
                            for i in range(lines.count("\n")))


KEYS = {name: Key(pem) for name, pem in pems()}
HEADER = (b"Received: from client by mx.example.org;\r\n"
          b"\tThu, 12 Jun 2025 10:00:00 +0000\r\n"
          b"From: Alice <alice@example.org>\r\n"
          b"To: bob@example.net\r\n"
          b"Subject:  See   you\r\n\ton Saturday \r\n"
          b"Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
          b"Message-ID: <1@example.org>\r\n")
BODY = b"Dear Bob, \r\n\r\nsee you  at\teight. \r\n\r\nAlice\r\n\r\n\r\n"
MESSAGE = HEADER + b"\r\n" + BODY


def p(key, bare=False):
    octets = KEYS[key].bare() if bare else KEYS[key].spki()
    return base64.b64encode(octets).decode()


def record(key="2048", uk="none", more="", v="v=DKIM1; "):
    uk = f"uk={uk}; " if uk else ""
    return f"{v}k=rsa; {uk}{more}p={p(key)}"


def tags(kind="user", change=None, drop="", add=()):
    """The tags of a right signature, with changes."""
    right = {"v": "1", "a": "rsa-sha256", "c": "relaxed/relaxed",
             "d": "example.org",
             "s": "alice.userkeys" if kind == "user" else "sel",
             "i": ALICE, "t": str(NOW - 60), "h": H, "bh": None, "b": None}
    if kind == "dkim":
        del right["i"]
    right.update(change or {})
    for name in drop.split():
        right.pop(name, None)
    pairs = list(right.items())
    return pairs[:-1] + list(add) + pairs[-1:]


def user(message=MESSAGE, key="2048", change=None, drop="", add=(), **more):
    change = dict(change or {})
    canon = change.get("c", "relaxed/relaxed")
    if "c" in drop.split():
        canon = "simple/simple"
    return sign(message, KEYS[key], tags("user", change, drop, add), canon,
                **more)


def dkim(message=MESSAGE, key="2048", change=None, drop="", add=(), **more):
    change = dict(change or {})
    canon = change.get("c", "relaxed/relaxed")
    if "c" in drop.split():
        canon = "simple/simple"
    return sign(message, KEYS[key], tags("dkim", change, drop, add), canon,
                **more)


class Cases:
    def __init__(self, folder):
        self.folder = folder
        self.names = set()

    def write(self, name, message, want, records=None, sender=ALICE,
              time=NOW, flags="dkim", note=""):
        """WANT: lines; RECORDS: (name, type, data) beside the usual ones;
        in DATA stand \\n, \\r, \\\\ and \\xHH for octets no line holds."""
        assert name not in self.names, name
        self.names.add(name)
        folder = f"{self.folder}/{name}"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/message", "wb") as f:
            f.write(message)
        with open(f"{folder}/case", "w") as f:
            if note:
                f.write(f"# {note}\n")
            if sender is not None:
                f.write(f"mail-from <{sender}>\n")
            f.write(f"time {time}\nflags {flags}\n")
            for r in records or []:
                f.write(f"record {' '.join(r)}\n")
            for line in want:
                f.write(f"want {line}\n")

    def user(self, name, message, want, text=None, **more):
        """A user-key case: TEXT is the record, no plain DKIM."""
        text = record() if text is None else text
        records = more.pop("records", None)
        if records is None:
            records = [(USER, "TXT", text)] if text else []
        self.write(name, message, ["userkeys " + want], records,
                   flags="", **more)

    def dkim(self, name, message, want, text=None, **more):
        """A plain-DKIM case."""
        text = record(uk="") if text is None else text
        records = more.pop("records", None)
        if records is None:
            records = [(DKIM, "TXT", text)] if text else []
        wants = [want] if isinstance(want, str) else want
        self.write(name, message, ["dkim " + w for w in wants], records,
                   sender=None, **more)


PASS = "pass ok advice=none from=same"


def canonicalization(c):
    bodies = {
        "text": BODY, "empty": b"", "blank": b"\r\n\r\n", "space": b" \r\n",
        "no-crlf": b"no end", "wsp-end": b"a \t \r\nb\t\r\n \t\r\n",
        "wsp-start": b" a\r\n\tb\r\n", "lone-cr": b"a\rb\r\n",
        "lone-lf": b"a\nb\r\n", "nul": b"a\0b\r\n",
        "crlf-in-wsp": b"a \r\n \r\nb \r\n", "trailing-space": b"a\r\n ",
        "long": b"x" * 2500 + b"\r\n"}
    for pair in ("relaxed/relaxed", "relaxed/simple", "simple/relaxed",
                 "simple/simple"):
        short = "-".join(half[0] for half in pair.split("/"))
        for name, body in bodies.items():
            c.dkim(f"canon-{short}-{name}", dkim(
                HEADER + b"\r\n" + body, change={"c": pair}),
                "pass ok d=example.org s=sel")
    c.dkim("canon-default", dkim(drop="c"), "pass ok d=example.org s=sel")
    c.dkim("canon-header-only", dkim(change={"c": "relaxed"}),
           "pass ok d=example.org s=sel")
    c.dkim("canon-unknown", dkim(change={"c": "nowsp"}),
           "permerror canonicalization d=example.org s=sel")
    c.dkim("canon-no-body", dkim(HEADER + b"\r\n"),
           "pass ok d=example.org s=sel")
    names = HEADER.replace(b"To:", b"TO :").replace(b"Date: ", b"date\t:\t")
    c.dkim("canon-name-space", dkim(names + b"\r\n" + BODY),
           "pass ok d=example.org s=sel")
    high = HEADER.replace(b"Alice <", b"Jos\xc3\xa9 \xff <")
    c.dkim("canon-high-octets", dkim(high + b"\r\n" + BODY),
           "pass ok d=example.org s=sel")
    c.dkim("canon-simple-refolded", dkim(change={"c": "simple/simple"})
           .replace(b"See   you\r\n\ton", b"See   you on"),
           "fail signature d=example.org s=sel")
    c.dkim("canon-relaxed-refolded", dkim().replace(
        b"See   you\r\n\ton", b"See you\r\n  on"),
        "pass ok d=example.org s=sel")


def choice(c):
    twice = HEADER + b"Comments: one\r\nComments: two\r\nComments: three\r\n"
    message = dkim(twice + b"\r\n" + BODY,
                   change={"h": H + ":comments:comments"})
    c.dkim("h-bottom-up", message, "pass ok d=example.org s=sel")
    c.dkim("h-top-one-free", message.replace(b": one", b": new"),
           "pass ok d=example.org s=sel")
    c.dkim("h-swapped", message.replace(b": two", b": x").replace(
        b": three", b": two").replace(b": x", b": three"),
        "fail signature d=example.org s=sel")
    over = dkim(change={"h": H + ":from:subject"})
    c.dkim("h-oversigned", over, "pass ok d=example.org s=sel")
    c.dkim("h-oversigned-added", b"Subject: another\r\n" + over,
           "fail signature d=example.org s=sel")
    c.dkim("h-not-oversigned-added", b"Subject: another\r\n" + dkim(),
           "pass ok d=example.org s=sel")
    c.dkim("h-no-from", dkim(change={"h": "to:subject"}),
           "permerror h-from d=example.org s=sel")
    c.dkim("h-empty", dkim(change={"h": ""}),
           "permerror h-empty d=example.org s=sel")
    c.dkim("h-spaces", dkim(change={"h": "From : To\r\n\t: Subject"}),
           "pass ok d=example.org s=sel")
    c.dkim("h-256", dkim(change={"h": ":".join(["from"] * 256)}),
           "pass ok d=example.org s=sel")
    c.dkim("h-257", dkim(change={"h": ":".join(["from"] * 257)}),
           "permerror h-limit d=example.org s=sel")
    c.dkim("h-itself", dkim(change={"h": H + ":dkim-signature"}),
           "fail signature d=example.org s=sel",
           note="RFC 6376 5.4: h= names other signatures only, so the "
           "verifier chooses this very field; dkimpy judges alike")


def tag_rules(c):
    for name in "v a b bh d h s".split():
        c.dkim(f"tag-no-{name}", dkim(drop=name), "permerror tag-missing" + (
            "" if name == "d" else " d=example.org") + (
            "" if name == "s" else " s=sel"))
    c.dkim("tag-twice", dkim(add=[("q", "dns/txt"), ("q", "dns/txt")]),
           "permerror tag-duplicate d=example.org s=sel")
    c.dkim("tag-unknown", dkim(add=[("zz", "1"), ("Z", "2")]),
           "pass ok d=example.org s=sel")
    c.dkim("tag-upper", dkim(drop="a", add=[("A", "rsa-sha256")]),
           "permerror tag-missing d=example.org s=sel")
    c.dkim("tag-end", sign(MESSAGE, KEYS["2048"], tags("dkim"), fold=False)
           .replace(b"\r\nReceived", b";\r\nReceived", 1),
           "fail signature d=example.org s=sel",
           note="the semicolon was not there when it was signed")
    c.dkim("tag-empty", dkim().replace(b"; d=", b";; d=").replace(
        b";\r\n\td=", b";;\r\n\td="), "permerror tag-list")
    c.dkim("tag-version-2", dkim(change={"v": "2"}),
           "permerror version d=example.org s=sel")
    for name, bad, reason in (
            ("space", "exa mple.org", "domain"),
            ("hyphen", "-a.org", "domain"), ("dots", "a..org", "domain"),
            ("dot", "a.org.", "domain"), ("percent", "a%n.org", "domain"),
            ("u-label", "ex\u00e4mple.org", "u-label")):
        c.dkim(f"tag-d-{name}", dkim(change={"d": bad}),
               f"permerror {reason} d={bad} s=sel")
    c.dkim("tag-s-two-labels", dkim(change={"s": "a.b"}),
           "pass ok d=example.org s=a.b",
           records=[("a.b._domainkey.example.org", "TXT", record(uk=""))])
    c.dkim("tag-s-bad", dkim(change={"s": "se/l"}),
           "permerror selector d=example.org s=se/l")
    c.dkim("tag-q", dkim(add=[("q", "http/x:dns/txt")]),
           "pass ok d=example.org s=sel")
    c.dkim("tag-q-other", dkim(add=[("q", "http/x")]),
           "permerror query d=example.org s=sel")
    c.dkim("tag-i-sub", dkim(add=[("i", "a@sub.example.org")]),
           "pass ok d=example.org s=sel")
    c.dkim("tag-i-domain", dkim(add=[("i", "@EXAMPLE.org")]),
           "pass ok d=example.org s=sel")
    c.dkim("tag-i-other", dkim(add=[("i", "a@badexample.org")]),
           "permerror identity d=example.org s=sel")
    c.dkim("tag-i-above", dkim(add=[("i", "a@org")]),
           "permerror identity d=example.org s=sel")


def times(c):
    for name, change, want in (
            ("expired", {"x": str(NOW - 301)}, "fail expired"),
            ("drift-x", {"x": str(NOW - 299), "t": str(NOW - 999)},
             "pass ok"),
            ("future", {"t": str(NOW + 301)}, "fail future"),
            ("drift-t", {"t": str(NOW + 299)}, "pass ok"),
            ("x-before-t", {"x": str(NOW - 60)}, "permerror time"),
            ("x-word", {"x": "soon"}, "permerror time"),
            ("t-negative", {"t": "-1"}, "permerror time"),
            ("x-12-digits", {"x": "999999999999"}, "pass ok"),
            ("x-wraps", {"x": "18446744073709551616"}, "permerror time")):
        if name == "expired":
            change["t"] = str(NOW - 9999)
        c.dkim(f"time-{name}", dkim(change=change),
               f"{want} d=example.org s=sel")
    c.dkim("time-no-clock", dkim(change={
        "t": str(NOW - 9999), "x": str(NOW - 999)}),
        "pass ok d=example.org s=sel", time=0)


def lengths(c):
    size = len(b"Dear Bob,\r\n\r\nsee you at eight.\r\n\r\nAlice\r\n")
    for name, value, want in (
            ("whole", size, "pass ok"), ("short", size - 1,
                                         "policy partial-body"),
            ("zero", 0, "policy partial-body"),
            ("long", size + 1, "permerror length"),
            ("word", "x", "permerror length")):
        c.dkim(f"length-{name}", dkim(change={"l": str(value)}),
               f"{want} d=example.org s=sel")
    c.dkim("length-appended", dkim(change={"l": str(size)}) +
           b"Buy this\r\n", "policy partial-body d=example.org s=sel")
    c.dkim("length-appended-lenient", dkim(change={"l": str(size)}) +
           b"Buy this\r\n", "pass ok d=example.org s=sel",
           flags="dkim partial-body")
    c.dkim("length-wrong-prefix", dkim(change={"l": str(size)}).replace(
        b"eight", b"nine "), "fail body-hash d=example.org s=sel")
    c.user("length-user", user(change={"l": str(size)}),
           "permerror length-used advice=none from=same")


def crypto(c):
    for size in ("1024", "1031", "2048", "4096", "cube"):
        c.dkim(f"key-{size}", dkim(key=size), "pass ok d=example.org s=sel",
               record(size, uk=""))
    c.dkim("key-bare", dkim(), "pass ok d=example.org s=sel",
           f"v=DKIM1; p={p('2048', bare=True)}")
    c.dkim("key-other", dkim(), "fail signature d=example.org s=sel",
           record("4096", uk="").replace(p("4096"), p("cube")))
    c.dkim("key-other-size", dkim(),
           "permerror signature-length d=example.org s=sel",
           record("1024", uk=""))
    c.dkim("key-sha1", dkim(change={"a": "rsa-sha1"}, digest="sha1"),
           "permerror sha1 d=example.org s=sel")
    c.dkim("key-ed25519", dkim(change={"a": "ed25519-sha256"}),
           "neutral algorithm d=example.org s=sel")
    c.dkim("key-bh-short", dkim(change={"bh": "AAAA"}),
           "permerror bh-length d=example.org s=sel")
    c.dkim("key-bh-long", dkim(change={"bh": "A" * 44}),
           "permerror bh-length d=example.org s=sel")
    c.dkim("key-bh-no-base64", dkim(change={"bh": "%" * 44}),
           "permerror base64 d=example.org s=sel")
    c.dkim("key-b-empty", dkim(change={"b": ""}),
           "permerror base64 d=example.org s=sel")
    c.dkim("key-b-zero", dkim(change={"b": base64.b64encode(
        bytes(256)).decode()}), "fail signature d=example.org s=sel")


def records(c):
    for name, text, want in (
            ("no-version", record(uk="", v=""), "pass ok"),
            ("unknown-tag", record(uk="", more="zz=1; n=note; g=*; "),
             "pass ok"),
            ("revoked", "v=DKIM1; k=rsa; p=", "permerror key-revoked"),
            ("no-p", "v=DKIM1; k=rsa", "permerror key-syntax"),
            ("type", record(uk="").replace("k=rsa", "k=ed25519"),
             "permerror key-type"),
            ("hash", record(uk="", more="h=sha1; "), "permerror key-hash"),
            ("hashes", record(uk="", more="h=sha1 : sha256; "), "pass ok"),
            ("service", record(uk="", more="s=tlsrpt; "),
             "permerror key-service"),
            ("services", record(uk="", more="s=x:email; "), "pass ok"),
            ("star", record(uk="", more="s=*; "), "pass ok"),
            ("strict", record(uk="", more="t=s; "), "pass ok"),
            ("testing", record(uk="", more="t=y; "), "pass ok"),
            ("flags", record(uk="", more="t=y : s : q; "), "pass ok"),
            ("garbage-p", "v=DKIM1; p=AAAA", "permerror key-der"),
            ("base64-p", "v=DKIM1; p=A%", "permerror key-syntax"),
            ("spaces", record(uk="").replace("; ", " ;  ").replace(
                "k=rsa", " k = rsa"), "pass ok")):
        c.dkim(f"record-{name}", dkim(), f"{want} d=example.org s=sel", text)
    c.dkim("record-strict-sub", dkim(add=[("i", "a@sub.example.org")]),
           "permerror key-strict d=example.org s=sel",
           record(uk="", more="t=s; "))
    c.dkim("record-none", dkim(), "permerror no-key d=example.org s=sel",
           records=[])
    c.dkim("record-two", dkim(), "permerror key-records d=example.org s=sel",
           records=[(DKIM, "TXT", record(uk="")),
                    (DKIM, "TXT", record("4096", uk=""))])
    c.dkim("record-servfail", dkim(),
           "temperror dns-servfail d=example.org s=sel",
           records=[(DKIM, "SERVFAIL")])
    c.dkim("record-timeout", dkim(),
           "temperror dns-timeout d=example.org s=sel",
           records=[(DKIM, "TIMEOUT")])
    chain = [(DKIM, "CNAME", "c0.example.net")] + [
        (f"c{i}.example.net", "CNAME", f"c{i + 1}.example.net")
        for i in range(12)]
    c.dkim("record-chain-8", dkim(), "pass ok d=example.org s=sel",
           records=chain[:8] + [("c7.example.net", "TXT", record(uk=""))])
    c.dkim("record-chain-9", dkim(),
           "permerror key-chain d=example.org s=sel",
           records=chain[:9] + [("c8.example.net", "TXT", record(uk=""))])
    c.dkim("record-loop", dkim(),
           "permerror key-chain d=example.org s=sel",
           records=[(DKIM, "CNAME", "a.example"),
                    ("a.example", "CNAME", DKIM)])


def several(c):
    two = dkim(user())
    zone = [(USER, "TXT", record()), (DKIM, "TXT", record(uk="")),
            (ALIAS, "CNAME", USER)]
    ok = ["userkeys " + PASS, "dkim pass ok d=example.org s=sel",
          "dkim pass ok d=example.org s=alice.userkeys"]
    c.write("several-both", two, ok, zone)
    c.write("several-first-broken", b"DKIM-Signature: v=1; ;;\r\n" + two,
            [ok[0], "dkim permerror tag-list"] + ok[1:], zone)
    c.write("several-no-alias", two, ok[:2] + [
        "dkim permerror no-key d=example.org s=alice.userkeys"], zone[:2])
    many = MESSAGE
    for i in range(7):
        many = dkim(many, change={"s": f"s{i}"}, key="1024")
    c.dkim("several-seven", many, [
        f"pass ok d=example.org s=s{6 - i}" for i in range(5)], records=[
            (f"s{i}._domainkey.example.org", "TXT",
             record("1024", uk="")) for i in range(7)])
    c.write("several-none", MESSAGE, ["userkeys none no-signature "
                                      "advice=none from=same"], [])


def userkeys(c):
    c.user("user-pass", user(), PASS)
    # What docs/SIZE.md counts instructions on: a letter of 10 kB.
    lines = b"A letter's line, as people  write them,\tbroken before it is " \
        b"too long. \r\n"
    c.user("user-10k", user(MESSAGE + lines * (9200 // len(lines))), PASS)
    c.user("user-bounce-forged", user().replace(b"eight", b"nine "),
           "fail body-hash advice=reject from=same", record(uk="reject"))
    c.user("user-header-changed", user().replace(b"Saturday", b"Sunday"),
           "fail signature advice=quarantine from=same",
           record(uk="quarantine"))
    c.user("user-unsigned-reject", MESSAGE,
           "none no-signature advice=reject from=same", record(uk="reject"))
    c.user("user-unsigned-no-record", MESSAGE,
           "none no-signature advice=none from=same", "")
    c.user("user-unsigned-servfail", MESSAGE,
           "temperror dns-servfail advice=none from=same",
           records=[(USER, "SERVFAIL")])
    c.user("user-testing", user().replace(b"eight", b"nine "),
           "fail body-hash advice=none testing from=same",
           record(uk="reject", more="t=y; "))
    c.user("user-revoked", user(),
           "permerror key-revoked advice=reject from=same",
           "v=DKIM1; uk=reject; p=")
    c.user("user-stray-dkim-record", user(),
           "permerror not-user-key advice=none from=same", record(uk=""))
    c.user("user-no-uk-version-late", user(),
           PASS, record(v="").replace("k=rsa; ", "k=rsa; v=DKIM1; "))
    c.user("user-unknown-advice", MESSAGE,
           "none no-signature advice=none from=same",
           record(uk="explode:from"))
    c.user("user-case", user(change={"i": "Alice@Example.ORG", "s":
                                     "ALICE.UserKeys"}), PASS)
    c.user("user-plus", user(change={"i": "alice+x@example.org"}),
           "pass ok advice=none from=same", sender="alice+news@example.org")
    c.user("user-plus-exact", user(change={"i": "alice+x@example.org"}),
           "fail exact advice=reject from=same", record(uk="reject:exact"),
           sender="alice+news@example.org")
    c.user("user-exact", user(), "pass ok advice=reject from=same",
           record(uk="reject:exact"))
    c.user("user-other-sender", user(),
           "none not-aligned advice=none from=other",
           sender="bob@example.org",
           records=[(USER, "TXT", record())])
    c.user("user-other-from", user(HEADER.replace(
        b"Alice <alice@", b"Bob <bob@") + b"\r\n" + BODY),
        "pass ok advice=none from=other")
    c.user("user-from-option", user(HEADER.replace(
        b"Alice <alice@", b"Bob <bob@") + b"\r\n" + BODY),
        "fail from advice=quarantine from=other",
        record(uk="quarantine:from"))
    two = HEADER.replace(b"From:", b"From: x@example.org\r\nFrom:")
    c.user("user-two-from", user(two + b"\r\n" + BODY),
           "pass ok advice=none from=many")
    c.user("user-two-from-option", user(two + b"\r\n" + BODY),
           "fail from advice=reject from=many", record(uk="reject:from"))
    c.user("user-two-mailboxes", user(HEADER.replace(
        b"From: ", b"From: bob@example.org, ") + b"\r\n" + BODY),
        "fail from advice=none from=many", record(uk="none:from"))
    c.user("user-d-sub", user(change={"d": "sub.example.org",
                                      "i": "alice@sub.example.org"}),
           "none not-aligned advice=none from=same")
    c.user("user-i-sub", user(change={"i": "alice@sub.example.org"}),
           "none not-aligned advice=none from=same")
    c.user("user-label-other", user(change={"i": "bob@example.org"}),
           "none not-aligned advice=none from=same")
    c.user("user-no-i", user(drop="i"),
           "none not-aligned advice=none from=same")
    c.user("user-null-sender", user(), "pass ok advice=none from=same",
           sender="")
    c.user("user-null-sender-broken", user().replace(b"eight", b"nine "),
           "none null-sender advice=none from=same", record(uk="reject"),
           sender="")
    c.user("user-generation", user(change={"s": "2.alice.userkeys"}),
           "pass ok advice=quarantine from=same", records=[
               (USER, "TXT", "v=DKIM1; uk=reject; p="),
               ("2." + USER, "TXT", record(uk="quarantine"))])
    c.user("user-generation-broken", user(
        change={"s": "2.alice.userkeys"}).replace(b"eight", b"nine "),
        "fail body-hash advice=reject from=same", records=[
            (USER, "TXT", "v=DKIM1; uk=reject; p="),
            ("2." + USER, "TXT", record(uk="quarantine"))])
    c.user("user-two-keys", user(), "pass ok advice=none from=same",
           records=[(USER, "TXT", record("cube", uk="reject")),
                    (USER, "TXT", record())])
    c.user("user-two-keys-broken", user().replace(b"eight", b"nine "),
           "fail body-hash advice=reject from=same",
           records=[(USER, "TXT", record("cube", uk="reject")),
                    (USER, "TXT", record())])
    c.user("user-five-records", user(),
           "permerror key-records advice=none from=same",
           records=[(USER, "TXT", record("1024", more=f"n={i}; "))
                    for i in range(5)])
    c.user("user-first-broken", user(user().replace(b"alice@", b"alice@")),
           PASS)
    c.user("user-expired", user(change={"t": str(NOW - 9999),
                                        "x": str(NOW - 999)}),
           "fail expired advice=reject from=same", record(uk="reject"))
    c.user("user-sha1", user(change={"a": "rsa-sha1"}, digest="sha1"),
           "permerror sha1 advice=reject from=same", record(uk="reject"))
    c.user("user-empty-sender-local", MESSAGE,
           "permerror empty-local-part advice=none from=other", "",
           sender='""@example.org')
    c.user("user-literal", MESSAGE,
           "permerror address-literal advice=none from=other", "",
           sender="alice@[192.0.2.1]")
    c.user("user-bad-sender", MESSAGE,
           "permerror mail-from advice=none from=other", "",
           sender="a b@example.org")
    c.user("user-line-ends", user().replace(b"eight", b"ei\nght"),
           "fail body-line-ends advice=none from=same")


def limits(c):
    c.dkim("limit-header", dkim(b"X: " + b"x" * 65536 + b"\r\n" + MESSAGE),
           "permerror header-limit")
    c.dkim("limit-fields", dkim(b"X: x\r\n" * 512 + MESSAGE),
           "permerror field-limit")
    fill = 512 - 1 - HEADER.count(b"\r\n") + 2
    c.dkim("limit-fields-fit", dkim(b"X: x\r\n" * fill + MESSAGE),
           "pass ok d=example.org s=sel")
    c.dkim("limit-tag-list", dkim(add=[("z", "x" * 4096)]),
           "permerror tag-limit")
    c.dkim("limit-tags", dkim(add=[(f"z{i}", "1") for i in range(60)]),
           "permerror tag-limit d=example.org s=sel")
    c.dkim("limit-txt", dkim(), "permerror key-txt-limit d=example.org s=sel",
           record(uk="", more="n=" + "x" * 4096 + "; "))
    c.dkim("limit-no-colon", dkim().replace(b"To: ", b"To "),
           "permerror header-syntax")


def differences(c):
    """Found by fuzzing beside other verifiers: see docs/DIFFERENCES.md."""
    ds = " d=example.org s=sel"
    for name, tag, want in (
            ("name", ("zz-z", "1"), "permerror tag-list" + ds),
            ("value", ("zz", "a\x0cb"), "permerror tag-list" + ds),
            ("octets", ("i", "jos\u00e9@example.org"), "pass ok" + ds),
            ("i-u-label", ("i", "a@b\u00fccher.example.org"),
             "permerror u-label" + ds),
            ("i-domain", ("i", "a@b&.example.org"),
             "permerror identity" + ds)):
        c.dkim(f"diff-tag-{name}", dkim(add=[tag]), want)
    c.dkim("diff-tag-line", dkim(change={"c": "simple/simple"},
                                 add=[("\n zz", "a")]),
           "permerror line-ends")
    c.dkim("diff-tag-i-ats", dkim(add=[("i", "a@b@example.org")]),
           "pass ok" + ds)
    c.dkim("diff-second", dkim(HEADER + b"DKIM-Signature: v=1; \r\n\r\n" +
                               BODY),
           ["pass ok" + ds, "permerror tag-missing"])
    c.dkim("diff-h-colon", dkim(change={"h": H + ":"}),
           "permerror h-empty" + ds)
    for name, more, want in (
            ("name", "zz-z=1; ", "permerror key-syntax"),
            ("value", "n=a\x0cb; ", "permerror key-syntax"),
            ("octets", "n=jos\u00e9; ", "pass ok"),
            ("twice", "n=a; n=b; ", "permerror key-syntax")):
        c.dkim(f"diff-record-{name}", dkim(), want + ds,
               record(uk="", more=more))
    for name, line, want in (
            ("semicolon", b"A;b: c\r\n", "pass ok" + ds),
            ("vt", b"To: bob@example.net\x0b\r\n", "pass ok" + ds),
            ("two-from", b"From: Bob <bob@example.net>\r\n", "pass ok" + ds),
            ("name-blank", b"From x: y\r\n", "permerror header-syntax")):
        c.dkim(f"diff-{name}", dkim(HEADER + line + b"\r\n" + BODY), want)


def main():
    cases = Cases(sys.argv[1] if len(sys.argv) > 1 else f"{HERE}/cases")
    for group in (canonicalization, choice, tag_rules, times, lengths,
                  crypto, records, several, userkeys, limits, differences):
        group(cases)
    spoofing(cases, user, dkim, record, HEADER, BODY)
    edges(cases, user, dkim, record, {
        "header": HEADER, "body": BODY, "key": USER, "alias": ALIAS,
        "now": NOW})


main()
