"""The demo as a visitor meets it: started as a program, looked at over HTTP, ended by Ctrl-C."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from urllib.request import urlopen

import pytest

from sandbox.compose import BORDER_SERVER
from tests.services.orphans import has_ended, let_end_with_us
from tests.services.programs import free_port

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("svarsvakt")

# One demo is enough for all of them.
pytestmark = pytest.mark.xdist_group("demo")

#: From the first page on, a visitor sees everything within this time.
WITHIN_SECONDS = 60.0
#: The machine that tests may be busy with other tests.
START_SECONDS = 30.0
TICKETS = 12


@dataclass
class Demo:
    """A demo that runs, and what it has printed."""

    child: "subprocess.Popen[bytes]"
    address: str
    log: Path

    def page(self, path: str) -> str:
        """Return a page's HTML."""
        return self.original(path).decode()

    def original(self, path: str) -> bytes:
        """Return what an address answers with."""
        with urlopen(self.address + path, timeout=10) as answer:
            body: bytes = answer.read()
            return body

    def words(self, path: str) -> str:
        """Return what stands on a page, on one line."""
        return words_of(self.page(path))

    def wait(self, seen: Callable[[], bool], what: str, seconds: float = WITHIN_SECONDS) -> None:
        """Wait until something is seen; fails with the log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.child.poll() is None, f"the demo ended:\n{self.log.read_text()}"
            try:
                if seen():
                    return
            except OSError:
                pass
            time.sleep(0.25)
        pytest.fail(f"{what} was not seen within {seconds:.0f} s:\n{self.log.read_text()}", pytrace=False)


def words_of(html: str) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def tickets_of(html: str) -> list[str]:
    """Return the addresses of the tickets in a list, in its order."""
    return list(dict.fromkeys(re.findall(r'href="(/arende/\d+)"', html)))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo until a dozen tickets have come."""
    folder = tmp_path_factory.mktemp("demo")
    port = free_port()
    # Its throw-away database must lie, and be gone, where the test can see it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SVARSVAKT_")}
    environment["TMPDIR"] = str(folder)
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [COMMAND, "demo", "--port", str(port)], env=environment, cwd=folder,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    let_end_with_us(child.pid)
    running = Demo(child, f"http://127.0.0.1:{port}", folder / "log")
    try:
        running.wait(lambda: bool(running.page("/ko")), "the page", START_SECONDS)
        running.wait(lambda: len(tickets_of(running.page("/ko"))) >= TICKETS, f"{TICKETS} tickets")
        yield running
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        has_ended(child.pid)


def test_within_a_minute_a_dozen_tickets_stand_in_the_queue_and_one_is_late(demo: Demo) -> None:
    queue = demo.words("/ko")

    assert "försenat" in queue
    assert "Demo" in queue, "the page says that it is a demo"


def test_one_ticket_says_why_its_automatic_reply_was_withheld(demo: Demo) -> None:
    assert "Inget autosvar: " in demo.words("/ko")


def test_one_account_cannot_be_read_and_its_managers_alert_can(demo: Demo) -> None:
    demo.wait(lambda: "/larm/" in demo.page("/konton"), "the alert")
    accounts = demo.page("/konton")
    [alert] = set(re.findall(r'href="(/larm/\d+)"', accounts))

    assert "Kan inte läsas" in words_of(accounts)
    assert "kultur@exempelby.example" in demo.words(alert).replace("@ ", "@")


def test_a_tickets_page_shows_the_message_the_explanation_and_the_reply_that_went(demo: Demo) -> None:
    def answered() -> str | None:
        pages = (demo.page(path) for path in tickets_of(demo.page("/ko")))
        return next((page for page in pages if "Stort hål i vägen" in page and "Automatiskt svar" in page), None)

    demo.wait(lambda: answered() is not None, "an answered ticket")
    text = words_of(answered() or "")

    assert "Kvarngatan" in text, "the message"
    assert "Gata och park" in text, "where it went"
    assert "Du får svar senast" in text, "the reply, with the time it names"
    assert "Nothing speaks against" in text or "Inget talar emot" in text, "why a machine might answer"


def test_every_ticket_has_an_original_that_came_over_the_towns_wires(demo: Demo) -> None:
    tickets = tickets_of(demo.page("/ko"))

    for ticket in tickets:
        originals = re.findall(r'href="(/original/\d+)"', demo.page(ticket))
        assert originals, f"{ticket} has no message"
        for path in originals:
            content = demo.original(path)
            if content.startswith(b"{"):
                named = {"sid", "id"} & json.loads(content).keys()
                assert named, f"{path} of {ticket} was listed by none of the town's providers of SMS and pages"
                continue
            original = message_from_bytes(content, policy=policy.compat32)
            assert original["Return-Path"] is not None, f"{path} of {ticket} was not delivered by the mail server"
            assert f"by {BORDER_SERVER}" in " ".join(str(original["Received"]).split())


def test_the_terminal_shows_what_arrived_was_decided_and_answered(demo: Demo) -> None:
    log = demo.log.read_text()

    for word in ("kom in", "sorterat", "besked gick", "chefen larmas", demo.address):
        assert word in log


def test_a_taken_port_is_told_in_a_sentence(demo: Demo) -> None:
    port = demo.address.rpartition(":")[2]

    second = subprocess.run([COMMAND, "demo", "--port", port], capture_output=True, text=True, timeout=60, check=False)

    assert second.returncode == 2
    assert f"port {port}" in second.stderr
    assert second.stderr.count("\n") == 1


def test_ctrl_c_ends_it_with_a_sentence_and_leaves_nothing(demo: Demo) -> None:
    # The last of the file: the demo is gone afterwards.
    demo.child.send_signal(signal.SIGINT)

    assert demo.child.wait(timeout=30) == 0
    log = demo.log.read_text()
    assert "Traceback" not in log
    assert "Demon är avslutad." in log.splitlines()[-1]
    assert not list(demo.log.parent.glob("svarsvakt-demo-*")), "the throw-away database"
    with pytest.raises(ProcessLookupError):
        os.killpg(demo.child.pid, 0)


def test_the_demo_and_its_town_write_only_through_the_pipeline() -> None:
    """Beside the pipeline the demo makes the tables and its visitor; the town imports nothing of ours but values."""
    allowed = {"store.migrate": {"migrate"}, "store.users": {"add_user"}}
    stages = ("store", "intake", "triage", "desk", "outbox", "watch", "connectors", "pipeline")

    assert imported(ROOT / "cli" / "demo.py", ("store", "intake", "triage", "desk", "outbox", "watch")) == allowed
    for path in (ROOT / "sandbox").rglob("*.py"):
        assert imported(path, stages) == {}, f"{path.name} of the sandbox"


def imported(path: Path, packages: tuple[str, ...]) -> dict[str, set[str]]:
    """Return what a file imports from these packages: module and names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    whole = {name.name: set[str]() for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    parts = {
        node.module or "": {name.name for name in node.names}
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    return {module: names for module, names in (whole | parts).items() if module.split(".")[0] in packages}
