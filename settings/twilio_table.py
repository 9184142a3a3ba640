"""The twilio table of an account: how a number's messages are read and sent."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.account import TwilioConnection
from settings.fields import HTTPS, Duration, SecretName, Table

_TWILIO = TwilioConnection(account_sid="", secret="")
_HEX = "[0-9a-fA-F]{32}$"


class TwilioTable(Table):
    """How a number's messages are read and sent."""

    account_sid: Annotated[str, StringConstraints(pattern=f"^AC{_HEX}")]
    secret: SecretName
    api_key: Annotated[str, StringConstraints(pattern=f"^SK{_HEX}")] | None = None
    webhook_secret: SecretName | None = None
    base_url: Annotated[str, StringConstraints(pattern=HTTPS)] = _TWILIO.base_url
    history: Duration = _TWILIO.history
    most_media_bytes: int = Field(default=_TWILIO.most_media_bytes, ge=0)
    timeout_seconds: float = Field(default=_TWILIO.timeout_seconds, gt=0)

    def to_domain(self) -> TwilioConnection:
        """Return the connection."""
        changed = {"api_key": self.api_key or "", "webhook_secret": self.webhook_secret or ""}
        return TwilioConnection(**{**dict(self), **changed})
