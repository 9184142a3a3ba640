"""Files in an e-mail, read back by a mail parser as they were."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mime import mime
from connectors.mime_files import UNKNOWN_TYPE
from domain.outgoing import AttachedFile, OutgoingKind
from tests.builders import TUESDAY
from tests.unit.connectors.builders import rendered


def parsed(*files: AttachedFile, text: str = "Se bilagan.\n") -> EmailMessage:
    """Return the message as its reader's mail program takes it apart."""
    wire = mime(rendered(kind=OutgoingKind.answer, text=text, attachments=files), TUESDAY)
    message = message_from_bytes(wire, policy=policy.default)
    assert max(map(len, wire.split(b"\r\n"))) <= 78
    assert b"\n" not in wire.replace(b"\r\n", b"")
    return message


def test_without_files_the_message_is_its_text_alone() -> None:
    assert parsed().get_content_type() == "text/plain"


def test_text_comes_first_and_the_files_follow_in_order() -> None:
    message = parsed(
        AttachedFile("karta.pdf", "application/pdf", b"%PDF\r\n\x00"), AttachedFile("b.txt", "text/plain", b"x")
    )

    parts = list(message.iter_parts())
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in parts] == ["text/plain", "application/pdf", "text/plain"]
    assert parts[0].get_content().splitlines() == ["Se bilagan."]
    assert [part.get_content_disposition() for part in parts[1:]] == ["attachment"] * 2
    assert parts[1].get_payload(decode=True) == b"%PDF\r\n\x00"


NAMES = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=120).filter(
    lambda name: name == name.strip() != ""
)


@given(content=st.binary(max_size=3000), name=NAMES)
def test_every_byte_and_every_name_arrives(content: bytes, name: str) -> None:
    [part] = list(parsed(AttachedFile(name, "application/pdf", content)).iter_attachments())

    assert part.get_payload(decode=True) == content
    assert part.get_filename() == name


@pytest.mark.parametrize(
    "media_type", ["", "pdf", "text/html\r\nX: y", "multipart/mixed", "message/rfc822", "application/ü"]
)
def test_a_type_that_is_none_is_said_to_be_unknown(media_type: str) -> None:
    [part] = list(parsed(AttachedFile("a.pdf", media_type, b"x")).iter_attachments())

    assert part.get_content_type() == UNKNOWN_TYPE


def test_the_same_answer_is_always_the_same_bytes() -> None:
    files = (AttachedFile("karta.pdf", "application/pdf", b"%PDF"),)

    assert parsed(*files).as_bytes() == parsed(*files).as_bytes()
