"""Every errand category, handling class and safety class is told in Swedish, Finnish and English."""

from pathlib import Path

import pytest

from domain.category import CategoryKind
from settings.load import load
from tests.builders import message
from triage.categories import classify
from triage.language import guess_language

SITE = load(Path(__file__).parents[3] / "settings" / "example")

#: What somebody might write about each, by language. None of it stands among the examples of the settings.
LETTERS: dict[str, dict[str, str]] = {
    "sv": {
        "bygg": "Krävs det bygglov för ett garage på tolv kvadratmeter?",
        "plan": "Var hittar jag detaljplanen för kvarteret Lärkan och när slutar samrådet?",
        "gata": "Gatlyktan utanför nummer nio är släckt och asfalten har ett potthål",
        "sno": "Vår gata är oplogad och trottoaren är hal, kan ni sanda?",
        "va": "Det är stopp i avloppet och kranvattnet är brunt",
        "avfall": "Soptunnan blev inte tömd i går, när kommer sopbilen?",
        "fsk": "Hur lång är kön till förskoleplats för vår ettåring?",
        "skola": "Min dotter går i trean, kan hon byta skola till hösten?",
        "aldre": "Hemtjänsten kom inte till min mamma i morse",
        "funk": "Jag vill söka personlig assistans och bostadsanpassning",
        "ftj": "Färdtjänstbilen kom aldrig och jag missade läkaren",
        "ptil": "Hur förnyar jag mitt parkeringstillstånd för rörelsehindrad?",
        "pbot": "Jag har fått en parkeringsbot som jag vill bestrida",
        "ekb": "Hur ansöker jag om försörjningsstöd, pengarna räcker inte till hyran?",
        "soc": "Min son har missbruk av droger, finns det öppenvård?",
        "far": "Vi är ogifta och vill bekräfta faderskapet för vår son",
        "of": "Min far behöver en god man som sköter hans ekonomi",
        "bo": "Elementen i min lägenhet är kalla, jag hyr av bostadsbolaget",
        "vig": "Vi vill boka borgerlig vigsel i augusti",
        "kon": "Butiken vägrar godta min reklamation av den trasiga spisen",
        "bud": "Jag behöver hjälp med skuldsanering, inkassobreven bara växer",
        "mil": "Vi blev matförgiftade på en restaurang och köket var smutsigt",
        "bib": "Kan jag låna om mina biblioteksböcker på nätet?",
        "fri": "Vi vill boka en tid i idrottshallen och undrar över simhallens öppettider",
        "fbi": "Vår förening vill söka föreningsbidrag, vilket är sista datum?",
        "nar": "Vi är ett företag som letar efter industrimark för att etablera oss",
        "fak": "Fakturan har fel belopp, kan ni skicka en ny?",
        "job": "Jag söker sommarjobb och bifogar mitt CV",
        "syn": "Jag är mycket missnöjd med bemötandet och vill lämna ett klagomål",
        "okl_overklagande": "Härmed överklagar jag nämndens beslut",
        "alh": "Jag begär att få ta del av allmänna handlingar: protokollet från nämnden",
        "gdp": "Vilka personuppgifter har ni om mig? Jag vill ha ett registerutdrag enligt GDPR",
        "prs": "Jag är journalist och söker en intervju med kommunalrådet inför en artikel",
        "rkl": "Missa inte vårt erbjudande, just nu rabatt på alla produkter",
        "nyh": "Veckans nyhetsbrev. Avprenumerera här.",
        "myn": "Länsstyrelsen förelägger kommunen att yttra sig över remissen",
        "int": "Mitt passerkort fungerar inte, kan it-supporten återställa lösenordet?",
        "ejk": "Jag behöver en läkartid på vårdcentralen",
        "oklart": "Hej!",
        "fara": "Det brinner i huset bredvid, lågorna slår ut",
        "oro": "Jag vill göra en orosanmälan, grannens barn blir slaget",
        "hot": "Jag ska döda dig, jag vet var du bor",
    },
    "fi": {
        "bygg": "Tarvitsenko rakennusluvan uuteen autotalliin?",
        "plan": "Mistä löydän alueen asemakaavan kartalla?",
        "gata": "Katulamppu on sammunut ja tiessä on iso kuoppa",
        "sno": "Katua ei ole aurattu ja jalkakäytävä on liukas",
        "va": "Viemäri on tukossa ja hanasta tulee ruskeaa vettä",
        "avfall": "Jäteastiaa ei ole tyhjennetty, milloin roska-auto tulee?",
        "fsk": "Haluaisin hakea lapselleni päivähoitopaikkaa esikoulusta",
        "skola": "Poikaani kiusataan koulussa eikä opettaja puutu siihen",
        "aldre": "Äitini tarvitsee kotipalvelua ja turvapuhelimen",
        "funk": "Haen henkilökohtaista apua, olen vammainen",
        "ftj": "Kuljetuspalvelun auto ei tullut hakemaan minua",
        "ptil": "Miten haen pysäköintilupaa liikuntarajoitteiselle?",
        "pbot": "Sain parkkisakon aiheettomasti",
        "ekb": "Miten haetaan toimeentulotukea, rahat eivät riitä ruokaan?",
        "soc": "Tarvitsen apua päihdeongelmaan, juon liikaa",
        "far": "Haluamme tunnustaa isyyden, emme ole naimisissa",
        "of": "Isäni tarvitsee edunvalvojan hoitamaan raha-asioita",
        "bo": "Asuntoni patteri on kylmä, vuokranantaja ei vastaa",
        "vig": "Haluaisimme varata siviilivihkimisen kesäkuulle",
        "kon": "Kauppa ei hyväksy reklamaatiota viallisesta puhelimesta",
        "bud": "Minulla on paljon velkaa ja ulosotto vie palkan",
        "mil": "Saimme ruokamyrkytyksen ravintolassa",
        "bib": "Voinko uusia kirjaston lainat puhelimella?",
        "fri": "Haluamme vuokrata liikuntasalin, mitä se maksaa?",
        "fbi": "Yhdistyksemme haluaisi hakea avustusta",
        "nar": "Yrityksemme etsii tonttia, kenen kanssa voi neuvotella?",
        "fak": "Laskussa on väärä summa",
        "job": "Haen kesätyötä, onko avoimia työpaikkoja?",
        "syn": "Olen hyvin tyytymätön palveluun ja haluan antaa palautetta",
        "okl_overklagande": "Haluan valittaa päätöksestä hallinto-oikeuteen",
        "alh": "Pyydän jäljennöstä pöytäkirjasta ja muista asiakirjoista",
        "gdp": "Haluan tietää mitä henkilötietoja teillä on minusta, tietosuoja",
        "prs": "Olen toimittaja ja pyydän haastattelua lehteen",
        "rkl": "Tarjous! Nyt kaikki tuotteet alennuksessa",
        "nyh": "Uutiskirje: ilmoittaudu seminaariin",
        "ejk": "Haluaisin varata lääkäriajan terveyskeskukseen",
        "oklart": "Hei",
        "fara": "Talossa on tulipalo ja savua tulee ikkunasta",
        "oro": "Haluan tehdä lastensuojeluilmoituksen, naapuri lyö lasta",
        "hot": "Tapan sinut, tiedän missä asut",
    },
    "en": {
        "bygg": "Do I need a building permit for a garage?",
        "plan": "Where can I see the zoning plan for our neighbourhood?",
        "gata": "A streetlight is broken and there is a big pothole in the road",
        "sno": "Our street has not been plowed and the pavement is icy",
        "va": "The drain is blocked and the tap water is brown",
        "avfall": "My garbage bin was not emptied yesterday",
        "fsk": "I want to apply for a preschool place for my child",
        "skola": "My son is bullied at school and his teacher does nothing",
        "aldre": "My mother is 88 and needs home care",
        "funk": "I am disabled and want to apply for a personal assistant",
        "ftj": "My special transport taxi never came to pick me up",
        "ptil": "How do I apply for a disabled parking permit?",
        "pbot": "I want to contest a parking ticket",
        "ekb": "How do I apply for social assistance, I have no money for rent",
        "soc": "I need help with my alcohol addiction",
        "far": "We are unmarried and want to acknowledge paternity of our son",
        "of": "My father needs a legal guardian for his finances",
        "bo": "The radiators in my apartment are cold, I rent from your housing company",
        "vig": "We want to book a civil wedding in the town hall",
        "kon": "The shop refuses my complaint about a faulty phone and will not refund it",
        "bud": "I have too many debts and need debt advice",
        "mil": "We got food poisoning at a restaurant",
        "bib": "How do I renew my library loans?",
        "fri": "We would like to book the sports hall",
        "fbi": "Can our association apply for a grant?",
        "nar": "Our company is looking for land for a new factory",
        "fak": "The amount on my invoice is wrong",
        "job": "I am looking for a job, are there any vacancies?",
        "syn": "I want to make a complaint about your rude staff",
        "okl_overklagande": "I want to appeal the decision",
        "alh": "I request a copy of the public records and the minutes",
        "gdp": "Which personal data do you hold about me under the GDPR?",
        "prs": "I am a journalist and would like an interview for my article",
        "rkl": "Special offer, 50 % discount on our software, book a demo",
        "nyh": "Our newsletter. Unsubscribe here.",
        "ejk": "I need to see a doctor at the health centre",
        "oklart": "Hello",
        "fara": "The house is on fire and there is smoke everywhere",
        "oro": "I am worried about a child, the father beats him",
        "hot": "I will kill you, I know where you live",
    },
}


