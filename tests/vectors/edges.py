"""Cases for make.py: octets, words, numbers and places at the edge.

SPDX-License-Identifier: MIT

Bare CR, LF and NUL in the header, wherever they stand, signed or not; what
web panels and here-documents make of a key record; v= in other places and
with other values; words with and without case; numbers with leading zeros and
without end; signatures that their tags refuse, above a good one.
"""
DS = " d=example.org s=sel"
FROM = " advice=none from=same"


def header_octets(c, user, dkim, header, body):
    """One field of each kind with one such octet: none passes, in both ways,
    whether the field is signed or not."""
    for name, octets in (("cr", b"a\rb"), ("lf", b"a\nb"), ("nul", b"a\0b"),
                         ("cr-cr-lf", b"a\r"), ("lf-space", b"a\n b"),
                         ("cr-space", b"a\r b"),
                         ("lf-field", b"a\nFrom: ceo@example.com"),
                         ("lf-lf", b"a\n\nHi")):
        field = b"X-Free: " + octets + b"\r\n"
        c.user(f"octet-{name}", field + user(),
               "permerror line-ends advice=reject from=none", REJECT)
        c.dkim(f"octet-dkim-{name}", field + dkim(), "permerror line-ends")
    for name, where in (("subject", b"Subject: "), ("from", b"From: ")):
        text = (header + b"\r\n" + body).replace(where, where + b"\n", 1)
        c.user(f"octet-signed-{name}", user(text),
               "permerror line-ends advice=reject from=none", REJECT)
        c.dkim(f"octet-dkim-signed-{name}", dkim(text),
               "permerror line-ends")
    c.user("octet-signature", user().replace(b"\r\n\t", b"\n\t", 1),
           "permerror line-ends advice=reject from=none", REJECT)
    c.user("octet-body", user((header + b"\r\n" + body).replace(
        b"eight", b"ei\ng\rh\0t")), "pass ok" + FROM)


REJECT = ""  # make.py's record with uk=reject


def key_records(c, user, dkim, record, key):
    good = record(uk="")
    for name, text in (
            ("lf-end", good + "\\n"), ("lf-front", "\\n" + good),
            ("crlf-end", good + "\\r\\n"), ("cr-end", good + "\\r"),
            ("lf-tags", good.replace("; ", ";\\n")),
            ("lf-before", good.replace("; ", "\\n; ")),
            ("lf-equals", good.replace("k=rsa", "k\\n=\\nrsa")),
            ("lf-p", good[:-40] + "\\n" + good[-40:]),
            ("crlf-p", good[:-40] + "\\r\\n\\x09" + good[-40:]),
            ("lf-list", record(uk="", more="s=x\\n:\\nemail; ")),
            ("v-last", record(uk="", v="") + "; v=DKIM1"),
            ("v-middle", record(uk="", v="", more="v=DKIM1; ")),
            ("v-lf", good.replace("v=DKIM1;", "v=\\nDKIM1\\n;"))):
        c.dkim(f"record-{name}", dkim(), "pass ok" + DS, text)
    for name, text, want in (
            ("lf-word", good.replace("rsa", "r\\nsa"), "key-type"),
            ("lf-name", record(uk="", more="z\\nz=1; "), "key-syntax"),
            ("vt-end", good + "\\x0b", "key-syntax"),
            ("v-escaped", good.replace(";", "\\\\;"), "key-version"),
            ("v-small", good.replace("DKIM1", "dkim1"), "key-version"),
            ("v-blank", good.replace("DKIM1;", "DKIM1"), "key-version"),
            ("v-comma", good.replace("DKIM1;", "DKIM1,"), "key-version"),
            ("v-two", good.replace("DKIM1", "DKIM2"), "key-version"),
            ("v-word", good.replace("DKIM1", "DK\\nIM1"), "key-version"),
            ("v-last-other", record(uk="", v="") + "; v=DKIM2",
             "key-version"),
            ("spf", "v=spf1 -all", "key-version"),
            ("no-tags", "hello", "key-syntax"),
            ("case-k", good.replace("k=rsa", "k=RSA"), "key-type"),
            ("case-h", record(uk="", more="h=SHA256; "), "key-hash"),
            ("case-s", record(uk="", more="s=EMAIL; "), "key-service"),
            ("case-name", good.replace("k=rsa", "K=other"), "")):
        c.dkim(f"record-{name}", dkim(),
               (f"permerror {want}" if want else "pass ok") + DS, text)
    c.dkim("record-case-t", dkim(add=[("i", "a@sub.example.org")]),
           "pass ok" + DS, record(uk="", more="t=S; "))
    user_records(c, user, record, key)


def user_records(c, user, record, key):
    spoof = user().replace(b"eight", b"nine ")
    for name, text, want in (
            ("lf", record(uk="reject").replace("; ", "\\n;\\r\\n") + "\\n",
             "pass ok advice=reject from=same"),
            ("v-last", record(uk="reject", v="") + "; v=DKIM1",
             "pass ok advice=reject from=same"),
            ("uk-case", record(uk="REJECT:Exact"),
             "pass ok advice=reject from=same"),
            ("uk-lf", record(uk="\\nreject\\n"),
             "pass ok advice=reject from=same"),
            ("uk-lf-word", record(uk="re\\nject"), "pass ok" + FROM),
            ("t-case", record(uk="reject", more="t=Y; "),
             "pass ok advice=reject from=same")):
        c.user(f"user-record-{name}", user(), want, text)
    c.user("user-record-t-case-spoof", spoof,
           "fail body-hash advice=reject from=same",
           record(uk="reject", more="t=Y; "))
    c.user("user-record-uk-unknown", spoof, "fail body-hash" + FROM,
           record(uk="rejected"))
    for name, texts, want in (
            ("none", [], "no-key"),
            ("no-uk", [record(uk="")], "not-user-key"),
            ("no-p", ["v=DKIM1; uk=reject"], "not-user-key"),
            ("version", [record(uk="reject").replace("DKIM1", "dkim1")],
             "key-version"),
            ("two-others", [record(uk=""), "v=spf1 -all"], "key-version"),
            ("two-broken", ["hello", "good-bye"], "key-syntax"),
            ("broken", ["hello"], "key-syntax")):
        c.user(f"user-reason-{name}", user(), f"permerror {want}" + FROM,
               records=[(key, "TXT", text) for text in texts])


