#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the RSA fixtures of the unit tests with OpenSSL.

    python3 tests/support/rsa_fixtures.py tests/support

writes rsa_keys.h (private keys, PEM) and rsa_cases.inc (signatures, right and
forged, with the answer a verifier must give).  Keys are new at every run.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

INFO = bytes.fromhex("3031300d060960864801650304020105000420")
TEXT = b"userkeys"
DIGEST = hashlib.sha256(TEXT).digest()


def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, check=True,
                          capture_output=True).stdout


class Key:
    def __init__(self, bits, e=65537):
        self.pem8 = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt",
                            f"rsa_keygen_bits:{bits}", "-pkeyopt",
                            f"rsa_keygen_pubexp:{e}")
        self.pem1 = openssl("rsa", "-traditional", data=self.pem8)
        text = openssl("rsa", "-noout", "-text", data=self.pem8).decode()
        self.bits, self.e = bits, e
        self.n = self.number(text, "modulus")
        self.d = self.number(text, "privateExponent")
        self.len = (bits + 7) // 8
        assert self.n.bit_length() == bits

    @staticmethod
    def number(text, name):
        part = text.split(name + ":")[1]
        digits = ""
        for line in part.splitlines()[1:]:
            if not line.startswith(" "):
                break
            digits += line.strip().replace(":", "")
        return int(digits, 16)

    def sign(self, block):
        """The raw RSA signature of any block."""
        assert len(block) == self.len
        m = int.from_bytes(block, "big")
        return pow(m, self.d, self.n).to_bytes(self.len, "big")

    def openssl_sign(self):
        with tempfile.NamedTemporaryFile(delete=False) as f:
            f.write(self.pem8)
        out = openssl("dgst", "-sha256", "-sign", f.name, data=TEXT)
        os.unlink(f.name)
        return out


def block(length, tail, first=b"\0\1", fill=0xFF):
    return first + bytes([fill]) * (length - len(tail) - 3) + b"\0" + tail


def cube_root_forgery(key):
    """For e=3, without the private key: the right start, then garbage."""
    start = b"\0\1" + b"\xff" * 8 + b"\0" + INFO + DIGEST
    low = int.from_bytes(start + b"\0" * (key.len - len(start)), "big")
    high = int.from_bytes(start + b"\xff" * (key.len - len(start)), "big")
    root = 1 << (low.bit_length() // 3 + 1)
    while root ** 3 > high:
        root = (2 * root + high // root ** 2) // 3
    assert low <= root ** 3 <= high
    return root.to_bytes(key.len, "big")


def forgeries(key):
    right = INFO + DIGEST
    n, size = key.n, key.len
    garbage = b"\0\1" + b"\xff" * 8 + b"\0" + right
    garbage += b"\xa5" * (size - len(garbage))
    no_null = bytes.fromhex("302f300b0609608648016503040201")
    sha1 = bytes.fromhex("3021300906052b0e03021a05000414")
    sha512 = bytes.fromhex("3051300d060960864801650304020305000440")
    long_form = bytes.fromhex("308131300d060960864801650304020105000420")
    sha1_alg = bytes.fromhex("302d300906052b0e03021a05000420")
    yield "garbage behind the digest", key.sign(garbage)
    yield "no NULL parameter", key.sign(block(
        size, no_null + bytes.fromhex("0420") + DIGEST))
    yield "DigestInfo of SHA-1", key.sign(block(
        size, sha1 + hashlib.sha1(TEXT).digest()))
    yield "SHA-1's name, SHA-256's digest", key.sign(block(
        size, sha1_alg + DIGEST))
    yield "DigestInfo of SHA-512", key.sign(block(
        size, sha512 + hashlib.sha512(TEXT).digest()))
    yield "no DigestInfo", key.sign(block(size, DIGEST))
    yield "length in the long form", key.sign(block(
        size, long_form + DIGEST))
    yield "block type 2", key.sign(block(size, right, b"\0\2"))
    yield "block type 0", key.sign(block(size, right, b"\0\0"))
    yield "first octet 1", key.sign(block(size, right, b"\1\1")) \
        if key.bits % 8 == 0 and n >> (key.bits - 8) > 1 else None
    yield "padding of zeros", key.sign(block(size, right, fill=0))
    yield "one padding octet wrong", key.sign(
        b"\0\1\xff\xfe" + block(size, right)[4:])
    yield "padding without its end", key.sign(
        b"\0\1" + b"\xff" * (size - len(right) - 2) + right)
    yield "digest cut short", key.sign(block(size, INFO + DIGEST[:-1]))
    yield "digest of another text", key.sign(block(
        size, INFO + hashlib.sha256(b"other").digest()))
    yield "zero", bytes(size)
    yield "one", (1).to_bytes(size, "big")
    yield "the modulus", n.to_bytes(size, "big")
    yield "the modulus less one", (n - 1).to_bytes(size, "big")
    yield "all ones", b"\xff" * size


def literal(data, indent="\t    "):
    text = data.hex()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)] or [""]
    return "\n".join(f'{indent}"{line}"' for line in lines)


