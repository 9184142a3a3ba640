"""Structure: the same parts as the standard library finds, in the same order."""

from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.body import read_body
from intake.structure import even_lines, read_structure
from intake.transfer import transfer_decoded

MAILS = Path(__file__).parents[2] / "mails" / "parse"
#: Where we differ on purpose: a limit, a guess, the text of a mail that lies about its structure.
DIFFERENT = {"nested_2000_deep", "boundary_not_declared", "boundary_missing", "line_that_is_no_header"}
WELL_FORMED = [path for path in sorted(MAILS.glob("*.eml")) if path.stem not in DIFFERENT]


def standard_types(original: bytes) -> list[str]:
    return [part.get_content_type() for part in message_from_bytes(original).walk()]


@pytest.mark.parametrize("specimen", WELL_FORMED, ids=lambda path: path.stem)
def test_a_specimen_has_the_parts_that_the_standard_library_finds(specimen: Path) -> None:
    original = specimen.read_bytes()
    inner = {
        "message/rfc822",
        "message/delivery-status",
        "message/disposition-notification",
    }  # the standard library goes on inside these

    types = [part.media_type for part in read_structure(even_lines(original)).parts]

    if not inner & set(types):
        assert types == standard_types(original)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=300)


@settings(max_examples=60, deadline=None)
@given(texts, st.sampled_from(["7bit", "8bit", "quoted-printable", "base64"]), st.binary(max_size=300))
def test_a_composed_mail_is_read_back(text: str, encoding: str, attached: bytes) -> None:
    composed = EmailMessage()
    composed.set_content(text if encoding != "7bit" else "hej", cte=encoding)
    composed.add_alternative(f"<p>{'x'}</p>", subtype="html")
    composed.add_attachment(attached, maintype="application", subtype="pdf", filename="Rapport åäö.pdf")

    structure = read_structure(even_lines(composed.as_bytes()))

    body = read_body(structure)
    leaf = next(part for part in structure.parts if part.name)
    assert [part.media_type for part in structure.parts] == standard_types(composed.as_bytes())
    assert transfer_decoded(structure.original[leaf.start : leaf.end], leaf.encoding)[0] == attached
    assert (body.attachments[0].name, body.attachments[0].size_bytes) == ("Rapport åäö.pdf", len(attached))
    assert not body.defects


def test_the_size_of_an_attachment_is_counted_in_every_encoding() -> None:
    parts = (
        b"--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nQUJDREU=\nQUI=\n"
        b"--b\nContent-Type: text/csv\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A5b=\nc\n"
        b"--b\nContent-Type: image/png\n\n12345\n--b--\n"
    )

    structure = read_structure(b"Content-Type: multipart/mixed; boundary=b\n\n" + parts)

    assert [each.size_bytes for each in read_body(structure).attachments] == [7, 4, 5]
