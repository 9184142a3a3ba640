"""Addresses and numbers as web pages show and hide them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.shown_addresses import decode_protected, shown_addresses

GATA = "gata@exempelby.example"
HIDDEN = bytes([0x42, *(each ^ 0x42 for each in GATA.encode())]).hex()


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="mailto:{GATA}">Skriv till oss</a>',
        f'<a href="MAILTO:{GATA}?subject=Hej%20p%C3%A5%20er">x</a>',
        '<a href="mailto:gata%40exempelby.example">x</a>',
        "<p>Skriv till Gata@Exempelby.example.</p>",
        "<p>gata&#64;exempelby&#46;example</p>",
        "<p><span>gata</span>@<b>exempelby.example</b></p>",
        "<p>gata(at)exempelby.example</p>",
        "<p>gata (at) exempelby (punkt) example</p>",
        "<p>gata[at]exempelby[dot]example</p>",
        "<p>gata [snabel-a] exempelby.example</p>",
        "<p>gata snabel-a exempelby.example</p>",
        "<p>gata{snabela}exempelby.example</p>",
        f'<a class="__cf_email__" data-cfemail="{HIDDEN}">[email&#160;protected]</a>',
        f'<a href="/cdn-cgi/l/email-protection#{HIDDEN}">x</a>',
        f"<td>{GATA}<td>",
        f"<p>{GATA}",
    ],
)
def test_an_address_is_found_however_it_is_written(html: str) -> None:
    assert shown_addresses(html) == {GATA}


@pytest.mark.parametrize(
    "html",
    [
        '<script>var a = "no@exempelby.example";</script>',
        "<style>/* no@exempelby.example */</style>",
        "<!-- no@exempelby.example -->",
        "<p>gata</p><p>@exempelby.example</p>",
        "<p>Kom klockan 9 (a) eller 10 (b).</p>",
        '<a data-cfemail="zz">x</a>',
        "",
    ],
)
def test_what_nobody_sees_is_not_found(html: str) -> None:
    assert shown_addresses(html) == frozenset()


def test_two_addresses_on_two_lines_stay_two() -> None:
    assert shown_addresses("a@exempelby.example<br>b@exempelby.example") == {
        "a@exempelby.example", "b@exempelby.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    "html", ["<p>Ring 070-174 06 05</p>", '<a href="tel:+46701740605">ring</a>', "+46 70 174 06 05"]
)
def test_a_number_is_found_in_international_form(html: str) -> None:
    assert "+46701740605" in shown_addresses(html)


@given(st.text(max_size=200))
def test_whatever_a_page_says_it_can_be_read(html: str) -> None:
    shown_addresses(html)
    decode_protected(html)
