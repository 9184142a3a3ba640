"""Logs: one JSON object a line for machines, one plain line for a person at a terminal.

Neither holds what a citizen wrote nor anybody's address: a line says what happened, to which account, and where in the
code. Tracebacks tell no values of variables, for those are letters.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.processors import JSONRenderer, StackInfoRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.tracebacks import ExceptionDictTransformer

from settings.environment import LogFormat

PLAIN = "%(levelname)s %(name)s: %(message)s"


def start_logging(format: LogFormat, stream: TextIO | None = None, *, level: int = logging.WARNING) -> None:
    """Let everything that is logged from here on, libraries included, go to `stream` (stderr) in one format.

    What is below `level` is not written.
    """
    stream = stream or sys.stderr
    as_json = format is LogFormat.json or (format is LogFormat.auto and not stream.isatty())
    handler = logging.StreamHandler(stream)
    # Libraries lower the level of their own loggers.
    handler.setLevel(level)
    handler.setFormatter(_json_lines() if as_json else logging.Formatter(PLAIN))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _json_lines() -> logging.Formatter:
    """Return what makes one object of a record: timestamp, level, logger, event, and what else the record carries."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            add_log_level,
            add_logger_name,
            ExtraAdder(),
            TimeStamper(fmt="iso", utc=True),
            StackInfoRenderer(),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            JSONRenderer(ensure_ascii=False),
        ],
    )
