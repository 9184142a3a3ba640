"""Exports of a staff register: CSV, LDIF or SCIM, read into the same few facts of each person. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.errors import BadInput
from settings.ldif import read_ldif
from settings.tabular import RowFault, day_of, read_table

#: What the columns of a CSV may be called.
HEADERS = {
    "email": ("e-post", "epost", "mejl", "e-postadress", "mail", "e-mail"),
    "name": ("namn", "fullständigt namn", "display name"),
    "phone": ("telefon", "mobil", "mobile"),
    "employed_until": ("anställd till", "slutdatum", "sista dag", "end date"),
    "deputy": ("ersättare", "ställföreträdare"),
    "absent_from": ("frånvarande från", "ledig från", "frånvaro från"),
    "absent_to": ("frånvarande till", "ledig till", "frånvaro till"),
    "covered_by": ("ersätts av", "täcks av"),
    "forwarded_to": ("vidarebefordras till", "skickas till"),
}

#: Windows counts a tenth of a microsecond from here; the last number says never.
_WINDOWS_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_NEVER = {0, 2**63 - 1}
#: The bit of userAccountControl that says that an account is disabled.
_DISABLED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a staff register."""

    #: In the file: the row, or the place among its entries, from 1.
    number: int
    email: str
    name: str = ""
    phone: str = ""
    employed_until: date | None = None
    #: False: the account is disabled, though no last day is given.
    is_active: bool = True
    #: An id or an e-mail address.
    deputy: str = ""
    absent_from: date | None = None
    absent_to: date | None = None
    covered_by: str = ""
    forwarded_to: str = ""


def read_register(text: str) -> tuple[tuple[Entry, ...], tuple[RowFault, ...]]:
    """Return the entries of an export, and what is wrong in the others.

    Raises:
        BadInput: it is none of CSV, LDIF and SCIM.
    """
    start = text.lstrip()[:200]
    if start.startswith(("{", "[")):
        found = _scim(text)
    elif start.lower().startswith(("version:", "dn:", "#")):
        found = _ldif(text)
    else:
        found = _csv(text)
    entries = [each for each in found if isinstance(each, Entry)]
    return tuple(entries), tuple(each for each in found if isinstance(each, RowFault))


Found = list[Entry | RowFault]


def _csv(text: str) -> Found:
    found: Found = []
    for row in read_table(text, HEADERS, ("email",)):
        days: dict[str, date | None] = {}
        wrong = [] if "@" in row["email"] else [f"{row['email']!r} is not an e-mail address"]
        for key in ("employed_until", "absent_from", "absent_to"):
            try:
                days[key] = day_of(row[key]) if row[key] else None
            except ValueError as error:
                wrong.append(str(error))
        if row["absent_to"] and not row["absent_from"]:
            wrong.append("the absence has a last day and no first")
        words = {key: row[key] for key in ("name", "phone", "deputy", "covered_by", "forwarded_to")}
        found += [RowFault(row.number, each) for each in wrong] or [
            Entry(number=row.number, email=row["email"].lower(), **words, **days)  # type: ignore[arg-type]
        ]
    return found


def _ldif(text: str) -> Found:
    return [_of_ldap(number, each) for number, each in enumerate(read_ldif(text), start=1) if each.get("mail")]


def _of_ldap(number: int, entry: Mapping[str, str]) -> Entry | RowFault:
    try:
        flags = int(entry.get("useraccountcontrol", "0"))
        return Entry(
            number=number,
            email=entry["mail"].strip().lower(),
            name=entry.get("displayname") or entry.get("cn", ""),
            phone=entry.get("mobile") or entry.get("telephonenumber", ""),
            employed_until=_ldap_end(entry),
            is_active=not flags & _DISABLED,
        )
    except (ValueError, OverflowError):
        return RowFault(number, "accountExpires, shadowExpire or userAccountControl is not a number that says a day")


def _ldap_end(entry: Mapping[str, str]) -> date | None:
    """Return the last day: that before the account ends, by Windows' or by Unix's counting."""
    if shadow := entry.get("shadowexpire"):
        return date(1970, 1, 1) + timedelta(days=int(shadow) - 1) if int(shadow) >= 0 else None
    ticks = int(entry.get("accountexpires") or 0)
    if ticks in _NEVER:
        return None
    return (_WINDOWS_EPOCH + timedelta(microseconds=ticks // 10)).date() - timedelta(days=1)


def _scim(text: str) -> Found:
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"The file is not JSON (line {error.lineno}: {error.msg}).") from error
    listed = tree.get("Resources", [tree]) if isinstance(tree, dict) else tree
    if not isinstance(listed, list):
        raise BadInput("The file is no SCIM list: it must hold Resources.")
    return [*_of_scim(listed)]


def _of_scim(listed: list[Any]) -> Iterator[Entry | RowFault]:
    for number, user in enumerate(listed, start=1):
        email = _primary(user, "emails") if isinstance(user, dict) else ""
        if "@" not in email:
            yield RowFault(number, "the user has no e-mail address under emails")
            continue
        name = user.get("name") if isinstance(user.get("name"), dict) else {}
        yield Entry(
            number=number,
            email=email.strip().lower(),
            name=str(user.get("displayName") or name.get("formatted") or ""),
            phone=_primary(user, "phoneNumbers"),
            is_active=user.get("active") is not False,
        )


def _primary(user: Mapping[str, Any], key: str) -> str:
    """Return the value that is marked as primary, else the first."""
    values = [each for each in user.get(key) or [] if isinstance(each, dict) and each.get("value")]
    return str(next((each["value"] for each in sorted(values, key=lambda each: not each.get("primary"))), ""))
