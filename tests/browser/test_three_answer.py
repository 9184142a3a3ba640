"""Three people: Anna writes, Bo finds, takes and answers, Bea is in the way; what Anna gets the mail server got."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.office import ANNA, Office

pytestmark = pytest.mark.service("chromium")


def test_annas_letter_appears_while_bo_looks_and_she_has_a_receipt(office: Office) -> None:
    page = office.window("bo")
    page.goto("/ko")
    page.evaluate("window.untouched = true")

    office.writes("Hål i vägen")

    expect(page.get_by_role("link", name="Hål i vägen")).to_be_visible(timeout=10_000)
    assert page.evaluate("window.untouched === true")
    [receipt] = office.got()
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "Du får svar senast" in office.text_of(receipt)


def test_bo_filters_keeps_the_view_and_finds_the_letter_by_a_word_of_it(office: Office) -> None:
    office.writes("Lyktan lyser inte", "Hej! Gatlyktan vid Slussgatan är släckt. Och hål i vägen.")
    page = office.window("bo")
    page.goto("/ko?kanal=email")

    page.get_by_text("Spara vyn").click()
    page.get_by_label("Namn").fill("Brev")
    page.get_by_role("button", name="Spara", exact=True).last.click()
    page.goto("/ko")
    page.get_by_role("link", name=re.compile("^Brev ")).click()
    expect(page.get_by_role("link", name="Lyktan lyser inte")).to_be_visible()
    page.get_by_role("searchbox").fill("slussg")
    page.keyboard.press("Enter")

    expect(page.locator("mark")).to_have_text("Slussgatan")
    page.get_by_role("link", name="Lyktan lyser inte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lyktan lyser inte")


def test_two_cannot_take_the_same_ticket(office: Office) -> None:
    office.writes("Vem tar det här?")
    bo, bea = office.opened("bo", "Vem tar det här?"), office.opened("bea", "Vem tar det här?")

    bo.get_by_role("button", name="Ta ärendet").click()
    expect(bo.get_by_text("Du har ärendet.")).to_be_visible()
    bea.get_by_role("button", name="Ta ärendet").click()

    expect(bea.get_by_role("alert")).to_contain_text("Bo Karlsson")
    expect(bea.locator("p.holder")).to_have_text("Bo Karlsson har ärendet.")


def test_an_answer_is_begun_from_the_bank_seen_taken_back_mended_and_reaches_anna(office: Office) -> None:
    office.writes("Håla i gatan")
    before = len(office.got())
    page = office.opened("bo", "Håla i gatan")

    page.get_by_role("button", name="Lägg in").click()
    field = page.get_by_label("Ditt svar")
    expect(field).to_have_value("Tack, Anna Exempel. Gata och park har fått din anmälan.")
    page.get_by_role("button", name="Förhandsgranska").click()
    expect(page.locator("#answer-preview")).to_contain_text(ANNA)
    expect(page.locator("#answer-preview")).to_contain_text("Bo Karlsson")
    page.get_by_role("button", name="Skicka svaret").click()
    expect(page.get_by_text(re.compile(r"Skickas om \d+ s"))).to_be_visible()
    office.sends()
    assert len(office.got()) == before
    # Who has sent stands on the button that takes it back: one key does.
    expect(page.get_by_role("button", name="Ångra")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value("Tack, Anna Exempel. Gata och park har fått din anmälan.")
    expect(field).to_be_focused()
    field.fill("Tack, Anna. Hålet lagas i dag.")
    page.get_by_role("button", name="Skicka svaret").click()
    page.get_by_text(re.compile(r"Skickas om \d+ s")).wait_for()
    office.waits_no_longer()

    *_, answer = office.got()
    assert len(office.got()) == before + 1
    assert office.text_of(answer).startswith("Tack, Anna. Hålet lagas i dag.")
    assert "Auto-Submitted" not in answer
    page.reload()
    expect(page.locator("article.answer", has_text="Hålet lagas i dag")).to_contain_text("skickat")


def test_a_ticket_is_closed_with_an_outcome_and_opened_again(office: Office) -> None:
    office.writes("Tomt i sandlådan")
    page = office.opened("bo", "Tomt i sandlådan")
    address = page.url
    page.get_by_text("Avsluta", exact=True).click()
    page.get_by_label("Vad blev det av ärendet?").select_option(label="Den som skrev har fått hjälp på annat sätt")
    page.get_by_role("button", name="Avsluta ärendet").click()
    page.wait_for_url(re.compile(r"/ko(\?|$)"))
    expect(page.locator("#queue-done")).to_contain_text("är avslutat.")
    expect(page.get_by_role("link", name="Tomt i sandlådan")).to_have_count(0)
    page.goto(address)
    expect(page.get_by_text("Avslutat: Den som skrev har fått hjälp på annat sätt")).to_be_visible()
    page.get_by_role("button", name="Öppna igen").click()

    expect(page.get_by_text("Ingen har tagit ärendet.")).to_be_visible()
    page.goto("/ko")
    expect(page.get_by_role("link", name="Tomt i sandlådan")).to_be_visible()


def test_who_reads_is_told_that_a_colleague_has_taken_the_ticket(office: Office) -> None:
    office.writes("Två som läser")
    bo, bea = office.opened("bo", "Två som läser"), office.opened("bea", "Två som läser")

    bea.get_by_role("button", name="Ta ärendet").click()
    # The page asks every ten seconds, and when somebody comes back to it.
    bo.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(bo.locator("#presence")).to_contain_text("Bea Holm har ärendet.")


def test_a_draft_is_kept_over_a_reload_and_bea_sees_who_writes(office: Office) -> None:
    office.writes("Skräp på torget")
    bo = office.opened("bo", "Skräp på torget")

    bo.get_by_label("Ditt svar").press_sequentially("Vi städar")
    expect(bo.locator("#answer-kept")).to_contain_text("Utkastet sparades", timeout=10_000)
    bo.reload()

    expect(bo.get_by_label("Ditt svar")).to_have_value("Vi städar")
    bea = office.opened("bea", "Skräp på torget")
    expect(bea.get_by_text("Bo Karlsson har ett utkast till svar.")).to_be_visible()
    expect(bea.locator("#presence")).to_contain_text("Bo Karlsson", timeout=12_000)


def test_an_sms_is_counted_in_parts_before_it_goes(office: Office) -> None:
    ticket, _ = office.town.add_ticket(
        channel="sms",
        sender_address="+46701740642",
        sender_name="",
        subject="",
        text="Vattnet är brunt",
        identity="sms/1",
    )
    page = office.window("bo")
    page.goto(f"/arende/{ticket}")
    expect(page.get_by_role("heading", name="070-174 06 42")).to_be_visible()

    page.get_by_label("Ditt svar").fill("Vi kommer i dag och spolar ledningen. " * 6)
    page.get_by_role("button", name="Räkna tecken").click()

    expect(page.locator("#answer-length")).to_contain_text("2 sms")
