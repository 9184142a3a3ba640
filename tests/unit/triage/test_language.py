import pytest

from domain.site import TriageSettings
from triage.language import guess_language

LANGUAGES = tuple("sv fi en no da de ar fa so ti ku pl uk ru bs tr es fr".split(" "))
SETTINGS = TriageSettings(languages=LANGUAGES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hej, när plogar ni vår gata? Det är halt.", "sv"),
        ("DET BRINNER I TRAPPHUSET", "sv"),
        ("oversvamning i kallaren igen", "sv"),
        ("Hei, koska meidän tie aurataan?", "fi"),
        ("Hello, when do you empty the bins?", "en"),
        ("Hei, jeg lurer på når dere tømmer søppelet. Jeg har ikke fått svar.", "no"),
        ("Guten Tag, ich habe eine Frage zu meiner Rechnung.", "de"),
        ("مرحبا، اريد معلومات عن المدرسة من فضلكم", "ar"),
        ("سلام، من برای پسرم جای مهدکودک می‌خواهم", "fa"),
        ("سڵاو، دەمەوێت لەگەڵ کەسێک قسە بکەم", "ku"),
        ("Silav, ez dixwazim bi yekî re biaxivim", "ku"),
        ("Salaan, waxaan rabaa inaan ku qoro ilmahayga dugsiga", "so"),
        ("ሰላም፣ ሓገዝ የድልየኒ", "ti"),
        ("Dzień dobry, czy mogę zapisać dziecko do przedszkola?", "pl"),
        ("Добрий день, як записати дитину до школи?", "uk"),
        ("Здравствуйте, как записать ребёнка в школу?", "ru"),
        ("Dobar dan, kako mogu prijaviti dijete u vrtić?", "bs"),
        ("Merhaba, çocuğum için kreş yeri arıyorum", "tr"),
    ],
)
def test_a_text_is_told_by_its_language(text: str, code: str) -> None:
    assert guess_language(text, SETTINGS).code == code


@pytest.mark.parametrize(
    "text",
    [
        "Hemtjänstin tyttö ei oo käyny vieläkään",
        "Förskolekö: när kan vi få plats? Suomenkielinen esikoulu?",
        "Miks teidän hemsidalla ei oo mitään suomeks",
    ],
)
def test_mixed_swedish_and_finnish_counts_as_finnish(text: str) -> None:
    assert guess_language(text, SETTINGS).code == "fi"


def test_a_swedish_text_that_names_something_finnish_stays_swedish() -> None:
    assert guess_language("Hej, min granne Aino Virtanen har hittat en katt vid skolan", SETTINGS).code == "sv"


def test_two_words_take_the_senders_earlier_language() -> None:
    guess = guess_language("OK!", SETTINGS, earlier="fi")

    assert (guess.code, guess.how) == ("fi", "earlier")


def test_two_words_without_an_earlier_language_are_swedish_with_low_confidence() -> None:
    guess = guess_language("STOP", SETTINGS)

    assert (guess.code, guess.how) == ("sv", "fallback")
    assert guess.confidence < 0.5


def test_an_empty_text_is_swedish_with_low_confidence() -> None:
    assert guess_language("", SETTINGS).code == "sv"


def test_a_greeting_alone_shows_its_language() -> None:
    assert guess_language("Kiitos!", SETTINGS).code == "fi"


def test_a_language_that_is_not_configured_falls_back() -> None:
    guess = guess_language("ሰላም፣ ሓገዝ የድልየኒ", TriageSettings(languages=("sv", "fi")))

    assert guess.code == "sv"
    assert "ti" in guess.how


def test_words_that_only_a_model_can_tell_are_told_among_the_configured_languages() -> None:
    guess = guess_language("vattenläckage källarplan torkfläktar", TriageSettings(languages=("sv", "fi", "en")))

    assert (guess.code, guess.how) == ("sv", "model")


def test_quoted_lines_and_the_signature_do_not_count() -> None:
    text = "Haluaisin varata ajan ensi viikolle.\n\nMed vänlig hälsning\nBengt Ek\n> Hej, vi återkommer när vi kan"

    assert guess_language(text, SETTINGS).code == "fi"


def test_a_foreign_term_in_brackets_does_not_change_the_script() -> None:
    assert guess_language("كيف نطلب تصريح وقوف السيارة (parkeringstillstånd)؟", SETTINGS).code == "ar"


def test_the_words_of_numbers_and_addresses_do_not_count() -> None:
    assert guess_language("070-174 06 05 anna@example.se", SETTINGS).how == "fallback"
