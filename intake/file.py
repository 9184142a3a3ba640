"""Files: what a dry run must find out that a source would have told it."""

from datetime import datetime

from domain.account import Channel
from domain.site import MailSettings
from intake.mail import read_headers
from intake.received import header_time
from intake.resource import Resource, read_resource, time_field

_OF_SMS = frozenset({"sid", "MessageSid", "SmsMessageSid", "num_media", "NumMedia", "Body", "body"})
_OF_FACEBOOK = frozenset({"created_time", "message"})


def channel_of_file(original: bytes) -> Channel | None:
    """Return which provider's form the original has; None when it is JSON that does not say."""
    resource = _resource(original)
    if resource is None:
        return Channel.email
    if _OF_SMS & resource.keys():
        return Channel.sms
    return Channel.facebook if _OF_FACEBOOK & resource.keys() else None


def arrived_at_of_file(
    original: bytes, *, channel: Channel, mail: MailSettings, otherwise: datetime
) -> tuple[datetime, str]:
    """Return when the message in a file arrived, and why that time.

    For mail the topmost Received line of a border server that took it from elsewhere, else the topmost Received line,
    else Date; for the rest the provider's creation time.

    Args:
        original: as in the file.
        channel: which provider's form it has.
        mail: names the border servers.
        otherwise: what to answer when the original does not say; aware UTC.
    """
    if channel is Channel.email:
        return header_time(read_headers(original), mail) or (otherwise, "no time stands in the mail")
    resource = _resource(original) or {}
    for name in ("date_created", "created_time"):
        at = time_field(resource, name)
        if at is not None:
            return at, name
    return otherwise, "no time stands in the original"


def _resource(original: bytes) -> Resource | None:
    """Return the JSON object, or None for what is none."""
    if not original.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        return read_resource(original)
    except (ValueError, RecursionError):
        return None
