"""Every row of domain.md 3.7 and 3.8 through the flow: its specimen arrives, is decided, and has exactly one fate."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.account import AutoReply, Channel
from domain.category import Secrecy, Urgency
from domain.ids import AccountId
from domain.message import Arrival
from domain.site import Site
from pipeline.decide import decide
from store.messages import add_arrivals
from store.suppressions import add_suppression
from tests.flow.installation import Installation
from tests.flow.outcomes import is_kept, last_message, place_of
from tests.flow.screen_cases import Place, town_site

FOLDER = Path(__file__).parents[1] / "mails" / "screen"
ACCOUNTS = {"sms": AccountId("kontaktcenter-sms"), "facebook": AccountId("kontaktcenter-facebook")}
NUMBER = "+46701740699"


def answering() -> Site:
    """Return the example municipality, where SMS and Facebook answer by machine too."""
    site = town_site()
    accounts = tuple(
        replace(each, auto_reply=AutoReply.on) if each.id in ACCOUNTS.values() else each for each in site.accounts
    )
    return replace(site, accounts=accounts)


def arrives(town: Installation, kind: str, original: bytes, at: datetime, identity: str) -> None:
    """Store an original as its Source would, and decide it."""
    account = town.site.account(ACCOUNTS[kind])
    brought = Arrival(identity=identity, original=original, media_type="application/json", provider_at=at)
    with town.database.write() as connection:
        add_arrivals(connection, account, [brought], town.clock.now())
    decide(town.runtime)


def suppressed(town: Installation) -> None:
    with town.database.write() as connection:
        add_suppression(connection, town.site.account(town.account).organisation, NUMBER, "opted out", town.clock.now())


def after_one(town: Installation) -> None:
    arrives(town, "sms", (FOLDER / "sms-10-ordinary.json").read_bytes(), town.clock.now(), "earlier")


def flooded(town: Installation) -> None:
    ordinary = (FOLDER / "sms-10-ordinary.json").read_bytes()
    for number in range(town.site.brakes.sms_prefix_per_hour):
        like_it = ordinary.replace(NUMBER.encode(), f"{NUMBER[:-4]}{number:04d}".encode())
        arrives(town, "sms", like_it, town.clock.now(), f"flood-{number}")


def nothing(town: Installation) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a row asks for."""

    specimen: str
    place: Place
    arrange: Callable[[Installation], None] = nothing
    may_reply: bool = False
    top: bool = False
    sensitive: bool = False


#: Rows whose facts come with their wires: what the specimen alone leads to is its place without them.
WIRES = {"facebook-09-page-that-answers-itself"}

CASES = (
    Case(specimen="sms-01-short-code", place=Place.low),
    Case(specimen="sms-02-opt-out", place=Place.low),
    Case(specimen="sms-03-opted-out-number", place=Place.normal, arrange=suppressed),
    Case(specimen="sms-04-foreign-number", place=Place.normal),
    Case(specimen="sms-05-second-of-the-day", place=Place.joined, arrange=after_one),
    Case(specimen="sms-06-thanks", place=Place.low),
    Case(specimen="sms-07-prefix-flood", place=Place.normal, arrange=flooded),
    Case(specimen="sms-08-one-time-code", place=Place.low),
    Case(specimen="sms-09-danger", place=Place.normal, may_reply=True, top=True, sensitive=True),
    Case(specimen="sms-10-ordinary", place=Place.normal, may_reply=True),
    Case(specimen="facebook-01-first-of-the-day", place=Place.normal, may_reply=True),
    Case(specimen="facebook-02-two-days-old", place=Place.normal),
    Case(specimen="facebook-03-nine-days-old", place=Place.normal),
    Case(specimen="facebook-04-echo", place=Place.technical),
    Case(specimen="facebook-05-question-in-public", place=Place.normal),
    Case(specimen="facebook-06-identity-number-in-public", place=Place.normal, top=True, sensitive=True),
    Case(specimen="facebook-07-may-be-answered-in-private", place=Place.normal),
    Case(specimen="facebook-08-another-page", place=Place.technical),
    Case(specimen="facebook-09-page-that-answers-itself", place=Place.normal, may_reply=True),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.specimen)
def test_a_row_s_specimen_has_the_fate_of_its_queue_column(case: Case, open_town: Callable[..., Installation]) -> None:
    town = open_town(answering())
    case.arrange(town)
    earlier = town.tickets()
    kind, number, _ = case.specimen.split("-", 2)
    original = (FOLDER / f"{case.specimen}.json").read_bytes()

    arrives(town, kind, original, town.clock.now() - timedelta(seconds=5), case.specimen)

    kept = last_message(town)
    row = f"{'3.7' if kind == 'sms' else '3.8'}/{int(number)}"
    assert (row in kept.rows) is (case.specimen not in WIRES)
    assert kept.send is case.may_reply
    assert place_of(kept, earlier) is case.place
    assert is_kept(town, original)
    if kept.ticket is not None:
        assert (kept.ticket.urgency is Urgency.U0) is case.top
        assert (kept.ticket.secrecy is Secrecy.SK2) is case.sensitive
        assert (kept.ticket.notice_due_at is None) is (case.place is Place.low)


def test_every_specimen_of_sms_and_facebook_has_a_case() -> None:
    assert [case.specimen for case in CASES] == sorted(
        (path.stem for path in FOLDER.glob("*.json")), key=lambda name: (name[0] == "f", name)
    )
    assert {case.specimen.split("-")[0] for case in CASES} == {str(Channel.sms), str(Channel.facebook)}
