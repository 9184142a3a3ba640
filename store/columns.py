"""Column types that both databases treat alike."""

import hashlib
import json
import math
import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from domain.instant import as_utc

Clean = Any

#: A key of more characters keeps its start and its hash. PostgreSQL indexes no more than 2,700 bytes a row, in which
#: two keys of four bytes a character find room; an address that can be sent to has at most 254 (RFC 5321 4.5.3.1.3).
LONGEST_KEY = 255

#: NUL, halves of surrogate pairs (whole pairs too), and numbers that JSON does not know, in JSON in ASCII.
_PERHAPS_UNCLEAN = re.compile(r"\\u0000|\\ud[89a-f]|NaN|Infinity")


def clean_text(text: str) -> str:
    """Return the text without what PostgreSQL refuses: NUL and lone surrogates. Originals are never cleaned."""
    without = text.replace("\x00", "") if "\x00" in text else text
    return without if without.isascii() else without.encode("utf-8", "replace").decode("utf-8")


def clean_json(value: Clean) -> Clean:
    """Return a JSON value with every text in it cleaned; a number that JSON does not know becomes its name."""
    if not value:
        return value
    # To write it once costs less than to look at each text in it, and nearly every value is clean.
    return cleaned(value) if _PERHAPS_UNCLEAN.search(json.dumps(value)) else value


def clean_json_text(value: Clean) -> str:
    """Return a JSON value, cleaned as above, as it is stored: written once, and once more only if it was not clean."""
    written = json.dumps(value)
    return json.dumps(cleaned(value)) if _PERHAPS_UNCLEAN.search(written) else written


def cleaned(value: Clean) -> Clean:
    """Return a value of JSON with every text in it cleaned, whether or not it needs it."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): cleaned(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(each) for each in value]
    return value


def as_key(text: str) -> str:
    """Return the text as it is indexed: a very long one as its start and its SHA-256, longer than any short one."""
    cleaned = clean_text(text)
    if len(cleaned) <= LONGEST_KEY:
        return cleaned
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{cleaned[: LONGEST_KEY - len(digest)]}:{digest}"


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps no offset, so a naive one is refused rather than guessed."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store UTC; SQLite gets it without offset."""
        if value is None:
            return None
        instant = as_utc(value)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(sa.types.TypeDecorator[str]):
    """Text without what PostgreSQL refuses: one header could else roll back its batch for ever."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Clean the text."""
        return None if value is None else clean_text(value)


class Key(sa.types.TypeDecorator[str]):
    """Text from outside that is looked up: a channel's identity, a Message-ID, an address. Of any length.

    What it is compared with is shortened alike, so that equality holds.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Clean the text and shorten it."""
        return None if value is None else as_key(value)


class CleanJson(sa.types.TypeDecorator[Any]):
    """JSON whose texts are clean: the database writes every JSON by `clean_json_text` (store/database.py)."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True
