"""The one gate that every automatic reply passes on its way out (domain.md 3.3 rows 32-38, P7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from domain.account import AccountStatus, AutoReply
from domain.brakes import AutomaticReply, Family, family_of, held_back, opens_breaker, window_of
from domain.ids import AccountId, OutgoingId
from domain.outgoing import AUTOMATIC_REPLIES, URGENT, named_answer_at
from domain.reply_template import ReplyName
from domain.site import Site
from domain.viewer import MACHINE
from store.breaker import Breaker, hold_breaker, open_breaker
from store.database import Connection
from store.passed import Asking, Gone, Passed, mark_passed, read_passed
from store.sending import ToSend
from store.sent import claim_window


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the brakes said of a batch."""

    #: May go, in the order of the batch.
    going: tuple[ToSend, ...]
    #: Held back for good, with the row and why.
    held: tuple[tuple[ToSend, str], ...]
    #: Why the circuit breaker opened just now; None: it did not.
    opened: str | None = None


def ask_brakes(connection: Connection, claimed: Sequence[ToSend], site: Site, now: datetime) -> Judged:
    """Ask the brakes in the claiming transaction. Alerts and answers by people pass.

    Whoever asks holds the circuit breaker's row until the transaction ends: of two workers the second counts what the
    first let go.
    """
    asking = [_asking(each) for each in claimed if each.rendered.kind in AUTOMATIC_REPLIES]
    if not asking:
        return Judged(going=tuple(claimed), held=())
    breaker = hold_breaker(connection)
    gate = _Gate(connection, site, now, breaker, read_passed(connection, MACHINE, asking, breaker, now))
    said = [(each, gate.held_back(each)) for each in claimed]
    mark_passed(connection, gate.let_go, now)
    return Judged(
        going=tuple(each for each, why in said if why is None),
        held=tuple((each, why) for each, why in said if why is not None),
        opened=gate.opened,
    )


class _Gate:
    """One holding of the breaker."""

    def __init__(
        self, connection: Connection, site: Site, now: datetime, breaker: Breaker, passed: Passed
    ) -> None:  # fmt: skip
        self._connection = connection
        self._site = site
        self._now = now
        self._breaker = breaker
        self._passed = passed
        self.opened: str | None = None
        self.let_go: list[OutgoingId] = []

    def held_back(self, to_send: ToSend) -> str | None:
        """Return why a message is held back, as row and words; None: it may go, and counts as gone from now on."""
        if to_send.rendered.kind not in AUTOMATIC_REPLIES:
            return None
        if not _still_on(self._site, to_send.rendered.account, to_send.template):
            return "P14: automatic replies were switched off"
        if _names_the_past(to_send, self._now):
            return "3.3/37: the time it names has passed"
        why = self._braked(to_send) or self._window_taken(to_send)
        if why is None:
            self.let_go.append(to_send.rendered.id)
            self._passed = self._passed.and_now(_gone(to_send, self._now))
        return why

    def _braked(self, to_send: ToSend) -> str | None:
        asking = _asking(to_send)
        history = self._passed.history(asking, self._breaker, self._now)
        reasons = held_back(
            self._site.brakes,
            history,
            template=to_send.template,
            address=asking.address,
            mailbox=_mailbox(to_send),
            # How old the message was is asked when it is decided; here the named time decides.
            arrived_at=self._now,
            now=self._now,
            urgent=to_send.template == URGENT,
            channel=to_send.rendered.channel,
        )
        if opens_breaker(self._site.brakes, history):
            self._open(history.installation_last_hour)
        return f"{reasons[0].row}: {reasons[0].matched}" if reasons else None

    def _open(self, sent: int) -> None:
        why = f"{sent} automatic messages from the installation within an hour"
        if open_breaker(self._connection, why, self._now):
            self.opened = why
        self._breaker = Breaker(opened_at=self._now, why=why, counted_from=self._breaker.counted_from)

    def _window_taken(self, to_send: ToSend) -> str | None:
        family = family_of(to_send.template, urgent=to_send.template == URGENT)
        if family is Family.later:
            return None
        alone = claim_window(
            self._connection,
            family=family,
            address=to_send.rendered.recipient,
            mailbox=_mailbox(to_send),
            organisation=to_send.organisation,
            outgoing_id=to_send.rendered.id,
            at=self._now,
            window=window_of(self._site.brakes, family, to_send.rendered.channel),
        )
        return None if alone else "3.3/33: another reply was faster"


def _asking(to_send: ToSend) -> Asking:
    rendered = to_send.rendered
    return Asking(
        id=rendered.id, organisation=to_send.organisation, ticket=to_send.ticket, address=rendered.recipient
    )  # fmt: skip


def _gone(to_send: ToSend, now: datetime) -> Gone:
    reply = AutomaticReply(
        template=to_send.template, address=to_send.rendered.recipient, mailbox=_mailbox(to_send), at=now
    )  # fmt: skip
    return Gone(id=to_send.rendered.id, ticket=to_send.ticket, reply=reply)


def _mailbox(to_send: ToSend) -> str:
    return parseaddr(to_send.rendered.sender)[1].lower()


def _still_on(site: Site, id: AccountId, template: str) -> bool:
    """Ask the configuration of now: replies that wait must not follow the switch that stopped them (P14).

    Of a closed account only the word where to write instead goes.
    """
    return any(
        account.auto_reply is AutoReply.on
        and (account.status is not AccountStatus.closed or template == ReplyName.dormant)
        for account in site.accounts
        if account.id == id
    )


def _names_the_past(to_send: ToSend, now: datetime) -> bool:
    answer_at = named_answer_at(to_send.slots)
    return answer_at is not None and answer_at < now
