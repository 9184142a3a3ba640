"""What a row of the screen matched, and what is wrong with a message, in words.

Triage and the parser keep English sentences with the record. What is no sentence of theirs (a header, an address, a
citizen's word) is evidence, and stands as it was kept.
"""

import re
from datetime import datetime

from web.screen_words import say_row
from web.times import say_date_clock
from web.words import Words, mark


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


#: What rows say beside evidence; the first that fits is said.
PHRASES = (
    (_phrase(r"forward: (?P<name>\S+)"), mark("Inget svar från den som ärendet skickades vidare till: %(name)s")),
    (
        _phrase(r"(?P<what>\S+) is in neither To, Cc nor Resent"),
        mark("%(what)s står varken i Till, Kopia eller Resent"),
    ),
    (_phrase(r"(?P<what>\S+@\S+) replies"), mark("%(what)s svarar")),
    (_phrase(r"(?P<what>\d+) recipients"), mark("%(what)s mottagare")),
    (_phrase(r"in the junk folder"), mark("i skräppostmappen")),
    (_phrase(r"attachment (?P<what>.+)"), mark("bilagan %(what)s")),
    (_phrase(r"an? (?P<what>\S+/\S+) part"), mark("en del av typen %(what)s")),
    (_phrase(r"the subject starts with (?P<what>.+)"), mark("ämnet börjar med %(what)s")),
    (_phrase(r"category (?P<what>\w+)(?P<words> \(.*\))?"), mark("kategorin %(what)s%(words)s")),
    (_phrase(r"category (?P<what>\w+) in public"), mark("kategorin %(what)s står öppet")),
    (_phrase(r"(?P<what>\d+) hours since the person wrote"), mark("%(what)s timmar sedan personen skrev")),
    (_phrase(r"(?P<what>\d+) days since the person wrote"), mark("%(what)s dagar sedan personen skrev")),
    (_phrase(r"a personal identity number in public"), mark("ett personnummer står öppet")),
    (_phrase(r"a comment by a page"), mark("en sida har kommenterat")),
    (_phrase(r"a reaction"), mark("en reaktion")),
    (_phrase(r"a sticker"), mark("en dekal")),
    (_phrase(r"(?P<sign>.+), in reply to (?P<what><.+>)"), mark("%(sign)s, som svar på %(what)s")),
    (_phrase(r"(?P<what>\d+) Received headers"), mark("har passerat %(what)s servrar")),
    (
        _phrase(r"(?P<what>\S+) has come before with other content"),
        mark("%(what)s har kommit förut med annat innehåll"),
    ),
    (_phrase(r"(?P<what>\S+) has come before with same content"), mark("%(what)s har kommit förut med samma innehåll")),
    (
        _phrase(r"message (?P<what>\d+) in (?P<where>\S+) is the same letter"),
        mark("meddelande %(what)s i %(where)s är samma brev"),
    ),
    (_phrase(r"the structure cannot be read"), mark("innehållet går inte att läsa")),
    (_phrase(r"no usable From"), mark("ingen användbar avsändare")),
    (_phrase(r"the return path is null"), mark("returadressen är tom")),
    (
        _phrase(r"no Return-Path header, .+"),
        mark("ingen returadress (Return-Path): be e-postadministratören låta leveransen skriva en"),
    ),
    (_phrase(r"the return path (?P<what>.+) is no address"), mark("returadressen %(what)s är ingen adress")),
    (_phrase(r"the return path (?P<what>.+) is one for bounces"), mark("returadressen %(what)s är till för studsar")),
    (
        _phrase(r"the return path (?P<what>.+) is in another domain than From"),
        mark("returadressen %(what)s hör till en annan domän än avsändaren"),
    ),
    (
        _phrase(r"a registered form sender, but our border server does not vouch for it"),
        mark("ett registrerat formulär, men vår gränsserver går inte i god för det"),
    ),
    (
        _phrase(r"a registered form sender, but (?P<what>\S+) holds no address"),
        mark("ett registrerat formulär, men %(what)s saknar adress"),
    ),
    (_phrase(r"the thread is open"), mark("ärendet är öppet")),
    (
        _phrase(r"(?P<what>\d+) SMS within an hour from numbers that begin alike"),
        mark("%(what)s sms på en timme från nummer som börjar likadant"),
    ),
    (_phrase(r"a one-time code"), mark("en engångskod")),
    (_phrase(r"a delivery notice"), mark("en paketavisering")),
    (_phrase(r"a voicemail notice"), mark("ett röstmeddelande")),
    (_phrase(r"the thread already has a receipt"), mark("samtalet har redan fått en bekräftelse")),
    (
        _phrase(r"\w+ went to the same address from the same mailbox at (?P<at>.+)"),
        mark("ett gick till samma adress från samma brevlåda %(at)s"),
    ),
    (
        _phrase(r"(?P<what>\d+) automatic messages to the address within 24 hours"),
        mark("%(what)s automatiska svar till adressen på ett dygn"),
    ),
    (
        _phrase(r"(?P<what>\d+) automatic messages from the installation within an hour"),
        mark("%(what)s automatiska svar på en timme"),
    ),
    (_phrase(r"a person has written in the thread"), mark("en medarbetare har skrivit i samtalet")),
    (_phrase(r"a mail in Sent answers it"), mark("ett svar ligger i Skickat")),
    (_phrase(r"arrived at (?P<at>\S+), (?P<what>\d+) hours before"), mark("kom %(at)s, %(what)s timmar tidigare")),
    (_phrase(r"hard bounce (?P<what>\S+)"), mark("adressen tar inte emot e-post (%(what)s)")),
    (_phrase(r"spam complaint"), mark("anmält som skräppost")),
    (_phrase(r"auto_reply is off"), mark("automatiska svar är avstängda")),
    (_phrase(r"triage failed: (?P<what>\w+)"), mark("sorteringen misslyckades: %(what)s")),
    (
        _phrase(r"(?P<what>\S+) belongs to (?P<owner>\S+), the account to (?P<own>[^:]+): it stays with (?P<unit>\S+)"),
        mark("%(what)s hör till %(owner)s, kontot till %(own)s: det stannar hos %(unit)s"),
    ),
)

