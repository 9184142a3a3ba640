"""Quoting: the author's own text apart from the earlier mail below it.

The words that introduce a quotation in Swedish, English, Danish and German are mail-parser-reply's; Finnish, Norwegian
and Outlook's separators are ours. Only lines that look like an introduction are tried, each cut to a length, because
the library's expressions take quadratic time.
"""

import re
from dataclasses import dataclass

from mailparser_reply.constants import MAIL_LANGUAGES

#: An introduction is a name, an address and a time.
_LONGEST_LINE = 300
#: Only the first introduction that is not itself quoted matters; the rest are sentences that end in a colon.
_MOST_TRIED = 50

_DAY = r"(?:ma|ti|ke|to|pe|la|su|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai)"
_OURS = (
    #: Gmail and Thunderbird in Finnish, Apple Mail in Finnish.
    rf"^(?:{_DAY}(?:na)?\b.{{0,250}}|\d{{1,2}}\..{{0,250}})\bkirjoitti.{{0,250}}:$",
    r"^.{1,200}\bkirjoitti\s.{0,20}\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}.{0,60}:$",
    #: Norwegian, both ways of writing.
    r"^(?:Den\s|(?:man|tir|ons|tor|tors|fre|lør|søn)\w*\.?,?\s|\d{1,2}\.\s).{0,250}\bskrei?v\b.{0,250}:$",
    #: Thunderbird and Apple Mail in Swedish put the date first without a word.
    r"^(?:På\s|\d{4}-\d{2}-\d{2}|\d{1,2}\s\w{3,10}\.?\s\d{4}).{0,250}\bskrev\b.{0,250}:$",
)
_INTRODUCTION = re.compile(
    "|".join((*(MAIL_LANGUAGES[language]["wrote_header"] for language in ("sv", "en", "da", "de")), *_OURS)),
    re.IGNORECASE,
)
_LOOKS_LIKE_INTRODUCTION = re.compile(r"\b(?:skrev|skreiv|wrote|kirjoitti|schrieb)\b.*:$", re.IGNORECASE)
#: A sentence such as "Den 5 maj skrev jag till er:" carries no year, time or address.
_DATED = re.compile(r"\b\d{4}\b|\d{1,2}[.:]\d{2}\b|@")

_SEPARATOR = re.compile(
    r"^[-_–—]{2,}\s?(?:Ursprungligt meddelande|Original ?meddelande|Originalmeddelande|Vidarebefordrat meddelande"
    r"|Original Message|Forwarded message|Alkuperäinen viesti|Edelleenlähetetty viesti|Välitetty viesti"
    r"|Oprindelig meddelelse|Videresendt meddelelse|Opprinnelig melding|Videresendt melding"
    r"|Ursprüngliche Nachricht|Weitergeleitete Nachricht)\s?(?:from .{1,100}\s?)?[-_–—]{2,}$"
    r"|^(?:Begin forwarded message|Vidarebefordrat brev|Vidarebefordrat meddelande|Välitetty viesti alkaa"
    r"|Videresendt meddelelse|Videresendt melding|Anfang der weitergeleiteten Nachricht):$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\*?(?:Från|From|Lähettäjä|Fra|Frå|Von)\s?:", re.IGNORECASE)