def words(c, user, dkim):
    for name, change, want in (
            ("a", {"a": "RSA-SHA256"}, "neutral algorithm"),
            ("c", {"c": "Relaxed/relaxed"}, "permerror canonicalization"),
            ("c-body", {"c": "relaxed/Simple"},
             "permerror canonicalization")):
        c.dkim(f"case-{name}", dkim(change=change), want + DS)
    c.dkim("case-q", dkim(add=[("q", "DNS/txt")]), "permerror query" + DS)
    c.dkim("case-v", dkim(change={"v": "1"}, add=[("V", "2")]),
           "pass ok" + DS)
    c.dkim("case-d", dkim(change={"d": "Example.ORG", "s": "SEL"}),
           "pass ok d=Example.ORG s=SEL")
    c.dkim("case-h", dkim(change={"h": "FROM:Subject:dAtE"}), "pass ok" + DS)
    c.user("case-user", user(change={
        "d": "EXAMPLE.org", "s": "Alice.UserKeys", "i": "ALICE@example.ORG"}),
        "pass ok" + FROM)
    c.user("case-user-a", user(change={"a": "RSA-sha256"}),
           "none not-aligned" + FROM)


def numbers(c, dkim, now):
    zeros = "0" * 60
    for name, change, want in (
            ("t-zeros", {"t": zeros + str(now - 60)}, "pass ok"),
            ("x-zeros", {"x": zeros + str(now + 60)}, "pass ok"),
            ("x-zeros-expired", {"x": "0" + str(now - 999), "t": "0001"},
             "fail expired"),
            ("t-blank", {"t": str(now)[:5] + " " + str(now)[5:]},
             "permerror time"),
            ("l-zeros", {"l": zeros + "41"}, "pass ok"),
            ("l-63", {"l": "9223372036854775807"}, "permerror length"),
            ("l-63-over", {"l": "9223372036854775808"}, "permerror length"),
            ("l-64", {"l": "18446744073709551615"}, "permerror length"),
            ("l-64-less", {"l": "18446744073709551614"}, "permerror length"),
            ("l-64-over", {"l": "18446744073709551616"}, "permerror length"),
            ("l-lenient", {"l": "18446744073709551615"}, "permerror length")):
        c.dkim(f"number-{name}", dkim(change=change), want + DS,
               flags="dkim partial-body" if name == "l-lenient" else "dkim")


def places(c, user, dkim, record, alias, key):
    """Above the author's good signature, five and more that their tags alone
    refuse: they take none of the places."""
    refused = (
        ("ed25519", {"a": "ed25519-sha256"}, "neutral algorithm"),
        ("sha1", {"a": "rsa-sha1"}, "permerror sha1"),
        ("version", {"v": "0.5"}, "permerror version"),
        ("unknown", {"a": "x"}, "neutral algorithm"),
        ("h", {"h": "to"}, "permerror h-from"),
        ("base64", {"b": "%"}, "permerror base64"),
        ("expired", {"x": "2", "t": "1"}, "fail expired"))
    for name, change, want in refused:
        many = dkim()
        for _ in range(7):
            many = dkim(many, change=change)
        c.dkim(f"places-{name}", many, [want + DS] * 4 + ["pass ok" + DS])
        many = user()
        for _ in range(7):
            many = user(many, change=change)
        c.user(f"places-user-{name}", many, "pass ok" + FROM)
    many = user()
    for i in range(19):
        many = (user if i % 2 else dkim)(many, change=refused[i % 7][1])
    c.user("places-last", many, "pass ok" + FROM)
    c.user("places-behind", user(many, change={"a": "x"}),
           "fail expired" + FROM)
    c.dkim("places-list", b"DKIM-Signature: v=1; ;;\r\n" * 19 + dkim(),
           ["permerror tag-list"] * 4 + ["pass ok" + DS])
    many = dkim(change={"a": "x"})
    for i in range(5):
        many = dkim(many, change={"s": f"s{i}"}, key="1024")
    c.dkim("places-judged", dkim(many, change={"a": "y"}), [
        f"pass ok d=example.org s=s{4 - i}" for i in range(5)], records=[
            (f"s{i}._domainkey.example.org", "TXT", record("1024", uk=""))
            for i in range(5)])
    c.user("places-length", user(user(), change={"l": "0"}), "pass ok" + FROM)
    both = user(change={"l": "0"})
    for _ in range(5):
        both = user(both, change={"l": "0"})
    c.write("places-length-both", user(both), [
        "userkeys pass ok" + FROM, "dkim pass ok d=example.org "
        "s=alice.userkeys"] + ["dkim policy partial-body d=example.org "
                               "s=alice.userkeys"] * 4, [
            (key, "TXT", record()), (alias, "CNAME", key)])


def edges(c, user, dkim, record, more):
    """C: class Cases of make.py; the others: its functions and texts."""
    global REJECT
    REJECT = record(uk="reject")
    header_octets(c, user, dkim, more["header"], more["body"])
    key_records(c, user, dkim, record, more["key"])
    words(c, user, dkim)
    numbers(c, dkim, more["now"])
    places(c, user, dkim, record, more["alias"], more["key"])
