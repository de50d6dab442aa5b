"""A letter from the outer world, by XCLIENT: outside.py PORT FROM TO FILE;
prints the last reply.  SPDX-License-Identifier: MIT
"""
import smtplib
import sys

port, sender, to, path = sys.argv[1:]
with open(path, "rb") as f:
    octets = f.read().replace(b"\n", b"\r\n")
with smtplib.SMTP("127.0.0.1", int(port), timeout=60) as s:
    s.ehlo("evil.example")
    s.docmd("XCLIENT", "ADDR=198.51.100.66 NAME=evil.example PORT=3333")
    s.ehlo("evil.example")
    reply = s.mail(sender)
    if reply[0] == 250:
        reply = s.rcpt(to)
    if reply[0] == 250:
        reply = s.data(octets)
    print(reply[0], reply[1].decode())
