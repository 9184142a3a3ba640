"""SMS: Twilio's Message resource, or the fields of its webhook, made into a Message."""

from collections.abc import Iterator

from domain.account import Channel
from domain.message import Arrival, Attachment, Mailbox, Message
from domain.phone import normal_number
from intake.characters import one_line, storable
from intake.resource import Resource, as_headers, read_resource, text_field, time_field

#: The webhook's names for the resource's fields.
_WEBHOOK = {"MessageSid": "sid", "SmsMessageSid": "sid", "From": "from", "To": "to", "Body": "body"}
#: Ten parts are the most that Twilio takes; ten times that is a bomb.
MOST_BODY_CHARS = 16_000
#: Twilio's limit for one MMS.
MOST_MEDIA = 10


def parse_sms(arrival: Arrival) -> Message:
    """Return the message; the simple fields of the resource are its headers.

    Raises:
        ValueError: the original is not a JSON object.
    """
    resource = _as_resource(read_resource(arrival.original))
    written = one_line(text_field(resource, "from"), 320)
    # A short code and a name stay as they are: nobody can answer them.
    sender = normal_number(written) or written
    sent_at = time_field(resource, "date_created")
    body = storable(text_field(resource, "body"))
    return Message(
        channel=Channel.sms,
        arrived_at=min(sent_at, arrival.provider_at) if sent_at else arrival.provider_at,
        sender=Mailbox(sender.lower(), "" if sender.startswith("+") else sender) if sender else None,
        text=body[:MOST_BODY_CHARS],
        headers=as_headers(resource),
        to=(one_line(text_field(resource, "to"), 320).lower(),) if text_field(resource, "to") else (),
        date=sent_at,
        media_types=(arrival.media_type,),
        attachments=tuple(_media(resource)),
        role=arrival.role,
        flags=arrival.flags,
        size_bytes=len(arrival.original),
        defects=tuple(_defects(sender, body)),
    )


def _as_resource(fields: Resource) -> Resource:
    return {_WEBHOOK.get(name, name): value for name, value in fields.items()}


def _media(resource: Resource) -> Iterator[Attachment]:
    count = text_field(resource, "num_media") or text_field(resource, "NumMedia")
    for number in range(min(int(count), MOST_MEDIA) if count.isdecimal() and len(count) < 10 else 0):
        media_type = one_line(text_field(resource, f"MediaContentType{number}"), 127).lower()
        yield Attachment(name="", media_type=media_type or "application/octet-stream", size_bytes=0)


def _defects(sender: str, body: str) -> Iterator[str]:
    if not sender:
        yield "the sender is missing"
    if len(body) > MOST_BODY_CHARS:
        yield f"the text was cut: more than {MOST_BODY_CHARS} characters"
