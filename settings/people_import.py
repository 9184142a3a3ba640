"""People import: what a staff register says of the people that the settings know, as the people.toml to be written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import tomli_w

from domain.errors import SettingsFaults
from settings.checks import cross_faults
from settings.export import plain
from settings.folder import Folder
from settings.parsed import parse_tree
from settings.people_file import AbsenceTable, PeopleFile, PersonTable
from settings.staff_register import Entry, read_register
from settings.tabular import RowFault

FILE = "people.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleImport:
    """What an import comes to."""

    #: The whole of people.toml.
    text: str
    #: Ids.
    added: tuple[str, ...]
    changed: tuple[str, ...]
    #: Those that the settings know and the register does not have.
    missing: tuple[str, ...]
    #: Entries of the register whom the settings do not know.
    passed_over: int


def import_people(
    folder: Folder, text: str, today: date, *, everybody: bool = False, is_complete: bool = False
) -> PeopleImport:
    """Return what people.toml is to say after a register was read.

    Args:
        folder: the settings, without faults.
        text: the register: CSV, LDIF or SCIM.
        today: who is disabled without a last day left yesterday.
        everybody: also people whom no unit, account or person of the settings names and no account belongs to.
        is_complete: the register lists everybody: who is missing in it has left.

    Raises:
        SettingsFaults: rows of the register that cannot be used, all at once.
        BadInput: it is no register.
    """
    entries, faults = read_register(text)
    known, accounts = folder.everybody, folder.accounts.value.accounts if folder.accounts.value else {}
    ids = {person.email: id for id, person in known.items()}
    own = {account.address.lower() for account in accounts.values()}
    meant = [each for each in entries if everybody or each.email in ids or each.email in own]
    ids |= _new_ids(meant, ids)
    people = dict(folder.people.value.people) if folder.people.value else {}
    grouped: dict[str, list[Entry]] = {}
    for each in meant:
        grouped.setdefault(ids[each.email], []).append(each)
    wrong = list(faults)
    for id, rows in grouped.items():
        people[id] = _person(known.get(id), rows, ids, wrong, today)
    missing = tuple(sorted(set(known) - set(grouped)))
    if is_complete:
        people |= {id: _gone(known[id], today) for id in missing}
    _refuse(folder, people, wrong)
    return PeopleImport(
        text=_toml(people),
        added=tuple(id for id in grouped if id not in known),
        changed=tuple(id for id, person in people.items() if id in known and person != known[id]),
        missing=missing,
        passed_over=len(entries) - len(meant),
    )


def id_of(name: str) -> str:
    """Return a short ASCII name for somebody or something.

    >>> id_of("Tage Brunnsäter (vik.)")
    'tage-brunnsater-vik'
    """
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:48].strip("-") or "x"


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """Return the id, with a number behind it when it is taken."""
    used, number, id = set(taken), 2, wanted
    while id in used:
        id, number = f"{wanted[:44]}-{number}", number + 1
    return id


def _new_ids(entries: Iterable[Entry], ids: Mapping[str, str]) -> dict[str, str]:
    new: dict[str, str] = {}
    for each in entries:
        if each.email not in ids and each.email not in new:
            wanted = id_of(each.name or each.email.partition("@")[0])
            new[each.email] = free_id(wanted, [*ids.values(), *new.values()])
    return new


def _person(
    before: PersonTable | None, rows: list[Entry], ids: Mapping[str, str], wrong: list[RowFault], today: date
) -> PersonTable:
    first = rows[0]
    until = next((each.employed_until for each in rows if each.employed_until), None)
    if not all(each.is_active for each in rows) and (until is None or until >= today):
        until = today - timedelta(days=1)
        if before is not None and before.employed_until is not None:
            until = min(until, before.employed_until)
    deputy = _who(first, first.deputy, ids, wrong) or (before.deputy if before else None)
    return PersonTable.model_construct(
        name=first.name or (before.name if before else first.email.partition("@")[0]),
        email=first.email,
        phone=first.phone or (before.phone if before else ""),
        employed_until=until,
        deputy=deputy,
        absences=_absences(before, rows, ids, wrong),
    )


def _absences(
    before: PersonTable | None, rows: list[Entry], ids: Mapping[str, str], wrong: list[RowFault]
) -> tuple[AbsenceTable, ...]:
    """Return the absences that the register tells of; a register that knows of none leaves those of the settings."""
    told = tuple(
        AbsenceTable.model_construct(
            first=each.absent_from,
            last=each.absent_to,
            covered_by=_who(each, each.covered_by, ids, wrong),
            forwarded_to=each.forwarded_to or None,
        )
        for each in rows
        if each.absent_from is not None
    )
    return told or (before.absences if before else ())


def _who(entry: Entry, said: str, ids: Mapping[str, str], wrong: list[RowFault]) -> str | None:
    """Return the id of whom a cell names, by id or address."""
    if not said:
        return None
    if said.lower() in ids:
        return ids[said.lower()]
    if said in ids.values():
        return said
    wrong.append(RowFault(entry.number, f'"{said}" is nobody that the settings or the register know'))
    return None


def _gone(person: PersonTable, today: date) -> PersonTable:
    yesterday = today - timedelta(days=1)
    until = person.employed_until
    return person.model_copy(update={"employed_until": yesterday if until is None else min(until, yesterday)})


def _tree(people: Mapping[str, PersonTable]) -> dict[str, Any]:
    tables = {id: plain(person.to_domain(id)) for id, person in sorted(people.items())}
    return {"people": {id: {key: table[key] for key in table if key != "id"} for id, table in tables.items()}}


def _toml(people: Mapping[str, PersonTable]) -> str:
    return "# Written by svarsvakt people import: it writes this file anew each time.\n\n" + tomli_w.dumps(
        _tree(people)
    )


def _refuse(folder: Folder, people: Mapping[str, PersonTable], wrong: list[RowFault]) -> None:
    """Raise what is wrong in the register, and what the settings would have against what it says."""
    read = parse_tree(FILE, _tree(people), PeopleFile)
    changed = replace(folder, people=read)
    before = set(cross_faults(folder))
    faults = [*read.faults, *(fault for fault in cross_faults(changed) if fault not in before)]
    if wrong or faults:
        raise SettingsFaults((*(f"{each}." for each in sorted(wrong, key=lambda each: each.number)), *map(str, faults)))
