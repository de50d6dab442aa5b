"""The milter's settings: each changes what it should, at the next reload.

SPDX-License-Identifier: MIT
"""
import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tests/support")
from milter_client import Client, Closed, apply  # noqa
from milter_bed import (BUILD, MESSAGE, Bed, add_mailbox, check, finish,  # noqa
                        free_port, run, until)

BOB = MESSAGE.replace(b"Alice <alice@", b"Bob <bob@")


def send(where, message=MESSAGE, sender="<alice@example.org>", login=None,
         daemon="mx.example.net", **client):
    """Through a connection of its own; the message or the refusal."""
    c = Client(where)
    c.connect(daemon, **client)
    kind, data = c.mail(sender, login)
    if kind != b"c":
        c.close()
        return data if kind == b"y" else message
    answer = c.message(message)
    c.close()
    out, (kind, data) = apply(message, answer)
    return data if kind == b"y" else out


def submit(where, message=MESSAGE, sender="<alice@example.org>",
           login="alice", **more):
    return send(where, message, sender, login, "ORIGINATING", **more)


def is_signed(out):
    return out.startswith(b"DKIM-Signature: ")


def settings_of(bed):
    def with_(text):
        bed.milter.reload(bed.milter.settings + text)
    return with_


def from_check(bed, with_):
    where = bed.where
    for text, bob, other in (("own", b"550 5.7.1", b"550 5.7.1"),
                             ("domain", b"DKIM-Sign", b"550 5.7.1"),
                             ("off", b"DKIM-Sign", b"DKIM-Sign")):
        with_(f"from-check = {text}\n")
        out = submit(where, BOB)
        check(f"from-check = {text}: a mailbox of the domain",
              out.startswith(bob), out[:80])
        out = submit(where, MESSAGE.replace(b"@example.org>\r\nTo",
                                            b"@example.com>\r\nTo"))
        check(f"from-check = {text}: of another", out.startswith(other),
              out[:80])
        out = submit(where, MESSAGE.replace(
            b"To:", b"Sender: bob@example.org\r\nTo:"))
        check(f"from-check = {text}: Sender", out.startswith(bob), out[:80])


def unsigned(bed, with_):
    plain = MESSAGE.replace(b"From:", b"X-From:")
    for text, want in ("accept", b"X-From"), ("reject", b"550 5.7.1 The mes"):
        with_(f"unsigned = {text}\n")
        out = submit(bed.where, plain)
        check(f"unsigned = {text}", out.startswith(want), out[:80])


def local_mail(bed, with_):
    for text in "sign", "verify", "pass":
        with_(f"local-mail = {text}\n")
        # As Postfix' cleanup(8) does: macros of the MX, port 0.
        host = {"address": "127.0.0.1", "port": 0}
        out = send(bed.where, sender="alice@example.org", **host)
        check(f"local-mail = {text}", {
            "sign": is_signed(out), "pass": out == MESSAGE,
            "verify": b"userkeys=none" in out.split(b"From:")[0]}[text],
              out[:200])
        bounce = MESSAGE.replace(b"From: Alice <alice@example.org>",
                                 b"From: MAILER-DAEMON@example.org")
        out = send(bed.where, bounce, "", **host)
        check(f"local-mail = {text}: a bounce goes on",
              bounce.split(b"\r\n")[0] in out, out[:200])
    with_("local-mail = sign\n")
    for client in ({"address": "127.0.0.1"}, {"port": 0}, {"daemon": None},
                   {"daemon": None, "address": "127.0.0.1"}):
        out = send(bed.where, sender="alice@example.org", **client)
        check(f"not local: {client}", not is_signed(out), out[:80])
    until("the log says so", lambda: "role=pass from=alice@example.org "
          "action=pass why=local" in bed.milter.text())


def local_default(bed, with_):
    """Any account of the host can say -f: it gets no mailbox's signature."""
    with_("")
    out = send(bed.where, address="127.0.0.1", port=0)
    check("no signature without a login", not is_signed(out) and
          b"userkeys=none" in out.split(b"From:")[0], out[:200])


