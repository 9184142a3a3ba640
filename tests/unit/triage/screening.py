"""Builders for tests of the screen: one message, screened, with every fact defaulted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.account import AutoReply
from domain.brakes import AutomaticReply
from domain.category import Secrecy, Urgency
from domain.decision import Classification, Screening
from domain.ids import AccountId, CategoryId
from tests import builders
from triage.screen import screen

OUR_RECEIPT = "<svarsvakt.26-01234.1@exempelby.example>"
OUR_ANSWER = "<svar.7@exempelby.example>"


def about(category: str = "gata", **changes: Any) -> Classification:
    """Return a classification by category id."""
    base = Classification(category=CategoryId(category), score=3.0, secrecy=Secrecy.SK0, urgency=Urgency.U2)
    return replace(base, **changes)


def letter(*headers: tuple[str, str], **changes: Any) -> Any:
    """Return a citizen's e-mail, as our border server took it, with further headers on top."""
    base = builders.message(**changes)
    border = ("received", "from out.example.se by mx.exempelby.example; Tue, 24 Nov 2026 09:12:00 +0100")
    return replace(base, headers=(*headers, border, *base.headers))


def screened(
    *headers: tuple[str, str],
    context: Mapping[str, Any] | None = None,
    mail: Mapping[str, Any] | None = None,
    site: Mapping[str, Any] | None = None,
    topic: Classification | None = None,
    urgent: bool = False,
    outage: str | None = None,
    **message: Any,
) -> Screening:
    """Screen a citizen's e-mail that differs in what is named."""
    base = builders.site(**(site or {}))
    town = replace(base, mail=replace(base.mail, **{"border_servers": ("mx.exempelby.example",), **(mail or {})}))
    return screen(
        letter(*headers, **message),
        builders.context(**(context or {})),
        town,
        topic or about(),
        urgent,
        template="urgent" if urgent else "receipt",
        outage=outage,
    )


def row_names(screening: Screening) -> list[str]:
    """Return the rows that apply, in order, such as 3.7/5."""
    return [reason.row for reason in screening.reasons]


def rows(screening: Screening) -> list[int]:
    """Return the numbers of the rows that apply, in order."""
    return [int(reason.row.removeprefix("3.3/")) for reason in screening.reasons]


def receipt_at(at: Any, *, mailbox: str = "kontaktcenter@exempelby.example") -> AutomaticReply:
    """Return a receipt that went to the builders' citizen."""
    return AutomaticReply(template="receipt", address="anna@example.se", mailbox=mailbox, at=at)


def street_account(**changes: Any) -> Any:
    """Return the street unit's mailbox, which replies too."""
    street = builders.account(
        id=AccountId("gata"), unit="gata", tier="unit", address="gata@exempelby.example", auto_reply=AutoReply.on
    )
    return replace(street, **changes)
