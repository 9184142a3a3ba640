"""Parse: from an original to a Message, whatever the bytes are. Nothing of ours parses anywhere else."""

from dataclasses import replace

from domain.account import Channel
from domain.message import Arrival, Message
from domain.site import MailSettings
from intake.facebook import parse_facebook
from intake.mail import parse_head, parse_mail
from intake.sms import parse_sms


def parse(arrival: Arrival, *, channel: Channel, mail: MailSettings) -> Message:
    """Return the message that the original holds. Never raises.

    What cannot be read is a message all the same (P1): `unreadable`, with its defects in words, and with its headers
    as far as they could be read. Time and memory are bounded by the limits of each module.

    Args:
        arrival: as a Source delivered it.
        channel: which provider's form the original has.
        mail: names the border servers whose time stamps are believed.
    """
    try:
        return _parsed(arrival, channel, mail)
    except Exception as fault:  # hostile bytes find what nobody thought of; the next message must go on
        return _unreadable(arrival, channel, mail, type(fault).__name__)


def _parsed(arrival: Arrival, channel: Channel, mail: MailSettings) -> Message:
    if channel is Channel.email:
        return parse_mail(arrival, mail)
    return parse_sms(arrival) if channel is Channel.sms else parse_facebook(arrival)


def _unreadable(arrival: Arrival, channel: Channel, mail: MailSettings, fault: str) -> Message:
    head = _head(arrival, channel, mail)
    return replace(head, defects=(f"the original could not be read: {fault}", *head.defects), unreadable=True)


def _head(arrival: Arrival, channel: Channel, mail: MailSettings) -> Message:
    bare = Message(
        channel=channel,
        arrived_at=arrival.provider_at,
        role=arrival.role,
        flags=arrival.flags,
        size_bytes=len(arrival.original),
    )
    if channel is not Channel.email:
        return bare
    try:
        return parse_head(arrival, mail)
    except Exception:  # the first fault is told; this one says no more
        return bare
