#!/usr/bin/env python3
"""Readers of Authentication-Results beside our recogniser and our fields:
python3-authres and Mail::AuthenticationResults.

None of them may take for ours a field that `verify --add-header` left beside
ours, of 3,000 spellings made of what they and others pass over; and each must
find in our own fields just the results that were judged, whatever the message
wrote into them.
SPDX-License-Identifier: MIT
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

try:
    import authres
except ImportError:  # a Debian package's, which another python3 lacks
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

sys.path.insert(0, "tests/support")
from results_reader import of_message  # noqa

NAME = "mx.example.net"
USERKEYS = os.path.abspath(os.environ.get("BUILD", "build/host-mbedtls")) + \
    "/userkeys"
PERL = r"""
use JSON::PP; use Mail::AuthenticationResults::Parser;
binmode STDIN; binmode STDOUT; local $/;
for my $value (@{decode_json(<STDIN>)}) {
	my $out = [];
	eval {
		my $p = Mail::AuthenticationResults::Parser->new($value)->parsed;
		push @$out, $p->value->value;
		for my $e (@{$p->search({isa => 'entry'})->children}) {
			push @$out, $e->key . '=' . $e->value;
		}
	};
	print encode_json($out), "\n";
}
"""
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    passed += good
    failed += not good
    if not good:
        print("FAIL", name, what)


def by_authres(values):
    for value in values:
        try:
            r = authres.AuthenticationResultsHeader.parse(
                f"Authentication-Results:{value}")
            yield [r.authserv_id or ""] + [f"{x.method}={x.result}"
                                           for x in r.results]
        except (authres.SyntaxError, ValueError, IndexError):
            yield []


def by_perl(values):
    """Octets, as Perl reads a file."""
    values = [v.encode("utf-8", "surrogateescape").decode("latin-1")
              for v in values]
    out = subprocess.run(["perl", "-e", PERL], check=True, text=True,
                         input=json.dumps(values), capture_output=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def judged(message, *options):
    with tempfile.NamedTemporaryFile() as f:
        f.write(message)
        f.flush()
        return subprocess.run(
            [USERKEYS, "verify", "--zone", "/dev/null", "--add-header",
             "--authserv-id", NAME, *options, f.name],
            capture_output=True).stdout


def fields(octets):
    header = octets.split(b"\r\n\r\n")[0]
    return [f.split(b":", 1)[1].decode("utf-8", "surrogateescape").replace(
        "\r\n", "") for f in re.split(rb"\r\n(?![ \t])", header)
        if f.lower().startswith(b"authentication-results")]


ODD = [b" ", b"\t", b"\r\n ", b"\x0b", b"\x0c", b"\x01", b"\x1c", b"\x1f",
       b"\x7f", b"\xa0", b"\xc2\xa0", b"\xc2\x85", b"\xe2\x80\x83", b"(c)",
       b"(a(b)c)", b"(\\))", b"(\\)", b"((x)", b"\\", b'"', b'""', b"<", b">",
       b";", b",", b"@", b"[", b".", b"(", b")", b"=", b"/", b"\xff"]


def spelling(dice):
    """Our id, with odd octets in front, within and behind."""
    name = bytearray(NAME.upper() if dice.random() < .2 else NAME, "ascii")
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        at = dice.choice([0, 0, len(name), dice.randrange(len(name) + 1)])
        name[at:at] = dice.choice(ODD)
    return bytes(name)


def spellings():
    dice = random.Random(6)
    left = []
    for _ in range(10):
        forged = b"".join(b"Authentication-Results: " + spelling(dice) +
                          b"; dkim=pass header.d=victim.example\r\n"
                          for _ in range(300))
        out = judged(forged + b"From: a@b.example\r\n\r\nHi\r\n")
        left += fields(out)[2:]
    for reader in by_authres, by_perl:
        for value, got in zip(left, reader(left)):
            check(reader.__name__, not got or got[0].strip().rstrip(
                ".").lower() != NAME, repr(value))
    return len(left)


HOSTILE = [b'"; dkim=pass header.d=bank.example; x="', b'"a\\"', b"a;b",
           b'"a\\\\\\"b; dkim=pass"', b'"a b"', b'"(a"', b"a/b=c", b"a..b",
           b'"a\xc2\xa0b"', b"jos\xc3\xa9", b'"\\;\\"; dkim=pass; \\"x"',
           b"x" * 240, b'"dkim=pass header.d=bank.example"']


def ours():
    for text in HOSTILE:
        address = text + b"@evil.example"
        out = judged(b"DKIM-Signature: v=1; a=rsa-sha256; d=" + text +
                     b"; s=" + text + b"; i=" + address +
                     b"; h=from; bh=AA==; b=" + text + b"\r\nFrom: " +
                     address + b"\r\n\r\nHi\r\n", "--from", address)
        dkim, user = of_message(out, NAME)
        want = [[f"dkim={r['verdict']}" for r in dkim],
                [f"userkeys={user['verdict']}"]]
        values = fields(out)[:2]
        for reader in by_authres, by_perl:
            for value, got, results in zip(values, reader(values), want):
                check(f"{reader.__name__}: {text!r}", not got or
                      (got[0] == NAME and got[1:] == results), (value, got))


def main():
    left = spellings()
    check("some are of others", left > 5, left)
    ours()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