#: What the parser says is wrong.
DEFECTS = (
    (_phrase(r"a header holds NUL"), mark("ett brevhuvud innehåller NUL-tecken")),
    (_phrase(r"a header was cut: too long"), mark("ett brevhuvud kortades: för långt")),
    (_phrase(r"a line among the headers is not a header"), mark("en rad bland brevhuvudena är inget brevhuvud")),
    (_phrase(r"a text was cut: too many bytes"), mark("en text kortades: för stor")),
    (
        _phrase(r"no boundary was found: the whole was read as text"),
        mark("ingen delgräns hittades: allt lästes som text"),
    ),
    (_phrase(r"the HTML was cut: too (?:long|many tags)"), mark("webbtexten (HTML) kortades")),
    (
        _phrase(r"the boundary is not the declared one: it was guessed"),
        mark("delgränsen är inte den uppgivna: den gissades"),
    ),
    (
        _phrase(r"the content is (?:encrypted or sealed|encrypted) with (?P<what>S/MIME|PGP) and cannot be read here"),
        mark("innehållet är krypterat med %(what)s och går inte att läsa här"),
    ),
    (
        _phrase(r"the content is in a winmail\.dat \(TNEF\), which is not opened"),
        mark("innehållet ligger i winmail.dat från Outlook, som inte öppnas"),
    ),
    (
        _phrase(r"the content is protected by Microsoft's rights management and cannot be read here"),
        mark("innehållet är skyddat av Microsofts rättighetshantering och går inte att läsa här"),
    ),
    (
        _phrase(r"the content is signed with S/MIME in a sealed form that cannot be read here"),
        mark("innehållet är signerat med S/MIME i en förseglad form som inte går att läsa här"),
    ),
    (_phrase(r"the declared charset is not known"), mark("den uppgivna teckenkodningen är okänd")),
    (_phrase(r"the headers were cut: too many (?:bytes|lines)"), mark("brevhuvudena kortades: för många")),
    (_phrase(r"the last boundary is missing"), mark("den sista delgränsen saknas")),
    (_phrase(r"the mail is empty"), mark("brevet är tomt")),
    (_phrase(r"there are no mail headers"), mark("brevhuvuden saknas")),
    (_phrase(r"the original could not be read: (?P<what>.+)"), mark("originalet gick inte att läsa: %(what)s")),
    (
        _phrase(r"the parts were cut: (?:more than|nested deeper than) (?P<what>\d+)"),
        mark("delarna kortades: fler än %(what)s"),
    ),
    (_phrase(r"the sender is missing"), mark("avsändaren saknas")),
    (
        _phrase(r"the text is UTF-8 although another charset is declared"),
        mark("texten är UTF-8 fast en annan teckenkodning uppges"),
    ),
    (_phrase(r"the text is not in the declared charset"), mark("texten följer inte den uppgivna teckenkodningen")),
    (_phrase(r"the text made from the HTML was cut: too long"), mark("texten ur webbtexten (HTML) kortades")),
    (
        _phrase(r"the texts? (?:was|were) cut: more than (?P<what>\d+)(?: characters)?"),
        mark("texten kortades: mer än %(what)s"),
    ),
    (_phrase(r"the transfer encoding is not known"), mark("överföringskodningen är okänd")),
    (_phrase(r"the worker broke off each time it tried to read the message"), mark("läsningen avbröts varje gång")),
)

