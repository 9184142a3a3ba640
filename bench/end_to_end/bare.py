"""The bare loop: what a colleague would write in an afternoon, a process of its own.

imapclient, fifty mails a FETCH; the standard library's parser with its modern policy; one insert and one commit a mail;
one reply a mail over one SMTP line. It decides nothing, and forgets what it was at when it dies.

`python -m bench.end_to_end.bare IMAP_PORT USER SMTP_PORT FILE` is what the bench starts.
"""

import email
import resource
import smtplib
import sqlite3
import sys
import time
from email import policy
from email.message import EmailMessage

from imapclient import IMAPClient

from bench.end_to_end.beside import say
from tests.services.dovecot import PASSWORD

AT_ONCE = 50


def main(imap_port: int, user: str, smtp_port: int, file: str) -> None:
    """Answer every mail of the mailbox, and print what it took."""
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE mail (sender TEXT, subject TEXT, text TEXT, original BLOB)")
    before, began = time.process_time(), time.perf_counter()
    with (
        IMAPClient("127.0.0.1", imap_port, ssl=False) as client,
        smtplib.SMTP("127.0.0.1", smtp_port, local_hostname="localhost") as line,
    ):
        client.plain_login(user, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        uids = client.search(["ALL"])
        for first in range(0, len(uids), AT_ONCE):
            for found in client.fetch(uids[first : first + AT_ONCE], ["BODY.PEEK[]"]).values():
                _answer(database, line, user, found[b"BODY[]"])
    seconds = time.perf_counter() - began
    database.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(seconds, time.process_time() - before, peak_mb)


def _answer(database: sqlite3.Connection, line: smtplib.SMTP, user: str, original: bytes) -> None:
    message = email.message_from_bytes(original, policy=policy.default)
    assert isinstance(message, EmailMessage)  # what policy.default makes
    body = message.get_body(("plain",))
    text = "" if body is None else str(body.get_content())
    with database:
        row = (str(message["From"]), str(message["Subject"]), text, original)
        database.execute("INSERT INTO mail VALUES (?, ?, ?, ?)", row)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = user, str(message["From"]), f"Re: {message['Subject']}"
    reply["In-Reply-To"], reply["Auto-Submitted"] = str(message["Message-ID"]), "auto-replied"
    reply.set_content("Hej! Vi har fått ditt meddelande och svarar inom en arbetsdag.")
    line.send_message(reply)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
