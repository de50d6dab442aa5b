"""Faults and the search for secrets in a program of its own: tests/faults.

SPDX-License-Identifier: MIT
"""
import mmap
import struct

from milter_bed import BUILD

READ, WRITE, OPEN, NET, WAIT, WATCH, FILE, STAT, LOCK, MAP, RANDOM, FORK, \
    MEMORY = [1 << i for i in range(13)]
PERSIST = 0x10000
SIZE = 8 * 4 + 192 * 8


class Faults:
    """struct faults_control of faults.h, in a file."""

    def __init__(self, path):
        with open(path, "wb") as f:
            f.write(b"\0" * SIZE)
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), SIZE)
        self.env = {"LD_PRELOAD": f"{BUILD}/tests/faults/faults.so",
                    "FAULTS_CONTROL": path}

    def get(self, i):
        return struct.unpack_from("=I", self.map, 4 * i)[0]

    def put(self, i, value):
        struct.pack_into("=i", self.map, 4 * i, value)

    def arm(self, classes, err, n):
        self.put(1, 0)
        self.put(0, classes)
        self.put(2, err)
        self.put(3, 0)
        self.put(4, 0)
        self.put(1, n)

    def disarm(self):
        self.put(1, 0)
        return self.get(4)

    def leaks(self):
        return self.get(5)

    def blocks(self):
        return self.get(6)

    def secret(self, octets):
        for at in range(0, len(octets) - 7, 8):
            piece = octets[at:at + 8]
            for word in (piece, piece[::-1]):
                i = self.get(7)
                struct.pack_into("=Q", self.map, 32 + 8 * i,
                                 struct.unpack("=Q", word)[0] ^ (2**64 - 1))
                self.put(7, i + 1)


def numbers(der):
    """The INTEGERs of an RSAPrivateKey."""
    found, at = [], 4 if der[1] == 0x82 else 3
    while at < len(der):
        size, at = der[at + 1], at + 2
        if size & 0x80:
            octets = size & 0x7F
            size = int.from_bytes(der[at:at + octets], "big")
            at += octets
        found.append(der[at:at + size].lstrip(b"\0"))
        at += size
    return found
