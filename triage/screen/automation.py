"""Rows 13 to 24: automatic and bulk mail."""

import re

from domain.decision import Queue
from domain.ids import CategoryId
from triage.screen.facts import Facts
from triage.screen.row import Row, Verdict, attached_or_low, low

#: Characters of a value that are read: one line of a header (RFC 5322 section 2.1.1).
_LONGEST_VALUE = 998
_COMMENT = re.compile(r"\([^()]*\)")
_LIST_HEADERS = (
    "list-id",
    "list-help",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-post",
    "list-owner",
    "list-archive",
)
_AUTOREPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-mail-autoreply", "x-autoreply-from")
_CAMPAIGN_HEADERS = (
    "feedback-id",
    "x-campaign",
    "x-campaign-id",
    "x-campaignid",
    "x-csa-complaints",
    "x-mailer-recptid",
    "x-mailgun-tag",
    "x-mc-user",
    "x-rpcampaign",
)
_ABSENCE = re.compile(
    r"(autosvar|automatiskt svar|frånvaro|ej på plats|out of (the )?office|automatic reply|automaattinen vastaus"
    r"|poissa)(?!\w)",
    re.IGNORECASE,
)
#: A mark that mail servers put before the subject of mail from outside: [EXTERN], [Externt].
_MARK = re.compile(r"^\s*(\[[^\]]{1,20}\]\s*)*")
_UNSUBSCRIBE = re.compile(
    r"(unsubscribe|avprenumerera|avregistrera|avsluta prenumerationen|peruuta tilaus)[^\n]{0,80}https?://",
    re.IGNORECASE,
)
_ADVERTISING = frozenset({CategoryId("rkl"), CategoryId("nyh")})


def auto_replied(facts: Facts) -> str | None:
    """Row 13: an automatic answer."""
    return _automation(facts, {"auto-replied"})


def unknown_automation(facts: Facts) -> str | None:
    """Row 14: whatever else is not `no` is automatic too (RFC 3834 section 5)."""
    found = next((each for each in _automations(facts) if each not in {"no", "auto-replied", "auto-generated"}), None)
    return f"Auto-Submitted: {found}" if found is not None else None


def auto_generated(facts: Facts) -> str | None:
    """Row 15: made by a machine, unless a registered form of ours made it for a citizen."""
    return None if facts.from_form else _automation(facts, {"auto-generated"})


def said_to_be_manual(facts: Facts) -> str | None:
    """Row 16: the header says that a person sent it. That it is absent is no news, and not noted."""
    return "Auto-Submitted: no" if "no" in _automations(facts) else None


def suppresses_all(facts: Facts) -> str | None:
    """Row 17: the sender asks for no automatic answer; which does not show that a machine wrote."""
    asked = _suppressed(facts)
    return _suppression(asked) if asked & {"all", "autoreply"} else None


def suppresses_absence(facts: Facts) -> str | None:
    """Row 18: the sender asks for no absence notice; to be careful we send no receipt either."""
    asked = _suppressed(facts)
    return _suppression(asked) if "oof" in asked and not asked & {"all", "autoreply"} else None


def suppresses_reports(facts: Facts) -> str | None:
    """Row 19: the sender asks for no delivery or read reports, which we never send."""
    asked = _suppressed(facts)
    return _suppression(asked) if asked and asked <= {"dr", "ndr", "rn", "nrn", "none"} else None


def from_list(facts: Facts) -> str | None:
    """Row 20: sent through a mailing list."""
    return _first_header(facts, _LIST_HEADERS)


def bulk_precedence(facts: Facts) -> str | None:
    """Row 21: bulk by its own word."""
    return _precedence(facts, {"bulk", "junk", "list"})


def autoreply_header(facts: Facts) -> str | None:
    """Row 22: the older headers of automatic answers."""
    return _precedence(facts, {"auto_reply", "auto-reply"}) or _first_header(facts, _AUTOREPLY_HEADERS)


def campaign_traces(facts: Facts) -> str | None:
    """Row 23: traces of a bulk sender, or a link in advertising by which one can leave."""
    header = _first_header(facts, _CAMPAIGN_HEADERS)
    if header is None and facts.classification.category in _ADVERTISING:
        link = _UNSUBSCRIBE.search(facts.message.text)
        return link[1] if link else None
    return header


def announces_absence(facts: Facts) -> str | None:
    """Row 24: a subject as absence notices have. Never used to drop: people write such subjects too."""
    subject = _MARK.sub("", facts.message.subject)
    found = _ABSENCE.match(subject)
    return f"the subject starts with {found[1]}" if found else None


def _automations(facts: Facts) -> tuple[str, ...]:
    return tuple(_first_word(value) for value in facts.values("auto-submitted"))


def _automation(facts: Facts, words: set[str]) -> str | None:
    found = next((each for each in _automations(facts) if each in words), None)
    return f"Auto-Submitted: {found}" if found else None


def _first_word(value: str) -> str:
    """Return the value without comments, which may be nested, and parameters (RFC 3834 section 5)."""
    value = value[:_LONGEST_VALUE]
    while (shorter := _COMMENT.sub(" ", value)) != value:
        value = shorter
    return next(iter(value.partition(";")[0].split()), "").lower()


def _suppressed(facts: Facts) -> set[str]:
    values = ",".join(facts.values("x-auto-response-suppress"))
    return {word.strip().lower() for word in values.split(",")} - {""}


def _suppression(asked: set[str]) -> str:
    return f"X-Auto-Response-Suppress: {', '.join(sorted(asked))}"


def _precedence(facts: Facts, words: set[str]) -> str | None:
    found = next((each for each in facts.values("precedence") if each.lower() in words), None)
    return f"Precedence: {found}" if found else None


def _first_header(facts: Facts, names: tuple[str, ...]) -> str | None:
    for name in names:
        for value in facts.values(name):
            if value.lower() not in {"no", "false"}:
                return f"{name}: {value[:100]}"
    return None


def _queue_of_list(facts: Facts) -> Queue:
    """People write on a list that takes post, such as an association's; a newsletter takes none."""
    takes_post = any("mailto:" in value.lower() for value in facts.values("list-post"))
    newsletter = facts.values("list-unsubscribe-post") or _first_header(facts, _CAMPAIGN_HEADERS)
    return Queue.normal if takes_post and not newsletter else Queue.low


AUTOMATION = (
    Row(number=13, applies=auto_replied, queue=attached_or_low),
    Row(number=14, applies=unknown_automation, queue=low),
    Row(number=15, applies=auto_generated),
    Row(number=16, applies=said_to_be_manual, says=Verdict.go_on),
    Row(number=17, applies=suppresses_all),
    Row(number=18, applies=suppresses_absence),
    Row(number=19, applies=suppresses_reports, says=Verdict.go_on),
    Row(number=20, applies=from_list, queue=_queue_of_list),
    Row(number=21, applies=bulk_precedence, queue=low),
    Row(number=22, applies=autoreply_header, queue=attached_or_low),
    Row(number=23, applies=campaign_traces, queue=low),
    Row(number=24, applies=announces_absence, queue=attached_or_low),
)
