"""Tokens in place of passwords: got from a token server, kept in the process, renewed before they end."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from connectors.client_assertion import certificate_end, client_assertion
from connectors.token_request import Answer, ask
from domain.account import OAuth, OAuthKind
from domain.errors import BadInput, Unreachable
from domain.instant import STOCKHOLM
from domain.protocols import Clock

#: How a JWT is shown in place of a secret. Source: RFC 7523 section 2.2.
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

#: How many times the token server's patience a sign-in waits for one that another thread has begun.
PATIENCE = 2


#: How a token server is asked.
Ask = Callable[[OAuth, Mapping[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Token:
    """A token and when it ends; what it shows of itself does not hold it."""

    value: str = field(repr=False)
    renew_at: datetime
    ends_at: datetime


class Bearer:
    """One way to tokens, in place of a password; safe to use from many threads, which share token and renewal."""

    def __init__(
        self,
        oauth: OAuth,
        secret: Callable[[str], str],
        keep: Callable[[str, str], None],
        clock: Clock,
        ask: Ask = ask,
    ) -> None:
        """Remember the way; nothing is asked yet.

        Args:
            oauth: the way.
            secret: gives the secret of a name; raises BadInput when it is missing.
            keep: writes a secret anew; raises BadInput when it cannot.
            clock: by which tokens end.
            ask: shows the token server what it wants to see.
        """
        self._oauth = oauth
        self._secret = secret
        self._keep = keep
        self._clock = clock
        self._ask = ask
        self._token: Token | None = None
        self._renewing = Lock()
        #: How many renewals have ended, and how the last of them failed.
        self._renewals = 0
        self._fault: Unreachable | None = None
        #: A renewed refresh token that could not be written to its place yet.
        self._unkept = ""

    def attempts(self) -> Iterator[str]:
        """Yield a token to sign in with; asked again, the server refused it, and a new one is yielded, if it was old.

        Raises:
            Unreachable: at step token: there is none, and the sentence says what to do.
        """
        before, renewals = self._token, self._renewals
        token = self._valid()
        yield token.value
        # The server may know of an end before its time; to refuse a token just made is its last word.
        if token is before:
            yield self._renewed(token, renewals).value

    def prove(self) -> str:
        """Get a token, and say how long it lasts.

        Raises:
            Unreachable: at step token.
        """
        ends = self._valid().ends_at.astimezone(STOCKHOLM)
        return f"The token server lets us in until {ends:%H:%M}, and will be asked again before"

    def ends(self) -> tuple[tuple[str, datetime], ...]:
        """Return when the certificate that we show ends, as `Health.ends` has it; of a secret nobody can tell."""
        if self._oauth.kind is not OAuthKind.client_certificate:
            return ()
        try:
            end = certificate_end(self._oauth.certificate, self._read(self._oauth.certificate))
        except Unreachable:
            # `prove` says what is wrong with it.
            return ()
        return ((f'The certificate in the secret "{self._oauth.certificate}"', end),)

    def _valid(self) -> Token:
        """Return the token, renewed where it is time; until it has ended it is used when it cannot be renewed."""
        renewals, token, now = self._renewals, self._token, self._clock.now()
        if token is not None and now < token.renew_at:
            return token
        try:
            return self._renewed(token, renewals)
        except Unreachable:
            if token is None or self._clock.now() >= token.ends_at:
                raise
            return token

    def _renewed(self, instead_of: Token | None, since: int) -> Token:
        """Return a new token; who comes while it is being got waits, and gets the same token or the same fault.

        Args:
            instead_of: the token that is not good any more.
            since: how many renewals had ended when that was seen.
        """
        if not self._renewing.acquire(timeout=PATIENCE * self._oauth.timeout_seconds):
            raise Unreachable("token", "The token server is slow, and others wait for it too: if it lasts, ask for why")
        try:
            if self._token is not None and self._token is not instead_of:
                return self._token
            if self._renewals == since or self._fault is None:
                self._renew()
            if self._fault is not None or self._token is None:
                raise Unreachable("token", str(self._fault))
            return self._token
        finally:
            self._renewing.release()

    def _renew(self) -> None:
        try:
            self._token, self._fault = self._new_token(), None
        except Unreachable as fault:
            self._fault = fault
        finally:
            self._renewals += 1

    def _new_token(self) -> Token:
        if self._unkept:
            self._store(self._unkept)
        asked_at = self._clock.now()
        shown = self._shown(asked_at)
        try:
            answer = self._ask(self._oauth, shown)
        except Unreachable:
            if not self._oauth.refresh_token:
                raise
            # Another process may have used the refresh token up, and written the one that replaces it.
            again = self._shown(self._clock.now())
            if again["refresh_token"] == shown["refresh_token"]:
                raise
            answer, shown = self._ask(self._oauth, again), again
        if answer.refresh_token and answer.refresh_token != shown.get("refresh_token", answer.refresh_token):
            self._store(answer.refresh_token)
        return _token(answer, asked_at, self._oauth.renew_before)

    def _shown(self, now: datetime) -> dict[str, str]:
        """Return what the token server is shown."""
        way = self._oauth
        shown = {"client_id": way.client_id}
        if way.scope:
            shown["scope"] = way.scope
        if way.client_secret:
            shown["client_secret"] = self._read(way.client_secret)
        match way.kind:
            case OAuthKind.client_secret:
                return {**shown, "grant_type": "client_credentials"}
            case OAuthKind.client_certificate:
                signed = client_assertion(way, self._read(way.certificate), now)
                proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
                return {**shown, **proof, "grant_type": "client_credentials"}
            case OAuthKind.refresh_token:
                known = self._unkept or self._read(way.refresh_token)
                return {**shown, "grant_type": "refresh_token", "refresh_token": known}

    def _read(self, name: str) -> str:
        try:
            return self._secret(name)
        except BadInput as error:
            raise Unreachable("token", str(error)) from None

    def _store(self, refresh_token: str) -> None:
        """Keep the refresh token for the next start.

        Raises:
            Unreachable: it cannot be kept; it is remembered, and kept as soon as that is possible.
        """
        self._unkept = refresh_token
        try:
            self._keep(self._oauth.refresh_token, refresh_token)
        except BadInput as error:
            raise Unreachable("token", f"A renewed refresh token cannot be kept: {error}") from None
        self._unkept = ""


#: What one signs in with: a password, or a way to tokens.
Credential = str | Bearer


class Tokens:
    """Every way to tokens of this process: the same settings share one token."""

    def __init__(self, secret: Callable[[str], str], keep: Callable[[str, str], None], clock: Clock) -> None:
        """Take what `Bearer` takes."""
        self._secret = secret
        self._keep = keep
        self._clock = clock
        self._known: dict[OAuth, Bearer] = {}
        self._lock = Lock()

    def bearer(self, oauth: OAuth) -> Bearer:
        """Return the way to tokens of these settings."""
        with self._lock:
            return self._known.setdefault(oauth, Bearer(oauth, self._secret, self._keep, self._clock))


def _token(answer: Answer, asked_at: datetime, renew_before: timedelta) -> Token:
    """Return the token; one that ends soon is renewed at half its time."""
    return Token(
        answer.access_token,
        renew_at=asked_at + max(answer.lifetime - renew_before, answer.lifetime / 2),
        ends_at=asked_at + answer.lifetime,
    )
