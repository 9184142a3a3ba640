"""How a promise was counted, in the reader's language: a sentence a step."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from babel.dates import format_date, format_time

from domain.count_step import CountStep, StepKind, StepValue
from domain.hours import Span
from domain.ids import CategoryId
from domain.open_time import EXCEPTION, HALF_DAY
from domain.service_level import Target, TargetKind
from domain.site import Site
from domain.swedish_calendar import DECLARED_CLOSED
from web.names import category_name, channel_name, tier_name
from web.times import CLOCK, DAY_DATE, say_clock, say_date_clock
from web.words import Words, mark

SENTENCES: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.arrived_open: mark("Kom in %(at)s. Då var det öppet (%(schedule)s)."),
        StepKind.arrived_closed: mark("Kom in %(at)s. Då var det stängt (%(schedule)s)."),
        StepKind.notice_level: mark("Besked: inom %(target)s (%(channel)s, %(tier)s; öppettider: %(schedule)s)."),
        StepKind.answer_level: mark("Svar: inom %(target)s (%(channel)s, %(tier)s; öppettider: %(schedule)s)."),
        StepKind.form_level: mark("Det kom genom ett formulär, som lovar besked inom %(target)s."),
        StepKind.earlier: mark(
            "Kanalens löfte går ut %(at)s och formulärets %(form_at)s. Det som går ut först gäller."
        ),
        StepKind.routed: mark("%(unit)s ska svara. Tiden räknas ändå från det att meddelandet kom in."),
        StepKind.own_time: mark(
            "Kategorin %(category)s har en egen handläggningstid, som gäller i stället: %(target)s."
        ),
        StepKind.own_time_past: mark(
            "Kategorin %(category)s har en egen handläggningstid, men den skulle ha setts över %(review_by)s. "
            "Därför används den inte."
        ),
        StepKind.by_the_clock: mark("Räknas %(length)s framåt, även när det är stängt."),
        StepKind.waits: mark("Det var stängt, så tiden börjar räknas när det öppnar."),
        StepKind.special_day: mark("%(day)s, %(name)s: %(hours)s."),
        StepKind.special_days: mark("%(day)s till %(until)s, %(name)s: %(hours)s."),
        StepKind.stretch: mark("%(opens_at)s till %(closes_at)s: %(length)s räknas, %(left)s återstår."),
        StepKind.last_stretch: mark("%(opens_at)s till %(closes_at)s: %(length)s räknas, inget återstår."),
        StepKind.stretches_alike: mark("De följande %(count)s öppna tiderna räknas på samma sätt."),
        StepKind.day_zero: mark("%(day)s, dagen då det kom, räknas som dag 0."),
        StepKind.day_zero_later: mark(
            "Det kom efter stängning eller en dag då det var stängt. Nästa arbetsdag, %(day)s, räknas som dag 0."
        ),
        StepKind.working_day: mark("Arbetsdag %(count)s är %(day)s."),
        StepKind.end_of_week: mark("Vecka %(count)s slutar %(day)s."),
        StepKind.not_open_then: mark("Då är det inte öppet, så nästa öppna dag gäller."),
        StepKind.notice_due: mark("Besked ska ges senast %(at)s."),
        StepKind.answer_due: mark("Svar ska ges senast %(at)s."),
        StepKind.answer_first: mark("Svaret ska ges före beskedet. Ett svar räknas också som besked."),
    }
)

#: Names of days that the calendar does not name itself.
_DAYS = MappingProxyType(
    {
        HALF_DAY: mark("kortare dag"),
        EXCEPTION: mark("andra öppettider"),
        DECLARED_CLOSED: mark("stängd dag enligt beslut"),
    }
)


def say_step(counted: CountStep, site: Site, words: Words) -> str:
    """Return what a step of the count did."""
    said = {name: _said(name, value, site, words) for name, value in counted.slots.items()}
    text = words.gettext(SENTENCES[counted.kind]) % said
    return text[:1].upper() + text[1:]


def _said(name: str, value: StepValue, site: Site, words: Words) -> str:
    if isinstance(value, str):
        return _name(name, value, site, words)
    if isinstance(value, datetime):
        return say_clock(value, words) if name == "closes_at" else say_date_clock(value, words)
    if isinstance(value, date):
        return _say_date(value, words)
    if isinstance(value, timedelta):
        return say_length(value, words)
    if isinstance(value, Target):
        return say_target(value, words)
    return _say_hours(value, words) if isinstance(value, tuple) else str(value)


def _name(slot: str, value: str, site: Site, words: Words) -> str:
    names: Mapping[str, Callable[[], str]] = {
        "channel": lambda: channel_name(value, words),
        "tier": lambda: tier_name(value, words),
        "category": lambda: category_name(site, CategoryId(value)),
        "name": lambda: words.gettext(_DAYS[value]) if value in _DAYS else value,
    }
    return names[slot]() if slot in names else value


def say_target(target: Target, words: Words) -> str:
    """Return a maximum time in words.

    >>> from web.words import words_of
    >>> say_target(Target(TargetKind.working_days, days=1), words_of("sv"))
    '1 arbetsdag'
    >>> say_target(Target(TargetKind.open_time, duration=timedelta(hours=1)), words_of("sv"))
    '1 tim öppen tid'
    """
    if target.kind is TargetKind.working_days:
        return words.ngettext("%(n)s arbetsdag", "%(n)s arbetsdagar", target.days) % {"n": target.days}
    if target.kind is TargetKind.weeks:
        weeks = target.days // 7
        return words.ngettext("%(n)s vecka", "%(n)s veckor", weeks) % {"n": weeks}
    length = say_length(target.duration, words)
    open_time = target.kind is TargetKind.open_time
    return words.gettext("%(length)s öppen tid") % {"length": length} if open_time else length


def say_length(length: timedelta, words: Words) -> str:
    """Return a length in hours, minutes and whole seconds.

    >>> from web.words import words_of
    >>> say_length(timedelta(hours=1, minutes=5), words_of("sv"))
    '1 tim 5 min'
    """
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, mark("%(n)s tim")), (minutes, mark("%(n)s min")), (seconds, mark("%(n)s s")))
    return " ".join(words.gettext(unit) % {"n": n} for n, unit in parts if n) or words.gettext("%(n)s min") % {"n": 0}


def _say_date(day: date, words: Words) -> str:
    text = format_date(day, words.gettext(DAY_DATE), locale=words.locale)
    return text.removesuffix(".") if words.language == "sv" else text


def _say_hours(spans: tuple[Span, ...], words: Words) -> str:
    if not spans:
        return words.gettext("stängt")
    clock = words.gettext(CLOCK)
    stretches = (
        f"{format_time(span.opens, clock, locale=words.locale)}–{format_time(span.closes, clock, locale=words.locale)}"
        for span in spans
    )
    return words.gettext("öppet %(hours)s") % {"hours": ", ".join(stretches)}
