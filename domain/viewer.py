"""Viewers: on whose behalf something is read (P12). Every read in the store takes one."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import OrganisationId, PersonId, UnitId, UserId


class Role(StrEnum):
    """What a person does (R120 and on)."""

    agent = "agent"
    #: Leads the contact center: also sees danger to life.
    lead = "lead"
    unit_member = "unit_member"
    manager = "manager"
    registrar = "registrar"
    administrator = "administrator"


class Scope(StrEnum):
    """How far a viewer's sight goes."""

    #: The pipeline itself: all organisations, everything. Never given to a person.
    machine = "machine"
    #: The command line: its organisations; of a sensitive ticket only number and unit.
    operator = "operator"
    #: A signed-in person: one organisation, sensitive tickets only of the own units.
    person = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """On whose behalf something is read."""

    scope: Scope
    #: None only for the machine and for an operator of the whole installation.
    organisation: OrganisationId | None = None
    user: UserId | None = None
    person: PersonId | None = None
    units: frozenset[UnitId] = frozenset()
    roles: frozenset[Role] = frozenset()


#: What the pipeline reads with.
MACHINE = Viewer(scope=Scope.machine)
#: What the command line reads with.
OPERATOR = Viewer(scope=Scope.operator)
