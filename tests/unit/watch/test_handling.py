"""Handling and observed tickets: what each kind of evidence says, row by row of both tables."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.evidence import Evidence, EvidenceKind
from domain.ids import AccountId, MessageId
from tests.builders import TUESDAY
from watch.handling import Handling, handling, shows_a_person
from watch.observed import closing

K = EvidenceKind
SENT = {"by": "sent"}
INTO_INBOX = {"from": "Junk", "to": "INBOX"}
INTO_JUNK = {"from": "INBOX", "to": "Junk"}


def seen(*kinds: EvidenceKind | tuple[EvidenceKind, dict[str, Any]]) -> list[Evidence]:
    """Return evidence, a minute apart."""
    pairs = [each if isinstance(each, tuple) else (each, {}) for each in kinds]
    return [
        Evidence(
            kind=kind, account=AccountId("a"), message=MessageId(1), at=minute(number), noted_at=minute(number),
            details=details,
        )
        for number, (kind, details) in enumerate(pairs)
    ]  # fmt: skip


def minute(number: int) -> datetime:
    return TUESDAY + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("evidence", "handled"),
    [
        ([], None),
        ([K.keyword], None),
        ([K.seen], (0, K.seen)),
        ([K.seen, K.unseen], None),
        ([K.seen, K.unseen, K.seen], (2, K.seen)),
        ([K.flagged], (0, K.flagged)),
        ([K.flagged, K.unflagged], None),
        ([K.flagged, K.unseen], None),
        ([K.answered], (0, K.answered)),
        ([K.answered, K.unanswered], None),
        ([(K.answered, SENT), K.unanswered], (0, K.answered)),
        ([(K.answered, SENT), K.seen, K.unseen], (0, K.answered)),
        ([K.forwarded, K.unseen], (0, K.forwarded)),
        ([(K.moved, INTO_JUNK)], (0, K.moved)),
        ([(K.moved, INTO_INBOX)], None),
        ([(K.moved, INTO_JUNK), (K.moved, INTO_INBOX)], None),
        ([K.gone], (0, K.gone)),
        ([K.gone, K.returned], None),
        ([K.deleted], (0, K.deleted)),
        ([K.deleted, K.undeleted], None),
        ([K.acted, K.unseen], (0, K.acted)),
        ([K.seen, K.answered, K.unseen], (1, K.answered)),
    ],
    ids=str,
)
def test_a_message_is_handled_by_the_first_sign_that_stands(evidence: list[Any], handled: Any) -> None:
    expected = None if handled is None else Handling(minute(handled[0]), handled[1])

    assert handling(seen(*evidence)) == expected


@pytest.mark.parametrize(
    ("evidence", "closed_at_minute"),
    [
        ([], None),
        ([K.seen], None),
        ([K.seen, K.flagged, K.keyword], None),
        ([K.answered], 0),
        ([K.seen, (K.answered, SENT)], 1),
        ([K.answered, K.unanswered], None),
        ([K.answered, K.unseen], None),
        ([K.answered, K.unseen, K.gone], 2),
        ([K.forwarded], None),
        ([(K.forwarded, {"outside": False})], None),
        ([(K.forwarded, {"outside": True})], 0),
        ([(K.moved, INTO_JUNK)], 0),
        ([(K.moved, INTO_INBOX)], None),
        ([K.gone], 0),
        ([K.gone, K.returned], None),
        ([K.deleted], 0),
        ([K.deleted, K.undeleted], None),
        ([(K.acted, {"by": "answer"})], 0),
        ([(K.acted, {"by": "closed"})], 0),
        ([(K.acted, {"by": "noted"})], None),
    ],
    ids=str,
)
def test_an_observed_ticket_is_closed_by_what_is_done_with(evidence: list[Any], closed_at_minute: int | None) -> None:
    done = closing(seen(*evidence))

    assert (done and done.at) == (None if closed_at_minute is None else minute(closed_at_minute))


@pytest.mark.parametrize(
    ("kind", "days", "shows"),
    [
        (K.seen, 400, True),
        (K.unseen, 1, True),
        (K.keyword, 1, False),
        (K.gone, 60, True),
        (K.gone, 61, False),
        (K.moved, 61, False),
    ],
)
def test_what_a_rule_of_retention_takes_away_shows_no_person(kind: EvidenceKind, days: int, shows: bool) -> None:
    assert shows_a_person(kind, TUESDAY, TUESDAY + timedelta(days=days)) is shows


def test_the_inbox_may_have_another_name() -> None:
    back = seen((K.moved, {"to": "Inkorg"}))

    assert handling(back, inbox="inkorg") is None
    assert closing(back, inbox="inkorg") is None
    assert handling(back) is not None
