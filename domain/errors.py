"""Errors, sorted by what the caller must do."""

from datetime import timedelta
from enum import StrEnum


class SvarsvaktError(Exception):
    """Base of all our errors: one sentence that says what to do."""


class BadInput(SvarsvaktError):
    """What was given cannot be used; the sentence says what to change. Exit code 2."""


class NotMoved(SvarsvaktError):
    """What was to be moved or copied did not arrive as it was, and nothing of it was kept. Exit code 1."""


class SettingsFaults(BadInput):
    """Every fault of a configuration at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep the faults, one sentence each: file, table, key, what is wrong."""
        super().__init__("\n".join(faults))
        self.faults = faults


class WireError(SvarsvaktError):
    """Something went wrong at a third party."""


class Unreachable(WireError):
    """An account cannot be read or written now: try again later, and tell if it lasts.

    `step` is one of name, tcp, tls, token, sign_in, folder, page, permission, quota, busy, down, protocol.
    """

    def __init__(self, step: str, sentence: str) -> None:
        """Keep the step that failed and the sentence that says what to do."""
        super().__init__(sentence)
        self.step = step


class LimitReached(Unreachable):
    """The provider takes no more questions for a while: ask nothing before `rest` is over. A state, not a failure."""

    def __init__(self, sentence: str, rest: timedelta) -> None:
        """Keep how long it takes; zero: the provider does not say."""
        super().__init__("busy", sentence)
        self.rest = rest


class Failing(StrEnum):
    """Why a send that may be tried again did not go: each has waits of its own."""

    #: The line or the server is away for now.
    transient = "transient"
    #: The provider takes no more from us for a while.
    throttled = "throttled"
    #: We are not let in, or the settings lack something: a person must mend it, and trying often locks accounts.
    sign_in = "sign_in"


class SendFailed(WireError):
    """The message was not taken, and nothing is uncertain about it: try again later."""

    def __init__(
        self, sentence: str, failing: Failing = Failing.transient, rest: timedelta = timedelta(0)
    ) -> None:  # fmt: skip
        """Keep what kind of failure it is, and for how long the provider takes nothing more from the account."""
        super().__init__(sentence)
        self.failing = failing
        self.rest = rest


class SendRefused(WireError):
    """The receiving side said no for good: do not try again, show a person."""

    def __init__(self, sentence: str, *, opted_out: bool = False) -> None:
        """Keep whether the recipient has asked to get nothing more this way."""
        super().__init__(sentence)
        self.opted_out = opted_out


class SendUncertain(WireError):
    """The wire broke while it took the message: ask `find_sent`, else a person. Never send again blindly."""


class NotSigned(WireError):
    """A request does not come from the provider that it names: answer 403 and store nothing."""
