"""Facts: everything that a row of the screen may ask about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from domain.account import Channel
from domain.border import above_strangers
from domain.brakes import held_back
from domain.context import Context
from domain.decision import Classification
from domain.loop_mark import is_our_own
from domain.message import Message
from domain.site import Site
from triage.addresses import domain_of, is_address, is_under
from triage.destination import destination, is_from_form
from triage.trust import Authentication, authentication


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One message with all that is known around it; each fact is worked out once, when first asked for."""

    message: Message
    context: Context
    site: Site
    classification: Classification
    #: True: danger to life, health or property (row 42).
    urgent: bool
    #: The reply that would go; the brakes count per template.
    template: str
    #: What of ours is out of order, so that no promise can be made (row 38).
    outage: str | None = None

    @cached_property
    def sender(self) -> str:
        """Who writes: the address in From, a number or a Graph id, in lower case; empty when none can be used."""
        address = self.message.sender.address.lower() if self.message.sender else ""
        return address if self.message.channel is not Channel.email or is_address(address) else ""

    @cached_property
    def return_path(self) -> str:
        """The return path, in lower case; empty when missing or null."""
        return (self.message.return_path or "").lower()

    @cached_property
    def authentication(self) -> Authentication:
        """What our border server says of the sender."""
        return authentication(self.message, self.site.mail)

    @cached_property
    def verdict_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that our own servers wrote; all, where that cannot be told.

        A verdict against a message only withholds a reply and asks for a look, so it is heard from anybody then.
        """
        return above_strangers(self.message.headers, self.site.mail.border_servers) or self.message.headers

    @cached_property
    def destination(self) -> tuple[str | None, str]:
        """Where a reply may go, and why. On a channel where whoever writes is all there is, to them."""
        if self.message.channel is not Channel.email:
            return self.sender or None, "whoever wrote"
        return destination(self.message, self.site, self.authentication.passed)

    @cached_property
    def from_form(self) -> bool:
        """Whether a registered, authenticated form of the municipality sent this for a citizen (row 15)."""
        return is_from_form(self.message, self.site)

    @cached_property
    def correspondent(self) -> str:
        """The address of whoever writes: the citizen's for a registered form, else the sender's."""
        return (self.destination[0] or "") if self.from_form else self.sender

    @cached_property
    def internal(self) -> bool:
        """Whether the correspondent has an address under one of our own domains."""
        domain = domain_of(self.correspondent)
        return any(is_under(domain, own) for own in self.site.own_domains)

    @cached_property
    def ours(self) -> bool:
        """Whether this is one of our own automatic messages, come back."""
        return is_our_own(self.message, self.site.account_ids, self.site.mail.message_id_domain)

    @cached_property
    def from_us(self) -> bool:
        """Whether we wrote it ourselves: our automatic mail come back, or our page's own words."""
        return self.ours or (self.message.channel is Channel.facebook and self.sender == self.context.account.address)

    @cached_property
    def age(self) -> timedelta:
        """How long ago it arrived."""
        return self.context.now - self.message.arrived_at

    @cached_property
    def reports_on_us(self) -> bool:
        """Whether a mail server reports on a mail of ours: what it says of danger are our own words."""
        context = self.context
        return bool(context.reported_ids) or (self.message.report_type is not None and self.belongs)

    @cached_property
    def belongs(self) -> bool:
        """Whether it answers, or reports on, a message that we sent."""
        context = self.context
        return bool(context.our_automatic_ids or context.our_human_ids or context.reported_ids)

    @cached_property
    def brakes(self) -> Mapping[str, str]:
        """What the brakes say, by row: rows 32 to 37."""
        reasons = held_back(
            self.site.brakes,
            self.context.history,
            template=self.template,
            address=self.destination[0] or self.correspondent,
            mailbox=self.context.account.address,
            arrived_at=self.message.arrived_at,
            now=self.context.now,
            urgent=self.urgent,
            channel=self.message.channel,
        )
        return {reason.row: reason.matched for reason in reasons}

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of every header of that name, stripped."""
        return self._headers.get(name.lower(), ())

    @cached_property
    def _headers(self) -> Mapping[str, tuple[str, ...]]:
        """Every header's values by its name: the rows ask for some thirty."""
        found: dict[str, list[str]] = {}
        for name, value in self.message.headers:
            found.setdefault(name, []).append(value.strip())
        return {name: tuple(values) for name, values in found.items()}
