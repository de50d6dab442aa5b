"""Flash, memory and stack of core on a Cortex-M3, to docs/SIZE.md.

SPDX-License-Identifier: MIT

size.py [--check]: --check fails when a figure grew by more than 2 % over the
table that is committed.  Needs arm-none-eabi-gcc.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

CC = "arm-none-eabi-gcc"
FLAGS = ["-mcpu=cortex-m3", "-mthumb", "-Os", "-std=c99", "-ffreestanding",
         "-ffunction-sections", "-fdata-sections", "-Icore",
         "-fcallgraph-info=su"]
SMALL = ["-DUKEY_SIGNATURES_MAX=1", "-DUKEY_BODY_CANONS=1"]
STRUCTS = ("ukey_verify", "ukey_sign", "ukey_session", "ukey_authres")
ENTRIES = {"verify": ("ukey_verify_push", "ukey_verify_end",
                      "ukey_verify_question", "ukey_verify_answer",
                      "ukey_verify_userkeys", "ukey_verify_dkim"),
           "sign": ("ukey_sign_push", "ukey_sign_end", "ukey_sign_digest",
                    "ukey_sign_finish")}


def run(*words):
    return subprocess.run(words, check=True, capture_output=True,
                          text=True).stdout


def compile_all(folder, defines=()):
    objects = []
    for source in sorted(glob.glob("core/*.c")):
        target = f"{folder}/{os.path.basename(source)[:-2]}.o"
        run(CC, *FLAGS, *defines, "-c", "-o", target, source)
        objects.append(target)
    return objects


def sections(target):
    """Octets of text, rodata, data and bss."""
    sums = dict.fromkeys(("text", "rodata", "data", "bss"), 0)
    for line in run("arm-none-eabi-size", "-A", target).splitlines():
        match = re.match(r"\.(text|rodata|data|bss)\S*\s+(\d+)", line)
        if match:
            sums[match.group(1)] += int(match.group(2))
    return sums


def linked(folder, objects, entries):
    """The sections of what ENTRIES need, the rest thrown away."""
    target = f"{folder}/linked.elf"
    keep = [f"-Wl,--undefined={e}" for e in entries]
    stub = f"{folder}/stub.c"
    with open(stub, "w") as f:
        f.write("".join(f"int {name}(void); int {name}(void) {{ return 0; }}\n"
                        for name in ("ukey_port_sha256_start",
                                     "ukey_port_sha256_update",
                                     "ukey_port_sha256_finish",
                                     "ukey_port_rsa_verify", "memcpy",
                                     "memmove", "memset", "memcmp")))
    run(CC, *FLAGS[:3], "-ffreestanding", "-fno-builtin", "-w", "-c", "-o",
        f"{folder}/stub.o", stub)
    run(CC, *FLAGS[:3], "-nostdlib", "-Wl,--gc-sections", "-Wl,-e,0",
        "-Wl,--no-warnings", *keep, "-o", target, *objects,
        f"{folder}/stub.o", "-lgcc")
    return sections(target), target


def sizes(defines):
    with tempfile.TemporaryDirectory() as folder:
        source = f"{folder}/s.c"
        with open(source, "w") as f:
            f.write('#include "ukey.h"\n' + "".join(
                f"char size_{s}[sizeof(struct {s})];\n" for s in STRUCTS))
        run(CC, *FLAGS, *defines, "-c", "-o", f"{folder}/s.o", source)
        text = run("arm-none-eabi-nm", "-S", f"{folder}/s.o")
    return {s: int(re.search(rf"([0-9a-f]{{8}}) . size_{s}\n",
                             text).group(1), 16) for s in STRUCTS}


def stack(folder):
    """Worst case below each function, by the compiler's call graph."""
    own, calls = {}, {}
    for path in glob.glob(f"{folder}/*.ci"):
        with open(path) as f:
            text = f.read()
        unit = os.path.basename(path)

        def name(title, unit=unit):
            return title if ":" not in title else f"{unit}:{title}"
        for title, size in re.findall(
                r'title: "([^"]+)" label: "[^"]*?(\d+) bytes \(static\)',
                text):
            own[name(title)] = int(size)
        for a, b in re.findall(
                r'sourcename: "([^"]+)" targetname: "([^"]+)"', text):
            calls.setdefault(name(a), set()).add(name(b))

    def depth(function, seen=()):
        assert function not in seen, f"recursion: {function}"
        below = [depth(f, seen + (function,)) for f in calls.get(function,
                                                                  ())]
        most = max(below, default=(0, ()))
        return own.get(function, 0) + most[0], (function,) + most[1]
    return depth


