"""Runs the bench and writes docs/BENCH.md and docs/bench.svg.

SPDX-License-Identifier: MIT

bench.py FULL NOSHA PLAIN MBEDTLS36: builds with all that the processor has,
without its SHA instructions, without its vectors as well, and the first with
Mbed TLS 3.6.
"""
import os
import re
import subprocess
import sys
import tempfile

PYTHON = """
import dkim, resource, sys, time
record, path, rounds = open(sys.argv[1], 'rb').read(), sys.argv[2], \\
    int(sys.argv[3])
message = open(path, 'rb').read()
def lookup(name, timeout=5):
    return record
times = []
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(rounds):
    start = time.process_time_ns()
    assert dkim.verify(message, dnsfunc=lookup)
    times.append(time.process_time_ns() - start)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sorted(times)[len(times) // 2], after - before)
"""
# The answer of the DNS is all that is put in its place.
PERL = r"""
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Time::HiRes qw(clock);
my ($rfile, $path, $rounds) = @ARGV;
local $/; open F, '<', $rfile; my $record = <F>; close F;
open F, '<:raw', $path; my $message = <F>; close F;
sub RR::type { 'TXT' } sub RR::txtdata { ($record) }
no warnings 'redefine';
*Mail::DKIM::DNS::query_async = sub { my ($host, $type, %p) = @_;
  return sub { $p{Callbacks}{Success}->(bless {}, 'RR') } };
sub most { open my $f, '<', '/proc/self/status'; <$f> =~ /VmHWM:\s+(\d+)/;
  $1 }
my @t; my $before = most();
for (1 .. $rounds) { my $s = clock(); my $d = Mail::DKIM::Verifier->new;
  $d->PRINT($message); $d->CLOSE;
  die $d->result_detail if $d->result ne 'pass'; push @t, clock() - $s; }
@t = sort { $a <=> $b } @t;
printf "%d %d\n", $t[@t / 2] * 1e9, most() - $before;
"""


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True,
                          text=True, **more).stdout


def bench(build, *words):
    return run(f"{build}/tests/bench/bench", *words).splitlines()


def times(build, *how):
    """Rows of name, canonicalization, size, nanoseconds of the parties; None
    where a party was not there or has another verdict."""
    rows = []
    for line in bench(build, *how):
        name, canon, size, *ns, agreed = line.split("\t")
        ns = [float(n) or None for n in ns]
        if agreed != "agreed":
            ns[2] = None
        rows.append((name, canon, int(size), ns))
    return rows


def size_text(size):
    if size < 1 << 10:
        return f"{size} octets"
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def micro(ns):
    if ns is None:
        return "-"
    return f"{ns / 1000:,.1f}" if ns < 1e6 else f"{ns / 1000:,.0f}"


def ratio(a, b):
    return f"{a / b:.2f}" if a and b else "-"


def time_table(rows, newer):
    """Times in microseconds, against peers and floors."""
    yield "| what | size | ours | libopendkim | ratio | rspamd | ratio | " \
        "SHA-256 | RSA | ours / floors | on 3.6 | / floors |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for row, other in zip(rows, newer or [None] * len(rows)):
        name, canon, size, (ours, peer, rspamd, sha, rsa) = row
        on36 = other[3][0] if other else None
        floors36 = other[3][3] + other[3][4] if other else None
        yield (f"| {name}, {canon} | {size_text(size)} | {micro(ours)} | "
               f"{micro(peer)} | {ratio(peer, ours)} | {micro(rspamd)} | "
               f"{ratio(rspamd, ours)} | {micro(sha)} | {micro(rsa)} | "
               f"{ratio(ours, sha + rsa)} | {micro(on36)} | "
               f"{ratio(on36, floors36)} |")


def bare_table(rows, plain):
    """Without SHA instructions; then without vectors, too."""
    yield "| what | size | ours | libopendkim | ratio | SHA-256 | RSA | " \
        "ours / floors | words | / floors |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for (name, canon, size, ns), other in zip(rows, plain):
        ours, peer, _, sha, rsa = ns
        words = other[3][0]
        yield (f"| {name}, {canon} | {size_text(size)} | {micro(ours)} | "
               f"{micro(peer)} | {ratio(peer, ours)} | {micro(sha)} | "
               f"{micro(rsa)} | {ratio(ours, sha + rsa)} | {micro(words)} | "
               f"{ratio(words, other[3][3] + other[3][4])} |")


