"""Not built yet: commands of the contract that say so plainly and end with exit code 1."""

import typer

from cli.output import errors_to_exit_codes
from domain.errors import NotBuilt

#: Command → what to use until then.
COMMANDS = {
    "move-store": "start on PostgreSQL from the beginning until then",
}

ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for name, instead in COMMANDS.items():
        app.command(name, help=f"Not built yet: {instead}.", context_settings=ANYTHING)(_says_so(name, instead))


def _says_so(name: str, instead: str):  # type: ignore[no-untyped-def]
    @errors_to_exit_codes
    def command() -> None:
        raise NotBuilt(f"svarsvakt {name} is not built yet: {instead}")

    return command
