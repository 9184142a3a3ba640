"""The oauth table of a connection: how a token is got, in place of a password."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.account import OAuth, OAuthKind
from settings.fields import HTTPS, Duration, SecretName, Table, Text

_OAUTH = OAuth(kind=OAuthKind.client_secret, token_url="", client_id="")

#: The keys that name what each kind shows; the first must be there, the others may.
PROOFS = {
    OAuthKind.client_secret: ("client_secret",),
    OAuthKind.client_certificate: ("certificate",),
    OAuthKind.refresh_token: ("refresh_token", "client_secret"),
}


class OAuthTable(Table):
    """How a token is got, in place of a password."""

    kind: OAuthKind
    token_url: Annotated[str, StringConstraints(pattern=HTTPS)]
    client_id: Text
    scope: str = _OAUTH.scope
    client_secret: SecretName | None = None
    certificate: SecretName | None = None
    refresh_token: SecretName | None = None
    renew_before: Duration = _OAUTH.renew_before
    timeout_seconds: float = Field(default=_OAUTH.timeout_seconds, gt=0)

    def to_domain(self) -> OAuth:
        """Return the way to tokens."""
        names = {key: getattr(self, key) or "" for key in ("client_secret", "certificate", "refresh_token")}
        return OAuth(**{**dict(self), **names})

    def faults(self, whole: bool) -> Iterator[tuple[str, str]]:
        """Yield the keys that do not fit the kind, each with what is wrong; where it is not whole, none is missing."""
        needed, *allowed = PROOFS[self.kind]
        if whole and getattr(self, needed) is None:
            yield needed, f'is missing: kind = "{self.kind}" needs one'
        for key in ("client_secret", "certificate", "refresh_token"):
            if getattr(self, key) is not None and key not in (needed, *allowed):
                yield key, f'is of no use to kind = "{self.kind}": take it out, or change kind'
