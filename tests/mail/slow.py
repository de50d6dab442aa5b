"""A way to a name server that takes its time: prints its port.

    slow.py PORT SECONDS

SPDX-License-Identifier: MIT
"""
import socket
import sys
import threading
import time

s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)


def carry(query, peer):
    time.sleep(float(sys.argv[2]))
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.settimeout(30)
        other.sendto(query, ("127.0.0.1", int(sys.argv[1])))
        s.sendto(other.recv(4096), peer)


while True:
    threading.Thread(target=carry, args=s.recvfrom(4096),
                     daemon=True).start()
