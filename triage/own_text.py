"""Own text: what the author wrote in this message, without quoted lines and signature."""

import re
from functools import lru_cache

_QUOTED = re.compile(r"^\s*>")
_QUOTE_HEAD = re.compile(
    r"^\s*(on|den|am|pe|ma|ti|ke|to|la|su|le|el|mån|tis|ons|tors|fre|lör|sön)\b.*(wrote|skrev|kirjoitti|schrieb).{0,60}:\s*$"
    r"|^\s*-{2,}\s*(ursprungligt meddelande|original message|alkuperäinen viesti|vidarebefordrat.*)\s*-{2,}",
    re.IGNORECASE,
)
_OUTLOOK_HEAD = re.compile(r"^\s*\*?(från|from|lähettäjä|von)\s*:\*?\s.*@", re.IGNORECASE)
_CLOSING = re.compile(
    r"^\W*(med\s+(vänlig(a|t)?|bästa|varma?)\s+hälsning(ar)?|m\.?\s?v\.?\s?h\.?|vänligen|vänlig(a)?\s+hälsning(ar)?"
    r"|(bästa\s+|varma\s+|glada\s+)?hälsning(ar)?|hälsar|hälsn|högaktningsfullt|bästa\s+hälsningar"
    r"|(ystävällisin?|parhain|kunnioittavin|lämpimin|terveisin)\s*(terveisin|terveisiä)?|t(?=:|\.)|terv(eisin)?"
    r"|(best|kind|warm|many)\s+(regards|wishes)|regards|yours\s+\w+|sincerely|cheers"
    r"|mit\s+freundlichen\s+grüßen|grüße|gruß|pozdrawiam|z\s+poważaniem|з\s+повагою|saygılarımla|srdačan\s+pozdrav)\b",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^\s*(skickat från|sent from|lähetetty|hämta outlook|get outlook|von meinem|gesendet|wysłane z)\b", re.IGNORECASE
)
_MARK = re.compile(r"^(-- ?|_{5,}|-{5,}|\*{5,})\s*$")

#: A line of a signature has no more words than this; longer ones after the closing are text (a postscript).
SIGNATURE_LINE_WORDS = 7


#: Texts that are remembered: language and category ask for the same ones of a batch, one after the other.
REMEMBERED = 256


@lru_cache(maxsize=REMEMBERED)
def own_text(text: str) -> str:
    r"""Return the author's own words. Never empty when the text is not: then the text itself.

    >>> own_text("Hej, lampan är trasig.\n\nMvh\nAnna Berg\nRöksvampens Brandskydd AB\n> gammalt")
    'Hej, lampan är trasig.'
    """
    if "\n" not in text:
        return text
    lines = _without_signature(_without_quotes(text.split("\n")))
    return "\n".join(lines).strip() or text


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if _QUOTED.match(line):
            continue
        if kept and (_QUOTE_HEAD.match(line) or _OUTLOOK_HEAD.match(line)):
            break
        kept.append(line)
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    """Drop what follows a mark or a closing formula, except lines that read as text."""
    kept: list[str] = []
    closed = False
    for line in lines:
        if _MARK.match(line) and kept:
            break
        if _DEVICE.match(line):
            continue
        if _CLOSING.match(line) and len(line.split()) <= SIGNATURE_LINE_WORDS:
            closed = bool(kept)
        if closed and not _is_text(line):
            continue
        kept.append(line)
    return kept


def _is_text(line: str) -> bool:
    return len(line.split()) > SIGNATURE_LINE_WORDS or line.lstrip().lower().startswith(("ps", "p.s", "obs"))
