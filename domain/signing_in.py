"""Signing in: who people are, as an identity provider says or by a password and a code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from domain.ids import OrganisationId, PersonId, UnitId
from domain.viewer import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What the members of a group at the identity provider may do here."""

    group: str
    organisation: OrganisationId
    units: tuple[UnitId, ...] = ()
    roles: tuple[Role, ...] = (Role.unit_member,)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings:
    """An identity provider that speaks OpenID Connect, such as Entra ID."""

    issuer: str
    client_id: str
    #: The name of the client's secret; empty: a public client, which PKCE alone protects.
    secret: str = ""
    #: What the sign-in page calls the account, such as "Exempelby kommuns konto".
    label: str = "Organisationens konto"
    scope: str = "openid profile email"
    #: The claims that hold the groups, the name colleagues see, and the name of the account.
    groups_claim: str = "groups"
    name_claim: str = "name"
    login_claim: str = "preferred_username"
    timeout_seconds: float = 10.0
    members: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """How long one stays signed in, and who needs a code beside the password."""

    #: A session ends when nobody has asked for a page for this long.
    idle: timedelta = timedelta(hours=2)
    #: A session ends after this, in use or not: one working day.
    longest: timedelta = timedelta(hours=12)
    #: The name of the secret that the keys of people's codes are locked with; empty: nobody uses codes.
    code_secret: str = ""
    #: Who must use a code beside the password.
    code_for: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one visit to the identity provider is bound to; none of it is used twice."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    #: PKCE's secret, which never leaves us before the code comes back. Source: RFC 7636.
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as the identity provider has signed."""

    #: Never used again for somebody else, unlike names and addresses.
    subject: str
    login: str
    name: str
    groups: frozenset[str]


class NotIdentified(Exception):
    """The identity provider does not say who this is; the sentence is for the log, not for the page."""


_ENTRA_CODE = re.compile(r"AADSTS[0-9]{4,9}\b")


def entra_code(said: str) -> str:
    """Return the number that Entra ID gives a fault; empty: none. The sentence after it may name a person.

    >>> entra_code("AADSTS7000222: The provided client secret keys for bo@exempelby.example are expired.")
    'AADSTS7000222'
    """
    found = _ENTRA_CODE.match(said)
    return found[0] if found else ""


class IdentityProvider(Protocol):
    """Somebody who knows people."""

    def address(self, attempt: Attempt, back_to: str) -> str:
        """Return where the browser goes to sign in. Raises Unreachable when the provider does not answer."""
        ...

    def identify(self, code: str, attempt: Attempt, back_to: str) -> Identity:
        """Return who came back with a code.

        Raises:
            NotIdentified: the code, or what it was exchanged for, is not to be believed.
            Unreachable: the provider does not answer.
        """
        ...

    def sign_out_address(self, back_to: str) -> str:
        """Return where one signs out at the provider too; empty when it has no such place, or does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do here."""

    organisation: OrganisationId
    units: frozenset[UnitId]
    roles: frozenset[Role]
    #: Who of the configuration's people it is, for managers; None: none of them.
    person: PersonId | None = None


def rights_of(identity: Identity, settings: IdentitySettings) -> Rights | None:
    """Return what the groups together give; None: none of them gives anything.

    Groups of more than one organisation do not add up: the first in the settings decides which organisation, for
    organisations do not see each other (P12).
    """
    mine = [each for each in settings.members if each.group in identity.groups]
    if not mine:
        return None
    organisation = mine[0].organisation
    return _together(organisation, [each for each in mine if each.organisation == organisation])


def may_be_given(rights: Rights, settings: IdentitySettings) -> bool:
    """Return whether the settings still give such rights to somebody, whatever groups the provider says now.

    >>> member = Membership(group="a", organisation=OrganisationId("o"), roles=(Role.agent,))
    >>> settings = IdentitySettings(issuer="", client_id="", members=(member,))
    >>> [
    ...     may_be_given(Rights(member.organisation, frozenset(), frozenset({role})), settings)
    ...     for role in (Role.agent, Role.lead)
    ... ]
    [True, False]
    """
    within = [
        each
        for each in settings.members
        if each.organisation == rights.organisation and rights.units.issuperset(each.units)
        and rights.roles.issuperset(each.roles)
    ]  # fmt: skip
    # No membership gives nothing at all: without any, nobody is let in.
    return bool(within) and _together(rights.organisation, within) == replace(rights, person=None)


def _together(organisation: OrganisationId, members: Sequence[Membership]) -> Rights:
    return Rights(
        organisation,
        frozenset(unit for each in members for unit in each.units),
        frozenset(role for each in members for role in each.roles),
    )
