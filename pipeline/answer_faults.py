"""Answer faults: why a person's answer was not stored; nothing of it is lost as long as the form keeps it."""

from domain.answering import FileFault
from domain.errors import BadInput
from pipeline.sms_answer import SmsLength
from store.answers import LatestAnswer


class AnswerNotTaken(BadInput):
    """The answer was not stored; nothing of it is lost as long as the form keeps it."""


class AnsweredMeanwhile(AnswerNotTaken):
    """Somebody else has answered since the page was shown."""

    def __init__(self, latest: LatestAnswer) -> None:
        """Keep who it was, and when."""
        super().__init__(f"{latest.author} has answered meanwhile: read that answer first")
        self.latest = latest


class RecipientChanged(AnswerNotTaken):
    """The answer would go to another address than the one that stood on the page."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("the recipient has changed: look at the address, then send again")


class FilesNotTaken(AnswerNotTaken):
    """The files are too many, too large, or of a kind that is not sent."""

    def __init__(self, faults: tuple[tuple[FileFault, str], ...]) -> None:
        """Keep every fault with the file's name."""
        super().__init__("; ".join(f"{fault} {name}".strip() for fault, name in faults))
        self.faults = faults


class OptedOut(AnswerNotTaken):
    """Whoever wrote gets no SMS any more."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("the number has opted out of SMS: answer in another way")


class LongSms(AnswerNotTaken):
    """The SMS takes several parts, or is only to be counted: whoever writes is to know before it goes."""

    def __init__(self, length: SmsLength) -> None:
        """Keep how long it is."""
        super().__init__(f"the answer takes {length.segments.parts} SMS")
        self.length = length


class TextNotTaken(AnswerNotTaken):
    """There is no text, or too much of it."""


class LongText(AnswerNotTaken):
    """The text is longer than the way takes."""

    def __init__(self, most_chars: int) -> None:
        """Keep how long it may be, the signature included."""
        super().__init__(f"the answer has more than {most_chars} characters: shorten it")
        self.most_chars = most_chars


class TooLate(AnswerNotTaken):
    """Meta lets nobody answer any more, until the person writes again."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("the time for an answer in Messenger is over: reach the person another way")


class WayNotTaken(AnswerNotTaken):
    """The answer can no longer go by the way that was chosen, or none was."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("choose how the answer is to go, then send again")
