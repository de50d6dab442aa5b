"""The milter while the system fails it.

For every n, with the n-th call of a kind failing somewhere in the worker, a
message is signed or gets a right result, or is answered for now (4xx, or the
connection ends, which is the same to the MTA).  It is never passed unsigned,
never refused for good, and neither memory nor descriptors nor a secret are
left behind.  SPDX-License-Identifier: MIT
"""
import base64
import errno
import os
import re
import socket
import sys
import tempfile
import time

sys.path.insert(0, "tests/support")
from faults_control import (FORK, LOCK, MAP, MEMORY, NET, OPEN,  # noqa
                            PERSIST, RANDOM, READ, STAT, WAIT, WATCH, WRITE,
                            Faults, numbers)
from milter_bed import SANITIZED, Count, check, finish, run  # noqa
from milter_client import Closed  # noqa
from milter_stand import Stand  # noqa

MOST = 5000


def secrets(bed):
    """The private numbers of Alice, and the sealing key."""
    path = f"{bed.work}/backup"
    run("ukd", "export", *bed.ukd, "--clear", "--out", path)
    with open(path) as f:
        words = re.findall(r"\b[0-9a-f]{800,}\b", f.read())
    os.unlink(path)
    der = bytes.fromhex(max(words, key=len))
    with open(f"{bed.work}/seal") as f:
        seal = f.read().split()[1]
    return ([x[:64] for x in numbers(der)[3:]] + [bytes.fromhex(seal)], der,
            seal)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def is_later(reply):
    return reply[0] == b"t" or (reply[0] == b"y" and reply[1][:1] == b"4")


def submit(bed, signed):
    """True: signed; None: later; else what happened."""
    try:
        out, reply = bed.submit()
    except (Closed, ConnectionError):
        return None
    if is_later(reply):
        return None
    good = out.startswith(b"DKIM-Signature: v=1;") and reply[0] == b"c"
    return good or (out[:300], reply)


def receive(bed, signed):
    try:
        out, reply = bed.receive(signed)
    except (Closed, ConnectionError):
        return None
    if is_later(reply):
        return None
    if b"userkeys=temperror" in out[:400] and reply[0] == b"c":
        return None
    good = b"userkeys=pass smtp.mailfrom=alice@" in out[:400]
    return (good and reply[0] == b"c") or (out[:300], reply)


def settle(bed, faults, wanted):
    """Whether the worker's descriptors and blocks come down to WANTED."""
    for _ in range(50):
        pids = bed.workers()
        now = (descriptors(pids[0]), faults.blocks()) if pids else None
        if now and now[0] <= wanted[0] and now[1] <= wanted[1]:
            return True, now
        time.sleep(0.02)
    return False, now


def calls(bed, faults, signed, scene, classes, err, harmless):
    """The n-th call of CLASSES fails with ERR, for every n; what went wrong,
    and how many calls there were."""
    pid, = bed.workers()
    n, hits = 0, 1
    while hits and n < MOST:
        n += 1
        faults.arm(classes, err, n)
        result = scene(bed, signed)
        hits = faults.disarm()
        if bed.workers() != [pid]:
            return f"call {n}: the worker died: {bed.text()[-300:]}", n
        if result not in (True, None) or (
                result is None and (harmless or not hits)):
            return f"call {n}: {result}: {bed.text()[-300:]}", n
        if faults.leaks():
            return f"call {n}: a secret in freed memory", n
    return "" if n < MOST else "it does not end", n


def loop(bed, faults, signed, scene, classes, err, harmless=False):
    name = f"{scene.__name__}, {classes:#x}, {errno.errorcode.get(err, err)}"
    good = False
    for _ in range(2):
        # What is kept from the first fault on is not kept a second time.
        for _ in range(3):
            scene(bed, signed)
        time.sleep(0.05)
        wanted = descriptors(bed.workers()[0]), faults.blocks()
        bad, n = calls(bed, faults, signed, scene, classes, err, harmless)
        if bad:
            break
        for _ in range(3):
            scene(bed, signed)
        good, now = settle(bed, faults, wanted)
        if good:
            break
    check(name, not bad, bad)
    check(f"{name}: nothing is left", bad or good,
          f"{now}, before {wanted}")
    if os.environ.get("FAULTS_SHOW"):
        print(f"{name}: {n} calls")


