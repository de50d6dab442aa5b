"""Our resolver against a name server that lies, is late, or stammers.

SPDX-License-Identifier: MIT

The first label of the name that is asked chooses what the server does.
"""
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(os.environ.get("BUILD", "build/host-mbedtls"))
NOEDNS = [f"noedns{code}{form}" for code in ("formerr", "notimp")
          for form in ("12", "question", "all")]
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f"FAIL {name}: {what}")


def answer(query, text, ident=None, name=None, flags=0x8180):
    end = query.index(b"\0", 12) + 5
    question = name + query[end - 4:end] if name else query[12:end]
    data = b"".join(bytes([len(text[i:i + 255])]) + text[i:i + 255]
                    for i in range(0, len(text), 255))
    return (ident or query[:2]) + struct.pack(">H", flags) + \
        b"\0\1\0\1\0\0\0\0" + question + \
        b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + struct.pack(">H", len(data)) + data


def refusal(what, query):
    """FORMERR or NOTIMP: header alone, with the question, or with all."""
    flags = b"\x81\x84" if "notimp" in what else b"\x81\x81"
    if what.endswith("12"):
        return query[:2] + flags + bytes(8)
    if what.endswith("all"):
        return query[:2] + flags + query[4:]
    return query[:2] + flags + query[4:6] + bytes(6) + query[12:-11]


class Server:
    def __init__(self, text, lie):
        self.text, self.lie = text, lie
        self.queries = {}
        self.tcp = socket.socket()
        self.tcp.bind(("127.0.0.1", 0))
        self.tcp.listen()
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.other = socket.socket(type=socket.SOCK_DGRAM)
        for run in self.serve_udp, self.serve_tcp:
            threading.Thread(target=run, daemon=True).start()

    def serve_udp(self):
        while True:
            query, peer = self.udp.recvfrom(512)
            what = query[13:13 + query[12]].decode()
            self.queries.setdefault(what, []).append((query[:2], peer))
            for packet, who, wait in self.packets(what, query):
                threading.Timer(wait, who.sendto, (packet, peer)).start()

    def packets(self, what, query):
        right = answer(query, self.text)
        wrong = bytes([query[0] ^ 1]) + query[1:2]
        lie = answer(query, self.lie)
        udp = self.udp
        if what.startswith("noedns") and query[11]:  # it has an OPT
            return [(refusal(what, query), udp, 0)]
        return {
            "right": [(right, udp, 0)],
            "id": [(answer(query, self.lie, wrong), udp, 0),
                   (right, udp, .2)],
            "idonly": [(answer(query, self.lie, wrong), udp, 0)],
            "question": [(answer(query, self.lie, name=b"\5other\0"), udp, 0),
                         (right, udp, .2)],
            "spoof": [(lie, self.other, 0), (right, udp, .2)],
            "late": [(right, udp, 1.8)] if len(self.queries[what]) == 1
            else [],
            "twice": [] if len(self.queries[what]) == 1 else [(right, udp,
                                                              0)],
            "servfail": [(query[:2] + b"\x81\x82" + query[4:6] +
                          bytes(6) + query[12:], udp, 0)]
            if len(self.queries[what]) == 1 else [(right, udp, 0)],
            "garbage": [(os.urandom(40), udp, 0), (b"", udp, 0),
                        (query, udp, 0), (right, udp, .2)],
            "short": [(right[:len(right) // 2], udp, 0)],
            "huge": [(right + bytes(9000), udp, 0)],
            **dict.fromkeys(NOEDNS, [(right, udp, 0)]),
            "bare": [(query[:2] + b"\x81\x82" + bytes(8), udp, 0)],
        }.get(what, [(query[:2] + b"\x83\x80" + query[4:6] + bytes(6) +
                      query[12:], udp, 0)])  # TC: ask over TCP

    def serve_tcp(self):
        while True:
            s, _ = self.tcp.accept()
            threading.Thread(target=self.talk, args=(s,),
                             daemon=True).start()

    def talk(self, s):
        size, = struct.unpack(">H", s.recv(2))
        query = s.recv(size)
        what = query[13:13 + query[12]].decode()
        right = answer(query, self.text)
        framed = struct.pack(">H", len(right)) + right
        if what == "pieces":
            for octet in framed:
                s.sendall(bytes([octet]))
                time.sleep(.001)
        elif what in ("tcp", "noednstcp"):
            s.sendall(framed)
        elif what == "tcplie":
            lie = answer(query, self.lie, b"\0\0")
            s.sendall(struct.pack(">H", len(lie)) + lie)
        elif what == "tcpcut":
            s.sendall(framed[:len(framed) // 2])
        elif what == "tcpzero":
            s.sendall(b"\0\0")
        s.close()


def main():
    with tempfile.TemporaryDirectory() as work:
        texts = []
        for who in "right", "wrong":
            out = subprocess.run(
                [f"{BUILD}/userkeys", "keygen", "right@e.org", "--bits",
                 "1024", "--out", f"{work}/{who}.pem"], check=True,
                capture_output=True, text=True).stdout
            texts.append("".join(re.findall(r'"([^"]*)"', out)).encode())
        server = Server(*texts)

        def ask(who):
            start = time.monotonic()
            done = subprocess.run(
                [f"{BUILD}/userkeys", "check", f"{who}@e.org", "--key",
                 f"{work}/right.pem", "--dns", f"127.0.0.1:{server.port}"],
                capture_output=True, text=True, check=False)
            first = done.stdout.split("_domainkey")[0]
            return first, time.monotonic() - start

        threads, results = [], {}
        names = ("right id idonly question spoof late twice servfail garbage "
                 "short huge bare tcp pieces tcplie tcpcut tcpzero").split()
        names += NOEDNS + ["noednstcp"]
        for who in names:
            thread = threading.Thread(
                target=lambda w=who: results.update({w: ask(w)}))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        for who in ("right id question spoof late twice servfail garbage "
                    "tcp pieces noednstcp").split() + NOEDNS:
            check(who, "holds this key" in results[who][0], results[who])
        for who, text in (("idonly", "no DNS answer in time"),
                          ("bare", "failed"),
                          ("short", "cannot be read"),
                          ("tcplie", "cut short and TCP gave none"),
                          ("tcpcut", "cut short and TCP gave none"),
                          ("tcpzero", "cut short and TCP gave none")):
            check(who, text in results[who][0], results[who])
        check("an answer larger than the buffer",
              "holds this key" not in results["huge"][0], results["huge"])
        for who, (_, seconds) in results.items():
            check(f"{who} within two names' time", seconds < 31, seconds)
        idents = [q[0] for v in server.queries.values() for q in v]
        ports = [q[1][1] for v in server.queries.values() for q in v]
        check("ids differ", len(set(idents)) > len(idents) * .9, idents)
        check("ports differ", len(set(ports)) > len(ports) * .9, ports)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
