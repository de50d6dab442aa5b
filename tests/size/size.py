"""Flash, memory, stack and instructions on a Cortex-M3, to docs/SIZE.md.

SPDX-License-Identifier: MIT

size.py [--check]: --check fails when a figure grew by more than 2 % over the
table that is committed.  size.py --selftest: whether that gate sees a core
that was made to grow.  Needs arm-none-eabi-gcc and what `make firmware-built`
made.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import images

CC = "arm-none-eabi-gcc"
FLAGS = ["-mcpu=cortex-m3", "-mthumb", "-Os", "-std=c99", "-ffreestanding",
         "-ffunction-sections", "-fdata-sections", "-Icore",
         "-fcallgraph-info=su"]
SMALL = ["-DUKEY_SIGNATURES_MAX=1", "-DUKEY_BODY_CANONS=1"]
STRUCTS = ("ukey_verify", "ukey_sign", "ukey_session", "ukey_authres")
# What a program that verifies calls; and one that signs.
ENTRIES = {"verify": tuple(f"ukey_verify_{name}" for name in (
               "init", "mail_from", "time", "push", "end", "done", "asking",
               "question", "answer", "no_answer", "userkeys", "dkim")),
           "sign": ("ukey_sign_push", "ukey_sign_end", "ukey_sign_digest",
                    "ukey_sign_finish")}


# What each feature costs: the files that are left out, with their functions
# on stubs; what only they need goes with them.
FEATURES = (
    ("DNS answers", ("dns_answer", "dns_record")),
    ("DNS questions", ("dns_query",)),
    ("From: mailboxes", ("mailboxes",)),
    ("MAIL FROM and From: addresses", ("address", "mailboxes")),
    ("label and name of the key", ("name",)),
    ("i= in dkim-quoted-printable", ("dqp",)),
    ("line check (bare CR, LF, NUL; long lines)", ("guard",)),
    ("message in pieces of any size", ("message",)),
    ("field store with its index", ("field",)),
    ("canonicalization of the body", ("canon_body",)),
    ("canonicalization of the header", ("canon_header",)),
    ("scan by words", ("scan",)),
    ("base64", ("base64",)),
    ("RSA key: DER and policy", ("keyrecord_der",)),
    ("key record", ("keyrecord", "keyrecord_der")),
    ("tag-list", ("taglist",)),
    ("signature field: all checks of values", ("sigheader",)),
)


# What core needs of others.
PORT = ("ukey_port_sha256_start", "ukey_port_sha256_update",
        "ukey_port_sha256_finish", "ukey_port_rsa_verify", "memcpy",
        "memmove", "memset", "memcmp")


def run(*words):
    return subprocess.run(words, check=True, capture_output=True,
                          text=True).stdout


def compile_all(folder, defines=(), core="core"):
    objects = []
    for source in sorted(glob.glob(f"{core}/*.c")):
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


def defined(target):
    """The functions and tables that TARGET defines for others."""
    return [w[2] for w in (line.split() for line in run(
        "arm-none-eabi-nm", "-g", "--defined-only", target).splitlines())
        if len(w) == 3]


def linked(folder, objects, entries, without=(), flags=()):
    """The sections of what ENTRIES need, the rest thrown away; on stubs of
    the port, and of the objects WITHOUT, an instruction or two each."""
    target = f"{folder}/linked.elf"
    there = [name for o in objects for name in defined(o)]
    entries = [next(name for name in there if re.fullmatch(
        e + r"(_\w*\d\w*)?", name)) for e in entries]
    stubs = PORT + tuple(sorted({name for o in objects if o in without
                                 for name in defined(o)}))
    stub = f"{folder}/stub.c"
    with open(stub, "w") as f:
        f.write("".join(f"int {name}(void); int {name}(void) {{ return 0; }}\n"
                        for name in stubs))
    run(CC, *FLAGS[:3], "-ffreestanding", "-fno-builtin", "-w", "-c", "-o",
        f"{folder}/stub.o", stub)
    run(CC, *FLAGS[:3], *flags, "-nostdlib", "-Wl,--gc-sections", "-Wl,-e,0",
        "-Wl,--no-warnings", *[f"-Wl,--undefined={e}" for e in entries],
        "-o", target, *[o for o in objects if o not in without],
        f"{folder}/stub.o", "-lgcc")
    return sections(target), target


def features(folder, objects):
    """The table of what each feature costs."""
    whole, _ = linked(folder, objects, ENTRIES["verify"])
    yield "\n## What each feature costs\n"
    yield ("What the core that verifies is smaller by, when the files of a "
           "feature are not linked and their functions are stubs. Costs "
           "overlap: a part that two features need goes with neither.\n")
    yield "| feature | files of core | text | rodata |\n|---|---|---|---|"
    for feature, names in FEATURES:
        out = [f"{folder}/ukey_{name}.o" for name in names]
        assert set(out) <= set(objects), f"{feature}: {names}: no such file"
        rest, _ = linked(folder, objects, ENTRIES["verify"], out)
        yield (f"| {feature} | {', '.join(names)} | "
               f"{whole['text'] - rest['text']:,} | "
               f"{whole['rodata'] - rest['rodata']:,} |")


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


def core_report(core="core"):
    with tempfile.TemporaryDirectory() as folder:
        objects = compile_all(folder, SMALL, core)
        parts = {os.path.basename(o)[:-2]: sections(o) for o in objects}
        verify, elf = linked(folder, objects, ENTRIES["verify"])
        biggest = sorted((int(w[1], 16), w[3]) for w in (
            line.split() for line in run("arm-none-eabi-nm", "-S",
                                         elf).splitlines())
            if len(w) == 4 and w[2] in "tT")[-8:]
        both, _ = linked(folder, objects, ENTRIES["verify"] +
                         ENTRIES["sign"])
        costs = list(features(folder, objects))
        depth = stack(folder)
        deepest = {what: max(depth(e) for e in entries)
                   for what, entries in ENTRIES.items()}
    contexts = {"1 / 1": sizes(SMALL),
                "5 / 2": sizes(["-DUKEY_SIGNATURES_MAX=5"]),
                "20 / 2": sizes([])}
    yield "## Core\n"
    yield ("With limits of one signature and one canonicalization; linked "
           "with what a program that verifies calls ("
           + ", ".join(e.replace("ukey_verify_", "")
                       for e in ENTRIES["verify"]) +
           ") and what these need, on stubs of the port.\n")
    with tempfile.TemporaryDirectory() as folder:
        lto, _ = linked(folder, compile_all(folder, SMALL + ["-flto"], core),
                        ENTRIES["verify"], flags=("-flto", "-Os"))
    yield "| what | octets | target |\n|---|---|---|"
    yield (f"| verify with DNS and user keys: text | {verify['text']:,} | "
           f"{over(verify['text'], 12400)} |")
    yield (f"| the same: rodata | {verify['rodata']:,} | "
           f"{over(verify['rodata'], 400)} |")
    yield f"| the same with LTO: text | {lto['text']:,} | |"
    yield f"| verify and sign: text | {both['text']:,} | |"
    yield f"| the same: rodata | {both['rodata']:,} | |"
    yield f"| data and bss | {both['data'] + both['bss']} | 0 |"
    for what, (octets, path) in deepest.items():
        yield f"| stack, {what}, without the port | {octets:,} | " + (
            f"{over(octets, 1024)} |" if what == "verify" else "|")
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
    one, five, twenty = (c["ukey_verify"] for c in contexts.values())
    canon = five - sizes(["-DUKEY_SIGNATURES_MAX=5",
                          "-DUKEY_BODY_CANONS=1"])["ukey_verify"]
    yield (f"\nIn struct ukey_verify a further signature costs "
           f"{(five - canon - one) / 4:.0f} octets up to the fifth, "
           f"{(twenty - five) / 15:.0f} from then on (target 96), the second "
           f"canonicalization {canon} (136); 1 / 1 is to be 256 at most.\n")
    yield "| part | text | rodata |\n|---|---|---|"
    for part, s in sorted(parts.items()):
        yield f"| `{part}` | {s['text']:,} | {s['rodata']:,} |"
    yield from costs


def over(octets, target):
    """TARGET as a cell, and by how much it is missed."""
    if octets <= target:
        return f"{target:,}"
    return f"{target:,}, missed by {octets - target:,}"


def limits():
    """Octets that a driver lends, by limits."""
    yield "\n## What is lent\n"
    yield ("| limits: signatures / canonicalizations / bits / header | "
           "header arena | work block |\n|---|---|---|")
    for name, defines in (
            ("1 / 1 / 2048 / 4 kB", SMALL + [
                "-DUKEY_RSA_BITS_MAX=2048", "-DUKEY_HEADER_MAX=4096",
                "-DUKEY_FIELDS_MAX=64", "-DUKEY_TXT_MAX=1024"]),
            ("5 / 2 / 4096 / 16 kB", [
                "-DUKEY_SIGNATURES_MAX=5", "-DUKEY_HEADER_MAX=16384",
                "-DUKEY_FIELDS_MAX=128"]), ("20 / 2 / 4096 / 64 kB", [])):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/s.c", "w") as f:
                f.write('#include "ukey.h"\nchar a[UKEY_ARENA_SIZE], '
                        'w[UKEY_WORK_SIZE];\n')
            run(CC, *FLAGS, *defines, "-c", "-o", f"{folder}/s.o",
                f"{folder}/s.c")
            text = run("arm-none-eabi-nm", "-S", f"{folder}/s.o")
        octets = [int(re.search(rf"([0-9a-f]{{8}}) . {x}\n", text).group(1),
                      16) for x in "aw"]
        yield f"| {name} | {octets[0]:,} | {octets[1]:,} |"
    yield ("\nThe arena is for the worst message of these limits; a smaller "
           "one is allowed, and says `temperror arena` when it is full.")


def image_report():
    yield "\n## Images\n"
    yield ("Flash of `examples/firmware`, without the keys and without what "
           "talks to the debugger (semihosting, reports, and the words of "
           "reasons in them). Mbed TLS 3.6. "
           "The limits of verify are those of a board with 8 kB of RAM, of "
           "the others the protocol's.\n")
    names = {"verify": "verify_8k-m3", "verify and sign": "sign-m3",
             "relay (with session)": "relay-m3"}
    parts = {name: images.parts(image) for name, image in names.items()}
    groups = ("core", "the port", "Mbed TLS", "platform", "program",
              "C library")
    yield "| part | " + " | ".join(names) + " |\n|---|---|---|---|"
    totals = dict.fromkeys(names, 0)
    for g in groups:
        row = []
        for name in names:
            p = parts[name].get(g, {"text": 0, "rodata": 0, "data": 0})
            row.append(p["text"] + p["rodata"] + p["data"])
            totals[name] += row[-1]
        yield f"| {g} | " + " | ".join(f"{n:,}" for n in row) + " |"
    yield "| all | " + " | ".join(f"{n:,}" for n in totals.values()) + " |"
    yield "\n| what | octets | target |\n|---|---|---|"
    yield (f"| flash, verify | {totals['verify']:,} | "
           f"{over(totals['verify'], 17000)} |")
    yield (f"| flash, verify and sign | {totals['verify and sign']:,} | "
           f"{over(totals['verify and sign'], 25000)} |")
    ram = sum(p["data"] + p["bss"] for g, p in parts["verify"].items()
              if g != "tests") - 1232
    yield (f"| static RAM, verify, without header and DNS buffer | {ram:,} "
           f"| {over(ram, 3072)} |")
    stacks = {image: images.stack(image) for image in
              ("verify_8k-m3", "sign-m3", "relay-m3")}
    for name, image in names.items():
        bound = stacks[image][0]
        yield (f"| stack of the whole image, {name} | {bound:,} | " + (
            over(bound, 1024) if name != "relay (with session)" else "") +
            " |")
    yield "| heap, verify | 0 | 0: no allocator is linked |"
    yield ""
    for name, image in names.items():
        yield (f"Biggest in {name}: functions and tables " +
               ", ".join(images.biggest(image)) + "; files with their strings "
               + ", ".join(images.biggest_files(image)) + ".\n")
    for name, image in names.items():
        yield f"Deepest way of {name}: {short(stacks[image][1])}.\n"
    yield from painted(stacks["sign-m3"][0])


def painted(sign_bound):
    yield "\n## Stack, painted in QEMU\n"
    yield ("The most that was used for every vector, beside the bound of the "
           "call graph: both of the whole image, from `ukey_start` on. "
           "Verify is the image for the large board here, with the "
           "protocol's limits, whose vectors it can hold.\n")
    yield "| image | painted | bound |\n|---|---|---|"
    most = images.measured(images.qemu("verify-m3", ["@"]), "stack")[-1]
    yield f"| verify | {most:,} | {images.stack('verify-m3')[0]:,} |"
    most = images.measured(images.qemu("sign-m3", [
        "@", "+k2048@example.org", "canon-r-r-text"]), "stack")[-1]
    yield f"| verify and sign | {most:,} | {sign_bound:,} |"


def crypto_report():
    yield "\n## Mbed TLS's arena\n"
    yield ("Octets of `ukey_arena` that port/mbedtls needs, block headers "
           "included; port/mbedtls_core needs none.\n")
    yield "| what | 1024 bits | 2048 bits | 4096 bits |\n|---|---|---|---|"
    for what, row in images.peaks().items():
        yield f"| {what} | " + " | ".join(
            f"{row[b]:,}" for b in (1024, 2048, 4096)) + " |"
    count = images.instructions()
    total = sum(count.values())
    yield "\n## Instructions\n"
    yield ("To verify one message of 10 kB, relaxed/relaxed, RSA-2048, on "
           "port/mbedtls_core; counted one by one in QEMU, those of memcpy "
           "and its like with their caller.\n")
    yield "| what | instructions | share | target |\n|---|---|---|---|"
    for what, key in (("canonicalization", "canon"), ("hashing", "hash"),
                      ("RSA", "rsa"), ("the rest", "rest")):
        yield (f"| {what} | {count[key]:,} | {100 * count[key] / total:.1f} "
               "% | |")
    ours = count["canon"] + count["rest"]
    yield (f"| canonicalization and the rest | {ours:,} | "
           f"{100 * ours / total:.1f} % | 11 % |")
    yield f"| all | {total:,} | | {over(total, 3500000)} |"


def report():
    version = run(CC, "--version").splitlines()[0]
    yield "# Size\n"
    yield ("Generated by `make size`; do not edit. Cortex-M3, -Os, no LTO, "
           f"{version}. Octets, where nothing else is said. `make "
           "size-check` fails when a figure grew by more than 2 %.\n")
    yield from core_report()
    yield from limits()
    yield from image_report()
    yield from crypto_report()


def figures(text):
    """Every number of a table: {(section, row, column): number}."""
    found, section, columns = {}, "", []
    for line in text.splitlines():
        if line.startswith("#"):
            section = line.strip("# ")
        cells = [c.strip() for c in line.strip("|").split("|")]
        if not line.startswith("|") or set(line) <= set("|-"):
            columns = columns if line.startswith("|") else []
        elif not columns:
            columns = cells
        else:
            for column, cell in zip(columns[1:], cells[1:]):
                if column != "target" and re.fullmatch(
                        r"[\d,.]+( %)?", cell):
                    found[section, cells[0], column] = float(
                        cell.rstrip(" %").replace(",", ""))
    return found


def grown(before, text):
    """What is more than 2 % over BEFORE (and 4 octets, or 0.2 of a share), and
    which rows are new or gone, in the sections of TEXT; a text for each."""
    now = figures(text)
    before = {k: v for k, v in figures(before).items()
              if k[0] in {section for section, *_ in now}}
    assert before, "docs/SIZE.md has no figures"
    return [f"{', '.join(k)}: {v:,}, {before[k]:,} in docs/SIZE.md"
            for k, v in now.items() if k in before and
            v > before[k] * 1.02 + (0.2 if k[2] == "share" else 4)] + [
                f"{', '.join(k)}: in one of report and docs/SIZE.md only"
                for k in sorted(set(now) ^ set(before))]


def selftest(before):
    """The gate on a core of which one file is not optimized: it must see
    that, and nothing where nothing grew."""
    with tempfile.TemporaryDirectory() as folder:
        core = shutil.copytree("core", f"{folder}/core")
        same = grown(before, "\n".join(core_report(core)))
        with open(f"{core}/ukey_verify.c") as f:
            text = f.read()
        with open(f"{core}/ukey_verify.c", "w") as f:
            f.write('#pragma GCC optimize ("O0")\n' + text)
        seen = grown(before, "\n".join(core_report(core)))
    for line in seen:
        print(f"size: planted: {line}")
    sys.exit("size: the gate does not see what is planted" if not seen else
             f"size: grown without a plant: {same}" if same else None)


def main():
    committed = ""
    if len(sys.argv) > 1:
        with open("docs/SIZE.md") as f:
            committed = f.read()
    if "--selftest" in sys.argv:
        selftest(committed)
    text = "\n".join(report()) + "\n"
    if "--check" not in sys.argv:
        with open("docs/SIZE.md", "w") as f:
            f.write(text)
        print(text)
        return
    more = grown(committed, text)
    for line in more:
        print(f"size: {line}")
    print("size: grown: run make size and say why" if more else
          "size: as in docs/SIZE.md")
    sys.exit(bool(more))


main()
