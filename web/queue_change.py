"""What has changed in the list since an earlier version of it: only that goes through the stream. Pure."""

import json
import re
from collections import OrderedDict
from dataclasses import dataclass, field

_ROW = re.compile(r'<tr role="row" id="t(\d+)".*?</tr>\s*', re.DOTALL)

#: Versions that a change can be told from: who has an older one asks for the whole list.
MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as it was rendered: what stands around the rows, and each row by its ticket, in order."""

    around: str
    rows: dict[str, str]


def listed_of(html: str) -> Listed:
    """Cut a rendered list into its rows.

    >>> listed_of('<tbody><tr role="row" id="t7"><td>Hål</td></tr></tbody>')
    Listed(around='<tbody></tbody>', rows={'7': '<tr role="row" id="t7"><td>Hål</td></tr>'})
    """
    return Listed(_ROW.sub("", html), {match[1]: match[0].rstrip() for match in _ROW.finditer(html)})


@dataclass
class Versions:
    """The last versions of one list. One thread at a time adds to it."""

    _known: OrderedDict[str, Listed] = field(default_factory=OrderedDict)

    def add(self, version: str, listed: Listed) -> None:
        """Remember a version, and forget the oldest beyond what is kept. Rows that are as before are kept once."""
        last = next(reversed(self._known.values()), listed).rows
        rows = {id: last[id] if last.get(id) == row else row for id, row in listed.rows.items()}
        self._known[version] = Listed(listed.around, rows)
        while len(self._known) > MOST_VERSIONS:
            self._known.popitem(last=False)

    def change(self, before: str, version: str) -> str | None:
        """Return as JSON how one version becomes another; None: one of them is not known, or has no rows.

        `from` and `version`, `around` without its rows, `order`: the tickets, and `rows`: those that are other than
        they were, by ticket.
        """
        old, new = self._known.get(before), self._known.get(version)
        if old is None or new is None or not new.rows or not old.rows:
            return None
        changed = {id: row for id, row in new.rows.items() if old.rows.get(id) != row}
        return json.dumps(
            {"from": before, "version": version, "around": new.around, "order": list(new.rows), "rows": changed},
            ensure_ascii=False,
            separators=(",", ":"),
        )
