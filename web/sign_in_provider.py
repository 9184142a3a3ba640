"""Signing in with the organisation's account: away to the identity provider, and back."""

import hmac
import logging
import secrets
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import BadInput, Unreachable
from domain.ids import OrganisationId, PersonId
from domain.signing_in import Attempt, Identity, IdentityProvider, NotIdentified, Rights, entra_code, rights_of
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.let_go import let_go
from store import events
from store.database import Connection
from store.sessions import close_sessions
from store.sign_ins import LASTS, Begun, keep_attempt, take_attempt
from store.users import User, add_user, adopt_user, find_user_by_subject
from web.auth import digest_of, sign_in
from web.cookies import BEGUN, drop_cookie, get_cookie, set_cookie
from web.event_words import PROVIDER
from web.form import Form
from web.language_choice import chosen_words
from web.redirects import SIGN_IN, own_path, see_other
from web.sign_in import sign_in_form
from web.surroundings import Surroundings, surroundings_of
from web.words import mark

log = logging.getLogger(__name__)

#: Where the provider sends people back to: it stands in the provider's own settings.
BACK = "/logga-in/tillbaka"

#: No address of ours is longer: whoever is not signed in yet fills no table.
LONGEST_NEXT = 2000

AWAY = mark("Organisationens inloggning svarar inte just nu. Försök igen om en stund.")
STOPPED = mark("Inloggningen avbröts. Försök igen, eller logga in med användarnamn och lösenord.")
TOO_LATE = mark("Inloggningen tog för lång tid eller började i ett annat fönster. Försök igen.")
NOT_BELIEVED = mark("Svaret från organisationens inloggning kunde inte godtas. Försök igen, och säg annars till den som sköter Svarsvakt.")  # fmt: skip # noqa: E501
NO_RIGHTS = mark("Ditt konto har ingen behörighet i Svarsvakt. Vänd dig till den som sköter Svarsvakt hos er.")


class Refused(Exception):
    """Nobody is signed in; the sentence is for the page."""

    def __init__(self, sentence: str, status: int = 403) -> None:
        """Keep the sentence, not translated yet, and the answer's status."""
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


def go_to_provider(request: Request) -> Response:
    """Send the browser to the identity provider, with what the way back is bound to."""
    surroundings, token = surroundings_of(request), secrets.token_urlsafe(32)
    site = surroundings.site()
    provider = surroundings.provider(site)
    if provider is None:
        return see_other(SIGN_IN)
    attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    try:
        address = provider.address(attempt, _back_to(request, site, BACK))
    except (Unreachable, BadInput) as error:
        log.warning("%s", error)
        return _refused(request, Refused(AWAY, 503))
    begun = Begun(attempt, own_path(request.query_params.get("next", "")[:LONGEST_NEXT]))
    with surroundings.database.write() as connection:
        keep_attempt(connection, digest_of(token), begun, surroundings.clock.now())
    response = RedirectResponse(address, status_code=303)
    set_cookie(request, response, BEGUN, token, lasts=LASTS)
    return response


def come_back(request: Request) -> Response:
    """Sign in whoever the identity provider says it is."""
    surroundings = surroundings_of(request)
    site = surroundings.site()
    provider = surroundings.provider(site)
    if provider is None:
        return see_other(SIGN_IN)
    try:
        begun = _begun(request)
        identity = _identify(request, site, provider, begun)
        user = _user_of(surroundings, site, identity)
    except Refused as error:
        response = _refused(request, error)
        drop_cookie(request, response, BEGUN)
        return response
    response = see_other(begun.next)
    sign_in(request, response, user, by_provider=True)
    drop_cookie(request, response, BEGUN)
    return response


def end_at_provider(request: Request, _form: Form) -> Response:
    """Send whoever has signed out here on to sign out at the identity provider too.

    Not by a redirect: a form of ours leads nowhere else (`form-action 'self'`), and a provider goes over many hosts.
    """
    surroundings = surroundings_of(request)
    site = surroundings.site()
    provider = surroundings.provider(site)
    address = provider.sign_out_address(_back_to(request, site, SIGN_IN)) if provider else ""
    if not address:
        return see_other(SIGN_IN)
    response = sign_in_form(request, leaving=address)
    response.headers["refresh"] = f"0; url={address}"
    return response