def trusted(bed, with_):
    out = submit(bed.where, login=None)
    check("no login", out.startswith(b"550 5.7.1 Submission without a l"),
          out)
    for network, client, good in (
            ("192.0.2.0/24", "192.0.2.7", True),
            ("192.0.2.0/25", "192.0.2.200", False),
            ("2001:db8::/32", "IPv6:2001:db8::1", True),
            ("2001:db8::/32", "IPv6:2001:db9::1", False)):
        with_(f"trusted-network = {network}\n")
        out = submit(bed.where, login=None, address=client)
        check(f"{client} of {network}: {good}", is_signed(out) == good,
              out[:80])
        out = send(bed.where, address=client)
        check(f"{client} at port 25: {good}", is_signed(out) == good,
              out[:80])


def advice(bed, with_):
    """Owner's advice: reject for alice, quarantine for quentin."""
    for text, alice, quentin in (
            ("note", b"Authentication", b"Authentication"),
            ("quarantine", b"policy.action=quarantine",
             b"policy.action=quarantine"),
            ("reject", b"550 5.7.1 Refused on the advice",
             b"policy.action=quarantine")):
        with_(f"advice = {text}\n")
        for who, want in ("alice", alice), ("quentin", quentin):
            out = send(bed.where, sender=f"<{who}@example.org>")
            check(f"advice = {text}, {who}", want in out and
                  (text != "note" or b"policy.action" not in out), out[:300])
    until("quarantine in the log", lambda: re.search(
        "from=<quentin@example.org> action=quarantine userkeys=none "
        "advice=quarantine", bed.milter.text()))


def held(bed, with_):
    """quarantine = hold: in the MTA's queue, besides the mark; only what the
    owner's advice and our ceiling say, where the MTA can."""
    def kinds(who, message=MESSAGE, **more):
        c = Client(bed.where, **more)
        c.connect()
        c.mail(f"<{who}@example.org>")
        answer = c.message(message)
        c.close()
        marked = any(b"policy.action=quarantine" in d for _, d in answer)
        return [k for k, _ in answer], marked, dict(answer).get(b"q", b"")

    signed = submit(bed.where)
    with_("advice = quarantine\n")
    got, marked, _ = kinds("quentin")
    check("mark is the default", marked and b"q" not in got, got)
    with_("advice = quarantine\nquarantine = hold\n")
    for who in "quentin", "alice":
        got, marked, why = kinds(who)
        check(f"{who} is held, before the reply", marked and
              got[-2:] == [b"q", b"c"] and got.count(b"q") == 1, got)
        check("a short reason", why.endswith(b"quarantine\0") and
              len(why) < 100, why)
    check("what passes is not", b"q" not in kinds("alice", signed)[0])
    check("nor who has no key", b"q" not in kinds("nobody")[0])
    before = bed.milter.text().count("does not offer it")
    for _ in range(6):
        got, marked, _ = kinds("quentin", actions=0x1F)
        check("an MTA that cannot: the mark alone", marked and
              got[-1] == b"c" and b"q" not in got, got)
    said = bed.milter.text().count("does not offer it") - before
    check("once a worker, it says so", 1 <= said <= 2, said)
    with_("advice = note\nquarantine = hold\n")
    check("not above the ceiling", b"q" not in kinds("quentin")[0])
    with_("advice = reject\nquarantine = hold\n")
    got, marked, _ = kinds("quentin")
    check("under reject, too", marked and b"q" in got, got)
    check("what is refused is not held", kinds("alice")[0][-1] == b"y")


def temperror(bed, with_):
    for ceiling, text, want in (
            ("note", "defer", b"userkeys=temperror"),
            ("reject", "defer", b"451 4.7.5 The sender's key"),
            ("reject", "accept", b"userkeys=temperror")):
        with_(f"advice = {ceiling}\ntemperror = {text}\ndns-timeout = 1\n")
        out = send(bed.where, sender="<silence@example.org>")
        check(f"advice = {ceiling}, temperror = {text}", want in out,
              out[:300])


