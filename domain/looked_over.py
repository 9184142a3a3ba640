"""What a person says of a message that was set aside."""

from enum import StrEnum


class Verdict(StrEnum):
    """What is to become of it."""

    #: It is work: it gets a ticket.
    to_queue = "to_queue"
    spam = "spam"
    #: Rightly set aside: nothing more is to be done.
    seen = "seen"
