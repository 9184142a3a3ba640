"""The `svarsvakt` command: every subcommand of design.md section 9."""

import logging

import typer

from cli import configuration, demo, look, not_built, operations, triage, work

app = typer.Typer(
    name="svarsvakt",
    help="Watches a municipality's mailboxes, numbers and pages, sorts what comes, and answers with a time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (demo, configuration, work, triage, look, operations, not_built):
    module.add_to(app)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    app()


if __name__ == "__main__":
    main()
