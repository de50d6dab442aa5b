"""The same load through one Postfix: a port that signs, a port that verifies;
what is accepted is thrown away.

SPDX-License-Identifier: MIT
"""
import os
import re
import statistics
import subprocess
import sys
import time

from parties import Ours, OpenDkim, free_port

SESSIONS = (1, 10, 50)
SETTINGS = """
virtual_transport = discard:
default_transport = discard:
relay_transport = discard:
default_process_limit = 100
"""


class Postfix:
    def __init__(self, bench):
        self.work = bench.work
        self.etc = f"{bench.work}/in/etc"
        where = f"unix:{bench.work}/"
        out = subprocess.run(
            ["sh", "-c", ". tests/support/nsd.sh; . tests/mail/postfix.sh; "
             'PATH=$PATH:/usr/sbin; postfix_make "$1" "$2" "$3" >&2 && '
             'echo "$MX_PORT"', "-", bench.work, where + "sign.sock",
             where + "verify.sock"], check=True, text=True,
            stdout=subprocess.PIPE).stdout
        self.port = {"verify": int(out), "sign": free_port()}
        with open(f"{self.etc}/main.cf", "a") as f:
            f.write(SETTINGS)
        with open(f"{self.etc}/master.cf", "a") as f:
            f.write(f"127.0.0.1:{self.port['sign']} inet n - n - - smtpd\n"
                    f"  -o smtpd_milters={where}sign.sock\n"
                    "  -o smtpd_relay_restrictions=permit_mynetworks,reject\n"
                    "  -o milter_macro_daemon_name=ORIGINATING\n")
        for op in "sign", "verify":
            with open(bench.file(op), "rb") as f, \
                    open(f"{self.work}/{op}.lf", "wb") as lf:
                lf.write(f.read().replace(b"\r\n", b"\n"))
        self.postfix("start")
        time.sleep(1)

    def postfix(self, command):
        subprocess.run(["postfix", "-c", self.etc, command],
                       capture_output=True)

    def send(self, op, sessions, messages):
        """Seconds."""
        start = time.monotonic()
        subprocess.run(["smtp-source", "-f", "alice@example.org", "-t",
                        "b@dest.test", "-m", str(messages), "-s",
                        str(sessions), "-F", f"{self.work}/{op}.lf",
                        f"127.0.0.1:{self.port[op]}"], check=True,
                       timeout=300)
        return time.monotonic() - start


class Trusting(Ours):
    """Ours, for clients that have no login: smtp-source knows none."""
    more = "socket-mode = 0666\ntrusted-network = 127.0.0.1/32\n"

    def done(self, n):
        with open(self.log) as f:
            good = len(re.findall(r"action=sign why=ok" if self.op == "sign"
                                  else r"userkeys=pass", f.read()))
        if good != n:
            sys.exit(f"ours, through Postfix: {good} of {n}")


class TrustingMx(Trusting):
    more = "socket-mode = 0666\n"


class Peer(OpenDkim):
    def done(self, n):
        pass


def measure(bench, postfix, kind, op, sessions, messages):
    """Messages per second, CPU us a message."""
    party = kind(bench, op, "unix", name=op)
    try:
        postfix.send(op, 4, 20)
        before = party.cpu()
        seconds = postfix.send(op, sessions, messages)
        used = (party.cpu() - before) * 1e6 / messages
        party.done(20 + messages)
        return messages / seconds, used
    finally:
        party.kill()


def table(bench, rounds, messages):
    if os.geteuid() != 0 or subprocess.run(
            ["sh", "-c", "PATH=$PATH:/usr/sbin command -v postfix "
             "smtp-source"], capture_output=True).returncode:
        yield "Left out: Postfix is not there, or not started by root."
        return
    os.environ["PATH"] += ":/usr/sbin"
    os.chmod(bench.work, 0o711)
    postfix = Postfix(bench)
    yield "| work | sessions | messages/s, OpenDKIM | ours | CPU us/message " \
        "of the milter, OpenDKIM | ours | ours / OpenDKIM |"
    yield "|---|---|---|---|---|---|---|"
    try:
        for op in "verify", "sign":
            kinds = (Peer, Trusting if op == "sign" else TrustingMx)
            for n in SESSIONS:
                pairs = [[measure(bench, postfix, kind, op, n, messages)
                          for kind in kinds] for _ in range(rounds)]
                peer, ours = (
                    [statistics.median(c) for c in zip(*(p[i] for p in
                                                         pairs))]
                    for i in (0, 1))
                ratio = statistics.median(p[1][1] / p[0][1] for p in pairs)
                yield (f"| {op} | {n} | {peer[0]:,.0f} | {ours[0]:,.0f} | "
                       f"{peer[1]:,.0f} | {ours[1]:,.0f} | {ratio:.2f} |")
    finally:
        postfix.postfix("stop")
