"""Checks of single accounts: what an address, a tier, a mode and a connection must agree on."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from domain.account import AccountStatus, AutoReply, Channel, Mode, Security, Tier
from settings.accounts_file import AccountTable, ImapTable
from settings.folder import Folder
from settings.site_file import OrganisationTable, SmtpTable
from settings.units_file import UnitTable

_EMAIL = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """An account with what it refers to, where that is known."""

    account: AccountTable
    organisation: OrganisationTable | None
    unit: UnitTable | None
    #: True: nothing in the account's own tables had to be taken out, so what it lacks was left out on purpose.
    whole: bool


#: A check yields pairs of key and what is wrong.
Found = Iterator[tuple[str, str]]


def address_has_its_channels_form(given: Surroundings) -> Found:
    """Say what is wrong with the address or an alias, taken by itself."""
    account = given.account
    for key, address in [("address", account.address), *(("aliases", alias) for alias in account.aliases)]:
        if account.channel is Channel.email and not _EMAIL.fullmatch(address):
            yield key, f"{address!r} is not an e-mail address"
        if account.channel is Channel.sms and not _E164.fullmatch(address):
            yield key, f'{address!r} is not a number in international form: write "+46701740605"'
        if account.channel is Channel.facebook and not address.isdigit():
            yield key, f"{address!r} is not a page id: it has digits only"


def address_lies_in_its_organisations_domains(given: Surroundings) -> Found:
    """Refuse an e-mail address outside the organisation's domains (R60). Aliases may keep old domains.

    One from which nothing is ever sent may be watched until it is gone: the finding off_domain tells of it.
    """
    account, organisation = given.account, given.organisation
    if account.channel is not Channel.email or organisation is None or not _EMAIL.fullmatch(account.address):
        return
    if account.mode is not Mode.queue and account.auto_reply is AutoReply.off:
        return
    domain = account.address.lower().rpartition("@")[2]
    if domain not in organisation.domains:
        allowed = ", ".join(organisation.domains)
        yield "address", f"{account.address!r} lies outside the domains of {account.organisation} ({allowed}; R60)"


def unit_belongs_to_the_organisation(given: Surroundings) -> Found:
    """Refuse a unit of another organisation: routing stops at the border (P2)."""
    account, unit = given.account, given.unit
    if unit is not None and unit.organisation != account.organisation:
        yield "unit", f'"{account.unit}" belongs to {unit.organisation}, the account to {account.organisation}'


def tier_has_a_target(given: Surroundings) -> Found:
    """Refuse an employee's account on social media: the guidelines set no target for it (R22)."""
    if given.account.channel is Channel.facebook and given.account.tier is Tier.employee:
        yield "tier", "employees have no target on social media (R22): use contact_center or unit"


def mode_fits_the_channel(given: Surroundings) -> Found:
    """Refuse `watch_only` where nothing but content could be read."""
    if given.account.mode is Mode.watch_only and given.account.channel is not Channel.email:
        yield "mode", "watch_only reads the flags of a mailbox: use it for e-mail only"


def auto_reply_fits_the_mode(given: Surroundings) -> Found:
    """Refuse automatic replies where no content is read, or nothing can be sent."""
    account = given.account
    if account.auto_reply is not AutoReply.on:
        return
    if account.mode is Mode.watch_only:
        yield "auto_reply", "a watch_only account is never read, so it cannot answer: use off"
    elif account.connector is not None:
        return
    elif account.channel is Channel.email and account.smtp is None and given.whole:
        yield "auto_reply", "a mailbox without an smtp table cannot send: add one, or use shadow"
    elif account.channel is Channel.sms and account.twilio is None and given.whole:
        yield "auto_reply", "a number without a twilio table cannot send: add one, or use shadow"
    elif account.channel is Channel.facebook and account.facebook is None and given.whole:
        yield "auto_reply", "a page without a facebook table cannot send: add one, or use shadow"


def connections_fit_the_channel(given: Surroundings) -> Found:
    """Refuse connections that another channel has."""
    if given.account.channel is not Channel.email:
        for key in ("imap", "smtp"):
            if getattr(given.account, key) is not None:
                yield key, f"an account on {given.account.channel} has no mailbox: take the table out"
    if given.account.channel is not Channel.sms and given.account.twilio is not None:
        yield "twilio", f"an account on {given.account.channel} has no number at Twilio: take the table out"
    if given.account.channel is not Channel.facebook and given.account.facebook is not None:
        yield "facebook", f"an account on {given.account.channel} is no page: take the table out"


