"""The exact bytes of an outgoing e-mail."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mime import mime, wire_address
from domain.outgoing import Rendered
from tests.builders import TUESDAY
from tests.unit.connectors.builders import rendered


def parsed(message: Rendered) -> EmailMessage:
    """Return the message as a mail program reads it."""
    return message_from_bytes(mime(message, TUESDAY), policy=policy.default)


def test_the_bytes_are_known_to_the_last_one() -> None:
    content = mime(rendered(), TUESDAY)

    assert content == (
        b'From: "Exempelby kontaktcenter" <kontaktcenter@exempelby.example>\r\n'
        b"To: anna@example.se\r\n"
        b"Subject: =?utf-8?q?Vi_har_f=C3=A5tt_ditt_meddelande=2C_=C3=A4rende_26-0000?=\r\n"
        b" =?utf-8?q?1?=\r\n"
        b"Message-ID: <svar-1@exempelby.example>\r\n"
        b"Date: Tue, 24 Nov 2026 08:12:00 +0000\r\n"
        b"In-Reply-To: <1@example.se>\r\n"
        b"Auto-Submitted: auto-replied\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Hej!\r\n"
        b"\r\n"
        b"Du f=C3=A5r svar senast tisdag 24 november kl. 16.30.\r\n"
    )


def test_a_date_of_its_own_is_kept() -> None:
    own = rendered(headers=(("Date", "Mon, 23 Nov 2026 10:00:00 +0100"),))

    assert parsed(own).get_all("Date") == ["Mon, 23 Nov 2026 10:00:00 +0100"]


def test_only_the_date_header_depends_on_the_clock() -> None:
    now, later = (mime(rendered(), at).split(b"\r\n") for at in (TUESDAY, TUESDAY + timedelta(hours=1)))

    assert [line[:5] for line, other in zip(now, later, strict=True) if line != other] == [b"Date:"]


@pytest.mark.parametrize("name", ["Kontaktcenter, Exempelby", "Äldreomsorg (öppet 8–16)", 'Kalle "Kula" Ek', "Plain"])
def test_a_display_name_is_read_as_it_was_written(name: str) -> None:
    (address,) = parsed(rendered(sender=f"{name} <kc@exempelby.example>"))["From"].addresses

    assert (address.display_name, address.addr_spec) == (name, "kc@exempelby.example")


def test_a_sender_may_go_without_a_name() -> None:
    assert parsed(rendered(sender="kc@exempelby.example"))["From"] == "kc@exempelby.example"


def test_many_long_references_are_folded_between_them_and_never_inside() -> None:
    references = " ".join(f"<{number}{'x' * 100}@example.se>" for number in range(20))

    content = mime(rendered(headers=(("References", references),)), TUESDAY)

    assert b"".join(content.split(b"\r\n\r\n")[0].split(b"\r\n")).count(references.encode()) == 1
    assert max(map(len, content.split(b"\r\n"))) < 150


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hej\r\nBcc: alla@example.se"},
        {"sender": "Namn\nBcc: alla@example.se <kc@exempelby.example>"},
        {"recipient": "anna@example.se\r\nBcc: alla@example.se"},
        {"recipient": "anna@example.se> ORCPT=x"},
        {"message_id": "<1@x>\r\n\r\nKropp"},
        {"headers": (("X-Test", "a\nb"),)},
        {"headers": (("X Test:", "a"),)},
        {"headers": (("References", "<" + "x" * 1000 + "@example.se>"),)},
    ],
)
def test_what_would_smuggle_a_header_or_break_the_wire_is_not_written(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        mime(rendered(**changes), TUESDAY)


@pytest.mark.parametrize("address", ["anna exempel@example.se", "<anna@example.se>", "anna\r\n@example.se"])
def test_an_address_holds_only_what_one_may(address: str) -> None:
    with pytest.raises(ValueError):
        wire_address(address)


def test_only_an_address_makes_the_message_more_than_ascii() -> None:
    assert mime(rendered(sender="Åsa <asa@exempelby.example>", subject="Å", text="Å"), TUESDAY).isascii()
    assert not mime(rendered(recipient="åsa@example.se"), TUESDAY).isascii()


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=("Cs",)), max_size=300))
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    content = mime(rendered(text=text), TUESDAY)

    body = message_from_bytes(content).get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().replace("\r\n", "\n").removesuffix("\n") == text.removesuffix("\n")
    assert max(map(len, content.split(b"\r\n"))) <= 80
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=120))
def test_any_subject_arrives_as_it_was_written(subject: str) -> None:
    content = mime(rendered(subject=f"Ärende {subject}"), TUESDAY)

    assert str(message_from_bytes(content, policy=policy.default)["Subject"]) == f"Ärende {subject}"
    assert content.isascii()


def test_html_is_the_second_of_two_alternatives() -> None:
    message = parsed(rendered(text="Hej å!\n", html="<!doctype html>\n<p>Hej å!</p>\n"))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
    assert (plain.rstrip("\n"), html.rstrip("\n")) == ("Hej å!", "<!doctype html>\n<p>Hej å!</p>")
    assert not message.defects


def test_the_alternatives_are_the_same_bytes_every_time() -> None:
    message = rendered(html="<p>Hej å!</p>\n")

    assert mime(message, TUESDAY) == mime(message, TUESDAY)


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=("Cs",)), max_size=300))
def test_no_text_ends_its_part_early(text: str) -> None:
    message = parsed(rendered(text=text, html=f"<pre>{text}</pre>"))

    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects


def test_a_text_that_holds_the_boundary_does_not_end_its_part() -> None:
    boundary = parsed(rendered(html="<p>x</p>")).get_boundary()

    message = parsed(rendered(text=f"Hej\n--{boundary}--\nmer\n", html="<p>x</p>"))

    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
