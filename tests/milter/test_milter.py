"""The milter, with a small client: signing, verifying, bad protocol, life.

SPDX-License-Identifier: MIT
"""
import os
import re
import resource
import signal
import socket
import sys
import tempfile
import time

sys.path.insert(0, "tests/support")
from milter_client import (ALL, LEADSPC, NR_BODY, NR_EOH, NR_HEADER,  # noqa
                           Client, Closed, apply)
from milter_bed import (HEADER, MESSAGE, SANITIZED, Bed, Milter,  # noqa
                        check, children, finish, free_port, memory, run,
                        until)


def signing(where):
    c = Client(where)
    c.connect("ORIGINATING")
    check("mail", c.mail("<alice@example.org>", "alice")[0] == b"c")
    answer = c.message(MESSAGE)
    signed, reply = apply(MESSAGE, answer)
    check("reply", reply == (b"c", b""), reply)
    check("signed", signed.startswith(b"DKIM-Signature: v=1;"), signed[:80])
    kind, data = c.mail("<bob@example.org>", "alice")
    check("not permitted", kind == b"y" and data.startswith(
        b"553 5.7.1 Login alice may not send as bob@example.org"), data)
    check("not signed twice", c.mail("<alice@example.org>",
                                     "alice")[0] == b"c")
    other = MESSAGE.replace(b"Alice <alice@", b"Bob <bob@")
    (kind, data), = c.message(other)
    check("From of another", kind == b"y" and data.startswith(
        b"550 5.7.1 Login alice may not write bob@example.org"), data)
    c.mail("<alice@example.org>", "alice")
    forged = b"Authentication-Results: mx.example.net; dkim=pass\r\n"
    answer = c.message(forged + MESSAGE)
    check("forged result gone", b"m" in [k for k, _ in answer], answer)
    check("no login", c.mail("<alice@example.org>")[0] == b"y")
    c.close()
    c = Client(where, ALL & ~(NR_HEADER | NR_EOH | NR_BODY | LEADSPC))
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    old, _ = apply(MESSAGE, c.message(MESSAGE, 7), False)
    c.close()
    check("an MTA of old", old.startswith(b"DKIM-Signature: v=1;"), old[:80])
    return signed, old


def line_ends(where, signed):
    """A LF is a fold where white space follows, and else, as a CR is, no part
    of a header, signed or not; however the packet is cut."""
    def send(value, cut, message, login):
        c = Client(where)
        c.connect("ORIGINATING" if login else "mx.example.net")
        c.mail("<alice@example.org>", login)
        packet = c.packet(b"L", b"X-Free\0" + value + b"\0")
        at = packet.index(b"\n") + cut if cut is not None else len(packet)
        c.s.sendall(packet[:at])
        time.sleep(0.02 if cut is not None else 0)
        c.s.sendall(packet[at:])
        answer = c.message(message)
        c.close()
        return answer

    for value, fold in (
            (b" y\n z", True), (b" y\n\tz", True), (b" y\n \n z", True),
            (b" y\nFrom: CEO <ceo@bank.example>", False), (b" y\n", False),
            (b" y\nz", False), (b"\nz", False), (b" y\n\n z", False),
            (b" y\r", False), (b"\ry", False), (b" y\r\n z", False),
            (b" y\n z\r", False)):
        for cut in (None, 0, 1) if b"\n" in value else (None,):
            answer = send(value, cut, signed, None)
            check(f"{value!r} cut at {cut}", answer[-1][0] == (
                b"c" if fold else b"y"), answer)
            check(f"{value!r}: why", fold or b"bare CR" in answer[-1][1],
                  answer)
        answer = send(value, None, MESSAGE, "alice")
        check(f"{value!r} of ours is signed", any(
            b"DKIM-Signature" in data for _, data in answer) == fold, answer)