#: What the row's own sentence says already.
SILENT = frozenset(
    {
        "no other row applies",
        "a public comment",
        "a direct message within 24 hours",
        "a person may reply in private, once",
        "sent by the page",
        "the page's own instant reply is on",
        "the account's mode is queue: people answer elsewhere",
        "the account's mode is observe: people answer elsewhere",
        "the account's mode is watch_only: people answer elsewhere",
    }
)
_ROW = re.compile(r"(?P<row>3\.\d/\d+|P\d+|mode|rule): (?P<matched>.*)", re.DOTALL)


def say_matched(matched: str, words: Words) -> str:
    """Return what a row matched, in words; empty when the row's own sentence says it."""
    if matched in SILENT:
        return ""
    return "; ".join(_said(part, words) for part in matched.split("; "))


def say_defect(defect: str, words: Words) -> str:
    """Return what is wrong with a message, in words; one of an older release stands as it was kept."""
    return _said(defect, words)


def say_look_reason(reason: str, words: Words) -> tuple[str, ...]:
    """Return why a person must look, a sentence each: defects, and rows with what they matched."""
    return tuple(_say_part(part, words) for part in reason.split("; ") if part)


def _say_part(part: str, words: Words) -> str:
    found = _ROW.fullmatch(part)
    if found is None:
        return _said(part, words)
    matched = say_matched(found["matched"], words)
    return f"{say_row(found['row'], words)}: {matched}" if matched else say_row(found["row"], words)


def _said(part: str, words: Words) -> str:
    for pattern, sentence in (*PHRASES, *DEFECTS):
        found = pattern.fullmatch(part)
        if found is not None:
            named = {name: _as_said(name, value or "", words) for name, value in found.groupdict().items()}
            return words.gettext(sentence) % named if named else words.gettext(sentence)
    return part


def _as_said(name: str, value: str, words: Words) -> str:
    """Return an instant as people say it, and all else as it was kept."""
    if name != "at":
        return value
    try:
        return say_date_clock(datetime.fromisoformat(value), words)
    except ValueError:
        return value
