"""A server that hangs is named within a minute: the sum of the waits, at the defaults."""

from datetime import timedelta

from cli.loops import JITTER, SWEEP_SECONDS
from domain.account import ImapConnection
from domain.run_settings import RunSettings
from pipeline.due import PATIENCE
from pipeline.listen import CHECK_AFTER_SECONDS, TICK_SECONDS
from settings.init import EXAMPLE
from settings.load import load

MINUTE = timedelta(minutes=1)


def sums(run: RunSettings, silence_seconds: float) -> tuple[timedelta, ...]:
    """Return the longest waits from a hang to its name: of who is visited, of who waits for a place, of a held line."""
    next_visit = run.poll_every + timedelta(seconds=SWEEP_SECONDS)
    silence = timedelta(seconds=silence_seconds)
    next_word = timedelta(seconds=CHECK_AFTER_SECONDS * max(JITTER) + TICK_SECONDS)
    kept_waiting = next_visit + max(PATIENCE, silence) + timedelta(seconds=SWEEP_SECONDS)
    return next_visit + silence, kept_waiting, next_word + silence


def test_at_the_defaults_a_hang_is_named_within_a_minute() -> None:
    assert max(sums(RunSettings(), ImapConnection(host="imap.exempelby.example").timeout_seconds)) < MINUTE


def test_the_example_names_a_hang_within_a_minute_too() -> None:
    example = load(EXAMPLE)
    patience = max(each.imap.timeout_seconds for each in example.accounts if each.imap)

    assert max(sums(example.run, patience)) < MINUTE
