"""A Facebook page's account: what people asked there and nobody has answered."""

from dataclasses import dataclass

from domain.account import Account, Channel
from store.database import Connection
from store.pages import count_unanswered
from web.times import ShownTime, shown_ago
from web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccount:
    """What a page owes an answer to."""

    in_messenger: int
    in_public: int
    #: None: nothing waits.
    oldest: ShownTime | None


def page_account(connection: Connection, visit: Visit, account: Account) -> PageAccount | None:
    """Return what a page owes an answer to, of what the visitor may see; None: the account is none."""
    if account.channel is not Channel.facebook:
        return None
    owed = count_unanswered(connection, visit.viewer, account.id)
    return PageAccount(
        in_messenger=owed.in_messenger,
        in_public=owed.in_public,
        oldest=shown_ago(owed.oldest_at, visit.now, visit.words) if owed.oldest_at else None,
    )
