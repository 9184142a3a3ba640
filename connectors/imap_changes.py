"""What has happened in an open folder to messages that were delivered: flags that changed, messages that are gone.

With CONDSTORE (RFC 7162) the server names what changed. Without it, the flags of the newest messages are looked at in
every visit, and those of somewhat older ones in turn.

Raises what the library raises.
"""

from dataclasses import dataclass, replace
from itertools import islice

from imapclient import IMAPClient

from connectors.imap_cursor import Position
from connectors.imap_fetch import fetch_flags
from connectors.imap_folder import Folder, newest_until, uids_until
from domain.message import Listing, Observation

#: Messages whose flags are told in one batch.
MOST_CHANGES = 500

#: Without CONDSTORE: so many of the newest messages are looked at in every visit …
EVERY_TIME = 200

#: … and this many in all, the older ones in turn, `EVERY_TIME` a visit: at one visit a minute, all in ten minutes.
#: A mail that is older than the two thousand after it has been handled, or the finding says so.
RECENT = 2000

#: A folder with more messages is listed only by the daily reconciliation: its list weighs a megabyte.
MOST_LISTED = 50_000


@dataclass(frozen=True, slots=True)
class Changes:
    """What was told of a folder, and where that leaves it."""

    position: Position
    observations: tuple[Observation, ...] = ()
    listing: Listing | None = None
    #: True: more flags have changed than were told.
    more: bool = False


def look_for_changes(client: IMAPClient, folder: Folder, position: Position, *, until: int, late: int) -> Changes:
    """Return what happened to messages delivered earlier.

    Args:
        client: with the folder open.
        folder: as it was when it was opened.
        position: everything new has been delivered.
        until: the highest UID delivered by an earlier fetch: the flags of the others have just been told.
        late: how many were delivered that had not arrived when the folder was opened.
    """
    look = _by_modseq if folder.modseq else _in_turn
    changes = look(client, folder, position, until)
    if changes.more:
        return changes
    counted, listing = _listed_if_fewer(client, folder, changes.position, late)
    return replace(changes, position=counted, listing=listing)


def _by_modseq(client: IMAPClient, folder: Folder, position: Position, until: int) -> Changes:
    goal = position.next_modseq or folder.modseq
    if not 0 < position.modseq <= folder.modseq:
        # Never told of, or the server counts anew: from here on.
        return Changes(replace(position, modseq=folder.modseq, next_modseq=0, looked_at=0))
    if position.modseq == goal:
        return Changes(replace(position, next_modseq=0, looked_at=0))
    criteria = ("MODSEQ", str(position.modseq + 1))
    changed = uids_until(client, until, *criteria, above=position.looked_at)
    uids = list(islice(changed, MOST_CHANGES + 1))
    told = uids[:MOST_CHANGES]
    observations = tuple(fetch_flags(client, folder, told))
    if len(uids) > len(told):
        return Changes(replace(position, next_modseq=goal, looked_at=told[-1]), observations, more=True)
    return Changes(replace(position, modseq=goal, next_modseq=0, looked_at=0), observations)


def _in_turn(client: IMAPClient, folder: Folder, position: Position, until: int) -> Changes:
    recent = newest_until(client, until, RECENT)
    newest, older = recent[-EVERY_TIME:], recent[:-EVERY_TIME]
    turn = [uid for uid in older if not position.looked_at or uid < position.looked_at][-EVERY_TIME:]
    observations = fetch_flags(client, folder, turn + newest)
    # Past the oldest of them the next turn begins anew.
    looked_at = turn[0] if turn and turn[0] != older[0] else 0
    return Changes(replace(position, looked_at=looked_at, modseq=0, next_modseq=0), tuple(observations))


def _listed_if_fewer(
    client: IMAPClient, folder: Folder, position: Position, late: int
) -> tuple[Position, Listing | None]:
    """Return the folder's list when fewer messages exist than were delivered, and the position with their number."""
    if folder.existing is None or position.existing == folder.existing + late:
        return position, None
    if folder.existing > MOST_LISTED:
        return replace(position, existing=folder.existing + late), None
    uids = list(uids_until(client, position.uid))
    listing = Listing(folder=folder.name, identities=frozenset(folder.identity(uid) for uid in uids))
    return replace(position, existing=len(uids)), listing
