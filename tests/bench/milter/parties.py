"""The milters under test: OpenDKIM's and ours, with the same keys and mail.

SPDX-License-Identifier: MIT
"""
import base64
import os
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, "tests/support")
from milter_client import Client, apply  # noqa: E402

HEADER = b"""Received: from client.example.org (client.example.org [192.0.2.7])
\tby mail.example.org (Postfix) with ESMTPSA id 4XyZ12345
\tfor <bob@example.net>; Thu, 12 Jun 2025 10:00:01 +0000 (UTC)
From: Alice Example <alice@example.org>
To: Bob Example <bob@example.net>
Cc: Carol Example <carol@example.net>, Dave Example <dave@example.com>
Subject: Minutes of the meeting of Tuesday
Date: Thu, 12 Jun 2025 10:00:00 +0000
Message-ID: <20250612100000.12345@example.org>
In-Reply-To: <20250611170000.99999@example.net>
References: <20250610090000.11111@example.org>
\t<20250611170000.99999@example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit
User-Agent: A mail program 1.0
X-Priority: 3
X-Mailer: none
List-Id: <minutes.example.org>
"""
LINE = b"The point was  taken up again and put off until the next meeting.\n"
BODY = LINE * 56


def message():
    return (HEADER + b"\n" + BODY).replace(b"\n", b"\r\n")


def free_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s.getsockname()[1]


def cpu(pid):
    """Seconds of CPU of a process, ended threads included."""
    return time.clock_gettime((~pid << 3) | 2)


def smaps(pid, name):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return sum(int(x) for x in re.findall(
            rf"(?m)^{name}: +(\d+) kB", f.read()))


def status(pid, name):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(rf"(?m)^{name}:\s+(\d+)", f.read())[1])


