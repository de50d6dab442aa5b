"""Backups while memory is searched and runs out.

Where private keys leave or enter as text, no block that is freed holds one;
and with the n-th allocation failing, for every n, the command succeeds or says
why it did not, and leaves no file.  SPDX-License-Identifier: MIT
"""
import errno
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/support")
from faults_control import MEMORY, Faults, numbers  # noqa
from milter_bed import (BUILD, SANITIZED, add_mailbox, check,  # noqa
                        finish, run)

if SANITIZED:
    print("skip: memory is the sanitizer's")
    finish()


def ukd(faults, *words, data=None):
    """The command under the faults: its end."""
    return subprocess.run([f"{BUILD}/userkeys", "ukd", *words], input=data,
                          capture_output=True, check=False,
                          env={**os.environ, **faults.env})


def secrets(text):
    """The private numbers of a clear backup, as octets and as hex; and their
    octets as the table for firmware has them."""
    der = max(re.findall(rb"\b[0-9a-f]{400,}\b", text), key=len)
    private = [n[:16] for n in numbers(bytes.fromhex(der.decode()))[3:]]
    yield from private
    for octets in private:
        yield octets.hex().encode()
    yield b"".join(b" 0x%02x," % o for o in private[0])


def searched(work, faults):
    """Every way in and out, with the secrets known."""
    clear = run("ukd", "export", "--db", f"{work}/ukd", "--clear",
                "--out", "-")
    for secret in secrets(clear):
        faults.secret(secret)
    for form in "--clear", "--format":
        words = ["export", "--db", f"{work}/ukd", form]
        words += ["c"] * (form == "--format")
        for out in f"{work}/out{form}", "-":
            done = ukd(faults, *words, "--out", out)
            check(f"export {form} --out", done.returncode == 0, done)
            check(f"{form}: freed memory holds no key",
                  faults.leaks() == 0, out)
            faults.put(5, 0)
    for i, name in enumerate((f"{work}/out--clear", "-")):
        db = ["--db", f"{work}/new{i}"]
        run("ukd", "init", *db, "--key-file", f"{work}/seal{i}")
        done = ukd(faults, "import", name, *db, data=clear)
        check("import", done.returncode == 0, done)
        check("import: freed memory holds no key", faults.leaks() == 0, name)
        faults.put(5, 0)


def told(work, faults, *form):
    """The n-th allocation fails; those of the opening are another test's."""
    out = f"{work}/out"
    faults.arm(MEMORY, errno.ENOMEM, 10**9)
    ukd(faults, "list", "--db", f"{work}/ukd")
    faults.disarm()
    n, hits, bad = faults.get(3) // 2, 1, ""
    while hits and not bad:
        n += 1
        faults.arm(MEMORY, errno.ENOMEM, n)
        done = ukd(faults, "export", "--db", f"{work}/ukd", *form,
                   "--out", out)
        hits = faults.disarm()
        text = done.stderr.decode()
        there = os.path.exists(out)
        if there:
            os.unlink(out)
        if there != (done.returncode == 0) or faults.leaks() or (
                not there and not re.match("userkeys: .{20}", text)):
            bad = f"call {n}: {done}, {there}, {faults.leaks()} leaks"
    check(f"export {form}: whole, or a reason", not bad and done.returncode
          == 0, bad)
    if os.environ.get("FAULTS_SHOW"):
        print(f"export {form}: {n} calls")


def main():
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o700)
        run("ukd", "init", "--db", f"{work}/ukd", "--key-file",
            f"{work}/seal")
        add_mailbox(["--db", f"{work}/ukd"], "alice@example.org",
                    "--bits", "1024")
        faults = Faults(f"{work}/control")
        searched(work, faults)
        told(work, faults, "--clear")
        told(work, faults, "--format", "c")
    finish()


main()
