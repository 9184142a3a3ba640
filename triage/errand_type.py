"""Errand type: what the citizen wants done, apart from what it is about (R138)."""

from collections.abc import Mapping

from domain.category import ErrandType
from domain.ids import CategoryId
from triage.matching import Clue

#: Categories whose type is always the same.
BY_CATEGORY: Mapping[str, ErrandType] = {
    "alh": ErrandType.records_request,
    "oro": ErrandType.report,
    "fara": ErrandType.report,
    "hot": ErrandType.other,
    "rkl": ErrandType.other,
    "nyh": ErrandType.other,
    "myn": ErrandType.other,
    "oklart": ErrandType.other,
}

#: What people write, by type and language; the type that is asked for most clearly wins, in this order when even.
SIGNS: Mapping[ErrandType, Mapping[str, str]] = {
    ErrandType.records_request: {
        "sv": "allmän/allmänna handling*, begär* ut, lämna/lämnar ut, ta del av, kopia av/på, "
        "skicka protokoll*, diarie*",
        "fi": "pöytäkirj*, jäljennö*, asiakirjapyyn*, kopio*",
        "en": "public record*, copy of, copies of, minutes of, freedom of information",
    },
    ErrandType.application: {
        "sv": "ansök*, söka, söker, vill ha plats, ställa mig i kö, anmäla mig till, sätta upp mig, få bidrag, "
        "behöver bygglov, skriva in, anmäla * till förskol*",
        "fi": "hakea, haen, hakemu*, haluaisin hakea, ilmoittaa jonoon",
        "en": "apply, applying, application, sign up, register my/our, enrol*",
        "uk": "подати заяв*, записат*",
        "ar": "*تقديم*, *اسجل*, *تسجيل*",
        "fa": "*درخواست*, *ثبت*",
        "so": "codsa*, diiwaan*",
        "pl": "złożyć wniosek, zapisać",
        "tr": "başvur*",
        "bs": "prijav*, zahtjev*",
        "de": "beantrag*, anmelden",
    },
    ErrandType.order: {
        "sv": "beställ*, boka, bokning*, avboka, hyra, låna om, säga upp, uppsägning*, göra uppehåll, avsluta, "
        "byta tid, "
        "ställa in, få hem",
        "fi": "tilata, tilaan, varata, varaisin, perua, irtisano*",
        "en": "book, booking, order, cancel, reserve, renew",
    },
    ErrandType.report: {
        "sv": "felanmäl*, anmäla, anmäler, anmälan, trasig*, sönder, fungerar inte, funkar inte, lyser inte, läcker, "
        "vill tipsa, ligger * på vägen, stopp i, kom inte, har inte kommit, glömt, glömde, hål i, oplogat, "
        "halt, nedskräp*",
        "fi": "vikailmoit*, rikki, ei toimi, ei pala, vuotaa, ilmoittaa, ilmoitan, ilmoitus, unohti*, "
        "ei tullut, kuoppa, liukas",
        "en": "broken, not working, doesnt work, leaking, report a, reporting, pothole*, missed, did not come, damaged",
    },
    ErrandType.complaint: {
        "sv": "klag*, missnöjd, missnöjda, oacceptabel*, skandal*, skäms, skämmas, bedrövl*, dåligt bemöt*, "
        "otrevlig*, arg, "
        "förbannad, upprörd, besviken, urusel*, uselt, slöseri*, orimlig*, hur svårt kan det, fy, skärp er, idiot*",
        "fi": "tyytymätön, tyytymättöm*, valitan, valitus, huono*, törke*, pettyn*, noloa, häpe*",
        "en": "complain*, unacceptable, disappointed, rude, disgrace*, terrible, angry, outrageous, ashamed",
    },
    ErrandType.suggestion: {
        "sv": "förslag*, föreslå*, idé, idéer, varför inte, kan ni inte bara, önskemål*, borde ni, "
        "skulle vara bra, tips",
        "fi": "ehdot*, idea, voisiko",
        "en": "suggest*, proposal, idea, it would be great, why not",
    },
    ErrandType.praise: {
        "sv": "beröm*, tack för, tack till, tackar för, fantastisk*, toppen, jättebra, guldstjärna*, "
        "bästa personal*, så bra jobbat, "
        "eloge",
        "fi": "kiitos siitä, kiitokset, kehu*, hienoa, loistava*, mahtava*",
        "en": "thank you for, thanks to, great job, wonderful, praise, excellent",
    },
    ErrandType.question: {
        "sv": "undrar, fråga, frågor, hur gör, hur lång*, hur mycket, vad kostar, när kommer, när får, "
        "får man, kan man, var hittar, "
        "vem kontaktar, stämmer det, vilka regler",
        "fi": "kysymys, kysyisin, kysyn, onko, voiko, voinko, saako, saanko, miten, milloin, paljonko, mistä, "
        "tarvitaanko",
        "en": "question, wonder, wondering, how do, how much, when will, can i, do i need, where can, is it possible",
    },
}


#: What the clues of a type speak for.
PREFIX = "type:"


def clues() -> list[Clue]:
    """Return the signs of every type as clues."""
    return [
        Clue(PREFIX + type, pattern.strip(), language, 1.0)
        for type, languages in SIGNS.items()
        for language, patterns in languages.items()
        for pattern in patterns.split(", ")
    ]


def errand_type(category: CategoryId, found: Mapping[str, float], asks: bool) -> ErrandType:
    """Return the type of an errand.

    Args:
        category: what it is about; some decide the type alone.
        found: type to how many of its signs were seen.
        asks: the text holds a question mark.
    """
    if category in BY_CATEGORY:
        return BY_CATEGORY[category]
    scores = {type: found.get(type, 0.0) for type in SIGNS}
    scores[ErrandType.records_request] *= 0.5
    if asks:
        scores[ErrandType.question] += 0.75
    best = max(scores, key=lambda sign: scores[sign])
    return best if scores[best] else ErrandType.other
