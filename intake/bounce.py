"""Bounces: which addresses a mail server says it could not reach, in the form of RFC 3464 or in plain words.

The words are ours, gathered from Exchange (Swedish, Finnish, Norwegian, Danish, German, English), Exim, qmail, Postfix,
Sendmail and Gmail. flufl.bounce knew 6 of our 11 worded specimens, none of the Nordic ones, and takes quadratic time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.suppression import says_no_mailbox
from intake.addresses import LONGEST_ADDRESS

#: More recipients than a reply of ours ever has.
MOST_BOUNCES = 20
#: What a server says stands above the mail that it returns.
MOST_WORDS_CHARS = 8_000

_ADDRESS = r"[^\s<>()\[\]{}\"';:,@]{1,64}+@[A-Za-z0-9.-]{1,255}+"
_FIELD = re.compile(r"^([A-Za-z-]{1,40})[ \t]*:[ \t]*([^\n]{0,1000})", re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]")
_ANY_ADDRESS = re.compile(rf"(?<![^\s<(\[\"':;,]){_ADDRESS}")
_LINE_OF_ADDRESS = re.compile(rf"^[ \t]{{0,20}}[<'\"(]?({_ADDRESS})", re.MULTILINE)

#: Who reports, rather than who was written to.
_ROBOTS = ("mailer-daemon", "postmaster", "abuse", "support", "helpdesk", "noreply", "no-reply", "microsoftexchange")
_FAILED = re.compile(
    # Swedish
    r"kunde inte (?:levereras|skickas|nås)|(?:leveransen|leverans) (?:misslyckades|har misslyckats)"
    r"|nådde inte följande mottagare|inte levererats|kan inte levereras|hittades inte|finns inte"
    r"|brevlåda(?:n|) är full"
    # Finnish
    r"|toimitus .{0,60}epäonnistui|ei voitu toimittaa|ei voi toimittaa|ei tavoittanut seuraavia"
    # Norwegian and Danish
    r"|kunne ikke (?:leveres|sendes)|levering(?:en)? .{0,60}mislyk|nådde ikke følgende|nåede ikke følgende"
    r"|blev ikke leveret|ble ikke levert"
    # German
    r"|konnte nicht (?:zugestellt|gesendet) werden|fehler bei der (?:nachrichten)?zustellung"
    r"|hat (?:den|die) folgenden? empfänger nicht erreicht|nicht zugestellt"
    # English
    r"|could ?n.t be delivered|could not\s+be delivered|did not reach the following recipient|delivery .{0,60}failed"
    r"|undeliverable|wasn.t able to deliver|could not be delivered|permanent (?:fatal )?error|wasn.t delivered"
    r"|has not been delivered|address not found|user unknown|mailbox (?:is )?full|rejected your message",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"försenad|har ännu inte levererats|fördröjd|viivästy|forsinket|verzögert|delayed|not yet been delivered"
    r"|will (?:keep trying|be retried)|(?:brevlåda|mailbox|postfach|postlaatikko).{0,20}(?:full|voll|täynnä|fuld)"
    r"|over quota|quota exceeded",
    re.IGNORECASE,
)
#: Where the mail that is returned begins.
_RETURNED = re.compile(
    r"below this line is a copy|this is a copy of|copy of (?:the|your) message|original message (?:headers|follows)"
    r"|ursprungliga meddelandehuvuden|alkuperäisen viestin otsikot|transcript of session|^return-path:|^received:"
    r"|^-{2,}\s?(?:original|ursprungligt|alkuperäinen|opprinnelig|oprindelig|ursprüngliche)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """One address that a mail did not reach."""

    #: In lower case.
    address: str
    #: True: for good. False: not yet, or not today.
    permanent: bool
    #: As in RFC 3463, such as 5.1.1; None: it does not say.
    status: str | None = None

    @property
    def no_mailbox(self) -> bool:
        """Whether it says that there is no such mailbox, which lasts; without a status nobody is sure."""
        return self.permanent and says_no_mailbox(self.status or "")


def bounces_in_status(text: str) -> Iterator[Bounce]:
    """Yield what the blocks of a message/delivery-status say. Source: RFC 3464 2.3."""
    for block in re.split(r"\n[ \t]*\n", text):
        fields = {name.lower(): value.strip() for name, value in _FIELD.findall(block)}
        action = fields.get("action", "").lower()
        address = _first_address(fields.get("original-recipient", "")) or _first_address(
            fields.get("final-recipient", "")
        )
        if not address or not action.startswith(("failed", "delayed")):
            continue
        found = _STATUS.search(fields.get("status", ""))
        status = found[1] if found else None
        yield Bounce(address, action.startswith("failed") and not (status or "5").startswith("4"), status)


def bounces_in_words(text: str, named: str, ours: frozenset[str]) -> Iterator[Bounce]:
    """Yield what a mail server says in plain words.

    Args:
        text: of the mail.
        named: of the header X-Failed-Recipients; empty: there is none.
        ours: addresses that the report was sent to; they did not bounce.
    """
    words = text[:MOST_WORDS_CHARS]
    returned = _RETURNED.search(words)
    words = words[: returned.start()] if returned else words
    delayed = _DELAYED.search(words) is not None
    failed = _FAILED.search(words)
    if not (named or failed or delayed):
        return
    found = _STATUS.search(words)
    code = _SMTP_CODE.search(words)
    status = found[1] if found else None
    kind = status or (code[1] if code else "4" if delayed else "5")
    for address in _addresses(named) if named else _addressed(words, failed.start() if failed else 0, ours):
        yield Bounce(address, kind[0] == "5" and not _is_full(status), status)


def _is_full(status: str | None) -> bool:
    """Say whether the mailbox is only full (RFC 3463: X.2.2), which passes."""
    return status is not None and status.endswith(".2.2")


def _addressed(words: str, at: int, ours: frozenset[str]) -> list[str]:
    """Return the addresses that stand at the beginning of a line, or else the first one about the failure."""
    at_line_start = [address.lower() for address in _LINE_OF_ADDRESS.findall(words)]
    anywhere = _addresses(words[max(0, words.rfind("\n", 0, at)) :]) or _addresses(words)
    for addresses, most in ((at_line_start, MOST_BOUNCES), (anywhere, 1)):
        kept = [each for each in dict.fromkeys(map(_trimmed, addresses)) if _may_bounce(each, ours)]
        if kept:
            return kept[:most]
    return []


def _addresses(text: str) -> list[str]:
    found = (_trimmed(each.lower()) for each in _ANY_ADDRESS.findall(text))
    return list(dict.fromkeys(found))[:MOST_BOUNCES]


def _first_address(value: str) -> str:
    """Return the address of `rfc822; anna@example.se`."""
    return next(iter(_addresses(value.partition(";")[2] or value)), "")


def _trimmed(address: str) -> str:
    return address.rstrip(".-")[:LONGEST_ADDRESS]


def _may_bounce(address: str, ours: frozenset[str]) -> bool:
    return address not in ours and not address.startswith(_ROBOTS)
