"""Who holds what, and how far it got: the rows of a running installation, read past the store."""

from collections.abc import Mapping

from tests.integration.shape import Installation, Program


def held_by(town: Installation, worker: Program) -> frozenset[int]:
    """Return the undecided messages that a worker has claimed."""
    rows = town.rows("SELECT id, claimed_by FROM messages WHERE fate = 'waiting' AND claimed_by IS NOT NULL")
    return frozenset(row.id for row in rows if worker.owns(row.claimed_by))


def handing_over_but_not_by(town: Installation, workers: list[Program]) -> frozenset[int]:
    """Return the replies that were being handed over by somebody who is not among the workers."""
    rows = town.rows("SELECT id, claimed_by FROM outgoing WHERE state = 'handing_over'")
    return frozenset(row.id for row in rows if not any(worker.owns(row.claimed_by) for worker in workers))


def deciders(town: Installation) -> set[str]:
    """Return the names of all workers that have decided something."""
    return {row.decided_by for row in town.rows("SELECT DISTINCT decided_by FROM messages WHERE fate <> 'waiting'")}


def decided(town: Installation) -> int:
    """Return how many messages are decided."""
    return int(town.rows("SELECT count(*) FROM messages WHERE fate <> 'waiting'")[0][0])


def states(town: Installation) -> Mapping[str, int]:
    """Return how many messages and replies stand where."""
    rows = town.rows(
        "SELECT 'message ' || fate AS place, count(*) AS number FROM messages GROUP BY fate "
        "UNION ALL SELECT 'reply ' || state, count(*) FROM outgoing GROUP BY state"
    )
    return {row.place: row.number for row in rows}


def state_of(town: Installation, recipient: str) -> str:
    """Return how far the reply to somebody got."""
    [row] = town.rows("SELECT state FROM outgoing WHERE recipient = :to", to=recipient)
    return str(row.state)
