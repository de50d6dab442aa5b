"""What the milter does to files: only its own, and nothing for root by a name
in a folder of somebody else.

Shapes.  At the path of a socket: a regular file (empty, the key database), a
folder, a pipe, a device, a link to a file, to a socket, to nothing; a socket
that is dead, that answers, of another kind, of another user; no name.  Its
folder: missing, a file, not the user's, read-only.  At the paths of pid-file
and metrics-file: the same, and a file of ours.  Ways there: a folder that is
swapped for a link; the socket swapped between bind and whatever comes next.
Afterwards: another instance's socket and number are not removed.  And the
journal of the database as a link, while root uses the command.
SPDX-License-Identifier: MIT
"""
import grp
import os
import pwd
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tests/support")
from milter_bed import (BUILD, check, children, finish, free_port, run,  # noqa
                        until)

ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody").pw_uid
GROUP = "mail"
STARTS = 25
# A process that is another user's by now cannot look into itself for leaks.
ENV = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


class Run:
    """A milter with LINES; its log is at PATH.log."""
    all = []

    def __init__(self, path, lines, mask=-1, by=()):
        self.conf, self.log = f"{path}.conf", f"{path}.log"
        with open(self.conf, "w") as f:
            f.write(f"authserv-id = a.example\ndns = 127.0.0.1:53\n{lines}")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*by, f"{BUILD}/userkeys-milter", "--foreground", "--config",
                 self.conf], stderr=log, umask=mask, env=ENV)
        Run.all.append(self.process)
        while "started" not in self.text() and self.process.poll() is None:
            time.sleep(0.01)

    def text(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def runs(self):
        return self.process.poll() is None

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)


def checked(path):
    p = subprocess.run([f"{BUILD}/userkeys-milter", "--check-config",
                        "--config", path], capture_output=True, timeout=20,
                       env=ENV)
    return p.returncode, p.stderr.decode()


def picture(path):
    """What stands at PATH, to its last bit."""
    try:
        s = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    data = b""
    if stat.S_ISREG(s.st_mode):
        with open(path, "rb") as f:
            data = f.read()
    if stat.S_ISLNK(s.st_mode):
        data = os.readlink(path)
    return s.st_ino, s.st_mode, s.st_uid, s.st_gid, s.st_nlink, data


def a_socket(path, kind=socket.SOCK_STREAM, listens=False):
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind(path)
    if listens:
        s.listen()
    return s


def answers(path):
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect(path)
        except OSError:
            return False
    return True


def in_the_way(work):
    """Name, maker, and what a start says; None: it takes the place."""
    os.mkdir(f"{work}/precious")
    run("ukd", "init", "--db", f"{work}/precious/ukd", "--key-file",
        f"{work}/precious/seal")
    live = a_socket(f"{work}/precious/live", listens=True)
    a_socket(f"{work}/precious/dead").close()
    no_socket = "no socket: remove it"
    yield "nothing", lambda p: None, None
    yield "a dead socket", lambda p: a_socket(p).close(), None
    yield "an empty file", lambda p: open(p, "w").close(), no_socket
    yield "the database", lambda p: os.link(f"{work}/precious/ukd", p), \
        no_socket
    yield "a folder", os.mkdir, no_socket
    yield "a pipe", os.mkfifo, no_socket
    for what in "ukd", "live", "dead", "nothing":
        yield f"a link: {what}", lambda p, what=what: os.symlink(
            f"{work}/precious/{what}", p), no_socket
    if ROOT:
        yield "a device", lambda p: os.mknod(p, stat.S_IFCHR | 0o600,
                                             os.makedev(1, 3)), no_socket

        def of_another(p):
            a_socket(p).close()
            os.chown(p, NOBODY, -1)
        yield "a dead socket of another user", of_another, "another user"
    sockets = [live]
    yield "a socket that answers", lambda p: sockets.append(a_socket(
        p, listens=True)), "another process listens there"
    yield "a datagram socket", lambda p: sockets.append(a_socket(
        p, socket.SOCK_DGRAM)), "another process may listen there"
    yield "a packet socket", lambda p: sockets.append(a_socket(
        p, socket.SOCK_SEQPACKET, True)), "another process may listen there"


