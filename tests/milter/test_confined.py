"""What the milter keeps to itself, and what it can no longer do: its workers
in the sandbox at all their work, no key in a log, a core file or /proc.

SPDX-License-Identifier: MIT
"""
import base64
import os
import pwd
import re
import shutil
import signal
import sqlite3
import sys
import tempfile

sys.path.insert(0, "tests/support")
from milter_client import Client, apply  # noqa
from milter_bed import (MESSAGE, SANITIZED, Bed, add_mailbox, check,  # noqa
                        finish, run, until)


def send(where, message, sender="<alice@example.org>", login=None):
    c = Client(where)
    c.connect("ORIGINATING" if login else "mx.example.net")
    kind, data = c.mail(sender, login)
    if kind != b"c":
        c.close()
        return kind + data
    answer = c.message(message)
    c.close()
    out, (kind, data) = apply(message, answer)
    return kind + data if kind == b"y" else out


def is_signed(out):
    return out.startswith(b"DKIM-Signature: ")


def status(pid, name):
    with open(f"/proc/{pid}/status") as f:
        return re.search(rf"(?m)^{name}:\s*(.*)$", f.read()).group(1)


def held(bed):
    """Everything of the sandbox holds, or the log says what does not."""
    if SANITIZED:  # such a build has no sandbox: see the Makefile
        return
    text = bed.milter.text()
    for pid in bed.milter.workers():
        until("no new privileges", lambda: status(pid, "NoNewPrivs") == "1")
        if "the sandbox of this system holds:" not in text:
            until("seccomp", lambda: status(pid, "Seccomp") == "2")


# ---- all of its work, in the sandbox --------------------------------------


def by_tcp(bed):
    signed = send(bed.where, MESSAGE, login="alice")
    text = bed.dns.records["alice.userkeys.example.org"]
    bed.publish("alice", "tcp:" + text)
    bed.dns.serve()
    bed.milter.reload()
    check("DNS over TCP", b"userkeys=pass" in send(bed.where, signed))
    bed.publish("alice", text)
    bed.dns.serve()


def replaced(bed, work):
    """Another database is renamed over the one in use."""
    other = ["--db", f"{work}/other"]
    run("ukd", "init", *other, "--key-file", f"{work}/seal", "--adopt-key")
    add_mailbox(other, "carol@example.org", "--login", "carol",
                "--bits", "1024")
    check("before", is_signed(send(bed.where, MESSAGE, login="alice")))
    own(work)
    carol = MESSAGE.replace(b"alice@", b"carol@")
    for name in "other-wal", "other-shm":
        if os.path.exists(f"{work}/{name}"):
            os.unlink(f"{work}/{name}")
    shutil.copy(f"{work}/ukd", f"{work}/kept")
    os.rename(f"{work}/other", f"{work}/ukd")
    for _ in range(8):
        check("the new one holds", is_signed(send(
            bed.where, carol, "<carol@example.org>", "carol")))
    check("the old one does not", not is_signed(send(
        bed.where, MESSAGE, login="alice")))


def counters(bed, work):
    metrics = f"{work}/metrics"
    bed.milter.reload(bed.milter.settings + f"metrics-file = {metrics}\n")
    bed.milter.process.send_signal(signal.SIGUSR1)
    until("metrics", lambda: os.path.exists(metrics))
    with open(metrics) as f:
        check("of this run", re.search(
            r"(?m)^userkeys_signed_total [1-9]", f.read()))


def worker_dies(bed):
    until("two workers", lambda: len(bed.milter.workers()) == 2)
    old = bed.milter.workers()
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until("others take their place", lambda: len(
        set(bed.milter.workers()) - set(old)) == 2)
    until("in the sandbox, too", lambda: SANITIZED or all(
        status(pid, "NoNewPrivs") == "1" for pid in bed.milter.workers()))


# ---- no secret gets out ---------------------------------------------------


def numbers(der):
    """The INTEGERs of DER, from all its depth."""
    found = []
    while der:
        tag, size, at = der[0], der[1], 2
        if size & 0x80:
            at += size & 0x7F
            size = int.from_bytes(der[2:at], "big")
        content, der = der[at:at + size], der[at + size:]
        if tag == 2:
            found.append(content.lstrip(b"\0"))
        elif tag & 0x20:
            found += numbers(content)
        elif tag == 4 and content[:1] == b"\x30":
            found += numbers(content)
    return found


def forms(octets):
    """OCTETS as they might be printed."""
    yield octets
    yield octets.hex().encode()
    yield octets.hex().upper().encode()
    for skip in range(3):
        yield base64.b64encode(octets[skip:skip + 12])