def kernel_table(build, plain):
    yield "| octets | size | vectors | memcpy | of it | memchr | of it | " \
        "words | memcpy | of it |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for line, other in zip(bench(build, "kernels"), bench(plain, "kernels")):
        name, canon, size, *rates = line.split("\t")
        ours, copy, scan = map(float, rates)
        words, copy2 = map(float, other.split("\t")[3:5])
        yield (f"| {name}, {canon} | {size_text(int(size))} | {ours:.1f} | "
               f"{copy:.1f} | {ours / copy:.2f} | "
               f"{scan:.1f} | {ours / scan:.2f} | "
               f"{words:.1f} | {copy2:.1f} | {words / copy2:.2f} |")


def script_peers(build, folder, ours):
    """dkimpy and Mail::DKIM on the same messages."""
    bench(build, "corpus", folder)
    yield "| verify text, r/r | ours, us | dkimpy, us | its memory, KiB | " \
        "Mail::DKIM, us | its memory, KiB |"
    yield "|---|---|---|---|---|---|"
    for size in 1 << 10, 16 << 10, 100 << 10, 1 << 20:
        path = f"{folder}/verify text r {size}"
        words = [micro(next(r[3][0] for r in ours if r[0] == "verify text" and
                            r[2] == size))]
        for command in (["/usr/bin/python3", "-c", PYTHON],
                        ["perl", "-e", PERL]):
            ns, kib = run(*command, f"{folder}/record", path,
                          "9" if size < 1 << 20 else "5").split()
            words += [micro(float(ns)), f"{int(kib):,}"]
        yield f"| {size_text(size)} | {' | '.join(words)} |"


def heap_table(build):
    """Calls and the most octets of the heap, of one message."""
    rows = {}
    env = dict(os.environ, LD_PRELOAD=f"{build}/tests/bench/heap.so")
    for line in run(f"{build}/tests/bench/bench", "heap",
                    env=env).splitlines():
        party, what, size, calls, most = line.split("\t")
        rows.setdefault((what, int(size)), []).append(
            f"{int(calls):,} | {int(most):,}")
    yield "| text, r/r | size | ours, calls | octets at most | " \
        "libopendkim, calls | octets at most |"
    yield "|---|---|---|---|---|---|"
    for (what, size), cells in rows.items():
        yield f"| {what} | {size_text(size)} | {' | '.join(cells)} |"


def callgrind(build, party, what, size, count):
    """Instructions: all, those in code of ours, and those in RSA, SHA-256
    and the like of a crypto library."""
    with tempfile.NamedTemporaryFile() as out:
        run("valgrind", "--tool=callgrind",
            f"--callgrind-out-file={out.name}", f"{build}/tests/bench/bench",
            "once", party, what, str(size), str(count))
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