def connections_are_complete(given: Surroundings) -> Found:
    """Refuse a connection in the clear to another machine, and a sign-in by half."""
    for key in ("imap", "smtp"):
        connection: ImapTable | SmtpTable | None = getattr(given.account, key)
        if connection is not None:
            yield from ((f"{key}.{inner}", wrong) for inner, wrong in connection_faults(connection, given.whole))


def somebody_is_told(given: Surroundings) -> Found:
    """Refuse an account in use whose alerts would reach nobody (R7, R56)."""
    account, unit, organisation = given.account, given.unit, given.organisation
    if account.status is AccountStatus.closed or unit is None or organisation is None or not given.whole:
        return
    if not (account.manager or unit.manager or organisation.escalation):
        yield (
            "manager",
            "nobody would get its alerts (R56): name a manager here, in its unit, or an escalation in its organisation",
        )


def deputy_is_somebody_else(given: Surroundings) -> Found:
    """Refuse a deputy who is the manager."""
    if given.account.deputy is not None and given.account.deputy == given.account.manager:
        yield "deputy", "is the manager as well: name somebody else, or leave it out"


def instead_is_ours(given: Surroundings) -> Found:
    """Refuse to send citizens to an address outside the organisation's domains (R60)."""
    instead, organisation = given.account.instead, given.organisation
    if "@" in instead and organisation is not None:
        domain = instead.strip().lower().rpartition("@")[2]
        if domain not in organisation.domains:
            yield "instead", f"{instead!r} lies outside the domains of {given.account.organisation} (R60)"


def canary_can_arrive(given: Surroundings) -> Found:
    """Refuse test mails to what has no mailbox, or whose mails are never read."""
    account = given.account
    if account.canary and (account.channel is not Channel.email or account.mode is Mode.watch_only):
        yield "canary", "test mails go to mailboxes whose mails are read: take it out"
    elif account.canary and account.imap is None and given.whole:
        yield "canary", "nobody would see the test mails arrive: add an imap table"


CHECKS: tuple[Callable[[Surroundings], Found], ...] = (
    address_has_its_channels_form,
    address_lies_in_its_organisations_domains,
    unit_belongs_to_the_organisation,
    tier_has_a_target,
    mode_fits_the_channel,
    auto_reply_fits_the_mode,
    connections_fit_the_channel,
    connections_are_complete,
    somebody_is_told,
    deputy_is_somebody_else,
    instead_is_ours,
    canary_can_arrive,
)


def surroundings(folder: Folder) -> dict[str, Surroundings]:
    """Return every account that could be read, with what it refers to, as far as that is right."""
    accounts = folder.accounts.value.accounts if folder.accounts.value else {}
    organisations = _organisations(folder)
    units = {id: unit for id, unit in _units(folder).items() if unit.organisation in organisations}
    return {
        id: Surroundings(
            account=account,
            organisation=organisations.get(account.organisation),
            unit=units.get(account.unit),
            whole=folder.accounts.is_whole(f"accounts.{id}"),
        )
        for id, account in accounts.items()
    }


def _organisations(folder: Folder) -> dict[str, OrganisationTable]:
    every = folder.site.value.organisations if folder.site.value else {}
    return {id: each for id, each in every.items() if folder.site.is_whole(f"organisations.{id}")}


def _units(folder: Folder) -> dict[str, UnitTable]:
    every = folder.units.value.units if folder.units.value else {}
    return {id: each for id, each in every.items() if folder.units.is_whole(f"units.{id}")}


def connection_faults(connection: ImapTable | SmtpTable, whole: bool) -> Found:
    """Say what is wrong with a connection, taken by itself.

    Args:
        connection: the connection.
        whole: see `Surroundings`.
    """
    if connection.security is Security.none and not _is_loopback(connection.host):
        yield "security", f'"none" sends passwords in the clear to {connection.host}: use tls or starttls'
    secret, oauth = connection.secret is not None, connection.oauth is not None
    if secret and oauth:
        yield "secret", "is of no use beside the oauth table: take one of them out"
    if connection.oauth is not None:
        yield from ((f"oauth.{key}", wrong) for key, wrong in connection.oauth.faults(whole))
    if whole and not (secret or oauth) and (connection.user or isinstance(connection, ImapTable)):
        yield "secret", "is missing: a user needs one, or an oauth table"
    if whole and isinstance(connection, SmtpTable) and (secret or oauth) and not connection.user:
        yield "user", f"is missing: {'a secret' if secret else 'an oauth table'} needs one"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
