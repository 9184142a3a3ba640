"""Warnings: what is right in a configuration today and will not be, or is no longer used; nothing is refused."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.site import Site

#: So long before a review is due it is spoken of.
REVIEW_SOON = timedelta(days=30)


def warnings_of(site: Site, today: date) -> tuple[str, ...]:
    """Return a sentence for each thing that somebody should look at."""
    return tuple(_reviews(site, today))


def _reviews(site: Site, today: date) -> Iterator[str]:
    """Tell of handling times that must be reviewed: past their date they are not used (R34)."""
    for own in site.handling_times:
        where = f"service_levels.toml [handling_times.{own.category}] review_by"
        ask = f"ask {site.person(own.owner).name} whether {own.answer} is still true, and set a new date"
        if own.review_by < today:
            yield f"{where}: {own.review_by} has passed, so that {own.answer} is not used: {ask}."
        elif own.review_by - today <= REVIEW_SOON:
            yield f"{where}: {own.review_by} comes soon; after it {own.answer} is not used: {ask}."
