"""Who may see an account in the register, and who may change it (R123). Pure."""

from datetime import date

from domain.account import Account
from domain.ids import PersonId, UnitId
from domain.person import Person
from domain.site import Site
from domain.viewer import Role, Scope, Viewer

#: Who sees every account of the own organisation: they work for all of them.
SEES_ALL = frozenset({Role.agent, Role.lead, Role.registrar, Role.administrator})
#: Who changes every account of the own organisation.
CHANGES_ALL = frozenset({Role.lead, Role.administrator})
#: Who sees how promises are kept (R123).
SEES_FIGURES = CHANGES_ALL | {Role.manager}


def may_see_account(site: Site, viewer: Viewer, account: Account) -> bool:
    """Ask whether the account stands in the viewer's register: all, those of the own units, or those answered for."""
    if viewer.scope is not Scope.person:
        return viewer.organisation in (None, account.organisation)
    if viewer.organisation != account.organisation:
        return False
    return bool(viewer.roles & SEES_ALL) or account.unit in viewer.units or answers_for(site, viewer.person, account)


def may_see_figures(viewer: Viewer) -> bool:
    """Ask whether the viewer may see statistics at all: who leads, answers for a unit, or looks after it all."""
    return bool(viewer.roles & SEES_FIGURES)


def may_see_figures_of(site: Site, viewer: Viewer, unit: UnitId) -> bool:
    """Ask whether the viewer may see a unit's figures: leads and administrators all, managers those of their own."""
    if viewer.scope is not Scope.person or viewer.roles & CHANGES_ALL:
        return True
    named = [each for each in site.units if each.id == unit]
    answers = any(viewer.person is not None and viewer.person in (each.manager, each.deputy) for each in named)
    return may_see_figures(viewer) and (unit in viewer.units or answers)


def may_change_account(site: Site, viewer: Viewer, account: Account) -> bool:
    """Ask whether the viewer may make the account dormant, hand it over, close it and reopen it."""
    if viewer.scope is not Scope.person or viewer.organisation != account.organisation:
        return False
    if viewer.roles & CHANGES_ALL:
        return True
    return Role.manager in viewer.roles and answers_for(site, viewer.person, account)


def who_may_take_over(site: Site, account: Account, day: date) -> tuple[Person, ...]:
    """Return who an account can be handed over to: people of its organisation who have not left, by name."""
    domains = {domain.lower() for domain in site.organisation(account.organisation).domains}
    own = (each for each in site.people if each.email.rpartition("@")[2].lower() in domains)
    return tuple(sorted((each for each in own if not each.has_left(day)), key=lambda each: each.name))


def answers_for(site: Site, person: PersonId | None, account: Account) -> bool:
    """Ask whether somebody is the account's manager or deputy: those it names, else those of its unit."""
    unit = site.unit(account.unit)
    return person is not None and person in (account.manager or unit.manager, account.deputy or unit.deputy)
