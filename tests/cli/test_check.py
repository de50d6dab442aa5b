"""userkeys check: what panels do to a record, each named with its remedy.

SPDX-License-Identifier: MIT

Kinds: of the text (cut, quoted, escaped, armoured, wrapped, blanks, case, lost
or added octets, order of strings, tags lost or misspelt), of the set (twice,
torn apart, strangers), of the name (with the zone twice, of the DKIM name
alone, a wildcard), of the alias (absent, as TXT, elsewhere).  Octets of the
DNS never reach the terminal as they are.
"""
import os
import re
import subprocess
import sys
import tempfile

USERKEYS = os.environ.get("BUILD", "build/host-mbedtls") + "/userkeys"
NAME = "alice.userkeys.mail.example.org."
ALIAS = "alice.userkeys._domainkey.mail.example.org."
WORK = tempfile.mkdtemp()
passed = failed = 0


def run(*args):
    return subprocess.run([USERKEYS, *args], capture_output=True,
                          env=dict(os.environ, NO_COLOR="1"), check=False)


def quoted(octets):
    """OCTETS as strings of a zone file, none over 255."""
    def one(part):
        return '"' + "".join(chr(c) if 32 <= c < 127 and c not in b'"\\'
                             else f"\\{c:03d}" for c in part) + '"'
    return " ".join(one(octets[i:i + 255])
                    for i in range(0, len(octets), 255)) or '""'


def txt(name, *texts):
    return "".join(f"{name} 60 IN TXT {quoted(t)}\n" for t in texts)


made = run("keygen", "alice@mail.example.org", "--out", f"{WORK}/a.pem",
           "--advice", "reject")
TEXT = "".join(re.findall(r'"([^"]*)"', made.stdout.decode())).encode()
KEY = TEXT.split(b"p=")[1]
CNAME = f"{ALIAS} 60 IN CNAME {NAME}\n"
other = run("keygen", "alice@mail.example.org", "--out", f"{WORK}/b.pem")
OTHER = "".join(re.findall(r'"([^"]*)"', other.stdout.decode())).encode()
PLUS = b"+" in KEY
PEM = b"-----BEGIN PUBLIC KEY-----\n" + KEY + b"\n-----END PUBLIC KEY-----\n"

# What is published at NAME, status, what must be said.
TEXTS = [
    (TEXT, 0, ["the record holds this key", "(255 octets)", "reject"]),
    (TEXT.replace(b"p=MII", b"p=MII "), 0, ["holds this key"]),
    (TEXT.replace(b"reject", b"none:exact"), 0, ["none, exact"]),
    (TEXT[:255], 1, ["cut short: 226 of 392", "one string of 255 octets",
                     "from octet 256 on: served its end, expected"]),
    (TEXT[:200], 1, ["cut short"]),
    (TEXT[255:], 1, ["rest of the record: what stands in front"]),
    (TEXT[255:] + TEXT[:255], 1, ["strings stand in the wrong order"]),
    (TEXT[:200] + b'" "' + TEXT[200:], 1, ["quotes within the record",
                                           "without quotes"]),
    (b'"' + TEXT + b'"', 1, ["quotes within", "from octet 1 on"]),
    ("“".encode() + TEXT + "”".encode(), 1,
     ["quotes within"]),
    (TEXT.replace(b";", b"\\;"), 1, ["backslashes within", "octet 8 on"]),
    (TEXT.replace(b"; ", b"\\n"), 1, ["backslashes within"]),
    (b'"' + TEXT.replace(b";", b"\\;") + b'"', 1, ["quotes", "backslashes"]),
    (TEXT.replace(KEY, PEM), 1, ["PEM key"]),
    (PEM, 1, ["PEM key", "no p= in it"]),
    (b"p=" + PEM.replace(b"\n", b""), 1, ["PEM key", "uk= is missing"]),
    (TEXT.replace(b"MII", b"MII\xc2\xa0"), 1, ["cannot be seen"]),
    (TEXT.replace(b"; ", b";\xe2\x80\x8b"), 1, ["cannot be seen"]),
    (TEXT.replace(b"=", b"%3D"), 1, ["written as %HH"]),
    (b"( " + TEXT + b" )", 1, ["zone file's line"]),
    (b"IN TXT " + TEXT, 1, ["zone file's line"]),
    (NAME.encode() + b" 3600 IN TXT \"" + TEXT + b'"', 1,
     ["quotes", "zone file's line"]),
    (TEXT.replace(KEY, KEY.lower()), 1, ["capital letters of p="]),
    (TEXT.lower(), 1, ["capital letters", 'v= is "dkim1"']),
    (TEXT.replace(b"DKIM1", b"dkim1"), 1, ['v= is "dkim1", not "DKIM1"']),
    (TEXT.replace(b"DKIM1;", b"DKIM1"), 1, ['v= is "DKIM1 k=rsa"',
                                            "semicolon"]),
    (TEXT.replace(b";", b","), 1, ["semicolons between its tags are gone"]),
    (TEXT.replace(b";", b""), 1, ["semicolons between its tags are gone"]),
    (TEXT.replace(b"v=DKIM1; ", b""), 0, ["holds this key"]),
    (TEXT.replace(b"uk=reject; ", b""), 1, ["uk= is missing",
                                            "DKIM verifiers find this key"]),
    (TEXT.replace(b"reject", b"refuse"), 1, ["none that receivers know"]),
    (TEXT.replace(KEY, b""), 1, ["the key is withdrawn"]),
    (TEXT.replace(b"k=rsa", b"k=ed25519"), 1, ["problem"]),
    (TEXT.replace(b"k=rsa", b"k=rsa; k=rsa"), 1, ["no list of tag=value"]),
    (TEXT.replace(b"k=rsa", b"k=\x1b[31m"), 1, ["octet 12 is \\x1B"]),
    (TEXT.replace(b"k=rsa", "k=é‮".encode()), 1, ["k=é\\xE2\\x80\\xAE"]),
    (TEXT[:120] + TEXT[130:], 1, ["10 octets of p= are missing"]),
    (TEXT[:120] + b"AAAA" + TEXT[120:], 1, ["4 octets too many"]),
    (TEXT[:120] + bytes([TEXT[120] ^ 1]) + TEXT[121:], 1,
     ["octet 92 of p= is", "from octet 121 on"]),
    (TEXT.replace(KEY, OTHER.split(b"p=")[1]), 1, ["record of another key"]),
    (NAME.encode(), 1, ["target of the alias was entered as a text"]),
    (NAME[:-1].upper().encode(), 1, ["target of the alias"]),
    (b"", 1, ["no key", "there are TXT records"]),
    (b"p=" * 2000, 1, ["record of another key"]),
    (b"aa", 1, ["receivers pass over it", "but no key"]),
]
if PLUS:
    TEXTS += [(TEXT.replace(b"+", b" "), 1, ["each + of p= is gone"]),
              (TEXT.replace(b"+", b""), 1, ["each + of p= is gone"])]

