"""Whose mailbox the milter judges: MAIL FROM beside the MTA's {mail_addr}.

SPDX-License-Identifier: MIT

The table of docs/PROTOCOL.md 5.2, what is answered to a sender that is no
mailbox, is tried row by row at each ceiling.  Then the shapes: spellings that
an MTA takes for alice's address (blanks, comments, commas, dots, brackets,
quotes, routes, no domain), with its reading, without one, and with another;
the null sender, which is an empty macro and not a missing one; a reading or
an argument that is too long; a reading that stays from an earlier message;
submission.
"""
import os
import re
import sys
import tempfile

sys.path.insert(0, "tests/support")
from milter_client import Client, apply  # noqa
from milter_bed import MESSAGE, Bed, check, finish, texts, run  # noqa

ALICE = "alice@example.org"
READABLE = 5  # so many of these the strict parser reads
# What MTAs take for ALICE.
SPELLINGS = [
    "<alice@example.org>", "alice@example.org", "<ALICE@Example.Org>",
    '<"alice"@example.org>', "<@a.example,@b.example:alice@example.org>",
    "<alice@example.org.>", "<alice@example.org..>", "< alice@example.org>",
    "<alice@example.org >", "<alice @example.org>", "<alice@ example.org>",
    "<\talice@example.org>", "<alice(x)@example.org>",
    "<alice@example.org(x)>", "<(x)alice@example.org>",
    "<alice@example.org,>", "<,alice@example.org>", "<<alice@example.org>>",
    "<alice@example.org>x", "<alice@example.org", "<alice@@example.org>",
    '<"alice@example.org>', "<alice;@example.org>", "<alice>",
    '<Alice <alice@example.org>>', "<@a.example,alice@example.org>",
    "<al\\ice@example.org>", "<alice@[example.org]>", "<alice@example_x>",
    "<alice@example.org;>",
]


def send(where, sender, mail_addr=None, message=MESSAGE, login=None):
    """The final reply, and the message with what was added."""
    c = Client(where)
    c.connect("ORIGINATING" if login else "mx.example.net")
    kind, data = c.mail(sender, login, mail_addr)
    if kind == b"c":
        answer = c.message(message)
        out, (kind, data) = apply(message, answer)
    else:
        out = b""
    c.close()
    return data if kind == b"y" else kind, out


def rows():
    with open("docs/PROTOCOL.md", encoding="utf-8") as f:
        text = f.read().split("### 5.2 ")[1].split("\n#")[0]
    for line in text.splitlines():
        cells = [c.strip().strip("`") for c in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] not in ("reason", "---"):
            yield cells


def filled(text):
    """"a...a" as long as it takes to make 255 octets in all."""
    text = text.replace("\\x80", b"\x80".decode(errors="surrogateescape"))
    return text.replace("...", "a" * (255 - len(text) + 3 + 2))


def answer_of(reply, out):
    if reply == b"c":
        return "mark" if b"policy.action=quarantine" in out else "accept"
    return reply[:9].decode()


def table(bed):
    seen = {}
    for ceiling, column in (("note", 3), ("quarantine", 4), ("reject", 5)):
        bed.milter.reload(bed.milter.settings + f"advice = {ceiling}\n")
        for row in rows():
            reason, path, mta = row[0], filled(row[1]), row[2]
            reply, out = send(bed.where, path, None if mta == "-" else mta)
            check(f"{reason} at {ceiling}: {path[:40]}",
                  answer_of(reply, out) == row[column],
                  f"{reply[:90]} {out[:200]}")
            if reply == b"c":
                check(f"{reason} is told", b'userkeys=permerror reason="%s"' %
                      reason.encode() in out, out[:300])
            else:
                check(f"{reason}: what is wrong", b": " in reply and
                      len(reply) > 40, reply)
            seen[reason] = True
    with open("core/ukey_reason.h", encoding="utf-8") as f:
        text = f.read().split("permerror: the sender;")[1].split("/* perm")[0]
    for word in re.findall(r'^X\(\w+, "([\w-]+)"', text, re.M):
        check(f"the table has {word}", word in seen)


def spellings(bed, signed):
    """Under advice = reject, and alice's record says reject."""
    for i, path in enumerate(SPELLINGS):
        for mta in (ALICE, None, "alice", "alice@example.net.", "<") + (
                ("bob@example.net", "") if i < READABLE else ()):
            reply, _ = send(bed.where, path, mta)
            check(f"a spoof is refused: {path!r} read as {mta!r}",
                  reply[:6] == b"550 5.", reply)
        reply, out = send(bed.where, path, ALICE, signed)
        check(f"a signed letter passes: {path!r}", reply == b"c" and
              b"userkeys=pass smtp.mailfrom=" in out.replace(b"\r\n\t", b" "),
              f"{reply} {out[:200]}")


