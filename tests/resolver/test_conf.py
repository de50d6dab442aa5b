"""resolv.conf as it is and as it changes: the milter in its sandbox and the
command, in a network and with an /etc of their own (root and unshare(1)).

A file that is not there at the start and appears; another server in it, written
in place or renamed over it, with a connection open meanwhile; empty for a
moment; a comment behind an address; a link-local address with its interface;
a server that cannot be used.
SPDX-License-Identifier: MIT
"""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, "tests/support")
from milter_bed import BUILD, Milter, check, finish, until  # noqa
from milter_client import Client  # noqa

CONF = "/etc/resolv.conf"
TEXT = b"v=DKIM1; p=; uk=reject"
MESSAGE = b"From: alice@example.org\r\nSubject: x\r\n\r\nHi\r\n"


class Server:
    """Answers each query at ADDRESS, port 53, and counts them."""

    def __init__(self, address):
        self.s = socket.socket(socket.AF_INET6 if ":" in address else
                               socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind(socket.getaddrinfo(address, 53, type=socket.SOCK_DGRAM)
                    [0][4])
        self.count = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.s.recvfrom(600)
            self.count += 1
            end = query.index(b"\0", 12) + 5
            self.s.sendto(
                query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + query[12:end] +
                b"\xc0\x0c\0\x10\0\1\0\0\0\0" + bytes([0, len(TEXT) + 1]) +
                bytes([len(TEXT)]) + TEXT, peer)


def put(text, rename=False):
    to = CONF + ".new" if rename else os.path.realpath(CONF)
    with open(to, "w") as f:
        f.write(text)
    if rename:
        os.rename(to, CONF)


class Talk:
    def __init__(self, where):
        self.client = Client(where, timeout=30)
        self.client.connect("mx.example.net")

    def ask(self):
        """What the milter finds out: whether it got the record, which has a
        time to live of 0."""
        self.client.mail("<alice@example.org>")
        answer = b"".join(data for _, data in self.client.message(MESSAGE))
        return b"policy.advice=reject" in answer


def fresh(where):
    talk = Talk(where)
    good = talk.ask()
    talk.client.close()
    return good


def follows(milter, name, asked, others):
    """New connections and an open one ask ASKED, none of OTHERS."""
    until(f"{name}: it is followed", lambda: fresh(milter.where), 20)
    before = [s.count for s in [asked, *others]]
    check(f"{name}: asked", fresh(milter.where))
    after = [s.count for s in [asked, *others]]
    check(f"{name}: and no other", after[0] > before[0] and
          after[1:] == before[1:], (before, after))


def changes(work, one, two, local, wrong):
    os.unlink(CONF)
    os.symlink(f"{work}/stub", CONF)
    milter = Milter(work, f"unix:{work}/s", "dns-timeout = 2\n")
    until("the log names the servers", lambda: "name servers: 127.0.0.1:53" in
          milter.text() and "no such file" in milter.text())
    check("no server yet", not fresh(milter.where))
    talk = Talk(milter.where)
    put("nameserver 10.9.0.1\n")
    follows(milter, "it appears", one, (two, wrong))
    check("an open connection asks it, too", talk.ask())
    check("said", "name servers: 10.9.0.1:53" in milter.text())

    put("nameserver 10.9.0.2 # was 10.9.0.77\n")
    until("the second server", lambda: "name servers: 10.9.0.2:53" in
          milter.text())
    follows(milter, "written in place", two, (one, wrong))
    before = one.count
    check("open: the second one", talk.ask() and one.count == before)

    workers = milter.workers()
    put("nameserver 10.9.0.1\n", rename=True)
    until("the first again", lambda: milter.text().count(
        "name servers: 10.9.0.1:53") == 2)
    follows(milter, "renamed over it", one, (two, wrong))
    put("")
    time.sleep(1.1)
    put("nameserver 10.9.0.1\n")
    time.sleep(2.2)
    check("empty for a moment is nothing", milter.text().count(
        "name servers:") == 4, milter.text())

    put("nameserver fe80::9%lo\n")
    until("link-local", lambda: "name servers: [fe80::9%lo]:53" in
          milter.text())
    follows(milter, "link-local", local, (one, two, wrong))
    put("nameserver fe80::9%nix0\n")
    until("no such interface", lambda: "fe80::9%nix0" in milter.text() and
          "there is no name server to ask" in milter.text())
    check("nobody is asked", not fresh(milter.where))
    put("nameserver 10.9.0.1\n")
    follows(milter, "afterwards", one, (two, local, wrong))
    check("the same workers all the time", milter.workers() == workers)
    talk.client.close()
    milter.stop()


def command(local):
    def verify(*options):
        return subprocess.run(
            [f"{BUILD}/userkeys", "verify", "--plain", "--from",
             "alice@example.org", *options], input=MESSAGE,
            capture_output=True, check=False)

    put("nameserver fe80::9%lo\noptions timeout:1 attempts:1\n")
    for options in [], ["--dns", "[fe80::9%lo]:53"], ["--dns", "fe80::9%1"]:
        before = local.count
        done = verify(*options)
        check(f"link-local {options}", b"advice=reject" in done.stdout and
              local.count > before, done)
    done = verify("--dns", "[fe80::9%nix0]:53")
    check("no such interface", done.returncode == 64 and
          b'"[fe80::9%nix0]:53": there is no such interface' in done.stderr,
          done)
    put("nameserver fe80::9%nix0\n")
    done = verify()
    check("the same in the file", done.returncode == 75 and b"resolv.conf: "
          b"line 1: name server \"fe80::9%nix0\"" in done.stderr, done)
    put("nameserver 10.9.0.3\n")
    done = verify()
    check("nobody listens", done.returncode == 75 and b"10.9.0.3:53 cannot "
          b"be asked: Connection refused" in done.stderr, done)


def inside():
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o700)
        for what in ("ip link set lo up", "ip addr add 10.9.0.1/32 dev lo",
                     "ip addr add 10.9.0.2/32 dev lo",
                     "ip addr add 10.9.0.3/32 dev lo",
                     "ip addr add 10.9.0.77/32 dev lo",
                     "ip addr add fe80::9/64 dev lo nodad scope link",
                     f"cp -a /etc {work}/etc",
                     f"mount --bind {work}/etc /etc"):
            subprocess.run(what.split(), check=True)
        servers = [Server(a) for a in ("10.9.0.1", "10.9.0.2", "fe80::9%lo",
                                       "10.9.0.77")]
        try:
            changes(work, *servers)
            command(servers[2])
        finally:
            subprocess.run(["umount", "-l", "/etc"], check=True)
    finish()


def main():
    if "inside" in sys.argv:
        inside()
    probe = subprocess.run(
        ["unshare", "-mn", "--propagation", "private", "sh", "-c",
         "ip link set lo up && ip addr add fe80::9/64 dev lo nodad"],
        capture_output=True, check=False)
    if os.geteuid() != 0 or probe.returncode != 0:
        print("skip: a network of its own needs root, unshare and ip")
        return
    os.execvp("unshare", ["unshare", "-mn", "--propagation", "private",
                          sys.executable, __file__, "inside"])


main()