def secrets(work, ukd):
    """Pieces of alice's private numbers and of the seal, in every form."""
    run("ukd", "export", "alice@example.org", "--clear", "--out",
        f"{work}/clear", *ukd)
    with open(f"{work}/clear") as f:
        clear = f.read()
    os.unlink(f"{work}/clear")
    # The last column of its line is the private key.
    der = re.search(r"(?m)^key\talice@.*\t([0-9a-f]+)$", clear).group(1)
    ints = [n for n in numbers(bytes.fromhex(der)) if len(n) > 60]
    check("n, d, p, q and the CRT's three", len(ints) == 7, len(ints))
    pieces = [n[at:at + 16] for n in ints[1:] for at in (0, 24, len(n) - 16)]
    with open(f"{work}/seal") as f:
        seal = bytes.fromhex(f.read().split()[-1][-64:])
    pieces += [seal[:16], seal[16:]]
    every = [form for piece in pieces for form in forms(piece)]
    for text in clear.encode(), bytes.fromhex(der), base64.b64encode(
            bytes.fromhex(der)):
        check("they would be found", any(form in text for form in every))
    return every


def nothing_in(name, octets, every):
    check(f"no secret in {name}", not any(s in octets for s in every), name)


def errors(bed, work):
    """Whatever goes wrong with keys, the log speaks of it."""
    db = sqlite3.connect(f"{work}/ukd", isolation_level=None)
    db.execute("update keys set private = cast(substr(private, 1, 40) || "
               "zeroblob(1) || substr(private, 42) as blob)")
    db.close()
    out = send(bed.where, MESSAGE, login="alice")
    check("a damaged key: 451", out.startswith(b"y451 4.3.0"), out[:80])
    seen = len(bed.milter.text())
    os.rename(f"{work}/seal", f"{work}/seal.away")
    with open(f"{work}/seal.away") as f, open(f"{work}/seal", "w") as g:
        line = f.read()
        g.write(line[:-4] + "000" + line[-1])
    os.chmod(f"{work}/seal", 0o400)
    own(work)
    os.utime(f"{work}/ukd")
    bed.milter.process.send_signal(signal.SIGHUP)
    until("a wrong key file is told, and the old configuration stays",
          lambda: re.search(rf"{work}/seal.*\n.*the old configuration "
                            "stays: no worker", bed.milter.text()[seen:]))
    os.rename(f"{work}/seal.away", f"{work}/seal")


def watched(bed, every):
    pids = [bed.milter.process.pid] + bed.milter.workers()
    for pid in pids:
        for name in "cmdline", "environ":
            with open(f"/proc/{pid}/{name}", "rb") as f:
                nothing_in(name, f.read(), every)
        with open(f"/proc/{pid}/limits") as f:
            check("no core file", re.search(
                r"(?m)^Max core file size +0 +0 ", f.read()))
        if os.getuid() == 0:
            check("runs as its user", status(pid, "Uid").split()[0] ==
                  str(pwd.getpwnam("nobody").pw_uid))
            check("others of that user cannot look in",
                  os.stat(f"/proc/{pid}/environ").st_uid == 0)


def own(work):
    """All files to the milter's user."""
    if os.getuid() != 0:
        return
    user = pwd.getpwnam("nobody")
    for name in [work] + [f"{work}/{n}" for n in os.listdir(work)]:
        if os.path.exists(name):
            os.chown(name, user.pw_uid, user.pw_gid)


def main():
    with tempfile.TemporaryDirectory() as work:
        user = "user = nobody\n" if os.getuid() == 0 else ""
        bed = Bed(work, user, lambda: own(work))
        try:
            held(bed)
            every = secrets(work, bed.ukd)
            own(work)
            check("signs", is_signed(send(bed.where, MESSAGE,
                                          login="alice")))
            watched(bed, every)
            by_tcp(bed)
            counters(bed, work)
            worker_dies(bed)
            errors(bed, work)
            own(work)
            bed.milter.stop()
            nothing_in("the log", bed.milter.text().encode(), every)
            bed.milter.__init__(work, bed.where, bed.milter.settings)
            held(bed)
            bed.milter.reload(bed.milter.settings + "sandbox = no\n")
            check("it works without", b"userkeys=" in send(
                bed.where, MESSAGE, "<eve@example.net>"))
            check("no sandbox if not wanted", {
                status(pid, "Seccomp") for pid in bed.milter.workers()} ==
                {"0"})
        finally:
            bed.end()
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work, user, lambda: own(work))
        try:
            replaced(bed, work)
        finally:
            bed.end()
    finish()


main()
