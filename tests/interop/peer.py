"""dkimpy, as a command: peer.py PORT verify | sign DOMAIN SELECTOR KEY CANON.

SPDX-License-Identifier: MIT

Messages on standard input; keys from the name server on 127.0.0.1:PORT.
"verify" prints pass or fail, "sign" the signed message.  Runs with Debian's
python3, for which dkimpy and dnspython are installed.
"""
import sys

import dkim
import dns.resolver


def main():
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = int(sys.argv[1])

    def lookup(name, timeout=5):
        try:
            answer = resolver.resolve(name.decode().rstrip("."), "TXT",
                                      lifetime=timeout)
        except dns.exception.DNSException:
            return None
        return b"".join(answer[0].strings)

    message = sys.stdin.buffer.read()
    if sys.argv[2] == "verify":
        try:
            good = dkim.verify(message, dnsfunc=lookup)
        except dkim.DKIMException as error:
            print(error, file=sys.stderr)
            good = False
        print("pass" if good else "fail")
        return
    domain, selector, path, canon = sys.argv[3:]
    with open(path, "rb") as f:
        key = f.read()
    field = dkim.sign(message, selector.encode(), domain.encode(), key,
                      canonicalize=tuple(canon.encode().split(b"/")))
    sys.stdout.buffer.write(field + message)


main()
