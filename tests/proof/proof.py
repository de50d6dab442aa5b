"""Proofs by CBMC: memory safety and termination of core's parsers.

SPDX-License-Identifier: MIT

proof.py [NAME...]: carries out all proofs, or those whose name begins with
one of NAME.  All of them: writes docs/PROOF.md.  --seeded: plants mistakes,
one at a time, each of which its proof must find.  In the environment: TOOLS,
the folder of cbmc, goto-cc and goto-instrument; JOBS, how many at a time (up
to 3 GB each).  What was proved is kept until a file that it is made of changes.

A proof is a function prove_NAME() of tests/proof/*.c.  Loops are proved by
contracts (*.loops), so for inputs of any length up to the limit: what holds
before each round, and a number that falls in each round.  A loop without
contract is unrolled as often as UNROLL says, which CBMC checks.
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = "tests/proof"
TOOLS = os.environ.get("TOOLS", "build/cbmc")
LIMIT = 998
SECONDS = 3600  # for one proof, by the clock
JOBS = int(os.environ.get("JOBS", os.cpu_count()))
KEPT = "build/proof"  # results, for as long as nothing changes

WRITER = {"ukey_out_view": "relies_on_out"}
VIEWS = {"ukey_view_find": "relies_on_find", "ukey_view_cut": "relies_on_cut"}
WALK = {"ukey_dns_walk_label": "relies_on_label"}
COPY = {"memcpy": "relies_on_copy"}
NAMES = {"ukey_dns_walk_to_root": "relies_on_root",
         "ukey_dns_is_name": "relies_on_name",
         "ukey_dns_prefix": "relies_on_prefix"}
RECORDS = {"ukey_dns_record_read": "relies_on_record",
           "ukey_dns_record_sound": "relies_on_sound"}
EQUAL = {"ukey_view_equal": "relies_on_equal",
         "ukey_view_equal_nocase": "relies_on_equal"}
LABEL = {"ukey_label_write": "relies_on_label_write",
         "ukey_view_is_domain": "relies_on_domain",
         "ukey_address_local_len": "relies_on_local_len",
         "ukey_address_unquote": "relies_on_unquote"}
CURSOR = {"number.0": 5}
ANSWER_FILES = "dns_record dns_name out text"
ANSWER = {**WALK, **NAMES, **RECORDS, **EQUAL}

# NAME: (function of core, harness, files of core, what it relies on, unroll)
PROOFS = {
    "view_find": ("ukey_view_find", "text", "text", {}, {}),
    "view_equal": ("ukey_view_equal", "text", "text", {}, {}),
    "view_equal_nocase": ("ukey_view_equal_nocase", "text", "text", {}, {}),
    "view_trim": ("ukey_view_trim", "text", "text", {}, {}),
    "view_cut": ("ukey_view_cut", "text", "text",
                 {"ukey_view_find": "relies_on_find"}, {}),
    "view_is_domain": ("ukey_view_is_domain", "text", "text", VIEWS, {}),
    "scan_control": ("ukey_scan_control", "text", "scan text", {}, {}),
    "scan_tag": ("ukey_scan_tag", "text", "scan text", {}, {}),
    "out_view": ("ukey_out_view", "text", "out text", {}, {}),
    "base64_decode": ("ukey_base64_decode", "base64", "base64 text", {}, {}),
    "base64_size": ("ukey_base64_size", "base64", "base64 text", {}, {}),
    "tag_is_name": ("is_name", "taglist", "text", {}, {}),
    "tag_length": ("tag_length", "taglist", "text",
                   {"ukey_scan_tag": "relies_on_scan"}, {}),
    "tag_is_known": ("is_known", "taglist", "text", EQUAL,
                     {"is_state.0": 65}),
    "tag_read": ("read_tag", "taglist", "text",
                 {**VIEWS, "ukey_view_trim": "relies_on_trim",
                  "is_name": "relies_on_is_name",
                  "is_known": "relies_on_known"},
                 {"limit_reason.0": 1}),  # none with the protocol's limits
    "taglist_init": ("ukey_taglist_init", "taglist", "text", {},
                     {"is_state.0": 65}),
    "taglist_next": ("ukey_taglist_next", "taglist", "text",
                     {**VIEWS, "ukey_view_trim": "relies_on_trim",
                      "tag_length": "relies_on_tag_length",
                      "read_tag": "relies_on_read_tag"},
                     {"is_state.0": 65}),
    "label_write": ("ukey_label_write", "name", "name out text", WRITER, {}),
    "local_equal": ("ukey_local_equal", "name", "name text", EQUAL, {}),
    "name_write": ("ukey_name_write", "name", "name out text",
                   {**VIEWS, **EQUAL, **WRITER, **LABEL}, {}),
    "name_reverse": ("ukey_name_reverse", "name", "name out text",
                     {**VIEWS, **EQUAL, **WRITER, **LABEL}, {}),
    "dns_walk_from": ("ukey_dns_walk_from", "dns", "dns_name text", {}, {}),
    "dns_walk_label": ("ukey_dns_walk_label", "dns", "dns_name text", {},
                       {}),
    "dns_walk_to_root": ("ukey_dns_walk_to_root", "dns", "dns_name text",
                         WALK, {}),
    "dns_is_name": ("ukey_dns_is_name", "dns", "dns_name text",
                    {**WALK, **EQUAL}, {}),
    "dns_prefix": ("ukey_dns_prefix", "dns", "dns_name text",
                   {"ukey_dns_walk_to_root": "relies_on_root",
                    "ukey_dns_is_name": "relies_on_name"}, {}),
    "dns_record_read": ("ukey_dns_record_read", "dns", "dns_record text",
                        {}, CURSOR),
    "dns_record_sound": ("ukey_dns_record_sound", "dns",
                         "dns_record dns_name text", NAMES, CURSOR),
    "dns_sections": ("check_sections", "dns_answer", ANSWER_FILES, ANSWER,
                     CURSOR),
    "dns_look": ("look", "dns_answer", ANSWER_FILES, ANSWER, CURSOR),
    "dns_follow": ("follow", "dns_answer", ANSWER_FILES,
                   {**ANSWER, **COPY}, CURSOR),
    "dns_end_without": ("end_without", "dns_answer", ANSWER_FILES, ANSWER,
                        CURSOR),
    "dns_walk_chain": ("walk_chain", "dns_answer", ANSWER_FILES,
                       {"look": "relies_on_look",
                        "follow": "relies_on_follow",
                        "end_without": "relies_on_end"},
                       {"walk_chain.0": 10}),
    "dns_answer_read": ("ukey_dns_answer_read", "dns_answer", ANSWER_FILES,
                        {"check_sections": "relies_on_sections",
                         "walk_chain": "relies_on_chain",
                         "ukey_dns_is_name": "relies_on_name"},
                        {**CURSOR, "read_header.0": 4}),
    "dns_answer_next": ("ukey_dns_answer_next", "dns_answer", ANSWER_FILES,
                        {**ANSWER, **WRITER}, {}),
    "dns_match": ("ukey_dns_match", "dns", "dns_query dns_name out text",
                  {**NAMES, **EQUAL}, {}),
    "dns_name_from_text": ("ukey_dns_name_from_text", "dns",
                           "dns_name out text", {**VIEWS, **WRITER}, {}),
    "dns_name_to_text": ("ukey_dns_name_to_text", "dns",
                         "dns_name out text", WRITER, {}),
}

# Mistakes that a proof must find: (proof, file, what stands there, what is
# put in its place).
SEEDED = [
    ("view_find", "ukey_text.c", "i < v.len && v.data[i] != c",
     "i <= v.len && v.data[i] != c"),
    ("base64_decode", "ukey_base64.c", "d->digits * 3 / 4 > size",
     "d->digits * 3 / 4 > size + 1"),
    ("tag_length", "ukey_taglist.c",
     "rest.data[i] != '\\r' || i + 1 == rest.len", "rest.data[i] != '\\r'"),
    ("dns_walk_label", "ukey_dns_name.c", "n >= left", "n > left"),
    ("dns_walk_label", "ukey_dns_name.c",
     "w->len + 1 + n > UKEY_DNS_NAME_MAX - 1",
     "n > UKEY_DNS_NAME_MAX - 2u - w->len"),
    ("dns_record_sound", "ukey_dns_record.c",
     "pos += 1 + (size_t)packet.data[pos];\n\treturn pos == end",
     "pos += (size_t)packet.data[pos];\n\treturn pos == end"),
]


class Failed(Exception):
    pass


Result = collections.namedtuple(
    "Result", "failures checks loops seconds memory")


def tool(name, *words, check=True):
    """Runs a tool of CBMC: (output, seconds of CPU, peak memory in MB)."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([f"{TOOLS}/{name}", *words], stdout=log,
                                   stderr=subprocess.STDOUT)
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        text = log.read().decode(errors="replace")
    if check and process.returncode != 0:
        raise Failed(f"{name}: {text[-1500:]}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def contracts():
    """{(function, loop): {clause: text}} of all *.loops."""
    found, loop = {}, None
    for name in sorted(os.listdir(HERE)):
        if not name.endswith(".loops"):
            continue
        for line in open(f"{HERE}/{name}", encoding="utf-8"):
            words = line.split(None, 1)
            if not words or line.startswith("#"):
                continue
            if not line[0].isspace():
                loop = found.setdefault(tuple(line.split()), {})
            elif words[0] == "invariant" and words[0] in loop:
                loop["invariant"] += f" && ({words[1].strip()})"
            elif words[0] == "invariant":
                loop["invariant"] = f"({words[1].strip()})"
            else:
                loop[words[0]] = words[1].strip()
    return found


def loops_of(binary):
    text = tool("goto-instrument", "--show-loops", binary)[0]
    return re.findall(r"^Loop (\S+)\.(\d+):", text, re.M)


def symbols_of(binary):
    text = tool("goto-instrument", "--show-symbol-table", binary)[0]
    return set(re.findall(r"^Symbol\.*: (\S+)$", text, re.M))


def symbol_map(function, clauses, symbols):
    """Names in a contract to those of CBMC: parameters and locals."""
    pairs = []
    for word in set(re.findall(r"(?<![\w.>])[a-zA-Z_]\w*", clauses)):
        for symbol in (f"{function}::{word}", f"{function}::1::{word}"):
            if symbol in symbols:
                pairs.append(f"{word},{symbol}")
    return ";".join(sorted(pairs))


def contract_file(path, loops, symbols):
    """Writes the contracts of LOOPS for goto-instrument: (how many, the loops
    that have none)."""
    functions, bare = {}, []
    known = contracts()
    for function, number in loops:
        c = known.get((function, number))
        if c is None:
            bare.append(f"{function}.{number}")
            continue
        functions.setdefault(function, []).append({
            "loop_id": number, "assigns": c["assigns"],
            "invariants": c["invariant"], "decreases": c["decreases"],
            "symbol_map": symbol_map(function, " ".join(c.values()),
                                     symbols)})
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"functions": [{k: v} for k, v in functions.items()]}, f)
    return len(loops) - len(bare), bare