def at_the_path(work):
    for n, (name, make, want) in enumerate(in_the_way(work)):
        path = f"{work}/s{n}"
        make(path)
        before = picture(path)
        m = Run(f"{work}/m{n}", f"listen = unix:{path}\n")
        if want is None:
            check(f"{name}: it starts", m.runs(), m.text())
            check(f"{name}: and answers", answers(path))
            m.end()
            check(f"{name}: and cleans up", picture(path) is None)
            continue
        check(f"{name}: no start", not m.runs(), m.text())
        if m.runs():
            m.end()
        check(f"{name}: the path and why", f"unix:{path}: " in m.text() and
              want in m.text(), m.text())
        check(f"{name}: as it was", picture(path) == before)
        status, text = checked(m.conf)
        # One that answers may be the milter that runs.
        good = "another process" in want
        check(f"{name}: --check-config", status == (0 if good else 1) and
              (good or f"unix:{path}: " in text and want in text), text)
    whole = picture(f"{work}/precious/ukd")
    check("the database is whole", whole and whole[5][:6] == b"SQLite", whole)
    check("others go on", answers(f"{work}/precious/live"))


def folders(work):
    with open(f"{work}/file", "w"):
        pass
    os.mkdir(f"{work}/folder")
    rows = [(f"{work}/none/s", "there is no folder"),
            (f"{work}/file/s", "is no folder"),
            (f"{work}/folder/", "expected the path of a socket")]
    user = ""
    if ROOT:
        os.mkdir(f"{work}/others")
        os.chown(f"{work}/others", 1, -1)
        rows.append((f"{work}/others/s", "user nobody cannot make files"))
        user = "user = nobody\n"
        os.mkdir(f"{work}/ro")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none",
                           f"{work}/ro"], stderr=subprocess.DEVNULL
                          ).returncode == 0:
            rows.append((f"{work}/ro/s", "is read-only for this service"))
        else:
            print("not run, since nothing can be mounted: read-only folder")
    for path, want in rows:
        m = Run(f"{work}/m", f"listen = unix:{path}\n{user}")
        check(f"{path}: no start", not m.runs(), m.text())
        if m.runs():
            m.end()
        status, text = checked(m.conf)
        for words in text, m.text():
            check(f"{path}: why", f"unix:{path}: " in words and want in words,
                  words)
        check(f"{path}: --check-config", status == 1)
    subprocess.run(["umount", f"{work}/ro"], stderr=subprocess.DEVNULL)


def two(work):
    """The second instance takes over what was removed under the first."""
    lines = f"listen = unix:{work}/s\npid-file = {work}/pid\n"
    first = Run(f"{work}/one", lines)
    os.unlink(f"{work}/s")
    second = Run(f"{work}/two", lines)
    check("both run", first.runs() and second.runs(), second.text())
    before = picture(f"{work}/s")
    first.end()
    check("its socket stays", picture(f"{work}/s") == before)
    check("and answers", answers(f"{work}/s"))
    with open(f"{work}/pid") as f:
        check("and its number", int(f.read()) == second.process.pid)
    third = Run(f"{work}/three", lines)
    check("a third does not start", not third.runs() and
          "another process listens there" in third.text(), third.text())
    check("nor take the number away", os.path.getsize(f"{work}/pid") > 0)
    second.end()
    check("the last takes all away", picture(f"{work}/s") is None and
          picture(f"{work}/pid") is None)


