"""Who may send as whom, through the milter and its database.

From and Sender that cannot be read to their end, in the shapes of
tests/unit/test_session_from.c as an MTA hands them on; mailboxes and logins
that have no entry, with unknown = accept and reject.

SPDX-License-Identifier: MIT
"""
import os
import re
import sys
import tempfile

sys.path.insert(0, "tests/support")
from milter_client import Client, apply  # noqa
from milter_bed import Bed, check, finish, run  # noqa

REST = (b"To: b@example.net\r\nSubject: x\r\n"
        b"Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n\r\nHi\r\n")


def submit(where, login, sender, fields):
    """"signed", "accepted", or the refusal."""
    c = Client(where)
    c.connect("ORIGINATING")
    kind, data = c.mail(sender, login)
    if kind == b"c":
        message = fields.replace("\n", "\r\n").encode() + b"\r\n" + REST
        out, (kind, data) = apply(message, c.message(message))
    c.close()
    if kind == b"y":
        return data.rstrip(b"\0").decode()
    return "signed" if out.startswith(b"DKIM-Signature") else "accepted"


def shapes(ceo):
    own = "alice@example.org"
    large = "\n ".join(['"' + "x" * 900 + '"'] * 6)
    for text in (f"<{ceo}> x", f"{ceo}.", ceo.replace("@", " @"),
                 f"<@a.example:{ceo}>", f"{ceo},", f"{ceo};", f"{ceo} (x",
                 f'"CEO" <{ceo}> (x', f"{own}, {ceo} x", f"<{own}> <{ceo}>",
                 f"<{ceo}> <{own}>", f"CEO {ceo}", f"Boss: {ceo}",
                 f'"x <{ceo}>', "ceo", "", f"{large} <{ceo}>"):
        yield f"From: {text}"
        yield f"From: {own}\nSender: {text}"
    for first, second in (own, ceo), (ceo, own):
        yield f"From: {first}\nFrom: {second}"
        yield f"From: {own}\nSender: {first}\nSender: {second}"
    yield f"From: {own}\nFrom : {ceo}"
    yield f"From: {own}\nFrom\t: {ceo}"
    yield f"From: {own}\nSender : {ceo}"
    yield f"From : {ceo}"
    yield f"From: {own}\nFROM\x01: {ceo}"


def unreadable(bed):
    for check_ in "own", "domain":
        for unsigned in "accept", "reject":
            bed.milter.reload(bed.milter.settings + f"from-check = {check_}\n"
                              f"unsigned = {unsigned}\n")
            for fields in shapes("ceo@example.org"):
                for login, sender in (
                        ("alice", "<alice@example.org>"), ("alice", "<>"),
                        ("alice", "<a@nowhere.example>"),
                        ("dave", "<dave@example.org>"),
                        ("dave", "<DAVE+x@Example.Org>")):
                    got = submit(bed.where, login, sender, fields)
                    check(f"{check_} {unsigned} {login} {sender} {fields!r}",
                          got.startswith(f"550 5.7.1 Login {login} may not "
                                         "write this From or Sender: "), got)
    check("the log says why", re.search(
        "login=alice action=refuse why=from-many", bed.milter.text()),
        bed.milter.text()[-300:])
    bed.milter.reload()
    for fields in "From: ceo@nowhere.example x", "From: ceo":
        got = submit(bed.where, "dave", "<dave@nowhere.example>", fields)
        check(f"nothing is known of {fields}", got == "accepted", got)
        got = submit(bed.where, "dave", "<>", fields)
        check(f"nor with <>: {fields}", got == "accepted", got)
    got = submit(bed.where, "dave", "<dave@nowhere.example>",
                 "From: ceo@example.org x")
    check("another domain of ours", got.startswith("550 5.7.1 Login dave"),
          got)
    bed.milter.reload(bed.milter.settings + "from-check = off\n")
    got = submit(bed.where, "alice", "<alice@example.org>",
                 "From: ceo@example.org x")
    check("from-check = off", got == "accepted", got)


