"""The milter under attack, and under its own administrator.

Floods of forged results, logins that are too long, signals to the wrong
process, a configuration that parses and cannot work; then reloads, killed
workers and a database that changes, all at once under load.
SPDX-License-Identifier: MIT
"""
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, "tests/support")
from milter_bed import BUILD, MESSAGE, Count, check, finish, run  # noqa
from milter_client import Client, Closed  # noqa
from milter_stand import Stand  # noqa

SECONDS = 6


def settled(bed, wanted):
    """Whether there are WANTED workers, soon."""
    for _ in range(100):
        if len(bed.workers()) == wanted:
            return True
        time.sleep(0.05)
    return False


def forged(bed):
    """Each forged result goes, however many there are."""
    field = b"Authentication-Results: mx.example.net; userkeys=pass\r\n"
    for count in (1, 100, 512, 1000, 2500, 20000):
        c = Client(bed.where)
        c.connect("mx.example.net")
        c.mail("<eve@example.net>")
        answer = c.message(field * count + MESSAGE)
        c.close()
        gone = [struct.unpack(">I", data[:4])[0] for kind, data in answer
                if kind == b"m"]
        check(f"{count} forged results go, the last first",
              gone == list(range(count, 0, -1)) and answer[-1][0] == b"c",
              f"{len(gone)} gone, {answer[-1]}")


def large_forged(bed):
    """A forged result goes, however much stands in front of the claim."""
    for size in (1, 100, 4096, 60000, 66000, 100000, 1000000):
        for what in (b": (" + b"x" * size + b")", b" " * size + b":",
                     b":\r\n\t" + b" " * size):
            field = (b"Authentication-Results" + what +
                     b" mx.example.net; userkeys=pass\r\n")
            c = Client(bed.where)
            try:
                c.connect("mx.example.net")
                c.mail("<eve@example.net>")
                answer = c.message(field + MESSAGE)
            except (Closed, ConnectionError) as e:
                answer = [(b"closed", repr(e))]
            c.s.close()
            check(f"{size} octets before the claim", (
                b"m", b"\0\0\0\1Authentication-Results\0\0") in answer and
                answer[-1][0] == b"c", answer[-1])


def name_at_the_end(bed):
    """Blanks, then the name, up to the last octet of the room for a field,
    in two packets of the network, so that this room is exact: nothing is
    written behind it (AddressSanitizer sees it), and the worker lives."""
    name = b"Authentication-Results"
    before = bed.workers()
    for size in range(66556, 66561):
        c = Client(bed.where)
        c.connect("mx.example.net")
        c.mail("<eve@example.net>")
        packet = c.packet(b"L", b" " * (size - len(name)) + name +
                          b"\0" + b"x" * 600 + b"\0")
        c.s.sendall(packet[:33157])
        time.sleep(0.1)
        c.s.sendall(packet[33157:])
        try:
            answer = c.message(MESSAGE)
        except (Closed, ConnectionError) as e:
            answer = [(b"closed", repr(e))]
        c.s.close()
        check(f"the name ends at {size}", answer[-1][0] in b"cay", answer)
    check("no worker died", bed.workers() == before)


HOSTILE = ("%n%s%n", "a\nb", "a\r\nX: y", "a;b", "a(b", 'a"b', "a\\b",
           "\x1b[2J", "a\tb", "\x7f", "x" * 900, "josé", "a' role=submit",
           "a%0Ab")


def injection(bed):
    """Nothing of a message writes a line, a field or a word of its own."""
    time.sleep(1)  # lines of the messages before are written after the answer
    bed.mark()
    n = 0
    for text in HOSTILE:
        raw = text.encode()
        for sender in raw + b"@example.com", b'"' + raw + b'"@example.com', \
                b"a@" + raw + b".example.com":
            c = Client(bed.where)
            c.connect(host=text)
            c.send(b"M", b"<" + sender + b">\0")
            if c.read()[0] != b"c":
                c.s.close()
                continue
            value = raw.replace(b"\r\n", b" ").replace(b"\n", b"\n ")
            message = MESSAGE.replace(b"<1@", b"<" + value + b"@").replace(
                b"Subject: ", b"DKIM-Signature: v=1; a=rsa-sha256; d=" +
                value + b"; s=" + value + b"; i=@" + value +
                b"; h=from; bh=AA==; b=AA==\r\nSubject: ").replace(
                    b"\n ", b"\r\n ")
            answer = c.message(message)
            c.s.close()
            n += 1
            for kind, data in answer:
                if kind == b"i":
                    lines = data[4:].split(b"\0")[1].split(b"\n")
                    check(f"{text!r} in a field", all(
                        line[:1] in (b" ", b"\t") for line in lines[1:]) and
                        b"\r" not in data and b"\x1b" not in data and
                        b"\x7f" not in data, data)
                elif kind == b"y":
                    check(f"{text!r} in a reply", data[-1:] == b"\0" and all(
                        32 <= x < 127 for x in data[:-1]), data)
    time.sleep(1)
    lines = bed.text().split("\n")[:-1]
    check("a line for each message", sum(" role=mx " in x for x in lines) ==
          n, f"{n} messages, {len(lines)} lines")
    check("each of printable ASCII, with its words once", all(
        line.startswith("userkeys-milter: ") and line.isascii() and
        line.isprintable() and line.count(" role=") == 1 and
        line.count(" why=") == 1 and line.count(" action=") == 1
        for line in lines), [x for x in lines if x.count(" role=") != 1][:3])


