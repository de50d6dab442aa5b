"""An independent signer for the vectors: RFC 6376 3.4, 3.7 and RFC 8017 8.2.

SPDX-License-Identifier: MIT

Short and slow on purpose, and written from the RFCs without a look at core.
Nothing here refuses anything, so that it can make what must be refused.
"""
import base64
import hashlib
import re

INFO = {"sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
        "sha1": bytes.fromhex("3021300906052b0e03021a05000414")}


class Key:
    """A private key from the PEM text of PKCS#1."""

    def __init__(self, pem):
        der = base64.b64decode("".join(pem.split("\n")[1:-2]))
        numbers = []
        at = 4
        while at < len(der):
            size, at = der[at + 1], at + 2
            if size >= 128:
                size, at = int.from_bytes(
                    der[at:at + size - 128], "big"), at + size - 128
            numbers.append(int.from_bytes(der[at:at + size], "big"))
            at += size
        self.n, self.e, self.d = numbers[1:4]
        self.len = (self.n.bit_length() + 7) // 8

    def sign(self, digest, algorithm="sha256"):
        tail = INFO[algorithm] + digest
        block = b"\0\1" + b"\xff" * (self.len - 3 - len(tail)) + b"\0" + tail
        return pow(int.from_bytes(block, "big"), self.d,
                   self.n).to_bytes(self.len, "big")

    def bare(self):
        """RSAPublicKey."""
        return der(0x30, integer(self.n) + integer(self.e))

    def spki(self):
        oid = bytes.fromhex("300d06092a864886f70d0101010500")
        return der(0x30, oid + der(0x03, b"\0" + self.bare()))


def der(tag, content):
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(octets)]) + octets + content


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def relaxed_field(field):
    name, value = field.split(b":", 1)
    value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.rstrip(b" \t").lower() + b":" + value.strip(b" \t") + b"\r\n"


def canon_field(field, canon):
    return relaxed_field(field) if canon == "relaxed" else field


def canon_body(body, canon):
    if canon == "relaxed":
        body = re.sub(rb"[ \t]+", b" ", body)
        body = re.sub(rb" (?=\r\n)| \Z", b"", body)
    body = re.sub(rb"(\r\n)+\Z", b"", body)
    if body or canon == "simple":
        body += b"\r\n"
    return body


def fields_of(header):
    return re.findall(rb"[^\r\n].*?\r\n(?=[^ \t]|\Z)", header, re.S)


def choose(fields, names):
    """The fields that h= names, each name from the bottom up (RFC 5.4.2)."""
    left = list(fields)
    for name in names:
        for at in range(len(left) - 1, -1, -1):
            found = left[at].split(b":", 1)[0].rstrip(b" \t").lower()
            if found == name.strip().lower().encode():
                yield left.pop(at)
                break


def sign(message, key, tags, canon="relaxed/relaxed", fold=True,
         digest="sha256"):
    """MESSAGE with a DKIM-Signature field of TAGS (a list of pairs) on top;
    bh= and b= are filled in where their value is None."""
    header, body = message.split(b"\r\n\r\n", 1) if b"\r\n\r\n" in message \
        else (message[:-2], b"")
    fields = fields_of(header + b"\r\n")
    header_canon, body_canon = (canon.split("/") + ["simple"])[:2]
    tags = [list(tag) for tag in tags]
    limit = next((int(v) for n, v in tags if n == "l" and v.isdigit()), None)
    octets = canon_body(body, body_canon)[:limit]
    for tag in tags:
        if tag[0] == "bh" and tag[1] is None:
            tag[1] = base64.b64encode(
                hashlib.new(digest, octets).digest()).decode()
    names = next((v for n, v in tags if n == "h"), "").split(":")
    space = "\r\n\t" if fold else " "
    text = "DKIM-Signature: " + (";" + space).join(
        f"{n}={v}" if v is not None else "b=" for n, v in tags)
    first = text.encode("utf-8", "surrogateescape")
    hashed = hashlib.new(digest)
    for field in choose(fields, names):
        hashed.update(canon_field(field, header_canon))
    # The field itself with the value of b= and the space around it gone.
    empty = re.sub(rb"(;[ \t\r\n]*b[ \t\r\n]*=)[^;]*", rb"\1",
                   first + b"\r\n") if not first.endswith(b"b=") else \
        first + b"\r\n"
    if not empty.endswith(b"\r\n"):
        empty += b"\r\n"
    hashed.update(canon_field(empty, header_canon)[:-2])
    if any(n == "b" and v is None for n, v in tags):
        value = base64.b64encode(key.sign(hashed.digest(), digest)).decode()
        if fold:
            value = "\r\n\t ".join(value[i:i + 64]
                                   for i in range(0, len(value), 64))
        at = first.rindex(b"b=") + 2
        first = first[:at] + value.encode() + first[at:]
    return first + b"\r\n" + message
