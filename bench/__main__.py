"""Run every bench, or those named: `python -m bench flow triage`."""

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
)


def main() -> None:
    """Print the tables."""
    console = Console()
    for name in sys.argv[1:] or BENCHES:
        importlib.import_module(f"bench.{name}").run(console)


if __name__ == "__main__":
    main()
