"""Export: a Site back to the TOML files that it could have come from."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import time, timedelta
from enum import StrEnum
from functools import singledispatch
from itertools import groupby
from typing import Any, Protocol

import tomli_w

from domain.account import InstalledConnection
from domain.alerting import Shift
from domain.category import Category, Word
from domain.errors import BadInput
from domain.hours import Span, Week, WeeklyHours
from domain.organisation import Unit
from domain.phrase import Phrase
from domain.service_level import Target
from domain.site import Site
from domain.watching import QuietPeriod, WatchSettings
from settings.categories_file import WEIGHTS
from settings.hours_file import DAYS
from settings.texts import duration_text, span_text, time_text

#: Addresses that stand at the top of site.toml.
_WHO = ("alert_sender", "public_address", "on_duty", "administrator")


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


def to_toml(site: Site) -> dict[str, str]:
    """Return the text of every file of a site folder by its name; loading them gives an equal Site.

    What stands at its default is left out, except what says how an account is treated.

    Raises:
        BadInput: the site holds something that the settings cannot say, such as a word of an odd weight.
    """
    files = {name: tomli_w.dumps(tree) for name, tree in to_trees(site).items()}
    return files | {text.file: text.source for text in site.reply_texts}


def to_trees(site: Site) -> dict[str, dict[str, Any]]:
    """Return the content of every settings file by its name, as TOML's own kinds of values."""
    return {
        "site.toml": _site(site),
        "units.toml": {"units": _by_id(site.units)},
        "people.toml": {"people": _by_id(site.people)},
        "hours.toml": {"calendar": plain(site.calendar), "schedules": _by_id(site.schedules)},
        "service_levels.toml": _levels(site),
        "accounts.toml": {"accounts": _by_id(site.accounts)},
        "categories.toml": {"categories": _by_id(site.categories)},
        "rules.toml": {"rules": [plain(rule) for rule in site.rules]},
        "answers.toml": {"phrases": _by_id(site.phrases)},
    }


def _site(site: Site) -> dict[str, Any]:
    tables = (
        "alerts", "duty", "signal", "mail", "sms", "triage", "brakes", "answers", "watch", "follow_ups", "run",
        "crawl", "sign_in",
    )  # fmt: skip
    tree: dict[str, Any] = {"name": site.name, "contact_center": site.contact_center}
    tree |= {key: plain(value) for key in _WHO if (value := getattr(site, key))}
    if site.alert_smtp is not None:
        tree["alert_smtp"] = plain(site.alert_smtp)
    if site.identity is not None:
        tree["identity"] = plain(site.identity)
    if site.canary.smtp is not None:
        tree["canary"] = plain(site.canary)
    if site.second_way.smtp is not None:
        tree["second_smtp"] = plain(site.second_way.smtp)
    if site.second_way.sms is not None:
        tree["alert_sms"] = {**plain(site.second_way.sms.twilio), "number": site.second_way.sms.number}
    mail = plain(site.mail)
    if site.mail.form_senders:
        mail["form_senders"] = dict(site.mail.form_senders)
    return {
        **tree,
        "organisations": _by_id(site.organisations),
        **{table: plain(getattr(site, table)) for table in tables},
        "mail": mail,
    }


def _levels(site: Site) -> dict[str, Any]:
    tree: dict[str, Any] = {"holding": plain(site.holding)}
    if site.form_notice is not None:
        tree["forms"] = {"notice": str(site.form_notice)}
    for level in site.service_levels:
        targets = {"notice": str(level.notice), "answer": str(level.answer)}
        tree.setdefault(level.channel.value, {})[level.tier.value] = targets
    tree["handling_times"] = {each.category: _without(plain(each), "category") for each in site.handling_times}
    return tree


def _by_id(items: Iterable[_Identified]) -> dict[str, Any]:
    return {item.id: _without(plain(item), "id") for item in items}


def _without(table: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != key}


@singledispatch
def plain(value: Any) -> Any:
    """Return the value as TOML holds it; a dataclass becomes a table of what is not at its default."""
    return _table(value) if hasattr(value, "__dataclass_fields__") else value