def results(bed, with_):
    """Whose results go, and whose stay; a field that is to stay is written
    plainly, and what cannot be read is nobody's."""
    names = (b"mx.example.net", b"MX.example.net.", b"old.example.net",
             b"x\x0bold.example.net", b"\x0bold.example.net", b"filter.local",
             b"filter.local 1", b"(c) filter.local", b'"filter.local"',
             b"filter.local.", b"other.example")
    fields = b"".join(b"Authentication-Results: " + name +
                      b"; dkim=pass header.d=n%d.test\r\n" % i
                      for i, name in enumerate(names))
    for text, stays in (
            ("", {2, 3, 4, 5, 6, 7, 8, 9, 10}),
            ("remove-results = ours\n", {2, 3, 4, 5, 6, 7, 8, 9, 10}),
            ("remove-results = old.example.net\n", {3, 5, 6, 7, 8, 9, 10}),
            ("remove-results = a.example, old.example.net\n"
             "remove-results = filter.local\n", {3, 10}),
            ("remove-results = all\n", set()),
            ("remove-results = all\nkeep-results = filter.local other.example"
             "\n", {5, 6, 10}),
            ("keep-results = mx.example.net\n",
             {0, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
            ("remove-results = filter.local\nkeep-results = filter.local\n",
             {2, 3, 4, 5, 6, 10})):
        with_(text)
        out = send(bed.where, fields + MESSAGE, "<eve@example.net>")
        left = {int(n) for n in re.findall(rb"header.d=n(\d+).test", out)}
        check(f"{text!r}: what stays", left == stays, left)
        until(f"{text!r}: the log tells how many went", lambda: (
            f"results-removed={len(names) - len(stays)} " if
            len(stays) < len(names) else "why=") in
            bed.milter.text().splitlines()[-1])
        big = b"Authentication-Results: " + names[5] + b"; x=" + \
            b"y" * 70000 + b"\r\n"
        out = send(bed.where, big + MESSAGE, "<eve@example.net>")
        check(f"{text!r}: too large to be read", b"yyyy" not in out)


def others(bed, with_):
    with_("dkim = no\n")
    out = send(bed.where)
    check("dkim = no", b"userkeys=" in out and b"dkim=" not in out, out[:300])
    with_("expire = none\ncanonicalization = simple/relaxed\n")
    out = submit(bed.where)
    check("expire = none", b" x=" not in out and b"c=simple/relaxed" in out,
          out[:300])
    with_("submission-name = OTHER\n")
    out = submit(bed.where, login=None)
    check("another name of submission", b"Authentication-Results" in out,
          out[:80])


def listening(bed, work):
    """Sockets come and go with a reload; one that cannot be stops it."""
    milter, where, second = bed.milter, bed.where, f"unix:{work}/second"
    tcp = f"inet:{free_port()}@127.0.0.1"
    c = Client(where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    milter.where = second
    milter.reload(milter.settings + f"listen = {tcp}\n", True)
    check("the connection of old", is_signed(apply(
        MESSAGE, c.message(MESSAGE))[0]))
    c.close()
    for place in second, tcp:
        check(f"{place[:4]} is served", is_signed(submit(place)))
    check("the old one is gone", not os.path.exists(where[5:]))
    check("mode", os.stat(second[5:]).st_mode & 0o777 == 0o660)
    milter.where = f"unix:{work}/no/folder"
    milter.write(milter.settings + "advice = reject\n")
    milter.process.send_signal(signal.SIGHUP)
    until("what cannot be opened keeps the old", lambda: re.search(
        "unix:.*/no/folder: cannot listen: there is no folder .*\n.*"
        "the old configuration stays: ", milter.text()))
    check("which goes on", is_signed(submit(second)))
    check("as it was", b"userkeys=none" in send(second))
    milter.where = where
    milter.reload()
    check("and back", is_signed(submit(where)))
    check("second is gone", not os.path.exists(second[5:]))
    milter.reload(milter.settings + f"pid-file = {work}/pid\n")
    check("what needs a restart is said", "user, pid-file and log change "
          "with a restart only" in milter.text())
    check("and not done", not os.path.exists(f"{work}/pid"))
    milter.reload()
    for _ in range(20):
        milter.process.send_signal(signal.SIGHUP)
        time.sleep(0.01)
        check("signed, whatever", is_signed(submit(where)))
    until("the old workers end", lambda: len(milter.workers()) == 2)


def checked(path, *more):
    return subprocess.run([f"{BUILD}/userkeys-milter", *more, "--config",
                           path], capture_output=True, timeout=20)


def unusable(bed, work):
    """Good lines with which no worker can run: --check-config says so, and a
    start in the background ends before it goes there."""
    lines = bed.milter.settings
    where = "listen = unix:" + work + "/third\nauthserv-id = a.example\n"
    for text, want in (
            (lines.replace("/ukd\n", "/none\n"), "/none"),
            (lines.replace("dns = ", "dns = here:"), 'DNS server "here:'),
            ("user = nosuchuser\n", "user = nosuchuser: there is no such"),
            ("socket-group = nosuchgroup\n", "socket-group = nosuchgroup: "
             "there is no such")):
        with open(f"{work}/third.conf", "w") as f:
            f.write(where + text)
        for how in ["--check-config"], []:
            p = checked(f"{work}/third.conf", *how)
            check(f"{want} {how}", p.returncode == 1 and
                  want in p.stderr.decode(), (p.returncode, p.stderr))
        check("no socket is left", not os.path.exists(f"{work}/third"))
    with open(f"{work}/third.conf", "w") as f:
        f.write(where + lines + "dns = 127.0.0.1:5353, 127.0.0.2:5353 ,"
                "[::1]:53\n")
    p = checked(f"{work}/third.conf", "--check-config")
    check("blanks around commas", p.returncode == 0, p.stderr)


def busy(bed, work):
    """A database that is locked: one wait, however many mailboxes are asked
    for, and none for a while after that.  Connections wait for it."""
    bed.milter.reload(bed.milter.settings + "busy-timeout = 400\n")
    many = MESSAGE.replace(b"From: Alice <alice@example.org>", b"From: " +
                           b", ".join(b"m%d@example.org" % n for n in range(6)))
    c = Client(bed.where)
    c.connect("ORIGINATING")
    c.mail("<alice@example.org>", "alice")
    with open(f"{work}/ukd-shm", "r+b") as f:
        fcntl.lockf(f, fcntl.LOCK_EX, 8, 120)  # the WAL index's locks
        start = time.monotonic()
        kind, data = c.message(many)[-1]
        took = time.monotonic() - start
        check("a locked database: 451", kind == b"y" and data.startswith(
            b"451 4.3.0"), data)
        check("one wait for all mailboxes", 0.3 < took < 1.2, took)
        start = time.monotonic()
        kind, data = c.mail("<alice@example.org>", "alice")
        took = time.monotonic() - start
        check("and none after that", data.startswith(b"451 4.3.0") and
              took < 0.2, (data, took))
    c.close()
    until("why", lambda: "action=defer why=ukd-busy" in bed.milter.text())
    time.sleep(1.1)
    check("soon it signs again", is_signed(submit(bed.where)))
    bed.milter.reload()


def background(bed, work):
    """A relative --config, and a reload of it from "/"."""
    conf = f"{work}/back.conf"
    text = (f"listen = unix:{work}/back\nauthserv-id = a.example\n"
            f"pid-file = {work}/back.pid\n" + bed.milter.settings)
    with open(conf, "w") as f:
        f.write(text)
    p = subprocess.run([f"{BUILD}/userkeys-milter", "--config", "back.conf"],
                       cwd=work, capture_output=True, timeout=20)
    check("it goes into the background", p.returncode == 0, p.stderr)
    until("its number", lambda: os.path.exists(f"{work}/back.pid") and
          os.path.getsize(f"{work}/back.pid"))
    with open(f"{work}/back.pid") as f:
        pid = int(f.read())
    try:
        check("in the background it signs", is_signed(submit(
            f"unix:{work}/back")))
        with open(conf, "w") as f:
            f.write(text + f"listen = unix:{work}/back2\n")
        os.kill(pid, signal.SIGHUP)
        until("it reads its file again", lambda: os.path.exists(
            f"{work}/back2"))
        until("and serves", lambda: is_signed(submit(f"unix:{work}/back2")))
    finally:
        os.kill(pid, signal.SIGTERM)
    until("and ends", lambda: not os.path.exists(f"{work}/back.pid"))


def ends_at_once(bed):
    """SIGTERM with workers that die at their start."""
    bed.milter.reload()
    os.rename(f"{bed.milter.conf[:-5]}/ukd", f"{bed.milter.conf[:-5]}/away")
    for pid in bed.milter.workers():
        os.kill(pid, signal.SIGKILL)
    until("others die, too", lambda: bed.milter.text().count(
        "another takes its place") >= 4)
    took, status = bed.milter.stop()
    check("SIGTERM ends it at once", took < 0.5 and status == 0,
          (took, status))


def twice(work):
    """A mistake in the file: where it is, and what is wanted."""
    for text, want in (
            ("listen = inet:notaport@::1\n", ":1:10: listen: expected "
             "a port from 1 to 65535"),
            *((f"listen = unix:/a\n{key} = a/b\n", f":2:{len(key) + 4}: {key}: "
               "expected a whole path, from / on") for key in
              ("pid-file", "database", "key-file", "metrics-file",
               "notice-folder")),
            ("listen = inet:0@::1\n", ":1:10: listen: expected a port"),
            ("listen = inet:25@zzz\n", ":1:10: listen: expected an IP "
             "address behind @"),
            ("listen = inet:25\n", ":1:10: listen: expected unix:/p"),
            (f"listen = unix:/{'x' * 107}\n", ":1:10: listen: expected"
             " a path of at most 107 octets"),
            ("listen = unix:/a\nlisten = unix:/a\n", ":2:10: listen: "
             "expected each listener once"),
            ("listen = unix:/a\nadvice = all\n", ":2:10: advice: "
             "expected note quarantine reject"),
            ("listen = unix:/a\n\n colour = x\n", ":3:2: no such key"),
            ("workers = 0\nlisten = unix:/a\n", ":1:11: workers: "
             "expected a number within"),
            ("", ": no listener: add ")):
        with open(f"{work}/bad", "w") as f:
            f.write(text)
        p = checked(f"{work}/bad", "--check-config")
        check(want, p.returncode == 1 and want in p.stderr.decode(),
              p.stderr)
    with open("examples/milter/userkeys.conf") as f:
        sample = f.read()
    for old, new in (("/var/lib/userkeys/ukd.db", f"{work}/ukd"),
                     ("/etc/userkeys/ukd.key", f"{work}/seal"),
                     ("/var/spool/postfix/userkeys/", f"{work}/"),
                     ("\nuser = ", "\n#user = "),
                     ("\nsocket-group = ", "\n#socket-group = ")):
        check(f"the sample has {old}", old in sample)
        sample = sample.replace(old, new)
    with open(f"{work}/sample", "w") as f:
        f.write(sample)
    p = checked(f"{work}/sample", "--check-config")
    check("the sample is good", p.returncode == 0, p.stderr)


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Bed(work)
        try:
            add_mailbox(bed.ukd, "bob@example.org", "--login", "bob",
                        "--bits", "1024")
            bed.publish("quentin", add_mailbox(
                bed.ukd, "quentin@example.org", "--bits", "1024",
                "--advice", "quarantine"))
            bed.publish("silence", "silence")
            bed.dns.serve()
            with_ = settings_of(bed)
            for test in (from_check, unsigned, local_mail, local_default,
                         trusted, advice, held, temperror, results, others):
                test(bed, with_)
            bed.milter.reload()
            listening(bed, work)
            twice(work)
            unusable(bed, work)
            busy(bed, work)
            background(bed, work)
            ends_at_once(bed)
        except Closed:
            check("no connection is closed", False)
        finally:
            bed.end()
    finish()


main()
