"""What Twilio posts to us: messages that came in, and how far those that went have come.

Source: Twilio's webhook security: an HMAC over the address and the form's fields, or, where the address carries
`bodySHA256`, over the address alone, and SHA-256 over the body. The HMAC is SHA-1 with the account's auth token, or,
where the header X-Twilio-Webhooks-Signature-Settings says so, SHA-256 with a shared key of the account. None carries a
time: a request that is sent again is known by its SID.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from connectors.twilio_resource import STATES, arrival_of, delivery_of
from domain.errors import BadInput, NotSigned
from domain.posted import Heard, Posted, Understood

#: Nothing is to be sent back: the answer goes the ordinary way.
SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

#: What a message of ten files has is below this.
MOST_FIELDS = 200


class TwilioHook:
    """The webhook of one number, signed with the account's auth token or a shared key of it."""

    def __init__(self, *secrets: str) -> None:
        """Keep what may sign, the auth token and shared keys; it is never logged."""
        self._validators = tuple(RequestValidator(secret) for secret in dict.fromkeys(secrets))

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
        signature = posted.headers.get(SIGNATURE_HEADER.lower(), "")
        algorithm = get_signature_algorithm(posted.headers.get(SIGNATURE_SETTINGS_HEADER.lower(), ""))
        known = signature and algorithm in (HMAC_SHA1, HMAC_SHA256)
        if not known or not any(each.validate(posted.url, signed, signature, algorithm) for each in self._validators):
            raise NotSigned("the signature is not Twilio's: check the public address, and the auth token or shared key")


def _fields_of_json(text: str) -> dict[str, str]:
    fields: Any = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    return {str(name): str(value) for name, value in fields.items() if isinstance(value, str | int)}
