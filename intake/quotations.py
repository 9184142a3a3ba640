"""Quotations: how mail programs introduce the mail that they quote or forward, in our neighbours' languages.

Swedish, Finnish, English, Norwegian, Danish and German; gathered from Outlook (desktop, web, telephone), Gmail, Apple
Mail, Thunderbird, Samsung's and other programs' forms.
"""

import re
from collections.abc import Sequence

_WROTE = re.compile(
    r"\b(?:skrev|skreiv|wrote|kirjoitti|schrieb|schreef|a écrit|escribió|napisał(?:\(a\))?|yazdı|написав|написал)\b"
)
_DAY = (
    r"(?:m[åa]n|tis|ons|tors|fre|l[öø]r|s[öø]n|tir|tor|tirs|tys|laur|maa|ti|ke|to|pe|la|su|mo|di|mi|do|fr|sa|so|mon|tue"
    r"|wed|thu|fri|sat|sun)[a-zåäöø]{0,9}"
)
#: How an introduction begins that names the time first.
_OPENING = re.compile(rf"^(?:On|Den|På|Am|Le|El|{_DAY}\.?,?|\d{{1,4}})[\s.,/-]", re.IGNORECASE)
_YEAR = r"(?:\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b)"
_TIME = r"\b\d{1,2}[.:]\d{2}\b"
_DATED = re.compile(rf"{_YEAR}|{_TIME}|@")
_WITH_YEAR = re.compile(_YEAR)
_ADDRESS = re.compile(r"[<(]\s?(?:mailto:)?[^\s<>()@]{1,64}@[^\s<>()@]{1,255}[>)]")
#: "Name wrote on 24/11/2026 09:12:" and nothing more.
_NAME_FIRST = re.compile(
    rf"^\S.{{0,200}}\b(?:skrev|skreiv|wrote|kirjoitti|schrieb)\b[^:]{{0,40}}{_YEAR}.{{0,12}}{_TIME}(?::\d\d)?\)?\s?:$"
)
#: Words of a sentence by somebody who tells what was written.
_TELLING = re.compile(
    r"\b(?:jag|mig|mej|vi|oss|ni|er|du|dig|dej|han|hon|honom|henne|de|dem|dom|att|I|me|we|us|you|he|she|they|that"
    r"|minä|hän|me|te|jeg|meg|hun|ham|ich|mir|wir|uns|sie|er|ihr|dass|följande|så här)\b"
)

_EARLIER_MAIL = (
    "Ursprungligt meddelande|Original ?meddelande|Vidarebefordrat meddelande|Vidarebefordrat brev|Original Message"
    "|Forwarded message|Alkuperäinen viesti|Edelleenlähetetty viesti|Välitetty viesti|Oprindelig (?:meddelelse|besked)"
    "|Videresendt (?:meddelelse|melding|besked|e-post)|Opprinnelig melding|Opphavleg melding|Vidaresend melding"
    "|Ursprüngliche Nachricht|Original-?Nachricht|Weitergeleitete Nachricht"
)
_SEPARATOR = re.compile(
    rf"^[-_–—]{{2,}}\s?(?:{_EARLIER_MAIL})\s?(?:from .{{1,100}}\s?)?[-_–—]{{2,}}$"
    r"|^(?:Begin forwarded message|Vidarebefordrat (?:brev|meddelande)|Välitetty viesti(?: alkaa)?"
    r"|(?:Start på )?videresendt (?:meddelelse|melding|besked)|Anfang der weitergeleiteten (?:Nachricht|E-Mail))\s?:$"
    # Notes and GroupWise
    r"|^-{5}.{1,200}\b(?:skrev|wrote|kirjoitti|schrieb)\s?:\s?-{5}$"
    r"|^>>> .{1,200} \d{1,4}[-./]\d{1,2}[-./]\d{1,4} .{1,20}>>>$",
    re.IGNORECASE,
)

_FROM = re.compile(r"^\*{0,2}(?:Från|From|Lähettäjä|Fra|Frå|Von)\s?:", re.IGNORECASE)
#: Labels that only a mail has.
_SENT = re.compile(r"^\*{0,2}(?:Skickat|Sent|Lähetetty|Sendt|Gesendet)\s?:", re.IGNORECASE)
_DATE = re.compile(r"^\*{0,2}(?:Datum|Date|Päivämäärä|Päiväys|Pvm|Dato)\s?:.*\d", re.IGNORECASE)
_OTHER = re.compile(
    r"^\*{0,2}(?:Till|Kopia|Ämne|Rubrik|To|Cc|Subject|Reply-To|Vastaanottaja|Saaja|Kopio|Aihe|Til|Kopi|Emne|An|Betreff)"
    r"\s?:",
    re.IGNORECASE,
)
_LABELS_BELOW = 4


def is_separator(line: str) -> bool:
    """Say whether the line announces an earlier mail: `-----Ursprungligt meddelande-----`."""
    return line[0] in "-_–—>bBvVsSaA" and _SEPARATOR.match(line) is not None


def starts_earlier_mail(lines: Sequence[str], number: int) -> bool:
    """Say whether a block of headers begins here as Outlook writes it: from, sent, to, subject.

    `Från:` and `Till:` stand in orders of transport as well, so the line that says when it was sent is asked for.
    """
    if ":" not in lines[number] or not _FROM.match(lines[number]):
        return False
    below = [line for line in lines[number + 1 : number + 1 + 2 * _LABELS_BELOW] if line][:_LABELS_BELOW]
    if any(_SENT.match(line) for line in below):
        return True
    return bool(below) and bool(_DATE.match(below[0])) and any(_OTHER.match(line) for line in below[1:])


def opens_introduction(line: str) -> bool:
    """Say whether an introduction that is wrapped over several lines may begin here: it names the time first."""
    return _OPENING.match(line) is not None and _DATED.search(line) is not None


def is_introduction(line: str, *, followed_by_marks: bool) -> bool:
    """Say whether the line, which ends with a colon, introduces a quotation: `On … at …, … wrote:`.

    Args:
        line: with its wrapped lines joined.
        followed_by_marks: quoted lines with `>` follow; then less is asked for, because less is taken away.
    """
    if not _WROTE.search(line):
        return False
    if _ADDRESS.search(line):
        return True
    telling = _TELLING.search(line) is not None
    if followed_by_marks:
        return not telling or _DATED.search(line) is not None
    if telling:
        return False
    return _NAME_FIRST.match(line) is not None or bool(_OPENING.match(line) and _WITH_YEAR.search(line))
