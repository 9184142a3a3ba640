"""The public contact pages: how reading each went, and which addresses stand there."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from domain.ids import OrganisationId
from domain.publishing import ReadPage, Shown
from domain.viewer import Viewer
from store.leases import upsert
from store.schema import read_pages, shown_addresses
from store.visibility import sees_organisation


def set_read_page(connection: sa.Connection, page: ReadPage) -> None:
    """Note how a visit to a page went."""
    values = {
        "tried_at": page.tried_at, "read_at": page.read_at, "etag": page.etag,
        "modified": page.modified, "failure": page.failure,
    }  # fmt: skip
    connection.execute(
        upsert(connection, read_pages)
        .values(organisation_id=page.organisation, url=page.url, **values)
        .on_conflict_do_update(index_elements=[read_pages.c.organisation_id, read_pages.c.url], set_=values)
    )


def set_shown(
    connection: sa.Connection, organisation: OrganisationId, page: str, addresses: Collection[str], at: datetime
) -> None:
    """Note that these addresses stand on a page now; the first time that each was seen stays."""
    if addresses:
        connection.execute(
            upsert(connection, shown_addresses)
            .values(
                [
                    {"page": page, "address": address, "organisation_id": organisation, "first_seen_at": at,
                     "last_seen_at": at}
                    for address in sorted(addresses)
                ]
            )
            .on_conflict_do_update(
                index_elements=[
                    shown_addresses.c.organisation_id, shown_addresses.c.page, shown_addresses.c.address
                ],
                set_={"last_seen_at": at},
            )
        )  # fmt: skip


def keep_shown(
    connection: sa.Connection, organisation: OrganisationId, page: str, before: datetime, at: datetime
) -> None:
    """Note that what stood on a page when it was read before stands there still: nothing has changed."""
    stood = (
        shown_addresses.c.organisation_id == organisation,
        shown_addresses.c.page == page,
        shown_addresses.c.last_seen_at >= before,
    )
    connection.execute(shown_addresses.update().where(*stood).values(last_seen_at=at))


def list_read_pages(connection: sa.Connection, viewer: Viewer) -> tuple[ReadPage, ...]:
    """Return every page that anybody ever tried to read."""
    query = (
        sa.select(read_pages)
        .where(sees_organisation(viewer, read_pages))
        .order_by(read_pages.c.url, read_pages.c.organisation_id)
    )
    return tuple(
        ReadPage(
            organisation=row["organisation_id"], url=row["url"], tried_at=row["tried_at"], read_at=row["read_at"],
            etag=row["etag"], modified=row["modified"], failure=row["failure"],
        )
        for row in connection.execute(query).mappings()
    )  # fmt: skip


def list_shown(
    connection: sa.Connection, viewer: Viewer, addresses: Collection[str] | None = None
) -> tuple[Shown, ...]:
    """Return what stands on the pages as they were read last, of some addresses or of all."""
    query = (
        sa.select(shown_addresses)
        .join(
            read_pages,
            sa.and_(
                read_pages.c.organisation_id == shown_addresses.c.organisation_id,
                read_pages.c.url == shown_addresses.c.page,
            ),
        )
        .where(shown_addresses.c.last_seen_at >= read_pages.c.read_at, sees_organisation(viewer, shown_addresses))
        .order_by(shown_addresses.c.page, shown_addresses.c.address)
    )
    if addresses is not None:
        query = query.where(shown_addresses.c.address.in_(sorted(addresses)))
    return tuple(
        Shown(
            organisation=row["organisation_id"], page=row["page"], address=row["address"],
            first_seen_at=row["first_seen_at"], last_seen_at=row["last_seen_at"],
        )
        for row in connection.execute(query).mappings()
    )  # fmt: skip
