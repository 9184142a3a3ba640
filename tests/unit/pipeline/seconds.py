"""Seconds: a clock that a test moves."""


class Seconds:
    """A clock that nobody sets, in seconds."""

    def __init__(self) -> None:
        """Stand at 0."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return what it says."""
        return self.now