def verifying(where, dns, signed, old):
    c = Client(where)

    def send(message, sender="<alice@example.org>"):
        c.connect("mx.example.net")
        c.mail(sender)
        return apply(message, c.message(message))

    for name, message in ("signed", signed), ("of an old MTA", old):
        out, reply = send(message)
        check(f"{name} passes", b"userkeys=pass smtp.mailfrom=alice@" in
              out.split(b"DKIM-Signature")[0] and reply[0] == b"c", out[:400])
    out, reply = send(signed.replace(b"there", b"where"))
    check("changed: refused on advice", reply[0] == b"y" and
          b"550 5.7.1 Refused on the advice" in reply[1], reply)
    out, reply = send(MESSAGE)
    check("unsigned: refused on advice", reply[0] == b"y", reply)
    out, reply = send(MESSAGE, "<eve@example.net>")
    check("others are noted", b"userkeys=none" in out and reply[0] == b"c",
          out[:200])
    forged = b"".join(
        b"Authentication-Results:" + f + b"; userkeys=pass\r\n" for f in (
            b" mx.example.net", b" MX.EXAMPLE.NET", b" other.example",
            b" (c) mx.example.net", b' "mx.example.net"', b"mx.example.net",
            b" mx.example.net.", b" mx.example.net 1", b"\r\n\tmx.example.net",
            b" mx.example.net (x", b" m\\x.example.net.org"))
    out, reply = send(forged + signed)
    header = out.split(b"\r\n\r\n")[0]
    left = re.findall(rb"(?im)^authentication-results:(.*)$", header)
    check("ten forged ones", len(left) == 4, left)
    c.close()
    dns.records["alice.userkeys.example.org"] = "silence"
    dns.serve()


def slow(where, signed):
    c = Client(where)
    c.connect("mx.example.net")
    c.mail("<alice@example.org>")
    start = time.monotonic()
    _, reply = apply(signed, c.message(signed))
    check("DNS silent: 451", reply[0] == b"y" and b"451 4.7.5" in reply[1],
          reply)
    check("within its deadline", time.monotonic() - start < 4)
    c.close()


