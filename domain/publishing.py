"""Publishing: the public pages that show our addresses, how they are read, and what was seen there (R62)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ids import OrganisationId


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSettings:
    """How the public contact pages are read: seldom, one at a time, and only those that are named."""

    every: timedelta = timedelta(days=1)
    #: Between two pages of one host; a longer one that its robots.txt asks for holds.
    delay: timedelta = timedelta(seconds=2)
    #: Whom the pages' owner can write to; stands in the User-Agent. Empty: the administrator.
    contact: str = ""
    #: For the whole of a page.
    timeout_seconds: float = 20.0
    #: A longer page is not read.
    most_bytes: int = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """How the last visits to a public page went."""

    organisation: OrganisationId
    url: str
    tried_at: datetime
    #: The last visit that went well; None: none has.
    read_at: datetime | None = None
    #: What the server wants to be shown, to say that nothing has changed.
    etag: str = ""
    modified: str = ""
    #: Why the last visit went ill; empty: it went well.
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An address that stands, or stood, on a public page."""

    organisation: OrganisationId
    page: str
    #: An e-mail address in lower case, or a number in E.164.
    address: str
    first_seen_at: datetime
    last_seen_at: datetime