def number(value):
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def case(name, key, signature, match):
    return (f'\t{{ "{key.bits} bits, e={key.e}: {name}", &public_{key.name},'
            f"\n{literal(signature)},\n\t    {match} }},\n")


def cases(keys):
    for key in keys:
        right = key.openssl_sign()
        assert right == key.sign(block(key.len, INFO + DIGEST))
        yield case("right", key, right, 1)
        yield case("a zero in front", key, b"\0" + right, 0)
        yield case("first octet missing", key, right[1:], 0)
        yield case("an octet behind", key, right + b"\0", 0)
        yield case("empty", key, b"", 0)
        plus = int.from_bytes(right, "big") + key.n
        if plus < 1 << (8 * key.len):
            yield case("plus the modulus", key,
                       plus.to_bytes(key.len, "big"), 0)
        if key.bits == 4096:
            continue
        for name, signature in forgeries(key):
            if signature is not None and (
                    key.name in ("1024", "cube") or len(name) < 17):
                yield case(name, key, signature, 0)
        if key.e == 3:
            yield case("cube root", key, cube_root_forgery(key), 0)


def pem(text):
    return "\n".join(f'    "{line}\\n"' for line in
                     text.decode().splitlines())


def main(folder):
    keys = []
    for name, bits, e in (("1024", 1024, 65537), ("1031", 1031, 65537),
                          ("2048", 2048, 65537), ("4096", 4096, 65537),
                          ("cube", 2048, 3), ("wide", 1024, 4294967295)):
        key = Key(bits, e)
        key.name = name
        keys.append(key)
    head = ("/*\n * userkeys: {}.\n * SPDX-License-Identifier: MIT\n *\n"
            " * Made by rsa_fixtures.py with OpenSSL.\n */\n")
    with open(f"{folder}/rsa_cases.inc", "w") as f:
        f.write(head.format("RSA signatures, right and forged"))
        f.write(f"static const char digest_hex[] =\n"
                f"{literal(DIGEST, '    ')};\n\n")
        for key in keys:
            f.write(f"static const struct public_key public_{key.name} = "
                    f"{{\n{literal(number(key.n))},\n"
                    f"{literal(number(key.e))}\n}};\n\n")
        f.write("static const struct rsa_case rsa_cases[] = {\n")
        f.writelines(cases(keys))
        f.write("};\n")
    with open(f"{folder}/rsa_keys.h", "w") as f:
        f.write(head.format("private keys for tests, of no use elsewhere"))
        for key in keys[:5]:
            for form in ("pem1", "pem8"):
                f.write(f"\nstatic const char {form}_{key.name}[] =\n"
                        f"{pem(getattr(key, form))};\n")


if __name__ == "__main__":
    main(sys.argv[1])
