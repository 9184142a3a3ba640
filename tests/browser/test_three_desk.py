"""Three people: what Bo and Bea do with Anna's letters besides answering them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import Office

pytestmark = pytest.mark.service("chromium")

CIVIL = "lab@vattenlab.example"


def open_part(page: Page, name: str) -> None:
    """Open one of the acts that take more than a press."""
    page.locator("summary", has_text=re.compile(f"^{name}")).first.click()


def test_a_ticket_is_handed_over_and_released(office: Office) -> None:
    office.writes("Klotter")
    bo = office.opened("bo", "Klotter")
    bo.get_by_role("button", name="Ta ärendet").click()

    open_part(bo, "Lämna över")
    bo.get_by_label("Till", exact=True).select_option(label="Bea Holm")
    bo.get_by_role("button", name="Lämna över").click()
    expect(bo.locator("p.holder")).to_have_text("Bea Holm har ärendet.")
    bea = office.window("bea")
    bea.goto("/ko?hos=mine")
    bea.get_by_role("link", name="Klotter").click()
    bea.get_by_role("button", name="Släpp ärendet").click()

    expect(bea.locator("p.holder")).to_have_text("Ingen har tagit ärendet.")


def test_a_note_is_for_colleagues_and_never_for_anna(office: Office) -> None:
    office.writes("Trasig bänk")
    page = office.opened("bo", "Trasig bänk")

    page.get_by_label("Ny anteckning").fill("Ringde parkmästaren")
    page.get_by_role("button", name="Spara anteckningen").click()

    note = office.opened("bea", "Trasig bänk").locator(".note-entry")
    expect(note).to_contain_text("Bo Karlsson")
    expect(note).to_contain_text("Ringde parkmästaren")
    office.waits_no_longer()
    assert not any("parkmästaren" in office.text_of(each) for each in office.got())


def test_unit_and_category_are_changed_and_the_change_stands_among_the_events(office: Office) -> None:
    office.writes("Fel hylla")
    page = office.opened("bo", "Fel hylla")

    open_part(page, "Ändra")
    page.get_by_label("Verksamhet", exact=True).select_option(label="Kontaktcenter")
    page.get_by_label("Kategori", exact=True).select_option(label="Oklart")
    page.get_by_label("Varför? (för den som sköter reglerna)").fill("Gäller inte vägen")
    page.get_by_role("button", name="Ändra", exact=True).click()

    expect(page.locator(".facts strong")).to_have_text("Kontaktcenter")
    expect(page.locator(".events")).to_contain_text("Ändrat verksamhet eller kategori av bo")


def test_a_question_goes_outside_and_stands_there_until_it_is_answered(office: Office) -> None:
    office.writes("Vattenprov")
    page = office.opened("bo", "Vattenprov")

    open_part(page, "Vidarebefordra")
    page.get_by_label("Till en adress utanför kommunen").fill(CIVIL)
    page.get_by_label("Vad vill du fråga?").fill("Kan ni ta ett prov?")
    page.get_by_role("button", name="Skicka vidare").click()
    office.waits_no_longer()
    page.reload()

    [asked] = office.got(CIVIL)
    assert "Kan ni ta ett prov?" in office.text_of(asked)
    forwarded = page.get_by_role("region", name="Vidarebefordrat")
    expect(forwarded).to_contain_text("vattenlab.example")
    forwarded.get_by_role("button", name="Svaret har kommit").click()
    expect(page.get_by_role("button", name="Svaret har kommit")).to_have_count(0)


def test_two_letters_about_one_thing_are_merged_and_taken_apart(office: Office) -> None:
    office.writes("Gungan är trasig")
    office.writes("Gungan igen")
    page = office.opened("bo", "Gungan igen")

    open_part(page, "Slå ihop")
    page.get_by_label("Ärende som ska ingå i det här").select_option(f"{office.ticket('Gungan är trasig')}")
    page.get_by_role("button", name="Slå ihop").click()
    expect(page.get_by_role("region", name="Ingår i ärendet")).to_contain_text("Gungan är trasig")
    page.goto("/ko")
    expect(page.get_by_role("link", name="Gungan är trasig")).to_have_count(0)
    page.get_by_role("link", name="Gungan igen").click()
    page.get_by_role("button", name="Ta isär").click()

    page.goto("/ko")
    expect(page.get_by_role("link", name="Gungan är trasig")).to_be_visible()


def test_a_second_matter_in_the_same_thread_is_split_off(office: Office) -> None:
    office.writes("Två saker")
    number = office.opened("bo", "Två saker").locator(".number").inner_text().split()[0]
    office.writes(f"SV: Två saker [{number}]", "Och hål i vägen till skolan också.")
    page = office.opened("bo", "Två saker")
    expect(page.locator("article.in")).to_have_count(2)

    open_part(page, "Dela upp")
    page.get_by_label("Meddelande som ska få ett eget ärende").select_option(index=0)
    page.get_by_role("button", name="Dela upp").click()

    office.opened("bo", "Två saker")
    expect(page.locator("article.in")).to_have_count(1)


def test_rubbish_is_closed_as_rubbish(office: Office) -> None:
    office.writes("Vinn en resa")
    page = office.opened("bo", "Vinn en resa")
    address = page.url

    open_part(page, "Avsluta")
    page.get_by_label("Vad blev det av ärendet?").select_option(label="Skräp")
    page.get_by_role("button", name="Avsluta ärendet").click()
    page.wait_for_url("**/ko")
    page.goto(address)

    expect(page.locator("p.holder")).to_have_text("Avslutat: Skräp")


def test_a_ticket_is_registered_with_its_reference(office: Office) -> None:
    office.writes("Begäran om handling")
    page = office.opened("bo", "Begäran om handling")

    open_part(page, "Registrering")
    page.get_by_label("Ska ärendet registreras?").select_option(label="Ska registreras")
    page.get_by_label("Diarienummer").fill("KS 2026-118")
    page.get_by_role("button", name="Spara", exact=True).click()

    expect(page.get_by_text("Registrering: Ska registreras, KS 2026-118")).to_be_visible()


def test_anna_is_told_once_that_it_takes_longer(office: Office) -> None:
    office.installation.clock.forward(days=1, hours=1)
    office.writes("Lekplatsen")
    office.installation.clock.forward(hours=23)
    before = len(office.got())
    with office.second_window("bea") as page:
        page.goto(f"/arende/{office.ticket('Lekplatsen')}")
        promised = page.locator(".clock").nth(1).inner_text()

        open_part(page, "Längre tid")
        page.get_by_role("button", name="Skicka beskedet").click()
        expect(page.locator(".events")).to_contain_text("Besked om längre tid av bea")
        office.sends()
        page.reload()

        assert len(office.got()) == before + 1
        expect(page.locator(".clock").nth(1)).not_to_have_text(promised)
        open_part(page, "Längre tid")
        page.get_by_role("button", name="Skicka beskedet").click()
        expect(page.get_by_role("alert")).to_contain_text("Inget besked skickades")