# A whole zone, status, what must be said, what must not.
ZONES = [
    (txt(NAME, TEXT), 1, ["there is no alias"], []),
    (txt(NAME, TEXT, b"v=spf1 -all"), 1,
     ["no alias", "receivers pass over it", "holds this key"], []),
    (txt(NAME, TEXT, TEXT.replace(b"reject", b"none")) + CNAME, 1,
     ["several records hold this key", "DKIM verifiers want one"], []),
    (txt(NAME, TEXT[:255], TEXT[255:]) + CNAME, 1,
     ["became records of their own"], ["cut short"]),
    (txt(NAME, OTHER, TEXT) + CNAME, 1, ["another key", "holds this key"],
     ["no record here"]),
    (txt("*.example.org.", b"v=spf1 -all"), 1,
     ["TXT records at this name, but no key", "in place of the alias"],
     ["it was published at"]),
    (txt(NAME + "mail.example.org.", TEXT), 1,
     ["no such name", "published at " + NAME + "mail.example.org: the panel"],
     []),
    (txt(NAME + "example.org.", TEXT), 1,
     ["published at " + NAME + "example.org: the panel adds the zone"], []),
    (txt(NAME, TEXT) + f"{ALIAS}example.org. 60 IN CNAME {NAME}\n", 1,
     ["published at " + ALIAS + "example.org: the panel"], []),
    (txt(NAME, TEXT) + f"{ALIAS} 60 IN CNAME {NAME}example.org.\n", 1,
     ["alias leads to a name with the zone twice"], []),
    (txt(NAME, TEXT) + f"{ALIAS} 60 IN CNAME x.example.org.\n", 1,
     ["alias leads to another name"], []),
    (CNAME, 1, ["the alias is right, the record it leads to is missing"],
     []),
    (txt(ALIAS, TEXT), 1, ["no such name", "at the DKIM name alone"],
     ["DKIM verifiers find this key"]),
    (txt(NAME, TEXT) + txt(ALIAS, TEXT), 0, ["find this key"], []),
    (txt(NAME, TEXT) + txt(ALIAS, NAME.encode()), 1,
     ["target of the alias was entered as a text", "in place of the alias"],
     []),
    (txt(NAME, TEXT) + txt(ALIAS, OTHER), 1, ["record of another key"], []),
    (txt(NAME, TEXT) + txt("*.userkeys.mail.example.org.", TEXT) + CNAME, 1,
     ["*.userkeys.mail.example.org\n", "one key for every mailbox"], []),
    (txt(NAME, TEXT) + txt("*.userkeys.mail.example.org.",
                           TEXT.replace(KEY, b"")) + CNAME, 0,
     ["find this key"], []),
    (f"{NAME} SERVFAIL\n" + CNAME, 75, ["try again"], ["no such name"]),
]


def check(what, zone, status, said, unsaid):
    global passed, failed
    with open(f"{WORK}/zone", "w", encoding="latin-1") as f:
        f.write("$ORIGIN .\n" + zone)
    r = run("check", "alice@mail.example.org", "--key", f"{WORK}/a.pem",
            "--zone", f"{WORK}/zone")
    out = r.stdout.decode("utf-8", "replace")
    raw = [c for c in out if c < " " and c != "\n" or "\x7f" <= c < "\xa0" or
           c in "‮�"]
    if r.returncode == status and all(s in out for s in said) and not raw \
            and not any(s in out for s in unsaid):
        passed += 1
        return
    failed += 1
    print(f"FAIL {what}: status {r.returncode}, not {status}; wanted {said}, "
          f"not {unsaid}:\n{out}{r.stderr.decode()}")


for number, (text, code, words) in enumerate(TEXTS):
    check(f"text {number}", txt(NAME, text) + CNAME, code, words, [])
for number, (records, code, words, absent) in enumerate(ZONES):
    check(f"zone {number}", records, code, words, absent)
subprocess.run(["rm", "-r", WORK], check=True)
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