def written(work):
    """pid-file and metrics-file: what stands there, and what becomes of it."""
    precious = f"{work}/keys"
    with open(precious, "w") as f:
        f.write("1234 precious\n")

    def text(words):
        def make(path):
            with open(path, "w") as f:
                f.write(words)
        return make
    rows = [("nothing", lambda p: None, True, True),
            ("an empty file", text(""), True, True),
            ("a number", text("4711\n"), True, False),
            ("counters", text("# TYPE userkeys_x_total counter\n"), False,
             True),
            ("a file", text("precious\n"), False, False),
            ("zeros", text("\0\0\0"), False, False),
            ("many numbers", text("1\n" * 400), False, False),
            ("a link", lambda p: os.symlink(precious, p), True, True),
            ("a link to nothing", lambda p: os.symlink(f"{work}/no", p),
             True, True),
            ("a hard link", lambda p: os.link(precious, p), False, False),
            ("a folder", os.mkdir, False, False),
            ("a pipe", os.mkfifo, False, False)]
    for n, (name, make, pid_free, metrics_free) in enumerate(rows):
        pid, metrics = f"{work}/pid{n}", f"{work}/metrics{n}"
        make(pid)
        make(metrics)
        before = picture(pid), picture(metrics), picture(precious)
        lines = f"listen = unix:{work}/s\nmetrics-file = {metrics}\n"
        m = Run(f"{work}/m", lines + f"pid-file = {pid}\n", 0o077)
        check(f"pid-file: {name}", m.runs() == pid_free, m.text())
        if m.runs():
            with open(pid) as f:
                check(f"{name}: a number", f.read() == f"{m.process.pid}\n")
            check(f"{name}: its mode", picture(pid)[1] == 0o100644)
            m.end()
            check(f"{name}: removed", picture(pid) is None)
        else:
            status, words = checked(m.conf)
            for words in m.text(), words:
                check(f"{name}: the path", f"pid-file = {pid}: " in words,
                      words)
            check(f"{name}: --check-config", status == 1)
            check(f"{name}: as it was", picture(pid) == before[0])
        m = Run(f"{work}/m", lines, 0o077)
        m.process.send_signal(signal.SIGUSR1)
        until("counters in the log", lambda: "counters" in m.text())
        m.end()
        s = picture(metrics)
        good = s and s[1] == 0o100644 and s[5].startswith(
            b"# TYPE userkeys_connections_total counter\nuserkeys_conn")
        check(f"metrics-file: {name}", good if metrics_free else
              s == before[1], (s, m.text()))
        check(f"{name}: a line", metrics_free or
              f"metrics-file = {metrics}: cannot be written" in m.text())
        check(f"{name}: what was named elsewhere",
              picture(precious) == (before[2] if name != "a hard link" else
                                    picture(precious)))
        check(f"{name}: nothing is left", not [
            x for x in os.listdir(work) if x.startswith(".")])
    with open(precious) as f:
        check("whole to the end", f.read() == "1234 precious\n")


def rights_of(pid):
    """Its users, its groups, and its further groups.  A worker has those of the
    first process until it gives them up."""
    with open(f"/proc/{pid}/status") as f:
        return [x.split()[1:] for x in f if x[:3] in ("Uid", "Gid", "Gro")]