def short(path):
    return " > ".join(p.split(":")[-1].replace("ukey_", "") for p in path)


def report():
    with tempfile.TemporaryDirectory() as folder:
        objects = compile_all(folder, SMALL)
        parts = {os.path.basename(o)[:-2]: sections(o) for o in objects}
        verify, elf = linked(folder, objects, ENTRIES["verify"])
        biggest = sorted((int(w[1], 16), w[3]) for w in (
            line.split() for line in run("arm-none-eabi-nm", "-S",
                                         elf).splitlines())
            if len(w) == 4 and w[2] in "tT")[-8:]
        both, _ = linked(folder, objects, ENTRIES["verify"] +
                         ENTRIES["sign"])
        depth = stack(folder)
        deepest = {what: max(depth(e) for e in entries)
                   for what, entries in ENTRIES.items()}
    contexts = {"1 / 1": sizes(SMALL),
                "5 / 2": sizes(["-DUKEY_SIGNATURES_MAX=5"]),
                "20 / 2": sizes([])}
    version = run(CC, "--version").splitlines()[0]
    yield "# Size\n"
    yield ("Generated by `make size`; do not edit. Cortex-M3, -Os, no LTO, "
           f"{version}. Core alone: the port's crypto and the images are not "
           "measured yet.\n")
    yield "| what | octets | target |\n|---|---|---|"
    yield (f"| verify with DNS and user keys: text | {verify['text']:,} | "
           "8,192 |")
    yield f"| the same: rodata | {verify['rodata']:,} | |"
    yield f"| verify and sign: text | {both['text']:,} | |"
    yield f"| the same: rodata | {both['rodata']:,} | |"
    yield f"| data and bss | {both['data'] + both['bss']} | 0 |"
    for what, (octets, path) in deepest.items():
        yield f"| stack, {what}, without the port | {octets:,} | " + (
            "1,024 |" if what == "verify" else "|")
    yield ""
    for what, (octets, path) in deepest.items():
        yield f"Deepest way of {what}: {short(path)}.\n"
    yield "The largest functions of verification: " + ", ".join(
        f"`{name}` {size}" for size, name in reversed(biggest)) + ".\n"
    yield "| signatures / canonicalizations | " + " | ".join(
        f"struct {s}" for s in STRUCTS) + " |"
    yield "|---" * (len(STRUCTS) + 1) + "|"
    for limits, values in contexts.items():
        yield f"| {limits} | " + " | ".join(
            f"{values[s]:,}" for s in STRUCTS) + " |"
    one, five = contexts["1 / 1"], contexts["5 / 2"]
    twenty = contexts["20 / 2"]["ukey_verify"]
    each = (twenty - five["ukey_verify"]) / 15
    yield (f"\nA further signature costs {each:.0f} octets (target 96), the "
           f"second canonicalization "
           f"{five['ukey_verify'] - one['ukey_verify'] - 4 * each:.0f} (136); "
           "1 / 1 is to be 256 at most.\n")
    yield "| part | text | rodata |\n|---|---|---|"
    for part, s in sorted(parts.items()):
        yield f"| `{part}` | {s['text']:,} | {s['rodata']:,} |"


def figures(text):
    return {m.group(1): int(m.group(2).replace(",", "")) for m in re.finditer(
        r"^\| ([^|]+?) \| ([\d,]+) \|", text, re.M)}


def main():
    text = "\n".join(report()) + "\n"
    if "--check" not in sys.argv:
        with open("docs/SIZE.md", "w") as f:
            f.write(text)
        print(text)
        return
    with open("docs/SIZE.md") as f:
        before = figures(f.read())
    grown = [f"{k}: {v} octets, {before[k]} in docs/SIZE.md"
             for k, v in figures(text).items()
             if k in before and v > before[k] * 1.02 + 4]
    for line in grown:
        print(f"size: {line}")
    print("size: grown: run make size and say why" if grown else
          "size: as in docs/SIZE.md")
    sys.exit(bool(grown))


main()
