"""The tables of site.toml about signing in."""

from pydantic import Field

from domain.ids import OrganisationId, UnitId
from domain.signing_in import IdentitySettings, Membership, SignInSettings
from domain.viewer import Role
from settings.fields import Duration, Https, Id, OneOrMany, SecretName, Table, Text

_IDENTITY = IdentitySettings(issuer="", client_id="")
_SIGN_IN = SignInSettings()


class MembershipTable(Table):
    """What the members of a group may do here."""

    group: Text
    organisation: Id
    units: OneOrMany[Id] = ()
    roles: tuple[Role, ...] = Field(default=(Role.unit_member,), min_length=1)

    def to_domain(self) -> Membership:
        """Return the membership."""
        return Membership(
            group=self.group,
            organisation=OrganisationId(self.organisation),
            units=tuple(UnitId(unit) for unit in self.units),
            roles=self.roles,
        )


class IdentityTable(Table):
    """An identity provider that speaks OpenID Connect."""

    issuer: Https
    client_id: Text
    secret: SecretName | None = None
    label: Text = _IDENTITY.label
    scope: Text = _IDENTITY.scope
    groups_claim: Text = _IDENTITY.groups_claim
    name_claim: Text = _IDENTITY.name_claim
    login_claim: Text = _IDENTITY.login_claim
    timeout_seconds: float = Field(default=_IDENTITY.timeout_seconds, gt=0)
    members: tuple[MembershipTable, ...] = Field(min_length=1)

    def to_domain(self) -> IdentitySettings:
        """Return the provider."""
        changed = {"secret": self.secret or "", "members": tuple(each.to_domain() for each in self.members)}
        return IdentitySettings(**{**dict(self), **changed})


class SignInTable(Table):
    """How long one stays signed in, and who needs a code."""

    idle: Duration = _SIGN_IN.idle
    longest: Duration = _SIGN_IN.longest
    code_secret: SecretName | None = None
    code_for: tuple[Role, ...] = _SIGN_IN.code_for

    def to_domain(self) -> SignInSettings:
        """Return the settings."""
        return SignInSettings(**{**dict(self), "code_secret": self.code_secret or ""})
