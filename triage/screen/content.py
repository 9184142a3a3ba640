"""Rows 39 to 45: what the message says, and the default."""

from domain.category import Secrecy
from domain.ids import CategoryId
from triage.screen.facts import Facts
from triage.screen.row import Row, Verdict, low

_ADVERTISING = frozenset({CategoryId("rkl"), CategoryId("nyh")})
_THREAT = CategoryId("hot")


def calendar_object(facts: Facts) -> str | None:
    """Row 39: an invitation to a meeting, or an answer to one."""
    types = {*facts.message.media_types, *(each.media_type for each in facts.message.attachments)}
    return "a text/calendar part" if "text/calendar" in types else None


def advertising(facts: Facts) -> str | None:
    """Row 40: advertising, a newsletter, an invitation."""
    return _category(facts) if facts.classification.category in _ADVERTISING else None


def threat(facts: Facts) -> str | None:
    """Row 41: a threat to staff, or harassment; evidence is kept and nothing is said."""
    return _category(facts) if facts.classification.category == _THREAT else None


def danger(facts: Facts) -> str | None:
    """Row 42: danger to life: the urgent reply that says 112."""
    return _category(facts) if facts.urgent else None


def sensitive(facts: Facts) -> str | None:
    """Row 43: concern, social services, other secrecy: the reply that says nothing of the matter."""
    said_elsewhere = facts.urgent or facts.classification.category == _THREAT
    return _category(facts) if facts.classification.secrecy is Secrecy.SK2 and not said_elsewhere else None


def internal_sender(facts: Facts) -> str | None:
    """Row 44: one of our own people; by their address, for words alone could be a citizen's."""
    return facts.correspondent if facts.internal and not facts.site.mail.reply_to_internal else None


def nothing_against(_: Facts) -> str:
    """Row 45: asked only when no other row says yes or no."""
    return "no other row applies"


def _category(facts: Facts) -> str:
    words = ", ".join(match.found for match in facts.classification.matched)
    return f"category {facts.classification.category}" + (f" ({words})" if words else "")


ADVERTISING = Row(number=40, applies=advertising, queue=low)
THREAT = Row(number=41, applies=threat, sensitive=True)
DANGER = Row(number=42, applies=danger, says=Verdict.yes, top=True)
SENSITIVE = Row(number=43, applies=sensitive, says=Verdict.yes, sensitive=True)
CONTENT = (
    Row(number=39, applies=calendar_object, queue=low),
    ADVERTISING,
    THREAT,
    DANGER,
    SENSITIVE,
    Row(number=44, applies=internal_sender),
)
DEFAULT = Row(number=45, applies=nothing_against, says=Verdict.yes)
