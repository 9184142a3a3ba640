"""Three people: Anna's letter as it looks, which fetches nothing, and what she attached, which only who may take."""

import pytest
from playwright.sync_api import expect

from tests.browser.office import ANNA, CENTER, Office
from tests.flow.installation import CONTACT_CENTER

pytestmark = pytest.mark.service("chromium")

PICTURE = b"\x89PNG\r\n\x1a\n"

LETTER = """Return-Path: <{anna}>
Received: from mail.example.se by mx.exempelby.example with ESMTP; Tue, 24 Nov 2026 08:12:00 +0000
From: Anna Exempel <{anna}>
To: {center}
Subject: {subject}
Date: Tue, 24 Nov 2026 08:12:00 +0000
Message-ID: <{id}@example.se>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=utf-8

<html><body><script>parent.document.title = "taken"</script><p>{text}</p>
<img src="https://spy.example/1.gif"><link rel="stylesheet" href="https://spy.example/1.css"></body></html>
--x
Content-Type: image/png; name="bild.png"
Content-Disposition: attachment; filename="bild.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--x--
"""


def letter(subject: str, text: str) -> bytes:
    """Return a letter in HTML that wants to fetch something, with a picture."""
    filled = LETTER.format(anna=ANNA, center=CONTACT_CENTER, subject=subject, text=text, id=subject.replace(" ", "-"))
    return filled.replace("\n", "\r\n").encode()


def test_the_letter_is_shown_in_a_frame_that_fetches_nothing(office: Office) -> None:
    office.arrives(letter("Djupt", "Hej, det är ett hål i vägen."))
    page = office.opened("bo", "Djupt")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    title = page.title()

    page.get_by_text("Visa brevet som det ser ut").click()

    expect(page.frame_locator("iframe").get_by_text("Hej, det är ett hål i vägen.")).to_be_visible()
    assert page.title() == title
    assert page.locator("iframe").get_attribute("sandbox") == ""
    # Our own stylesheet is the one thing that the frame may fetch.
    margin = page.frame_locator("iframe").locator("body").evaluate("body => getComputedStyle(body).margin")
    assert margin == "12px"
    assert [url for url in asked if not url.startswith(office.served.address)] == []


def test_what_was_attached_is_downloaded_and_never_opened_here(office: Office) -> None:
    office.arrives(letter("Med bild", "Hej, se hål i vägen på bilden."))
    page = office.opened("bo", "Med bild")
    expect(page.locator("article.in .files")).to_contain_text("bild.png")

    with page.expect_download() as download:
        page.get_by_role("link", name="bild.png").click()

    # Named by us: what a stranger calls a file is shown, and names nothing on the disk.
    assert download.value.suggested_filename.endswith(".png")
    assert download.value.path().read_bytes() == PICTURE


def test_an_attachment_of_a_sensitive_letter_is_not_cillas(office: Office) -> None:
    office.arrives(letter("Hjälp", "Det brinner hos grannen"))
    bo, cilla = office.opened("bo", "Hjälp"), office.window("cilla")
    link = bo.get_by_role("link", name="bild.png").get_attribute("href")
    assert link
    assert office.installation.account == CENTER

    assert (bo.request.get(link).status, cilla.request.get(link).status) == (200, 404)
