"""Due: when notice and answer are due, counted step by step; touches nothing."""

from collections import Counter
from typing import Annotated

import typer

from cli.local_time import how_it_was_read, instant_of, local_text
from cli.output import JSON, console, errors_to_exit_codes, print_object
from cli.roots import site_or_example
from domain.account import Channel, Tier
from domain.errors import BadInput
from domain.hours import Schedule
from domain.ids import ScheduleId, UnitId
from domain.organisation import Unit
from domain.promises import promise_by_table
from domain.reasoning import sentence
from domain.site import Site


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors_to_exit_codes(due))


def due(
    channel: Annotated[Channel, typer.Option(help="The channel it came by.")],
    tier: Annotated[Tier, typer.Option(help="Who owes the answer.")],
    at: Annotated[str, typer.Option(help="When it arrived; without an offset Swedish local time.")],
    unit: Annotated[str, typer.Option(help="Whose opening hours count; without it those of the tier.")] = "",
    as_json: JSON = False,
) -> None:
    """Say when notice and answer are due, and why."""
    site = site_or_example()
    arrived_at = instant_of(at)
    place = _place(site, unit)
    schedule = _schedule(site, channel, tier, unit)
    promised = promise_by_table(site, place.organisation, channel, tier, schedule, arrived_at)
    steps = (*how_it_was_read(at), *map(sentence, promised.steps))
    if as_json:
        print_object(
            {
                "at": arrived_at,
                "channel": channel,
                "tier": tier,
                "unit": unit or None,
                "notice_due_at": promised.notice_at,
                "answer_due_at": promised.answer_at,
                "calendar": promised.calendar,
                "steps": list(steps),
            }
        )
        return
    for step in steps:
        console.print(f"  {step}", markup=False, soft_wrap=True)
    console.print(f"\n  notice due  {local_text(promised.notice_at)}\n  answer due  {local_text(promised.answer_at)}")


def _schedule(site: Site, channel: Channel, tier: Tier, unit: str) -> Schedule:
    if unit or tier is Tier.contact_center:
        return site.unit_schedule(_place(site, unit).id, channel)
    return site.schedule(_ordinary(site))


def _place(site: Site, unit: str) -> Unit:
    """Return the unit that was named; without a name the contact center."""
    try:
        return site.unit(UnitId(unit) if unit else site.contact_center)
    except KeyError:
        known = ", ".join(each.id for each in site.units)
        raise BadInput(f"there is no unit {unit}: the configuration has {known}") from None


def _ordinary(site: Site) -> ScheduleId:
    """Return the hours that most units keep; the contact center's when it is alone."""
    counts = Counter(unit.schedule for unit in site.units if unit.id != site.contact_center)
    return counts.most_common(1)[0][0] if counts else site.unit(site.contact_center).schedule
