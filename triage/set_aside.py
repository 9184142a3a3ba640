"""Set aside: the decision about a message that triage itself could not decide (P1)."""

from domain.category import UNCLEAR, Secrecy, Urgency
from domain.context import Context
from domain.decision import Classification, Decision, Due, LanguageGuess, Queue, Reason, Reply
from domain.errors import BadInput
from domain.message import Message
from domain.open_time import local_date
from domain.promises import promise
from domain.site import Site


def set_aside(message: Message, context: Context, site: Site, *, why: str) -> Decision:
    """Return a decision for the account's own unit: a person must look, the clock runs, nothing is answered.

    Its secrecy is the highest: nobody knows yet what it is about.
    """
    account = context.account
    return Decision(
        queue=Queue.normal,
        needs_a_look=True,
        language=LanguageGuess("sv", 0.0, "not asked"),
        classification=Classification(category=UNCLEAR, score=0.0, secrecy=Secrecy.SK2),
        unit=account.unit,
        urgency=Urgency.U1,
        secrecy=Secrecy.SK2,
        reply=Reply(send=False, reasons=(Reason("P1", why),)),
        due=_due(message, context, site),
    )


def _due(message: Message, context: Context, site: Site) -> Due | None:
    account = context.account
    try:
        return promise(site, account, account.unit, UNCLEAR, message.arrived_at, local_date(context.now))
    except BadInput:
        return None
