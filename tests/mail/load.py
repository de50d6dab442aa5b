"""Many letters at a time, each until it is taken; prints how many were.

    load.py PORT CONNECTIONS LETTERS

A letter that was answered 4xx is sent again, for four minutes; one that was
answered 5xx, but for "out of order", is named.

SPDX-License-Identifier: MIT
"""
import smtplib
import sys
import threading
import time

PORT, CONNECTIONS, LETTERS = (int(word) for word in sys.argv[1:])
todo = list(range(LETTERS))
done, seen = [], set()
end = time.monotonic() + 240


def send(n):
    """Whether letter N was taken."""
    with smtplib.SMTP("127.0.0.1", PORT, timeout=120) as s:
        s.login("alice@example.test", "pw-alice")
        s.sendmail("alice@example.test", ["b@dest.test"],
                   f"From: alice@example.test\r\nSubject: load{n}\r\n"
                   f"Message-ID: <load{n}@example.test>\r\n\r\n"
                   f"Letter {n}\r\n" + "some text\r\n" * 100)
        done.append(n)
        if len(done) % 20 == 0:
            print("taken", len(done), flush=True)


def run():
    while todo:
        try:
            n = todo.pop()
        except IndexError:
            return
        try:
            send(n)
            continue
        except smtplib.SMTPResponseException as e:
            code = e.smtp_code
        except smtplib.SMTPSenderRefused as e:
            code = e.smtp_code
        except (smtplib.SMTPException, OSError):
            code = 0
        if code >= 500 and code != 503:
            print("refused", n, code, flush=True)
            continue
        seen.add(code)
        if time.monotonic() < end:
            todo.append(n)
            time.sleep(0.1)


threads = [threading.Thread(target=run) for _ in range(CONNECTIONS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("answers", *sorted(seen))
print("all", len(set(done)), len(done))