def rights(work):
    """Mode and group of sockets, as root and as nobody."""
    os.mkdir(f"{work}/roots")
    os.mkdir(f"{work}/users")
    os.chown(f"{work}/users", NOBODY, -1)
    gid = grp.getgrnam(GROUP).gr_gid
    for mode in "0", "0600", "660", "0666", "0777":
        for mask in 0, 0o077, 0o777:
            m = Run(f"{work}/m", "".join(
                f"listen = unix:{work}/{f}/s\n" for f in ("roots", "users")) +
                f"socket-mode = {mode}\nsocket-group = {GROUP}\n"
                "user = nobody\n", mask)
            check(f"mode {mode}, umask {mask:o}", m.runs(), m.text())
            for folder, uid in ("roots", 0), ("users", NOBODY):
                s = os.lstat(f"{work}/{folder}/s")
                check(f"{folder}, mode {mode}, umask {mask:o}",
                      (s.st_mode & 0o7777, s.st_uid, s.st_gid) ==
                      (int(mode, 8), uid, gid), s)
            m.end()
        check("what is the user's is removed",
              picture(f"{work}/users/s") is None)
    lines = (f"listen = unix:{work}/users/s\nsocket-group = {GROUP}\n"
             "user = nobody\n")
    m = Run(f"{work}/m", lines)
    until("workers are nobody, without the group", lambda: all(
        set(ids[0]) == {str(NOBODY)} and str(gid) not in ids[1] + ids[2]
        for ids in map(rights_of, children(m.process.pid))))
    with open(m.conf, "a") as f:
        f.write(f"listen = unix:{work}/users/more\n")
    m.process.send_signal(signal.SIGHUP)
    until("a socket of a reload", lambda: "read again" in m.text())
    s = os.lstat(f"{work}/users/more")
    check("has its group, too", (s.st_mode & 0o777, s.st_uid, s.st_gid) ==
          (0o660, NOBODY, gid), s)
    m.end()
    os.chmod(f"{work}/users", 0o2755)
    m = Run(f"{work}/m", lines)
    check("in a folder that hands on its group", m.runs() and os.lstat(
        f"{work}/users/s").st_gid == gid, m.text())
    m.end()
    with open("examples/milter/userkeys-milter.service") as f:
        caps = re.search(r"CapabilityBoundingSet=(.*)", f.read()).group(1)
    caps = ",".join("+" + x[4:].lower() for x in caps.split())
    for folder, uid in ("roots", 0), ("users", NOBODY):
        m = Run(f"{work}/m", lines.replace("users", folder), by=[
            "setpriv", f"--bounding-set=-all,{caps}"])
        s = os.lstat(f"{work}/{folder}/s")
        check(f"{folder}, with the unit's rights", (
            s.st_mode & 0o777, s.st_uid, s.st_gid) == (0o660, uid, gid), s)
        m.end()
    # The way to root's folder: links of root's do, those of others do not.
    os.mkdir(f"{work}/roots/sub")
    os.symlink("roots/sub/..", f"{work}/near")
    os.symlink(f"{work}/near", f"{work}/far")
    os.symlink("circle", f"{work}/circle")
    os.symlink(f"{work}/roots", f"{work}/users/link")
    os.symlink(f"{work}/users/link", f"{work}/through")
    os.symlink(f"{work}/roots", f"{work}/theirs")
    os.chown(f"{work}/theirs", NOBODY, -1, follow_symlinks=False)
    for way, good in (("near", True), ("far", True), ("circle", False),
                      ("users/link", False), ("through", False),
                      ("theirs", False)):
        m = Run(f"{work}/m", lines.replace("users", way))
        check(f"by {way}", m.runs() == good, m.text())
        check(f"by {way}: root's", os.path.exists(f"{work}/roots/s") == good)
        if m.runs():
            m.end()
        elif way != "circle":
            check(f"by {way}: why", "user nobody cannot make files" in
                  m.text(), m.text())
        if os.path.exists(f"{work}/roots/s"):
            os.unlink(f"{work}/roots/s")
    # A number in a folder of root's: the user cannot remove it.
    m = Run(f"{work}/m", lines + f"pid-file = {work}/roots/pid\n")
    check("a number in root's folder", os.path.getsize(f"{work}/roots/pid"),
          m.text())
    m.end()
    check("is emptied at the end", os.path.getsize(f"{work}/roots/pid") == 0)
    m = Run(f"{work}/m", lines + f"pid-file = {work}/roots/pid\n")
    check("and taken again", m.runs(), m.text())
    m.end()


def raced(work):
    """The user swaps things while root starts the milter."""
    racer = f"{work}/racer"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", racer,
                    "tests/milter/racer.c"], check=True)
    os.mkdir(f"{work}/users")
    os.mkdir(f"{work}/users/sub")
    for path in f"{work}/users", f"{work}/users/sub":
        os.chown(path, NOBODY, -1)
    os.mkdir(f"{work}/roots", 0o755)
    with open(f"{work}/roots/secret", "w") as f:
        f.write("secret\n")
    os.chmod(f"{work}/roots/secret", 0o600)
    folder = os.lstat(f"{work}/roots")
    secret = picture(f"{work}/roots/secret")
    for where, more, started in (
            ("users/s", [f"{work}/roots/secret"], 1),
            ("users/sub/s", [f"{work}/roots", f"{work}/users/sub"], 0),
            ("users/sub/secret", [f"{work}/roots", f"{work}/users/sub"], 0)):
        r = subprocess.Popen([racer, f"{work}/{where}", *more], user=NOBODY)
        for _ in range(STARTS):
            m = Run(f"{work}/m", f"listen = unix:{work}/{where}\n"
                    f"socket-group = {GROUP}\nuser = nobody\n"
                    f"pid-file = {work}/{where}.pid\n")
            if m.runs():
                m.end()
            if where == "users/s" and picture(f"{work}/{where}"):
                os.unlink(f"{work}/{where}")
        check(f"{where}: the racer ran to the end", r.poll() is None)
        r.kill()
        r.wait()
        check(f"{where}: root's file", picture(
            f"{work}/roots/secret") == secret)
        check(f"{where}: root's folder", os.listdir(f"{work}/roots") ==
              ["secret"] and os.lstat(f"{work}/roots").st_mode ==
              folder.st_mode, os.listdir(f"{work}/roots"))
        link = f"{work}/users/sub.link"
        if os.path.islink(f"{work}/users/sub"):
            os.unlink(f"{work}/users/sub")
            os.rename(link, f"{work}/users/sub")
        elif os.path.islink(link):
            os.unlink(link)


