"""Messages whose From is meant to be read in two ways: cases spoof-*.

SPDX-License-Identifier: MIT

Alice of example.org signs, with a good key, a message that claims to be from
admin@example.com in one of the ways that mail programs fell for.  The names
server-a1 to client-a3 are those of the tool espoofer (Chen, Paxson, Jiang,
"Composition kills", USENIX Security 2020); the others are our own.  The key's
option "from" asks for one plain mailbox, Alice's: each case says how From is
read (same, other, many, none: not plain, so not at all; that is stricter than
RFC 5322 where it admits comments and folds inside of an address).  tests/field/test_spoofing.c sends the same
messages through submission.
"""
import base64

ADMIN = b"<admin@example.com>"
ALICE = b"<alice@example.org>"
CODED = b"=?utf-8?B?" + base64.b64encode(ADMIN) + b"?="
PASS, FROM = "pass ok", "fail from"
LINE = "permerror line-ends"

# Name; the line or lines of From; what is found, and how From is read.
FROMS = [
    ("server-a8", [ALICE, ADMIN], FROM, "many"),
    ("server-a9", b" From: " + ALICE + b"\r\nFrom: " + ADMIN, FROM, "other"),
    ("server-a10", b"From: " + ALICE + b"\r\nFrom : " + ADMIN, FROM, "many"),
    ("server-a11", b"From\r\n : " + ALICE + b"\r\nFrom: " + ADMIN,
     "permerror header-syntax", "none"),
    ("server-a12", b"From\r\n : " + ALICE + b"\r\nSender: " + ADMIN,
     "permerror header-syntax", "none"),
    ("server-a13", b"From\r\n : " + ALICE + b"\r\nResent-From: " + ADMIN,
     "permerror header-syntax", "none"),
    ("server-a14", ALICE + b", " + ADMIN, FROM, "many"),
    ("server-a15", b"From:" + CODED + b"," + ALICE, FROM, "none"),
    ("server-a16", b"<@example.org,@any.example:admin@example.com>", FROM,
     "none"),
    ("server-a17", ADMIN + b"\\," + ALICE, FROM, "none"),
    ("server-a18", b"admin@example.com," + ALICE, FROM, "many"),
    ("server-a19", ALICE + b"admin@example.com", FROM, "none"),
    ("client-a1", [ALICE, ADMIN], FROM, "many"),
    ("client-a2", ALICE + b", " + ADMIN, FROM, "many"),
    ("client-a3", ADMIN, FROM, "other"),
    ("comment-behind", b"alice@example.org (admin@example.com)", PASS,
     "same"),
    ("comment-nested", b"(a (b) <admin@example.com>) alice@example.org",
     PASS, "same"),
    ("comment-within", b"alice@(x)example.org", FROM, "none"),
    ("comment-open", b"(" + ALICE, FROM, "none"),
    ("quoted-local", b'"alice"@example.org', PASS, "same"),
    ("quoted-pair", b'"al\\ice"@example.org', PASS, "same"),
    ("quoted-address", b'"alice@example.org"@example.com', FROM, "other"),
    ("display-quoted", b'"admin@example.com" ' + ALICE, PASS, "same"),
    ("display-bare", b"admin@example.com " + ALICE, FROM, "none"),
    ("display-coded", b"=?utf-8?q?admin=40example.com?= " + ALICE, PASS,
     "same"),
    ("coded-local", b"=?utf-8?q?alice?=@example.org", FROM, "none"),
    ("nul", b"<alice@example.org\0@example.com>", LINE, "none"),
    ("nul-name", b"From\0: " + ADMIN + b"\r\nFrom: " + ALICE,
     "permerror header-syntax", "none"),
    ("bare-cr", ADMIN + b"\r " + ALICE, LINE, "none"),
    # RFC 6854: the group's name is no more than a display name.
    ("group", b"friends: alice@example.org;", PASS, "same"),
    ("group-quoted", b'"admin@example.com": alice@example.org;', PASS,
     "same"),
    ("group-bare", b"admin@example.com: alice@example.org;", FROM, "none"),
    ("group-two", b"friends: alice@example.org, admin@example.com;", FROM,
     "many"),
    ("group-and-one", b"friends: alice@example.org;, admin@example.com",
     FROM, "many"),
    ("group-open", b"friends: alice@example.org", FROM, "none"),
    ("group-empty", b"undisclosed:;", FROM, "none"),
    ("look-alike", b"Fr\xd0\xbem: " + ADMIN + b"\r\nFrom: " + ALICE,
     "permerror header-syntax", "none"),
    ("look-alike-dash", b"From-: " + ADMIN + b"\r\nFrom: " + ALICE, PASS,
     "same"),
    ("resent", b"Resent-From: " + ADMIN + b"\r\nFrom: " + ALICE, PASS,
     "same"),
    ("name-case", b"fRoM: " + ALICE, PASS, "same"),
    ("name-tab", b"From\t: " + ALICE, PASS, "same"),
    ("folded-value", b"From:\r\n " + ALICE, PASS, "same"),
    ("folded-address", b"<alice@\r\n example.org>", FROM, "none"),
    ("unqualified", b"alice", FROM, "none"),
    ("literal", b"alice@[192.0.2.1]", FROM, "none"),
    ("u-label", b"<alice@ex\xc3\xa4mple.org>", FROM, "none"),
    ("dot-at-the-end", b"<alice@example.org.>", FROM, "none"),
    ("empty", b"From:", FROM, "none"),
    ("two-angles", ADMIN + b" " + ALICE, FROM, "none"),
    ("semicolon", b"alice@example.org; admin@example.com", FROM, "none"),
    ("percent", b"alice%example.org@example.com", FROM, "other"),
    ("missing", b"Fro: " + ADMIN, FROM, "none"),
]
# Nothing here is signed by Alice: the envelope, or the field, is what lies.
ENVELOPES = [
    ("server-a1", "any@none.example.org", "none no-signature", "other"),
    ("server-a2", "(any@example.com", "permerror mail-from", "other"),
    ("server-a5", "any@example.com(a.example.org", "permerror mail-from",
     "other"),
    ("server-a6", "any@example.com'@any.example.org", "permerror mail-from",
     "other"),
    ("server-a7", "@example.com,@any.example:'any@example.org",
     "none no-signature", "other"),
]


def lines(value):
    if isinstance(value, list):
        return b"".join(b"From: " + v + b"\r\n" for v in value)
    named = value.startswith((b" From", b"From", b"Fro", b"Fr\xd0", b"fRoM",
                              b"Resent-"))
    return (b"" if named else b"From: ") + value + b"\r\n"


def spoofing(c, user, dkim, record, header, body):
    """C: class Cases of make.py; the others: its functions and texts."""
    rest = header.split(b"From: Alice <alice@example.org>\r\n")
    for name, value, found, read in FROMS:
        message = lines(value).join(rest) + b"\r\n" + body
        c.user(f"spoof-{name}", user(message),
               f"{found} advice=reject from={read}",
               record(uk="reject:from"))
    message = lines(ADMIN).join(rest) + b"\r\n" + body
    for name, sender, found, read in ENVELOPES:
        c.user(f"spoof-{name}", message, f"{found} advice=none from={read}",
               record(uk="reject:from"), sender=sender)
    c.dkim("spoof-server-a3", dkim(message, change={
        "d": "example.com", "s": "sel._domainkey.example.org.\0.any"}),
        "permerror line-ends", records=[])
    c.dkim("spoof-server-a4", dkim(message, change={
        "d": "example.com'a.example.org"}),
        "permerror domain d=example.com'a.example.org s=sel", records=[])