def prove(name, core="core"):
    """Carries out one proof."""
    _, harness, files, relies, unroll = PROOFS[name]
    entry = f"prove_{name}"
    with tempfile.TemporaryDirectory() as work:
        step = [f"{work}/{i}.gb" for i in range(4)]
        tool("goto-cc", "-std=c99", f"-DLIMIT={LIMIT}", f"-I{core}",
             f"-I{HERE}", "-o", step[0], f"{HERE}/{harness}.c",
             f"{HERE}/relies.c", *(f"{core}/ukey_{f}.c"
                                   for f in files.split()),
             "--function", entry)
        calls = [w for f, g in relies.items()
                 for w in ("--replace-calls", f"{f}:{g}")]
        tool("goto-instrument", *calls, step[0], step[1])
        tool("goto-instrument", "--drop-unused-functions", step[1], step[2])
        loops, bare = contract_file(
            f"{work}/loops.json", loops_of(step[2]), symbols_of(step[2]))
        for loop in bare:
            if loop not in unroll:
                raise Failed(f"{loop} has no contract and no bound")
        if loops:
            tool("goto-instrument", "--dfcc", entry, "--apply-loop-contracts",
                 "--loop-contracts-file", f"{work}/loops.json", step[2],
                 step[3])
        else:
            step[3] = step[2]
        bounds = ",".join(f"{k}:{v}" for k, v in unroll.items())
        text, seconds, memory = tool(
            "cbmc", "--slice-formula", "--object-bits", "12",
            "--unwinding-assertions", "--function", entry,
            *(["--unwindset", bounds] if bounds else []), step[3],
            check=False)
    done = re.search(r"^\*\* (\d+) of (\d+) failed", text, re.M)
    if not done:
        raise Failed(text[-1500:])
    failures = re.findall(r"^\[\S+\] (.*): FAILURE$", text, re.M)
    return Result(failures, int(done.group(2)), loops, seconds, memory)


