"""Our results through the milter: always both fields, each read strictly.

Twenty signatures at the limits of what a header may hold; senders, authors
and tags that try to end a value, a result or the field.
SPDX-License-Identifier: MIT
"""
import sys
import tempfile

sys.path.insert(0, "tests/support")
from milter_bed import MESSAGE, check, finish  # noqa
from milter_client import Client, Closed, apply  # noqa
from milter_stand import Stand  # noqa
from results_reader import Wrong, of_message  # noqa

NAME = "mx.example.net"


def results(name, bed, message, sender):
    """The results of MESSAGE, or None where it was not accepted."""
    c = Client(bed.where)
    try:
        c.connect("mx.example.net")
        c.send(b"M", sender + b"\0")
        c.read()
        out, reply = apply(message, c.message(message))
    except (Closed, AssertionError, UnicodeError) as e:
        check(f"{name}: an answer", False, repr(e))
        return None
    finally:
        c.s.close()
    if reply[0] != b"c":
        return None
    try:
        return of_message(out, NAME)
    except (Wrong, UnicodeError) as e:
        check(f"{name}: read strictly", False, f"{e!r} {out[:300]!r}")
        return None


def junk(count, size):
    """COUNT signatures of nobody with tags of SIZE octets."""
    tag = b"a" * size
    return b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=" + tag + b"; s=" + tag +
        b'; i="' + tag + b'"@x;\r\n h=from; bh=AA==; b=%d/"' % i + tag +
        b"\r\n" for i in range(count))


def limits(bed):
    """Whatever the signatures hold, the mark is there for the delivery."""
    for count, size in ((1, 10), (5, 250), (18, 700), (20, 60), (20, 253),
                        (20, 780), (400, 20)):
        got = results(f"{count} of {size}", bed, junk(count, size) + MESSAGE,
                      b"<alice@example.org>")
        if got is None:
            check(f"{count} of {size}: accepted", False)
            continue
        dkim, user = got
        check(f"{count} of {size}: the mark", user.get("policy.action") ==
              "quarantine", user)
        check(f"{count} of {size}: the judged five", len(dkim) ==
              min(count, 5), len(dkim))


HOSTILE = (b'"; dkim=pass header.d=bank.example; x="', b'"a\\\xc2\x85"',
           b'"a\xc2\x85"', b"a\x80", b'"a\\"', b'"\\\\"', b'"\\"', b"a;b",
           b"a/b", b"a=b", b'"a b"', b"a..b", b"x" * 250, b"x" * 900,
           b'"' + b"\\;" * 300 + b'"', b"\xe2\x80\xa8", b"\x0c", b"a\tb",
           b"(a)", b"jos\xc3\xa9", b'"\n dkim=pass"')


def hostile(bed):
    """In MAIL FROM, in From, in every tag: no result but what was judged."""
    for text in HOSTILE:
        address = text + b"@evil.test"
        field = b"DKIM-Signature: v=1; a=rsa-sha256; d=" + text + b"; s=" + \
            text + b"; i=" + address + b"; h=from; bh=AA==; b=" + text + \
            b"\r\n"
        message = field + MESSAGE.replace(b"alice@example.org", address)
        message = message.replace(b"\r\n dkim", b"\n dkim").replace(
            b"\n dkim", b"\r\n dkim")
        for sender in b"<" + address + b">", b"<>", b"<alice@evil.test>":
            got = results(repr(text), bed, message,
                          sender.replace(b"\n", b" "))
            if got is None:
                continue
            dkim, user = got
            check(f"{text!r}: no pass", "pass" not in [
                r["verdict"] for r in (*dkim, user)], got)
            check(f"{text!r}: ends as it should",
                  list(user)[-1].startswith("policy."), user)


def main():
    with tempfile.TemporaryDirectory() as work:
        bed = Stand(work)
        bed.settings = bed.settings.replace("advice = reject",
                                            "advice = quarantine")
        bed.start()
        try:
            limits(bed)
            hostile(bed)
            out, _ = bed.submit()
            dkim, user = results("signed", bed, out, b"<alice@example.org>")
            check("a pass names its mailbox", dkim[0]["verdict"] == "pass" and
                  user["smtp.mailfrom"] == "alice@example.org", user)
        finally:
            bed.end()
    finish()


main()
