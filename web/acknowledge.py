"""The page that an alert's signed link opens: it shows what the alert is about, and its button acknowledges.

Nobody signs in here. To open it changes nothing, because mail scanners follow links; the button may do nothing else.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.alerting import Acknowledgement, Call
from domain.errors import BadInput
from domain.finding import Finding
from domain.open_time import local_date
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.acknowledge import LONGEST_REASON, acknowledge, acknowledged_by, may_acknowledge, take_call
from pipeline.alert_link import PATH, AlertLink, read
from store.acknowledgements import list_acknowledged
from store.calls import get_call
from store.findings import get_finding
from web.account_rows import FINDINGS
from web.auth import find_visitor, remember
from web.csrf import csrf_token
from web.form import Form
from web.language_choice import chosen_words
from web.names import account_name, unit_name
from web.redirects import see_other
from web.rendering import render_page
from web.shell import plain_shell
from web.surroundings import Surroundings, surroundings_of
from web.times import ShownTime, shown_time
from web.words import Words

#: What stands in the form until the reader chooses: long enough to mend most things.
SUGGESTED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who opened which link, when."""

    surroundings: Surroundings
    site: Site
    link: AlertLink
    token: str
    now: datetime
    words: Words


def show_alert_link(request: Request) -> Response:
    """Show what the alert is about, with the form that acknowledges. Changes nothing."""
    asked = _asked(request)
    return _gone(request) if asked is None else _page(request, asked)


def take_alert_link(request: Request, form: Form) -> Response:
    """Acknowledge the finding, or take the ticket; then show the page anew."""
    asked = _asked(request)
    if asked is None:
        return _gone(request)
    by = acknowledged_by(asked.site, asked.link.reader)
    if asked.link.call is not None:
        try:
            take_call(asked.surroundings.database, asked.link.call, by, asked.now)
        except KeyError:
            return _gone(request)
        return see_other(f"{PATH}/{asked.token}")
    reason, until = form.get("reason", "").strip(), date_of(form.get("until", ""))
    fault = fault_of(asked.site, asked.now, asked.words, reason, until)
    if fault or until is None:
        return _page(request, asked, fault=fault, reason=reason, until=form.get("until", ""), status=400)
    assert asked.link.finding is not None
    said = Acknowledgement(finding=asked.link.finding, by=by, reason=reason, at=asked.now, until=until)
    try:
        acknowledge(asked.surroundings.database, asked.site, said)
    except KeyError:
        return _gone(request)
    except BadInput:
        # It ended meanwhile; the page says so.
        return _page(request, asked)
    return see_other(f"{PATH}/{asked.token}")


def _asked(request: Request) -> _Asked | None:
    """Return the link that was opened; None when it does not hold."""
    surroundings, token = surroundings_of(request), request.path_params["token"]
    site, now = surroundings.site(), surroundings.clock.now()
    key = surroundings.link_key(site)
    link = read(token, key, now) if key else None
    if link is None or not may_acknowledge(site, link.reader, now):
        return None
    return _Asked(surroundings, site, link, token, now, chosen_words(request))


def _gone(request: Request) -> Response:
    words = chosen_words(request)
    return _rendered(request, "alert_link_gone.html", words, status=410)


def _page(
    request: Request, asked: _Asked, *, fault: str = "", reason: str = "", until: str = "", status: int = 200
) -> Response:
    found = _known(asked)
    if found is None:
        return _gone(request)
    if isinstance(found, Call):
        return _rendered(
            request, "take_call.html", asked.words, status=status, token=asked.token, **_call(asked, found)
        )
    today = local_date(asked.now)
    latest = local_date(asked.now + asked.site.alerts.quiet_at_most)
    return _rendered(
        request, "acknowledge.html", asked.words, status=status, token=asked.token, fault=fault, reason=reason,
        until=until or min(today + SUGGESTED, latest).isoformat(), first=today.isoformat(), last=latest.isoformat(),
        longest=LONGEST_REASON, **_finding(asked, found),
    )  # fmt: skip


def _known(asked: _Asked) -> Finding | Call | None:
    """Return what the link is about; the link itself is the right to see it."""
    try:
        with asked.surroundings.database.read() as connection:
            if asked.link.call is not None:
                return get_call(connection, MACHINE, asked.link.call)
            assert asked.link.finding is not None
            return get_finding(connection, MACHINE, asked.link.finding)
    except KeyError:
        return None


def _finding(asked: _Asked, finding: Finding) -> dict[str, Any]:
    with asked.surroundings.database.read() as connection:
        said = list_acknowledged(connection, MACHINE, [finding.id]).get(finding.id)
    account = next((each for each in asked.site.accounts if each.id == finding.account), None)
    if account is None:
        raise HTTPException(404)
    words = asked.words
    holds = said is not None and local_date(asked.now) <= said.until
    return {
        "title": words.gettext(FINDINGS[finding.kind]),
        "account": account,
        "unit": unit_name(asked.site, account.unit),
        "evidence": finding.evidence,
        "since": shown_time(finding.opened_at, words),
        "closed": shown_time(finding.closed_at, words) if finding.closed_at else None,
        "said": said if holds else None,
        "said_at": shown_time(said.at, words) if said else None,
    }


def _call(asked: _Asked, call: Call) -> dict[str, Any]:
    ended: ShownTime | None = shown_time(call.ended_at, asked.words) if call.ended_at else None
    return {
        "number": call.number,
        "unit": unit_name(asked.site, call.unit),
        "account_name": account_name(asked.site, call.account),
        "arrived": shown_time(call.arrived_at, asked.words),
        "ticket": call.ticket,
        "ended": ended,
        "is_mine": call.ended_by == acknowledged_by(asked.site, asked.link.reader),
    }


def fault_of(site: Site, now: datetime, words: Words, reason: str, until: date | None) -> str:
    """Return what is wrong with what somebody wrote into the form of an acknowledgement; empty: nothing."""
    if not reason:
        return words.gettext("Skriv varför det kan vänta.")
    if len(reason) > LONGEST_REASON:
        return words.gettext("Skriv kortare: högst %(count)s tecken.") % {"count": LONGEST_REASON}
    if until is None or not local_date(now) <= until <= local_date(now + site.alerts.quiet_at_most):
        return words.gettext("Välj en dag mellan i dag och den sista som går att välja.")
    return ""


def date_of(text: str) -> date | None:
    """Return the date that a browser sends; None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rendered(request: Request, template: str, words: Words, *, status: int, **values: Any) -> Response:
    visitor = find_visitor(request, active=False)
    shell = plain_shell(request, csrf_token(visitor.secret), surroundings_of(request).site().name)
    response = render_page(template, words, status=status, shell=shell, **values)
    response.headers["x-robots-tag"] = "noindex"
    remember(request, response, visitor)
    return response
