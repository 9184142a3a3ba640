"""How a piece of work ended, and whether it stands in the register of public records."""

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a ticket that a person closed."""

    #: The citizen has an answer.
    answered = "answered"
    #: The citizen was helped in another way: by telephone, in person.
    helped = "helped"
    #: Thanks, a copy for information, or the like.
    needs_no_answer = "needs_no_answer"
    #: Somebody outside took it over.
    sent_on = "sent_on"
    #: The same matter as another ticket.
    duplicate = "duplicate"
    spam = "spam"


class Registration(StrEnum):
    """Whether a ticket's documents are registered (*diarieförda*). Source: domain.md 1.9, OSL 5 kap. 1 §."""

    not_judged = "not_judged"
    to_be_registered = "to_be_registered"
    #: With the register's own reference.
    registered = "registered"
    #: Of minor importance: kept in order without the register.
    not_needed = "not_needed"


#: A reference of the register (*diarienummer*) holds no more characters than this.
LONGEST_REFERENCE = 100
