"""One target in a process of its own, which libFuzzer ends: `python -m fuzz.target mail -max_total_time=60 CORPUS`.

Each target does what the product does with such bytes, without the guards that keep a fault from being seen.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["intake", "email"]):
    from domain.account import Channel
    from intake.addresses import mailboxes, message_id, message_ids
    from intake.channel import channel_of
    from intake.facebook import parse_facebook
    from intake.headers import decode_words, decoded_value
    from intake.mail import parse_mail, read_headers
    from intake.marks import without_marks
    from intake.markup import text_from_markup
    from intake.parse import parse
    from intake.quoting import separate
    from intake.received import header_time, instant
    from intake.report import _bounced, _reported
    from intake.sms import parse_sms
    from intake.structure import even_lines, read_parameters
    from tests.unit.intake.arrivals import MAIL, arrival, assert_can_be_stored

#: Processor time for one input, in seconds: a fixed part for the slow tracing, and so much for each byte.
MOST_SECONDS = 1.0
SECONDS_PER_BYTE = 40e-6
#: One input in so many is stretched, because what grows too fast shows only in long inputs; the others stay short, so
#: that there are many.
STRETCHED = 100
SHORT = 4_096


class TooSlow(Exception):
    """An input took longer than it may."""


def mail(octets: bytes) -> None:
    """Parse it as a mail."""
    message = parse_mail(arrival(octets), MAIL)
    assert_can_be_stored(message)
    assert without_marks(message.text + message.quoted) == message.text + message.quoted


def report(octets: bytes) -> None:
    """Read it as a delivery report."""
    original = even_lines(octets)
    for named in _reported(original):
        assert named.startswith("<")
    for bounce in _bounced(b"Return-Path: <>\n" + original):
        assert "@" in bounce.address
        bounce.address.encode("utf-8")


def headers(octets: bytes) -> None:
    """Read it as the values of headers."""
    read_headers(octets)
    value = decoded_value(octets)
    assert "\n" not in value
    assert "\x00" not in value
    text = octets.decode("utf-8", errors="replace")
    decode_words(text)
    mailboxes(text)
    message_ids(text)
    message_id(text)
    read_parameters(text)
    instant(text)
    header_time([("received", text), ("date", text)], MAIL)


def markup(octets: bytes) -> None:
    """Make text of it as HTML."""
    text, _ = text_from_markup(octets.decode("utf-8", errors="replace"))
    assert len(text) < 300_000


def quoting(octets: bytes) -> None:
    """Part it as the text of a mail; no word may be lost."""
    text = octets.decode("utf-8", errors="replace")
    split = separate(text, text[:40])
    assert Counter(f"{split.text}\n{split.quoted}".split()) == Counter(without_marks(text).split())


def resources(octets: bytes) -> None:
    """Read it as the JSON of the other channels."""
    channel_of(octets, "x.json")
    for channel, read in ((Channel.sms, parse_sms), (Channel.facebook, parse_facebook)):
        try:
            assert_can_be_stored(read(arrival(octets, "application/json")))
        except (ValueError, RecursionError):  # what `parse` answers with an unreadable message
            assert parse(arrival(octets, "application/json"), channel=channel, mail=MAIL).unreadable


TARGETS = {each.__name__: each for each in (mail, report, headers, markup, quoting, resources)}


def timed(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Return the target with its limit of time."""

    def run(octets: bytes) -> None:
        began = time.process_time()
        target(octets)
        took = time.process_time() - began
        if took > MOST_SECONDS + SECONDS_PER_BYTE * len(octets):
            raise TooSlow(f"{took:.2f} s for {len(octets)} bytes")

    return run


def stretch(octets: bytes, most: int, seed: int) -> bytes:
    """Return a mutation: as libFuzzer does it, or with one piece repeated until the limit."""
    chance = random.Random(seed)
    if chance.randrange(STRETCHED) or len(octets) < 2:
        return bytes(atheris.Mutate(octets[:SHORT], min(SHORT, most)))
    start = chance.randrange(len(octets) - 1)
    end = min(len(octets), start + 1 + chance.randrange(40))
    times = chance.randrange(2, max(3, (most - len(octets)) // (end - start)))
    return (octets[:end] + octets[start:end] * times + octets[end:])[:most]


def main() -> None:
    """Hand the process to libFuzzer."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, timed(TARGETS[name]), custom_mutator=stretch)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
