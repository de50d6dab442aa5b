"""The programs while the clock is not set.

Shapes: before 1970, in 1970, at a maker's date, a second before the source
date; a clock that is set while the milter runs; signing, and no-clock = defer;
verifying what has no time, a time to come, a time that is over; the command.
SPDX-License-Identifier: MIT
"""
import base64
import os
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/support")
from milter_bed import (BUILD, MESSAGE, SANITIZED, check, finish, run,  # noqa
                        until)
from milter_stand import Stand  # noqa

SYSTEM = -1 << 63
with open("core/ukey_clock.h") as f:
    DATE = int(re.search(r"RELEASE_DATE (\d+)", f.read()).group(1))
DATE = max(DATE, int(os.environ.get("SOURCE_DATE_EPOCH") or 0))
UNSET = -5, 0, 124, 946684920, DATE - 1
WEEK = 7 * 86400


class Clock:
    def __init__(self, work):
        self.path, library = f"{work}/clock", f"{work}/clock.so"
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-fPIC",
                        "-shared", "-o", library, "tests/milter/clock.c"],
                       check=True)
        self.env = {"LD_PRELOAD": library, "CLOCK": self.path}
        with open(self.path, "wb") as f:
            f.write(struct.pack("=q", SYSTEM))

    def set(self, seconds):
        with open(self.path, "r+b") as f:
            f.write(struct.pack("=q", seconds))


def times(field):
    """t= and x= of a signature field on top, or None."""
    head = field.split(b"\r\nFrom:")[0]
    found = [re.search(rb"[;\s]%s=(\d+)" % n, head) for n in (b"t", b"x")]
    return [int(m.group(1)) if m else None for m in found]


def signing(stand, clock):
    for reading in UNSET:
        clock.set(reading)
        stand.start(env=clock.env)
        for _ in range(4):
            out, reply = stand.submit()
            check(f"{reading}: signed", out.startswith(b"DKIM-Signature: "),
                  reply)
            check(f"{reading}: without a time", times(out) == [None, None],
                  out[:300])
        until(f"{reading}: the log says so", lambda: stand.text().count(
            "the clock is not set: ") == 1)
        check(f"{reading}: and what it means", "signatures have no t= and x="
              in stand.text(), stand.text())
        clock.set(DATE + 5)
        out, _ = stand.submit()
        check(f"{reading}: a clock that was set", times(out) ==
              [DATE + 5, DATE + 5 + WEEK], out[:300])
        until(f"{reading}: is said", lambda: "the clock is set now" in
              stand.text())
        check(f"{reading}: all that once", stand.text().count("the clock") ==
              2, stand.text())
        stand.stop()
    clock.set(DATE)
    stand.start(env=clock.env)
    out, _ = stand.submit()
    check("at the date itself", times(out) == [DATE, DATE + WEEK], out[:300])
    check("no word", "the clock" not in stand.text(), stand.text())
    stand.stop()


def deferred(stand, clock):
    clock.set(124)
    stand.start("no-clock = defer\n", env=clock.env)
    for _ in range(2):
        _, (kind, text) = stand.submit()
        check("put off", kind == b"y" and text.startswith(
            b"451 4.3.0 The clock of this server is not set"), text)
    out, (kind, text) = stand.submit(login="eve")
    check("who may not, still may not", text.startswith(b"553"), text)
    until("the log says so", lambda: "mail that is to be signed is put off"
          in stand.text())
    clock.set(SYSTEM)
    out, _ = stand.submit()
    check("until it is set", out.startswith(b"DKIM-Signature: "), out[:80])
    stand.stop()


def command(stand, clock, name, *words, data=None):
    return subprocess.run([f"{BUILD}/userkeys", name, *words], input=data,
                          capture_output=True,
                          env={**os.environ, **clock.env})


def verifying(stand, clock):
    """Letters with all kinds of times, to a receiver that refuses."""
    clock.set(SYSTEM)
    stand.start(env=clock.env)
    now = stand.submit()[0]
    stand.stop()
    letters = {"now": (now, "unknown")}
    for at, want in ((DATE + 50 * WEEK, "unknown"), (DATE - WEEK, "unknown"),
                     (DATE - WEEK - 300, "unknown"),
                     (DATE - WEEK - 301, "expired"), (1700000010, "expired")):
        clock.set(at)
        # Such a clock may be none for the milter, but the time is given here.
        key = f"{stand.work}/alice.pem"
        p = command(stand, clock, "sign", "--time", str(at), "--from",
                    "alice@example.org", "--key", key, data=MESSAGE)
        check(f"signed at {at}", p.returncode == 0, p.stderr)
        letters[at] = p.stdout.replace(b"\r\n", b"\n").replace(b"\n",
                                                               b"\r\n"), want
    for reading in UNSET:
        clock.set(reading)
        stand.start(env=clock.env)
        for at, (letter, want) in letters.items():
            out, (kind, text) = stand.receive(letter)
            if want == "expired":
                check(f"{reading}: signed at {at} is over", kind == b"y" and
                      text.startswith(b"550 5.7.1") and b"expired" in text,
                      text)
                continue
            field = out.split(b"From: Alice")[0]
            check(f"{reading}: signed at {at} passes", kind == b"c" and
                  b"userkeys=pass" in field and
                  b"policy.time=unknown" in field, (kind, text, field[:300]))
        stand.stop()


def by_hand(stand, clock):
    """The command: sign and verify."""
    key = f"{stand.work}/alice.pem"
    dns = f"127.0.0.1:{stand.dns.port}"
    for reading in UNSET:
        clock.set(reading)
        p = command(stand, clock, "sign", "--from", "alice@example.org",
                    "--key", key, data=MESSAGE)
        check(f"{reading}: sign", p.returncode == 0 and
              times(p.stdout.replace(b"\n", b"\r\n")) == [None, None],
              p.stdout[:300])
        check(f"{reading}: and says so", b"the clock is not set" in p.stderr,
              p.stderr)
        clock.set(SYSTEM)
        good = command(stand, clock, "sign", "--from", "alice@example.org",
                       "--key", key, data=MESSAGE)
        check("no warning", good.returncode == 0 and not good.stderr,
              good.stderr)
        clock.set(reading)
        p = command(stand, clock, "verify", "--plain", "--from",
                    "alice@example.org", "--dns", dns, data=good.stdout)
        check(f"{reading}: verify", p.returncode == 0 and b"time=unknown" in
              p.stdout and b"the clock is not set" in p.stderr,
              p.stdout + p.stderr)
    p = command(stand, clock, "sign", "--from", "alice@example.org", "--key",
                key, "--expire", "1d", data=MESSAGE)
    check("an expiry needs a time", p.returncode == 64 and
          b"--expire needs a time" in p.stderr, p.stderr)


def pem(der):
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return (f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n"
            "-----END RSA PRIVATE KEY-----\n").encode()


def main():
    if SANITIZED:
        print("nothing is preloaded in front of AddressSanitizer")
        finish()
    with tempfile.TemporaryDirectory() as work:
        stand = Stand(work, 1024)
        out = run("ukd", "export", "alice@example.org", "--clear", "--out",
                  "-", *stand.ukd)
        line = [x for x in out.decode().split("\n") if x[:4] == "key\t"][0]
        with open(f"{work}/alice.pem", "wb") as f:
            os.chmod(f"{work}/alice.pem", 0o600)
            f.write(pem(bytes.fromhex(line.split("\t")[-1])))
        clock = Clock(work)
        try:
            for test in signing, deferred, verifying, by_hand:
                test(stand, clock)
        finally:
            stand.end()
    finish()


main()
