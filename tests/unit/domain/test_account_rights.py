"""Who sees an account in the register, and who changes it."""

from dataclasses import replace

import pytest

from domain.account_rights import may_change_account, may_see_account
from domain.ids import OrganisationId, PersonId, UnitId
from domain.viewer import MACHINE, OPERATOR, Role, Scope, Viewer
from tests.builders import account, site

KIM, MAJ = PersonId("kim"), PersonId("maj")
TOWN = OrganisationId("exempelby")
STREET = account(unit=UnitId("gata"))


def viewer(*roles: Role, person: PersonId | None = None, units: tuple[str, ...] = (), **changes: str) -> Viewer:
    return Viewer(
        scope=Scope.person, organisation=OrganisationId(changes.get("organisation", TOWN)), person=person,
        units=frozenset(UnitId(unit) for unit in units), roles=frozenset(roles),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "sees", "changes"),
    [
        (viewer(Role.lead), True, True),
        (viewer(Role.administrator), True, True),
        (viewer(Role.agent), True, False),
        (viewer(Role.registrar), True, False),
        (viewer(Role.unit_member, units=("gata",)), True, False),
        (viewer(Role.unit_member, units=("kontaktcenter",)), False, False),
        (viewer(Role.manager, person=KIM), True, True),
        (viewer(Role.manager, person=MAJ), True, True),
        (viewer(Role.manager, person=PersonId("olle")), False, False),
        (viewer(Role.manager), False, False),
        (viewer(Role.lead, organisation="vatten"), False, False),
        (viewer(Role.manager, person=KIM, organisation="vatten"), False, False),
        (OPERATOR, True, False),
        (MACHINE, True, False),
    ],
)
def test_who_sees_and_who_changes(who: Viewer, sees: bool, changes: bool) -> None:
    town = site()
    units = tuple(replace(unit, manager=KIM, deputy=MAJ) for unit in town.units)
    town = replace(town, units=units, accounts=(STREET,))

    assert may_see_account(town, who, STREET) is sees
    assert may_change_account(town, who, STREET) is changes


def test_an_account_s_own_manager_answers_for_it_and_the_unit_s_no_longer() -> None:
    town = site()
    town = replace(town, units=tuple(replace(unit, manager=KIM) for unit in town.units))
    own = replace(STREET, manager=MAJ)

    assert may_change_account(town, viewer(Role.manager, person=MAJ), own)
    assert not may_change_account(town, viewer(Role.manager, person=KIM), own)
