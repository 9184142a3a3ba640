"""Window: the word to whoever answers for a unit that Meta soon takes no answer any more (domain.md 2.11). Pure."""

from datetime import datetime

from domain.account import Account
from domain.ids import UnitId
from domain.outgoing import Outgoing
from domain.person import Person
from domain.site import Site
from watch.alert import to_reader

TEMPLATE = "window_closing"


def window_alert(
    site: Site, account: Account, reader: Person, unit: UnitId, tickets: int, until: datetime
) -> Outgoing:  # fmt: skip
    """Return the alert about a unit's tickets in Messenger whose time is nearly over; nothing of what they say.

    Args:
        site: the configuration.
        account: the page in whose name it goes.
        reader: who gets it.
        unit: whose tickets.
        tickets: how many.
        until: when the first window closes.
    """
    slots = {
        "manager": reader.name,
        "contact": site.organisation(account.organisation).contact,
        "unit": site.unit(unit).name,
        "count": "1 ärende" if tickets == 1 else f"{tickets} ärenden",
        "until_at": until.isoformat(),
        "link": f"{site.public_address}/ko" if site.public_address else "",
    }
    return to_reader(account, reader, TEMPLATE, slots)
