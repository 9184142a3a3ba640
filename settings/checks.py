"""Checks across the tables of the settings: one question, one function; all are asked."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain

from domain.account import Channel, Tier
from domain.category import UNCLEAR
from settings.account_checks import CHECKS as ACCOUNT_CHECKS
from settings.account_checks import connection_faults, surroundings
from settings.faults import Fault
from settings.folder import Folder
from settings.references import ids, texts_at, unknown_references


def single_accounts(folder: Folder) -> Iterator[Fault]:
    """Ask every check of `account_checks` about every account."""
    for id, given in surroundings(folder).items():
        for check in ACCOUNT_CHECKS:
            for key, wrong in check(given):
                inner, _, last = key.rpartition(".")
                yield Fault("accounts.toml", ".".join(filter(None, ("accounts", id, inner))), last, wrong)


def addresses_are_used_once(folder: Folder) -> Iterator[Fault]:
    """Refuse an address that two accounts claim, aliases included."""
    owner: dict[str, str] = {}
    for id, given in surroundings(folder).items():
        account = given.account
        for key, address in [("address", account.address), *(("aliases", alias) for alias in account.aliases)]:
            first = owner.setdefault(address.lower(), id)
            if first != id:
                yield Fault("accounts.toml", f"accounts.{id}", key, f'{address!r} is already an address of "{first}"')


def domains_belong_to_one_organisation(folder: Folder) -> Iterator[Fault]:
    """Refuse a domain that two organisations claim (R2)."""
    owner: dict[str, str] = {}
    for id, organisation in (folder.site.value.organisations if folder.site.value else {}).items():
        for domain in organisation.domains:
            first = owner.setdefault(domain, id)
            if first != id:
                yield Fault("site.toml", f"organisations.{id}", "domains", f'{domain!r} already belongs to "{first}"')


def our_own_addresses_lie_in_our_domains(folder: Folder) -> Iterator[Fault]:
    """Refuse a sender of ours, or an alert's recipient, outside every organisation's domains (R60)."""
    if folder.site.value is None:
        return
    site = folder.site.value
    ours = _all_domains(folder)
    places = [
        ("site.toml", "", "alert_sender", site.alert_sender),
        *(("site.toml", "", "on_duty", address) for address in site.on_duty),
        ("site.toml", "", "administrator", site.administrator),
        ("site.toml", "mail", "bounce_address", site.mail.bounce_address),
        *_addresses_of_people(folder),
    ]
    for file, table, key, address in places:
        if ours and address is not None and address.rpartition("@")[2] not in ours:
            yield Fault(file, table, key, f"{address!r} lies outside our domains ({', '.join(sorted(ours))}; R60)")


def _addresses_of_people(folder: Folder) -> Iterator[tuple[str, str, str, str]]:
    for read in (folder.units, folder.people):
        for id, person in (read.value.people if read.value else {}).items():
            yield read.file, f"people.{id}", "email", person.email


def nobody_stands_in_for_themselves(folder: Folder) -> Iterator[Fault]:
    """Refuse a person whose deputy, or cover during an absence, is the same person."""
    for read in (folder.units, folder.people):
        for id, person in (read.value.people if read.value else {}).items():
            if person.deputy == id:
                yield Fault(read.file, f"people.{id}", "deputy", "is the person as well: name somebody else")
            for number, absence in enumerate(person.absences, start=1):
                if absence.covered_by == id:
                    where = f"people.{id}.absences no. {number}"
                    yield Fault(read.file, where, "covered_by", "is the person as well: name somebody else")


def _all_domains(folder: Folder) -> set[str]:
    """Return the domains of every organisation, also of one that has a fault elsewhere."""
    return {domain.lower() for _, domain in texts_at(folder.site.raw or {}, "organisations.*.domains.*")}


def alerts_have_a_sender(folder: Folder) -> Iterator[Fault]:
    """Refuse a way out for alerts without a sender, or by half."""
    site = folder.site.value
    if site is None:
        return
    for key in ("on_duty", "administrator"):
        if getattr(site, key) and site.alert_smtp is None and folder.site.is_whole("alert_smtp"):
            yield Fault("site.toml", "", key, "is never told: alerts leave by [alert_smtp], which is missing")
    if site.alert_smtp is None:
        return
    if site.alert_sender is None:
        yield Fault("site.toml", "", "alert_sender", "is missing: alerts leave by [alert_smtp] and need a sender")
    for key, wrong in connection_faults(site.alert_smtp, folder.site.is_whole("alert_smtp")):
        inner, _, last = key.rpartition(".")
        yield Fault("site.toml", ".".join(filter(None, ("alert_smtp", inner))), last, wrong)


def sends_are_not_given_up_early(folder: Folder) -> Iterator[Fault]:
    """Refuse a lease that may run out while the wire still takes the message: it would be called uncertain."""
    if folder.site.value is None:
        return
    lease = folder.site.value.run.handing_over_lease
    ways = [("site.toml [alert_smtp]", folder.site.value.alert_smtp)]
    ways += [(f"accounts.toml [accounts.{id}.smtp]", given.account.smtp) for id, given in surroundings(folder).items()]
    for place, way in ways:
        if way is not None and lease.total_seconds() <= way.timeout_seconds:
            wrong = f"must be longer than timeout_seconds = {way.timeout_seconds:g} of {place}"
            yield Fault("site.toml", "run", "handing_over_lease", wrong)


def deputies_of_units_are_somebody_else(folder: Folder) -> Iterator[Fault]:
    """Refuse a unit's deputy who is its manager."""
    for id, unit in (folder.units.value.units if folder.units.value else {}).items():
        if unit.deputy is not None and unit.deputy == unit.manager:
            yield Fault("units.toml", f"units.{id}", "deputy", "is the manager as well: name somebody else")


