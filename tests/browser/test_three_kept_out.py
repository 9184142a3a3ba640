"""Three people: what Anna writes in danger is for Bo; Cilla of another unit is kept out of every trace of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import Office

pytestmark = pytest.mark.service("chromium")

SECRET = "Det brinner hos grannen"


@pytest.fixture(scope="module")
def secret(office: Office) -> str:
    """Let Anna write what only the contact center may see; return the ticket's address."""
    office.window("cilla").goto("/ko")
    office.writes(SECRET, "Det brinner i soprummet hos grannen, ring mig!")
    office.writes("Hål i vägen")
    return f"/arende/{office.ticket(SECRET)}"


def count(page: Page) -> str:
    """Return how many tickets the page says there are."""
    return page.locator("[data-count=open]").inner_text()


def test_bo_sees_it_and_is_told_who_else_may(office: Office, secret: str) -> None:
    page = office.window("bo")
    page.goto("/ko")

    page.get_by_role("link", name=SECRET).click()

    expect(page.get_by_text("Känsligt: syns bara för Kontaktcenter")).to_be_visible()
    expect(page.locator("article.in")).to_contain_text("soprummet")


def test_cilla_has_it_neither_in_the_list_that_lives_nor_in_its_counts(office: Office, secret: str) -> None:
    page = office.window("cilla")

    # It was open before the letter came: what came was told by the stream.
    expect(page.get_by_role("link", name="Hål i vägen")).to_be_visible(timeout=10_000)

    assert page.get_by_text(SECRET).count() == 0
    assert (count(page), page.get_by_role("row").count()) == ("1", 2)
    bo = office.window("bo")
    bo.goto("/ko")
    assert count(bo) == "2"


@pytest.mark.parametrize("words", ["grannen", "brinner", "26-00001"])
def test_cilla_does_not_find_it(office: Office, secret: str, words: str) -> None:
    page = office.window("cilla")

    page.goto(f"/sok?q={words}")

    assert page.locator("a", has_text=re.compile("grannen")).count() == 0


def test_no_address_opens_it_for_cilla(office: Office, secret: str) -> None:
    bo, cilla = office.window("bo"), office.window("cilla")
    bo.goto(secret)
    links = bo.locator("article a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    frames = bo.locator("iframe").evaluate_all("all => all.map(each => each.getAttribute('src'))")
    paths = [secret, *links, *frames]

    seen = {path: cilla.request.get(path).status for path in paths}
    allowed = {path: bo.request.get(path).status for path in paths}

    assert len(paths) >= 3
    assert set(seen.values()) == {404}
    assert set(allowed.values()) == {200}


def test_what_cilla_posts_to_it_changes_nothing(office: Office, secret: str) -> None:
    cilla = office.window("cilla")
    cilla.goto("/ko")
    csrf = cilla.locator("input[name=csrf]").first.get_attribute("value")
    assert csrf

    taken = cilla.request.post(secret, form={"csrf": csrf, "act": "take"})
    noted = cilla.request.post(secret, form={"csrf": csrf, "act": "note", "note": "jag var här"})

    assert (taken.status, noted.status) == (404, 404)
    bo = office.window("bo")
    bo.goto(secret)
    expect(bo.locator("p.holder")).to_have_text("Ingen har tagit ärendet.")
    expect(bo.get_by_text("jag var här")).to_have_count(0)


def test_no_export_and_no_page_of_cillas_names_it(office: Office, secret: str) -> None:
    cilla = office.window("cilla")

    pages = [
        cilla.request.get(path).text() for path in ("/konton", "/konton/konton.csv", "/utskick", "/oversikt", "/mitt")
    ]

    assert not any("grannen" in page or "soprummet" in page for page in pages)


def test_bos_own_view_is_not_cillas(office: Office, secret: str) -> None:
    bo, cilla = office.window("bo"), office.window("cilla")
    bo.goto("/ko?verksamhet=kontaktcenter")
    bo.get_by_text("Spara vyn").click()
    bo.get_by_label("Namn").fill("Bara vårt")
    bo.get_by_role("button", name="Spara", exact=True).last.click()
    expect(bo.get_by_role("link", name=re.compile("^Bara vårt"))).to_be_visible()

    cilla.goto("/ko")

    expect(cilla.get_by_text("Bara vårt")).to_have_count(0)


def test_that_bo_opened_it_stands_in_the_log(office: Office, secret: str) -> None:
    office.window("bo").goto(secret)

    page = office.window("lea")
    page.goto("/logg?kind=sensitive_read")

    expect(page.get_by_text("Öppnat av bo").first).to_be_visible()
