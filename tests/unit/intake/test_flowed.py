"""Flowed text and armour: plain text as its author wrote it."""

import pytest

from intake.armour import without_armour
from intake.flowed import unflowed


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("Ett \nstort \nhål\ni vägen", "Ett stort hål\ni vägen"),
        ("> citat \n> mer\n>> djupt \n> igen", "> citat mer\n>> djupt \n> igen"),
        ("Hej \n> citat", "Hej \n> citat"),
        ("Hej\n-- \nAnna \nExempel", "Hej\n-- \nAnna Exempel"),
        (" From Storgatan\n > är inget citat", "From Storgatan\n> är inget citat"),
        ("slut ", "slut "),
        ("", ""),
    ],
)
def test_soft_breaks_are_undone(sent: str, written: str) -> None:
    assert unflowed(sent, delete_space=False) == written


def test_the_space_before_a_break_goes_where_the_sender_says_so() -> None:
    assert unflowed("gatu \nbelysning", delete_space=True) == "gatubelysning"


SIGNED = (
    "Först\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHej\n- -- \nAnna\n"
    "-----BEGIN PGP SIGNATURE-----\n\niHUE\n-----END PGP SIGNATURE-----\nSist"
)


def test_a_text_that_pgp_signed_in_place_is_read_without_its_armour() -> None:
    assert without_armour(SIGNED) == "Först\nHej\n-- \nAnna\n\nSist"


@pytest.mark.parametrize("cut", [40, 50, 60, 70])
def test_half_an_armour_stays_as_it_is(cut: int) -> None:
    assert without_armour(SIGNED[:cut]) == SIGNED[:cut]