def _begun(request: Request) -> Begun:
    """Return what this browser's visit to the provider was bound to; it is used up."""
    surroundings, query = surroundings_of(request), request.query_params
    with surroundings.database.write() as connection:
        token = get_cookie(request, BEGUN)
        begun = take_attempt(connection, digest_of(token), surroundings.clock.now()) if token else None
    if begun is None or not hmac.compare_digest(begun.attempt.state.encode(), query.get("state", "").encode()):
        raise Refused(TOO_LATE, 400)
    return begun


def _identify(request: Request, site: Site, provider: IdentityProvider, begun: Begun) -> Identity:
    code = request.query_params.get("code", "")
    if not code:
        said = request.query_params
        log.warning(
            "the identity provider signed nobody in: %.50r %s", said.get("error", ""),
            entra_code(said.get("error_description", "")),
        )  # fmt: skip
        raise Refused(STOPPED)
    try:
        return provider.identify(code, begun.attempt, _back_to(request, site, BACK))
    except (Unreachable, BadInput) as error:
        log.warning("%s", error)
        raise Refused(AWAY, 503) from None
    except NotIdentified as error:
        log.warning("%s", error)
        raise Refused(NOT_BELIEVED) from None


def _user_of(surroundings: Surroundings, site: Site, identity: Identity) -> User:
    """Return who this is here: made at the first sign-in, with the rights that the groups give today."""
    rights = None if site.identity is None else rights_of(identity, site.identity)
    if rights is None:
        raise Refused(NO_RIGHTS)
    rights = replace(rights, person=_person_of(site, identity, rights.organisation))
    with surroundings.database.write() as connection:
        known = find_user_by_subject(connection, MACHINE, identity.subject)
        if known is None and not _add(surroundings, connection, identity, rights):
            known = _added_meanwhile(connection, identity)
        if known is not None:
            _adopt(surroundings, connection, known, identity, rights)
        user = find_user_by_subject(connection, MACHINE, identity.subject)
    assert user is not None  # it was added or adopted in the same transaction
    return user


def _person_of(site: Site, identity: Identity, organisation: OrganisationId) -> PersonId | None:
    """Return who of the configuration's people bears the account's name as an address in the organisation's domains."""
    if identity.login.rpartition("@")[2] not in {each.lower() for each in site.organisation(organisation).domains}:
        return None
    return next((each.id for each in site.people if each.email.lower() == identity.login), None)


def _adopt(surroundings: Surroundings, connection: Connection, known: User, identity: Identity, rights: Rights) -> None:
    if known.is_closed:
        raise Refused(NO_RIGHTS)
    adopt_user(connection, known.id, display_name=identity.name, rights=rights)
    if rights.organisation != known.organisation:
        # What is open elsewhere was opened in the other organisation.
        close_sessions(connection, known.id)
    now_is = replace(known, organisation=rights.organisation, units=rights.units, roles=rights.roles)
    let_go(connection, known.id, sees=now_is.viewer, at=surroundings.clock.now(), actor=PROVIDER)
    if rights != Rights(known.organisation, known.units, known.roles, known.person):
        events.append(
            connection, "rights_changed", at=surroundings.clock.now(), organisation=rights.organisation,
            actor=PROVIDER, user=known.name,
        )  # fmt: skip


def _add(surroundings: Surroundings, connection: Connection, identity: Identity, rights: Rights) -> bool:
    """Add who signs in for the first time; return False where somebody has the name, or it is too long."""
    try:
        add_user(
            connection, organisation=rights.organisation, name=identity.login, display_name=identity.name,
            password_hash="", person=rights.person, units=rights.units, roles=rights.roles, at=surroundings.clock.now(),
            subject=identity.subject,
        )  # fmt: skip
    except BadInput:
        return False
    events.append(
        connection, "user_added", at=surroundings.clock.now(), organisation=rights.organisation,
        actor=PROVIDER, user=identity.login,
    )  # fmt: skip
    return True


def _added_meanwhile(connection: Connection, identity: Identity) -> User:
    """Return who signs in for the first time in two windows at once. Raises Refused where a local account has it."""
    known = find_user_by_subject(connection, MACHINE, identity.subject)
    if known is None:
        # Somebody's local account is never taken over by whoever bears the same name elsewhere.
        log.warning("the identity provider's account has the name of a local account, or one too long: rename that one")
        raise Refused(NO_RIGHTS)
    return known


def _refused(request: Request, error: Refused) -> Response:
    return sign_in_form(request, fault=chosen_words(request).gettext(error.sentence), status=error.status)


def _back_to(request: Request, site: Site, path: str) -> str:
    return f"{(site.public_address or str(request.base_url)).rstrip('/')}{path}"
