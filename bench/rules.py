"""Rules: what a message costs with more of them, from 10 to 1,000: `python -m bench.rules`."""

from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import process_time

from rich.console import Console
from rich.table import Table

from bench.labelled import EXAMPLE, read
from domain.account import Account, Channel
from domain.context import Context
from domain.ids import AccountId, CategoryId, RuleId
from domain.message import Message
from domain.rule import Actions, Conditions, HeaderCondition, Rule
from domain.site import Site
from settings.load import load
from triage.decide import decide

COUNTS = (10, 30, 100, 300, 1_000)

#: So many messages are decided, so often; the fastest round counts.
MESSAGES, ROUNDS = 60, 7

#: What the rules ask for: of each kind a set in which hardly any hits.
KINDS: dict[str, Callable[[int], Conditions]] = {
    "category and account": lambda n: Conditions(categories=(CategoryId(f"k{n}"),), accounts=(AccountId(f"a{n}"),)),
    "sender": lambda n: Conditions(senders=(f"kund{n}@foretag{n}.example",)),
    "header": lambda n: Conditions(headers=(HeaderCondition(name=f"X-Formular-{n}"),)),
    "words": lambda n: Conditions(words=(f"fiberkabel{n}*", f"grävt av {n}"), languages=("sv",)),
    "pattern": lambda n: Conditions(patterns=(rf"\bEXB-{n}-\d{{4}}\b",)),
}


def run(console: Console) -> None:
    """Print milliseconds a message, and how many times those of ten rules."""
    site = load(EXAMPLE)
    account = next(each for each in site.accounts if each.unit == site.contact_center)
    labelled = [each.message for each in read() if each.message.channel is Channel.email][:MESSAGES]
    table = Table(title="milliseconds a message by number of rules (ratio to ten rules)")
    table.add_column("rules ask for")
    for count in COUNTS:
        table.add_column(f"{count:,}", justify="right")
    kinds = {**KINDS, "all in turn": _in_turn}
    for name, condition in kinds.items():
        took = _side_by_side([_with_rules(site, condition, count) for count in COUNTS], account, labelled)
        table.add_row(name, *(f"{1000 * each:.2f} ({each / took[0]:.2f})" for each in took))
    console.print(table)


def _in_turn(number: int) -> Conditions:
    return list(KINDS.values())[number % len(KINDS)](number)


def _with_rules(site: Site, condition: Callable[[int], Conditions], count: int) -> Site:
    rules = (Rule(id=RuleId(f"r{n}"), when=condition(n), then=Actions(tags=("x",))) for n in range(count))
    return replace(site, rules=tuple(rules))


def _side_by_side(sites: list[Site], account: Account, labelled: list[Message]) -> list[float]:
    """Return the seconds a message of each configuration, measured in turn: the machine may be busy."""
    took: list[list[float]] = [[] for _ in sites]
    for round in range(ROUNDS + 1):
        for number, site in enumerate(sites):
            each = median([_seconds(message, account, site) for message in labelled])
            if round:
                took[number].append(each)
    return [min(rounds) for rounds in took]


def _seconds(message: Message, account: Account, site: Site) -> float:
    context = Context(account=account, now=message.arrived_at, taken_as_addressed=True)
    start = process_time()
    decide(message, context, site)
    return process_time() - start


def main() -> None:
    """Print the curve."""
    run(Console())


if __name__ == "__main__":
    main()
