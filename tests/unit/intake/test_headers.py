"""Headers and addresses: decoded as their writers meant them."""

import doctest

import pytest

from domain.message import Mailbox
from intake import addresses, headers
from intake.addresses import mailboxes, message_id, message_ids, return_path
from intake.charsets import charset_in_markup, decode
from intake.headers import decode_words
from intake.mail import read_headers


@pytest.mark.parametrize("module", [headers, addresses])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?Q?H=C3=A5l?= =?utf-8?Q?_i_v=C3=A4g?=", "Hål i väg"),
        ("=?utf-8?B?SMM=?= =?utf-8?B?pWw=?=", "Hål"),
        ("=?utf-8?B?SMOlbA?=", "Hål"),
        ("=?iso-8859-1?Q?H=E5l i vägen?=", "Hål i vÃ¤gen"),
        ("=?x-okand?Q?H=E5l?=", "Hål"),
        ("Fråga: =?utf-8?Q?h=C3=A5l?=!", "Fråga: hål!"),
        ("=?utf-8?Q?aldrig slut", "=?utf-8?Q?aldrig slut"),
        ("=?utf-8?Z?x?=", "=?utf-8?Z?x?="),
        ("=?zlib?Q?x=9C?=", "xœ"),
    ],
)
def test_encoded_words_are_decoded_as_they_were_meant(value: str, expected: str) -> None:
    assert decode_words(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Anna Exempel <Anna@Example.SE>", [Mailbox("anna@example.se", "Anna Exempel")]),
        ('"Exempel, Anna" <anna@example.se>', [Mailbox("anna@example.se", "Exempel, Anna")]),
        ("=?utf-8?Q?Exempel,_=C3=85sa?= <asa@example.se>", [Mailbox("asa@example.se", "Exempel, Åsa")]),
        ("anna@example.se (Anna)", [Mailbox("anna@example.se", "Anna")]),
        ("<anna@example.se>, bo@example.se", [Mailbox("anna@example.se"), Mailbox("bo@example.se")]),
        ("Grupp: a@example.se, b@example.se;", [Mailbox("a@example.se"), Mailbox("b@example.se")]),
        ("undisclosed-recipients:;", []),
        ("Anna Exempel", []),
        ("", []),
        ("(" * 2_000 + " anna@example.se", [Mailbox("anna@example.se")]),
    ],
)
def test_mailboxes_are_found(value: str, expected: list[Mailbox]) -> None:
    assert list(mailboxes(value)) == expected


def test_a_private_character_in_a_name_stands_for_nothing() -> None:
    assert mailboxes('"\ue0000\ue001 =?utf-8?Q?x?=", a (b) <a@example.se>')[-1].address == "a@example.se"


def test_message_ids_keep_their_order_and_lose_their_faults() -> None:
    assert message_ids("<a@x> (text) <b@\r\n x><a@x> <>") == ("<a@x>", "<b@x>")
    assert message_id("abc@x") == "<abc@x>"
    assert message_id(" <> ") is None


def test_a_return_path_is_an_address_or_the_null_path() -> None:
    assert return_path("<Anna@Example.se>") == "anna@example.se"
    assert return_path(" <> ") == ""
    assert return_path("MAILER-DAEMON") == "mailer-daemon"


def test_headers_are_read_in_order_on_one_line() -> None:
    original = b"Subject: a\r\n b\r\nX-A: 1\r\nx-a : 2\r\n\r\nSubject: not this\r\n"

    assert read_headers(original) == (("subject", "a b"), ("x-a", "1"), ("x-a", "2"))


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("å€".encode(), "", "å€"),
        ("å€".encode("cp1252"), "", "å€"),
        ("å€".encode("cp1252"), "iso-8859-1", "å€"),
        ("å".encode(), "iso-8859-1", "å"),
        ("å".encode("cp1252"), "utf-8", "å"),
        ("å".encode("cp1252"), "X-Hittepa", "å"),
        ("č".encode("iso-8859-2"), "ISO_8859-2", "č"),
        ("я".encode("koi8-u"), "koi8-u", "я"),
        ("å".encode("utf-16"), "utf-16", "å"),
        (b"+AOU-", "utf-7", "å"),
        (("åäö" * 10).encode() + b"\xff", "utf-8", "åäö" * 10 + "\ufffd"),
        ("镕".encode("gb18030"), "gb2312", "镕"),
        ("ş".encode("cp1254"), "iso-8859-9", "ş"),
        ("①".encode("cp932"), "Shift_JIS", "①"),
        (b"Hej", "utf-16", "Hej"),
        (b"Hej \xe5", "utf-32le", "Hej å"),
        (b"\xe5", "punycode", "å"),
        (b"\xe5", "a\x00b", "å"),
    ],
)
def test_bytes_become_the_letters_that_were_meant(octets: bytes, charset: str, text: str) -> None:
    assert decode(octets, charset)[0] == text


@pytest.mark.parametrize(
    ("markup", "charset"),
    [
        (b'<meta charset="iso-8859-2">', "iso-8859-2"),
        (b"<META http-equiv=Content-Type content='text/html; charset=windows-1250'>", "windows-1250"),
        (b'<meta charset="utf-16">', ""),
        (b"<p>charset=koi8-r", ""),
        (b" " * 3_000 + b'<meta charset="koi8-r">', ""),
    ],
)
def test_html_may_name_its_own_charset(markup: bytes, charset: str) -> None:
    assert charset_in_markup(markup) == charset
