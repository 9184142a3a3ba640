"""Twilio's webhooks: what is signed is understood, and nothing else."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from twilio.request_validator import HMAC_SHA256, RequestValidator

from connectors.twilio_hook import TwilioHook
from domain.delivery import DeliveryState
from domain.errors import BadInput, NotSigned
from domain.message import FileState
from domain.posted import Posted
from domain.suppression import SuppressionReason
from tests.builders import TUESDAY

TOKEN = "0123456789abcdef0123456789abcdef"
ADDRESS = "https://svarsvakt.exempelby.example/hooks/twilio/kontaktcenter-sms"
SID = "SM" + "1" * 32
INCOMING = {"MessageSid": SID, "From": "+46701740642", "To": "+46701740605", "Body": "Hej, åäö €", "NumMedia": "0"}
STATUS = {"MessageSid": SID, "From": "+46701740605", "To": "+46701740642", "MessageStatus": "delivered"}


def by_form(fields: dict[str, str], *, token: str = TOKEN) -> Posted:
    signature = str(RequestValidator(token).compute_signature(ADDRESS, fields))
    return Posted(
        method="POST", url=ADDRESS, query={}, headers={"x-twilio-signature": signature},
        body=urlencode(fields).encode(), at=TUESDAY,
    )  # fmt: skip


def by_json(fields: dict[str, str]) -> Posted:
    body = json.dumps(fields)
    validator = RequestValidator(TOKEN)
    digest = str(validator.compute_hash(body))
    url = f"{ADDRESS}?bodySHA256={digest}"
    headers = {"x-twilio-signature": str(validator.compute_signature(url, {}))}
    return Posted(
        method="POST", url=url, query={"bodySHA256": digest}, headers=headers, body=body.encode(), at=TUESDAY
    )  # fmt: skip


def by_shared_key(fields: dict[str, str], *, key: str = "shared", algorithm: str = HMAC_SHA256) -> Posted:
    signature = str(RequestValidator(key).compute_signature(ADDRESS, fields, HMAC_SHA256))
    headers = {
        "x-twilio-signature": signature,
        "x-twilio-webhooks-signature-settings": f"key=webhooks_sharedkey_1,algorithm={algorithm}",
    }
    return replace(by_form(fields), headers=headers)


def test_what_a_shared_key_signed_with_sha_256_is_understood_beside_what_the_auth_token_signed() -> None:
    hook = TwilioHook("shared", TOKEN)

    heard = [hook.understand(each).heard[0] for each in (by_shared_key(INCOMING), by_form(INCOMING), by_json(INCOMING))]

    assert [each.arrivals[0].identity for each in heard] == [SID, SID, SID]


@pytest.mark.parametrize(
    "posted",
    [
        by_shared_key(INCOMING, key="another"),
        by_shared_key(INCOMING, algorithm="HMAC_SHA1"),
        by_shared_key(INCOMING, algorithm="HMAC_MD5"),
        by_shared_key(INCOMING, algorithm=""),
        replace(by_shared_key(INCOMING), body=urlencode({**INCOMING, "Body": "ändrat"}).encode()),
    ],
    ids=["another key", "another algorithm", "unknown", "none", "changed"],
)
def test_what_no_shared_key_of_ours_signed_so_is_refused(posted: Posted) -> None:
    with pytest.raises(NotSigned):
        TwilioHook("shared", TOKEN).understand(posted)


@pytest.mark.parametrize("posted", [by_form(INCOMING), by_json(INCOMING)], ids=["sha1", "sha256"])
def test_a_signed_message_is_an_arrival(posted: Posted) -> None:
    [heard] = TwilioHook(TOKEN).understand(posted).heard

    [arrival] = heard.arrivals
    assert (heard.address, arrival.identity, arrival.provider_at) == ("+46701740605", SID, TUESDAY)
    assert json.loads(arrival.original)["Body"] == "Hej, åäö €"


@pytest.mark.parametrize("posted", [by_form(STATUS), by_json(STATUS)], ids=["sha1", "sha256"])
def test_a_signed_status_says_how_far_a_message_has_come(posted: Posted) -> None:
    [heard] = TwilioHook(TOKEN).understand(posted).heard

    [observed] = heard.observations
    assert (heard.address, observed.identity, observed.details["state"]) == (
        "+46701740605", SID, DeliveryState.delivered,
    )  # fmt: skip


def test_a_failure_says_why_and_whether_it_lasts() -> None:
    posted = by_form({**STATUS, "MessageStatus": "failed", "ErrorCode": "21610"})

    [heard] = TwilioHook(TOKEN).understand(posted).heard

    [observed] = heard.observations
    assert observed.details["why"] == "mottagaren har avsagt sig sms (STOP)"
    assert observed.details["lasting"] == SuppressionReason.opted_out


def test_a_status_that_twilio_may_add_one_day_is_passed_over() -> None:
    assert TwilioHook(TOKEN).understand(by_form({**STATUS, "MessageStatus": "teleported"})).heard == ()


def test_pictures_are_named_and_fetched_later() -> None:
    fields = {**INCOMING, "NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://x.example/1"}

    [heard] = TwilioHook(TOKEN).understand(by_form(fields)).heard

    [picture] = heard.arrivals[0].media
    assert (picture.media_type, picture.state, picture.reference) == ("image/jpeg", FileState.waiting, f"{SID}/0")


@pytest.mark.parametrize(
    "posted",
    [
        by_form(INCOMING, token="f" * 32),
        replace(by_form(INCOMING), headers={}),
        replace(by_form(INCOMING), method="GET"),
        replace(by_form(INCOMING), body=urlencode({**INCOMING, "Body": "ändrat"}).encode()),
        replace(by_form(INCOMING), url=ADDRESS.replace("kontaktcenter", "annan")),
        replace(by_json(INCOMING), body=b"{}"),
        replace(by_json(INCOMING), body=b"\xff"),
        replace(by_json(INCOMING), body=b"[1]"),
        replace(by_json(INCOMING), body=b"[" * 500_000),
        replace(by_form(INCOMING), url=f"{ADDRESS}?bodySHA256=", query={"bodySHA256": ""}),
        replace(by_form(INCOMING), headers={"x-twilio-signature": "ä"}),
    ],
    ids=[
        "token", "none", "get", "changed", "elsewhere", "other body", "no text", "no object", "deep", "empty digest",
        "strange",
    ],
)  # fmt: skip
def test_what_is_not_signed_by_twilio_is_refused(posted: Posted) -> None:
    with pytest.raises(NotSigned):
        TwilioHook(TOKEN).understand(posted)


def test_a_signed_body_that_is_nested_too_deep_is_refused() -> None:
    body = "[" * 500_000
    validator = RequestValidator(TOKEN)
    digest = str(validator.compute_hash(body))
    url = f"{ADDRESS}?bodySHA256={digest}"
    headers = {"x-twilio-signature": str(validator.compute_signature(url, {}))}
    posted = replace(by_form(INCOMING), url=url, query={"bodySHA256": digest}, headers=headers, body=body.encode())

    with pytest.raises(NotSigned):
        TwilioHook(TOKEN).understand(posted)


def test_a_signed_request_about_something_else_makes_no_sense() -> None:
    with pytest.raises(BadInput):
        TwilioHook(TOKEN).understand(by_form({"CallSid": "CA1", "From": "+46701740642", "To": "+46701740605"}))
