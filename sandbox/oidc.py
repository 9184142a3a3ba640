"""OidcServer: a local stand-in of an OpenID provider: discovery, authorize, token, keys, end of session.

Made from OpenID Connect Core 1.0 (sections 2 and 3.1), Discovery 1.0 (section 4), RFC 7636 (PKCE) and RFC 7517 (keys).
It signs in whoever `person` is without asking, as a provider does where one is signed in already.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import KeyParameters, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from domain.protocols import Clock
from sandbox.http_server import HttpServer

#: How long tokens hold.
LIFETIME_SECONDS = 3600


@dataclass
class OidcPerson:
    """Who the provider says it is that comes."""

    sub: str = "0001"
    name: str = "Bo Karlsson"
    login: str = "bo.karlsson@exempelby.example"
    groups: list[str] = field(default_factory=lambda: ["kc-agenter"])


@dataclass
class _Asked:
    client_id: str
    redirect_uri: str
    nonce: str
    challenge: str


class OidcServer:
    """Start it, point the settings' issuer at its address, and let a browser or a client go there."""

    def __init__(self, clock: Clock, *, client_id: str = "svarsvakt", client_secret: str = "", port: int = 0) -> None:
        """Prepare a provider with one client; an empty secret: a public one."""
        self.person: OidcPerson | None = OidcPerson()
        #: Claims that every id_token gets, has replaced, or lacks (None): to be wrong in one thing.
        self.claims: dict[str, Any] = {}
        #: What else stands among the keys, as it is published.
        self.more_keys: list[dict[str, Any]] = []
        #: Refuse every code with this, as a provider whose client's secret has run out does; empty: take it.
        self.refuses_with: dict[str, str] = {}
        #: Answer everything with this status instead; 0: answer rightly.
        self.broken_with = 0
        self._clock = clock
        self._client_id, self._client_secret = client_id, client_secret
        self._key = RSAKey.generate_key(2048, _key_names("first"))
        self._signs_with = self._key
        self._asked: dict[str, _Asked] = {}
        self._server = HttpServer(Starlette(routes=self._routes()), port=port)

    @property
    def issuer(self) -> str:
        """Return the issuer, which is the address too."""
        return self._server.url

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()

    def change_key(self) -> None:
        """Sign with a new key from now on, as providers do now and then, and publish it alone."""
        self._key = self._signs_with = RSAKey.generate_key(2048, _key_names(secrets.token_hex(4)))

    def sign_with_a_strange_key(self) -> None:
        """Sign with a key that is not published, under the name of the one that is."""
        self._signs_with = RSAKey.generate_key(2048, _key_names(str(self._key.kid)))

    def _routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/keys", self._keys),
            Route("/end", self._end),
        ]

    def _discovery(self, _request: Request) -> Response:
        if self.broken_with:
            return Response(status_code=self.broken_with)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/end",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def _authorize(self, request: Request) -> Response:
        query = request.query_params
        wrong = (
            query.get("client_id") != self._client_id
            or query.get("response_type") != "code"
            or query.get("code_challenge_method") != "S256"
            or "openid" not in query.get("scope", "").split()
            or not all(query.get(each) for each in ("redirect_uri", "state", "nonce", "code_challenge"))
        )
        if wrong:
            return JSONResponse({"error": "invalid_request"}, status_code=400)
        if self.person is None:
            answer = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self._asked[code] = _Asked(
                query["client_id"], query["redirect_uri"], query["nonce"], query["code_challenge"]
            )
            answer = {"code": code, "state": query["state"]}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self._asked.pop(form.get("code", ""), None)
        if self.refuses_with:
            return JSONResponse(self.refuses_with, status_code=401)
        if form.get("client_secret", "") != self._client_secret:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if asked is None or not _fits(form, asked):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(16),
                "token_type": "Bearer",
                "expires_in": LIFETIME_SECONDS,
                "id_token": self._id_token(asked),
            }
        )

    def _id_token(self, asked: _Asked) -> str:
        assert self.person is not None  # nobody gets a code without being somebody
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self.issuer, "sub": self.person.sub, "aud": asked.client_id, "iat": now, "nbf": now,
            "exp": now + LIFETIME_SECONDS, "nonce": asked.nonce, "name": self.person.name,
            "preferred_username": self.person.login, "groups": self.person.groups,
        }  # fmt: skip
        header = {"alg": "RS256", "kid": self._signs_with.kid}
        told = {name: value for name, value in (claims | self.claims).items() if value is not None}
        return jwt.encode(header, told, self._signs_with)

    def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [*self.more_keys, self._key.as_dict(private=False)]})

    def _end(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], status_code=302)


def _fits(form: dict[str, str], asked: _Asked) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return challenge == asked.challenge and form.get("redirect_uri") == asked.redirect_uri


def _key_names(kid: str) -> KeyParameters:
    return {"kid": kid, "use": "sig"}
