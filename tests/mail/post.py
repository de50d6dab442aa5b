"""Sends one letter by SMTP and prints the reply that matters: the first
refusal, or what came for the end of the data.

    post.py [-l LOGIN] [-u] [-r] PORT MAIL-FROM RCPT-TO LETTER

LETTER is a file; its line ends become CRLF, all else goes as it is.  LOGIN's
password is pw-LOGIN; -u asks for SMTPUTF8; with -r MAIL-FROM goes as it is, and
has its brackets.

SPDX-License-Identifier: MIT
"""
import getopt
import os
import smtplib
import sys


def mail(s, sender, options, raw):
    if not raw:
        return s.mail(sender, options)
    return s.docmd("MAIL", " ".join([f"FROM:{sender}", *options]))


def post(port, sender, recipient, letter, login=None, utf8=False, raw=False):
    """The reply, as (code, text)."""
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as s:
        code, text = s.ehlo("client.test")
        if code != 250:
            return code, text
        if login:
            name, _, _ = login.partition("@")
            try:
                s.login(login, f"pw-{name}")
            except smtplib.SMTPResponseException as e:
                return e.smtp_code, e.smtp_error
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        for step in (lambda: mail(s, sender, options, raw),
                     lambda: s.rcpt(recipient)):
            s.command_encoding = "utf-8"
            code, text = step()
            if code >= 400:
                return code, text
        return s.data(letter.replace(b"\n", b"\r\n"))


def main():
    options, words = getopt.getopt(sys.argv[1:], "l:ur")
    options = dict(options)
    with open(words[3], "rb") as f:
        letter = f.read()
    # Octets that are no UTF-8 come through argv as they are.
    sender, recipient = (os.fsencode(w).decode("utf-8") for w in words[1:3])
    try:
        code, text = post(int(words[0]), sender, recipient, letter,
                          options.get("-l"), "-u" in options,
                          "-r" in options)
    except smtplib.SMTPResponseException as e:
        code, text = e.smtp_code, e.smtp_error
    except (smtplib.SMTPException, OSError) as e:
        code, text = 0, str(e).encode()
    print(code, text.decode(errors="replace").replace("\n", " "))


if __name__ == "__main__":
    main()
