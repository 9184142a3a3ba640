"""An SMTP server in a process of its own: keeps what it receives as JSON lines, misbehaves as `behaviour.json` says.

Started by `tests/services/smtp.py` as: python smtp_process.py FOLDER PLAIN_PORT STARTTLS_PORT TLS_PORT.
The folder holds certificate.pem and key.pem. `behaviour.json` is read again at every command:

    {"at": "RCPT", "answer": "451 4.7.1 Kom tillbaka"}   answer this instead of taking it
    {"at": "END", "do": "drop", "keep": true}            cut the line (or "hang") after having kept the message

where `at` is CONNECT, MAIL, RCPT, DATA (before the content) or END (after it).
"""

import asyncio
import base64
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

USER = b"svarsvakt"
PASSWORD = "hemligt å ä ö".encode()


class Keeper:
    """Keeps messages in `received.jsonl`, and knows what to do wrong."""

    def __init__(self, folder: Path) -> None:
        """Keep in this folder."""
        self.folder = folder
        self.received = folder / "received.jsonl"
        self.behaviour = folder / "behaviour.json"

    async def misbehave(self, server: SMTP, at: str) -> str | None:
        """Do what the behaviour asks for at this command; return the answer to give, or None to go on."""
        wanted = self.wanted(at)
        if wanted.get("do") == "drop":
            server.transport.abort()
            # The rest of the conversation must never happen, and the server cancels this when the line is gone.
            await asyncio.sleep(3600)
        if wanted.get("do") == "hang":
            await asyncio.sleep(3600)
        return wanted.get("answer")

    def wanted(self, at: str) -> dict[str, Any]:
        """Return the behaviour asked for at this command; empty: behave."""
        wanted: dict[str, Any] = json.loads(self.behaviour.read_text(encoding="utf-8"))
        return wanted if wanted.get("at") == at else {}

    def offers(self, extension: str) -> bool:
        """Return whether `offers.json` asks for an extension that this server can do without."""
        try:
            return extension in json.loads((self.folder / "offers.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False

    async def handle_EHLO(  # noqa: N802 - the hook's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer delivery status notifications too."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Let in who shows the token that `token.txt` holds; else say why in a challenge, as Exchange and Gmail do."""
        words = args[1] if len(args) > 1 else (await server.challenge_auth("", encode_to_b64=False)).decode()
        shown = base64.b64decode(words).decode() if len(args) > 1 else words
        token = (self.folder / "token.txt").read_text(encoding="utf-8")
        if token and shown == f"user={USER.decode()}\1auth=Bearer {token}\1\1":
            return AuthResult(success=True, handled=False)
        await server.challenge_auth('{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}')
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        answer = await self.misbehave(server, "MAIL")
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        answer = await self.misbehave(server, "RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        wanted = self.wanted("END")
        if not wanted or wanted.get("keep"):
            self.keep(server, session, envelope)
        if wanted.get("do"):
            with (self.folder / "silenced.txt").open("a", encoding="utf-8") as file:
                file.writelines(f"{recipient}\n" for recipient in envelope.rcpt_tos)
        return await self.misbehave(server, "END") or "250 2.0.0 Mottaget"

    def keep(self, server: SMTP, session: Session, envelope: Envelope) -> None:
        """Write one line: envelope, options, sign-in, protection and the content in base64."""
        line = {
            "sender": (envelope.mail_from or "").replace("<>", ""),
            "mail_options": envelope.mail_options,
            "recipients": envelope.rcpt_tos,
            "rcpt_options": envelope.rcpt_options,
            "signed_in": bool(session.authenticated),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "hello": session.host_name or "",
            "content": base64.b64encode(envelope.original_content or b"").decode(),
        }
        with self.received.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Server(SMTP):
    """aiosmtpd's server that knows NOTIFY and can refuse DATA itself."""

    event_handler: Keeper
    # Tokens are long.
    line_length_limit = 16 * 1024

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take sign-ins as long as RFC 4954 section 4 says."""
        super().__init__(*args, **options)
        self.command_size_limits["AUTH"] = 12288

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Cut the line at once when asked to."""
        if self.event_handler.wanted("CONNECT"):
            transport.abort()  # type: ignore[attr-defined]
            return
        super().connection_made(transport)

    @syntax("RCPT TO: <address>")
    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        """Take NOTIFY, which aiosmtpd refuses, out of the command and remember it."""
        words = arg.split()
        notify = [word for word in words if word.upper().startswith("NOTIFY=")]
        self.envelope.rcpt_options.extend(notify)
        await super().smtp_RCPT(" ".join(word for word in words if word not in notify))

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Refuse before the content when asked to."""
        answer = await self.event_handler.misbehave(self, "DATA")
        if answer is not None:
            await self.push(answer)
            return
        await super().smtp_DATA(arg)


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
) -> AuthResult:
    """Let one user in."""
    return AuthResult(success=login.login == USER and login.password == PASSWORD, handled=False)


async def serve(folder: Path, plain_port: int, starttls_port: int, tls_port: int) -> None:
    """Listen on the three ports until the process is ended."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    keeper = Keeper(folder)

    def server(tls: ssl.SSLContext | None = None) -> Server:
        return Server(
            keeper,
            enable_SMTPUTF8=keeper.offers("SMTPUTF8"),
            authenticator=authenticate,
            auth_require_tls=False,
            tls_context=tls,
            require_starttls=bool(tls),
        )

    loop = asyncio.get_running_loop()
    await loop.create_server(server, "127.0.0.1", plain_port)
    await loop.create_server(lambda: server(context), "127.0.0.1", starttls_port)
    await loop.create_server(server, "127.0.0.1", tls_port, ssl=context)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), *map(int, sys.argv[2:5])))