class Party:
    """A milter that runs, with a socket of KIND, unix or inet."""

    more = ""

    def __init__(self, bench, op, kind, workers=2, name="milter"):
        self.bench, self.op = bench, op
        self.where = f"unix:{bench.work}/{name}.sock" \
            if kind == "unix" else f"inet:{free_port()}@127.0.0.1"
        self.log = f"{bench.work}/{self.name}.log"
        if kind == "unix" and os.path.exists(self.where[5:]):
            os.unlink(self.where[5:])
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command(workers),
                                            stdout=log, stderr=log)
        for _ in range(200):
            try:
                Client(self.where).close()
                return
            except OSError:
                time.sleep(0.02)
        with open(self.log) as log:
            sys.exit(f"{self.name} does not start: {log.read()}")

    def pids(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [pid] + [int(x) for x in f.read().split()]

    def cpu(self):
        return sum(cpu(p) for p in self.pids())

    def memory(self):
        """kB that are its own, and its share of what it shares."""
        return sum(smaps(p, "Pss") for p in self.pids())

    def peak(self):
        """kB resident at most; shared pages count once per process."""
        return sum(status(p, "VmHWM") for p in self.pids())

    def load(self, *options):
        """The words of a load, as strings."""
        return [f"{self.bench.build}/tests/bench/milter/load", "-w",
                self.want(), *self.identity(), *options, self.where,
                self.bench.file(self.op)]

    def identity(self):
        return ("-d", "ORIGINATING", "-l", "alice") if self.op == "sign" \
            else ()

    def stop(self):
        """Seconds from the signal to the end."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - start

    def kill(self):
        for pid in reversed(self.pids()):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


class Ours(Party):
    name = "ours"

    def want(self):
        return "v=1;" if self.op == "sign" else "userkeys=pass"

    def command(self, workers):
        w = self.bench.work
        with open(f"{w}/ours.conf", "w") as f:
            f.write(f"listen = {self.where}\nauthserv-id = mx.example.net\n"
                    f"workers = {workers}\ndatabase = {w}/ukd\n"
                    f"key-file = {w}/seal\n"
                    f"dns = 127.0.0.1:{self.bench.dns}\nadvice = reject\n"
                    + self.more)
        return [f"{self.bench.build}/userkeys-milter", "--foreground",
                "--config", f"{w}/ours.conf"]


class OpenDkim(Party):
    name = "opendkim"

    def want(self):
        return "v=1;" if self.op == "sign" else "dkim=pass"

    def command(self, workers):
        w = self.bench.work
        where = self.where.replace("unix:", "local:")
        lines = ["Background no", "UMask 000", f"Socket {where}",
                 "Syslog no", "RequireSafeKeys no"]
        if self.op == "sign":
            lines += ["Mode s", "Canonicalization relaxed/relaxed",
                      "Domain example.org", "Selector s2048",
                      f"KeyFile {w}/opendkim.pem",
                      "SignatureAlgorithm rsa-sha256",
                      "InternalHosts 127.0.0.1", "OversignHeaders From"]
        else:
            lines += ["Mode v", "InternalHosts /dev/null",
                      f"TestPublicKeys {w}/testkeys",
                      "AlwaysAddARHeader yes", "AuthservID mx.example.net",
                      "RemoveARFrom mx.example.net"]
        with open(f"{w}/opendkim.conf", "w") as f:
            f.write("\n".join(lines) + "\n")
        return ["opendkim", "-f", "-x", f"{w}/opendkim.conf"]


class Bench:
    """Keys, records, a name server, the message as it is and signed."""

    def __init__(self, build, work):
        self.build, self.work = build, work
        self.userkeys("ukd", "init", "--key-file", f"{work}/seal")
        zone = self.userkeys("ukd", "add", "alice@example.org", "--login",
                             "alice", "--bits", "2048", "--advice", "reject")
        for _ in range(2):
            self.userkeys("ukd", "rotate", "alice@example.org", "--force")
        subprocess.run(["openssl", "genrsa", "-out", f"{work}/opendkim.pem",
                        "2048"], check=True, capture_output=True)
        with open(f"{work}/example.org.zone", "w") as f:
            f.write("$ORIGIN example.org.\n$TTL 86400\n"
                    "@ SOA ns hostmaster 1 3600 600 86400 1\n@ NS ns\n"
                    "ns A 127.0.0.1\n" + zone)
        text = "".join(re.findall(r'"([^"]*)"', zone.split("\n\n")[0]))
        key = re.search(r"p=([A-Za-z0-9+/=]+)", text)[1]
        base64.b64decode(key, validate=True)
        with open(f"{work}/testkeys", "w") as f:
            f.write("alice.userkeys._domainkey.example.org "
                    f"v=DKIM1; k=rsa; p={key}\n")
        self.start_dns()
        with open(self.file("sign"), "wb") as f:
            f.write(message())
        with open(self.file("verify"), "wb") as f:
            f.write(self.signed())

    def userkeys(self, *words):
        return subprocess.run(
            [f"{self.build}/userkeys", *words, "--db", f"{self.work}/ukd"],
            check=True, capture_output=True, text=True).stdout

    def file(self, op):
        return f"{self.work}/{op}.eml"

    def start_dns(self):
        script = (". tests/support/nsd.sh; nsd_start '%s' >&2 && "
                  'echo "$NSD_PORT $NSD_PID"' % self.work)
        out = subprocess.run(["sh", "-c", script], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
        self.dns, self.dns_pid = (int(x) for x in out.split())

    def signed(self):
        ours = Ours(self, "sign", "unix")
        c = Client(ours.where)
        c.connect("ORIGINATING")
        c.mail("<alice@example.org>", "alice")
        out, reply = apply(message(), c.message(message()))
        c.close()
        ours.stop()
        if b"DKIM-Signature" not in out[:20]:
            sys.exit(f"not signed: {reply}")
        return out

    def close(self):
        try:
            os.kill(self.dns_pid, signal.SIGTERM)
            for _ in range(100):
                time.sleep(0.05)
                os.kill(self.dns_pid, 0)
        except ProcessLookupError:
            pass
