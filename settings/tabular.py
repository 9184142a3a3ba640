"""Tables from elsewhere: CSV as spreadsheets write it, with headers in Swedish or English. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.errors import BadInput
from settings.faults import nearest

#: Given where a spreadsheet shows an empty cell.
EMPTY = frozenset({"", "-", "–", "null", "none"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, by the keys that its columns stand for."""

    #: As a spreadsheet counts, the header being 1.
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """Return a cell without spaces around it; empty when its column is missing."""
        text = self.cells.get(key, "").strip()
        return "" if text.lower() in EMPTY else text


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row."""

    number: int
    wrong: str

    def __str__(self) -> str:
        """Return the fault as one sentence."""
        return f"row {self.number}: {self.wrong}"


def decode(content: bytes) -> str:
    """Return the text of a file from a spreadsheet: UTF-8 with or without its mark, else Windows' own letters.

    >>> decode("Gatukontoret; åäö".encode("cp1252"))
    'Gatukontoret; åäö'
    """
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def read_table(text: str, headers: Mapping[str, Sequence[str]], needed: Iterable[str]) -> tuple[Row, ...]:
    """Return the rows of a table; empty ones are passed over.

    Args:
        text: the file; cells are parted by semicolon, comma or tab.
        headers: by key, what its column may be called, in any case.
        needed: keys whose columns must be there.

    Raises:
        BadInput: it is no table, or a column is missing, unknown or there twice.
    """
    text = text.replace("\x00", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise BadInput("The file is empty: its first line must name the columns.")
    delimiter = max(";,\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True))
    start = next(number for number, line in enumerate(lines) if any(cell.strip() for cell in line))
    keys = _keys(lines[start], headers, needed)
    rows = []
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        if any(cell.strip() for cell in line):
            rows.append(Row(number, dict(zip(keys, line, strict=False))))
    return tuple(rows)


def day_of(text: str) -> date:
    """Return the day that a cell names.

    >>> day_of("2027-03-31"), day_of("20270331"), day_of("2027-03-31 00:00:00")
    (datetime.date(2027, 3, 31), datetime.date(2027, 3, 31), datetime.date(2027, 3, 31))

    Raises:
        ValueError: it is no day.
    """
    try:
        return date.fromisoformat(text[:10] if "-" in text else text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date: write it as 2027-03-31") from None


def _keys(names: Sequence[str], headers: Mapping[str, Sequence[str]], needed: Iterable[str]) -> list[str]:
    meant = {_plain(name): key for key, words in headers.items() for name in (key, *words)}
    keys: list[str] = []
    faults = []
    for name in names:
        key = meant.get(_plain(name), "")
        if not key and name.strip():
            faults.append(f'there is no column "{name.strip()}"{nearest(_plain(name), meant)}')
        elif key and key in keys:
            faults.append(f'the column "{name.strip()}" stands there twice: "{key}"')
        keys.append(key)
    faults += [f'the column "{headers[key][0]}" ({key}) is missing' for key in needed if key not in keys]
    if faults:
        raise BadInput("\n".join(f"{fault}." for fault in faults))
    return keys


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").lower().split())
