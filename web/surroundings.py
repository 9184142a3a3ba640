"""What every page needs from the process that serves it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from starlette.requests import Request

from domain.ids import AccountId
from domain.posted import Posted
from domain.protocols import Clock
from domain.scan import Scanner
from domain.signing_in import IdentityProvider
from domain.site import Site
from pipeline.rule_trial import Trials
from pipeline.webhook import Answered
from store.database import Database
from web.looks import Looks
from web.rate_limit import RateLimit, SharedRateLimit
from web.shared import Shared


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The database, the clock, the active configuration, and what is counted in this process."""

    database: Database
    clock: Clock
    #: Gives the configuration that is active now.
    site: Callable[[], Site]
    #: Whoever comes is signed in as this user; None: everybody signs in.
    demo_user: str | None = None
    #: What who asks for the metrics shows; empty: nobody gets them.
    metrics_token: str = field(default="", repr=False)
    #: Takes what a provider posts to an account's webhook; None: there are none.
    accept: Callable[[str, AccountId, Posted], Answered] | None = None
    #: Says whether a file is harmful; None: nobody is asked.
    scanner: Scanner | None = None
    #: Gives the key that alert links are signed with; empty: none opens anything.
    link_key: Callable[[Site], str] = field(default=lambda _site: "", repr=False)
    #: Gives the secret that the keys of people's codes are made with; empty: nobody uses codes.
    code_secret: Callable[[Site], str] = field(default=lambda _site: "", repr=False)
    #: Gives the identity provider; None: everybody has a local account.
    provider: Callable[[Site], IdentityProvider | None] = lambda _site: None
    #: Where rules are tried on stored messages; None: nowhere.
    trials: Trials | None = None
    #: How often a session in use is written down as such.
    seen: RateLimit = field(default_factory=lambda: RateLimit(1, timedelta(minutes=1)))
    #: What many visitors are shown alike.
    shared: Shared = field(default_factory=Shared)
    #: What streams look at now.
    looks: Looks = field(default_factory=Looks)
    #: Set when the server stops: streams end.
    closing: Event = field(default_factory=Event)

    @property
    def tries_by_name(self) -> SharedRateLimit:
        """Return how often one may try to sign in by one name: guessing one person's password."""
        return SharedRateLimit(self.database, "name", 5, timedelta(minutes=15))

    @property
    def tries_of_codes(self) -> SharedRateLimit:
        """Return how often one person's codes may be tried: apart from names, which whoever passes by types."""
        return SharedRateLimit(self.database, "code", 5, timedelta(minutes=15))

    @property
    def tries_by_address(self) -> SharedRateLimit:
        """Return how often one may try to sign in from one network address: guessing many people's."""
        return SharedRateLimit(self.database, "address", 30, timedelta(minutes=15))


def surroundings_of(request: Request) -> Surroundings:
    """Return the surroundings of the application that got the request."""
    surroundings: Surroundings = request.app.state.surroundings
    return surroundings
