"""What Mbed TLS's own settings cost and bring, to docs/BENCH-MBEDTLS.md.

SPDX-License-Identifier: MIT

  mbedtls.py SOURCE-2.28 SOURCE-3.6

On the host by callgrind and by CPU time; the firmware's images in QEMU, by
the instructions that they execute.  Builds in build/bench-mbedtls.
"""
import glob
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/size")
import images  # noqa: E402

FOLDER = "build/bench-mbedtls"
FIRMWARE = f"{FOLDER}/firmware"
TICKS = f"{FIRMWARE}/m3/tests/bench/firmware/ticks.o"
ROUNDS = 5
WINDOW = "#define MBEDTLS_MPI_WINDOW_SIZE"
WINDOWS = [(f"window {w}", f"{WINDOW} {w}") for w in range(1, 7)]
NO_ASM = ("no assembler", """\
#undef MBEDTLS_HAVE_ASM
#undef MBEDTLS_AESNI_C
#undef MBEDTLS_PADLOCK_C""")
HOST = [("as it comes", "")] + WINDOWS + [NO_ASM]
IMAGE = [("as we ship it", "")] + WINDOWS + [
    NO_ASM, ("no CRT", "#define MBEDTLS_RSA_NO_CRT")]
HASH = [("as we ship it, smaller", ""),
        ("unrolled", "#undef MBEDTLS_SHA256_SMALLER")]
HEAD = """\
# Mbed TLS's settings

Written by `make bench-mbedtls`. Each row is the configuration with one setting
changed; RSA-2048 with CRT and blinding, the key loaded before. A window holds
that many bits of the exponent; 2.28 comes with 2, 3.6 with 3. Checking a
signature uses none (its exponent has two bits that are set).
"""


def run(*words, env=None):
    done = subprocess.run(words, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env=env)
    if done.returncode != 0:
        sys.exit(f"mbedtls.py: {' '.join(words)}:\n{done.stdout}"
                 f"{done.stderr}")
    return done.stdout


def make(*words):
    run("make", "-s", "--no-print-directory", "-j2", *words)


def setting(text):
    """Flags of the compiler that change Mbed TLS's configuration by TEXT."""
    folder = f"{FOLDER}/setting"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/setting.h", "w") as f:
        f.write(f"{text}\n")
    return f"-I{folder} -DMBEDTLS_USER_CONFIG_FILE='\"setting.h\"'"


# ---- the host --------------------------------------------------------------

def bench_program(version, source, number, text):
    """The bench, linked with Mbed TLS of one setting."""
    folder = f"{FOLDER}/{version}"
    program = f"{FOLDER}/bench-{version}-{number}"
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        if name.startswith("bignum") or not text.startswith(WINDOW):
            os.remove(f"{folder}/{name}")
    flags = setting(text)
    make("-f", "tests/arch/libs.mk", f"OUT={folder}", f"MBEDTLS={source}",
         "CMOCKA=none", f"FLAGS=-O2 {flags}", f"{folder}/libmbedcrypto.a")
    target = f"bench{version}"
    built = f"build/{target}-mbedtls/tests/bench/bench"
    if os.path.exists(built):
        os.remove(built)
    make(f"TARGET={target}", f"MBEDTLS_CFLAGS=-isystem {source}/include",
         f"MBEDTLS_LIBS={folder}/libmbedcrypto.a", built)
    shutil.copy(built, program)
    return program


def executed_on_host(program, count):
    with tempfile.NamedTemporaryFile() as out:
        run("valgrind", "--tool=callgrind",
            f"--callgrind-out-file={out.name}", program, "once", "ours", "sign",
            "1024", str(count))
        text = out.read().decode()
    return int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1))


