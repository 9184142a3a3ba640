"""A connector that another package brings, installed as a package is: found, read, answered by, and tried."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.installed import find_connector
from domain.account import Account, AutoReply, Channel, InstalledConnection, Tier
from domain.errors import BadInput
from domain.ids import AccountId
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.send import send
from pipeline.wires import RealWires
from store.database import Database
from tests.builders import account
from tests.flow.installation import Installation, small_site

PACKAGE = Path(__file__).parent.parent / "packages" / "duva"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the example package beside ours."""
    place = tmp_path_factory.mktemp("installed")
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation", "--target", place]
    subprocess.run([*command, "--python", sys.executable, PACKAGE], check=True)
    find_connector.cache_clear()
    sys.path.insert(0, str(place))
    yield place
    sys.path.remove(str(place))
    sys.modules.pop("svarsvakt_duva", None)
    find_connector.cache_clear()


def pigeon_loft(folder: Path, name: str = "duva") -> Account:
    """Return a number whose SMS lie in a folder."""
    options = (("folder", str(folder)),)
    return account(
        id=AccountId("duvslag"), name="Duvslaget", channel=Channel.sms, address="+46701740605",
        tier=Tier.contact_center, auto_reply=AutoReply.on, imap=None, smtp=None,
        connector=InstalledConnection(name=name, options=options),
    )  # fmt: skip


@pytest.fixture
def town(installed: Path, database: Database, tmp_path: Path) -> Installation:
    for each in ("in", "out"):
        (tmp_path / each).mkdir()
    base = small_site()
    town = Installation(database, site=replace(base, accounts=(pigeon_loft(tmp_path), *base.accounts)))
    town.runtime = replace(town.runtime, wires=RealWires({}.__getitem__, town.clock))
    receive(town.runtime, AccountId("duvslag"))
    return town


def test_what_it_reads_becomes_a_ticket_and_its_answer_leaves_by_it(town: Installation, tmp_path: Path) -> None:
    came = {"from": "+46701740642", "to": "+46701740605", "body": "Hej, gatlyktan på Storgatan är trasig"}
    (tmp_path / "in" / "1.json").write_text(
        json.dumps({**came, "date_created": town.clock.now().isoformat()}), encoding="utf-8"
    )

    for _ in range(2):
        receive(town.runtime, AccountId("duvslag"))
        decide(town.runtime)
        send(town.runtime)

    [ticket] = town.tickets()
    [sent] = (tmp_path / "out").iterdir()
    answered = json.loads(sent.read_text(encoding="utf-8"))
    assert ticket.channel is Channel.sms
    assert answered["to"] == "+46701740642"
    assert ticket.number in answered["body"]


def test_a_folder_that_is_away_is_an_account_that_cannot_be_read(town: Installation, tmp_path: Path) -> None:
    (tmp_path / "in").rmdir()

    received = receive(town.runtime, AccountId("duvslag"))

    assert received.failed_step == "folder"


def test_its_way_is_tried(town: Installation, tmp_path: Path) -> None:
    wires = RealWires({}.__getitem__, town.clock)

    assert wires.way_by_connector(pigeon_loft(tmp_path)).probe().ok
    assert not wires.way_by_connector(pigeon_loft(tmp_path / "nowhere")).probe().ok


def test_a_connector_that_is_not_installed_is_named_with_those_that_are(installed: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r'"brevduva" is installed.*installed are: duva'):
        find_connector("brevduva")
