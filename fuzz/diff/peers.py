"""libopendkim, dkimpy and us on the same messages.

    peers.py vectors JUDGE   every vector: who differs from us is in a row of
                             docs/DIFFERENCES.md, and each row is true
    peers.py batch           cases of dump.c on standard input, by dkimpy:
                             who differs does so by one of these rows

SPDX-License-Identifier: MIT

JUDGE is judge.c as a program.  Runs with Debian's python3, which has dkimpy.
"""
import collections
import os
import re
import struct
import subprocess
import sys
import types

import dkim

TOP = f"{os.path.dirname(os.path.abspath(__file__))}/../.."
CASES = f"{TOP}/tests/vectors/cases"
PAGE = f"{TOP}/docs/DIFFERENCES.md"
NOW = 1750000000
dkim.time = types.SimpleNamespace(time=lambda: NOW)


def dkimpy(name, record, message):
    """The first signature: "pass" or what is wrong."""
    def lookup(asked, timeout=5):
        asked = asked if isinstance(asked, bytes) else asked.encode()
        return record if asked.rstrip(b".").lower() == name.lower() else None
    try:
        return "pass" if dkim.DKIM(message, minkey=1024).verify(
            dnsfunc=lookup) else "fail"
    except dkim.DKIMException as error:
        return re.sub(r"\W+", " ", type(error).__name__)
    except Exception as error:  # its own troubles are no verdict
        return f"crash {type(error).__name__}"


def pack(*texts):
    return b"".join(struct.pack(">I", len(t)) + t for t in texts)


def unpack(stream):
    while True:
        texts = []
        for _ in range(4):
            head = stream.read(4)
            if len(head) < 4:
                return
            texts.append(stream.read(struct.unpack(">I", head)[0]))
        yield texts


Row = collections.namedtuple("Row", "vector ours opendkim dkimpy")


def rows():
    """The rows of all tables whose first cell names a vector."""
    with open(PAGE, encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            name = re.fullmatch(r"`([\w-]+)`", cells[0])
            if name and len(cells) >= 4:
                yield Row(name.group(1), *cells[1:4])


def unescape(data):
    """The octets that a line of a case cannot hold."""
    return re.sub(rb"\\(x[0-9a-f]{2}|.)", lambda m: {
        b"n": b"\n", b"r": b"\r"}.get(m[1]) or (
            bytes.fromhex(m[1][1:].decode()) if m[1][:1] == b"x" else m[1]),
        data.encode("utf-8", "surrogateescape"))


def resolve(records, name):
    """What a resolver finds at NAME: text, or None for anything special."""
    for _ in range(9):
        found = [r for r in records if r[0].lower() == name.lower()]
        if not found:
            return b"", name
        if len(found) > 1 or found[0][1] not in ("TXT", "CNAME"):
            return None, name
        if found[0][1] == "TXT":
            return unescape(found[0][2]), name
        name = found[0][2]
    return None, name


def vector(case):
    """Reason, name, record, message of a vector; None: not for peers."""
    with open(f"{CASES}/{case}/case", encoding="utf-8",
              errors="surrogateescape") as f:
        text = f.read()
    with open(f"{CASES}/{case}/message", "rb") as f:
        message = f.read()
    want = re.search(r"^want dkim \w+ (\S+)(.*)$", text, re.M)
    if not want or f"time {NOW}\n" not in text or "flags dkim partial" in text:
        return None
    tags = dict(re.findall(r"(\w)=(\S+)", want.group(2)))
    name = f"{tags.get('s', 'sel')}._domainkey.{tags.get('d', 'example.org')}"
    records = re.findall(r"^record (\S+) (\S+) ?(.*)$", text, re.M)
    record, _ = resolve(records, name)
    if record is None or len(record) > 4500:
        return None
    return [want.group(1).encode(), name.encode("utf-8", "surrogateescape"),
            record, message]


def check_vectors(judge):
    cases = [(c, v) for c in sorted(os.listdir(CASES))
             for v in [vector(c)] if v]
    out = subprocess.run([judge], check=True, stdout=subprocess.PIPE,
                         input=b"".join(pack(*v) for _, v in cases))
    theirs = out.stdout.decode().splitlines()
    known = {row.vector: row for row in rows()}
    passed = failed = 0
    for (case, v), opendkim in zip(cases, theirs):
        found = Row(case, v[0].decode(), opendkim, dkimpy(*v[1:]))
        ours = found.ours == "ok"
        differ = ours != (opendkim == "pass") or \
            ours != (found.dkimpy == "pass")
        row = known.pop(case, None)
        if row == found or (row is None and not differ):
            passed += 1
            continue
        failed += 1
        print(f"FAIL  | `{case}` | {' | '.join(found[1:])} | found;",
              "the page says" if row else "not on the page", row or "")
    for case in known:
        print(f"FAIL  {case}: on the page, but no such vector for peers")
        failed += 1
    if len(theirs) != len(cases):
        print("FAIL  libopendkim's judge stopped early")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed


def check_batch():
    known = {(row.ours, row.dkimpy) for row in rows()}
    count = collections.Counter()
    unknown = 0
    for ours, name, record, message in unpack(sys.stdin.buffer):
        ours = ours.decode()
        found = dkimpy(name, record, message)
        same = (ours == "ok") == (found == "pass")
        count["same" if same else f"ours {ours}, dkimpy {found}"] += 1
        if not same and (ours, found) not in known:
            unknown += 1
            if unknown <= 20:
                print(f"FAIL  ours {ours}, dkimpy {found}: {record!r}\n"
                      f"{message[:1500]!r}")
    for what, times in count.most_common():
        print(f"{times:8}  {what}")
    print(f"{sum(count.values()) - unknown} passed, {unknown} failed")
    return unknown


sys.exit(bool(check_batch() if sys.argv[1] == "batch"
              else check_vectors(sys.argv[2])))
