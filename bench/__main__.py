"""Run every bench, or those named: `python -m bench flow triage`, `python -m bench end-to-end --quick`."""

import importlib
import sys

from rich.console import Console

BENCHES = (
    "triage",
    "flow",
    "push",
    "isolation",
    "parse",
    "intake",
    "catch_up",
    "replay",
    "rules",
    "outbox",
    "silence",
    "sms",
    "pages",
    "end_to_end",
)

#: Those that take options, which are all that begins with a hyphen.
WITH_OPTIONS = frozenset({"end_to_end"})


def main() -> None:
    """Print the tables."""
    console = Console()
    names = [each.replace("-", "_") for each in sys.argv[1:] if not each.startswith("-")]
    options = [each for each in sys.argv[1:] if each.startswith("-")]
    for name in names or BENCHES:
        bench = importlib.import_module(f"bench.{name}")
        bench.run(console, *([options] if name in WITH_OPTIONS else []))


if __name__ == "__main__":
    main()
