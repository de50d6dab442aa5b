"""The milter, with a small client: signing, verifying, bad protocol, life.

SPDX-License-Identifier: MIT
"""
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tests/support")
from milter_client import (ALL, LEADSPC, NR_BODY, NR_EOH, NR_HEADER,  # noqa
                           Client, Closed, apply)

BUILD = os.path.abspath(os.environ.get("BUILD", "build/host-mbedtls"))
HEADER = (b"From: Alice <alice@example.org>\r\nTo: bob@example.net\r\n"
          b"Subject:  two  blanks\r\n\tand a fold \r\n"
          b"Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
          b"Message-ID: <1@example.org>\r\n\r\n")
MESSAGE = HEADER + b"Hello  there \r\n\r\nAlice\r\n\r\n"
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {name}: {what}")


def run(*words, **more):
    return subprocess.run([f"{BUILD}/userkeys", *words], check=True,
                          capture_output=True, **more).stdout


class Dns:
    """A name server of a few lines: answers from a dict, or is silent."""

    def __init__(self):
        self.s = socket.socket(type=socket.SOCK_DGRAM)
        self.s.bind(("127.0.0.1", 0))
        self.port = self.s.getsockname()[1]
        self.records = {}
        self.pid = 0

    def serve(self):
        """In a child: the records as they are now."""
        self.stop()
        self.pid = os.fork()
        if self.pid:
            return
        while True:
            query, peer = self.s.recvfrom(512)
            at, labels = 12, []
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += query[at] + 1
            end = at + 5
            text = self.records.get(".".join(labels).lower())
            if text == "silence":
                continue
            answer = b""
            if text:
                pieces = [text[i:i + 255].encode()
                          for i in range(0, len(text), 255)]
                data = b"".join(bytes([len(p)]) + p for p in pieces)
                answer = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + struct.pack(
                    ">H", len(data)) + data
            self.s.sendto(query[:2] + (b"\x81\x80" if text else b"\x81\x83")
                          + b"\0\1" + (b"\0\1" if text else b"\0\0") +
                          b"\0\0\0\0" + query[12:end] + answer, peer)

    def stop(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


class Milter:
    def __init__(self, work, where, settings=""):
        self.where = where
        self.conf = f"{work}/conf"
        self.log = f"{work}/log"
        self.write(settings)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [f"{BUILD}/userkeys-milter", "--foreground", "--config",
                 self.conf], stderr=log)
        for _ in range(100):
            if "started" in self.text():
                break
            time.sleep(0.05)
        time.sleep(0.1)

    def write(self, settings):
        with open(self.conf, "w") as f:
            f.write(f"listen = {self.where}\n"
                    "authserv-id = mx.example.net\nworkers = 2\n" + settings)

    def text(self):
        with open(self.log) as f:
            return f.read()

    def stop(self):
        start = time.monotonic()
        self.process.terminate()
        status = self.process.wait(5)
        return time.monotonic() - start, status


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(x) for x in f.read().split()]


def memory(pid):
    """Private kB of a process."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return sum(int(x) for x in re.findall(
            r"Private_(?:Clean|Dirty): +(\d+)", f.read()))


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
        b"553 5.7.1 This login may not send as <bob@example.org>"), data)
    check("not signed twice", c.mail("<alice@example.org>",
                                     "alice")[0] == b"c")
    other = MESSAGE.replace(b"Alice <alice@", b"Bob <bob@")
    (kind, data), = c.message(other)
    check("From of another", kind == b"y" and data.startswith(
        b"550 5.7.1 This login may not write bob@example.org"), data)
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


def life(milter, where, dns):
    c = Client(where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    with open(milter.conf, "a") as f:
        f.write("nonsense = 1\n")
    milter.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    check("a bad file keeps the old", f"{milter.conf}:" in milter.text() and
          "no such key" in milter.text(), milter.text()[-300:])
    milter.write(milter.settings + "unsigned = reject\n")
    milter.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
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
    os.kill(children(milter.process.pid)[0], signal.SIGKILL)
    time.sleep(1.6)
    check("a dead worker is replaced",
          len(children(milter.process.pid)) == 2)
    milter.process.send_signal(signal.SIGUSR1)
    time.sleep(0.2)
    check("counters", re.search(r"counters connections=\d+", milter.text()))
    log = milter.text()
    check("a line for each message", re.search(
        r"queue=4XyZ12345 message-id=<1@example.org> role=submit "
        r"from=<alice@example.org> login=alice action=sign why=ok", log),
        log[-500:])
    check("no key in the log", "PRIVATE" not in log)


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
    check("at rest: 16 kB each", (rest - base) / 500 <= 16,
          f"{(rest - base) / 500} kB")
    for c in clients:
        c.mail("<eve@example.net>")
        c.fields(HEADER[:-2])
        c.send(b"N")
        c.send(b"B", b"x" * 4000)
    time.sleep(0.5)
    busy = sum(memory(p) for p in pids)
    check("in mid-body: 24 kB each over that", (busy - rest) / 500 <= 24,
          f"{(busy - rest) / 500} kB")
    print(f"memory: {(rest - base) / 500:.1f} kB a connection at rest, "
          f"{(busy - rest) / 500:.1f} kB more in mid-body")
    for c in clients:
        check("all end well", c.end()[-1][0] == b"c")
        c.close()


def main():
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o700)
        ukd = ["--db", f"{work}/ukd"]
        run("ukd", "init", *ukd, "--key-file", f"{work}/seal")
        record = run("ukd", "add", "alice@example.org", "--login", "alice",
                     "--bits", "2048", "--advice", "reject", *ukd)
        for _ in range(2):
            run("ukd", "rotate", "alice@example.org", "--force", *ukd)
        dns = Dns()
        text = "".join(re.findall(r'"([^"]*)"', record.decode()))
        dns.records["alice.userkeys.example.org"] = text
        dns.records["alice.userkeys._domainkey.example.org"] = text
        dns.serve()
        where = f"unix:{work}/socket"
        settings = (f"database = {work}/ukd\nkey-file = {work}/seal\n"
                    f"dns = 127.0.0.1:{dns.port}\nadvice = reject\n"
                    "dns-timeout = 2\n")
        milter = Milter(work, where, settings)
        milter.settings = settings
        try:
            signed, old = signing(where)
            verifying(where, dns, signed, old)
            bad_protocol(where)
            many(milter, where)
            life(milter, where, dns)
            milter.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            slow(where, signed)
            seconds, status = milter.stop()
            check("it stops within 100 ms", seconds < 0.1 and status == 0,
                  f"{seconds} s, status {status}")
            check("no socket is left", not os.path.exists(where[5:]))
            port = dns.port
            milter = Milter(work, f"inet:{port}@127.0.0.1", settings)
            Client(milter.where).close()
            check("TCP", True)
        finally:
            if milter.process.poll() is None:
                milter.process.kill()
            dns.stop()
            if failed:
                print(milter.text()[-3000:])
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
