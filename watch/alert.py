"""Alerts: what a manager is told about a finding (domain.md 7.7), without citizen content."""

from collections.abc import Mapping
from datetime import datetime

from domain.finding import Finding
from domain.outgoing import Outgoing, OutgoingKind
from domain.promises import count_target
from domain.service_level import Target, TargetKind
from domain.site import Site

#: By when a manager is asked to act.
ACT_WITHIN = Target(TargetKind.working_days, days=1)

#: Alerts are written in Swedish: managers work in it.
LANGUAGE = "sv"


def alert(finding: Finding, site: Site, now: datetime, *, template: str | None = None) -> Outgoing | None:
    """Return the alert about a finding to the manager of its account; None when nobody is responsible.

    `template` defaults to the finding's kind.
    """
    account = site.account(finding.account)
    manager = site.manager_of(account)
    if manager is None:
        return None
    act_by, _ = count_target(ACT_WITHIN, now, site.schedule_of(account), site.calendar_of(account.organisation))
    slots = {
        "manager": manager.name,
        "account": account.name,
        "address": account.address,
        "unit": site.unit(account.unit).name,
        "evidence": finding.evidence,
        "closed_at": now.isoformat(),
        "act_by_at": act_by.isoformat(),
        "contact": site.organisation(account.organisation).contact,
    }
    return Outgoing(
        kind=OutgoingKind.alert,
        organisation=account.organisation,
        account=account.id,
        channel=account.channel,
        recipient=manager.email,
        template=template or str(finding.kind),
        language=LANGUAGE,
        slots=slots,
    )


def to_administrator(site: Site, template: str, slots: Mapping[str, str]) -> Outgoing | None:
    """Return an alert to who looks after the installation; None when nobody is named.

    It goes in the name of the contact center's first account: every message of ours belongs to one.
    """
    account = next((each for each in site.accounts if each.unit == site.contact_center), None)
    if not site.administrator or account is None:
        return None
    return Outgoing(
        kind=OutgoingKind.alert,
        organisation=account.organisation,
        account=account.id,
        channel=account.channel,
        recipient=site.administrator,
        template=template,
        language=LANGUAGE,
        slots=slots,
    )
