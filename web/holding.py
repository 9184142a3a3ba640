"""Telling who wrote that it takes longer: the act, and why it was not done, in words."""

from domain.ids import TicketId
from domain.ticket import Ticket, TicketStatus
from pipeline.desk import Desk
from pipeline.hold_by_hand import ONCE, HoldingWithheld, hold_by_hand
from web.form import Form
from web.words import Words, mark

#: Why no holding reply goes, by the reason's row.
AGAINST = {
    "holding": mark("sådana besked är avstängda"),
    "P14": mark("kontot skickar inga automatiska svar"),
    "mode": mark("kontot läses inte av Svarsvakt"),
    "screen": mark("den som skrev får inga automatiska svar"),
    "3.3/43": mark("ärendet är känsligt"),
    "3.3/42": mark("ärendet är akut"),
    "3.8/2": mark("det är mer än ett dygn sedan personen skrev"),
    "P9": mark("löftet är brutet eller uppfyllt, eller så finns ingen senare tid att lova"),
    ONCE: mark("Svarsvakt har redan tagit ställning till ett sådant besked"),
}
OTHERWISE = mark("ingen ny tid kan räknas ut")


def hold(desk: Desk, id: TicketId, _form: Form) -> None:
    """Send the reply. Raises HoldingWithheld."""
    hold_by_hand(desk, id)


def may_hold(ticket: Ticket) -> bool:
    """Say whether there is a promise that can be made longer."""
    return ticket.status is not TicketStatus.closed and ticket.clocks.answer_runs


def say_withheld_holding(error: HoldingWithheld, words: Words) -> str:
    """Return what was not done and why."""
    reasons = ", ".join(dict.fromkeys(words.gettext(AGAINST.get(each.row, OTHERWISE)) for each in error.reasons))
    return words.gettext("Inget besked skickades: %(why)s. Skriv ett svar i stället.") % {"why": reasons}