def _table(value: Any) -> dict[str, Any]:
    table = {}
    for field in fields(value):
        inner = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if inner is not None and (inner != default or isinstance(inner, StrEnum)):
            table[field.name] = plain(inner)
    return table


@plain.register
def _enum(value: StrEnum) -> str:
    return value.value


@plain.register
def _tuple(value: tuple) -> list[Any]:  # type: ignore[type-arg]
    return [plain(each) for each in value]


@plain.register
def _duration(value: timedelta) -> str:
    return duration_text(value)


@plain.register
def _time(value: time) -> str:
    return time_text(value)


@plain.register
def _span(value: Span) -> str:
    return span_text(value)


@plain.register
def _target(value: Target) -> str:
    return str(value)


@plain.register
def _quiet_period(value: QuietPeriod) -> dict[str, Any]:
    first, last = (f"{month:02d}-{day:02d}" for month, day in (value.first, value.last))
    return {"first": first, "last": last, "share": value.share}


@plain.register
def _watch(value: WatchSettings) -> dict[str, Any]:
    table = _table(value)
    if value.secrets_end:
        table["secrets_end"] = {each.secret: each.last for each in value.secrets_end}
    return table


@plain.register
def _connector(value: InstalledConnection) -> dict[str, Any]:
    table = _table(value)
    if value.options:
        table["options"] = dict(value.options)
    return table


@plain.register
def _unit(value: Unit) -> dict[str, Any]:
    table = _table(value)
    if value.channel_schedules:
        table["channel_schedules"] = {channel.value: id for channel, id in value.channel_schedules}
    return table


@plain.register
def _shift(value: Shift) -> dict[str, Any]:
    return {**_table(value), "days": [DAYS[day] for day in value.days]}


@plain.register
def _phrase(value: Phrase) -> dict[str, Any]:
    return {**_table(value), "texts": {each.language: each.text for each in value.texts}}


@plain.register
def _weekly(value: WeeklyHours) -> dict[str, Any]:
    ends = ("half_day_closes", "valid_from", "valid_to")
    held = {key: plain(getattr(value, key)) for key in ends if getattr(value, key) is not None}
    return {**held, **_week(value.week)}


def _week(week: Week) -> dict[str, list[str]]:
    """Return the open days, with neighbours of the same hours under one key."""
    keys = {}
    for spans, run in groupby(range(7), key=lambda day: week[day]):
        days = list(run)
        if spans:
            name = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
            keys[name] = [span_text(span) for span in spans]
    return keys


@plain.register
def _category(value: Category) -> dict[str, Any]:
    table: dict[str, Any] = {"id": value.id, "name": value.name, "kind": value.kind.value, "unit": value.unit}
    table |= {"urgency": value.urgency.value, "secrecy": value.secrecy.value}
    table["words"] = _words(value)
    table["not_words"] = {}
    for word in value.not_words:
        table["not_words"].setdefault(word.language, []).append(word.pattern)
    for name, moves in (("urgency_words", value.urgency_words), ("secrecy_words", value.secrecy_words)):
        table[name] = {}
        for level, word in moves:
            table[name].setdefault(str(level), {}).setdefault(word.language, []).append(word.pattern)
    table["self_service"] = {each.language: _without(plain(each), "language") for each in value.self_service}
    table["examples"] = {}
    for example in value.examples:
        table["examples"].setdefault(example.language, []).append(example.text)
    return {key: inner for key, inner in table.items() if inner != {}}


def _words(category: Category) -> dict[str, dict[str, list[str]]]:
    tables: dict[str, dict[str, list[str]]] = {}
    for word in category.words:
        tables.setdefault(word.language, {}).setdefault(_strength(category, word), []).append(word.pattern)
    return tables


def _strength(category: Category, word: Word) -> str:
    for strength, weight in WEIGHTS.items():
        if word.weight == weight:
            return strength
    raise BadInput(f'The word "{word.pattern}" of {category.id} weighs {word.weight}: categories.toml cannot say that.')
