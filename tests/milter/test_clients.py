"""The milter and MTAs that behave badly: slow readers, broken connections,
many at once; Unix sockets and TCP, with one worker and with several.

SPDX-License-Identifier: MIT
"""
import os
import socket
import struct
import sys
import tempfile
import threading

sys.path.insert(0, "tests/support")
from milter_client import (ALL, LEADSPC, NR_BODY, NR_CONNECT,  # noqa: E402
                           NR_DATA, NR_EOH, NR_HEADER, Client, apply)
from milter_bed import (MESSAGE, Bed, Milter, check, finish,  # noqa: E402
                        free_port, until)

FIELDS = 100000


def submit(where):
    """One message through a connection of its own; whether it is signed."""
    c = Client(where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    out, reply = apply(MESSAGE, c.message(MESSAGE))
    c.close()
    return reply[0] == b"c" and out.startswith(b"DKIM-Signature: ")


def descriptors(milter):
    return sum(len(os.listdir(f"/proc/{p}/fd")) for p in milter.workers())


def steps(where):
    """What is answered depends on the socket: by TCP, DATA and CONNECT are,
    as an MTA would wait there for an ACK."""
    c = Client(where)
    local = where.startswith("unix:")
    check("CONNECT is quiet by a Unix socket alone",
          bool(c.protocol & NR_CONNECT) == local, hex(c.protocol))
    check("DATA, too", bool(c.protocol & NR_DATA) == local, hex(c.protocol))
    c.connect()
    c.mail("<eve@example.net>")
    c.send(b"T")
    if not local:
        check("DATA is answered", c.read() == (b"c", b""))
    check("and all goes on", c.message(MESSAGE)[-1][0] == b"c")
    c.close()
    c = Client(where, ALL & ~(NR_CONNECT | NR_DATA))
    check("CONNECT is answered to an MTA of old",
          c.connect() == (b"c", b""))
    c.mail("<eve@example.net>")
    check("DATA, too", c.ask(b"T") == (b"c", b""))
    c.close()


def slow_reader(where):
    """An MTA that sends and does not read: the replies fill the socket, the
    milter stops reading, serves the others, and loses nothing."""
    c = Client(where, ALL & ~(NR_HEADER | NR_EOH | NR_BODY | LEADSPC))
    c.connect()
    c.mail("<eve@example.net>")
    field = c.packet(b"L", b"X\0" + b"y" * 90 + b"\0")
    sender = threading.Thread(target=c.s.sendall, args=(field * FIELDS,))
    sender.start()
    sender.join(0.5)
    # By TCP the system's buffers take all of it.
    check("the milter stops reading", sender.is_alive() or
          where.startswith("inet:"))
    check("others are served meanwhile", all(submit(where)
                                             for _ in range(5)))
    check("no reply is lost", c.exactly(5 * FIELDS) ==
          c.packet(b"c") * FIELDS)
    sender.join()
    check("the header's end", c.ask(b"N") == (b"c", b""))
    check("the body", c.ask(b"B", b"Hi\r\n") == (b"c", b""))
    check("the message's end", c.end()[-1][0] in b"cay")
    c.close()


def dialogue(c):
    """The octets of a whole submission, after the options."""
    return c.packet(b"D", b"C{daemon_name}\0ORIGINATING\0") + \
        c.packet(b"C", b"h\x004\x09\xc4127.0.0.1\0") + \
        c.packet(b"D", b"M{auth_authen}\0alice\0") + \
        c.packet(b"M", b"<alice@example.org>\0") + c.packet(b"T") + \
        c.packet(b"L", b"From\0 alice@example.org\0") + c.packet(b"N") + \
        c.packet(b"B", b"Hi\r\n" * 500) + c.packet(b"E")


def broken(milter):
    """The connection ends at every fourth octet or so of a dialogue, closed
    or reset, with answers unread: nothing stays behind."""
    where = milter.where
    before = descriptors(milter)
    c = Client(where)
    whole = dialogue(c)
    c.close()
    reset = struct.pack("ii", 1, 0)
    cuts = [*range(0, 400, 4), *range(400, len(whole), 200), len(whole)]
    for n, cut in enumerate(cuts):
        c = Client(where)
        c.s.sendall(whole[:cut])
        if n % 2:
            c.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        c.s.close()
    until("no connection is left", lambda: descriptors(milter) <= before)
    check("the milter is well", submit(where))


def at_once(where, threads=20, messages=10):
    good = []

    def some():
        good.extend(submit(where) for _ in range(messages))
    running = [threading.Thread(target=some) for _ in range(threads)]
    for t in running:
        t.start()
    for t in running:
        t.join()
    check("many at once", len(good) == threads * messages and all(good),
          f"{good.count(True)} of {threads * messages}")


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work, "advice = reject\n")
        settings = bed.milter.settings
        try:
            for workers in (1, 2, 5):
                for where in (bed.where, f"inet:{free_port()}@127.0.0.1"):
                    bed.milter.stop()
                    bed.milter = Milter(work, where, settings,
                                        workers=workers)
                    until("all workers are there", lambda: len(
                        bed.milter.workers()) == workers)
                    steps(where)
                    slow_reader(where)
                    broken(bed.milter)
                    at_once(where)
                    check("no worker died", "another takes its place"
                          not in bed.milter.text(), bed.milter.text())
        finally:
            bed.end()
    finish()


main()