def seconds(program, count):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(program, "once", "ours", "sign", "1024", str(count))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def heap(program, version):
    """Octets of the heap at most while one message is signed."""
    preload = f"build/bench{version}-mbedtls/tests/bench/heap.so"
    lines = run(program, "heap", env=dict(os.environ, LD_PRELOAD=preload))
    for line in lines.splitlines():
        party, what, size, _, most = line.split("\t")
        if (party, what, size) == ("ours", "sign", "4096"):
            return int(most)
    raise ValueError("heap: no such row")


def host_table(version, source):
    programs = [bench_program(version, source, *row)
                for row in enumerate(t for _, t in HOST)]
    make(f"TARGET=bench{version}",
         f"build/bench{version}-mbedtls/tests/bench/heap.so")
    times = [[] for _ in programs]
    for _ in range(ROUNDS):
        for taken, program in zip(times, programs):
            taken.append((seconds(program, 320) - seconds(program, 20)) / 300)
    first = statistics.median(times[0])
    yield f"| host, {version} | instructions of a signature | CPU, us | " \
        "ratio | heap at most |"
    yield "|---|---|---|---|---|"
    for (name, _), program, taken in zip(HOST, programs, times):
        count = (executed_on_host(program, 11) -
                 executed_on_host(program, 1)) // 10
        cpu = statistics.median(taken)
        yield (f"| {name} | {count:,} | {cpu * 1e6:,.0f} | "
               f"{cpu / first:.2f} | {heap(program, version):,} |")


# ---- firmware --------------------------------------------------------------

def build(source, text, *words):
    """By make WORDS, images anew, with Mbed TLS of one setting."""
    for port in "core", "full":
        shutil.rmtree(f"{FIRMWARE}/m3-{port}", ignore_errors=True)
    for image in glob.glob(f"{FIRMWARE}/*.elf"):
        os.remove(image)
    flags = setting(text)
    make(f"FW={FIRMWARE}", f"FW_MBEDTLS={source}",
         f"FW_CC_MBEDTLS=-isystem {source}/include -isystem {source}/library "
         f"-Iplatform/baremetal {flags}", *words)


def mbedtls_octets(image):
    return sum(size for _, size, kind, path in images.sections(image)
               if kind != "bss" and "/mbedtls/" in path)


def sign_table(source):
    yield "| Cortex-M3, 3.6 | million instructions of a signature | of the " \
        "first, with its key's load | arena at most | flash |"
    yield "|---|---|---|---|---|"
    key, message = "+k2048@example.org", "canon-r-r-text"
    for name, text in IMAGE:
        build(source, text, f"FW_LINK=-Wl,--wrap=sign_message {TICKS}", TICKS,
              f"{FIRMWARE}/host-sign", f"{FIRMWARE}/sign-m3.elf")
        lines = images.qemu("sign-m3", [key, message, message], "-icount",
                            "shift=0")
        first, then = images.measured(lines, "instructions")
        yield (f"| {name} | {then / 1e6:.1f} | {first / 1e6:.1f} | "
               f"{max(images.measured(lines, 'peak')):,} | "
               f"{mbedtls_octets('sign-m3'):,} |")


def hash_table(source):
    yield "| Cortex-M3, 3.6: SHA-256 | instructions for a message of 10 kB | " \
        "flash |"
    yield "|---|---|---|"
    for name, text in HASH:
        build(source, text, f"{FIRMWARE}/host-verify",
              f"{FIRMWARE}/verify-m3.elf")
        yield (f"| {name} | {images.instructions()['hash']:,} | "
               f"{mbedtls_octets('verify-m3'):,} |")


# ---- all of it -------------------------------------------------------------

def main():
    old, new = sys.argv[1:]
    images.FOLDER = FIRMWARE
    lines = [HEAD]
    for table in (sign_table(new), hash_table(new), host_table("2.28", old),
                  host_table("3.6", new)):
        for line in (*table, ""):
            print(line, flush=True)
            lines.append(line)
    with open("docs/BENCH-MBEDTLS.md", "w") as f:
        f.write("\n".join(lines))


os.environ["LC_ALL"] = "C"
main()
