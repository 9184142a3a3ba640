"""A real SMTP server in its own process, that tells what it received and misbehaves on demand."""

import base64
import json
import os
import shutil
import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.services.certificate import make_certificate
from tests.services.programs import Server, folder_of, free_port


@dataclass(frozen=True)
class Received:
    """One message as it came over the wire."""

    #: Empty: the null path.
    sender: str
    recipients: tuple[str, ...]
    mail_options: tuple[str, ...]
    rcpt_options: tuple[str, ...]
    signed_in: bool
    tls: bool
    hello: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Return it parsed."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class SmtpServer:
    """A running aiosmtpd with a plain, a STARTTLS and a TLS port."""

    folder: Path
    certificate: Path
    port: int
    starttls_port: int
    tls_port: int
    server: Server

    host = "127.0.0.1"
    user = "svarsvakt"
    password = "hemligt å ä ö"

    @classmethod
    def start(cls) -> "SmtpServer":
        """Start one on three free ports."""
        folder = folder_of("smtp")
        certificate, _ = make_certificate(folder)
        ports = (free_port(), free_port(), free_port())
        program = Path(__file__).with_name("smtp_process.py")
        server = Server([sys.executable, str(program), str(folder), *map(str, ports)], ports, folder / "log")
        made = cls(folder, certificate, ports[0], ports[1], ports[2], server)
        made.behave()
        made.let_in("")
        server.start()
        return made

    def received(self) -> tuple[Received, ...]:
        """Return every message it took since the last `clear`, in order."""
        try:
            lines = (self.folder / "received.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ()
        return tuple(_received(json.loads(line)) for line in lines)

    def refuse(self, at: str, answer: str) -> None:
        """Answer this, such as `451 4.7.1 Kom tillbaka`, at MAIL, RCPT, DATA or END (after the content)."""
        self._behave({"at": at, "answer": answer})

    def drop(self, at: str, *, keep: bool = False) -> None:
        """Cut the line at CONNECT, MAIL, RCPT, DATA or END; `keep`: after having taken the message."""
        self._behave({"at": at, "do": "drop", "keep": keep})

    def hang(self, at: str, *, keep: bool = False) -> None:
        """Never answer at MAIL, RCPT, DATA or END; `keep`: after having taken the message."""
        self._behave({"at": at, "do": "hang", "keep": keep})

    def silenced(self) -> tuple[str, ...]:
        """Return to whom the messages were that it never answered, or cut the line after, since the last `clear`."""
        try:
            return tuple((self.folder / "silenced.txt").read_text(encoding="utf-8").split())
        except FileNotFoundError:
            return ()

    def behave(self) -> None:
        """Take everything again."""
        self._behave({})

    def clear(self) -> None:
        """Forget what was received, and behave."""
        self.behave()
        self.offer()
        for name in ("received.jsonl", "silenced.txt"):
            (self.folder / name).unlink(missing_ok=True)

    def let_in(self, token: str) -> None:
        """Let in whoever shows this token by XOAUTH2, and nobody who shows another; empty: nobody."""
        (self.folder / "token.txt").write_text(token, encoding="utf-8")

    def offer(self, *extensions: str) -> None:
        """Offer these extensions, such as SMTPUTF8, beside those that it always does, on every line from now on."""
        (self.folder / "offers.json").write_text(json.dumps(extensions), encoding="utf-8")

    def stop(self) -> None:
        """Stop it and take its folder away."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _behave(self, behaviour: dict[str, Any]) -> None:
        # Replaced in one go: the server reads it at every command.
        written = self.folder / "behaviour.new"
        written.write_text(json.dumps(behaviour), encoding="utf-8")
        os.replace(written, self.folder / "behaviour.json")


def _received(line: dict[str, Any]) -> Received:
    lists = {key: tuple(line[key]) for key in ("recipients", "mail_options", "rcpt_options")}
    return Received(**{**line, **lists, "content": base64.b64decode(line["content"])})
