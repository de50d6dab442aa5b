"""The notice at the top of a body: where it stands, and where it must not.

SPDX-License-Identifier: MIT
"""
import os
import sys
import tempfile

sys.path.insert(0, "tests/support")
from milter_client import Client, apply  # noqa
from milter_bed import MESSAGE, Bed, check, finish, run, until  # noqa

LIMIT = 300000
VERIFIED = (b"[mx.example.net: verified: sent from the mailbox "
            b"alice@example.org]\r\n")


def sign(work, message):
    """MESSAGE with alice's signature, by the command."""
    with open(f"{work}/letter", "wb") as f:
        f.write(message)
    return run("sign", "--from", "alice@example.org", "--key",
               f"{work}/alice.pem", f"{work}/letter")


def receive(c, message, sender="<alice@example.org>", piece=65535):
    c.connect("mx.example.net")
    c.mail(sender)
    answer = c.message(message, piece)
    bodies = [data for kind, data in answer if kind == b"b"]
    rest = [(kind, data) for kind, data in answer if kind != b"b"]
    out, reply = apply(message, rest)
    check("accepted", reply == (b"c", b""), reply)
    header, body = out.split(b"\r\n\r\n", 1)
    return header, b"".join(bodies) if bodies else body, bool(bodies)


def with_header(*fields):
    return b"".join(f + b"\r\n" for f in fields) + MESSAGE


def kinds_of_bodies(c):
    """Which get a line: one text/plain part, 7bit or 8bit, ASCII inside."""
    for good, fields in (
            (True, [b"Content-Type: text/plain"]),
            (True, [b"content-type: TEXT/PLAIN; charset=\"UTF-8\""]),
            (True, [b"Content-Type: text/plain;\r\n\tcharset=iso-8859-15; "
                    b"format=flowed"]),
            (True, [b"Content-Transfer-Encoding: 8BIT"]),
            (True, [b"Content-Type: text/plain; charset=us-ascii",
                    b"Content-Transfer-Encoding: 7bit"]),
            (False, [b"Content-Type: text/html"]),
            (False, [b"Content-Type: text/plainer"]),
            (False, [b"Content-Type: multipart/mixed; boundary=x"]),
            (False, [b"Content-Type: multipart/signed; boundary=x; "
                     b"protocol=\"application/pgp-signature\""]),
            (False, [b"Content-Type: text/plain; charset=utf-16"]),
            (False, [b"Content-Type: text/plain; charset=utf-8x"]),
            (False, [b"Content-Type: text/plain; charset*=utf-16"]),
            (False, [b"Content-Type: text/plain; x=y; charset=\"ibm037\""]),
            (False, [b"Content-Type: text/plain (text/html)"]),
            (False, [b"Content-Type:"]),
            (False, [b"Content-Type: text/plain"] * 2),
            (False, [b"Content-Transfer-Encoding: base64"]),
            (False, [b"Content-Transfer-Encoding: quoted-printable"]),
            (False, [b"Content-Transfer-Encoding: 7bit",
                     b"Content-Transfer-Encoding: 8bit"])):
        message = with_header(*fields)
        _, body, new = receive(c, message, "<eve@example.net>")
        check(f"{fields}: {good}", new == good, body[:100])
        check("what it was", body.endswith(message.split(
            b"\r\n\r\n", 1)[1]), body)


def main():
    with tempfile.TemporaryDirectory() as work:
        spool = f"{work}/spool"
        os.mkdir(spool)
        bed = Bed(work, "body-notice = yes\nnotice-folder = "
                  f"{spool}\nnotice-limit = {LIMIT}\n")
        text = run("keygen", "alice@example.org", "--bits", "1024", "--out",
                   f"{work}/alice.pem").decode()
        try:
            bed.publish("alice", "".join(text.split(")")[0].split('"')[1::2]))
            bed.dns.serve()
            every(bed, work, spool)
        finally:
            bed.end()
    finish()


