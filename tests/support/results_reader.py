"""A strict reader of our Authentication-Results, from RFC 8601 2.2.

results_reader.py ID <MESSAGE prints a line for each result of the fields that
bear ID, and fails unless there are just two of them, on top, dkim first.
SPDX-License-Identifier: MIT
"""
import re
import sys

TEXT = r"[\x20-\x7e\u00a0-\u2027\u202a-\U0010ffff]"
QUOTED = (r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\u2027\u202a-\U0010ffff]'
          rf'|\\{TEXT})*"')
TOKEN = r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
ATOM = r"[!#$%&'*+\-/0-9=?A-Z^_`a-z{|}~\u00a0-\u2027\u202a-\U0010ffff]+"
DOT_ATOM = rf"{ATOM}(?:\.{ATOM})*"
LABEL = r"[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?"
DOMAIN = rf"{LABEL}(?:\.{LABEL})+"
VALUE = rf"(?:(?:{DOT_ATOM}|{QUOTED})?@{DOMAIN}|{QUOTED}|{TOKEN})"
WORDS = {
    "userkeys": (r"pass|fail|permerror|temperror|none",
                 r"smtp\.mailfrom|header\.from|header\.s|policy\.(?:from|"
                 r"advice|testing|time|action)"),
    "dkim": (r"pass|fail|permerror|temperror|none|policy|neutral",
             r"header\.[disb]|policy\.(?:body|testing|time)")}


class Wrong(Exception):
    """Somebody's reader drops or misreads the field."""


def plain(value):
    """VALUE without its quoting, if it has any."""
    quoted = re.match(QUOTED, value)
    if not quoted:
        return value
    return re.sub(r"\\(.)", r"\1", quoted.group()[1:-1]) + \
        value[quoted.end():]


def one_result(text):
    """The result that TEXT begins with, and the rest."""
    head = re.match(r"; (userkeys|dkim)=([a-z]+)", text)
    if not head:
        raise Wrong(f"no result: {text}")
    method, verdict = head.groups()
    verdicts, names = WORDS[method]
    if not re.fullmatch(verdicts, verdict):
        raise Wrong(f"{method}={verdict}")
    text = text[head.end():]
    found = {"method": method, "verdict": verdict}
    reason = re.match(r' reason="([a-z0-9-]+)"', text)
    if reason:
        found["reason"] = reason.group(1)
        text = text[reason.end():]
    while text.startswith(" "):
        pair = re.match(rf" ({names})=({VALUE})(?=[ ;]|$)", text)
        if not pair or pair.group(1) in found:
            raise Wrong(f"no property, or one twice: {text}")
        found[pair.group(1)] = plain(pair.group(2))
        text = text[pair.end():]
    if verdict == "pass" and not {"smtp.mailfrom", "header.from",
                                  "header.d"} & set(found):
        raise Wrong("a pass without its identity")
    if method == "userkeys" and ("policy.from" not in found or
                                 ("header.from" in found and
                                  found["policy.from"] != "same")):
        raise Wrong("header.from of somebody else")
    return found, text


def read(value, name):
    """The results in VALUE, octets behind the colon, folds as CRLF or LF."""
    text = value.decode("utf-8").replace("\r\n", "\n")
    lines = text.rstrip("\n").split("\n")
    if any(len(line.encode()) > 998 for line in lines) or \
            any(line[:1] not in (" ", "\t") for line in lines[1:]):
        raise Wrong("a line too long, or a second field")
    text = re.sub(r"\n[ \t]", " ", text.rstrip("\n"))
    if not text.startswith(f" {name};"):
        raise Wrong(f"not ours: {text}")
    text, results = text[len(name) + 1:], []
    while text:
        result, text = one_result(text)
        results.append(result)
    if not 1 <= len(results) <= 5:
        raise Wrong(f"{len(results)} results")
    return results


def of_message(octets, name):
    """Those of the two fields on top of a message; no other bears NAME."""
    header = re.split(rb"\r?\n\r?\n", octets, maxsplit=1)[0]
    fields = re.split(rb"\r?\n(?![ \t])", header)
    ours = [(i, f.split(b":", 1)[1]) for i, f in enumerate(fields)
            if f.lower().startswith(b"authentication-results:") and
            f.split(b":", 1)[1].lower().startswith(b" " + name.encode())]
    if len(ours) != 2 or ours[1][0] != ours[0][0] + 1:
        raise Wrong(f"{len(ours)} fields of ours")
    dkim, user = [read(value, name) for _, value in ours]
    if {r["method"] for r in dkim} != {"dkim"} or \
            [r["method"] for r in user] != ["userkeys"]:
        raise Wrong("not dkim above userkeys")
    return dkim, user[0]


def main():
    dkim, user = of_message(sys.stdin.buffer.read(), sys.argv[1])
    for r in (*dkim, user):
        print(f"{r.pop('method')}={r.pop('verdict')}", *(
            f"{k}={v}" for k, v in r.items()))


if __name__ == "__main__":
    main()
