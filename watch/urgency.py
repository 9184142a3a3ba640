"""Urgency: what is told at once, and what waits for the digest (domain.md 7.7)."""

from domain.account import Account, Tier
from domain.alerting import AlertSettings
from domain.finding import FindingKind

#: They concern every account at once, or cost money while they last.
ALWAYS = frozenset(
    {FindingKind.replies_stopped, FindingKind.worker_stalled, FindingKind.sms_flood, FindingKind.alert_bounced}
)

#: They keep citizens' messages from the shared queue, where somebody waits within the hour.
OF_A_CONTACT_CENTER = frozenset({FindingKind.unreachable, FindingKind.withheld, FindingKind.missed})

#: Shown, and told to nobody: going live sends nothing (P14).
NEVER = frozenset({FindingKind.old_unhandled})


def is_told(kind: FindingKind) -> bool:
    """Ask whether anybody is told of findings of a kind."""
    return kind not in NEVER


def is_urgent(kind: FindingKind, account: Account, settings: AlertSettings) -> bool:
    """Ask whether a finding is told at once."""
    of_center = account.tier is Tier.contact_center and kind in OF_A_CONTACT_CENTER
    return is_told(kind) and (kind in ALWAYS or of_center or kind in settings.at_once)
