"""Channel: what an original without an account seems to be."""

from domain.account import Channel
from intake.resource import read_resource

#: Fields that only Twilio's Message resource or webhook has, and only Graph's messages and comments.
_TELLS_SMS = frozenset({"sid", "MessageSid", "SmsMessageSid", "SmsSid", "body", "Body", "account_sid"})
_TELLS_FACEBOOK = frozenset({"created_time", "message", "permalink_url", "can_reply_privately"})


def channel_of(original: bytes, name: str) -> Channel | None:
    """Return the channel that an original came by; None: a .json whose content does not tell. Never raises.

    Args:
        original: the bytes.
        name: of the file; what does not end in .json is mail.
    """
    if not name.lower().endswith(".json"):
        return Channel.email
    try:
        fields = frozenset(read_resource(original))
    except (ValueError, RecursionError):  # not JSON, not an object, or nested to bring the reader down
        return None
    sms, facebook = len(fields & _TELLS_SMS), len(fields & _TELLS_FACEBOOK)
    if sms == facebook:
        return None
    return Channel.sms if sms > facebook else Channel.facebook
