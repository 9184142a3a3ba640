"""Serving: the pages, until told to stop. Loaded only by who serves them: no other command needs a web server."""

from collections.abc import Callable, Sequence
from functools import partial

from cli.candidate import read_candidate
from cli.identity import find_code_secret, find_provider
from cli.loops import free_port, until_told_to_stop
from connectors.clamd import Clamd
from domain.protocols import Step
from pipeline.rule_trial import Trials
from pipeline.runtime import Runtime
from pipeline.webhook import accept
from web.app import make_app
from web.server import PageServer, keep_what_is_loaded


def serve(
    runtime: Runtime, host: str, port: int, *, demo_user: str | None = None, hosts: Sequence[str] = ("*",),
    metrics_token: str = "", secret: Callable[[str], str] | None = None, clamd: str = "", proxies: str = "",
) -> None:  # fmt: skip
    """Serve the pages until told to stop; `demo_user`, `hosts` and `metrics_token` are those of `make_app`.

    `proxies` are those whose word on who asks is taken.
    `clamd` says where a virus scanner listens; empty: there is none.
    `secret` gives the secret of a name, for signing in; None: nobody signs in by an identity provider, or with a code.

    Raises:
        BadInput: the port is taken.
    """
    listening = free_port(host, port)
    app = make_app(
        database=runtime.database, clock=runtime.clock, site=runtime.site, demo_user=demo_user, hosts=hosts,
        metrics_token=metrics_token,
        accept=partial(accept, runtime),
        link_key=runtime.link_key,
        scanner=Clamd(clamd) if clamd else None,
        code_secret=find_code_secret(secret) if secret else None,
        provider=find_provider(secret, runtime.clock) if secret else None,
        trials=Trials(read_candidate, partial(runtime.bell.ring, Step.try_rules)),
    )  # fmt: skip
    keep_what_is_loaded()
    # The server raises the signal again once it has stopped: that is the way to end, not a fault.
    with listening, until_told_to_stop():
        PageServer(app, proxies=proxies).run(sockets=[listening])
