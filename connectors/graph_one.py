"""One object of a page, asked for by its id: a message, a post, a comment, a mention elsewhere."""

from connectors.graph_client import GraphClient
from connectors.graph_codes import NotThere, Refused
from connectors.graph_comments import COMMENT_FIELDS, FEED, POST_FIELDS, TAGGED
from connectors.graph_conversations import CONVERSATIONS, MESSAGE_FIELDS
from connectors.graph_items import Item, item_of
from domain.page import DIRECT_MESSAGE


def read_one(client: GraphClient, page: str, identity: str, part: str = "") -> Item | None:
    """Return one object; None: it is gone, or was never ours to see.

    An id does not tell a comment from a post elsewhere: what is none is asked for as the other.

    Args:
        client: the way to the API.
        page: the page's id.
        identity: the object's.
        part: the edge it was read from, where that is known.

    Raises:
        Refused: the API does not give this one.
        Unreachable: it gives nothing now.
    """
    kinds = _kinds(identity, page, part)
    try:
        for edge, fields in kinds[:-1]:
            try:
                return item_of(client.get(identity, fields=fields), edge, page)
            except Refused as fault:
                if fault.step != "protocol":
                    raise
        edge, fields = kinds[-1]
        return item_of(client.get(identity, fields=fields), edge, page)
    except NotThere:
        return None


def _kinds(identity: str, page: str, part: str) -> tuple[tuple[str, str], ...]:
    """Return as what an object may be asked for: the edge it belongs to and the fields of its type."""
    if identity.startswith(DIRECT_MESSAGE):
        return ((CONVERSATIONS, MESSAGE_FIELDS),)
    if identity.startswith(f"{page}_"):
        return ((FEED, POST_FIELDS),)
    mention = (TAGGED, POST_FIELDS)
    return (mention,) if part == TAGGED else ((FEED, COMMENT_FIELDS), mention)
