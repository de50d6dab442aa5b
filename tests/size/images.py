"""The firmware's images: flash, RAM, stack, arenas, instructions.

SPDX-License-Identifier: MIT

Reads what `make firmware` left in build/firmware, and runs the images in QEMU.
"""
import os
import re
import subprocess
import tempfile

FOLDER = "build/firmware"
MACHINE = "mps2-an385"
# Linked for tests alone: what talks to the debugger and writes reports, with
# what they alone use of the C library, and the words of core's reasons, which
# only reports print.
TESTS = ("examples/firmware/(board_semihost|semihost|report|board_serial)|"
         "core/ukey_reason.o|lib_a-memchr")
GROUPS = (("tests", TESTS), ("core", "/core/ukey_"),
          ("the port", "/port/"), ("Mbed TLS", "/mbedtls/"),
          ("platform", "/platform/baremetal/"),
          ("flash UKD", "/keys.o"), ("program", "examples/firmware/"),
          ("C library", "lib(c_nano|gcc|c|g)"))
HASH = "mbedtls/sha256.o|port_sha256.o"
RSA = "bignum_core.o|port_rsa.o|ukey_pkcs1.o|constant_time.o"
CANON = "ukey_canon_|ukey_scan|ukey_bodies|ukey_guard"
MEMORY = "lib_a-mem"
# What cannot be seen in the call graph: calls by pointer.
POINTERS = {"mbedtls_platform_zeroize": "memset",
            "ukey_drbg_fill": "ukey_board_random",
            "mbedtls_mpi_core_fill_random": "ukey_drbg_fill"}
LIBC_FRAME = 32  # octets, more than any leaf of newlib's that is linked


def run(*words):
    return subprocess.run(words, check=True, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL).stdout


def sections(image):
    """(address, size, kind, object) of each section that was linked."""
    with open(f"{FOLDER}/{image}.elf.map") as f:
        text = f.read().split("Linker script and memory map")[1]
    text = re.sub(r"\n (\.\S+)\n\s+0x", r"\n \1 0x", text)
    found = []
    for kind, at, size, path in re.findall(
            r"^ \.(text|rodata|data|bss|vectors)\S* +0x(\w+) +0x(\w+) "
            r"(\S+)$", text, re.M):
        if int(size, 16) > 0 and (int(at, 16) > 0 or kind == "vectors"):
            found.append((int(at, 16), int(size, 16),
                          "text" if kind == "vectors" else kind, path))
    return sorted(found)


def group(path, image=""):
    if image.startswith("verify") and "lib_a-strlen" in path:
        return "tests"  # only reports use it there
    for name, pattern in GROUPS:
        if re.search(pattern, path):
            return name
    raise ValueError(f"{path}: of no group")


def parts(image):
    """Octets by group and kind."""
    sums = {}
    for _, size, kind, path in sections(image):
        row = sums.setdefault(group(path, image),
                              dict.fromkeys(("text", "rodata", "data",
                                             "bss"), 0))
        row[kind] += size
    return sums


def biggest(image, count=6):
    sizes = sorted((int(w[1], 16), w[3]) for w in (
        line.split() for line in run("arm-none-eabi-nm", "-S",
                                     f"{FOLDER}/{image}.elf").splitlines())
        if len(w) == 4 and w[2] in "tTrR" and
        not re.match("board_|report_|ukey_flash_der", w[3]))
    return [f"`{name}` {size:,}" for size, name in reversed(sizes[-count:])]


def biggest_files(image, count=6):
    """Text and rodata: strings have no symbols."""
    sums = {}
    for _, size, kind, path in sections(image):
        if kind != "bss" and group(path) not in ("tests", "flash UKD"):
            name = re.sub(r".*[/(]([^/.]+)\.o\)?$", r"\1", path)
            sums[name] = sums.get(name, 0) + size
    return [f"`{name}` {size:,}" for size, name in sorted(
        ((size, name) for name, size in sums.items()), reverse=True)[:count]]


