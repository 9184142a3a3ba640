"""Findings as pure functions of (evidence, settings, now): None, or a sentence of evidence in Swedish."""

from datetime import datetime

from babel.dates import format_datetime

from domain.account import Account, AccountStatus
from domain.finding import Heartbeat
from domain.instant import STOCKHOLM
from domain.site import WatchSettings

#: What failed, by the step of `Unreachable`, as a manager can pass it on.
STEPS = {
    "name": "serverns namn går inte att slå upp",
    "tcp": "servern svarar inte",
    "tls": "den krypterade förbindelsen misslyckas",
    "token": "vi får ingen giltig inloggningsnyckel (token)",
    "sign_in": "inloggningen nekas",
    "folder": "inkorgen går inte att öppna",
    "permission": "kontot saknar behörighet",
    "protocol": "servern svarar på ett sätt som inte går att förstå",
}

#: What stands there for a step that nobody has put into words.
UNKNOWN_STEP = "vi vet inte varför"


def unreachable(heartbeat: Heartbeat, account: Account, settings: WatchSettings, now: datetime) -> str | None:
    """Say since when and why an active account cannot be read."""
    since = heartbeat.failing_since
    if account.status is not AccountStatus.active or since is None or now - since < settings.unreachable_after:
        return None
    step = STEPS.get(heartbeat.failed_step, UNKNOWN_STEP)
    said = format_datetime(since, "'den' d MMMM 'kl.' HH.mm", tzinfo=STOCKHOLM, locale="sv_SE")
    return f"Kontot har inte gått att läsa sedan {said}: {step}."


def old_unhandled(unhandled: int) -> str | None:
    """Say how many unread messages lay in an account at first connection (P14)."""
    if unhandled == 0:
        return None
    messages = "1 oläst meddelande" if unhandled == 1 else f"{unhandled} olästa meddelanden"
    return f"Vid första läsningen låg {messages} kvar från tidigare."


def withheld(messages: int) -> str | None:
    """Say how many messages a server lists and does not hand over."""
    if messages == 0:
        return None
    return f"Servern visar {_messages(messages)} som den inte lämnar ut."


def missed(messages: int) -> str | None:
    """Say how many messages the reconciliation found that we had not fetched when they came."""
    if messages == 0:
        return None
    return f"Vid en kontroll fann vi {_messages(messages)} som vi inte hade hämtat i tid."


def _messages(count: int) -> str:
    return "1 meddelande" if count == 1 else f"{count} meddelanden"
