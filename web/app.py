"""The application: every address, and what answers there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from domain.ids import AccountId
from domain.posted import Posted
from domain.protocols import Clock
from domain.scan import Scanner
from domain.signing_in import IdentityProvider
from domain.site import Site
from pipeline.rule_trial import Trials
from pipeline.webhook import Answered
from store.database import Database
from web.account import show_account, take_change
from web.account_acknowledge import take_acknowledgement
from web.accounts import download_accounts, show_account_rows, show_accounts
from web.acknowledge import show_alert_link, take_alert_link
from web.alert import show_alert
from web.beside import take_presence, take_unfinished
from web.error_pages import show_failure, show_refusal
from web.file_form import posted_with_files
from web.form import TEXT_BYTES, posted
from web.headers import SafeHeaders
from web.hooks import take_posted
from web.indicators import download_statistics, show_statistics
from web.keys import take_keys
from web.language_choice import choose
from web.letter import show_letter
from web.log import show_log
from web.look import show_look, take_look
from web.metrics import show_metrics
from web.mine import show_mine, take_mine
from web.original import (
    download_attachment,
    download_file,
    download_original,
    take_attachment,
    take_file,
    take_original,
)
from web.outbox import show_outbox, show_send, take_resume, take_settling
from web.overview import show_overview, show_start
from web.people import show_people, take_person
from web.preview import take_preview
from web.queue import show_queue, show_rows, watch_queue
from web.readiness import show_health, show_readiness
from web.rule_trials import show_progress, show_trial, show_trials, take_stop, take_trial
from web.rules import show_categories, show_category, show_rule, show_rules
from web.saved_views import take_new_view, take_view
from web.search import show_search
from web.sign_in import show_sign_in, take_sign_in, take_sign_out
from web.sign_in_code import show_code, take_code_form
from web.sign_in_provider import come_back, end_at_provider, go_to_provider
from web.surroundings import Surroundings
from web.ticket import show_ticket, take_answer, take_desk, take_hiding, take_undo
from web.try_out import show_try_out, take_try_out
from web.visit import signed_in, signed_in_part

STATIC = Path(__file__).parent / "static"

#: Where htmx stands: a package's data file, never copied into the repository.
HTMX_PACKAGE = ("js_lib_htmx", "static/htmx")

#: The names that a browser on the same machine asks for.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

ROUTES = (
    Route("/", signed_in(show_start)),
    Route("/ko", signed_in(show_queue)),
    Route("/ko/rader", signed_in_part(show_rows)),
    Route("/ko/strom", signed_in_part(watch_queue)),
    Route("/sok", signed_in(show_search)),
    Route("/arende/{id:int}", signed_in(show_ticket)),
    Route("/arende/{id:int}", posted(take_desk, most_bytes=TEXT_BYTES), methods=["POST"]),
    Route("/arende/{id:int}/svara", posted_with_files(take_answer), methods=["POST"]),
    Route("/arende/{id:int}/angra", posted(take_undo), methods=["POST"]),
    Route("/arende/{id:int}/utkast", posted(take_unfinished, most_bytes=TEXT_BYTES), methods=["POST"]),
    Route("/arende/{id:int}/granska", posted(take_preview, most_bytes=TEXT_BYTES), methods=["POST"]),
    Route("/arende/{id:int}/har", posted(take_presence, active=False), methods=["POST"]),
    Route("/arende/{id:int}/dolj", posted(take_hiding), methods=["POST"]),
    Route("/utskick", signed_in(show_outbox)),
    Route("/utskick/slapp", posted(take_resume), methods=["POST"]),
    Route("/utskick/{id:int}", signed_in(show_send)),
    Route("/utskick/{id:int}", posted(take_settling), methods=["POST"]),
    Route("/original/{id:int}", signed_in(download_original)),
    Route("/original/{id:int}", posted(take_original), methods=["POST"]),
    Route("/fil/{id:int}", signed_in(download_file)),
    Route("/fil/{id:int}", posted(take_file), methods=["POST"]),
    Route("/bilaga/{id:int}/{part:int}", signed_in(download_attachment)),
    Route("/bilaga/{id:int}/{part:int}", posted(take_attachment), methods=["POST"]),
    Route("/brev/{id:int}", signed_in(show_letter)),
    Route("/konton", signed_in(show_accounts)),
    Route("/konton/rader", signed_in_part(show_account_rows)),
    Route("/konton/konton.csv", signed_in(download_accounts)),
    Route("/konto/{account}", signed_in(show_account)),
    Route("/konto/{account}", posted(take_change), methods=["POST"]),
    Route("/konto/{account}/kvittera/{id:int}", posted(take_acknowledgement), methods=["POST"]),
    Route("/titta", signed_in(show_look)),
    Route("/titta/{id:int}", posted(take_look), methods=["POST"]),
    Route("/regler", signed_in(show_rules)),
    Route("/regler/{rule}", signed_in(show_rule)),
    Route("/kategorier", signed_in(show_categories)),
    Route("/kategorier/{category}", signed_in(show_category)),
    Route("/prova", signed_in(show_try_out)),
    Route("/prova", posted(take_try_out, most_bytes=TEXT_BYTES), methods=["POST"]),
    Route("/prov", signed_in(show_trials)),
    Route("/prov", posted_with_files(take_trial), methods=["POST"]),
    Route("/prov/{id:int}", signed_in(show_trial)),
    Route("/prov/{id:int}/lage", signed_in_part(show_progress)),
    Route("/prov/{id:int}/stopp", posted(take_stop), methods=["POST"]),
    Route("/statistik", signed_in(show_statistics)),
    Route("/statistik/statistik.csv", signed_in(download_statistics)),
    Route("/kvittera/{token}", show_alert_link),
    Route("/kvittera/{token}", posted(take_alert_link), methods=["POST"]),
    Route("/larm/{id:int}", signed_in(show_alert)),
    Route("/logga-in", show_sign_in),
    Route("/logga-in", posted(take_sign_in), methods=["POST"]),
    Route("/logga-in/kod", show_code),
    Route("/logga-in/kod", posted(take_code_form), methods=["POST"]),
    Route("/logga-in/konto", go_to_provider),
    Route("/logga-in/tillbaka", come_back),
    Route("/logga-in/avsluta", posted(end_at_provider), methods=["POST"]),
    Route("/oversikt", signed_in(show_overview)),
    Route("/logg", signed_in(show_log)),
    Route("/mitt", signed_in(show_mine)),
    Route("/mitt", posted(take_mine), methods=["POST"]),
    Route("/anvandare", signed_in(show_people)),
    Route("/anvandare/{id:int}", posted(take_person), methods=["POST"]),
    Route("/logga-ut", posted(take_sign_out), methods=["POST"]),
    Route("/sprak", posted(choose), methods=["POST"]),
    Route("/vyer", posted(take_new_view), methods=["POST"]),
    Route("/vyer/{id:int}", posted(take_view), methods=["POST"]),
    Route("/tangenter", posted(take_keys), methods=["POST"]),
    Route("/healthz", show_health),
    Route("/readyz", show_readiness),
    Route("/metrics", show_metrics),
)

#: For providers, not for people: what is posted here carries the provider's signature.
HOOKS = (Route("/hooks/{wire}/{account}", take_posted, methods=["GET", "POST"]),)


def make_app(
    *,
    database: Database,
    clock: Clock,
    site: Callable[[], Site],
    demo_user: str | None = None,
    hosts: Sequence[str] = ("*",),
    metrics_token: str = "",
    accept: Callable[[str, AccountId, Posted], Answered] | None = None,
    link_key: Callable[[Site], str] | None = None,
    scanner: Scanner | None = None,
    code_secret: Callable[[Site], str] | None = None,
    provider: Callable[[Site], IdentityProvider | None] | None = None,
    trials: Trials | None = None,
) -> Starlette:
    """Return the application.

    Args:
        database: migrated already.
        clock: where `now` comes from.
        site: gives the configuration that is active now.
        demo_user: the name of the user that every visitor is; None: everybody signs in.
        hosts: the names that are answered to in Host; `*`: any. Where nobody signs in only those of this machine are,
            so that no page elsewhere can read along by giving its own name our address (DNS rebinding).
        metrics_token: what who asks for the metrics shows; empty: nobody gets them.
        link_key: gives the key that alert links are signed with; None: none opens anything.
        code_secret: gives the secret that the keys of people's codes are made with; None: nobody uses codes.
        provider: gives the identity provider; None: everybody has a local account.
        scanner: says whether a file is harmful; None: nobody is asked.
        trials: where rules are tried on stored messages; None: nowhere.
        accept: takes what providers post to webhooks, by wire and account; None: there are none.
    """
    answered = list(hosts if demo_user is None else LOOPBACK)
    app = Starlette(
        routes=[
            *ROUTES,
            *HOOKS,
            Mount("/static/htmx", StaticFiles(packages=[HTMX_PACKAGE])),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(SafeHeaders), Middleware(TrustedHostMiddleware, allowed_hosts=answered)],
        exception_handlers={HTTPException: show_refusal, Exception: show_failure},
    )
    app.state.surroundings = Surroundings(
        database=database,
        clock=clock,
        site=site,
        demo_user=demo_user,
        metrics_token=metrics_token,
        accept=accept,
        scanner=scanner,
        link_key=link_key or (lambda _site: ""),
        code_secret=code_secret or (lambda _site: ""),
        provider=provider or (lambda _site: None),
        trials=trials,
    )
    return app
