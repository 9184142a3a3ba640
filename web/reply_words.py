"""What became of the automatic reply, in words."""

from domain.delivery import DeliveryState
from domain.outgoing import SendState
from domain.suppression import Suppression, SuppressionReason, says_no_mailbox
from pipeline.undo import UNDONE
from store.sent import StoredOutgoing
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


#: Why something was stopped, where it is always said alike.
WHYS = {UNDONE: mark("Den som skrev tog tillbaka det.")}


def say_why(why: str, words: Words) -> str:
    """Return why a send got no further; what is not known is said as it stands."""
    return words.gettext(WHYS[why]) if why in WHYS else why


def say_bounce(outgoing: StoredOutgoing, words: Words) -> str:
    """Return that what we sent did not arrive, and why; empty when nobody said so."""
    if outgoing.bounced_at is None:
        return ""
    if outgoing.bounce_why:
        text = words.gettext("kom inte fram: %(why)s") % {"why": words.gettext(outgoing.bounce_why)}
        return f"{text} ({outgoing.bounce_status})" if outgoing.bounce_status else text
    gone = says_no_mailbox(outgoing.bounce_status)
    text = words.gettext("kom inte fram: adressen tar inte emot e-post") if gone else words.gettext("kom inte fram")
    return f"{text} ({outgoing.bounce_status})" if outgoing.bounce_status else text


#: How far a message has come after its provider took it.
DELIVERIES = {
    DeliveryState.queued: mark("skickat, väntar hos operatören"),
    DeliveryState.sent: mark("skickat till operatören"),
    DeliveryState.delivered: mark("framme hos mottagaren"),
    DeliveryState.read: mark("läst av mottagaren"),
}

#: Why a message did not arrive, as connectors say it; here so that it is translated.
REASONS = (
    mark("numret finns inte"),
    mark("sms till det landet är inte påslaget hos Twilio"),
    mark("mottagaren har avsagt sig sms (STOP)"),
    mark("vägen till numret är inte öppen"),
    mark("numret kan inte ta emot sms"),
    mark("för många sms väntade"),
    mark("kontot hos Twilio är avstängt"),
    mark("telefonen går inte att nå"),
    mark("mottagaren blockerar sms"),
    mark("numret är okänt eller används inte längre"),
    mark("numret är en fast telefon eller går inte att nå"),
    mark("operatören stoppade meddelandet"),
    mark("okänt fel hos operatören"),
    mark("priset är högre än vad som är tillåtet"),
    mark("okänt fel hos Twilio"),
)


def say_delivery(state: SendState, delivery: DeliveryState | None, words: Words) -> str:
    """Return how far a send got, and where its provider told, how far it has come since."""
    if state is SendState.sent and delivery in DELIVERIES:
        return words.gettext(DELIVERIES[delivery])
    return say_state(state, words)


#: Why an address gets no automatic messages.
SUPPRESSIONS = {
    SuppressionReason.hard_bounce: mark("Adressen tar inte emot e-post. Inga automatiska svar skickas dit."),
    SuppressionReason.complaint: mark("Mottagaren har anmält ett svar som skräppost. Inga automatiska svar skickas."),
    SuppressionReason.opted_out: mark(
        "Numret kan inte nås med sms: mottagaren har skrivit STOP. Svara på en annan väg, till exempel telefon."
    ),
    SuppressionReason.by_hand: mark("Adressen är spärrad för automatiska svar."),
}


def say_suppression(suppression: Suppression, words: Words) -> str:
    """Return that an address gets no automatic messages, and why."""
    if suppression.reason is SuppressionReason.hard_bounce and "@" not in suppression.address:
        return words.gettext("Numret tar inte emot sms. Inga automatiska svar skickas dit.")
    return words.gettext(SUPPRESSIONS[suppression.reason])


def say_withheld(reply: ShownReply, state: SendState | None, words: Words) -> str:
    """Return why the citizen has got no automatic reply; empty when one has gone or is on its way."""
    if state is not None:
        return words.gettext(_NOTABLE[state]) if state in _NOTABLE else ""
    if reply.send is not False:
        return ""
    against = [say_row(reason.row, words) for reason in reply.reasons if reason.row not in NOT_AGAINST]
    why = against[0] if against else words.gettext("orsaken är inte sparad")
    return words.gettext("Inget autosvar: %(why)s") % {"why": why[:1].lower() + why[1:]}