def instructions(build, party, what, size):
    """Of one message: of eleven less one, a tenth."""
    few = callgrind(build, party, what, size, 1)
    more = callgrind(build, party, what, size, 11)
    return [(b - a) // 10 for a, b in zip(few, more)]


def instruction_table(build):
    yield "| text, r/r | ours | own code | libopendkim |"
    yield "|---|---|---|---|"
    own = {}
    peer = {}
    for what, size in (("verify", 4096), ("verify", 65536)):
        total, mine = instructions(build, "ours", what, size)
        other = instructions(build, "libopendkim", what, size)[0]
        own[size], peer[size] = mine, other
        yield (f"| {what}, {size_text(size)} | {total:,} | {mine:,} | "
               f"{other:,} |")
    step = 65536 - 4096
    yield ""
    yield (f"So {(own[65536] - own[4096]) / step:.1f} instructions of own "
           "code for each further octet of text; all of libopendkim's are "
           f"{(peer[65536] - peer[4096]) / step:.0f}.")


def svg(rows):
    """Cost against size, both axes logarithmic."""
    from math import log10
    points = [(s, t[0], t[1], t[2]) for n, c, s, t in rows
              if n == "verify text"]

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
    for size, *_ in points:
        out.append(f'<text x="{x(size) - 18}" y="352">'
                   f'{size_text(size)}</text>')
    for index, colour, name in ((1, "#06c", "userkeys"),
                                (2, "#c60", "libopendkim"),
                                (3, "#393", "rspamd")):
        if points[-1][index] is None:
            continue
        line = " ".join(f"{x(p[0]):.0f},{y(p[index]):.0f}" for p in points)
        out.append(f'<polyline points="{line}" fill="none" '
                   f'stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{x(points[-1][0]) - 90}" '
                   f'y="{y(points[-1][index]) - 8}" fill="{colour}">'
                   f'{name}</text>')
    out.append('<text x="220" y="374">verify, relaxed/relaxed, text: CPU '
               'time</text></svg>')
    return "\n".join(out) + "\n"


HEAD = """# Bench

Generated by `make bench`; do not edit. What it means: [PERFORMANCE.md](PERFORMANCE.md).

Processor: {cpu}. CPU time in microseconds, medians of seven rounds in which the
parties take turns; RSA-2048, Mbed TLS {mbedtls}, private keys prepared, DNS
answers at hand. libopendkim reads its key at each message, as it always does.
rspamd is its DKIM code alone, called in a process of its own, with its keys
read before and its tasks made, MIME parts and header fields parsed, before the
clock runs; "-" is where it gives another verdict. It looks at five signatures at
most, as we do. "Floors" are SHA-256 of the same octets by the same function,
and one RSA operation. "On 3.6" is the same with Mbed TLS 3.6 and its floors.
The header comes to us in one piece, then the body in pieces of 16 KiB.
"""


def main():
    full_build, nosha, plain, build36 = sys.argv[1:]
    full = times(full_build, "times",
                 f"{full_build}/tests/bench/bench-rspamd")
    newer = None
    if os.path.exists(f"{build36}/tests/bench/bench"):
        newer = times(build36, "ours")
    with open("/proc/cpuinfo") as f:
        cpu = next(x.split(":")[1].strip() for x in f if "model name" in x)
    version = run("dpkg-query", "-W", "-f", "${Version}", "libmbedtls-dev")
    lines = [HEAD.format(cpu=cpu, mbedtls=version),
             "## With the processor's SHA-256 and vectors", ""]
    lines += time_table(full, newer)
    lines += ["", "## Without its SHA-256", "", "SHA-256 is Mbed TLS's. "
              "\"Words\" is without vectors, too: core's portable scan.", ""]
    lines += bare_table(times(nosha, "times"), times(plain, "ours"))
    lines += ["", "## Canonicalization alone, no hash, GB/s", "",
              "Bodies, and a header of 10 fields (with its split into them). "
              "Beside memcpy of the same octets in the same rounds, and "
              "memchr, which only reads them: 1 MiB lies in the caches, "
              "64 MiB do not. Simple (s/s) looks at a piece's end alone.", ""]
    lines += kernel_table(full_build, plain)
    with tempfile.TemporaryDirectory() as folder:
        lines += ["", "## Peers in scripts", ""]
        lines += script_peers(full_build, folder, full)
    lines += ["", "## Heap of one message", "", "All of ours is Mbed TLS's "
              "RSA (core makes no call, see `make lint`); beside it we hold "
              "the contexts and the header block, which the caller lends. "
              "rspamd brings a heap of its own and is not counted.", ""]
    lines += heap_table(full_build)
    lines += ["", "## Instructions, by callgrind", ""]
    lines += instruction_table(full_build)
    lines += ["", "![CPU time against size](bench.svg)", ""]
    with open("docs/BENCH.md", "w") as f:
        f.write("\n".join(lines))
    with open("docs/bench.svg", "w") as f:
        f.write(svg(full))
    print("\n".join(lines))


os.environ["LC_ALL"] = "C"
main()