_OTHER_LABEL = re.compile(
    r"^\*?(?:Skickat|Datum|Till|Kopia|Ämne|Sent|Date|To|Cc|Subject|Reply-To|Lähetetty|Päivämäärä|Päiväys"
    r"|Vastaanottaja|Kopio|Aihe|Sendt|Dato|Til|Kopi|Emne|Gesendet|An|Betreff)\s?:",
    re.IGNORECASE,
)
#: What is left where a quotation was taken out.
_BLANK_LINES = re.compile(r"\n{3,}")
_LINE = re.compile(r"^[-_*=–—]{5,}$")
_DEVICE = re.compile(
    r"^(?:Skickat från|Hämta Outlook|Lähetetty|Hanki Outlook|Sent from|Get Outlook|Sendt fra|Gesendet von)\b.{0,80}$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"^\s*(?:vb|vidarebef|fwd?|vl|wg|vs:\s*fwd?)\b", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"^\s*(?:re|sv|svar|ang|vs|aw|antw)\s?(?:\[\d+\])?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """The two halves; together they hold every line with words."""

    text: str
    quoted: str = ""


def separate(text: str, subject: str = "") -> Split:
    """Return the author's own text and what is quoted.

    Answers written between quoted lines stay with the author's text. A forwarded mail whose own text is empty has the
    forwarded one as its text; an empty reply stays empty, so that our own words to the citizen never decide.
    """
    lines = text.split("\n")
    own, quoted = _sorted_lines(lines)
    split = Split(_BLANK_LINES.sub("\n\n", "\n".join(own)).strip(), "\n".join(quoted).strip())
    if not split.quoted or not _is_empty(split.text):
        return split
    if _REPLY_SUBJECT.match(subject) and not _FORWARD_SUBJECT.match(subject):
        return split
    return Split(text.strip())


def _is_empty(text: str) -> bool:
    """Say whether nothing was written above the quotation but what a telephone adds."""
    return all(_DEVICE.match(line) or not line.strip() for line in text.split("\n"))


def _sorted_lines(lines: list[str]) -> tuple[list[str], list[str]]:
    views = [" ".join(line[:_LONGEST_LINE].split()) for line in lines]
    own: list[str] = []
    quoted: list[str] = []
    tried = number = 0
    while number < len(lines):
        view = views[number]
        if view.startswith(">"):
            quoted.append(lines[number])
            number += 1
            continue
        if _begins_block(views, number):
            _take_line_above(own, quoted)
            return own, [*quoted, *lines[number:]]
        length = 0
        if tried < _MOST_TRIED and (length := _looks_introduced(views, number)):
            tried += 1
            length = length if _INTRODUCTION.match(" ".join(views[number : number + length])) else 0
        if length and not _is_followed_by_marks(views, number + length):
            if _is_dated(views, number, length):
                return own, [*quoted, *lines[number:]]
            length = 0
        (quoted if length else own).extend(lines[number : number + max(length, 1)])
        number += max(length, 1)
    return own, quoted


def _begins_block(views: list[str], number: int) -> bool:
    """Say whether the rest of the mail is an earlier one, as Outlook and forwarding write it."""
    view = views[number]
    if _SEPARATOR.match(view):
        return True
    return bool(_FROM.match(view)) and any(_OTHER_LABEL.match(below) for below in views[number + 1 : number + 4])


def _take_line_above(own: list[str], quoted: list[str]) -> None:
    """Let the rule that Outlook draws above the earlier mail go with it."""
    at = len(own) - 1
    while at >= 0 and not own[at].strip():
        at -= 1
    if at >= 0 and _LINE.match(own[at].strip()):
        quoted.extend(own[at:])
        del own[at:]


def _looks_introduced(views: list[str], number: int) -> int:
    """Return over how many lines something like "… wrote:" stands here: 1 or 2, or 0 for not at all."""
    if _LOOKS_LIKE_INTRODUCTION.search(views[number]):
        return 1
    below = views[number + 1] if number + 1 < len(views) else ""
    if views[number] and below.endswith(":") and not below.startswith(">"):
        both = f"{views[number]} {below}"
        return 2 if _LOOKS_LIKE_INTRODUCTION.search(both) and _DATED.search(views[number]) else 0
    return 0


def _is_dated(views: list[str], number: int, length: int) -> bool:
    return bool(_DATED.search(" ".join(views[number : number + length])))


def _is_followed_by_marks(views: list[str], number: int) -> bool:
    following = [view for view in views[number : number + 4] if view]
    return bool(following) and following[0].startswith(">")
