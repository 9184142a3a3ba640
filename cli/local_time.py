"""Local time: what people type and read; instants are UTC everywhere else."""

from datetime import UTC, datetime

from domain.errors import BadInput
from domain.instant import STOCKHOLM, as_utc


def instant_of(text: str) -> datetime:
    """Return the instant that a person typed; without an offset it is Swedish local time.

    Of an hour that occurs twice the first is meant; a time that the clocks jump over is moved on by the jump.

    Raises:
        BadInput: it is not a time.

    >>> instant_of("2026-11-24T09:12").isoformat()
    '2026-11-24T08:12:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return as_utc(moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM))
    except (ValueError, OverflowError):
        raise BadInput(f"{text!r} is not a time: write it as 2026-11-24T09:12, in Swedish local time") from None


def how_it_was_read(text: str) -> tuple[str, ...]:
    """Return a sentence when a typed time can be read in two ways, or in none; else nothing.

    Call it only for what `instant_of` has taken.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is not None:
        return ()
    local = moment.replace(tzinfo=STOCKHOLM)
    back = local.astimezone(UTC).astimezone(STOCKHOLM)
    if back.replace(tzinfo=None) != moment:
        return (f"{moment:%Y-%m-%d %H:%M} does not exist, because summer time begins: read as {back:%H:%M}.",)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        later = local.replace(fold=1).isoformat()
        return (f"{moment:%Y-%m-%d %H:%M} occurs twice, because summer time ends: the first is meant, not {later}.",)
    return ()


def local_text(instant: datetime) -> str:
    """Return an instant as people read it: the weekday and Swedish local time, seconds only when there are any.

    >>> local_text(datetime(2026, 11, 24, 8, 12, tzinfo=UTC))
    'Tue 2026-11-24 09:12'
    """
    local = instant.astimezone(STOCKHOLM)
    return f"{local:%a %Y-%m-%d %H:%M:%S}" if local.second else f"{local:%a %Y-%m-%d %H:%M}"
