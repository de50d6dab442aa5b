"""A milter that is started and stopped as a test wants it, and used.

SPDX-License-Identifier: MIT
"""
import os
import subprocess
import time

from milter_bed import BUILD, MESSAGE, Dns, add_mailbox, children, run
from milter_client import Client, apply


class Stand:
    """A folder with a database: alice@example.org, whose login is alice."""

    def __init__(self, work, bits=2048):
        os.chmod(work, 0o700)
        self.work = work
        self.where = f"unix:{work}/socket"
        self.conf = f"{work}/conf"
        self.log = f"{work}/log"
        self.process = None
        self.marked = 0
        self.ukd = ["--db", f"{work}/ukd"]
        run("ukd", "init", *self.ukd, "--key-file", f"{work}/seal")
        self.dns = Dns()
        self.add("alice", bits)
        self.settings = (
            f"listen = {self.where}\nauthserv-id = mx.example.net\n"
            f"database = {work}/ukd\nkey-file = {work}/seal\n"
            f"dns = 127.0.0.1:{self.dns.port}\nadvice = reject\n"
            "dns-timeout = 2\n")

    def add(self, name, bits):
        """A mailbox with an active key, and its record in the DNS."""
        text = add_mailbox(self.ukd, f"{name}@example.org", "--login", name,
                           "--bits", str(bits), "--advice", "reject")
        for zone in "userkeys", "userkeys._domainkey":
            self.dns.records[f"{name}.{zone}.example.org"] = text
        self.dns.serve()

    def write(self, more=""):
        with open(self.conf, "w") as f:
            f.write(self.settings + more)

    def text(self):
        """Of the log, from the last mark on."""
        with open(self.log, "rb") as f:
            return f.read()[self.marked:].decode(errors="replace")

    def mark(self):
        self.marked = os.path.getsize(self.log)

    def start(self, more="", env=None, wait=True):
        self.write(more)
        self.marked = 0
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [f"{BUILD}/userkeys-milter", "--foreground", "--config",
                 self.conf], stderr=log, env={**os.environ, **(env or {})})
        for _ in range(400 if wait else 0):
            if "started" in self.text() or self.process.poll() is not None:
                break
            time.sleep(0.02)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def end(self):
        self.stop()
        self.dns.stop()

    def workers(self):
        return children(self.process.pid)

    def submit(self, message=MESSAGE, sender="alice", login="alice"):
        """What comes out, and the reply."""
        c = Client(self.where)
        try:
            c.connect("ORIGINATING")
            reply = c.mail(f"<{sender}@example.org>", login)
            if reply[0] != b"c":
                return message, reply
            return apply(message, c.message(message))
        finally:
            c.s.close()

    def receive(self, message, sender="<alice@example.org>"):
        c = Client(self.where)
        try:
            c.connect("mx.example.net")
            reply = c.mail(sender)
            if reply[0] != b"c":
                return message, reply
            return apply(message, c.message(message))
        finally:
            c.s.close()
