"""Rows 32 to 38: state and rate, as the brakes of the domain say."""

from triage.screen.facts import Facts
from triage.screen.row import Row, always


def suppressed_address(facts: Facts) -> str | None:
    """Row 32: the address is on the suppression list."""
    return facts.brakes.get("3.3/32")


def replied_before(facts: Facts) -> str | None:
    """Row 33: the same reply went to the same sender within its window."""
    return facts.brakes.get("3.3/33")


def too_many(facts: Facts) -> str | None:
    """Row 34: too many automatic messages, to one address or from the whole installation."""
    return facts.brakes.get("3.3/34")


def person_in_thread(facts: Facts) -> str | None:
    """Row 35: a person has written in the thread."""
    return facts.brakes.get("3.3/35")


def answered(facts: Facts) -> str | None:
    """Row 36: a person has already answered, here or in the mailbox."""
    flagged = "\\Answered" if "\\answered" in {flag.lower() for flag in facts.message.flags} else None
    return facts.brakes.get("3.3/36") or flagged


def too_old(facts: Facts) -> str | None:
    """Row 37: it had lain too long when we fetched it."""
    return facts.brakes.get("3.3/37")


def out_of_order(facts: Facts) -> str | None:
    """Row 38: our own calendar or service levels fail, so that no time can be promised."""
    return facts.outage


SUPPRESSED_ADDRESS = Row(number=32, applies=suppressed_address)
REPLIED_BEFORE = Row(number=33, applies=replied_before)
TOO_MANY = Row(number=34, applies=too_many)
PERSON_IN_THREAD = Row(number=35, applies=person_in_thread)
ANSWERED = Row(number=36, applies=answered)
TOO_OLD = Row(number=37, applies=too_old)
OUT_OF_ORDER = Row(number=38, applies=out_of_order, needs_a_look=always)
STATE = (SUPPRESSED_ADDRESS, REPLIED_BEFORE, TOO_MANY, PERSON_IN_THREAD, ANSWERED, TOO_OLD, OUT_OF_ORDER)