def journal(work):
    """The database's journal, swapped by the user for a link to root's file,
    while root uses the command."""
    os.mkdir(f"{work}/lib", 0o700)
    os.mkdir(f"{work}/etc")
    with open(f"{work}/secret", "w") as f:
        f.write("secret\n")
    os.chmod(f"{work}/secret", 0o600)
    before = picture(f"{work}/secret")
    ukd = ["--db", f"{work}/lib/ukd"]
    run("ukd", "init", *ukd, "--key-file", f"{work}/etc/seal")
    os.chown(f"{work}/lib", NOBODY, -1)
    for name in os.listdir(f"{work}/lib"):
        os.chown(f"{work}/lib/{name}", NOBODY, -1)
    os.chown(f"{work}/etc/seal", NOBODY, -1)
    for name in "ukd-wal", "ukd-shm", "ukd-journal":
        path = f"{work}/lib/{name}"
        if os.path.exists(path):
            os.rename(path, f"{path}.away")
        os.symlink(f"{work}/secret", path)
        subprocess.run([f"{BUILD}/userkeys", "ukd", "add", "a@example.org",
                        "--login", "a", *ukd], capture_output=True,
                       timeout=60)
        check(f"{name}: root's file", picture(f"{work}/secret") == before,
              picture(f"{work}/secret"))
        if os.path.islink(path):
            os.unlink(path)
        if os.path.exists(f"{path}.away"):
            os.rename(f"{path}.away", path)


def words(work):
    """What the log says at the start, and what it warns of."""
    port = free_port()
    for host, every in (("127.0.0.1", False), ("[::1]", False),
                        ("::1", False), ("0.0.0.0", True), ("[::]", True),
                        ("::", True), ("::ffff:0.0.0.0", True), ("0", True)):
        if ":" in host and not os.path.exists("/proc/net/if_inet6"):
            continue
        m = Run(f"{work}/m", f"listen = inet:{port}@{host}\n"
                f"listen = unix:{work}/s\n")
        check(f"{host} is served", m.runs() and f"listening at inet:{port}@"
              f"{host}, unix:{work}/s" in m.text(), m.text())
        for text in m.text(), checked(m.conf)[1]:
            check(f"{host}: warning {every}", (
                f"warning: listen = inet:{port}@{host}: any host" in text) ==
                every, text)
        if m.runs():
            m.end()
    for host in "[127.0.0.1]", "[::1", "::1]", "[]", "[]:", "host.example":
        m = Run(f"{work}/m", f"listen = inet:{port}@{host}\n")
        check(f"{host} is none", not m.runs() and ":3:10: listen: " in
              m.text(), m.text())


def alive(work):
    """An MTA that lost power: the system asks after it, and so do we."""
    port = free_port()
    m = Run(f"{work}/m", f"listen = inet:{port}@127.0.0.1\n")
    with socket.create_connection(("127.0.0.1", port)):
        with open("/proc/net/tcp") as f:
            rows = [x.split() for x in f]
        timers = [x[5] for x in rows if x[1] == f"0100007F:{port:04X}" and
                  x[3] == "01"]
        check("keepalive", timers and timers[0][:2] == "02", rows)
    m.end()


def main():
    tests = [at_the_path, folders, two, written, words, alive]
    if ROOT:
        tests += [rights, raced, journal]
    else:
        print("not run without root: rights, raced, journal")
    try:
        for test in tests:
            with tempfile.TemporaryDirectory() as work:
                os.chmod(work, 0o711)
                test(work)
    finally:
        for process in Run.all:
            if process.poll() is None:
                process.kill()
    finish()


main()
