"""Letters: mails from one new citizen each, to the mailboxes of an installation in turn."""

from itertools import cycle, islice

from tests.integration.claims import decided, deciders
from tests.integration.shape import Installation, Program, citizens_mail

#: The mailboxes that are read, and the address that stands in To.
ADDRESSES = {"kontaktcenter": "kontaktcenter@exempelby.example", "gata": "gata@exempelby.example"}

#: Beside them, one of another organisation.
FLOODED = {**ADDRESSES, "va": "kundservice@exempelbyvatten.example"}

#: Leases as short as a test can wait for; the defaults are minutes.
LEASES = {"reading_lease": "4s", "message_lease": "8s", "reply_lease": "6s", "handing_over_lease": "6s"}


class Letters:
    """What citizens have written."""

    def __init__(self, town: Installation) -> None:
        self._town = town
        self._accounts = cycle(ADDRESSES)
        self.senders: list[str] = []

    @property
    def delivered(self) -> int:
        return len(self.senders)

    def deliver(self, count: int) -> list[str]:
        """Deliver so many more; return who wrote them."""
        for account in islice(self._accounts, count):
            sender = f"person{self.delivered + 1}@example.se"
            text = f"Hej! Hål nummer {self.delivered + 1} i vägen på Storgatan."
            self._town.deliver(account, citizens_mail(text, sender=sender, to=ADDRESSES[account]), sender)
            self.senders.append(sender)
        return self.senders[-count:]

    def deliver_to(self, account: str, count: int) -> list[str]:
        """Deliver so many to one account over one line; return who wrote them."""
        wrote = [f"person{self.delivered + number + 1}@example.se" for number in range(count)]
        letters = (
            (sender, citizens_mail(f"Hej! Hål i vägen, säger {sender}.", sender=sender, to=FLOODED[account]))
            for sender in wrote
        )
        self._town.dovecot.deliver_many(self._town.mailboxes[account], letters)
        self.senders += wrote
        return wrote

    def deliver_until_all_decide(self, workers: list[Program], *, at_most: int) -> None:
        """Deliver one at a time until every worker has decided one: which of them hears a bell is chance."""
        while not all(any(worker.owns(name) for name in deciders(self._town)) for worker in workers):
            assert self.delivered < at_most, f"one worker never decides\n{self._town.watched.report()}"
            self.deliver(1)
            self._town.until("a mail is not decided", lambda: decided(self._town) == self.delivered)
