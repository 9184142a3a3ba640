"""The identity provider of the active configuration, made once for as long as its settings stay."""

from collections.abc import Callable

from connectors.oidc import OidcProvider
from domain.protocols import Clock
from domain.signing_in import IdentityProvider, IdentitySettings
from domain.site import Site


def find_provider(secret: Callable[[str], str], clock: Clock) -> Callable[[Site], IdentityProvider | None]:
    """Return what gives the provider of a configuration; what it has learned of itself is kept."""
    known: dict[IdentitySettings, IdentityProvider] = {}

    def find(site: Site) -> IdentityProvider | None:
        settings = site.identity
        if settings is None:
            return None
        if settings not in known:
            known.clear()
            known[settings] = OidcProvider(settings, secret, clock)
        return known[settings]

    return find


def find_code_secret(secret: Callable[[str], str]) -> Callable[[Site], str]:
    """Return what gives the secret that the keys of people's codes are made with; empty: nobody uses codes."""
    return lambda site: secret(site.sign_in.code_secret) if site.sign_in.code_secret else ""
