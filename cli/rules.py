"""Rules: check a set, list it, activate it for every process, and say which were active before."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.output import JSON, complain, console, errors_to_exit_codes, print_lines, print_object, print_table, printable
from cli.roots import Root, activate_site, opened, site_or_example
from cli.rule_words import say_actions, say_conditions
from domain.errors import BadInput, SettingsFaults
from domain.rule_reach import Unreachable, find_unreachable
from domain.site import Site
from domain.viewer import OPERATOR
from pipeline.activate import note_refused
from settings import canonical
from settings.candidate import files_of, load_candidate
from settings.environment import read_environment
from settings.export import plain
from settings.load import load
from settings.warnings import warnings_of_rules
from store.sites import list_activations

#: Characters of a version that people are shown.
SHORT = 12

Folder = Annotated[Path, typer.Argument(help="A folder with rules.toml, and categories.toml if that changes too.")]
Some = Annotated[Path | None, typer.Argument(help="A folder with rules.toml; without it the active rules.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    rules = typer.Typer(help="The rules that sort what comes.", no_args_is_help=True)
    for name, command in (("check", check), ("list", list_rules), ("activate", activate), ("history", history)):
        rules.command(name)(errors_to_exit_codes(command))
    app.add_typer(rules, name="rules")


def check(folder: Folder, as_json: JSON = False) -> None:
    """Say everything that is wrong with a set of rules, and which of them never hit; nothing is changed."""
    site = _candidate(_around(), folder)
    warnings = warnings_of_rules(site)
    if as_json:
        print_object({"rules": canonical.rules_digest(site), "count": len(site.rules), "warnings": list(warnings)})
        return
    console.print(f"The rules are right: {_count(site)}, version {canonical.rules_digest(site)[:SHORT]}.")
    _warn(warnings)


def list_rules(folder: Some = None, as_json: JSON = False) -> None:
    """List the rules in the order in which they are asked, with what each asks and does."""
    site = _around() if folder is None else _candidate(_around(), folder)
    unreachable = {each.rule: each for each in find_unreachable(site)}
    lines = [_line(site, number, unreachable) for number in range(len(site.rules))]
    if as_json:
        print_lines(lines)
        return
    _print_rules(lines)
    _warn(warnings_of_rules(site))


def activate(folder: Folder, as_json: JSON = False) -> None:
    """Make a set of rules the one that every process works with; the rest of the configuration stays."""
    with opened() as root:
        site = _candidate_or_refusal(root, folder)
        changed = activate_site(root.runtime, site)
        version = canonical.rules_digest(site)
        if as_json:
            digest = root.runtime.site.with_digest()[0]
            print_object({"rules": version, "site": digest, "changed": changed, "count": len(site.rules)})
        else:
            state = "active now" if changed else "were active already"
            console.print(f"{state}: {_count(site)}, version {version[:SHORT]}", markup=False)
    _warn(warnings_of_rules(site))


def history(as_json: JSON = False) -> None:
    """List which rules were active since when, the latest first."""
    with opened() as root, root.runtime.database.read() as connection:
        activations = list_activations(connection, OPERATOR)
    if as_json:
        print_lines(activations)
        return
    print_table(
        ("since", "rules", "configuration"),
        ((each.at, (each.rules or "not noted")[:SHORT], each.site[:SHORT]) for each in activations),
        empty="No configuration was ever active.",
    )


def _around() -> Site:
    """Return the configuration that rules are checked against: the active one, else that of the site folder."""
    environment = read_environment()
    if environment.site is None and not environment.database:
        return site_or_example()
    try:
        with opened() as root:
            return root.runtime.site.as_settled()
    except BadInput:
        # Nothing is installed yet: the rules of a folder can be tried all the same.
        if environment.site is None:
            raise
        return load(environment.site)


def _candidate(site: Site, folder: Path) -> Site:
    rules, categories = files_of(folder)
    return load_candidate(site, rules=rules, categories=categories)


def _candidate_or_refusal(root: Root, folder: Path) -> Site:
    """Return the new configuration; a faulty one is noted, and the administrator told, before it is refused."""
    active = root.runtime.site.as_settled()
    try:
        return _candidate(active, folder)
    except SettingsFaults as faults:
        told = note_refused(root.runtime.database, active, faults.faults, root.runtime.now)
        complain("The rules were refused; the old ones stay." + (f" {active.administrator} is told." if told else ""))
        raise


def _line(site: Site, number: int, unreachable: dict[Any, Unreachable]) -> dict[str, Any]:
    rule = site.rules[number]
    never = unreachable.get(rule.id)
    return {
        "place": number + 1,
        "id": rule.id,
        "why": rule.why,
        "note": rule.note,
        "when": plain(rule.when),
        "then": plain(rule.then),
        "says_when": list(say_conditions(rule.when)),
        "says_then": list(say_actions(rule.then)),
        "unreachable": never.why if never else None,
    }


def _print_rules(lines: list[dict[str, Any]]) -> None:
    """Print one block a rule: on a narrow terminal a table of four columns cannot be read."""
    if not lines:
        console.print("There are no rules.")
    for line in lines:
        console.print(Text(f"{line['place']:>3}  {_name(line)}", style="bold"))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(width=4)
        table.add_column(style="cyan", no_wrap=True)
        table.add_column(overflow="fold")
        for what, said in (("when", line["says_when"]), ("then", line["says_then"]), ("why", [line["why"]])):
            if any(said):
                table.add_row("", what, Text(printable("; ".join(said))))
        if line["unreachable"]:
            table.add_row("", "never", Text(line["unreachable"], style="red"))
        console.print(table)
        console.print()


def _name(line: dict[str, Any]) -> str:
    return f"{line['id']}{' (note: only adds)' if line['note'] else ''}"


def _count(site: Site) -> str:
    return f"{len(site.rules)} rule{'' if len(site.rules) == 1 else 's'}"


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        complain(f"⚠  {warning}")
