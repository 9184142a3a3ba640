"""Address: where it lies, and whether it is to be found (R60, R62)."""

from datetime import datetime

from domain.account import AccountStatus, Channel
from domain.facts import Facts
from domain.watching import WatchSettings


def off_domain(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that an e-mail address lies outside its organisation's domains."""
    if facts.account.channel is not Channel.email:
        return None
    domain = facts.account.address.lower().rpartition("@")[2]
    if domain in {each.lower() for each in facts.domains}:
        return None
    return f"Adressen ligger under {domain}, som inte är en av organisationens domäner."


def not_published(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say that an address that citizens are to find stands on none of the contact pages that were read."""
    published = facts.publication
    if published is None or published.pages or not facts.account.is_to_be_published:
        return None
    failing = f" Vi kan inte läsa {', '.join(published.failing)}." if published.failing else ""
    return f"Adressen står inte på någon av de kontaktsidor som vi läser.{failing}"


def published_but_gone(facts: Facts, settings: WatchSettings, now: datetime) -> str | None:
    """Say which page still shows the address of an account that is dormant or closed."""
    published = facts.publication
    if published is None or not published.pages or facts.account.status is AccountStatus.active:
        return None
    state = "vilande" if facts.account.status is AccountStatus.dormant else "avslutat"
    others = len(published.pages) - 1
    more = "" if others == 0 else f" och {others} {'sida' if others == 1 else 'sidor'} till"
    return f"Kontot är {state}, men adressen står kvar på {published.pages[0]}{more}."