def bad_protocol(where):
    for name, octets in (
            ("no length", b"\0\0\0\0"), ("huge", b"\xff\xff\xff\xffO"),
            ("unknown", b"\0\0\0\1?"), ("early", b"\0\0\0\1E"),
            ("short options", b"\0\0\0\2O\0"), ("text", b"EHLO there\r\n")):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(5)
        s.connect(where[5:])
        s.sendall(octets)
        s.shutdown(socket.SHUT_WR)
        check(f"{name} closes", s.recv(100) == b"")
        s.close()
    for name, kinds in (("body first", [b"B"]), ("end first", [b"E"]),
                        ("mail twice", [b"M", b"M"])):
        c = Client(where)
        c.connect()
        try:
            for kind in kinds:
                c.send(kind, b"<a@b.c>\0" if kind == b"M" else b"x")
            while True:
                c.read()
        except Closed:
            check(name, True)
    c = Client(where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    c.send(b"A")
    c.send(b"A")
    check("abort twice", c.mail("<alice@example.org>", "alice")[0] == b"c")
    whole = b"".join(c.packet(b"L", b"X\0 y\0") for _ in range(3)) + \
        c.packet(b"L", b"From\0 alice@example.org\0") + c.packet(b"N") + \
        c.packet(b"B", b"Hi\r\n")
    for octet in whole:
        c.s.sendall(bytes([octet]))
    answer = c.end()
    check("octet by octet", answer[0][0] == b"i" and answer[-1][0] == b"c",
          answer)
    c.close()


def life(milter, where):
    c = Client(where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    with open(milter.conf, "a") as f:
        f.write("nonsense = 1\n")
    milter.process.send_signal(signal.SIGHUP)
    until("a bad file keeps the old", lambda: f"{milter.conf}:" in
          milter.text() and "no such key" in milter.text())
    milter.reload(milter.settings + "unsigned = reject\n", True)
    check("the message in hand is finished",
          c.message(MESSAGE)[-1][0] == b"c")
    c.close()
    c = Client(where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    (kind, data), = c.message(MESSAGE.replace(b"From:", b"X:"))
    check("the new settings hold", kind == b"y" and
          b"cannot be signed: there is no From" in data, data)
    c.close()
    until("the old workers are gone", lambda: len(milter.workers()) == 2)
    killed = milter.workers()[0]
    os.kill(killed, signal.SIGKILL)
    until("a dead worker is replaced", lambda: len(milter.workers()) == 2
          and killed not in milter.workers())
    milter.process.send_signal(signal.SIGUSR1)
    until("counters", lambda: re.search(r"counters connections=\d+",
                                        milter.text()))
    log = milter.text()
    check("a line for each message", re.search(
        r"queue=4XyZ12345 message-id=<1@example.org> client=192\.0\.2\.7 "
        r"role=submit "
        r"from=<alice@example.org> login=alice action=sign why=ok", log),
        log[-500:])
    check("a refusal at MAIL says who and why", re.search(
        r"at=mail client=192\.0\.2\.7 role=submit "
        r"from=<bob@example.org> login=alice action=refuse why=ukd-denied",
        log), log[-500:])
    check("and that of a client without a login", re.search(
        r"from=<alice@example.org> action=refuse why=no-login", log),
        log[-500:])


def many(milter, where):
    """Memory of 500 connections at rest, and in the middle of a body."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    pids = children(milter.process.pid)
    base = sum(memory(p) for p in pids)
    clients = []
    for _ in range(500):
        clients.append(Client(where))
        clients[-1].connect("mx.example.net")
    time.sleep(0.2)
    rest = sum(memory(p) for p in pids)
    check("at rest: 16 kB each", SANITIZED or (rest - base) / 500 <= 16,
          f"{(rest - base) / 500} kB")
    for c in clients:
        c.mail("<eve@example.net>")
        c.fields(HEADER[:-2])
        c.send(b"N")
        c.send(b"B", b"x" * 4000)
    time.sleep(0.5)
    busy = sum(memory(p) for p in pids)
    check("in mid-body: 24 kB each over that",
          SANITIZED or (busy - rest) / 500 <= 24,
          f"{(busy - rest) / 500} kB")
    print(f"memory: {(rest - base) / 500:.1f} kB a connection at rest, "
          f"{(busy - rest) / 500:.1f} kB more in mid-body")
    for c in clients:
        check("all end well", c.end()[-1][0] == b"c")
        c.close()


def stops(bed):
    """The best of three: other processes may want the processor, too."""
    best = 9
    for _ in range(3):
        bed.milter = Milter(bed.work, bed.where, bed.milter.settings)
        seconds, status = bed.milter.stop()
        best = min(best, seconds)
        check("status", status == 0, status)
    check("it stops within 100 ms", best < 0.1 or SANITIZED, f"{best} s")
    check("no socket is left", not os.path.exists(bed.where[5:]))


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work, "advice = reject\n")
        run("ukd", "add", "bob@example.org", "--login", "bob", "--bits",
            "1024", *bed.ukd)
        bed.work = work
        try:
            signed, old = signing(bed.where)
            line_ends(bed.where, signed)
            verifying(bed.where, bed.dns, signed, old)
            bad_protocol(bed.where)
            many(bed.milter, bed.where)
            life(bed.milter, bed.where)
            bed.milter.reload()
            slow(bed.where, signed)
            bed.milter.stop()
            stops(bed)
            bed.milter = Milter(work, f"inet:{free_port()}@127.0.0.1",
                                bed.milter.settings)
            c = Client(bed.milter.where)
            c.connect("ORIGINATING")
            c.mail("<alice@example.org>", "alice")
            check("TCP", c.message(MESSAGE)[0][0] == b"i")
            c.close()
        finally:
            bed.end()
    finish()


main()
