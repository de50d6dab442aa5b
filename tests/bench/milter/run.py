"""The milter's bench: OpenDKIM's and ours under one load, side by side.

SPDX-License-Identifier: MIT

run.py BUILD [SECONDS [ROUNDS]]: writes docs/BENCH-MILTER.md.  Each load lasts
SECONDS at least (3), the parties take turns, and medians of ROUNDS (3) count.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import mailserver
from parties import Bench, Ours, OpenDkim

CONNECTIONS = (1, 10, 100, 500)
PARKED = 500
LONG = 100000
MESSAGES = 100  # through Postfix
WARM = ("-c", "4", "-n", "40")


def run(party, *options):
    """messages, seconds, p50 and p99 in us."""
    out = subprocess.run(party.load(*options), check=True, text=True,
                         stdout=subprocess.PIPE).stdout.split()
    done, bad = int(out[0]), int(out[1])
    if bad:
        sys.exit(f"{party.name}: {bad} of {done} went wrong: {options}")
    return done, float(out[2]), int(out[3]), int(out[4])


def measure(bench, kind, op, transport, connections, seconds):
    """Messages per second, CPU us a message, p50, p99, peak kB."""
    party = kind(bench, op, transport)
    try:
        run(party, *WARM)
        before = party.cpu()
        done, time_, p50, p99 = run(party, "-c", str(connections), "-n",
                                    "1000000", "-s", str(seconds))
        used = (party.cpu() - before) * 1e6 / done
        return done / time_, used, p50, p99, party.peak()
    finally:
        party.kill()


def medians(bench, op, transport, connections, seconds, rounds):
    """Medians of both, and of the ratio of their CPU in each round."""
    pairs = [[measure(bench, kind, op, transport, connections, seconds)
              for kind in (OpenDkim, Ours)] for _ in range(rounds)]
    rows = [[statistics.median(column) for column in zip(*(p[i] for p in
                                                           pairs))]
            for i in (0, 1)]
    return rows, statistics.median(p[1][1] / p[0][1] for p in pairs)


def park(bench, kind, transport):
    """kB a connection at rest, kB in mid-body, both over idle; kB after the
    last one closed, over idle; seconds to stop with all parked."""
    party = kind(bench, "verify", transport)
    run(party, *WARM)
    idle = party.memory()
    size = ("-c", str(PARKED), "-n", str(PARKED), "-p")
    memory = []
    client = subprocess.Popen(party.load(*size), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    for _ in ("rest", "body"):
        client.stdout.readline()
        time.sleep(0.5)
        memory.append((party.memory() - idle) / PARKED)
        client.stdin.write("go on\n")
        client.stdin.flush()
    if int(client.stdout.readline().split()[1]) or client.wait():
        sys.exit(f"{party.name}: not all parked messages ended well")
    time.sleep(0.5)
    after = party.memory() - idle
    client = subprocess.Popen(party.load(*size), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    client.stdout.readline()
    client.stdin.write("go on\n")
    client.stdin.flush()
    client.stdout.readline()
    stop = party.stop()
    client.kill()
    client.wait()
    return idle, *memory, after, stop


def long_run(bench):
    """kB after each tenth of LONG messages, one in ten of them signed."""
    memory = []
    verify = Ours(bench, "verify", "unix")
    sign = Ours.__new__(Ours)
    sign.__dict__.update(verify.__dict__, op="sign")
    for _ in range(10):
        run(verify, "-c", "20", "-n", str(LONG * 9 // 100))
        run(sign, "-c", "20", "-n", str(LONG // 100))
        memory.append(verify.memory())
    verify.stop()
    return memory


def floors(build):
    ours = float(subprocess.run([f"{build}/tests/bench/milter/floor"],
                                check=True, text=True,
                                stdout=subprocess.PIPE).stdout)
    out = subprocess.run(["openssl", "speed", "-seconds", "2", "rsa2048"],
                         check=True, text=True, capture_output=True).stdout
    return ours, float(out.split()[-4].rstrip("s")) * 1e6


def load_table(bench, op, seconds, rounds):
    yield "| socket | connections | messages/s, OpenDKIM | ours | " \
        "CPU us/message, OpenDKIM | ours | ours / OpenDKIM | " \
        "p50 / p99 ms, OpenDKIM | ours | resident MB, OpenDKIM | ours |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for transport in ("unix", "inet"):
        for n in CONNECTIONS:
            (peer, ours), ratio = medians(bench, op, transport, n, seconds,
                                          rounds)
            yield (f"| {'Unix' if transport == 'unix' else 'TCP'} | {n} | "
                   f"{peer[0]:,.0f} | {ours[0]:,.0f} | {peer[1]:,.0f} | "
                   f"{ours[1]:,.0f} | {ratio:.2f} | {peer[2] / 1e3:.1f} / "
                   f"{peer[3] / 1e3:.1f} | {ours[2] / 1e3:.1f} / "
                   f"{ours[3] / 1e3:.1f} | {peer[4] / 1024:.0f} | "
                   f"{ours[4] / 1024:.0f} |")


def park_table(bench):
    yield "| socket | milter | idle, MB | at rest, kB each | in mid-body, " \
        "kB each | kept after the last, MB | stops after, ms |"
    yield "|---|---|---|---|---|---|---|"
    for transport in ("unix", "inet"):
        for kind in (OpenDkim, Ours):
            idle, rest, body, after, stop = park(bench, kind, transport)
            yield (f"| {'Unix' if transport == 'unix' else 'TCP'} | "
                   f"{'OpenDKIM' if kind is OpenDkim else 'ours'} | "
                   f"{idle / 1024:.1f} | {rest:.1f} | {body:.1f} | "
                   f"{after / 1024:.1f} | {stop * 1e3:,.0f} |")


def text(bench, build, seconds, rounds):
    begin = os.getloadavg()[0]
    mbedtls, openssl = floors(build)
    yield f"""# Bench of the milter