@pytest.mark.parametrize(
    ("language", "category"), [(language, category) for language, letters in LETTERS.items() for category in letters]
)
def test_a_plain_letter_is_told(language: str, category: str) -> None:
    text = LETTERS[language][category]

    found = classify(message(subject="", text=text), guess_language(text, SITE.triage), SITE.categories, SITE.triage)

    assert found.category == category


@pytest.mark.parametrize("language", ["sv", "fi", "en"])
def test_every_category_a_citizen_may_write_about_is_tried(language: str) -> None:
    tried = LETTERS[language].keys()

    assert {each.id for each in SITE.categories if each.kind is not CategoryKind.handling} <= set(tried)
    assert {each.id for each in SITE.categories} == set(LETTERS["sv"])


#: Danger, concern and a threat, in the languages that are not told by words of Swedish, Finnish or English.
ALARMS = {
    "ar": ("النار تشتعل في الشقة", "زوجي يضرب الأطفال", "سوف أقتلك"),
    "fa": ("خانه آتش گرفته است", "همسایه بچه را می‌زند", "تو را می‌کشم"),
    "so": ("guriga wuu gubanayaa", "ninkaygu wuu i garaacaa", "waan ku dilayaa"),
    "ti": ("ሓዊ ተላዒሉ ኣሎ", "ሰብኣየይ ይሃርመኒ", "ክቐትለካ እየ"),
    "ku": ("agir bi malê ketiye", "mêrê min li min dixe", "ezê te bikujim"),
    "pl": ("pali się w domu, dym", "mąż bije dzieci", "zabiję cię"),
    "uk": ("пожежа в будинку", "чоловік б'є дітей", "я тебе вб'ю"),
    "ru": ("пожар в квартире", "муж бьет детей", "я тебя убью"),
    "bs": ("gori kuća, puno dima", "muž me tuče pred djecom", "ubit ću te"),
    "tr": ("evde yangın var", "kocam çocukları dövüyor", "seni öldüreceğim"),
    "es": ("hay fuego en la casa, mucho humo", "mi marido pega a los niños", "te voy a matar"),
    "fr": ("il y a le feu dans la maison", "mon mari frappe les enfants", "je vais te tuer"),
    "de": ("es brennt im Haus, Feuer und Rauch", "mein Mann schlägt die Kinder", "ich bringe dich um"),
    "no": ("det brenner i huset, mye røyk", "mannen min slår barna", "jeg skal drepe deg"),
    "da": ("det brænder i huset, der er røg", "min mand slår børnene", "jeg slår dig ihjel"),
}


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in ALARMS.items() for text in texts]
)
def test_danger_concern_and_threats_alarm_in_every_language(language: str, text: str) -> None:
    found = classify(message(subject="", text=text), guess_language(text, SITE.triage), SITE.categories, SITE.triage)

    assert found.safety