def entries(bed):
    """Login, MAIL FROM, From; what is wanted with unknown = accept, reject."""
    for login, sender, author, accept, reject in (
            ("dave", "dave@example.org", "dave@example.org", "accepted",
             "553 5.7.1 Login dave may not send as dave@example.org: noth"),
            ("dave", "dave@else.example", "dave@else.example", "accepted",
             "553 5.7.1 Login dave may not send as dave@else.example: no"),
            ("alice", "dave@example.org", "dave@example.org", "accepted",
             "553 5.7.1 Login alice may not send as dave@example.org: no"),
            ("dave", "bob@example.org", "dave@example.org",
             "553 5.7.1 Login dave may not send as bob@example.org: choose",
             None),
            ("dave", "BOB+x@Example.ORG", "dave@example.org",
             "553 5.7.1 Login dave may not send as BOB+x@Example.ORG: cho",
             None),
            ("alice", "bob@example.org", "bob@example.org",
             "553 5.7.1 Login alice may not send as bob@example.org", None),
            ("dave", "any@corp.example", "any@corp.example",
             "553 5.7.1 Login dave may not send as any@corp.example", None),
            ("carol", "any@corp.example", "other@corp.example", "accepted",
             "accepted"),
            ("dave", "dave@example.org", "Bob+y@example.org",
             "550 5.7.1 Login dave may not write Bob+y@example.org in From",
             "553 5.7.1 Login dave"),
            ("dave", "", "bob@example.org",
             "550 5.7.1 Login dave may not write bob@example.org in From",
             None),
            ("dave", "", "dave@example.org", "accepted",
             "550 5.7.1 Login dave may not write dave@example.org in From"),
            ("alice", "", "alice@example.org", "signed", "signed"),
            ("alice", "alice@example.org", "ceo@example.org",
             "550 5.7.1 Login alice may not write ceo@example.org", None),
            ("alice", "alice+list@EXAMPLE.org", "Alice@example.org", "signed",
             "signed"),
            ("alice", "alice@example.org.", "alice@example.org",
             "553 5.1.7 The sender's address <alice@example.org.>", None)):
        for text, want in ("accept", accept), ("reject", reject or accept):
            bed.milter.reload(bed.milter.settings + f"unknown = {text}\n")
            got = submit(bed.where, login, f"<{sender}>", f"From: {author}")
            check(f"unknown = {text}: {login} <{sender}> {author}",
                  got.startswith(want), got)
    check("the log says who", "role=submit from=<dave@else.example> "
          "login=dave action=accept why=ukd-unknown" in bed.milter.text(),
          bed.milter.text()[-300:])
    bed.milter.reload()
    os.rename(f"{bed.work}/ukd", f"{bed.work}/away")
    got = submit(bed.where, "dave", "<dave@else.example>", "From: d@e.example")
    check("no database: later", got.startswith("451 4.3.0"), got)
    os.rename(f"{bed.work}/away", f"{bed.work}/ukd")
    bed.milter.reload()


def limits(bed):
    """Nothing is signed that a verifier would refuse for its size."""
    for name, fields in (
            ("field-limit", "".join(f"X-{n}: y\n" for n in range(476))),
            ("header-limit", "".join(f"X-{n}: {900 * 'y'}\n"
                                     for n in range(62)))):
        fields += "From: alice@example.org"
        for unsigned, want in ("accept", "accepted"), (
                "reject", "550 5.7.1 The message cannot be signed: the head"):
            bed.milter.reload(bed.milter.settings +
                              f"unsigned = {unsigned}\n")
            got = submit(bed.where, "alice", "<alice@example.org>", fields)
            check(f"{name}, unsigned = {unsigned}", got.startswith(want), got)
        check(f"the log says {name}", f"action=accept why={name}" in
              bed.milter.text(), bed.milter.text()[-300:])
        less = fields.split("\n", 1)[1]
        got = submit(bed.where, "alice", "<alice@example.org>", less)
        check(f"one less than {name}", got == "signed", got)


