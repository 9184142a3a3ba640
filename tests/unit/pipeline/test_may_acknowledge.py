"""Who may acknowledge by a link: whoever is still one of ours."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.acknowledge import may_acknowledge
from tests.builders import TUESDAY, site

KIM = replace(site().people[0], email="kim.chef@exempelby.example")
TOWN = replace(site(), people=(KIM,), administrator="drift@exempelby.example", on_duty=("jour@exempelby.example",))


@pytest.mark.parametrize(
    ("reader", "may"),
    [
        ("kim.chef@exempelby.example", True),
        ("drift@exempelby.example", True),
        ("jour@exempelby.example", True),
        ("borttagen@exempelby.example", False),
    ],
)
def test_the_link_of_whoever_was_taken_out_of_the_settings_does_nothing(reader: str, may: bool) -> None:
    assert may_acknowledge(TOWN, reader, TUESDAY) is may


def test_the_link_of_whoever_has_left_does_nothing() -> None:
    gone = replace(TOWN, people=(replace(KIM, employed_until=date(2026, 11, 1)),))

    assert not may_acknowledge(gone, KIM.email, TUESDAY)
