"""An identity provider that speaks OpenID Connect: authorization code with PKCE.

Sources: OpenID Connect Core 1.0 section 3.1, Discovery 1.0, RFC 7636 (PKCE).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from requests import RequestException, Response

from domain.errors import Unreachable
from domain.protocols import Clock
from domain.signing_in import Attempt, Identity, IdentitySettings, NotIdentified, entra_code

#: Where a provider describes itself, below its issuer.
DISCOVERY = "/.well-known/openid-configuration"

#: What a provider says of itself is asked for again after this; its keys also when one is unknown.
KNOWN_FOR = timedelta(hours=1)

#: A provider that did not answer is not asked again for this long: else everybody would wait for it in turn.
AWAY_FOR = timedelta(seconds=5)

#: Signatures that are believed: none by a shared secret, and never none at all.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]

#: How far the provider's clock may be from ours.
LEEWAY_SECONDS = 120

#: No answer is longer.
LONGEST_ANSWER_BYTES = 512 * 1024

#: Machines on which no provider can be overheard.
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and its keys."""

    metadata: Mapping[str, Any]
    keys: KeySet
    at: datetime


class OidcProvider:
    """One provider; safe to use from many threads, which share what it says of itself."""

    def __init__(self, settings: IdentitySettings, secret: Callable[[str], str], clock: Clock) -> None:
        """Remember the way; nothing is asked yet.

        Args:
            settings: the provider, and who we are to it.
            secret: gives the secret of a name; raises BadInput when it is missing.
            clock: by which tokens end.
        """
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._known: _Known | None = None
        self._away: tuple[datetime, Unreachable] | None = None
        self._asking = Lock()

    def address(self, attempt: Attempt, back_to: str) -> str:
        """Return where the browser goes; see `IdentityProvider.address`."""
        endpoint = _endpoint(self._ask().metadata, "authorization_endpoint")
        with self._session(back_to) as session:
            address, _ = session.create_authorization_url(
                endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(address)

    def identify(self, code: str, attempt: Attempt, back_to: str) -> Identity:
        """Return who came back; see `IdentityProvider.identify`."""
        endpoint = _endpoint(self._ask().metadata, "token_endpoint")
        with self._session(back_to) as session:
            try:
                token = session.fetch_token(
                    endpoint, grant_type="authorization_code", code=code, code_verifier=attempt.verifier,
                    timeout=self._settings.timeout_seconds, allow_redirects=False,
                )  # fmt: skip
            except AuthlibBaseError as error:
                raise NotIdentified(f"the provider refused the code: {_named(error)}") from None
            except RequestException as error:
                raise _away(endpoint, error) from None
            except ValueError:
                raise NotIdentified("the provider's answer to the code is not JSON") from None
        return _identity(self._claims(token, attempt), self._settings)

    def sign_out_address(self, back_to: str) -> str:
        """Return where one signs out at the provider too; see `IdentityProvider.sign_out_address`."""
        try:
            endpoint = str(self._ask().metadata.get("end_session_endpoint") or "")
        except Unreachable:
            return ""
        query = urlencode({"client_id": self._settings.client_id, "post_logout_redirect_uri": back_to})
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}" if _is_safe(endpoint) else ""

    def _session(self, back_to: str) -> OAuth2Session:
        settings = self._settings
        return OAuth2Session(
            settings.client_id,
            self._secret(settings.secret) if settings.secret else None,
            token_endpoint_auth_method="client_secret_post" if settings.secret else "none",
            scope=settings.scope,
            redirect_uri=back_to,
            code_challenge_method="S256",
        )

    def _claims(self, token: Mapping[str, Any], attempt: Attempt) -> Mapping[str, Any]:
        given = token.get("id_token")
        if not isinstance(given, str):
            raise NotIdentified("the provider gave no id_token: let scope hold openid")
        try:
            decoded = self._decoded(given)
            claims = CodeIDToken(decoded.claims, decoded.header, self._expected(), self._bound(token, attempt))
            claims.validate(now=int(self._clock.now().timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise NotIdentified(f"the id_token is not to be believed: {_said(error)}") from None
        return dict(claims)

    def _decoded(self, given: str) -> jwt.Token:
        """Return the token with its signature verified; keys that changed meanwhile are asked for once."""
        known = self._ask()
        try:
            return jwt.decode(given, known.keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(given, self._ask(instead_of=known).keys, algorithms=ALGORITHMS)

    def _expected(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "nonce": {"essential": True},
        }

    def _bound(self, token: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
        return {
            "nonce": attempt.nonce,
            "client_id": self._settings.client_id,
            "access_token": token.get("access_token"),
        }

    def _ask(self, instead_of: _Known | None = None) -> _Known:
        """Return what the provider says of itself, asked for again when it is old or no good."""
        with self._asking:
            known, now = self._known, self._clock.now()
            if known is None or known is instead_of or now - known.at >= KNOWN_FOR:
                known = self._known = self._ask_unless_away(now)
            return known

    def _ask_unless_away(self, now: datetime) -> _Known:
        if self._away is not None and now - self._away[0] < AWAY_FOR:
            raise Unreachable("sign_in", str(self._away[1]))
        try:
            return self._ask_now(now)
        except Unreachable as error:
            # From when it gave up: whoever waited meanwhile is told at once.
            self._away = (self._clock.now(), error)
            raise

    def _ask_now(self, now: datetime) -> _Known:
        metadata = self._get(self._settings.issuer.rstrip("/") + DISCOVERY)
        if metadata.get("issuer") != self._settings.issuer:
            raise Unreachable(
                "sign_in", f"{self._settings.issuer} says that it is {metadata.get('issuer')}: mend issuer"
            )
        keys = self._get(_endpoint(metadata, "jwks_uri"))
        return _Known(metadata, _key_set(keys, self._settings.issuer), now)

    def _get(self, address: str) -> dict[str, Any]:
        try:
            with (
                OAuth2Session() as session,
                session.request(
                    "GET", address, withhold_token=True, timeout=self._settings.timeout_seconds,
                    allow_redirects=False, stream=True,
                ) as response,
            ):  # fmt: skip
                return _json(response)
        except (RequestException, ValueError) as error:
            raise _away(address, error) from None


def _json(response: Response) -> dict[str, Any]:
    if response.status_code != 200:
        raise ValueError(f"it answered {response.status_code}")
    content = response.raw.read(LONGEST_ANSWER_BYTES + 1, decode_content=True)
    parsed = json.loads(content) if len(content) <= LONGEST_ANSWER_BYTES else None
    if not isinstance(parsed, dict):
        raise ValueError("it gave no JSON object of a fair size")
    return parsed


def _key_set(given: Mapping[str, Any], issuer: str) -> KeySet:
    """Return the keys that can be read; a kind that is not known is passed over. Source: RFC 7517 section 5."""
    listed = given.get("keys")
    keys = [key for each in listed for key in _key(each)] if isinstance(listed, list) else []
    if not keys:
        raise Unreachable("sign_in", f"The keys of {issuer} cannot be read")
    return KeySet(keys)


def _key(given: Any) -> list[Key]:
    try:
        return KeySet.import_key_set({"keys": [given]}).keys
    except (JoseError, ValueError, TypeError, KeyError):
        return []


def _endpoint(metadata: Mapping[str, Any], name: str) -> str:
    address = str(metadata.get(name) or "")
    if not _is_safe(address):
        raise Unreachable("sign_in", f"The identity provider names no {name} over https: check issuer")
    return address


def _is_safe(address: str) -> bool:
    where = urlsplit(address)
    return where.scheme == "https" or (where.scheme == "http" and where.hostname in _LOOPBACK)


def _identity(claims: Mapping[str, Any], settings: IdentitySettings) -> Identity:
    # Never another claim in its place: at Entra ID people may choose their `email`, and a manager is known by this one.
    login = str(claims.get(settings.login_claim) or "").strip()
    if not login:
        raise NotIdentified(f"the id_token has no {settings.login_claim}: check login_claim and scope")
    groups = claims.get(settings.groups_claim)
    if groups is None and _stand_elsewhere(claims, settings.groups_claim):
        raise NotIdentified(
            f"the id_token leaves {settings.groups_claim} out, because there are too many of them: "
            "use app roles, or let the provider name only the groups assigned to the application"
        )
    listed = groups if isinstance(groups, list) else [groups] if isinstance(groups, str) else []
    return Identity(
        subject=f"{claims['iss']}|{claims['sub']}",
        login=login.lower(),
        name=str(claims.get(settings.name_claim) or login),
        groups=frozenset(str(each) for each in listed),
    )


def _stand_elsewhere(claims: Mapping[str, Any], name: str) -> bool:
    """Ask whether a claim must be fetched from elsewhere. Source: OpenID Connect Core 1.0 section 5.6.2.

    Entra ID does so with `groups` when somebody is in more than 200 (*groups overage claim*).
    """
    elsewhere = claims.get("_claim_names")
    return (isinstance(elsewhere, dict) and name in elsewhere) or claims.get(f"has{name}") in {True, "true"}


def _named(error: AuthlibBaseError) -> str:
    """Return what the provider calls the fault, with its number at Entra ID; nothing else of what it says."""
    code = entra_code(str(error.description or ""))
    return f"{error.error} ({code})" if code else str(error.error)


def _said(error: Exception) -> str:
    """Return what is wrong with a token, without anything of the token."""
    return " ".join(filter(None, (type(error).__name__, str(getattr(error, "claim", "") or ""))))


def _away(address: str, error: Exception) -> Unreachable:
    why = str(error) if type(error) is ValueError else type(error).__name__
    return Unreachable("sign_in", f"The identity provider at {urlsplit(address).hostname} does not answer ({why})")