OUTSIDE = {"network": {}, "host": {"address": "127.0.0.1", "port": 0}}
OURS = "Authentication-Results: mx.example.net; dkim=none"
SMTP = ("Received: from evil.example (evil.example [198.51.100.66])\n"
        "\tby mx.example.net (Postfix) with ESMTP id 1;"
        " Thu, 12 Jun 2025 10:00:00 +0000")
OWN = ("Received: (from root@localhost)\n\tby mx.example.net "
       "(8.17.1/8.17.1/Submit) id 1; Thu, 12 Jun 2025 10:00:00 +0000")


def without_login(where, fields, daemon="mx.example.net", login=None, **more):
    """"signed", or what the message has of our results."""
    c = Client(where)
    c.connect(daemon, **more)
    kind, data = c.mail("<alice@example.org>", login)
    if kind == b"c":
        header = "".join(f + "\n" for f in fields) + "From: alice@example.org"
        message = header.replace("\n", "\r\n").encode() + b"\r\n" + REST
        out, (kind, data) = apply(message, c.message(message))
    c.close()
    if kind == b"y":
        return data.rstrip(b"\0").decode()
    head = out.split(b"\r\n\r\n")[0]
    if head.startswith(b"DKIM-Signature"):
        check("signed, with no results", b"dkim=none" not in head, head)
        return "signed"
    found = re.findall(rb"(?:userkeys|dkim)=\w+", head)
    return b" ".join(found).decode()


def from_outside(bed):
    """What shows that mail without a login came from outside: then it is
    judged as at the MX; own results never are a submission."""
    judged = "dkim=none userkeys=none"
    for way, client in OUTSIDE.items():
        for hub in "", "hub-network = 192.0.2.0/24\n" \
                "hub-network = 127.0.0.1\n":
            bed.milter.reload(bed.milter.settings + "local-mail = sign\n"
                              "trusted-network = 192.0.2.0/24\n" + hub)
            for fields, want in (
                    ([], "signed"), ([OWN], "signed"),
                    ([SMTP], "signed" if hub else judged),
                    ([OWN, SMTP], "signed" if hub else judged),
                    ([OURS], judged), ([SMTP, OURS], judged),
                    ([OURS.replace("mx", '(c)"MX').replace("net", 'net"')],
                     judged),
                    ([OURS.replace("mx", "other").replace("dkim", "spf")],
                     "signed")):
                got = without_login(bed.where, fields, **client)
                check(f"{way} {hub!r} {fields}", got == want, got)
            got = without_login(bed.where, [SMTP, OURS], "ORIGINATING",
                                "alice", **client)
            check(f"{way}: with a login", got == "signed", got)
    text = bed.milter.text()
    for word in "own-results", "received":
        check(f"the log says {word}", re.search(
            f"role=mx from=<alice@example.org> outside={word} action=accept",
            text), text[-300:])
    bed.milter.reload(bed.milter.settings + "trusted-network = 192.0.2.0/24\n"
                      "advice = reject\n")
    got = without_login(bed.where, [SMTP])
    check("the owner's advice holds", got.startswith("550 5.7.1 Refused"), got)
    got = without_login(bed.where, [], "ORIGINATING")
    check("a printer at submission", got == "signed", got)
    bed.milter.reload()


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work)
        bed.work = work
        try:
            run("ukd", "add", "bob@example.org", "--login", "bob", "--bits",
                "1024", *bed.ukd)
            run("ukd", "allow", "@corp.example", "--login", "carol",
                *bed.ukd)
            entries(bed)
            unreadable(bed)
            limits(bed)
            from_outside(bed)
        finally:
            bed.end()
    finish()


main()
