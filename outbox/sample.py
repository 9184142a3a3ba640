"""Sample values: what a template is filled with where there is no message, in the preview and in the lint."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from domain.account import Channel
from domain.instant import STOCKHOLM
from domain.reply_template import self_service_slots
from domain.site import Site
from outbox.words import say

#: As long as a number gets: the digits of more than 99,999 tickets a year.
LONGEST_NUMBER = "26-012345"


def sample_slots(site: Site, now: datetime) -> dict[str, str]:
    """Return values of the contact center's organisation, with times after `now` as an ordinary day gives them."""
    center = site.unit(site.contact_center)
    organisation = site.organisation(center.organisation)
    center_address = next((each.address for each in site.accounts if each.unit == center.id), "")
    tomorrow = now.astimezone(STOCKHOLM).date() + timedelta(days=1)
    return {
        "number": f"{now:%y}-01234",
        "organisation": organisation.name,
        "sms_name": organisation.sms_name or organisation.name,
        "unit": center.name,
        "contact": organisation.contact,
        "on_call": organisation.on_call,
        "privacy_url": organisation.privacy_url,
        "complaint_url": organisation.complaint_url,
        "instead": _longest(each.instead for each in site.accounts) or center_address,
        "arrived_at": now.isoformat(),
        "answer_at": datetime.combine(tomorrow, time(16, 30), STOCKHOLM).isoformat(),
        "opens_at": datetime.combine(tomorrow, time(7, 30), STOCKHOLM).isoformat(),
        "closed": "yes",
        **_self_service(site),
    }


def longest_slots(site: Site, language: str, now: datetime) -> dict[str, str]:
    """Return for every slot the longest value that the configuration can give it, as an SMS would say it."""
    times = [now + timedelta(days=day) for day in range(366)]
    # Two digits in the hour: no office opens or closes in ten more letters than another.
    afternoons = [datetime.combine(each.astimezone(STOCKHOLM), time(16, 30), STOCKHOLM) for each in times]
    longest_time = max(afternoons, key=lambda each: len(say(each, language, short=True))).isoformat()
    numbered = {account.organisation for account in site.accounts if account.channel is Channel.sms}
    senders = [each for each in site.organisations if each.id in numbered] or list(site.organisations)
    return {
        **sample_slots(site, now),
        "number": LONGEST_NUMBER,
        "organisation": _longest(each.name for each in site.organisations),
        "sms_name": _longest(each.sms_name or each.name for each in senders),
        "unit": _longest(each.name for each in site.units),
        "contact": _longest(each.contact for each in site.organisations),
        "on_call": _longest(each.on_call for each in site.organisations),
        "privacy_url": _longest(each.privacy_url for each in site.organisations),
        "complaint_url": _longest(each.complaint_url for each in site.organisations),
        "arrived_at": longest_time,
        "answer_at": longest_time,
        "opens_at": longest_time,
        "handler": _longest(each.name for each in site.people),
    }


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


def _self_service(site: Site) -> dict[str, str]:
    """Return what the category says that says most."""
    return self_service_slots(max((each.self_service for each in site.categories), key=lambda own: len(str(own))))