def every(bed, work, spool):
    c = Client(bed.where)
    message = sign(work, MESSAGE)
    body = message.split(b"\r\n\r\n", 1)[1]
    header, after, new = receive(c, message)
    check("verified", new and after == VERIFIED + body, after)
    check("the result, too", b"userkeys=pass" in header, header)
    # The line is written when the answer is out.
    until("the log says so", lambda: "userkeys=pass advice=none notice=added"
          in bed.milter.text())
    _, after, new = receive(c, message.replace(b"there", b"where"))
    check("changed", new and after.startswith(
        b"[mx.example.net: not verified: the body ") and after.endswith(
            b"]\r\n" + body.replace(b"there", b"where")), after)
    _, after, new = receive(c, MESSAGE, "<eve@example.net>")
    check("unsigned", new and after.startswith(
        b"[mx.example.net: not verified: "), after)
    other = sign(work, MESSAGE.replace(b"<alice@", b"<ceo@"))
    _, after, _ = receive(c, other)
    check("another author", after.startswith(
        VERIFIED[:-3] + b", which is not the author shown]\r\n"), after)
    kinds_of_bodies(c)
    empty = sign(work, MESSAGE.split(b"\r\n\r\n")[0] + b"\r\n\r\n")
    _, after, _ = receive(c, empty)
    check("an empty body", after == VERIFIED, after)
    large = sign(work, MESSAGE + b"0123456789abcdef\r\n" * 16000)
    _, after, new = receive(c, large, piece=10007)
    check("a large one, in pieces", new and
          after == VERIFIED + large.split(b"\r\n\r\n", 1)[1], len(after))
    size = LIMIT - len(body)
    for octets, good in (size, True), (size + 1, False):
        letter = message + b"x" * (octets - 2) + b"\r\n"
        _, after, new = receive(c, letter)
        check(f"limit: {good}", new == good and after.endswith(
            letter.split(b"\r\n\r\n", 1)[1]), len(after))
    check("no file is left", os.listdir(spool) == [], os.listdir(spool))
    slow_reader(bed, large)
    private(bed, message, spool)
    c.close()
    no_folder(bed, work, message)
    # Off by default; and an MTA that lets nobody replace bodies.
    bed.milter.reload(bed.milter.settings.replace("notice = yes",
                                                  "notice = no"))
    c = Client(bed.where)
    check("off: not asked for", not c.actions & 2, c.actions)
    check("off", not receive(c, message)[2])
    c.close()
    bed.milter.reload()
    c = Client(bed.where, actions=0x11)
    check("not offered", not receive(c, message)[2])
    c.close()


def slow_reader(bed, large):
    """An MTA that does not read while the body comes, and other messages
    that go on meanwhile."""
    c = Client(bed.where)
    c.connect("mx.example.net")
    c.mail("<alice@example.org>")
    header, body = large.split(b"\r\n\r\n", 1)
    c.fields(header + b"\r\n")
    c.send(b"N")
    for at in range(0, len(body), 60000):
        c.send(b"B", body[at:at + 60000])
    c.send(b"E")
    others = [Client(bed.where) for _ in range(4)]
    for other in others:
        check("others go on", receive(other, MESSAGE, "<e@example.net>")[2])
        other.close()
    answer = []
    while not answer or answer[-1][0] != b"c":
        answer.append(c.read())
    got = b"".join(data for kind, data in answer if kind == b"b")
    check("all comes", got == VERIFIED + body, len(got))
    # One that goes away in the middle of it.
    c.mail("<alice@example.org>")
    c.fields(header + b"\r\n")
    c.send(b"N")
    for at in range(0, len(body), 60000):
        c.send(b"B", body[at:at + 60000])
    c.send(b"E")
    c.s.close()
    other = Client(bed.where)
    check("gone", receive(other, MESSAGE, "<e@example.net>")[2])
    other.close()


def private(bed, message, spool):
    """The file has no name, and no rights for others."""
    c = Client(bed.where)
    c.connect("mx.example.net")
    c.mail("<alice@example.org>")
    header, body = message.split(b"\r\n\r\n", 1)
    c.fields(header + b"\r\n")
    c.send(b"N")
    c.send(b"B", body)

    def found():
        for pid in bed.milter.workers():
            for fd in os.listdir(f"/proc/{pid}/fd"):
                path = f"/proc/{pid}/fd/{fd}"
                if os.readlink(path).startswith(spool):
                    return os.readlink(path), os.stat(path)
        return None

    until("the body is in a file", found)
    name, st = found()
    check("without a name", name.endswith("(deleted)") and
          st.st_nlink == 0, name)
    check("mode 0600", st.st_mode & 0o7777 == 0o600, oct(st.st_mode))
    c.send(b"A")
    until("closed after an abort", lambda: not found())
    c.close()


def no_folder(bed, work, message):
    bed.milter.reload(bed.milter.settings.replace("/spool", "/nowhere"))
    c = Client(bed.where)
    check("no folder: no notice, but the mail", not receive(c, message)[2])
    until("and the log says so", lambda: f"no notice: {work}/nowhere: " in
          bed.milter.text())
    c.close()
    bed.milter.reload()


main()