def stack(image):
    """The deepest way from the start, by the compiler's call graph."""
    own, calls = {}, {}
    objects = {path for _, _, _, path in sections(image)
               if path.endswith(".o") and os.path.exists(path)}
    for path in sorted(objects):
        with open(path[:-2] + ".ci") as f:
            text = f.read()

        def name(title, path=path):
            return f"{path}:{title}" if ":" in title else title
        for title, size in re.findall(
                r'title: "([^"]+)" label: "[^"]*?(\d+) bytes \((?:static|'
                r'dynamic,bounded)\)', text):
            own[name(title)] = int(size)
        for a, b in re.findall(
                r'sourcename: "([^"]+)" targetname: "([^"]+)"', text):
            if b == "__indirect_call":
                b = POINTERS.get(a.split(":")[-1], f"pointer of {a}")
            calls.setdefault(name(a), set()).add(name(b))
    done = {}

    def depth(function, way):
        assert function not in way, f"recursion: {function}"
        assert " " not in function, f"unknown: {function}"
        if function not in done:
            most = max((depth(f, way + (function,))
                        for f in calls.get(function, ())), default=(0, ()))
            done[function] = (own.get(function, LIBC_FRAME) + most[0],
                              (function,) + most[1])
        return done[function]
    return depth("ukey_start", ())


def qemu(image, words, *options):
    """The lines that IMAGE reports when it is given the cases WORDS."""
    host = "host-sign" if image.startswith("sign") else "host-verify"
    with tempfile.TemporaryDirectory() as folder:
        run(f"{FOLDER}/{host}", f"{folder}/in", *words)
        return run("qemu-system-arm", "-M", MACHINE, "-display", "none",
                   "-monitor", "none", "-serial", "none", *options,
                   "-semihosting-config",
                   f"enable=on,target=native,arg=image,arg={folder}/in",
                   "-kernel", f"{FOLDER}/{image}.elf").splitlines()


def measured(lines, name):
    return [int(line.split(": ")[1]) for line in lines
            if line.startswith(f"measured {name}: ")]


def peaks():
    """Octets of Mbed TLS's arena: {what: {bits: octets}}."""
    bits = (1024, 2048, 4096)
    words = [f"key-{b}" for b in bits]
    for b in bits:
        words += [f"+k{b}@example.org", "canon-r-r-text", "canon-r-r-text"]
    found = measured(qemu("sign-m3", words), "peak")
    return {"verify": dict(zip(bits, found[:3])),
            "load a key and sign": dict(zip(bits, found[3::2])),
            "sign with a loaded key": dict(zip(bits, found[4::2]))}


COUNT = r'''
BEGIN {
	while ((getline line <ranges) > 0) {
		split(line, word, " ")
		from[++n] = word[1] + 0; to[n] = word[2] + 0; what[n] = word[3]
	}
	for (i = 0; i < 16; i++)
		digit[substr("0123456789abcdef", i + 1, 1)] = i
}
function lookup(hex,    i, at) {
	at = 0
	for (i = 1; i <= length(hex); i++)
		at = at * 16 + digit[substr(hex, i, 1)]
	for (i = 1; i <= n; i++)
		if (at >= from[i] && at < to[i])
			return what[i]
	return "rest"
}
/^Trace/ {
	split($4, word, "/")
	if (!(word[2] in known))
		known[word[2]] = lookup(word[2])
	g = known[word[2]]
	if (g == "memory")
		g = last
	last = g
	count[g]++
}
END { for (g in count) print g, count[g] }
'''


def kind_of(path):
    for name, pattern in (("tests", TESTS), ("memory", MEMORY),
                          ("hash", HASH), ("rsa", RSA), ("canon", CANON)):
        if re.search(pattern, path):
            return name
    return "rest"


def trace(words):
    """Instructions by kind that the verifier executes for the cases WORDS;
    memcpy and the like count to who called them."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/ranges", "w") as f:
            for at, size, kind, path in sections("verify-m3"):
                if kind == "text":
                    f.write(f"{at} {at + size} {kind_of(path)}\n")
        with open(f"{folder}/count.awk", "w") as f:
            f.write(COUNT)
        os.mkfifo(f"{folder}/log")
        counter = subprocess.Popen(
            ["awk", "-v", f"ranges={folder}/ranges", "-f",
             f"{folder}/count.awk", f"{folder}/log"],
            stdout=subprocess.PIPE, text=True)
        qemu("verify-m3", words, "-singlestep", "-d", "exec,nochain", "-D",
             f"{folder}/log")
        out = counter.communicate()[0]
    return {w[0]: int(w[1]) for w in (line.split() for line in
                                      out.splitlines())}


def instructions():
    """What one message of 10 kB costs: the start and the self-test are in
    both runs."""
    one = trace(["user-10k"])
    none = trace([])
    return {k: one.get(k, 0) - none.get(k, 0)
            for k in ("canon", "hash", "rsa", "rest")}
