"""A token server over TLS, made from published answers, that counts, checks what it is shown, and misbehaves on demand.

Sources: RFC 6749 sections 5.1 and 5.2, RFC 7662 (introspection), RFC 7523, and the answers that Microsoft's identity
platform and Google print in their documentation.
"""

import json
import shutil
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.services.certificate import make_certificate
from tests.services.programs import folder_of

#: As Microsoft answers a client secret that has ended.
EXPIRED_SECRET = {
    "error": "invalid_client",
    "error_description": "AADSTS7000222: The provided client secret keys for app '11112222-bbbb-3333-cccc-4444dddd5555'"
    " are expired. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333 Timestamp: 2026-11-24 07:30:00Z",
    "error_codes": [7000222],
    "timestamp": "2026-11-24 07:30:00Z",
    "trace_id": "0000aaaa-11bb-cccc-dd22-eeeeee333333",
    "correlation_id": "aaaa0000-bb11-2222-33cc-444444dddddd",
}
#: As Google answers a refresh token that was revoked.
REVOKED = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


@dataclass
class TokenServer:
    """A running token server; it gives tokens `t1`, `t2` …, each good for whoever it is named for."""

    folder: Path
    certificate: Path
    server: ThreadingHTTPServer
    #: Everything it was asked for a token, oldest first.
    asked: list[dict[str, str]] = field(default_factory=list)
    #: Who each token that is still good is for.
    good: dict[str, str] = field(default_factory=dict)
    lifetime_seconds: int = 3600
    #: The mailbox that tokens are for.
    user: str = ""
    #: Added to each answer, such as a renewed refresh token.
    added: dict[str, Any] = field(default_factory=dict)
    #: Instead of a token: a status and the JSON of the answer.
    no: tuple[int, dict[str, Any]] | None = None
    #: Answers wait for it.
    may_answer: threading.Event = field(default_factory=threading.Event)
    #: Set while a question waits.
    waiting: threading.Event = field(default_factory=threading.Event)

    host = "127.0.0.1"

    @classmethod
    def start(cls) -> "TokenServer":
        """Start one on a free port, in threads of this process."""
        folder = folder_of("tokens")
        certificate, key = make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = _Server((cls.host, 0), _Conversation)
        server.context = context
        made = cls(folder, certificate, server)
        server.tokens = made
        made.may_answer.set()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return made

    @property
    def port(self) -> int:
        """Return its port."""
        return int(self.server.server_address[1])

    @property
    def token_url(self) -> str:
        """Return where tokens are asked for."""
        return f"https://{self.host}:{self.port}/oauth2/v2.0/token"

    @property
    def introspection_url(self) -> str:
        """Return where a mail server asks whether a token is good."""
        return f"https://{self.host}:{self.port}/introspect"

    def behave(self) -> None:
        """Forget everything, and give tokens again."""
        self.asked.clear()
        self.good.clear()
        self.added.clear()
        self.no, self.user, self.lifetime_seconds = None, "", 3600
        self.may_answer.set()
        self.waiting.clear()

    def revoke(self) -> None:
        """End every token that it gave."""
        self.good.clear()

    def give(self, shown: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a question for a token."""
        self.asked.append(shown)
        self.waiting.set()
        self.may_answer.wait(30)
        if self.no is not None:
            return self.no
        token = f"t{len(self.asked)}"
        self.good[token] = self.user
        return 200, {
            "token_type": "Bearer", "expires_in": self.lifetime_seconds, "access_token": token, **self.added,
        }  # fmt: skip

    def introspect(self, shown: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Say whether a token is good, and for whom."""
        user = self.good.get(shown.get("token", ""))
        return 200, {"active": False} if user is None else {"active": True, "email": user}

    def stop(self) -> None:
        """Stop it and take its folder away."""
        self.may_answer.set()
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Server(ThreadingHTTPServer):
    """Speaks TLS in each connection's own thread, so that a client that does not holds nobody up."""

    daemon_threads = True
    context: ssl.SSLContext
    tokens: TokenServer

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Protect the line and answer; a client that does not trust us goes away."""
        try:
            with self.context.wrap_socket(request, server_side=True) as protected:
                super().finish_request(protected, client_address)
        except OSError:
            return


class _Conversation(BaseHTTPRequestHandler):
    """One question and its answer."""

    server: _Server

    def do_POST(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        shown = {name: values[0] for name, values in parse_qs(body).items()}
        tokens = self.server.tokens
        status, said = tokens.introspect(shown) if self.path.startswith("/introspect") else tokens.give(shown)
        content = json.dumps(said).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"https://{self.server.tokens.host}:{self.server.tokens.port}/elsewhere")
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
