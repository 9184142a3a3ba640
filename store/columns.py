"""Column types that both databases treat alike."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from domain.instant import as_utc

Clean = Any


def clean_text(text: str) -> str:
    """Return the text without what PostgreSQL refuses: NUL and lone surrogates. Originals are never cleaned."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def clean_json(value: Clean) -> Clean:
    """Return a JSON value with every text in it cleaned."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(each) for each in value]
    return value


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


class CleanJson(sa.types.TypeDecorator[Any]):
    """JSON whose texts are clean."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Clean every text in it."""
        return clean_json(value)
