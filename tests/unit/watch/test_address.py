"""Address: in our domains, on the public pages, or still there when it is gone."""

from domain.account import AccountStatus, Channel
from domain.facts import Publication
from domain.watching import WatchSettings
from tests.builders import TUESDAY, account
from tests.unit.watch.facts import facts
from watch.address import not_published, off_domain, published_but_gone

SETTINGS = WatchSettings()
PAGE = "https://www.exempelby.example/kontakt"
SHOWN, NOT_SHOWN = Publication(read_at=TUESDAY, pages=(PAGE,)), Publication(read_at=TUESDAY)


def test_an_address_outside_the_organisation_s_domains_is_told_of() -> None:
    outside = facts(account=account(address="kontaktcenter@mejl.example"))

    assert off_domain(outside, SETTINGS, TUESDAY) == (
        "Adressen ligger under mejl.example, som inte är en av organisationens domäner."
    )


def test_a_domain_is_compared_whole_and_in_any_case() -> None:
    inside = facts(account=account(address="Kontaktcenter@EXEMPELBY.example"))
    ends_alike = facts(account=account(address="kontaktcenter@inte-exempelby.example"))

    assert off_domain(inside, SETTINGS, TUESDAY) is None
    assert off_domain(ends_alike, SETTINGS, TUESDAY) is not None


def test_numbers_and_pages_lie_under_no_domain() -> None:
    assert off_domain(facts(account=account(channel=Channel.sms, address="+46701740605")), SETTINGS, TUESDAY) is None


def test_an_address_that_stands_nowhere_is_told_of_once_the_pages_were_read() -> None:
    assert not_published(facts(publication=NOT_SHOWN), SETTINGS, TUESDAY) is not None
    assert not_published(facts(publication=SHOWN), SETTINGS, TUESDAY) is None
    assert not_published(facts(), SETTINGS, TUESDAY) is None


def test_an_address_that_need_not_be_found_may_stand_nowhere() -> None:
    private = facts(account=account(published=False), publication=NOT_SHOWN)

    assert not_published(private, SETTINGS, TUESDAY) is None


def test_the_address_of_a_dormant_account_that_is_still_shown_is_told_of() -> None:
    dormant = account(status=AccountStatus.dormant)

    said = published_but_gone(facts(account=dormant, publication=SHOWN), SETTINGS, TUESDAY)

    assert said == f"Kontot är vilande, men adressen står kvar på {PAGE}."
    assert published_but_gone(facts(account=dormant, publication=NOT_SHOWN), SETTINGS, TUESDAY) is None
    assert published_but_gone(facts(publication=SHOWN), SETTINGS, TUESDAY) is None
