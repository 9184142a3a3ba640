"""Ending: what an account needs and that ends soon; and another machine that answers beside us."""

import re
from datetime import datetime

from domain.account import AutoReply
from domain.facts import Facts
from domain.open_time import local_date
from domain.watching import WatchSettings
from watch.said import said_day, said_time

#: What connectors say in English, in Swedish.
_SAID = (
    (re.compile(r'The certificate in the secret "(.+)"'), r"Vårt certifikat (\1)"),
    (re.compile(r"The certificate of (.+)"), r"Certifikatet för \1"),
    (re.compile(r'The secret "(.+)"'), r"Hemligheten \1"),
    (re.compile(r"The (?:access )?token.*"), r"Inloggningsnyckeln (token)"),
)


#: What is renewed by itself a month before it ends, and by nobody's hand.
_CERTIFICATE = "The certificate of "

#: How the sentence about a server's certificate begins.
_OF_SERVER = re.compile(r"Certifikatet för (\S+) ")


def expiring(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say what ends soon, and when; the sentence changes as each of the thresholds passes."""
    today = local_date(now)
    for what, ends_at in sorted(facts.ends, key=lambda each: each[1]):
        left = (local_date(ends_at) - today).days
        stages = settings.certificate_days if what.startswith(_CERTIFICATE) else settings.expiring_days
        stage = min((days for days in stages if left <= days), default=None)
        if stage is None:
            continue
        if left < 0:
            return f"{_said(what)} gick ut {said_day(local_date(ends_at))}."
        return f"{_said(what)} går ut {said_day(local_date(ends_at))}, om högst {stage} dagar."
    return None


def server_of(evidence: str) -> str:
    """Return the server whose certificate a sentence says to end; empty: it is about something else."""
    found = _OF_SERVER.match(evidence)
    return found.group(1) if found else ""


def duplicate_auto_reply(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that another machine has answered from the address, where we do or are about to."""
    seen_at = facts.workload.auto_replied_at
    if seen_at is None or facts.account.auto_reply is AutoReply.off or now - seen_at >= settings.duplicate_within:
        return None
    return f"Ett annat automatiskt svar gick från kontot {said_time(seen_at)}, vid sidan av våra."


def _said(what: str) -> str:
    for pattern, swedish in _SAID:
        if pattern.fullmatch(what):
            return pattern.sub(swedish, what)
    return what
