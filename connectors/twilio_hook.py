"""What Twilio posts to us: messages that came in, and how far those that went have come.

Source: Twilio's webhook security: HMAC-SHA1 over the address and the form's fields, or, where the address carries
`bodySHA256`, over the address alone, and SHA-256 over the body.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from connectors.twilio_resource import STATES, arrival_of, delivery_of
from domain.errors import BadInput, NotSigned
from domain.posted import Heard, Posted, Understood

#: Nothing is to be sent back: the answer goes the ordinary way.
SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

#: What a message of ten files has is below this.
MOST_FIELDS = 200


class TwilioHook:
    """The webhook of one number, signed with the account's auth token."""

    def __init__(self, auth_token: str) -> None:
        """Keep the token; it is never logged."""
        self._validator = RequestValidator(auth_token)

    def understand(self, posted: Posted) -> Understood:
        """Return what a request brought; see `Hook.understand`."""
        fields = self._signed_fields(posted)
        if not (fields.get("MessageSid") and fields.get("From") and fields.get("To")):
            raise BadInput("the request names no message: give Twilio this address for messages only")
        if "MessageStatus" in fields:
            if fields["MessageStatus"] not in STATES:
                return Understood(body=SILENCE, media_type="text/xml")
            heard = Heard(address=fields["From"], observations=(delivery_of(fields).observed(),))
        else:
            heard = Heard(address=fields["To"], arrivals=(arrival_of(fields, posted.at),))
        return Understood(heard=(heard,), body=SILENCE, media_type="text/xml")

    def _signed_fields(self, posted: Posted) -> Mapping[str, str]:
        if posted.method != "POST":
            raise NotSigned("Twilio posts")
        try:
            text = posted.body.decode()
            if posted.query.get("bodySHA256"):
                self._check(posted, text)
                return _fields_of_json(text)
            fields = dict(parse_qsl(text, True, True, max_num_fields=MOST_FIELDS))
        except (ValueError, RecursionError):
            raise NotSigned("the body is neither a form nor JSON") from None
        self._check(posted, fields)
        return fields

    def _check(self, posted: Posted, signed: str | dict[str, str]) -> None:
        """Raise NotSigned unless Twilio signed this body, raw, or these fields of a form."""
        signature = posted.headers.get("x-twilio-signature", "")
        if not signature or not self._validator.validate(posted.url, signed, signature):
            raise NotSigned("the signature is not Twilio's: check the public address and the auth token")


def _fields_of_json(text: str) -> dict[str, str]:
    fields: Any = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    return {str(name): str(value) for name, value in fields.items() if isinstance(value, str | int)}
