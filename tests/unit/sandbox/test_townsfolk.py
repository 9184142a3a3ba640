"""Invented citizens."""

from sandbox.townsfolk import Townsfolk


def test_nobody_is_met_twice() -> None:
    townsfolk = Townsfolk(1)

    addresses = [townsfolk.meet("sv").address for _ in range(300)]

    assert len(set(addresses)) == 300
    assert all(address.isascii() and address.endswith(".example") and " " not in address for address in addresses)


def test_names_fit_the_language_and_unknown_languages_get_a_name_too() -> None:
    townsfolk = Townsfolk(1)

    polish = townsfolk.meet("pl").name.split()[1]
    unknown = townsfolk.meet("ti").name

    assert polish in {"Przykładna", "Wzorek"}
    assert len(unknown.split()) == 2


def test_the_same_seed_makes_up_the_same_people() -> None:
    one, other, another = Townsfolk(1), Townsfolk(1), Townsfolk(2)

    assert [one.meet("fi") for _ in range(5)] == [other.meet("fi") for _ in range(5)]
    assert [one.meet("fi") for _ in range(5)] != [another.meet("fi") for _ in range(5)]
