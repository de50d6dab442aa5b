"""A relay between two mail servers that edits: prints its port, then takes
letters, changes each as its recipient's local-part says, and hands it on.

    edit.py PORT-TO-GO-TO

footer: adds a line; subject: changes Subject; blanks: changes white space
only; reply: adds a Reply-To.  All go to b@dest.test.

SPDX-License-Identifier: MIT
"""
import smtplib
import socketserver
import sys

EDITS = {
    "footer": lambda m: m + b"-- \r\nSent by way of a list\r\n",
    "subject": lambda m: m.replace(b"\nSubject: ", b"\nSubject: [list] ", 1),
    "blanks": lambda m: m.replace(b"  there", b" \t there \t") + b"\r\n\r\n",
    "reply": lambda m: b"Reply-To: eve@example.net\r\n" + m,
}


class Relay(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def take(self):
        """The data, as it was meant."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def pass_on(self, sender, edit):
        with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=60) as s:
            s.ehlo("edit.test")
            s.mail(sender)
            s.rcpt("b@dest.test")
            code, text = s.data(edit(self.take()))
            return f"{code} {text.decode()}"

    def handle(self):
        self.say("220 edit.test ESMTP")
        sender = edit = None
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"MAIL":
                sender = line.split(b"<")[1].split(b">")[0].decode()
            elif word == b"RCPT":
                edit = EDITS[line.split(b"<")[1].split(b"@")[0].decode()]
            elif word == b"DATA":
                self.say("354 go on")
                self.say(self.pass_on(sender, edit))
                continue
            elif word == b"QUIT":
                self.say("221 bye")
                return
            self.say("250 edit.test")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


with Server(("127.0.0.1", 0), Relay) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
