"""Accounts import: a newcomer's list of accounts as the accounts.toml to be written, with every fault at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import tomli_w

from domain.account import AccountStatus, AutoReply, Channel, Mode, Tier
from domain.errors import SettingsFaults
from settings.accounts_file import AccountsFile
from settings.checks import cross_faults
from settings.faults import Fault, nearest
from settings.folder import Folder
from settings.parsed import parse_tree
from settings.people_import import free_id, id_of
from settings.tabular import Row, RowFault, read_table

FILE = "accounts.toml"

#: What the columns may be called.
HEADERS = {
    "address": ("adress", "e-post", "epost", "e-postadress", "mejl", "nummer", "number", "email", "e-mail"),
    "id": ("konto", "kortnamn", "account"),
    "name": ("namn", "benämning"),
    "channel": ("kanal",),
    "organisation": ("bolag", "förvaltning", "organization"),
    "unit": ("verksamhet", "enhet"),
    "tier": ("nivå", "typ", "type"),
    "mode": ("läge",),
    "status": ("tillstånd",),
    "manager": ("chef", "ansvarig", "ansvarig chef"),
    "deputy": ("ersättare", "ställföreträdare"),
    "readers": ("läses av", "läsare"),
    "instead": ("hänvisar till", "hänvisning"),
    "imap_host": ("imap", "imap server", "server", "mejlserver"),
    "imap_user": ("användare", "user", "imap användare"),
    "secret": ("hemlighet", "lösenordets namn"),
}

#: Swedish words for values.
WORDS: Mapping[str, Mapping[str, str]] = {
    "channel": {"e-post": "email", "epost": "email", "mejl": "email", "mail": "email", "sms": "sms",
                "facebook": "facebook"},
    "tier": {"kontaktcenter": "contact_center", "verksamhet": "unit", "funktion": "unit", "funktionsbrevlåda": "unit",
             "enhet": "unit", "medarbetare": "employee", "personlig": "employee"},
    "mode": {"gemensam kö": "queue", "kö": "queue", "besvaras på annat håll": "observe", "observera": "observe",
             "bara bevakning": "watch_only", "bevakning": "watch_only"},
    "status": {"aktiv": "active", "i bruk": "active", "vilande": "dormant", "avslutad": "closed", "stängd": "closed"},
}  # fmt: skip

#: The kinds of value of each column that holds one of few.
KINDS = {"channel": Channel, "tier": Tier, "mode": Mode, "status": AccountStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsImport:
    """What an import comes to."""

    #: The tables of the new accounts alone.
    text: str
    #: The whole of accounts.toml as data: those that were there, then the new ones.
    tree: dict[str, Any]
    added: tuple[str, ...]
    #: Rows whose address an account has already.
    known: tuple[str, ...]


def import_accounts(folder: Folder, text: str) -> AccountsImport:
    """Return what accounts.toml is to say after a list was read; accounts that are there stay as they are.

    Units, organisations and people are named by id or by name. Every new account starts in shadow (P14).

    Args:
        folder: the settings, without faults.
        text: the list as a spreadsheet saves it.

    Raises:
        SettingsFaults: everything that is wrong in the list, row by row.
        BadInput: it is no such list.
    """
    rows = read_table(text, HEADERS, ("address", "unit"))
    names = _Names(folder)
    before = dict((folder.accounts.raw or {}).get("accounts", {}))
    taken = {str(each.get("address", "")).lower(): id for id, each in before.items()}
    new: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    known: list[str] = []
    faults: list[RowFault] = []
    for row in rows:
        address = row["address"].lower()
        if address in taken and taken[address] in before:
            known.append(taken[address])
            continue
        table, wrong = _table(row, names)
        if address in taken:
            wrong.append(f"{row['address']!r} stands in row {places[taken[address]]} already")
        faults += [RowFault(row.number, each) for each in wrong]
        id = free_id(id_of(row["id"] or row["name"] or address.partition("@")[0]), [*before, *new])
        taken.setdefault(address, id)
        if "imap" in table:
            table["imap"].setdefault("secret", f"mail-{id}")
        new[id], places[id] = table, row.number
    tree = {"accounts": {**before, **new}}
    faults += _by_row(folder, tree, places, {fault.number for fault in faults})
    if faults:
        raise SettingsFaults(tuple(f"{each}." for each in sorted(faults, key=lambda each: each.number)))
    return AccountsImport(
        text=tomli_w.dumps({"accounts": new}) if new else "", tree=tree, added=tuple(new), known=tuple(known)
    )


class _Names:
    """What rows may call units, organisations and people: their ids, names and, of people, addresses."""

    def __init__(self, folder: Folder) -> None:
        site, units = folder.site.value, folder.units.value
        self.units = dict(units.units) if units else {}
        self._known: dict[str, dict[str, str]] = {
            "organisation": _called({id: (each.name,) for id, each in (site.organisations if site else {}).items()}),
            "unit": _called({id: (each.name,) for id, each in self.units.items()}),
            "person": _called({id: (each.name, each.email) for id, each in folder.everybody.items()}),
        }

    def find(self, kind: str, said: str) -> tuple[str | None, str]:
        """Return the id of what a cell names, or what is wrong with it."""
        known = self._known[kind]
        id = known.get(said.lower())
        return id, "" if id else f'there is no {kind} "{said}"{nearest(said.lower(), known)}'


def _called(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name.lower(): id for id, called in names.items() for name in (*called, id)}


def _table(row: Row, names: _Names) -> tuple[dict[str, Any], list[str]]:
    """Return a row as the table of an account, and what is wrong in it."""
    wrong: list[str] = []

    def named(key: str, kind: str) -> str | None:
        id, why = names.find(kind, row[key]) if row[key] else (None, "")
        wrong.extend([why] if why else [])
        return id

    if not row["address"]:
        wrong.append("the address is missing")
    if not row["unit"]:
        wrong.append("the unit is missing")
    unit = named("unit", "unit")
    organisation = named("organisation", "organisation") or (names.units[unit].organisation if unit else None)
    table: dict[str, Any] = {"name": row["name"] or row["address"].partition("@")[0].capitalize()}
    table |= {"organisation": organisation, "unit": unit, "channel": _channel(row, wrong), "address": row["address"]}
    table |= {key: value for key in ("tier", "mode", "status") if (value := _word(row, key, wrong))}
    table["auto_reply"] = AutoReply.shadow.value
    table |= {key: id for key in ("manager", "deputy") if (id := named(key, "person"))}
    table |= {"readers": [id]} if (id := named("readers", "person")) else {}
    table |= {"instead": row["instead"]} if row["instead"] else {}
    if row["imap_host"]:
        imap = {"host": row["imap_host"], "user": row["imap_user"], "secret": row["secret"]}
        table["imap"] = {key: value for key, value in imap.items() if value}
    return {key: value for key, value in table.items() if value is not None}, wrong


def _channel(row: Row, wrong: list[str]) -> str:
    """Return the channel that a row names, else the one that its address looks like."""
    if row["channel"]:
        return _word(row, "channel", wrong)
    address = row["address"]
    return Channel.email.value if "@" in address else Channel.sms.value if address[:1] == "+" else "facebook"


def _word(row: Row, key: str, wrong: list[str]) -> str:
    said = row[key].lower()
    value = WORDS[key].get(said, said)
    allowed = [str(each) for each in KINDS[key]]
    if said and value not in allowed:
        wrong.append(f'"{row[key]}" is no {key}{nearest(said, [*allowed, *WORDS[key]])}')
        return ""
    return value


def _by_row(folder: Folder, tree: dict[str, Any], places: Mapping[str, int], faulty: set[int]) -> list[RowFault]:
    """Return what the settings would have against the new accounts, by their rows; those with a fault aside."""
    read = parse_tree(FILE, tree, AccountsFile)
    whole = replace(folder, accounts=read)
    before = set(cross_faults(folder))
    found: list[RowFault] = []
    for fault in [*read.faults, *(each for each in cross_faults(whole) if each not in before)]:
        number = places.get(_account(fault), 0)
        if number not in faulty:
            found.append(RowFault(number, f"{fault.key + ' ' if fault.key else ''}{fault.wrong}"))
    return found


def _account(fault: Fault) -> str:
    """Return which account a fault is about; empty: none."""
    parts = fault.table.split(".")
    return parts[1] if len(parts) > 1 else ""
