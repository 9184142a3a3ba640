"""SMS: may we auto-reply? The rows of domain.md 3.7, in the order of 3.2."""

import re

from domain.opt_words import opt_word_of
from triage.screen.content import ADVERTISING, DANGER, SENSITIVE, THREAT
from triage.screen.facts import Facts
from triage.screen.integrity import MALFORMED, OWN_SENDER
from triage.screen.row import Row, Verdict, in_thread_or_low, low
from triage.screen.state import ANSWERED, OUT_OF_ORDER, PERSON_IN_THREAD, TOO_OLD

#: A number that a reply can go to (E.164); short codes have no plus and fewer digits.
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
#: Characters of a thank-you: longer texts say something (domain.md 3.7 row 6).
LONGEST_THANKS = 20
_THANKS = frozenset(
    {
        "tack", "tackar", "tusen", "stort", "så", "mycket", "snälla", "för", "hjälpen", "svaret", "svar", "ok", "okej",
        "okey", "okay", "oki", "bra", "toppen", "super", "perfekt", "fint", "jättebra", "kanon", "schysst", "mvh",
        "hej", "hejdå", "kiitos", "kiitti", "paljon", "kiitoksia", "hyvä", "selvä", "thanks", "thank", "you", "thx",
        "great", "good", "fine", "ty",
    }
)  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]+")
_MACHINE_TEXTS = (
    ("a one-time code", re.compile(
        r"(engångskod|engangskod|verifieringskod|säkerhetskod|inloggningskod|aktiveringskod|vahvistuskoodi|kertakäyttö"
        r"|one[- ]time (pass)?code|verification code|security code|login code|\botp\b)[^\n]{0,60}?\b\d{4,8}\b"
        r"|\b\d{4,8}\b[^\n]{0,40}?(är din|är ditt|on sinun|is your)[^\n]{0,40}?(kod|koodi|code)",
        re.IGNORECASE)),
    ("a delivery notice", re.compile(
        r"(din försändelse|ditt paket|din leverans|lähetyksesi|pakettisi|your (parcel|package|shipment))[^\n]{0,80}?"
        r"(hämta|ombud|levereras|utlämning|på väg|noudettav|saapunut|toimit|collect|deliver|on its way)",
        re.IGNORECASE)),
    ("a voicemail notice", re.compile(
        r"(nytt (röst|tal)meddelande|röstbrevlåda|mobilsvar|missat samtal från|uusi vastaajaviesti|new voice ?mail"
        r"|missed call from)",
        re.IGNORECASE)),
)  # fmt: skip


def no_number(facts: Facts) -> str | None:
    """Row 1: a name or a short code, which takes no reply."""
    return facts.sender if facts.sender and not _NUMBER.fullmatch(facts.sender) else None


def opt_word(facts: Facts) -> str | None:
    """Row 2: nothing but the word by which one leaves or joins; the provider acts on the English ones."""
    word = opt_word_of(facts.message.text)
    return None if word is None else word.upper()


def opted_out(facts: Facts) -> str | None:
    """Row 3: the number wants no SMS, or gets none from us for another reason (row 32 of domain.md 3.3)."""
    return facts.context.opted_out or facts.brakes.get("3.3/32")


def foreign_number(facts: Facts) -> str | None:
    """Row 4: a number of a country that we do not write to."""
    listed = any(facts.sender.startswith(prefix) for prefix in facts.site.sms.countries)
    return f"{facts.sender[:4]}…" if _NUMBER.fullmatch(facts.sender) and not listed else None


def receipt_or_open_thread(facts: Facts) -> str | None:
    """Row 5: the number had a receipt lately, or its errand is open; danger passes once (domain.md 3.2)."""
    lately = facts.brakes.get("3.3/33")
    if lately or facts.urgent or not facts.context.thread_open:
        return lately
    return "the thread is open"


def thanks_only(facts: Facts) -> str | None:
    """Row 6: thanks, an OK, or nothing but signs."""
    text = facts.message.text.strip()
    if not text or len(text) > LONGEST_THANKS or facts.message.attachments or any(each.isdigit() for each in text):
        return None
    words = _LETTERS.findall(text.lower())
    return text if "?" not in text and all(word in _THANKS for word in words) else None


def too_many(facts: Facts) -> str | None:
    """Row 7: too many automatic SMS to the number or from us, or a flood of numbers that begin alike (pumping)."""
    braked = facts.brakes.get("3.3/34")
    flood = facts.context.prefix_last_hour
    if braked is None and flood > facts.site.brakes.sms_prefix_per_hour:
        return f"{flood} SMS within an hour from numbers that begin alike"
    return braked


def machine_text(facts: Facts) -> str | None:
    """Row 8: what shops, carriers and telephone companies send."""
    text = facts.message.text[:1000]
    return next((name for name, pattern in _MACHINE_TEXTS if pattern.search(text)), None)


def danger(facts: Facts) -> str | None:
    """Row 9: danger to life: the urgent reply that says 112."""
    return DANGER.applies(facts)


def nothing_against(_: Facts) -> str:
    """Row 10: asked only when no other row says yes or no."""
    return "no other row applies"


#: Every row, in order; the last one is asked only when no other says yes or no.
SMS: tuple[Row, ...] = (
    OWN_SENDER,
    MALFORMED,
    Row(table="3.7", number=1, applies=no_number, queue=low),
    Row(table="3.7", number=2, applies=opt_word, queue=low),
    Row(table="3.7", number=3, applies=opted_out),
    Row(table="3.7", number=4, applies=foreign_number),
    Row(table="3.7", number=5, applies=receipt_or_open_thread),
    Row(table="3.7", number=6, applies=thanks_only, queue=in_thread_or_low),
    Row(table="3.7", number=7, applies=too_many),
    PERSON_IN_THREAD,
    ANSWERED,
    TOO_OLD,
    OUT_OF_ORDER,
    Row(table="3.7", number=8, applies=machine_text, queue=low),
    ADVERTISING,
    THREAT,
    Row(table="3.7", number=9, applies=danger, says=Verdict.yes, top=True),
    SENSITIVE,
    Row(table="3.7", number=10, applies=nothing_against, says=Verdict.yes),
)