def null_sender(bed, signed):
    for path, mta in (("<>", None), ("<>", ""), ("<>", "<>"), ("< >", "")):
        reply, out = send(bed.where, path, mta)
        check(f"the null sender: {path!r} {mta!r}", reply == b"c" and
              b"userkeys=none" in out, f"{reply} {out[:200]}")
    for path, mta in (("<>", ALICE), (f"<{ALICE}>", "")):
        reply, out = send(bed.where, path, mta, signed)
        check(f"null for one of them: {path!r} {mta!r}",
              reply[:9] == b"550 5.1.7", reply)


def long_readings(bed):
    for size in (255, 767, 990, 1012, 1013, 1024, 2000, 60000):
        for mta in ("a" * size + "@example.org",
                    "@" + "a" * size + ":" + ALICE,
                    "@" + "a." * (size // 2) + "b:" + ALICE,
                    ALICE + "." * size):
            reply, _ = send(bed.where, f"<{ALICE}>", mta)
            check(f"a reading of {len(mta)} octets is refused",
                  reply[:5] == b"550 5", reply)


def long_arguments(bed, signed):
    """However long, an argument is answered; the connection goes on."""
    for size in (255, 990, 1000, 1005, 1024, 2000, 60000):
        for path in ("<" + "a" * size + "@example.org>",
                     "<@" + "a." * (size // 2) + "b:" + ALICE + ">",
                     f"<alice({'c' * size})@example.org>",
                     f"<{ALICE}{' ' * size}>"):
            for mta in (ALICE, None, "<"):
                reply, _ = send(bed.where, path, mta)
                check(f"an argument of {len(path)} octets, {mta!r}",
                      reply[:5] == b"550 5", reply)
        reply, out = send(bed.where, f"<{ALICE}{' ' * size}>", ALICE, signed)
        check(f"a signed letter passes: {size} blanks", reply == b"c" and
              b"userkeys=pass" in out, f"{reply} {out[:200]}")


def in_turn(bed, signed):
    """No reading is that of the message before."""
    c = Client(bed.where)
    c.connect("mx.example.net")
    for path, mta, want in (
            (f"<{ALICE}>", ALICE, b"c"), ("<eve@example.net>", None, b"c"),
            (f"<{ALICE}>", None, b"c"), ("< x >", None, b"y"),
            (f"<{ALICE}>", "bob@example.net", b"y"),
            (f"<{ALICE}>", None, b"c"), ("<>", "", b"c"),
            (f"<{ALICE}>", None, b"c")):
        kind, data = c.mail(path, None, mta)
        check(f"in turn: {path}: begins", kind == b"c", data)
        kind, data = c.message(signed)[-1]
        check(f"in turn: {path} {mta}", kind == want, (kind, data))
    c.macros(b"M", mail_addr="bob@example.net")
    c.send(b"A")
    check("aborted: the reading is gone", c.mail(f"<{ALICE}>")[0] == b"c" and
          c.message(signed)[-1][0] == b"c")
    c.close()


def submission(bed):
    """What is signed is what the MTA sends, and asked for is the same."""
    for path, mta, want in (
            (f"<{ALICE}>", ALICE, b"c"), ("< alice@example.org >", ALICE,
                                          b"c"),
            ("<alice>", ALICE, b"c"),
            (f"<{ALICE}>", "bob@example.org", b"553"),
            # bob has no entry: what such mail gets is a setting, no key
            ("< alice@example.org>", "bob@example.org", None),
            ("< alice@example.org>", None, b"553"),
            ("<bob@example.org>", ALICE, b"553")):
        reply, out = send(bed.where, path, mta, login="alice")
        check(f"submission: {path} read as {mta}", reply[:3] == want or (
            want is None and b"DKIM-Signature" not in out),
            f"{reply} {out[:200]}")
        if want == b"c":
            check(f"submission: {path} is signed as alice",
                  b"i=alice@example.org" in out, out[:300])


with tempfile.TemporaryDirectory() as folder:
    bed = Bed(folder)
    try:
        _, signed = send(bed.where, f"<{ALICE}>", ALICE, login="alice")
        check("alice's letter is signed",
              signed.startswith(b"DKIM-Signature:"), signed[:100])
        table(bed)
        spellings(bed, signed)
        null_sender(bed, signed)
        long_readings(bed)
        long_arguments(bed, signed)
        in_turn(bed, signed)
        submission(bed)
    finally:
        bed.end()
finish()
