"""A small milter client: the MTA's side of the protocol, for tests.

SPDX-License-Identifier: MIT
"""
import socket
import struct

NR_CONNECT, NR_DATA = 0x1000, 0x10000
NR_HEADER, NR_EOH, NR_BODY, LEADSPC = 0x80, 0x40000, 0x80000, 0x100000
ALL = 0x1FFFFF


class Closed(Exception):
    """The milter closed the connection."""


class Client:
    def __init__(self, where, protocol=ALL, actions=0x1FF, timeout=10):
        if where.startswith("unix:"):
            self.s = socket.socket(socket.AF_UNIX)
            self.s.settimeout(timeout)
            self.s.connect(where[5:])
        else:
            port, host = where[5:].split("@")
            self.s = socket.create_connection((host, int(port)), timeout)
        self.send(b"O", struct.pack(">III", 6, actions, protocol))
        kind, data = self.read()
        assert kind == b"O", kind
        self.version, self.actions, self.protocol = struct.unpack(">III",
                                                                  data[:12])

    def packet(self, kind, data=b""):
        return struct.pack(">I", len(data) + 1) + kind + data

    def send(self, kind, data=b""):
        self.s.sendall(self.packet(kind, data))

    def exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.s.recv(size - len(data))
            if not piece:
                raise Closed
            data += piece
        return data

    def read(self):
        size, = struct.unpack(">I", self.exactly(4))
        data = self.exactly(size)
        return data[:1], data[1:]

    def ask(self, kind, data=b""):
        self.send(kind, data)
        return self.read()

    def macros(self, stage, **pairs):
        data = stage
        for name, value in pairs.items():
            if len(name) > 1:
                name = "{" + name + "}"
            data += name.encode() + b"\0" + value.encode() + b"\0"
        self.send(b"D", data)

    def connect(self, daemon="mx.example.net", host="client.example",
                address="192.0.2.7", port=2525):
        if daemon:
            self.macros(b"C", daemon_name=daemon, j="mx.example.net")
        data = host.encode() + b"\x004" + struct.pack(">H", port) + \
            address.encode() + b"\0"
        if self.protocol & NR_CONNECT:
            self.send(b"C", data)
            return b"c", b""
        return self.ask(b"C", data)

    def mail(self, sender, login=None, mail_addr=None):
        """MAIL_ADDR: the MTA's own reading; None: it tells none."""
        pairs = {}
        if login:
            pairs.update(auth_type="PLAIN", auth_authen=login)
        if mail_addr is not None:
            pairs["mail_addr"] = mail_addr
        if pairs:
            self.macros(b"M", **pairs)
        return self.ask(b"M", sender.encode(errors="surrogateescape") + b"\0")

    def fields(self, header):
        """HEADER: octets with CRLF, folded lines included."""
        lines = header.split(b"\r\n")[:-1]
        fields = []
        for line in lines:
            if line[:1] in (b" ", b"\t"):
                fields[-1] += b"\n" + line
            else:
                fields.append(line)
        for field in fields:
            name, value = field.split(b":", 1)
            if not self.protocol & LEADSPC and value[:1] == b" ":
                value = value[1:]
            self.send(b"L", name + b"\0" + value + b"\0")
            if not self.protocol & NR_HEADER:
                assert self.read()[0] == b"c"

    def message(self, octets, chunk=65535):
        """A whole message with CRLF; the packets of the answer."""
        header, body = octets.split(b"\r\n\r\n", 1)
        self.fields(header + b"\r\n")
        self.send(b"N")
        if not self.protocol & NR_EOH:
            assert self.read()[0] == b"c"
        for at in range(0, len(body), chunk):
            self.send(b"B", body[at:at + chunk])
            if not self.protocol & NR_BODY:
                assert self.read()[0] == b"c"
        return self.end()

    def end(self, queue="4XyZ12345"):
        self.macros(b"E", i=queue)
        self.send(b"E")
        answer = []
        while True:
            kind, data = self.read()
            if kind == b"p":
                continue
            answer.append((kind, data))
            if kind in b"ctary":
                return answer

    def close(self):
        self.send(b"Q")
        self.s.close()


def apply(octets, answer, leadspc=True):
    """The message after the changes in ANSWER, and the final reply."""
    header, body = octets.split(b"\r\n\r\n", 1)
    fields = []
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            fields[-1] += b"\r\n" + line
        else:
            fields.append(line)
    top = []
    for kind, data in answer[:-1]:
        index, = struct.unpack(">I", data[:4])
        name, value = data[4:].split(b"\0")[:2]
        if kind == b"m":
            assert value == b""
            places = [i for i, f in enumerate(fields) if
                      f.split(b":")[0].strip().lower() == name.lower()]
            del fields[places[index - 1]]
        else:
            assert kind == b"i", kind
            value = value.replace(b"\n", b"\r\n")
            top.insert(0, name + b":" + (b"" if leadspc else b" ") + value)
    return b"\r\n".join(top + fields) + b"\r\n\r\n" + body, answer[-1]