def in_service(bed, faults, signed):
    for scene in (submit, receive):
        loop(bed, faults, signed, scene, READ | WRITE | WAIT, errno.EINTR,
             harmless=True)
        loop(bed, faults, signed, scene, READ | WRITE, 0, harmless=True)
        loop(bed, faults, signed, scene, OPEN, errno.EMFILE)
        loop(bed, faults, signed, scene, WATCH | MAP, errno.ENOMEM)
        loop(bed, faults, signed, scene, READ, errno.EIO)
        loop(bed, faults, signed, scene, WRITE, errno.ENOSPC)
        loop(bed, faults, signed, scene, STAT, errno.EACCES)
        loop(bed, faults, signed, scene, LOCK, errno.ENOLCK)
        loop(bed, faults, signed, scene, RANDOM, errno.EIO)
        loop(bed, faults, signed, scene, MEMORY, errno.ENOMEM)


def processor(pid):
    with open(f"/proc/{pid}/stat") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def no_descriptors(bed, faults, signed):
    """Without descriptors for good the worker waits, and does not spin."""
    pid, = bed.workers()
    faults.arm(OPEN | PERSIST, errno.EMFILE, 1)
    before = processor(pid)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(bed.where[5:])
        time.sleep(1.5)
        spent = processor(pid) - before
        faults.disarm()
        check("no descriptors: no spinning", spent < 0.3, f"{spent} s")
    check("and then it goes on", submit(bed, signed) is True)


def starting(bed, faults, signed):
    """A fault at the start: it says so and ends, or serves in the end."""
    for classes, err, step in (
            (OPEN, errno.EMFILE, 1), (NET, errno.EADDRINUSE, 1),
            (FORK, errno.EAGAIN, 1), (WATCH, errno.ENOSPC, 1),
            (READ, errno.EIO, 1), (READ, errno.EINTR, 1), (READ, 0, 1),
            (MAP, errno.ENOMEM, 1), (MEMORY, errno.ENOMEM, 41)):
        name = f"start, {classes:#x}, {errno.errorcode.get(err, err)}"
        n, hits, bad = 1, 1, []
        while hits and n < MOST and not bad:
            bed.stop()
            faults.arm(classes, err, n)
            bed.start("workers = 1\n", faults.env)
            result = None
            for _ in range(60):
                if bed.process.poll() is not None:
                    break
                try:
                    result = submit(bed, signed)
                except OSError as e:
                    result = e
                if result is True:
                    break
                time.sleep(0.1)
            hits = faults.disarm()
            text = bed.text()
            if bed.process.poll() is not None:
                if bed.process.returncode <= 0 or len(text) < 30:
                    bad.append(f"call {n}: status "
                               f"{bed.process.returncode}: {text}")
            elif result is not True:
                bad.append(f"call {n}: {result}: {text}")
            n += step
        check(name, not bad, bad)
        if os.environ.get("FAULTS_SHOW"):
            print(f"{name}: {n} calls")


def main():
    if SANITIZED:
        print("nothing is preloaded in front of AddressSanitizer")
        finish()
    with tempfile.TemporaryDirectory() as work:
        bed = Stand(work)
        faults = Faults(f"{work}/faults")
        found, der, seal = secrets(bed)
        for secret in found:
            faults.secret(secret)
        try:
            bed.start("workers = 1\n", faults.env)
            signed, _ = bed.submit()
            for part in (in_service, no_descriptors):
                if not sys.argv[1:] or part.__name__ in sys.argv:
                    part(bed, faults, signed)
            text = bed.text()
            words = [seal, der.hex(), base64.b64encode(der).decode()]
            check("no secret in the log", not any(
                w[at:at + 24] in text for w in words
                for at in range(0, len(w) - 24, 8)))
            check("no secret in freed memory", faults.leaks() == 0)
            if not sys.argv[1:] or "starting" in sys.argv:
                starting(bed, faults, signed)
        finally:
            bed.end()
            if Count.failed:
                print(bed.text()[-2000:])
    finish()


main()
