"""The facebook table of an account: how a page is read and answered for."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.account import FacebookConnection
from settings.fields import HTTPS, Duration, SecretName, Table

_PAGE = FacebookConnection(secret="")


class FacebookTable(Table):
    """How a page is read and answered for."""

    secret: SecretName
    app_id: Annotated[str, StringConstraints(pattern=r"^\d{5,20}$")] | None = None
    app_secret: SecretName | None = None
    verify_token: SecretName | None = None
    human_agent: bool = _PAGE.human_agent
    version: Annotated[str, StringConstraints(pattern=r"^v\d{2}\.0$")] = _PAGE.version
    base_url: Annotated[str, StringConstraints(pattern=HTTPS)] = _PAGE.base_url
    history: Duration = _PAGE.history
    posts: Duration = _PAGE.posts
    most_media_bytes: int = Field(default=_PAGE.most_media_bytes, ge=0)
    timeout_seconds: float = Field(default=_PAGE.timeout_seconds, gt=0)

    def to_domain(self) -> FacebookConnection:
        """Return the connection."""
        named = {key: getattr(self, key) or "" for key in ("app_id", "app_secret", "verify_token")}
        return FacebookConnection(**{**dict(self), **named})
