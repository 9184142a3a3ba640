"""Look over: what a person says of a message that was set aside: it is work, it is spam, or it was right.

Reads: the message as the person may see it, with what was decided about it.
Writes: what was said, an event; for work a ticket with the promise that its unit gives from when it came.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.category import DANGER, Secrecy, Urgency
from domain.decision import Due, Queue
from domain.errors import BadInput
from domain.ids import CategoryId, MessageId, TicketId, UnitId
from domain.looked_over import Verdict
from domain.open_time import local_date
from domain.promises import promise
from domain.site import Site
from pipeline.desk import NotDone
from store.database import Connection, Database
from store.events import append
from store.messages import StoredMessage
from store.new_tickets import NewTicket, open_ticket
from store.set_aside import add_verdict, get_set_aside, put_in_ticket
from store.users import User


@dataclass(frozen=True, slots=True)
class LookOver:
    """A person who looks over what was set aside."""

    database: Database
    site: Site
    user: User
    now: datetime

    def say(self, id: MessageId, verdict: Verdict) -> TicketId | None:
        """Keep what the person says of a message; return the ticket that it gets.

        Raises:
            KeyError: it is not set aside, or the person may not see it.
            NotDone: somebody has said something of it before, or its account is configured no more.
        """
        with self.database.write() as connection:
            message = get_set_aside(connection, self.user.viewer, id)
            if not add_verdict(connection, message.organisation, id, verdict, self.user.name, self.now):
                raise NotDone("somebody has looked it over meanwhile")
            ticket = self._open(connection, message) if verdict is Verdict.to_queue else None
            append(
                connection, f"set_aside_{verdict}", at=self.now, organisation=message.organisation,
                actor=f"user/{self.user.name}", account=message.account, message=id, ticket=ticket,
            )  # fmt: skip
        return ticket

    def _open(self, connection: Connection, message: StoredMessage) -> TicketId:
        account = self.site.find_account(message.account)
        if account is None:
            raise NotDone("its account is configured no more")
        said = message.explanation
        unit, category = UnitId(said.get("unit") or account.unit), CategoryId(said.get("category") or "oklart")
        if unit not in {each.id for each in self.site.units}:
            unit = account.unit
        due = self._due(message, unit, category)
        ticket, _ = open_ticket(
            connection,
            NewTicket(
                organisation=message.organisation, unit=unit, account=account.id, channel=account.channel,
                queue=Queue.normal, needs_a_look=False, look_reason="", category=category,
                language=said.get("language") or "", urgency=Urgency(said.get("urgency") or Urgency.U2),
                secrecy=Secrecy(said.get("secrecy") or Secrecy.SK1), danger=category == DANGER,
                subject=message.subject, sender_name=message.sender_name, sender_address=message.sender_address,
                arrived_at=message.arrived_at, opened_at=self.now, notice_due_at=due.notice_at if due else None,
                answer_due_at=due.answer_at if due else None, calendar=due.calendar if due else "",
            ),
        )  # fmt: skip
        put_in_ticket(connection, message, ticket)
        return ticket

    def _due(self, message: StoredMessage, unit: UnitId, category: CategoryId) -> Due | None:
        try:
            account = self.site.account(message.account)
            return promise(self.site, account, unit, category, message.arrived_at, local_date(self.now))
        except BadInput:
            # Its hours never come: no time can be promised.
            return None
