"""Shell: what stands around every page, the same for all of them."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from domain.account_rights import may_see_account, may_see_figures
from domain.site import Site
from domain.viewer import Role, Viewer
from store.database import Connection
from store.menu import MenuNumbers, count_for_menu
from store.users import User
from web.language_choice import chosen_words
from web.names import unit_name
from web.redirects import asked_path
from web.words import LANGUAGES, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame of a page."""

    #: Where the language form comes back to.
    path: str
    language: str
    languages: dict[str, str]
    csrf: str
    #: The municipality's name; empty on pages that must not ask for it.
    site_name: str = ""
    #: Empty: nobody is signed in.
    user: str = ""
    units: tuple[str, ...] = ()
    is_demo: bool = False
    counts: MenuNumbers | None = None
    #: Whether single keys do anything.
    uses_keys: bool = True
    #: Whether the page of statistics stands in the menu, and that of what a manager answers for.
    sees_figures: bool = False
    sees_overview: bool = False
    #: Since when a part of the work stands still; empty: all goes on.
    stalled_since: str = ""


def read_counts(connection: Connection, viewer: Viewer, site: Site, now: datetime) -> MenuNumbers:
    """Return the numbers in the menu; of findings those about the accounts of the viewer's register."""
    seen = [each.id for each in site.accounts if may_see_account(site, viewer, each)]
    return count_for_menu(connection, viewer, now, accounts=seen)


def plain_shell(request: Request, csrf: str, site_name: str = "") -> Shell:
    """Return the frame for somebody who is not signed in; without a token it offers no forms."""
    words = chosen_words(request)
    return Shell(path=_path(request), language=words.language, languages=LANGUAGES, csrf=csrf, site_name=site_name)


def shell_of(
    request: Request,
    user: User,
    words: Words,
    site: Site,
    counts: MenuNumbers,
    *,
    csrf: str,
    is_demo: bool,
    stalled_since: str = "",
) -> Shell:
    """Return the frame for a signed-in user."""
    return Shell(
        path=_path(request),
        language=words.language,
        languages=LANGUAGES,
        csrf=csrf,
        site_name=site.name,
        user=user.display_name,
        units=tuple(sorted(unit_name(site, unit) for unit in user.units)),
        is_demo=is_demo,
        counts=counts,
        uses_keys=user.uses_keys,
        sees_figures=may_see_figures(user.viewer),
        sees_overview=Role.manager in user.roles,
        stalled_since=stalled_since,
    )


def _path(request: Request) -> str:
    return asked_path(request) if request.method == "GET" else ""
