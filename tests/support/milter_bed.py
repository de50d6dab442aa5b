"""What the tests of the milter share: name server, milter, database.

SPDX-License-Identifier: MIT
"""
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import time

BUILD = os.path.abspath(os.environ.get("BUILD", "build/host-mbedtls"))
HEADER = (b"From: Alice <alice@example.org>\r\nTo: bob@example.net\r\n"
          b"Subject:  two  blanks\r\n\tand a fold \r\n"
          b"Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
          b"Message-ID: <1@example.org>\r\n\r\n")
MESSAGE = HEADER + b"Hello  there \r\n\r\nAlice\r\n\r\n"

with open(f"{BUILD}/userkeys-milter", "rb") as f:
    # A sanitizer's memory and time are not the milter's.
    SANITIZED = b"__asan_init" in f.read()


class Count:
    passed = failed = 0


def check(name, good, what=""):
    if good:
        Count.passed += 1
    else:
        Count.failed += 1
        print(f"FAIL {name}: {what}")


def finish():
    print(f"{Count.passed} passed, {Count.failed} failed")
    sys.exit(Count.failed > 0)


def until(name, what, seconds=60):
    """Waits until WHAT() is true, which is a check."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            check(name, False, f"not within {seconds} s")
            return
        time.sleep(0.02)
    check(name, True)


def run(*words, **more):
    return subprocess.run([f"{BUILD}/userkeys", *words], check=True,
                          capture_output=True, **more).stdout


class Dns:
    """A name server of a few lines.  RECORDS: name to text; the text
    "silence" is no answer, and "tcp:..." one that comes by TCP alone."""

    def __init__(self):
        self.tcp = socket.socket()
        self.tcp.bind(("127.0.0.1", 0))
        self.tcp.listen(20)
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.records = {}
        self.pid = 0

    def answer(self, query, tcp):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += query[at] + 1
        end = at + 5
        text = self.records.get(".".join(labels).lower())
        if text == "silence":
            return None
        flags, count, answer = 0x8180 if text else 0x8183, 0, b""
        if text and text.startswith("tcp:"):
            text = text[4:]
            if not tcp:
                flags, text = 0x8380, None
        if text:
            pieces = [text[i:i + 255].encode()
                      for i in range(0, len(text), 255)]
            data = b"".join(bytes([len(p)]) + p for p in pieces)
            answer = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + struct.pack(
                ">H", len(data)) + data
            count = 1
        return query[:2] + struct.pack(">HHHHH", flags, 1, count, 0, 0) + \
            query[12:end] + answer

    def once(self):
        for s in select.select([self.udp, self.tcp], [], [])[0]:
            if s is self.udp:
                query, peer = s.recvfrom(512)
                answer = self.answer(query, False)
                if answer:
                    s.sendto(answer, peer)
                continue
            c, _ = s.accept()
            with c:
                c.settimeout(5)
                query = c.recv(600)
                answer = self.answer(query[2:], True)
                c.sendall(struct.pack(">H", len(answer)) + answer)

    def serve(self):
        """In a child: the records as they are now."""
        self.stop()
        self.pid = os.fork()
        while self.pid == 0:
            try:
                self.once()
            except OSError:
                pass

    def stop(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


class Milter:
    def __init__(self, work, where, settings="", workers=2, **more):
        self.where = where
        self.count = workers
        self.settings = settings
        self.conf = f"{work}/conf"
        self.log = f"{work}/log"
        self.write(settings)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [f"{BUILD}/userkeys-milter", "--foreground", "--config",
                 self.conf], stderr=log, **more)
        until("the milter starts", lambda: "started" in self.text() or
              self.process.poll() is not None)

    def write(self, settings):
        with open(self.conf, "w") as f:
            f.write(f"listen = {self.where}\n"
                    "authserv-id = mx.example.net\n"
                    f"workers = {self.count}\n" + settings)

    def reload(self, settings=None, busy=False):
        """With new settings; returns when new workers have taken over.
        BUSY: a connection is open, so that an old one stays."""
        old = set(self.workers())
        lines = self.text().count("\n")
        self.write(self.settings if settings is None else settings)
        self.process.send_signal(signal.SIGHUP)
        until("it reads its file again", lambda: "read again" in
              "\n".join(self.text().split("\n")[lines:]))
        until("new workers", lambda: len(set(self.workers()) - old) == 2
              and (busy or not old & set(self.workers())))

    def workers(self):
        return children(self.process.pid)

    def text(self):
        with open(self.log) as f:
            return f.read()

    def stop(self):
        start = time.monotonic()
        self.process.terminate()
        status = self.process.wait(60)
        return time.monotonic() - start, status


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(x) for x in f.read().split()]


def memory(pid):
    """Private kB of a process."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return sum(int(x) for x in re.findall(
            r"Private_(?:Clean|Dirty): +(\d+)", f.read()))


def texts(records):
    """The text of the first TXT record that RECORDS, of the command, has."""
    first = records.decode().split(")")[0]
    return "".join(re.findall(r'"([^"]*)"', first))


class Bed:
    """A database with alice's key, a name server that knows it, a milter."""

    def __init__(self, work, settings="", prepare=lambda: None, **more):
        os.chmod(work, 0o700)
        self.ukd = ["--db", f"{work}/ukd"]
        run("ukd", "init", *self.ukd, "--key-file", f"{work}/seal")
        self.dns = Dns()
        self.publish("alice", add_mailbox(
            self.ukd, "alice@example.org", "--login", "alice", "--advice",
            "reject"))
        self.dns.serve()
        self.where = f"unix:{work}/socket"
        prepare()
        self.milter = Milter(
            work, self.where, f"database = {work}/ukd\n"
            f"key-file = {work}/seal\ndns = 127.0.0.1:{self.dns.port}\n"
            "dns-timeout = 2\n" + settings, **more)

    def publish(self, label, text):
        for zone in "userkeys", "userkeys._domainkey":
            self.dns.records[f"{label}.{zone}.example.org"] = text

    def end(self):
        if self.milter.process.poll() is None:
            self.milter.process.kill()
            self.milter.process.wait()
        self.dns.stop()
        if Count.failed:
            print(self.milter.text()[-3000:])


def add_mailbox(ukd, address, *options):
    """A mailbox with an active key; the text of its record."""
    record = run("ukd", "add", address, *options, *ukd)
    run("ukd", "rotate", address, "--force", *ukd)
    return texts(record)