Generated by `make bench-milter`; do not edit.

OpenDKIM 2.11 and userkeys-milter (two workers), on the same machine (two cores, shared
with the client), keys (RSA-2048) and message (4.7 kB, 16 header fields, relaxed/relaxed),
driven in turns by one client, which speaks as Postfix does and makes a connection for each
message. OpenDKIM has its keys in a file (its resolver crashes under load), ours asks a real
name server and keeps the answer; ours judges the user key and plain DKIM, and writes a log
line for each message, OpenDKIM none. Every answer is looked at. CPU is that of all
processes and threads of the milter, medians of {rounds} paired rounds of {seconds} s;
resident memory is the peak, and ours is summed over its processes, what they share counted
anew for each.

## Verify
"""
    yield from load_table(bench, "verify", seconds, rounds)
    yield f"""
## Sign

One signature alone is {mbedtls:,.0f} us by Mbed TLS, ours, and {openssl:,.0f} us by OpenSSL,
OpenDKIM's.
"""
    yield from load_table(bench, "sign", seconds, rounds)
    yield f"""
## {PARKED} connections at once

Memory over idle, what is shared by processes counted by shares: with all connections at
rest, then all in the middle of the body; then what is kept when all have closed. Then
how long SIGTERM takes with all in the middle of the body again.
"""
    yield from park_table(bench)
    yield f"""
## Through Postfix

One Postfix that accepts and throws away, Unix sockets, smtp-source as the client, {MESSAGES}
messages at a time.
"""
    yield from mailserver.table(bench, rounds, MESSAGES)
    memory = long_run(bench)
    yield f"""
## {LONG:,} messages

One in ten signed, the others verified, 20 connections. Memory of ours after each tenth, kB:
{', '.join(f'{m:,}' for m in memory)}.

The machine's load average was {begin:.1f} at the beginning and {os.getloadavg()[0]:.1f} at the end."""


def main():
    build = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(build, work)
        try:
            lines = []
            for line in text(bench, build, int(seconds), rounds):
                print(line, flush=True)
                lines.append(line)
        finally:
            bench.close()
    with open("docs/BENCH-MILTER.md", "w") as f:
        f.write("\n".join(lines) + "\n")


main()
