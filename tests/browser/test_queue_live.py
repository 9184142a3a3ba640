"""The queue keeps itself fresh and takes nothing away from whoever reads it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.category import Secrecy
from domain.ids import UnitId
from store.schema import tickets
from tests.browser.conftest import Served, at_the_desk
from tests.web.town import NOW

pytestmark = pytest.mark.service("chromium")

MINUTE = timedelta(minutes=1)

#: How often the page of accounts asks for its rows.
REFRESHED_EVERY_MS = 15_000


def mark(page: Page) -> None:
    """Leave a sign that a reload would wipe out."""
    page.evaluate("window.untouched = true")


def is_untouched(page: Page) -> bool:
    """Return whether the page has not been loaded again."""
    return bool(page.evaluate("window.untouched === true"))


def test_a_new_ticket_appears_in_its_place_without_reload(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="först", notice_due_at=NOW + 50 * MINUTE)
    with at_the_desk(chromium, served) as page:
        mark(page)

        served.town.add_ticket(subject="mer bråttom", notice_due_at=NOW - MINUTE)

        expect(page.get_by_role("row")).to_have_count(3, timeout=10_000)
        expect(page.get_by_role("row").nth(1)).to_contain_text("mer bråttom")
        expect(page.get_by_role("row").nth(1)).to_contain_text("försenat 1 min")
        expect(page.locator("#queue-said")).to_have_text("1 nytt ärende i kön")
        expect(page.locator("[data-count=open]")).to_have_text("2")
        expect(page.locator("[data-count=mine]")).to_be_hidden()
        with served.town.database.write() as connection:
            connection.execute(tickets.update().values(assignee_id=1))
        expect(page.locator("[data-count=mine]")).to_have_text("2")
        assert is_untouched(page)


def test_the_first_ticket_fills_the_empty_page(chromium: Browser, served: Served) -> None:
    with at_the_desk(chromium, served) as page:
        expect(page.get_by_text("Inga ärenden väntar.")).to_be_visible()

        served.town.add_ticket(subject="det första")

        expect(page.get_by_role("link", name="det första")).to_be_visible(timeout=10_000)


def test_a_reply_that_went_changes_the_row_where_it_stands(chromium: Browser, served: Served) -> None:
    ticket, message = served.town.add_ticket()
    with at_the_desk(chromium, served) as page:
        expect(page.locator(f"#t{ticket}")).to_contain_text("om 12 min")

        served.town.answer_automatically(ticket, message, NOW)

        expect(page.locator(f"#t{ticket}")).to_contain_text("ons 16.30", timeout=10_000)


def test_time_passes_without_anything_new(chromium: Browser, served: Served) -> None:
    served.town.add_ticket()
    with at_the_desk(chromium, served) as page:
        expect(page.get_by_text("om 12 min")).to_be_visible()

        served.town.clock.instant += 13 * MINUTE

        expect(page.get_by_text("försenat 1 min")).to_be_visible(timeout=10_000)
        expect(page.locator(".summary")).to_contain_text("1 försenat")


def test_new_rows_wait_while_the_list_is_read_and_focus_and_scroll_stay(chromium: Browser, served: Served) -> None:
    for number in range(40):
        served.town.add_ticket(subject=f"ärende {number}", notice_due_at=NOW + (60 + number) * MINUTE)
    with at_the_desk(chromium, served) as page:
        read = page.get_by_role("link", name="ärende 30")
        read.focus()
        top = read.bounding_box()

        served.town.add_ticket(subject="mer bråttom", notice_due_at=NOW - MINUTE)
        served.town.add_ticket(subject="också bråttom", notice_due_at=NOW - MINUTE)

        button = page.locator("#queue-fresh")
        expect(button).to_have_text("2 nya ärenden – visa", timeout=10_000)
        expect(read).to_be_focused()
        assert read.bounding_box() == top
        assert page.get_by_role("row").count() == 41

        button.click()

        expect(page.get_by_role("row")).to_have_count(43)
        expect(page.get_by_role("link", name="mer bråttom")).to_be_focused()
        expect(button).to_be_hidden()


def test_what_waited_comes_in_when_the_reader_has_left_the_list(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="först")
    with at_the_desk(chromium, served) as page:
        page.get_by_role("link", name="först").focus()
        served.town.add_ticket(subject="sedan")
        expect(page.locator("#queue-fresh")).to_be_visible(timeout=10_000)

        page.get_by_role("link", name="Konton").focus()

        expect(page.get_by_role("link", name="sedan")).to_be_visible(timeout=10_000)
        expect(page.get_by_role("link", name="Konton")).to_be_focused()


def test_a_sensitive_ticket_of_another_unit_never_appears(chromium: Browser, served: Served) -> None:
    with at_the_desk(chromium, served) as page:
        served.town.add_ticket(subject="hemligt", secrecy=Secrecy.SK2, unit=UnitId("social"))
        served.town.add_ticket(subject="öppet")

        expect(page.get_by_role("link", name="öppet")).to_be_visible(timeout=10_000)
        assert page.get_by_text("hemligt").count() == 0
        expect(page.locator("[data-count=open]")).to_have_text("1")


def test_a_lost_connection_is_said_in_one_line_and_heals_itself(chromium: Browser, served: Served) -> None:
    served.town.add_ticket(subject="först")
    with at_the_desk(chromium, served) as page:
        mark(page)
        page.wait_for_timeout(500)

        served.server.stop()
        expect(page.locator("#queue-lost")).to_contain_text("Förbindelsen är bruten.", timeout=20_000)
        served.town.add_ticket(subject="sedan")
        served.server.start()

        expect(page.get_by_role("link", name="sedan")).to_be_visible(timeout=20_000)
        expect(page.locator("#queue-lost")).to_be_empty()
        assert is_untouched(page)


def test_whoever_is_signed_out_is_sent_to_sign_in(chromium: Browser, served: Served) -> None:
    with at_the_desk(chromium, served) as page:
        page.wait_for_timeout(500)

        served.town.clock.instant += timedelta(hours=3)

        page.wait_for_url("**/logga-in?next=%2Fko", timeout=10_000)


def test_the_accounts_page_refreshes_itself(chromium: Browser, served: Served) -> None:
    with at_the_desk(chromium, served) as page:
        page.clock.install()
        page.goto("/konton")
        mark(page)

        served.town.alert()
        page.clock.fast_forward(REFRESHED_EVERY_MS)

        expect(page.get_by_role("link", name="Läs larmet till Kim Chef")).to_be_visible(timeout=20_000)
        assert is_untouched(page)


def test_the_server_stops_without_cutting_a_stream_off(
    chromium: Browser, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with at_the_desk(chromium, served) as page:
        page.wait_for_timeout(500)

        served.server.stop()

    assert [record.getMessage() for record in caplog.records if record.name == "uvicorn.error"] == []
