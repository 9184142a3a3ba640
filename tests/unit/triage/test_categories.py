import time
from pathlib import Path

import pytest

from domain.category import Category, CategoryKind, ErrandType, Secrecy, Urgency, Word
from domain.decision import Classification
from domain.ids import CategoryId, UnitId
from domain.site import TriageSettings
from settings.load import load
from tests.builders import message
from triage.categories import classify
from triage.language import guess_language
from triage.own_text import own_text

SITE = load(Path(__file__).parents[3] / "settings" / "example")


def about(text: str, subject: str = "", quoted: str = "") -> Classification:
    sent = message(subject=subject, text=text, quoted=quoted)
    return classify(sent, guess_language(text or subject, SITE.triage), SITE.categories, SITE.triage)


@pytest.mark.parametrize(
    ("text", "category", "urgency"),
    [
        ("Hej, kan ni skicka protokollet från socialnämnden i maj?", "alh", "U1"),
        ("Min granne skriker på sina barn varje kväll, jag vet inte vad jag ska göra", "oro", "U0"),
        ("När får jag svar om altanen? Skickade ritningarna för tre veckor sen", "bygg", "U2"),
        ("Det luktar gas utanför skolan på Storgatan", "fara", "U0"),
        ("Vi har varit utan vatten sen i morse", "va", "U0"),
        ("Dödsboet efter mamma, vem kontaktar jag?", "bud", "U2"),
        ("Brandskyddsregler för altan?", "bygg", "U2"),
        ("Haluaisin hakea kotipalvelua äidilleni, saanko palvelua suomeksi?", "aldre", "U1"),
        ("Katulamppu ei pala Kyrkogatanilla", "gata", "U2"),
        ("Jag överklagar beslutet om avslag, se bilaga", "okl_overklagande", "U1"),
        ("Boka demo av vår ärendeplattform?", "rkl", "U3"),
        ("Inbjudan till samråd om detaljplan, yttrande senast 3 mars", "plan", "U1"),
        ("Färdtjänsten kom aldrig, står kvar vid vårdcentralen", "ftj", "U1"),
        ("Är badplatsen öppen? Vattnet ser grönt ut", "mil", "U1"),
        ("Förskolekö: när kan vi få plats? Suomenkielinen esikoulu?", "fsk", "U2"),
        ("Tack!", "oklart", "U2"),
        ("STOP", "oklart", "U2"),
        ("Autosvar: Jag är på semester", "oklart", "U2"),
    ],
)
def test_the_tricky_examples_of_the_domain(text: str, category: str, urgency: str) -> None:
    found = about(text)

    assert (found.category, found.urgency) == (category, urgency)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("snö röjning på vår gata tack", "sno"),
        ("oversvamning i kallaren", "va"),
        ("MIN SOPTUNNA ÄR INTE TÖMD", "avfall"),
        ("beövs de bygg lov för en fri gebod", "bygg"),
        ("Handikapp parkerings tillstånd, hur ansöker jag?", "ptil"),
        ("Jag har fått parkeringsanmärkning på Torget", "pbot"),
        ("Sain maksumuistutuksen vaikka lasku on maksettu", "fak"),
        ("When is the library open? I lost my library card", "bib"),
        ("Як стати в чергу на квартиру?", "bo"),
        ("Chcę zapisać dziecko do przedszkola", "fsk"),
        ("اريد تسجيل ابني في المدرسة", "skola"),
        ("Waxaan rabaa inaan ka codsado kaalmo dhaqaale", "ekb"),
        ("Ich möchte Einspruch gegen den Bescheid einlegen, mein Antrag wurde abgelehnt", "okl_overklagande"),
    ],
)
def test_split_hurried_loud_and_foreign_words_are_understood(text: str, category: str) -> None:
    assert about(text).category == category


@pytest.mark.parametrize(
    "text",
    [
        "Det brinner inte, batteriet i brandvarnaren är slut bara",
        "Det brann i går i papperskorgen vid parken men nu är det släckt",
        "Vad gör man om det brinner?",
        "Jag brinner för äldreomsorg och söker sommarjobb",
        "Är det bra brandskydd i skolan?",
        "Dödsboet efter pappa har fått en räkning",
        "Vi vill ordna badbomb på badhuset",
        "Kan jag skjuta upp betalningen av fakturan?",
        "Jag är inte orolig för barnen, vi hörs",
        "Koska hän palaa töihin? Asia koskee laskua",
        "Soprummet ser ut som ett bombnedslag, töm kärlen",
        "Min skulderled gör ont, kan jag få hemtjänst?",
    ],
)
def test_false_friends_negation_and_past_do_not_alarm(text: str) -> None:
    found = about(text)

    assert not found.safety
    assert found.category not in ("fara", "oro", "hot")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("DET BRINNER I SOPRUMMET RÖK I TRAPPEN", "fara"),
        ("Fakturan är fel igen och jag orkar inte, jag vill inte leva längre", "fara"),
        ("Naapurin ikkunasta tulee savua", "fara"),
        ("There is smoke coming from the school", "fara"),
        ("nie oddycha, pomocy", "fara"),
        ("min kompis blir slagen av sin pappa", "oro"),
        ("naapurin lapset ovat yksin kotona joka ilta ja itkevät", "oro"),
        ("ጎረቤተይ ንጓሉ ኩሉ መዓልቲ ይሃርማ ኣሎ", "oro"),
        ("Jag vet var du bor och du ska få ångra dig", "hot"),
        ("Tiedän missä asut", "hot"),
    ],
)
def test_a_safety_class_wins_in_every_language(text: str, category: str) -> None:
    found = about(text)

    assert found.safety
    assert (found.category, found.urgency) == (category, Urgency.U0)
    assert found.secrecy is (Secrecy.SK1 if category == "hot" else Secrecy.SK2)
    assert found.matched


