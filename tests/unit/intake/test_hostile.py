"""Hostile bytes: nothing raises, hangs, grows without bound, or leaves what a database refuses."""

import json
import random
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import intake.parse
from domain.account import Channel
from domain.message import Message
from intake.markup import text_from_markup
from intake.report import bounced, may_report, reported_message_ids
from tests.unit.intake.arrivals import HEAD, MAIL, PROVIDER_AT, arrival, assert_can_be_stored, mail, parsed

SPECIMENS = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "mails" / "parse").glob("*.eml"))]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(st.binary(max_size=2_000), st.sampled_from(list(Channel)))
def test_any_bytes_become_a_message(octets: bytes, channel: Channel) -> None:
    message = parsed(octets, channel)

    assert_can_be_stored(message)
    assert message.channel is channel


@QUICK
@given(st.data())
def test_a_damaged_specimen_becomes_a_message(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(SPECIMENS)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged)))
        cut = data.draw(st.integers(0, 40))
        damaged[at : at + cut] = data.draw(
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [
                        b"\r",
                        b"\n",
                        b"\n\n",
                        b"\x00",
                        b"--b1",
                        b"--b1--",
                        b"=?utf-8?B?",
                        b"?=",
                        b'"',
                        b";",
                        b"(",
                        b"<",
                        b"charset=utf-16",
                        b"charset=utf-7",
                        b"base64",
                        b"message/rfc822",
                        b"multipart/digest",
                        b"*0*=",
                    ]
                ),
            )
        )

    message = parsed(bytes(damaged))
    assert_can_be_stored(message)
    assert may_report(message) or not reported_message_ids(bytes(damaged))
    bounced(b"Return-Path: <>\n" + bytes(damaged))


HEADER_NAMES = ["From", "To", "Subject", "Date", "Message-ID", "References", "Received", "Return-Path", "Content-Type"]


@QUICK
@given(st.lists(st.tuples(st.sampled_from(HEADER_NAMES), st.text(max_size=80)), max_size=12), st.text(max_size=200))
def test_any_header_values_become_a_message(headers: list[tuple[str, str]], body: str) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)

    assert_can_be_stored(parsed((lines + "\r\n" + body).encode("utf-8", errors="surrogatepass")))


@QUICK
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["from", "to", "body", "message", "date_created", "created_time", "attachments", "num_media"]),
    st.sampled_from([Channel.sms, Channel.facebook]),
)
def test_any_json_becomes_a_message(value: Any, name: str, channel: Channel) -> None:
    for resource in (value, {name: value, "id": "1"}, {"from": {"id": value, "name": value}, "to": {"data": [value]}}):
        assert_can_be_stored(parsed(json.dumps(resource).encode(), channel))


@QUICK
@given(st.text(alphabet="<>/!-ab c&;#x1\n'\"=\u0301", max_size=300))
def test_any_markup_becomes_text(markup: str) -> None:
    text_from_markup(markup)


def deep(levels: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels))
    return HEAD + opened + b"Content-Type: text/plain\n\nhej\n"


MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n"
BOMBS = {
    "20,000 levels": deep(20_000),
    "10,000 parts": mail(b"--b\nContent-Type: text/plain\n\nhej\n" * 10_000 + b"--b--", MULTIPART),
    "200,000 headers": b"".join(b"X-%d: y\n" % n for n in range(200_000)) + mail(b"hej"),
    "a header of 3 MB": b"X: " + b"y" * 3_000_000 + b"\n" + mail(b"hej"),
    "encoded words that never end": b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\n" + mail(b"hej"),
    "parameters without end": b"Content-Type: multipart/mixed; " + b'";' * 16_000 + b"\n" + mail(b"hej"),
    "comments in comments": b"From: " + b"(" * 30_000 + b"\nTo: " + b'"\\' * 15_000 + b"\n\n",
    "spaces in an address": b'From: "' + b" " * 32_000 + b"<\n\n",
    "lines like boundaries": mail(b"--b\n" + b"--bx\n" * 1_000_000, MULTIPART),
    "introductions": mail(b"Den 2026 skrev:\n" * 20_000),
    "introductions over two lines": mail((b"On " + b"a" * 290 + b" 2026\nb wrote:\n") * 3_000),
    "labels and spaces": mail((b"Fran: From:" + b" " * 290 + b"\nx\n") * 2_000),
    "base64 with padding everywhere": mail(b"A=A=" * 800_000, b"Content-Transfer-Encoding: base64\n"),
    "combining marks": mail(("a" + "\u0301\u0316" * 130_000).encode()),
    "quotes in quotes": mail(b"<blockquote>x" * 80_000, b"Content-Type: text/html\n"),
    "tags that never close": mail(b"<a " * 300_000, b"Content-Type: text/html\n"),
    "comments that never close": mail(b"<!--" * 250_000, b"Content-Type: text/html\n"),
    "blank lines in HTML": mail(b"<p>\n" + b"\n" * 1_000_000, b"Content-Type: text/html\n"),
    "paragraphs of a letter": mail("<p>å".encode() * 200_000, b"Content-Type: text/html\n"),
    "half tags": mail(b"</" * 500_000, b"Content-Type: text/html\n"),
    "unclosed quotes in tags": mail(b"<p a='<p b=\"" * 80_000, b"Content-Type: text/html\n"),
    "flowed lines": mail(b">> a \n" * 160_000, b"Content-Type: text/plain; format=flowed\n"),
    "almost introductions": mail(b"2026 10.15 skrev jag:\n" * 45_000),
    "labels without a mail": mail(b"From: a\n" * 120_000),
    "10,000 mails attached": mail(
        b"--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?q?a?=\n\nx\n" * 10_000, MULTIPART
    ),
    "Received without end": mail(b"", (b"Received: from " + b"(" * 3_000 + b" by x" * 200 + b"\n") * 50),
    "only NUL": b"\x00" * 5_000_000,
    "only returns": b"\r" * 5_000_000,
    "only colons": b":" * 3_000_000,
    "noise": random.Random(1).randbytes(2_000_000),
}


@pytest.mark.parametrize("bomb", BOMBS, ids=list(BOMBS))
def test_a_bomb_costs_little(bomb: str) -> None:
    original = BOMBS[bomb]
    began = time.process_time()

    message = parsed(original)

    assert time.process_time() - began < 1 + len(original) / 1_000_000, "at most a second for each million bytes"
    assert_can_be_stored(message)


@pytest.mark.parametrize("bomb", BOMBS, ids=list(BOMBS))
def test_a_bomb_that_says_it_is_a_report_costs_little(bomb: str) -> None:
    original = b"Return-Path: <>\r\nX-Failed-Recipients: " + b"a@b.se," * 4_000 + b"\r\n" + BOMBS[bomb]
    began = time.process_time()

    reported_message_ids(original)
    bounced(original)

    assert time.process_time() - began < 2 + 2 * len(original) / 1_000_000, "each of the two reads it once"


def test_a_bomb_takes_no_more_memory_than_a_few_copies_of_itself() -> None:
    original = BOMBS["paragraphs of a letter"]
    tracemalloc.start()

    parsed(original)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_many_renderings_of_costly_html_share_one_limit() -> None:
    part = b"--b\nContent-Type: text/html\n\n" + b"<p>x" * 15_000 + b"\n"

    message = parsed(mail(part * 200 + b"--b--", MULTIPART))

    assert "a text was cut: too many bytes" in message.defects


def test_an_attachment_of_30_mb_is_listed_without_being_decoded() -> None:
    attached = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    lines = b"QUJD" * 19 + b"\r\n"
    began = time.process_time()

    message = parsed(mail(b"--b\n\nSe bilagan.\n--b\n" + attached + lines * 400_000 + b"--b--", MULTIPART))

    assert message.text == "Se bilagan."
    assert message.attachments[0].size_bytes == 400_000 * 57
    assert time.process_time() - began < 1


def test_headers_beyond_the_limit_forbid_an_answer() -> None:
    bomb = HEAD + b"X: y\r\n" * 2_000 + b"Auto-Submitted: auto-replied\r\n\r\nhej"

    message = parsed(bomb)

    assert message.header("auto-submitted") is None
    assert message.unreadable


def test_what_nobody_thought_of_is_a_message_with_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Message:
        raise RecursionError("\udc00 deep")

    monkeypatch.setattr(intake.parse, "parse_mail", fail)

    message = parsed(mail(b"hej"))

    assert message.unreadable
    assert message.defects == ("the original could not be read: RecursionError",)
    assert message.subject == "Hej"
    assert message.sender is not None


def test_what_fails_twice_is_a_message_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Message:
        raise ValueError

    monkeypatch.setattr(intake.parse, "parse_mail", fail)
    monkeypatch.setattr(intake.parse, "parse_head", fail)

    message = intake.parse.parse(arrival(b"x"), channel=Channel.email, mail=MAIL)

    assert message.unreadable
    assert (message.arrived_at, message.size_bytes) == (PROVIDER_AT, 1)
