"""An after-queue content filter: prints its port, takes letters by SMTP,
puts a field on top, and hands them back to another port.

    filter.py PORT-TO-HAND-BACK-TO

SPDX-License-Identifier: MIT
"""
import smtplib
import socketserver
import sys


class Filter(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def path(self, line):
        return line.split(b"<", 1)[1].split(b">")[0].decode()

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"X-Filtered: yes\r\n" + b"".join(lines)

    def hand_back(self, sender, to):
        self.say("354 go on")
        octets = self.take()
        try:
            with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=60) as s:
                s.sendmail(sender, to, octets)
            self.say("250 2.0.0 handed back")
        except smtplib.SMTPResponseException as e:
            self.say(f"{e.smtp_code} {e.smtp_error.decode()}")
        except smtplib.SMTPException:
            self.say("550 5.0.0 refused")

    def handle(self):
        sender, to = "", []
        self.say("220 filter")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.hand_back(sender, to)
                to = []
                continue
            if verb == b"MAIL":
                sender = self.path(line)
            if verb == b"RCPT":
                to.append(self.path(line))
            self.say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


with Server(("127.0.0.1", 0), Filter) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