def attempt(name, core="core"):
    try:
        return prove(name, core)
    except Failed as error:
        return Result([str(error).strip()], 0, 0, 0, 0)


def mark(name):
    """Stands for all that the proof is made of."""
    _, harness, files, *_ = PROOFS[name]
    parts = [f"core/{h}" for h in sorted(os.listdir("core"))
             if h.endswith(".h")]
    parts += [f"core/ukey_{f}.c" for f in files.split()]
    parts += [f"{HERE}/{f}" for f in ("proof.h", "relies.c", f"{harness}.c")]
    text = repr((LIMIT, PROOFS[name]))
    for part in parts:
        with open(part, encoding="utf-8") as f:
            text += f.read()
    text += repr(sorted((loop, c) for loop, c in contracts().items()
                        if f"\n{loop[0]}(" in text))
    return hashlib.sha256(text.encode()).hexdigest()


def kept(name):
    """The result, from the last time if nothing has changed since."""
    path = f"{KEPT}/{name}.json"
    try:
        with open(path, encoding="utf-8") as f:
            old = json.load(f)
    except (OSError, ValueError):
        old = {}
    if old.get("mark") == mark(name):
        return Result(*old["result"])
    result = attempt(name)
    if not result.failures:
        os.makedirs(KEPT, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"mark": mark(name), "result": result}, f)
    return result


