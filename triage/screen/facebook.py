"""Facebook: may we auto-reply? The rows of domain.md 3.8, in the order of 3.2."""

import re
from datetime import timedelta

from domain.category import Secrecy
from domain.page import PERSONS_WINDOW, STANDARD_WINDOW, Window, window
from triage.screen.content import ADVERTISING, DANGER, SENSITIVE, THREAT
from triage.screen.facts import Facts
from triage.screen.integrity import MALFORMED
from triage.screen.row import Row, Verdict, always, attached_or_technical, technical
from triage.screen.state import (
    ANSWERED,
    OUT_OF_ORDER,
    PERSON_IN_THREAD,
    REPLIED_BEFORE,
    SUPPRESSED_ADDRESS,
    TOO_MANY,
    TOO_OLD,
)

#: A personal identity number, with or without century: YYMMDD-NNNN. Source: SFS 1967:1.
_IDENTITY_NUMBER = re.compile(
    r"(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[67]\d|[89]\d)[-+ ]?\d{4}(?!\d)"
)


def first_of_the_day(facts: Facts) -> str | None:
    """Row 1: a direct message of the last day, the first in its thread or more than a day after our receipt."""
    fresh = _is_direct(facts) and facts.age < STANDARD_WINDOW and "3.3/33" not in facts.brakes
    return "a direct message within 24 hours" if fresh else None


def only_a_person(facts: Facts) -> str | None:
    """Row 2: a direct message of the last week, which only a person may still answer."""
    if _is_direct(facts) and window(facts.age) is Window.people:
        return f"{facts.age // timedelta(hours=1)} hours since the person wrote"
    return None


def out_of_reach(facts: Facts) -> str | None:
    """Row 3: nobody can answer it here any more; another way is offered when the person writes again."""
    if _is_direct(facts) and window(facts.age) is Window.closed:
        return f"{facts.age.days} days since the person wrote"
    return None


def echo(facts: Facts) -> str | None:
    """Row 4: what the page itself sent: by us, by its staff or by another program."""
    if _says(facts, "is_echo") == "true" or (_is_direct(facts) and facts.from_us):
        return "sent by the page"
    return None


def public_comment(facts: Facts) -> str | None:
    """Row 5: a person writes in public; a machine never answers there. Question or not: staff judge."""
    return "a public comment" if _is_comment(facts) and not _by_page(facts) else None


def sensitive_comment(facts: Facts) -> str | None:
    """Row 6: what must not stand in public: it is hidden and registered by staff."""
    if not public_comment(facts):
        return None
    if _IDENTITY_NUMBER.search(facts.message.text):
        return "a personal identity number in public"
    about = facts.classification
    return f"category {about.category} in public" if about.safety or about.secrecy is Secrecy.SK2 else None


def private_reply(facts: Facts) -> str | None:
    """Row 7: a person may answer the comment in private, once, for a week. Noted; it decides nothing."""
    open_still = facts.age <= PERSONS_WINDOW and not facts.context.private_reply_sent
    return "a person may reply in private, once" if public_comment(facts) and open_still else None


def nobody_asks(facts: Facts) -> str | None:
    """Row 8: a comment by a page, or nothing but a sticker or a reaction."""
    if _is_comment(facts) and _by_page(facts):
        return "a comment by a page"
    if _says(facts, "item") == "reaction" or _says(facts, "reaction"):
        return "a reaction"
    empty = not facts.message.text.strip() and not facts.message.attachments
    return "a sticker" if empty and _says(facts, "sticker", "sticker_id") else None


def instant_reply(facts: Facts) -> str | None:
    """Row 9: the page answers by itself, by Meta's settings: a second answer would go."""
    return "the page's own instant reply is on" if facts.context.instant_reply_on else None


def _says(facts: Facts, *names: str) -> str:
    """Return a field of the message, or of the webhook event around it."""
    found = (value for name in names for key in (name, f"message.{name}") for value in facts.values(key))
    return next(found, "")


def _is_comment(facts: Facts) -> bool:
    return _says(facts, "kind") == "comment"


def _is_direct(facts: Facts) -> bool:
    return not _is_comment(facts)


def _by_page(facts: Facts) -> bool:
    """Say whether a page wrote: ours, or another; only pages have a category."""
    return facts.from_us or facts.context.sender_is_page or bool(_says(facts, "from.category"))


#: Every row, in order; the last one is asked only when no other says yes or no.
FACEBOOK: tuple[Row, ...] = (
    Row(table="3.8", number=4, applies=echo, queue=attached_or_technical),
    Row(table="3.8", number=8, applies=nobody_asks, queue=technical),
    MALFORMED,
    Row(table="3.8", number=6, applies=sensitive_comment, needs_a_look=always, top=True, sensitive=True),
    Row(table="3.8", number=5, applies=public_comment),
    Row(table="3.8", number=7, applies=private_reply, says=Verdict.go_on),
    Row(table="3.8", number=3, applies=out_of_reach),
    Row(table="3.8", number=2, applies=only_a_person),
    Row(table="3.8", number=9, applies=instant_reply),
    SUPPRESSED_ADDRESS,
    REPLIED_BEFORE,
    TOO_MANY,
    PERSON_IN_THREAD,
    ANSWERED,
    TOO_OLD,
    OUT_OF_ORDER,
    ADVERTISING,
    THREAT,
    DANGER,
    SENSITIVE,
    Row(table="3.8", number=1, applies=first_of_the_day, says=Verdict.yes),
)
