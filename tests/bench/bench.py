"""Runs the bench and writes docs/BENCH.md and docs/bench.svg.

SPDX-License-Identifier: MIT

bench.py BUILD PLAIN: the programs of BUILD with all that the processor has,
those of PLAIN without SHA instructions and vectors.
"""
import os
import re
import subprocess
import sys
import tempfile

PYTHON = """
import dkim, sys, time
record, path, rounds = open(sys.argv[1], 'rb').read(), sys.argv[2], \
    int(sys.argv[3])
message = open(path, 'rb').read()
def lookup(name, timeout=5):
    return record
times = []
for _ in range(rounds):
    start = time.process_time_ns()
    assert dkim.verify(message, dnsfunc=lookup)
    times.append(time.process_time_ns() - start)
print(sorted(times)[len(times) // 2])
"""
PERL = r"""
use Mail::DKIM::Verifier; use Mail::DKIM::PublicKey; use Time::HiRes qw(clock);
my ($rfile, $path, $rounds) = @ARGV;
local $/; open F, '<', $rfile; my $record = <F>; close F;
open F, '<:raw', $path; my $message = <F>; close F;
no warnings 'redefine';
*Mail::DKIM::PublicKey::fetch_async = sub { my ($class, %p) = @_;
  my $on = $p{Callbacks}->{Success} || sub { $_[0] };
  return sub { Mail::DKIM::PublicKey->parse($record) } };
*Mail::DKIM::PublicKey::fetch = sub { Mail::DKIM::PublicKey->parse($record) };
my @t;
for (1 .. $rounds) { my $s = clock(); my $d = Mail::DKIM::Verifier->new;
  $d->PRINT($message); $d->CLOSE;
  die $d->result_detail if $d->result ne 'pass'; push @t, clock() - $s; }
@t = sort { $a <=> $b } @t; printf "%d\n", $t[@t / 2] * 1e9;
"""


def run(*words):
    return subprocess.run(words, check=True, capture_output=True,
                          text=True).stdout


def times(build):
    rows = []
    for line in run(f"{build}/tests/bench/bench", "times").splitlines():
        name, canon, size, *ns = line.split("\t")
        rows.append((name, canon, int(size), [float(n) for n in ns]))
    return rows


def kernels(build):
    return [(w[0], w[1], float(w[2]), float(w[3])) for w in (
        line.split("\t") for line in run(f"{build}/tests/bench/bench",
                                         "kernels").splitlines())]


def size_text(size):
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def micro(ns):
    return f"{ns / 1000:,.1f}" if ns < 1e6 else f"{ns / 1000:,.0f}"


def time_table(rows):
    yield "| what | size | ours, us | libopendkim, us | ratio | SHA-256 of " \
        "it | RSA alone | ours / floors |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, canon, size, (ours, peer, sha, rsa) in rows:
        yield (f"| {name}, {canon} | {size_text(size)} | {micro(ours)} | "
               f"{micro(peer)} | {peer / ours:.2f} | {micro(sha)} | "
               f"{micro(rsa)} | {ours / (sha + rsa):.2f} |")


def kernel_table(rows, plain):
    yield "| body | vectors, GB/s | of memcpy | words, GB/s | of memcpy |"
    yield "|---|---|---|---|---|"
    for (name, canon, ours, copy), (_, _, other, copy2) in zip(rows, plain):
        if canon == "r/r":
            yield (f"| {name} | {ours:.1f} | {ours / copy:.2f} | "
                   f"{other:.1f} | {other / copy2:.2f} |")


def peers(build, folder, ours):
    """dkimpy and Mail::DKIM on the same messages."""
    run(f"{build}/tests/bench/bench", "corpus", folder)
    yield "| verify text, r/r | ours, us | dkimpy, us | Mail::DKIM, us |"
    yield "|---|---|---|---|"
    for size in 1 << 10, 16 << 10, 100 << 10, 1 << 20:
        path = f"{folder}/verify text r {size}"
        rounds = "9" if size < 1 << 20 else "5"
        words = [micro(next(r[3][0] for r in ours if r[0] == "verify text" and
                            r[2] == size))]
        for command in (["/usr/bin/python3", "-c", PYTHON],
                        ["perl", "-e", PERL]):
            try:
                words.append(micro(float(run(
                    *command, f"{folder}/record", path, rounds))))
            except (subprocess.CalledProcessError, ValueError):
                words.append("did not run")
        yield f"| {size_text(size)} | {' | '.join(words)} |"


