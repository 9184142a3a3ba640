"""A line of the log is one object for machines, one plain line for a person, and tells no values of variables."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from cli.logs import start_logging
from settings.environment import LogFormat


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the loggers as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def objects(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_for_machines_is_one_object() -> None:
    stream = StringIO()
    start_logging(LogFormat.auto, stream)

    logging.getLogger("pipeline.send").warning("the server of %s hangs", "gata", extra={"account": "gata"})

    (line,) = objects(stream)
    assert line.pop("timestamp")
    assert line == {
        "account": "gata", "event": "the server of gata hangs", "level": "warning", "logger": "pipeline.send"
    }  # fmt: skip


def test_a_person_at_a_terminal_reads_a_plain_line() -> None:
    stream = Terminal()
    start_logging(LogFormat.auto, stream)

    logging.getLogger("pipeline.send").warning("the server hangs")

    assert stream.getvalue() == "WARNING pipeline.send: the server hangs\n"


def test_the_environment_may_ask_for_objects_at_a_terminal_too() -> None:
    stream = Terminal()
    start_logging(LogFormat.json, stream)

    logging.getLogger("x").error("so")

    assert objects(stream)[0]["event"] == "so"


def test_what_libraries_say_below_a_warning_is_not_written() -> None:
    stream = StringIO()
    start_logging(LogFormat.json, stream)
    chatty = logging.getLogger("chatty")
    chatty.setLevel(logging.DEBUG)

    chatty.info("sign-in with a password")

    assert stream.getvalue() == ""
    chatty.setLevel(logging.NOTSET)


def test_a_traceback_tells_where_and_no_values_of_variables() -> None:
    stream = StringIO()
    start_logging(LogFormat.json, stream)

    def fail_on(letter: str) -> None:
        raise ValueError(len(letter))

    try:
        fail_on("Jag heter Anna Exempel")
    except ValueError:
        logging.getLogger("x").exception("failed")

    (line,) = objects(stream)
    assert "fail_on" in str(line["exception"])
    assert "Anna" not in stream.getvalue()
