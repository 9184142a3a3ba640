"""What became of the automatic reply, in words."""

from domain.outgoing import SendState
from web.explanation import ShownReply
from web.screen_words import NOT_AGAINST, say_row
from web.words import Words, mark

#: How far a send got, as staff say it.
STATES = {
    SendState.queued: mark("väntar på att skickas"),
    SendState.claimed: mark("väntar på att skickas"),
    SendState.handing_over: mark("skickas just nu"),
    SendState.sent: mark("skickat"),
    SendState.retry: mark("gick inte att skicka, nytt försök görs"),
    SendState.uncertain: mark("osäkert om det kom fram, en medarbetare måste avgöra"),
    SendState.refused: mark("togs inte emot"),
    SendState.cancelled: mark("stoppat innan det skickades"),
    SendState.shadow: mark("inte skickat, kontot är i skuggläge"),
}

#: Sends that need a word in the queue: the citizen has no answer yet, or may not have.
_NOTABLE = {
    SendState.uncertain: mark("Osäkert autosvar"),
    SendState.refused: mark("Autosvaret togs inte emot"),
    SendState.cancelled: mark("Autosvaret stoppades"),
    SendState.shadow: mark("Skuggläge: inget autosvar skickat"),
}


def say_state(state: SendState, words: Words) -> str:
    """Return how far a send got."""
    return words.gettext(STATES[state])


def say_withheld(reply: ShownReply, state: SendState | None, words: Words) -> str:
    """Return why the citizen has got no automatic reply; empty when one has gone or is on its way."""
    if state is not None:
        return words.gettext(_NOTABLE[state]) if state in _NOTABLE else ""
    if reply.send is not False:
        return ""
    against = [say_row(reason.row, words) for reason in reply.reasons if reason.row not in NOT_AGAINST]
    why = against[0] if against else words.gettext("orsaken är inte sparad")
    return words.gettext("Inget autosvar: %(why)s") % {"why": why[:1].lower() + why[1:]}
