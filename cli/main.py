"""The `svarsvakt` command: every subcommand of design.md section 9."""

import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import (
    accounts,
    backup,
    check,
    configuration,
    corrections,
    crawl,
    demo,
    due,
    explain,
    look,
    moving,
    operations,
    outbox,
    people,
    recompute,
    replay,
    rules,
    stats,
    suppressed,
    templates,
    work,
)
from cli.logs import start_logging
from settings.environment import LogFormat


class PlainSentences(TyperGroup):
    """Commands whose faults are told in plain sentences."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command; what cannot be used is told without the name of the error's class."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


app = typer.Typer(
    name="svarsvakt",
    cls=PlainSentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"svarsvakt {version('svarsvakt')}")
        raise typer.Exit


@app.callback()
def svarsvakt(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Watch a municipality's mailboxes, numbers and pages, sort what comes, and answer with a time."""


for module in (
    demo,
    configuration,
    check,
    work,
    explain,
    recompute,
    replay,
    rules,
    due,
    accounts,
    look,
    people,
    outbox,
    suppressed,
    stats,
    corrections,
    crawl,
    templates,
    operations,
    moving,
    backup,
):
    module.add_to(app)
for command in app.registered_commands:
    # The list of commands tells the first line in full, where it would be cut.
    command.short_help = (command.help or command.callback.__doc__ or "").strip().partition("\n")[0]


def main() -> None:
    """Run the command line."""
    start_logging(LogFormat.plain)
    for stream in (sys.stdout, sys.stderr):
        # A file's name may hold bytes that are no letters.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
