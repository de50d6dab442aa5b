"""Every length of selector and domain: our folds are read by another.

Exim 4.90 JH/26, go-msgauth PR 27: where a fold fell, the signer's own hash was
wrong.  Alice signs with selectors and domains of 1 to 63 octets; dkimpy, which
shares no line with us, must find each signature good.
SPDX-License-Identifier: MIT
"""
import os
import re
import subprocess
import sys
import tempfile

try:
    import dkim
except ImportError:  # the test runs with any python3, dkimpy with Debian's
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

BUILD = os.path.abspath(os.environ.get("BUILD", "build/host-mbedtls"))
MESSAGE = (b"From: Alice <alice@example.org>\r\nTo: bob@example.net\r\n"
           b"Subject: folds\r\nDate: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
           b"Message-ID: <1@example.org>\r\n\r\nHello\r\n")


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as work:
        key = f"{work}/key.pem"
        out = subprocess.run(
            [f"{BUILD}/userkeys", "keygen", "a@example.org", "--bits", "1024",
             "--out", key], check=True, capture_output=True, text=True)
        first = out.stdout.split(")")[0]
        record = "".join(re.findall(r'"([^"]*)"', first)).encode()
        for n in range(1, 64):
            for selector, domain in (
                    ("s" * n, "example.org"), ("sel", "d" * n + ".org"),
                    ("s" * n, ("d" * n + ".") * 3 + "org"),
                    ("t" * 63 + "." + "s" * n, "e.org")):
                signed = subprocess.run(
                    [f"{BUILD}/userkeys", "sign", "--dkim", "--domain",
                     domain, "--selector", selector, "--key", key],
                    input=MESSAGE, check=True, capture_output=True).stdout
                good = dkim.verify(signed, dnsfunc=lambda name, timeout=5:
                                   record)
                lines = signed.split(b"\r\n\r\n")[0].split(b"\r\n")
                alone = [x for x in lines if x.strip() in (b";", b"")]
                if good and not alone:
                    passed += 1
                else:
                    failed += 1
                    print(f"FAIL s={selector} d={domain}: {signed[:600]}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
