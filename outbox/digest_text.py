"""Digest text: all that a manager is told on a day, in one letter, made of the same pieces as single alerts."""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from domain.outgoing import DIGEST
from outbox.alert_text import Piece, as_letter, say_slot, write_piece
from outbox.reply_text import Text

#: Items that say what to do in full; of those after them only the evidence stands there.
FULL = 8

#: Items in one mail; how many more there are is said, and where they stand.
MOST = 40

#: Slots that hold lists as JSON: an intent's slots are texts.
ITEMS, LATE, SUMMER, REVIEWS = "items", "late", "summer", "reviews"
NOTES, PAST_REVIEW = "notes", "past_review"

#: What a digest is called that is about nothing else.
NOTE_SUBJECT = "Att hålla ögonen på"
PAST_REVIEW_SUBJECT = "En handläggningstid behöver ses över"
REVIEW_SUBJECT = "Gå igenom kontaktuppgifterna"
SUMMER_SUBJECT = "Inför sommaren: se över ersättare och öppettider"

_SECTIONS = ("new", "risen", "sharper", "again", "still", "grouped", "closed")


def write_digest(slots: Mapping[str, str]) -> Text:
    """Return a digest as it is sent.

    Args:
        slots: `manager` and `contact` as of every letter; the lists as
            `watch.alert.digest_alert` writes them.

    Raises:
        BadInput: as `write_alert`.
    """
    items, late = json.loads(slots[ITEMS]), json.loads(slots[LATE])
    # What waits in the outbox from before there was such a part goes without it.
    summer, reviews = json.loads(slots.get(SUMMER, "[]")), json.loads(slots.get(REVIEWS, "{}"))
    notes, past_review = json.loads(slots.get(NOTES, "[]")), json.loads(slots.get(PAST_REVIEW, "[]"))
    sections: dict[str, list[dict[str, object]]] = defaultdict(list)
    for position, item in enumerate(items[:MOST]):
        sections[item["news"]].append(_item(item, full=position < FULL))
    values = {
        **{name: sections[name] for name in _SECTIONS},
        "late": [_said(each) for each in late],
        "summer": summer,
        "reviews": reviews,
        "notes": notes,
        "past_review": [_said(each) for each in past_review],
        "more": _count(len(items) - MOST, "konto", "konton") if len(items) > MOST else "",
        "what": _subject(items, late, sections) if items or late else _only(notes, summer, reviews),
    }
    used = sorted({item["template"] for item in items})
    return as_letter(write_piece(DIGEST, values), slots, DIGEST, *used)


def _item(item: dict[str, Any], *, full: bool) -> dict[str, object]:
    piece = write_piece(item["template"], item["slots"])
    evidence = item["slots"]["evidence"]
    return {
        **_said({key: value for key, value in item.items() if key != "slots"}),
        "what": piece.subject,
        "evidence": evidence,
        "closed_at": say_slot("closed_at", item["slots"]["closed_at"]),
        "lines": _lines(piece) if full else [evidence],
    }


def _lines(piece: Piece) -> list[str]:
    return piece.body.split("\n")


def _said(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: say_slot(key, value) if isinstance(value, str) else value for key, value in item.items()}


def _subject(
    items: list[dict[str, Any]], late: list[dict[str, Any]], sections: Mapping[str, list[dict[str, object]]]
) -> str:
    """Return what it is about: the one thing by its name, else how many of what."""
    todo = [item for item in items if item["news"] not in {"closed", "grouped"}]
    tickets = sum(each["tickets"] for each in late)
    if len(todo) == 1 and not late:
        return str(next(item["what"] for name in _SECTIONS[:5] for item in sections[name]))
    accounts = len({item["slots"]["address"] for item in todo})
    said = [_count(accounts, "konto", "konton")] if todo else []
    said += [_count(tickets, "ärende efter utlovad tid", "ärenden efter utlovad tid")] if tickets else []
    if said:
        return f"Att ta hand om: {' och '.join(said)}"
    others = sections["grouped"] or sections["closed"]
    return f"Svarsvakt: {_count(len(others), 'konto', 'konton')}, inget att göra"


def _only(notes: object, summer: object, reviews: object) -> str:
    """Return what a digest is called that is about no account and no late ticket."""
    subjects = ((notes, NOTE_SUBJECT), (summer, SUMMER_SUBJECT), (reviews, REVIEW_SUBJECT))
    return next((subject for part, subject in subjects if part), PAST_REVIEW_SUBJECT)


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
