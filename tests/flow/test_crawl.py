"""The public contact pages against the register: what is missing there, and what still stands there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.web_page import PageReader
from domain.account import AccountStatus
from domain.finding import FindingKind
from domain.ids import AccountId, OrganisationId
from domain.publishing import CrawlSettings
from domain.site import Site
from domain.viewer import MACHINE
from domain.watching import WatchSettings
from pipeline.crawl import crawl, crawl_due, is_due, publications
from pipeline.watch import look
from store.database import Database
from store.findings import list_open_findings
from store.leases import claim_lease
from store.published import list_shown
from tests.flow.installation import GATA, Installation, small_site
from tests.services.web_site import WebSite
from tests.unit.watch.facts import facts
from watch.address import not_published

CENTER = AccountId("kontaktcenter")


@pytest.fixture
def web() -> Iterator[WebSite]:
    site = WebSite()
    yield site
    site.stop()


def make_reader(site: Site) -> PageReader:
    return PageReader(replace(site.crawl, delay=timedelta(0)), "")


@pytest.fixture
def town(database: Database, web: WebSite) -> Installation:
    site = small_site()
    pages = (f"{web.address}/kontakt", f"{web.address}/gata")
    organisation = replace(site.organisations[0], contact_pages=pages)
    installation = Installation(
        database, site=replace(site, organisations=(organisation,), crawl=CrawlSettings(delay=timedelta(0)))
    )
    web.put("/kontakt", "<p>kontaktcenter@exempelby.example</p>", headers={"ETag": '"1"'})
    web.put("/gata", "<p>Ring oss</p>")
    installation.connect()
    return installation


def pages_of(town: Installation, id: AccountId) -> tuple[str, ...] | None:
    with town.database.read() as connection:
        found = publications(connection, town.runtime.site()).get(id)
    return None if found is None else tuple(page.rpartition("/")[2] for page in found.pages)


def test_the_pages_say_of_each_address_where_it_stands(town: Installation) -> None:
    read = list(crawl(town.runtime))

    assert [(page.shown, page.problem) for page in read] == [(1, ""), (0, "")]
    assert pages_of(town, CENTER) == ("kontakt",)
    assert pages_of(town, GATA) == ()


def test_before_every_page_was_read_nothing_is_said(town: Installation, web: WebSite) -> None:
    web.put("/gata", status=500)

    list(crawl(town.runtime))

    assert pages_of(town, GATA) is None


def test_a_page_that_is_gone_from_the_start_hides_no_other_and_is_named(town: Installation, web: WebSite) -> None:
    web.put("/gata", status=404)
    list(crawl(town.runtime))

    with town.database.read() as connection:
        publication = publications(connection, town.runtime.site())[GATA]
    said = not_published(facts(publication=publication), WatchSettings(), town.clock.now())

    assert pages_of(town, CENTER) == ("kontakt",)
    assert publication.pages == ()
    assert said is not None
    assert "Vi kan inte läsa" in said
    assert "/gata" in said


def test_a_page_that_fails_later_leaves_what_it_showed(town: Installation, web: WebSite) -> None:
    list(crawl(town.runtime))
    web.put("/kontakt", status=500)
    town.clock.forward(days=1)

    [failed, _] = crawl(town.runtime)

    assert "answers 500" in failed.problem
    assert pages_of(town, CENTER) == ("kontakt",)


def test_a_page_that_fails_in_a_way_nobody_foresaw_holds_back_no_other(town: Installation, web: WebSite) -> None:
    web.put("/kontakt", status=302, headers={"Location": "http://[x/"})
    web.put("/gata", "<![foo[ x ]]><p>gata@exempelby.example</p>")

    [failed, read] = crawl(town.runtime)

    assert "could not be read in a way nobody foresaw (ValueError)" in failed.problem
    assert (read.shown, read.problem) == (1, "")
    assert not is_due(town.runtime)


def test_what_a_page_no_longer_shows_stands_there_no_longer(town: Installation, web: WebSite) -> None:
    list(crawl(town.runtime))
    web.put("/kontakt", "<p>gata@exempelby.example</p>")
    town.clock.forward(days=1)

    list(crawl(town.runtime))

    assert pages_of(town, CENTER) == ()
    assert pages_of(town, GATA) == ("kontakt",)


def test_a_page_that_has_not_changed_still_shows_what_it_showed(town: Installation) -> None:
    first_at = town.clock.now()
    list(crawl(town.runtime))
    town.clock.forward(days=1)

    [same, _] = crawl(town.runtime)

    assert same.unchanged
    with town.database.read() as connection:
        [shown] = list_shown(connection, MACHINE)
    assert (shown.first_seen_at, shown.last_seen_at) == (first_at, town.clock.now())


def test_pages_are_read_once_a_day(town: Installation, web: WebSite) -> None:
    assert is_due(town.runtime)
    assert crawl_due(town.runtime) == 2
    asked = len(web.asked)

    assert not is_due(town.runtime)
    assert crawl_due(town.runtime) == 0
    assert len(web.asked) == asked
    town.clock.forward(days=1)
    assert is_due(town.runtime)


def test_of_two_processes_one_reads(town: Installation, web: WebSite) -> None:
    with town.database.write() as connection:
        claim_lease(connection, "crawl", "another", timedelta(minutes=5))

    assert list(crawl(town.runtime)) == []
    assert web.asked == []
    assert not is_due(town.runtime)


def test_an_account_out_of_use_that_is_still_shown_is_known(town: Installation) -> None:
    accounts = tuple(replace(each, status=AccountStatus.closed) for each in town.site.accounts)
    town.use(replace(town.site, accounts=accounts))

    list(crawl(town.runtime))

    assert pages_of(town, CENTER) == ("kontakt",)


def findings(town: Installation) -> set[tuple[AccountId, FindingKind]]:
    with town.database.read() as connection:
        return {(each.account, each.kind) for each in list_open_findings(connection, MACHINE)}


def test_the_watch_finds_what_stands_nowhere_and_what_stands_there_though_it_is_out_of_use(town: Installation) -> None:
    accounts = tuple(
        replace(each, status=AccountStatus.dormant) if each.id == CENTER else each for each in town.site.accounts
    )
    town.use(replace(town.site, accounts=accounts))
    list(crawl(town.runtime))

    for _ in range(4):
        town.clock.forward(days=1)
        look(town.runtime)

    assert {(GATA, FindingKind.not_published), (CENTER, FindingKind.published_but_gone)} <= findings(town)


def test_two_organisations_that_name_the_same_page_keep_what_it_shows_each_for_itself(town: Installation) -> None:
    first = town.site.organisations[0]
    second = replace(first, id=OrganisationId("vatten"), name="Vattenbolaget")
    town.use(replace(town.site, organisations=(first, second)))

    read = list(crawl(town.runtime))

    with town.database.read() as connection:
        shown = {(each.organisation, each.address) for each in list_shown(connection, MACHINE)}
    assert len(read) == 4
    assert shown == {(each.id, "kontaktcenter@exempelby.example") for each in (first, second)}
    assert pages_of(town, CENTER) == ("kontakt",)
