"""Alert links: a signed address by which a reader of an alert may acknowledge, and nothing else.

It is bound to one finding, or one ticket that is called about, and to one person; it ends. What it opens changes
nothing: mail scanners follow links.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer

from domain.errors import BadInput
from domain.ids import FindingId, TicketId
from domain.site import Site

log = logging.getLogger(__name__)

#: Keeps these signatures apart from any other made with the same key.
_SALT = "svarsvakt alert link"

#: Where links lead, below the address of the pages.
PATH = "/kvittera"

#: The shortest key that is taken.
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLink:
    """What a link lets one person do: acknowledge one of these two."""

    #: The reader's address or number.
    reader: str
    expires_at: datetime
    finding: FindingId | None = None
    #: The ticket that is called about.
    call: TicketId | None = None


def sign(link: AlertLink, key: str) -> str:
    """Return the token of a link. Raises BadInput for a key that is too short."""
    until = int(link.expires_at.timestamp())
    return str(_serializer(key).dumps([link.finding or 0, link.call or 0, link.reader, until]))


def read(token: str, key: str, now: datetime) -> AlertLink | None:
    """Return the link of a token; None when it was not signed with this key, or has ended.

    Raises:
        BadInput: the key is too short.
    """
    try:
        finding, call, reader, until = _serializer(key).loads(token)
    except (BadSignature, ValueError):
        return None
    link = AlertLink(
        reader=reader,
        expires_at=datetime.fromtimestamp(until, UTC),
        finding=FindingId(finding) if finding else None,
        call=TicketId(call) if call else None,
    )
    return link if now < link.expires_at else None


@dataclass(frozen=True, slots=True)
class Links:
    """Writes addresses for readers of alerts; empty ones where the site names no address or no key."""

    site: Site
    key: str
    now: datetime

    def finding(self, id: FindingId, reader: str) -> str:
        """Return the address of a finding's page for a reader."""
        return self._address(AlertLink(reader=reader, expires_at=self._expires_at, finding=id))

    def call(self, id: TicketId, reader: str) -> str:
        """Return the address by which a reader says that they take a ticket."""
        return self._address(AlertLink(reader=reader, expires_at=self._expires_at, call=id))

    @property
    def _expires_at(self) -> datetime:
        return self.now + self.site.alerts.link_lasts

    def _address(self, link: AlertLink) -> str:
        page = self.site.public_address
        return f"{page}{PATH}/{sign(link, self.key)}" if page and self.key else ""


def find_key(secret: Callable[[str], str], site: Site) -> str:
    """Return the key that links are signed with; empty when the site names none, or it is missing or too short.

    Alerts go without links then: that they arrive counts more. `svarsvakt check` tells of it.
    """
    if not site.alerts.link_secret:
        return ""
    try:
        key = secret(site.alerts.link_secret)
        _serializer(key)
    except BadInput as fault:
        log.warning("alerts carry no links: %s", fault)
        return ""
    return key


def _serializer(key: str) -> URLSafeSerializer:
    if len(key) < SHORTEST_KEY:
        raise BadInput(f"the key of alert links is too short: use at least {SHORTEST_KEY} random characters")
    return URLSafeSerializer(key, salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})