def instructions(build, what, size, count):
    """All, and those in code of ours, of COUNT messages."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["valgrind", "--tool=callgrind",
                        f"--callgrind-out-file={out.name}",
                        f"{build}/tests/bench/bench", "once", what,
                        str(size), str(count)], check=True,
                       capture_output=True)
        text = run("callgrind_annotate", "--threshold=100", out.name)
    own = total = 0
    for line in text.splitlines():
        match = re.match(r" *([\d,]+) \([ \d.]+%\)  (\S+)", line)
        if not match:
            continue
        octets = int(match.group(1).replace(",", ""))
        if match.group(2) == "PROGRAM":
            total = octets
        elif re.search(r"(core|simd)/ukey_\w+\.[ch]:", match.group(2)):
            own += octets
    return total, own


def instruction_table(build):
    yield "| message | all | own code |"
    yield "|---|---|---|"
    own = {}
    for size in 4096, 65536:
        few = instructions(build, "ours", size, 1)
        more = instructions(build, "ours", size, 11)
        total, mine = ((b - a) // 10 for a, b in zip(few, more))
        own[size] = mine
        yield f"| verify text, r/r, {size_text(size)} | {total:,} | {mine:,} |"
    yield ""
    yield (f"So {(own[65536] - own[4096]) / (65536 - 4096):.1f} instructions "
           "of own code for each further octet of text.")


def heap(build):
    """Heap calls of one verified message, all told and without Mbed TLS."""
    counts = []
    for count in 1, 11:
        text = subprocess.run(["valgrind", f"{build}/tests/bench/bench",
                               "once", "ours", "4096", str(count)],
                              capture_output=True, text=True,
                              check=True).stderr
        line = next(x for x in text.splitlines() if "total heap usage" in x)
        counts.append(int(line.split("usage:")[1].split()[0].replace(",",
                                                                     "")))
    return (counts[1] - counts[0]) // 10


def svg(rows):
    """Cost against size, both axes logarithmic."""
    from math import log10
    points = [(s, t[0], t[1]) for n, c, s, t in rows if n == "verify text"]

    def x(size):
        return 60 + (log10(size) - 3) * 110

    def y(ns):
        return 330 - (log10(ns) - 4) * 65

    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="600" height="380" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="600" height="380" fill="white"/>']
    for power in range(4, 9):
        label = {4: "10 us", 5: "100 us", 6: "1 ms", 7: "10 ms",
                 8: "100 ms"}[power]
        out.append(f'<line x1="60" x2="560" y1="{y(10 ** power)}" '
                   f'y2="{y(10 ** power)}" stroke="#ddd"/><text x="8" '
                   f'y="{y(10 ** power) + 4}">{label}</text>')
    for size, _, _ in points:
        out.append(f'<text x="{x(size) - 18}" y="352">'
                   f'{size_text(size)}</text>')
    for index, colour, name in (1, "#06c", "userkeys"), (2, "#c60",
                                                        "libopendkim"):
        line = " ".join(f"{x(p[0]):.0f},{y(p[index]):.0f}" for p in points)
        out.append(f'<polyline points="{line}" fill="none" '
                   f'stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{x(points[-1][0]) - 90}" '
                   f'y="{y(points[-1][index]) - 8}" fill="{colour}">'
                   f'{name}</text>')
    out.append('<text x="220" y="374">verify, relaxed/relaxed, text: CPU '
               'time</text></svg>')
    return "\n".join(out) + "\n"


def main():
    build, plain = sys.argv[1:]
    full, bare = times(build), times(plain)
    with open("/proc/cpuinfo") as f:
        cpu = next(x.split(":")[1].strip() for x in f if "model name" in x)
    lines = ["# Bench", "", "Generated by `make bench`; do not edit.", "",
             f"Processor: {cpu}. CPU time, medians of paired rounds in one "
             "process; RSA-2048, Mbed TLS of the system, private keys "
             "prepared, DNS answers at hand. libopendkim reads its key at "
             "each message, as it always does. \"Floors\" are SHA-256 of the "
             "same octets by the same function, and one RSA operation.", "",
             "## With the processor's SHA-256 and vectors", ""]
    lines += time_table(full)
    lines += ["", "## Without them", "", "SHA-256 is Mbed TLS's, the scan is "
              "core's portable one.", ""]
    lines += time_table(bare)
    lines += ["", "## Canonicalization alone, relaxed, no hash", ""]
    lines += kernel_table(kernels(build), kernels(plain))
    with tempfile.TemporaryDirectory() as folder:
        lines += ["", "## Other peers", ""] + list(peers(build, folder, full))
    lines += ["", "## Instructions, by callgrind", ""]
    lines += instruction_table(build)
    lines += ["", f"Heap calls of one verified message: {heap(build)}, all "
              "of them in Mbed TLS (core makes none, see `make lint`).",
              "", "![CPU time against size](bench.svg)", ""]
    with open("docs/BENCH.md", "w") as f:
        f.write("\n".join(lines))
    with open("docs/bench.svg", "w") as f:
        f.write(svg(full))
    print("\n".join(lines))


os.environ["LC_ALL"] = "C"
main()