def quoted_id(bed):
    """A lone quote in a Message-ID does not hide the rest of its line."""
    bed.mark()
    bed.receive(MESSAGE.replace(b"<1@example.org>", b'<"quote@example.org>'))
    time.sleep(0.1)
    check("the quote is escaped", 'message-id=<%22quote@example.org> '
          "client=192.0.2.7 role=mx" in bed.text(), bed.text())
    p = subprocess.run([f"{BUILD}/userkeys", "why", "<%22quote@example.org>",
                        "--log", bed.log], capture_output=True, text=True)
    check("userkeys why finds all of it", p.returncode == 0 and
          "refuse" in p.stdout, p.stdout + p.stderr)


def gone(bed):
    """An MTA that goes away before the answer: the log says so, and does not
    claim a signature that nobody got."""
    bed.mark()
    workers = bed.workers()
    c = Client(bed.where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    c.fields(MESSAGE.split(b"\r\n\r\n")[0] + b"\r\n")
    c.send(b"N")
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    c.send(b"B", b"Hi\r\n")
    c.send(b"E")
    c.s.close()
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    for _ in range(100):
        if " action=" in bed.text():
            break
        time.sleep(0.05)
    check("nothing was sent, and that is said", "action=defer why=mta-gone" in
          bed.text() and "action=sign" not in bed.text(), bed.text())


def long_login(bed):
    name = "l" * 255
    run("ukd", "allow", "alice@example.org", "--login", name, *bed.ukd)
    out, reply = bed.submit(login=name)
    check("a login of 255 octets", out.startswith(b"DKIM-Signature:"), reply)
    for tail in ("x", "x" * 600, "x" * 2000):
        try:
            out, reply = bed.submit(login=name + tail)
            check("a longer one is not it", reply[0] != b"c", reply)
        except (Closed, ConnectionError):
            check("a longer one is not it", True)
    run("ukd", "deny", "alice@example.org", "--login", name, *bed.ukd)


def signals(bed):
    """As pkill -HUP userkeys-milter does it: to every process."""
    before = bed.workers()
    c = Client(bed.where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGINT):
        for pid in before:
            os.kill(pid, number)
    time.sleep(0.2)
    check("signals for the first process pass the workers by",
          bed.workers() == before, bed.text()[-300:])
    check("and the message is signed", c.message(MESSAGE)[0][0] == b"i")
    c.close()
    os.kill(bed.process.pid, signal.SIGUSR2)
    time.sleep(0.1)
    check("those for workers pass the first by", bed.process.poll() is None)


def bad_reload(bed):
    """What parses and cannot work leaves the old in service."""
    before = sorted(bed.workers())
    good = bed.settings
    for name, old, new in (
            ("no database", f"{bed.work}/ukd\n", f"{bed.work}/none\n"),
            ("no key file", f"{bed.work}/seal", f"{bed.work}/none"),
            ("no server", "dns = 127.0.0.1:", "dns = localhost:")):
        bed.settings = good.replace(old, new)
        bed.write()
        bed.process.send_signal(signal.SIGHUP)
        for _ in range(100):
            if bed.text().count("the old configuration stays") > 0:
                break
            time.sleep(0.05)
        check(f"{name}: the old stays", "the old configuration stays" in
              bed.text() and sorted(bed.workers()) == before,
              bed.text()[-400:])
        out, reply = bed.submit()
        check(f"{name}: it signs on", out.startswith(b"DKIM-Signature:"),
              reply)
        bed.mark()
    bed.settings = good
    bed.write()


class Load(threading.Thread):
    """Messages of Alice's, one after the other, each on its connection or
    several on one; what happened to them."""

    def __init__(self, bed, end, signed):
        super().__init__()
        self.bed, self.until, self.old = bed, end, signed
        self.signed = self.later = self.passed = 0
        self.wrong = []

    def one(self, c):
        c.connect("ORIGINATING")
        reply = c.mail("<alice@example.org>", "alice")
        if reply[0] == b"c":
            answer = c.message(MESSAGE)
            if answer[0][0] == b"i" and answer[-1][0] == b"c":
                self.signed += 1
                return
            reply = answer[-1]
        if reply[0] == b"t" or reply[1][:1] == b"4":
            self.later += 1
        else:
            self.wrong.append(reply)

    def judge(self, c):
        c.connect("mx.example.net")
        c.mail("<alice@example.org>")
        answer = c.message(self.old)
        text = b"".join(data for _, data in answer)
        if b"userkeys=pass" in text and answer[-1][0] == b"c":
            self.passed += 1
        elif answer[-1][0] == b"t" or answer[-1][1][:1] == b"4" or \
                b"userkeys=temperror" in text:
            self.later += 1
        else:
            self.wrong.append(answer)

    def run(self):
        while time.monotonic() < self.until:
            try:
                c = Client(self.bed.where, timeout=15)
                for _ in range(random.randrange(1, 4)):
                    self.one(c)
                    self.judge(c)
                c.close()
            except (Closed, ConnectionError, FileNotFoundError):
                self.later += 1
            except Exception as e:
                self.wrong.append(repr(e))


def administer(bed, end):
    """Reloads, kills, database changes and replacements, at random."""
    rng = random.Random(5)
    done = dict.fromkeys(("reload", "kill", "add", "replace"), 0)
    n = 0
    while time.monotonic() < end:
        what = rng.choice(list(done))
        if what == "reload":
            bed.process.send_signal(signal.SIGHUP)
        elif what == "kill":
            workers = bed.workers()
            if workers:
                try:
                    os.kill(rng.choice(workers), signal.SIGKILL)
                except ProcessLookupError:
                    pass
        elif what == "add":
            n += 1
            subprocess.run([f"{BUILD}/userkeys", "ukd", "allow",
                            "alice@example.org", "--login", f"login{n}",
                            *bed.ukd], capture_output=True)
        else:
            backup = f"{bed.work}/backup"
            other = f"{bed.work}/other"
            run("ukd", "export", *bed.ukd, "--sealed", "--out", backup)
            run("ukd", "init", "--db", other, "--key-file",
                f"{bed.work}/seal", "--adopt-key")
            run("ukd", "import", backup, "--db", other)
            os.rename(other, f"{bed.work}/ukd")
            os.unlink(backup)
        done[what] += 1
        time.sleep(rng.random() * 0.3)
    return done


def races(bed):
    signed, _ = bed.submit()
    end = time.monotonic() + SECONDS
    loads = [Load(bed, end, signed) for _ in range(6)]
    for load in loads:
        load.start()
    done = administer(bed, end)
    for load in loads:
        load.join()
    good = sum(x.signed for x in loads)
    passed = sum(x.passed for x in loads)
    later = sum(x.later for x in loads)
    wrong = [w for x in loads for w in x.wrong]
    check("races: a right result, or later", not wrong, wrong[:3])
    check("races: most go through", good > 10 and passed > 10,
          f"{good} signed, {passed} passed, {later} later")
    check("races: all kinds", all(done.values()), done)
    print(f"races: {done}; {good} signed, {passed} passed, {later} later")
    bed.process.send_signal(signal.SIGHUP)
    check("races: afterwards the workers are there", settled(bed, 2),
          bed.workers())
    time.sleep(1.5)
    out, reply = bed.submit()
    check("races: and sign", out.startswith(b"DKIM-Signature:"), reply)
    run("ukd", "list", *bed.ukd)


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Stand(work)
        try:
            bed.start("workers = 2\n")
            bed.submit()
            for part in (forged, large_forged, name_at_the_end, injection,
                         quoted_id, gone,
                         long_login, signals, bad_reload, races):
                if not sys.argv[1:] or part.__name__ in sys.argv:
                    part(bed)
            first = bed.workers()
            os.kill(bed.process.pid, signal.SIGKILL)
            bed.process.wait()
            for _ in range(100):
                if not any(os.path.exists(f"/proc/{p}") for p in first):
                    break
                time.sleep(0.05)
            check("no worker outlives the first process", not any(
                os.path.exists(f"/proc/{p}") for p in first))
        finally:
            bed.end()
            if Count.failed:
                print(bed.text()[-3000:])
    finish()


main()