def employees_have_no_target_on_social_media(folder: Folder) -> Iterator[Fault]:
    """Refuse a target that the guidelines do not set (R22)."""
    levels = folder.service_levels.value
    if levels is not None and levels.level(Channel.facebook, Tier.employee) is not None:
        yield Fault(
            "service_levels.toml",
            "facebook.employee",
            "",
            "employees have no target on social media (R22): take it out",
        )


def every_account_has_its_targets(folder: Folder) -> Iterator[Fault]:
    """Refuse a channel in use without the targets of the contact center and the units, and of its accounts' tiers."""
    levels = folder.service_levels.value
    if levels is None:
        return
    needed: dict[tuple[Channel, Tier], str] = {}
    for id, given in surroundings(folder).items():
        for tier in (given.account.tier, Tier.contact_center, Tier.unit):
            needed.setdefault((given.account.channel, tier), id)
    needed.pop((Channel.facebook, Tier.employee), None)
    for (channel, tier), id in needed.items():
        if levels.level(channel, tier) is None and folder.service_levels.is_whole(f"{channel}.{tier}"):
            wrong = f'is missing, and the account "{id}" needs it: give notice and answer'
            yield Fault("service_levels.toml", f"{channel}.{tier}", "", wrong)


def the_unclear_have_a_category(folder: Folder) -> Iterator[Fault]:
    """Refuse categories without the one of what is too unsure to be routed."""
    known = ids(folder, "category")
    if known is not None and UNCLEAR not in known:
        yield Fault("categories.toml", f"categories.{UNCLEAR}", "", "is missing: what is unclear goes there")


def rule_ids_are_used_once(folder: Folder) -> Iterator[Fault]:
    """Refuse two rules of one id: a decision names the rule that bound it."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, rule in enumerate(folder.rules.value.rules if folder.rules.value else (), start=1):
        places[rule.id].append(number)
    for id, numbers in places.items():
        for number in numbers[1:]:
            wrong = f'"{id}" is already the id of rule no. {numbers[0]}'
            yield Fault("rules.toml", f"rules no. {number}", "id", wrong)


def test_mails_have_a_way_out(folder: Folder) -> Iterator[Fault]:
    """Refuse accounts that ask for test mails where none are sent, and a way out by half or a sender of our own."""
    site = folder.site.value
    if site is None:
        return
    if site.canary is None:
        for id, given in surroundings(folder).items():
            if given.account.canary and folder.site.is_whole("canary"):
                yield Fault(
                    "accounts.toml", f"accounts.{id}", "canary", "no test mails are sent: add [canary] to site.toml"
                )
        return
    for key, wrong in connection_faults(site.canary.smtp, folder.site.is_whole("canary")):
        inner, _, last = key.rpartition(".")
        yield Fault("site.toml", ".".join(filter(None, ("canary.smtp", inner))), last, wrong)
    if site.canary.every <= site.canary.within:
        wrong = "must be longer than within: else the next test mail goes before the last one is missed"
        yield Fault("site.toml", "canary", "every", wrong)
    if site.canary.sender.rpartition("@")[2] in _all_domains(folder):
        yield Fault("site.toml", "canary", "sender", "is one of ours: test mails must come from outside")


def members_belong_to_one_organisation(folder: Folder) -> Iterator[Fault]:
    """Refuse groups of the identity provider that give units of another organisation than theirs (P12)."""
    site, units = folder.site.value, folder.units.value
    if site is None or site.identity is None or units is None:
        return
    for number, each in enumerate(site.identity.members, start=1):
        for unit in each.units:
            if unit in units.units and units.units[unit].organisation != each.organisation:
                wrong = f'"{unit}" belongs to another organisation than {each.organisation}: give it a group of its own'
                yield Fault("site.toml", f"identity.members no. {number}", "units", wrong)


def codes_can_be_kept(folder: Folder) -> Iterator[Fault]:
    """Refuse to ask for codes that nobody can set up."""
    site = folder.site.value
    if site is not None and site.sign_in.code_for and site.sign_in.code_secret is None:
        yield Fault("site.toml", "sign_in", "code_for", "needs code_secret: the name of the secret that keeps the keys")


CHECKS: tuple[Callable[[Folder], Iterator[Fault]], ...] = (
    domains_belong_to_one_organisation,
    our_own_addresses_lie_in_our_domains,
    alerts_have_a_sender,
    sends_are_not_given_up_early,
    deputies_of_units_are_somebody_else,
    nobody_stands_in_for_themselves,
    employees_have_no_target_on_social_media,
    every_account_has_its_targets,
    single_accounts,
    addresses_are_used_once,
    test_mails_have_a_way_out,
    members_belong_to_one_organisation,
    codes_can_be_kept,
    the_unclear_have_a_category,
    rule_ids_are_used_once,
)


def cross_faults(folder: Folder) -> list[Fault]:
    """Return everything that is wrong between the tables."""
    return [*unknown_references(folder), *chain.from_iterable(check(folder) for check in CHECKS)]