def seeded():
    bad = 0
    for name, file, old, new in SEEDED:
        with tempfile.TemporaryDirectory() as work:
            for header in os.listdir("core"):
                with open(f"core/{header}", encoding="utf-8") as f:
                    text = f.read()
                if header == file:
                    if text.count(old) != 1:
                        sys.exit(f"proof: not once in {file}: {old}")
                    text = text.replace(old, new)
                with open(f"{work}/{header}", "w", encoding="utf-8") as f:
                    f.write(text)
            result = attempt(name, work)
        if result.checks == 0 or not result.failures:
            bad += 1
            print(f"FAIL  {name} does not find: {new}: {result.failures}")
        else:
            print(f"found by {name}: {file}: {new.splitlines()[0].strip()}:"
                  f" {result.failures[0]}", flush=True)
    return bad


def show(name, result):
    if result.failures:
        print(f"FAIL  {name}")
        for failure in result.failures:
            print(f"      {failure}")
    else:
        print(f"ok    {name}: {result.checks} checks, {result.seconds:.0f} s,"
              f" {result.memory:.0f} MB")
    sys.stdout.flush()


HEAD = """# Proofs

Generated by `make proof`; do not edit. CBMC {version} has shown, for every input of at
most {limit} octets (a name of the DNS: 255), that these functions of core read and
write only what they may, have no undefined shift or signed overflow, and end. Each is
proved by itself, compiled from its source as it is, without its callers: what it calls
is either part of the proof, or stands in as a promise (*relies on*), which is proved in
a row of its own (but for `address_local_len` and `address_unquote`, which are taken at
their word, and the port's functions, which may return anything). Loops are not unrolled
but proved by contracts, `tests/proof/*.loops`: what holds before each round, and a
number that falls in each round. Where loops are unrolled (*rounds*), CBMC checks that
there are no more rounds.

Not shown: rows that say so; that results are right (tests and vectors do that); what
happens with longer inputs (nothing in the code depends on the limit; the size of CBMC's
objects does); anything on machines of other than 64 bits. `make proof-seeded` plants
{seeded} mistakes, each of which its proof must find.

| function | relies on | loops by contract | rounds | checks | s | MB |
|---|---|---|---|---|---|---|
"""


def page(results):
    version = tool("cbmc", "--version")[0].split()[0]
    text = HEAD.format(version=version, limit=LIMIT, seeded=len(SEEDED))
    for name, result in results.items():
        function, _, _, relies, unroll = PROOFS[name]
        if result.failures:
            text += f"| `{function}` | **not shown** | | | | | |\n"
            continue
        promises = ", ".join(f"`{f.replace('ukey_', '')}`"
                             for f in sorted(relies))
        rounds = ", ".join(f"`{loop.split('.')[0]}` {n - 1}"
                           for loop, n in sorted(unroll.items()))
        text += (f"| `{function}` | {promises} | {result.loops} | {rounds} |"
                 f" {result.checks} | {result.seconds:.0f} |"
                 f" {result.memory:.0f} |\n")
    text += f"""
Seconds of CPU and memory are those of one run; in all {
    sum(r.seconds for r in results.values()):.0f} s.
"""
    with open("docs/PROOF.md", "w", encoding="utf-8") as f:
        f.write(text)


def main(words):
    if words == ["--seeded"]:
        return seeded()
    names = [n for n in PROOFS if not words or n.startswith(tuple(words))]
    results = {}
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        waiting = {pool.submit(kept, n): n for n in names}
        for future in concurrent.futures.as_completed(waiting):
            results[waiting[future]] = future.result()
            show(waiting[future], future.result())
    results = {n: results[n] for n in names}
    failed = sum(bool(r.failures) for r in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    if not words:
        page(results)
    return failed


sys.exit(main(sys.argv[1:]) != 0)