def test_a_mailing_about_danger_is_no_alarm() -> None:
    found = about(
        "Välkommen till en heldag om hur skola och socialtjänst kan förebygga självmord. Talare, workshops och lunch. "
        "Sista anmälningsdag 15 januari.",
        subject="Inbjudan: Konferens om suicidprevention",
    )

    assert found.category == "nyh"


def test_what_is_quoted_never_decides() -> None:
    found = about("Tack för snabbt svar om bygglovet!", quoted="Ring 112 om det brinner. Det brinner!")
    in_text = about("Tack för snabbt svar om bygglovet!\n> Det brinner i huset")

    assert found.category == in_text.category == "bygg"


def test_a_signature_never_decides() -> None:
    found = about("Hej, när töms vår soptunna?\n\nMed vänlig hälsning\nKim Ek\nEks Bygglov och Färdtjänst AB")

    assert found.category == "avfall"
    assert not {"bygg", "ftj"} & {id for id, _ in found.others}


def test_a_postscript_after_the_closing_still_counts() -> None:
    assert "källaren" in own_text("Hej!\nMvh Anna\nPS. Det har börjat läcka vatten i källaren också nu")


def test_the_subject_alone_can_tell() -> None:
    assert about("", subject="Bygglov för altan").category == "bygg"


def test_a_mere_place_is_not_the_subject_of_a_message() -> None:
    found = about("Gatlyktan utanför biblioteket är trasig")

    assert found.category == "gata"
    assert "bib" not in {id for id, _ in found.others}


def test_what_nobody_can_tell_is_unclear_and_shows_what_was_seen() -> None:
    found = about("Hej, det gäller huset och barnen, ring mig om avgiften")

    assert found.category == "oklart"
    assert not found.safety


def test_several_errands_are_listed() -> None:
    found = about("Jag vill överklaga beslutet. Dessutom är vår soptunna inte tömd.", subject="Överklagande av avslag")

    assert found.category == "okl_overklagande"
    assert "avfall" in {id for id, _ in found.others}


def test_a_second_errand_keeps_its_secrecy() -> None:
    found = about("Soptunnan är inte tömd. Jag vill också ansöka om hemtjänst åt mamma, hon har demens.")

    assert found.secrecy is Secrecy.SK2


def test_the_words_that_matched_stand_with_their_score() -> None:
    found = about("Det är ett hål i vägen")

    assert found.matched[0].found == "hål i vägen"
    assert found.matched[0].score <= found.score


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("Hej, kan ni skicka protokollet från socialnämnden?", ErrandType.records_request),
        ("Jag vill ansöka om parkeringstillstånd", ErrandType.application),
        ("Gatlampan är trasig utanför nummer 4", ErrandType.report),
        ("Hur mycket kostar bygglov?", ErrandType.question),
        ("Jag vill tacka personalen, ni är fantastiska! Stort beröm och tack för allt", ErrandType.praise),
        ("Jag är så missnöjd med bemötandet, jag vill klaga", ErrandType.complaint),
        ("Jag har ett förslag, varför inte ha en bänk vid ån", ErrandType.suggestion),
        ("Jag vill boka vigsel och beställa blommor", ErrandType.order),
    ],
)
def test_the_type_of_an_errand_is_told_apart_from_its_category(text: str, type: ErrandType) -> None:
    assert about(text).type is type


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("Det läcker vatten ur gatan vid pumpen, en riktig vattenläcka", Urgency.U1),
        ("Hur läser jag av vattenmätaren?", Urgency.U2),
        ("Vi har ingen mat till barnen och soc svarar inte, försörjningsstöd behövs", Urgency.U0),
        ("Hur sorterar jag plastförpackningar?", Urgency.U3),
    ],
)
def test_what_is_said_moves_the_urgency(text: str, urgency: Urgency) -> None:
    assert about(text).urgency is urgency


