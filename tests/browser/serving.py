"""Pages served to a browser, from a thread."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ConsoleMessage

from cli.candidate import read_candidate
from pipeline.rule_trial import Trials
from tests.services.programs import free_port, listens
from tests.web.town import Town
from web.server import PageServer

#: What alert links are signed with here.
LINK_KEY = "a key of thirty-two random letters"

#: What stands in the console when the server refuses, as when a session has ended meanwhile, or cannot be asked.
REFUSED = ("Failed to load resource", "Response Status Error Code", "htmx:afterRequest", "htmx:sendError")


def complains(said: ConsoleMessage) -> bool:
    """Tell whether the console says something against a page; what the server refuses is for the test to judge."""
    return said.type == "error" and not said.text.startswith(REFUSED)


@dataclass
class Served:
    """A town whose pages are served."""

    town: Town
    address: str
    server: "Server"


class Server:
    """The pages in a thread: stopped and started again on the same port."""

    def __init__(self, town: Town, **changes: Any) -> None:
        """Choose a port; `changes` are of the application."""
        self.town = town
        self._changes = changes
        self.port = free_port()
        self.start()

    def start(self) -> None:
        """Serve, and wait until connections are taken."""
        self._pages = PageServer(
            self.town.app(
                link_key=lambda _: LINK_KEY,
                code_secret=lambda _: LINK_KEY,
                trials=Trials(read_candidate, lambda: None),
                **self._changes,
            ),
            port=self.port,
        )
        self._thread = threading.Thread(target=self._pages.run)
        self._thread.start()
        while not listens(self.port):
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, and every stream with it."""
        self._pages.should_exit = True
        self._thread.join(timeout=20)
