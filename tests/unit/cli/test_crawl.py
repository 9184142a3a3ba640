"""crawl: a line a page, and what is wrong with the others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.publishing import CrawlSettings
from store.database import Database
from tests.flow.installation import Installation, small_site
from tests.services.web_site import WebSite
from tests.unit.cli.conftest import Run


@pytest.fixture
def web() -> Iterator[WebSite]:
    site = WebSite()
    yield site
    site.stop()


@pytest.fixture
def town(shared: Database, web: WebSite) -> Installation:
    """Give an installation with two contact pages that the command line reads too."""
    site = small_site()
    pages = (web.put("/kontakt", "<p>kontaktcenter@exempelby.example</p>"), web.put("/borta", status=404))
    organisation = replace(site.organisations[0], contact_pages=pages)
    quick = CrawlSettings(delay=timedelta(0))
    return Installation(shared, site=replace(site, organisations=(organisation,), crawl=quick))


def test_each_page_is_a_line_and_one_that_failed_ends_with_1(run: Run, town: Installation, web: WebSite) -> None:
    ran = run("crawl")

    assert ran.code == 1
    first, second = ran.out.splitlines()
    assert first == f"✓  {web.address}/kontakt: 1 addresses"
    assert second.startswith(f"✗  {web.address}/borta: ")
    assert "answers 404" in second


def test_for_machines_each_page_is_an_object(run: Run, town: Installation) -> None:
    lines = run("crawl", "--json").lines

    assert [set(line) for line in lines] == [{"page", "organisation", "addresses", "unchanged", "problem"}] * 2
    assert [line["addresses"] for line in lines] == [1, 0]


def test_pages_that_were_read_lately_are_read_again(run: Run, town: Installation, web: WebSite) -> None:
    run("crawl")
    asked = len(web.asked)

    run("crawl")

    assert len(web.asked) == 2 * asked


def test_without_contact_pages_it_says_where_to_name_them(run: Run, town: Installation) -> None:
    town.use(small_site())

    ran = run("crawl")

    assert ran.code == 2
    assert "contact_pages" in ran.err
