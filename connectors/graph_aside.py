"""Set aside: what the Graph API refuses about single objects is said, and asked for again within a bound."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from connectors.graph_client import GraphClient
from connectors.graph_codes import NotThere, Refused
from connectors.graph_comments import FEED, read_post
from connectors.graph_conversations import CONVERSATIONS, read_conversation
from connectors.graph_cursor import Aside
from connectors.graph_depth import OVERLAP, Depth
from connectors.graph_found import Found
from connectors.graph_items import Item
from connectors.graph_one import read_one
from domain.message import Observation
from domain.page import DIRECT_MESSAGE

#: How often an object that was refused is asked for again, and for how long.
AGAIN_EVERY = timedelta(hours=1)
AGAIN_WITHIN = timedelta(days=7)
#: Of them, so many in one visit.
MOST_AGAIN = 20


def due(aside: Mapping[str, Aside], now: datetime) -> dict[str, Aside]:
    """Return what is to be asked for again now, the longest ago first."""
    ready = [(id, each) for id, each in aside.items() if now - each.asked_at >= AGAIN_EVERY]
    return dict(sorted(ready, key=lambda each: each[1].asked_at)[:MOST_AGAIN])


def ask_again(client: GraphClient, page: str, aside: Mapping[str, Aside], owed: Collection[str]) -> Found:
    """Return what was set aside and what is owed, as far as it is given now. Raises Unreachable: nothing is."""
    found = Found()
    for id, each in {**dict.fromkeys(owed), **aside}.items():
        try:
            again = _ask(client, page, id, each)
        except NotThere:
            continue
        except Refused as fault:
            found.refused[id] = (each.part if each else "", fault)
            continue
        found.items += again.items
        found.refused |= again.refused
    return found


def settle(
    aside: Mapping[str, Aside],
    asked: Collection[str],
    refused: Mapping[str, tuple[str, Refused]],
    known: Collection[str],
    now: datetime,
) -> tuple[dict[str, Aside], list[Observation]]:
    """Return what is set aside after a visit, and what is to be said of it.

    Args:
        aside: what was before.
        asked: what of it has been asked for again.
        refused: what was refused in this visit: the part, and why.
        known: what of that we have, and was only asked about.
        now: aware UTC.
    """
    left = {id: each for id, each in aside.items() if id not in asked}
    said: list[Observation] = []
    for id, (part, fault) in refused.items():
        before = aside.get(id)
        since = before.since if before else now
        if now - since >= AGAIN_WITHIN:
            said.append(_said(id, str(fault), given_up=True))
            continue
        if before is None:
            said.append(_said(id, str(fault), given_up=False))
        left[id] = Aside(part, str(fault), since, now, before.known if before else id in known)
    return left, said


def _ask(client: GraphClient, page: str, id: str, each: Aside | None) -> Found:
    depth = Depth(each.since - OVERLAP, whole=True) if each is not None else None
    if each is not None and depth is not None and not each.known:
        if each.part == CONVERSATIONS and not id.startswith(DIRECT_MESSAGE):
            return read_conversation(client, page, id, depth)
        if each.part == FEED and id.startswith(f"{page}_"):
            return read_post(client, page, id, depth)
    return Found(items=list(_one(client, page, id, each.part if each else "")))


def _one(client: GraphClient, page: str, id: str, part: str) -> Iterator[Item]:
    item = read_one(client, page, id, part)
    if item is not None:
        yield item


def _said(id: str, why: str, *, given_up: bool) -> Observation:
    return Observation(identity=id, kind="refused", details={"why": why, "given_up": given_up})
