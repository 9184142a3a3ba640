"""Pages: in which time a page may answer a person, by which way, and what shows that it is alive.

Source: Meta's Messenger Platform policy; domain.md 2.11 and 3.8.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: For how long after the person's last message a page may answer, by machine or by hand (domain.md 3.8 row 1).
STANDARD_WINDOW = timedelta(hours=24)
#: For how long a person may, with Meta's leave (HUMAN_AGENT), and for how long a comment can be answered in private.
PERSONS_WINDOW = timedelta(days=7)

#: When staff are warned that a window closes (domain.md 2.11, 8.1 number 15).
STANDARD_ALARM = timedelta(hours=20)
PERSONS_ALARM = timedelta(days=6)

#: An answer that comes so soon may be the page's own machine (domain.md 3.8 row 9).
MACHINES_ANSWER_WITHIN = timedelta(seconds=15)
#: Characters a second at which nobody reads, thinks and writes.
FASTER_THAN_PEOPLE = 5
#: How long a page counts as answering by itself after it was last seen to.
ANSWERS_BY_ITSELF_FOR = timedelta(days=2)

#: The longest texts that Meta takes.
LONGEST_MESSAGE_CHARS = 2_000
LONGEST_COMMENT_CHARS = 8_000

#: How the identity of a message in Messenger begins; that of a post or a comment does not.
DIRECT_MESSAGE = "m_"

#: The header of an outgoing message that says by which way it goes; without it a message is meant.
WAY_HEADER = "Page-Way"


class PageWay(StrEnum):
    """How a page answers."""

    #: To the person in Messenger.
    message = "message"
    #: Under the comment, for all to see.
    public = "public"
    #: To whoever wrote the comment, in Messenger: once, within seven days.
    private = "private"
    #: Not answered but hidden: only its writer and the writer's friends still see it.
    hide = "hide"


class Window(StrEnum):
    """Who may still answer a person in Messenger."""

    #: A machine and people.
    everybody = "everybody"
    #: Only people, with Meta's leave.
    people = "people"
    closed = "closed"


def window(age: timedelta) -> Window:
    """Return who may answer so long after the person's last message: for less than a day, and up to a week.

    >>> window(timedelta(hours=24)).value
    'people'
    """
    if age < STANDARD_WINDOW:
        return Window.everybody
    return Window.people if age <= PERSONS_WINDOW else Window.closed


def is_instant(text: str, after: timedelta, *, said_to_others: bool) -> bool:
    """Ask whether an answer is the page's own machine's.

    Meta names neither the app nor the person of what a page wrote: what tells is that it came at once, and was said in
    the same words to somebody else, or is longer than anybody writes in that time.

    >>> is_instant("Ja, till 19", timedelta(seconds=6), said_to_others=False)
    False
    """
    if after > MACHINES_ANSWER_WITHIN:
        return False
    # Meta tells whole seconds.
    seconds = max(after.total_seconds(), 1.0)
    return said_to_others or len(text.strip()) > seconds * FASTER_THAN_PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PageActivity:
    """What a page itself has done lately, as far as one visit saw; None: nothing seen."""

    last_post_at: datetime | None = None