def test_a_category_without_words_is_never_found() -> None:
    bare = (Category(id=CategoryId("gata"), name="Gata", unit=UnitId("gata")),)

    found = classify(message(), guess_language("hål i vägen", SITE.triage), bare, TriageSettings())

    assert found.category == "oklart"


def test_equal_scores_are_unclear() -> None:
    rivals = tuple(
        Category(id=CategoryId(id), name=id, unit=UnitId("gata"), words=(Word("vägen", "sv", 3.0),))
        for id in ("gata", "sno")
    )

    found = classify(message(), guess_language("Hål i vägen på", SITE.triage), rivals, TriageSettings())

    assert found.category == "oklart"
    assert [id for id, _ in found.others] == ["gata", "sno"]


def test_a_word_against_takes_away_what_stands_in_its_sentence_only() -> None:
    danger = (
        Category(
            id=CategoryId("fara"),
            name="Fara",
            kind=CategoryKind.safety,
            unit=UnitId("gata"),
            words=(Word("brinner", "sv", 3.0),),
            not_words=(Word("lampa*", "sv"),),
        ),
    )
    swedish = guess_language("Hej, det här är en text", SITE.triage)

    lamp = classify(message(subject="", text="Lampan brinner"), swedish, danger, TriageSettings())
    house = classify(message(subject="", text="Lampan brinner. Huset brinner!"), swedish, danger, TriageSettings())

    assert not lamp.safety
    assert house.safety


def test_one_line_of_a_long_letter_about_something_else_is_heard() -> None:
    bill = (
        "Hej! Jag har fått en faktura på 1 240 kronor för vatten och avlopp som jag redan har betalat den 3 maj. "
        "Kan ni kontrollera OCR-numret och skicka en ny faktura utan påminnelseavgift? Kvittot ligger i bilagan. "
    )
    line = "När ni skickar nästa påminnelse finns jag inte, jag har skrivit till barnen och lagt brevet på bordet."

    assert about(bill).category == "fak"
    assert about(bill + line).safety


def test_what_speaks_against_in_another_language_counts_nothing() -> None:
    concern = (
        Category(
            id=CategoryId("oro"),
            name="Oro",
            kind=CategoryKind.safety,
            unit=UnitId("gata"),
            words=(Word("slår", "sv", 3.0),),
            not_words=(Word("kissa*", "fi"),),
        ),
    )
    text = "De slår henne när hon kissar på sig och det har pågått länge"

    found = classify(message(subject="", text=text), guess_language(text, SITE.triage), concern, TriageSettings())

    assert found.safety


def test_words_against_that_stand_in_two_sentences_take_away_from_both() -> None:
    concern = (
        Category(
            id=CategoryId("oro"),
            name="Oro",
            kind=CategoryKind.safety,
            unit=UnitId("gata"),
            words=(Word("orosanmäl*", "sv", 3.0),),
            not_words=(Word("orosanmäl* + statistik*", "sv"),),
        ),
    )
    swedish = guess_language("Hej, det här är en text", SITE.triage)

    numbers = message(subject="Statistik", text="Hur många orosanmälningar kom det?")

    assert not classify(numbers, swedish, concern, TriageSettings()).safety


def test_a_text_that_repeats_itself_without_end_takes_no_long_time() -> None:
    started = time.perf_counter()

    about("barnen slår mamma skriker blåmärken hål i vägen " * 3000)

    assert time.perf_counter() - started < 5


def test_what_was_learned_is_shown_as_it_was_written() -> None:
    text = "Självaste kvällarna är värst, då sätter han sig på trösklarna och ingen vågar gå förbi"

    learned = [match.found for match in about(text).matched if match.pattern == "learned"]

    assert "kvällarna" in learned
    assert all(word in text.casefold().replace(",", "").split() for match in learned for word in match.split())


def test_a_long_stretch_that_was_found_is_shown_by_its_ends() -> None:
    found = about("Barnet därinne i lägenheten ovanför oss på fjärde våningen intill hissen skriker")

    assert any("…" in match.found and match.found.endswith("skriker") for match in found.matched)
    assert all(len(match.found.split()) <= 8 for match in found.matched)


@pytest.mark.parametrize(
    ("letter", "danger"),
    [
        ("ሰላም፡ ብዛዕባ ገዛ ሕቶ ኣሎኒ። መዓስ ክትምልሱለይ ትኽእሉ? ", "ሰብኣየይ ይሃርመኒ ኣሎ"),
        ("Silav, pirsek min li ser malê heye. Kengî hûn dikarin bersivê bidin? ", "mêrê min li min dixe"),
        ("سڵاو، پرسیارێکم هەیە لەسەر خانوو. کەی دەتوانن وەڵام بدەنەوە؟ ", "هاوسەرەکەم لێم دەدات"),
    ],
)
@pytest.mark.parametrize("times", [1, 60, 450])
def test_what_stands_last_in_a_long_message_is_heard(letter: str, danger: str, times: int) -> None:
    assert about(letter * times + danger).safety
