"""Crawl: read the public contact pages now."""

from typing import Any

import typer

from cli.output import FAILED, JSON, console, errors_to_exit_codes, print_object
from cli.roots import opened
from domain.errors import BadInput
from pipeline.crawl import Crawled, crawl
from pipeline.watch import look


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("crawl")(errors_to_exit_codes(crawl_now))


def crawl_now(as_json: JSON = False) -> None:
    """Read the public contact pages now, and say which addresses of ours stand there. Exit with 1 when one failed."""
    with opened() as root:
        if not any(each.contact_pages for each in root.runtime.site().organisations):
            raise BadInput("no contact_pages are configured: name them in site.toml, [organisations.ID]")
        failed = False
        for page in crawl(root.runtime, every_page=True):
            failed = failed or bool(page.problem)
            print_object(_line(page)) if as_json else console.print(_sentence(page), markup=False, soft_wrap=True)
        look(root.runtime)
    if failed:
        raise typer.Exit(FAILED)


def _line(page: Crawled) -> dict[str, Any]:
    return {
        "page": page.page, "organisation": page.organisation, "addresses": page.shown, "unchanged": page.unchanged,
        "problem": page.problem,
    }  # fmt: skip


def _sentence(page: Crawled) -> str:
    if page.problem:
        return f"✗  {page.page}: {page.problem}"
    return f"✓  {page.page}: {page.shown} addresses{', unchanged' if page.unchanged else ''}"
