"""What workers keep while nothing is asked of them: no private key that is gone
from the database, none that was not used for a while, no connection of an MTA
that is silent.

Shapes: a mailbox is retired and removed, its key rotated, the database renamed
away, another one put in its place; workers with no connection, with one that is
idle, and with mail from elsewhere coming in.  Seen in /proc/PID/mem, by root.
SPDX-License-Identifier: MIT
"""
import os
import re
import signal
import socket
import sys
import tempfile
import time

sys.path.insert(0, "tests/support")
from milter_client import Client, Closed  # noqa
from milter_bed import (MESSAGE, SANITIZED, Bed, add_mailbox, check,  # noqa
                        finish, run, until)

WITHIN = 10  # seconds; a look each second, and a machine that is busy


def numbers(der):
    """The integers of an RSAPrivateKey, as Mbed TLS holds them."""
    at, found = 4, []
    while at < len(der):
        size = der[at + 1]
        at += 2
        if size & 0x80:
            n = size & 0x7F
            size = int.from_bytes(der[at:at + n], "big")
            at += n
        found.append(der[at:at + size].lstrip(b"\0")[::-1])
        at += size
    return found


def secrets(bed, address):
    """D, P and Q of the key that signs for ADDRESS."""
    out = run("ukd", "export", address, "--clear", "--out", "-", *bed.ukd)
    line = [x for x in out.decode().split("\n") if x.startswith("key\t")][0]
    return numbers(bytes.fromhex(line.split("\t")[-1]))[3:6]


def holds(pid, parts):
    with open(f"/proc/{pid}/maps") as f:
        areas = [x.split()[0] for x in f if "rw" in x.split()[1]]
    with open(f"/proc/{pid}/mem", "rb", 0) as f:
        for area in areas:
            begin, end = (int(x, 16) for x in area.split("-"))
            try:
                f.seek(begin)
                data = f.read(end - begin)
            except OSError:
                continue
            if any(part in data for part in parts):
                return True
    return False


def submit(bed, who):
    c = Client(bed.where)
    c.connect("ORIGINATING")
    c.mail(f"<{who}@example.org>", who)
    c.message(MESSAGE.replace(b"alice@", who.encode() + b"@"))
    c.close()


def in_memory(bed, who, parts):
    """Has each worker sign for WHO, while the others are stopped."""
    workers = bed.milter.workers()
    for pid in workers:
        for other in workers:
            os.kill(other, signal.SIGCONT if other == pid else signal.SIGSTOP)
        submit(bed, who)
        check(f"a worker has {who}'s key", holds(pid, parts))
    for pid in workers:
        os.kill(pid, signal.SIGCONT)


def gone(bed, name, parts):
    until(f"{name}: no worker has it", lambda: not any(
        holds(pid, parts) for pid in bed.milter.workers()), WITHIN)


def removed(bed, work):
    parts = secrets(bed, "alice@example.org")
    in_memory(bed, "alice", parts)
    for how in "retire", "remove":
        run("ukd", how, "alice@example.org", *bed.ukd)
    gone(bed, "retired and removed", parts)


def rotated(bed, work):
    """While a connection is idle and others bring mail from elsewhere."""
    parts = secrets(bed, "bob@example.org")
    in_memory(bed, "bob", parts)
    idle = Client(bed.where)
    idle.connect("ORIGINATING")
    for _ in range(2):
        run("ukd", "rotate", "bob@example.org", "--force", *bed.ukd)
    run("ukd", "retire", "bob@example.org", *bed.ukd)
    end = time.monotonic() + WITHIN
    while time.monotonic() < end and any(
            holds(pid, parts) for pid in bed.milter.workers()):
        c = Client(bed.where)
        c.connect()
        c.mail("<eve@example.net>")
        c.message(MESSAGE)
        c.close()
    gone(bed, "rotated", parts)
    idle.close()


def away(bed, work):
    """The database is renamed away, and comes back."""
    parts = secrets(bed, "carol@example.org")
    in_memory(bed, "carol", parts)
    os.rename(f"{work}/ukd", f"{work}/elsewhere")
    gone(bed, "no database", parts)
    os.rename(f"{work}/elsewhere", f"{work}/ukd")
    in_memory(bed, "carol", parts)


def unused(bed, work):
    parts = secrets(bed, "carol@example.org")
    bed.milter.reload(bed.milter.settings + "keep-keys = 2\n")
    in_memory(bed, "carol", parts)
    gone(bed, "not used", parts)
    for pid in bed.milter.workers():
        with open(f"/proc/{pid}/stat") as f:
            before = f.read().split()[13:15]
        time.sleep(1.5)
        with open(f"/proc/{pid}/stat") as f:
            check("and it sleeps", f.read().split()[13:15] == before)


def silent(bed, work):
    """At each point of a message; an MTA that speaks now and then stays."""
    bed.milter.reload(bed.milter.settings + "idle-timeout = 2\n")

    def nothing():
        s = socket.socket(socket.AF_UNIX)
        s.connect(bed.where[5:])
        return s

    def client(*steps):
        c = Client(bed.where)
        for step in steps:
            step(c)
        return c.s

    def ended(s):
        s.settimeout(WITHIN)
        try:
            while s.recv(1000):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True
    talks = Client(bed.where)
    talks.connect()
    talks.mail("<eve@example.net>")
    sockets = [nothing(), client(), client(lambda c: c.connect()),
               client(lambda c: c.connect(), lambda c: c.mail("<a@b.example>")),
               client(lambda c: c.connect(), lambda c: c.mail("<a@b.example>"),
                      lambda c: c.fields(MESSAGE.split(b"\r\n\r\n")[0])),
               client(lambda c: c.s.sendall(b"\0\0\0\x09"))]
    header = MESSAGE.split(b"\r\n\r\n")[0] + b"\r\n"
    for field in header.split(b"\r\n")[:3] * 3:
        if field[:1] not in b" \t":
            talks.fields(field + b"\r\n")
        time.sleep(0.5)
    for n, s in enumerate(sockets):
        check(f"silent connection {n} is closed", ended(s))
        s.close()
    try:
        check("one that speaks goes on", talks.message(MESSAGE)[-1][0] == b"c")
    except (Closed, ConnectionError):
        check("one that speaks goes on", False)
    talks.close()
    check("the log says so", re.search("no word from the MTA for 2 s",
                                       bed.milter.text()))


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work)
        for name in "bob", "carol":
            add_mailbox(bed.ukd, f"{name}@example.org", "--login", name,
                        "--bits", "1024")
        try:
            if os.geteuid() == 0 and not SANITIZED:
                for test in removed, rotated, away, unused:
                    test(bed, work)
            else:
                print("not run without root, or in the memory of a sanitizer: "
                      "removed, rotated, away, unused")
            silent(bed, work)
        finally:
            bed.end()
    finish()


main()
