"""The table "may we auto-reply?" of domain.md 3.3, read top to bottom.

The order of domain.md 3.2 is the order of the rows: integrity and loops, automation and bulk, addressing and trust,
state and rate, content, default. Reports on delivery (rows 2 to 4) stand before `auto-replied` (row 13), because real
ones carry that too.
"""

from triage.screen.addressing import ADDRESSING
from triage.screen.automation import AUTOMATION
from triage.screen.content import CONTENT, DEFAULT
from triage.screen.integrity import INTEGRITY
from triage.screen.row import Row
from triage.screen.state import STATE

#: Rows 1 to 31: nothing that a message says overrides them, not even danger to life.
HARD: tuple[Row, ...] = (*INTEGRITY, *AUTOMATION, *ADDRESSING)
#: Every row, in order.
TABLE: tuple[Row, ...] = (*HARD, *STATE, *CONTENT, DEFAULT)
