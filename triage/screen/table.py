"""The tables "may we auto-reply?": e-mail (domain.md 3.3), SMS (3.7) and Facebook (3.8), each read top to bottom.

The order of domain.md 3.2 is the order of the rows: integrity and loops, automation and bulk, addressing and trust,
state and rate, content, default. Reports on delivery (rows 2 to 4) stand before `auto-replied` (row 13), because real
ones carry that too. Rows of 3.3 that are about any message (an outage of ours, a threat) stand in all three tables.
"""

from collections.abc import Mapping

from domain.account import Channel
from triage.screen.addressing import ADDRESSING
from triage.screen.automation import AUTOMATION
from triage.screen.content import CONTENT, DEFAULT
from triage.screen.facebook import FACEBOOK
from triage.screen.integrity import INTEGRITY
from triage.screen.row import Row, Verdict
from triage.screen.sms import SMS
from triage.screen.state import STATE

#: Rows 1 to 31: nothing that a message says overrides them, not even danger to life.
HARD: tuple[Row, ...] = (*INTEGRITY, *AUTOMATION, *ADDRESSING)
#: Every row, in order; the last one is asked only when no other says yes or no.
TABLE: tuple[Row, ...] = (*HARD, *STATE, *CONTENT, DEFAULT)
TABLES: Mapping[Channel, tuple[Row, ...]] = {Channel.email: TABLE, Channel.sms: SMS, Channel.facebook: FACEBOOK}

_NOT_AGAINST = frozenset(row.name for rows in TABLES.values() for row in rows if row.says is not Verdict.no)


def speaks_against(row: str) -> bool:
    """Say whether a reason of this name speaks against an automatic reply: a row that says no, or a setting.

    >>> [speaks_against(row) for row in ("3.3/13", "3.3/42", "P14", "P2")]
    [True, False, True, False]
    """
    return row not in _NOT_AGAINST and row != "P2"
