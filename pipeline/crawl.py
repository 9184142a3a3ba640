"""Crawl: read the public contact pages, once a day, and keep which addresses stand there (R62).

Reads: the configured pages on the web, politely; how each was read before.
Writes: how reading each page went, the addresses that it shows.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.shown_addresses import shown_addresses
from connectors.web_page import Content, PageReader
from domain.errors import Unreachable
from domain.facts import Publication
from domain.ids import AccountId, OrganisationId
from domain.protocols import Step
from domain.publishing import ReadPage
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.database import Connection
from store.leases import claim_lease, list_live, release_lease
from store.published import keep_shown, list_read_pages, list_shown, set_read_page, set_shown

log = logging.getLogger(__name__)

#: Longer than any page takes, with the wait before it.
LEASE = timedelta(minutes=5)
_NAME = "crawl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """How reading one page went."""

    page: str
    organisation: OrganisationId
    #: Addresses that it shows.
    shown: int = 0
    #: True: the server says that nothing has changed.
    unchanged: bool = False
    #: Why it could not be read; empty: it could.
    problem: str = ""


MakeReader = Callable[[Site], PageReader]


def crawl(runtime: Runtime, *, every_page: bool = False, make_reader: MakeReader | None = None) -> Iterator[Crawled]:
    """Read the pages that are due, and yield how each went; nothing while another process reads.

    Args:
        runtime: the surroundings.
        every_page: also those that were read lately.
        make_reader: gives what reads pages; None: the real one.
    """
    site = runtime.site()
    due = list(_due(runtime, site, every_page=every_page))
    if not due:
        return
    with closing((make_reader or _reader)(site)) as reader:
        for page in due:
            if not _is_alone(runtime):
                return
            yield _visit(runtime, reader, page)
    with runtime.database.write() as connection:
        release_lease(connection, _NAME, runtime.worker())
    runtime.bell.ring(Step.watch)


def is_due(runtime: Runtime) -> bool:
    """Ask whether a page is due that nobody reads at the moment."""
    site = runtime.site()
    if not any(each.contact_pages for each in site.organisations):
        return False
    with runtime.database.read() as connection:
        is_read = _NAME in list_live(connection, MACHINE)
    return not is_read and any(_due(runtime, site, every_page=False))


def crawl_due(runtime: Runtime) -> int:
    """Read the pages that are due; return how many were read."""
    return sum(not page.problem for page in crawl(runtime))


def publications(connection: Connection, site: Site) -> dict[AccountId, Publication]:
    """Return what the pages say of each account's address, of organisations whose pages were all read once."""
    pages = {(each.organisation, each.url): each for each in list_read_pages(connection, MACHINE)}
    on: dict[tuple[OrganisationId, str], list[str]] = {}
    for shown in list_shown(connection, MACHINE):
        on.setdefault((shown.organisation, shown.address), []).append(shown.page)
    found = {}
    for organisation in site.organisations:
        read = [pages.get((organisation.id, url)) for url in organisation.contact_pages]
        times = [page.read_at for page in read if page is not None and page.read_at is not None]
        if not read or len(times) < len(read):
            continue
        failing = tuple(page.url for page in read if page is not None and page.failure)
        own = [each for each in site.accounts if each.organisation == organisation.id and each.is_shown_as_address]
        for account in own:
            named = on.get((organisation.id, account.address), [])
            standing = tuple(page for page in named if page in organisation.contact_pages)
            found[account.id] = Publication(read_at=min(times), pages=standing, failing=failing)
    return found


def _due(runtime: Runtime, site: Site, *, every_page: bool) -> Iterator[ReadPage]:
    """Yield the configured pages that were not tried lately, with how they were read before."""
    now = runtime.now
    with runtime.database.read() as connection:
        known = {(each.organisation, each.url): each for each in list_read_pages(connection, MACHINE)}
    for organisation in site.organisations:
        for url in organisation.contact_pages:
            page = known.get((organisation.id, url))
            if page is None:
                yield ReadPage(organisation=organisation.id, url=url, tried_at=now)
            elif every_page or now - page.tried_at >= site.crawl.every:
                yield page


def _is_alone(runtime: Runtime) -> bool:
    with runtime.database.write() as connection:
        return claim_lease(connection, _NAME, runtime.worker(), LEASE)


def _visit(runtime: Runtime, reader: PageReader, page: ReadPage) -> Crawled:
    """Read a page and keep what it shows; one that fails, in whatever way, holds back no other."""
    try:
        content = reader.read(page.url, etag=page.etag, modified=page.modified)
        addresses = shown_addresses(content.html or "")
    except Unreachable as error:
        problem = str(error)
        if error.step == "page" and page.read_at is None:
            # It is gone, and never showed anything: that is known of it, and the other pages need not wait for it.
            page = replace(page, read_at=runtime.now)
    except Exception as error:
        log.exception("a contact page could not be read in a way nobody foresaw")
        why = f"in a way nobody foresaw ({type(error).__name__}): tell whoever runs Svarsvakt"
        problem = f"{page.url} could not be read {why}"
    else:
        return _store(runtime, page, content, addresses)
    with runtime.database.write() as connection:
        set_read_page(connection, replace(page, tried_at=runtime.now, failure=problem))
    return Crawled(page=page.url, organisation=page.organisation, problem=problem)


def _store(runtime: Runtime, page: ReadPage, content: Content, addresses: frozenset[str]) -> Crawled:
    now = runtime.now
    unchanged = content.html is None and page.read_at is not None
    with runtime.database.write() as connection:
        if unchanged and page.read_at is not None:
            keep_shown(connection, page.organisation, page.url, page.read_at, now)
        else:
            set_shown(connection, page.organisation, page.url, addresses, now)
        read = replace(page, tried_at=now, read_at=now, etag=content.etag, modified=content.modified, failure="")
        set_read_page(connection, read)
        own = (page.organisation, page.url)
        shown = sum((each.organisation, each.page) == own for each in list_shown(connection, MACHINE))
    return Crawled(page=page.url, organisation=page.organisation, shown=shown, unchanged=unchanged)


def _reader(site: Site) -> PageReader:
    return PageReader(site.crawl, site.crawl.contact or site.administrator)
