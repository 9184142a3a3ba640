"""Who sees which rules on the pages. Pure."""

from domain.account_rights import SEES_ALL
from domain.rule import Rule
from domain.site import Site
from domain.viewer import Scope, Viewer


def may_see_rule(site: Site, viewer: Viewer, rule: Rule) -> bool:
    """Ask whether a rule stands on the viewer's page.

    Rules hold nothing of any message, and whoever works in the queue must know why something came there: who works for
    every unit sees every rule that their organisation's messages can meet, others those that reach their own units. A
    rule whose accounts or unit are another organisation's alone is no business of theirs.
    """
    if viewer.scope is not Scope.person:
        return True
    accounts = [each for each in site.accounts if each.id in rule.when.accounts]
    if accounts and all(each.organisation != viewer.organisation for each in accounts):
        return False
    owner = next((each for each in site.units if each.id == rule.then.unit), None)
    if owner is not None and owner.organisation != viewer.organisation:
        return False
    if viewer.roles & SEES_ALL:
        return True
    named = {each.unit for each in accounts} | ({owner.id} if owner is not None else set())
    return not named or bool(named & viewer.units)
