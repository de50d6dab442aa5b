"""Nobody starves another: more silent names than a worker has sockets, and
letters of senders that are not in the cache go on meanwhile.

No time is measured: what must not wait is answered while the others still do.
SPDX-License-Identifier: MIT
"""
import os
import sys
import tempfile
import threading

sys.path.insert(0, "tests/support")
from milter_bed import Bed, check, finish, until  # noqa
from milter_client import Client, Closed  # noqa

HOSTILE, GOOD = 70, 40
SECONDS = 40  # of dns-timeout: until then the hostile ones wait


class Records(dict):
    """Names below evil.example are never answered; each sender of
    example.org has a record."""

    def get(self, name, default=None):
        if name.endswith("evil.example"):
            return "silence"
        if name.endswith(".userkeys.example.org"):
            return "v=DKIM1; uk=reject; p="
        return dict.get(self, name, default)


def signatures(number):
    return b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=k%d.%d;\r\n"
        b" h=from; bh=%s; b=%s\r\n" % (number, i, b"A" * 43 + b"=",
                                       b"A" * 172) for i in range(5))


def letter(client, sender, more=b""):
    client.mail(f"<{sender}>")
    return client.message(more + b"From: %s\r\nSubject: x\r\n\r\nHi\r\n" %
                          sender.encode())


class Hostile(threading.Thread):
    def __init__(self, bed, number):
        super().__init__(daemon=True)
        self.client = Client(bed.where, timeout=300)
        self.client.connect("mx.example.net")
        self.number = number
        self.answer = None

    def run(self):
        try:
            self.answer = letter(self.client, "eve@evil.example",
                                 signatures(self.number))
        except (OSError, Closed):
            pass  # the test is over


def queries(bed):
    """Sockets of the one worker that ask the name server."""
    pid, = bed.milter.workers()
    count = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            count += os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:")
        except FileNotFoundError:
            pass  # closed meanwhile
    return count


def starve(bed):
    crowd = [Hostile(bed, i) for i in range(HOSTILE)]
    for each in crowd:
        each.start()
    until("all sockets of the worker are in use",
          lambda: queries(bed) >= 256 + HOSTILE)
    client = Client(bed.where, timeout=SECONDS)
    client.connect("mx.example.net")
    for i in range(GOOD):
        answer = letter(client, f"good{i}@example.org")
        check("the owner's advice is followed", answer[-1][0] == b"y" and
              answer[-1][1].startswith(b"550 5.7.1"), answer)
    waiting = sum(each.answer is None for each in crowd)
    check("the others still wait", waiting == HOSTILE, waiting)
    client.close()
    check("no more sockets than that", queries(bed) <= 256 + HOSTILE + 20,
          queries(bed))


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work, f"advice = reject\ndns-timeout = {SECONDS}\n",
                  workers=1)
        try:
            bed.dns.records = Records(bed.dns.records)
            bed.dns.serve()
            starve(bed)
        finally:
            bed.end()
    finish()


main()
