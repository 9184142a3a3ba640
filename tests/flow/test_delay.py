"""After an outage: a person tells the citizens of an account and a span that their answer is late, once a ticket."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import AutoReply
from domain.brakes import BrakeSettings
from domain.errors import BadInput
from domain.ids import OrganisationId
from domain.message import FolderRole
from domain.outgoing import OutgoingKind, Rendered, SendState
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.delay import Chosen, DelayNotice, find_delayed, send_delay_notices
from pipeline.receive import receive
from pipeline.send import send
from store.clocks import mark_answer_met
from store.events import list_after
from store.suppressions import add_suppression
from tests.builders import TUESDAY
from tests.flow.installation import Installation, mail, numbered, small_site

OUTAGE = timedelta(hours=30)
ACTOR = "operator vera"


def after_the_outage(open_town: Callable[..., Installation], *mails: bytes, **town: object) -> Installation:
    """Return a town whose mails waited so long that none of them got a receipt."""
    opened = open_town(*town.values()) if town else open_town()
    for each in mails or (mail(),):
        opened.arrives(each)
    opened.clock.forward(seconds=OUTAGE.total_seconds())
    opened.round()
    return opened


def chosen(town: Installation) -> Chosen:
    hour = timedelta(hours=1)
    return Chosen(account=town.account, since=TUESDAY - hour, until=TUESDAY + hour)


def announced(town: Installation) -> tuple[DelayNotice, ...]:
    return send_delay_notices(town.runtime, chosen(town), actor=ACTOR)


def why(town: Installation) -> list[str]:
    return [each.why_not for each in find_delayed(town.runtime, chosen(town))]


def to_citizens(town: Installation) -> list[Rendered]:
    """Return what went to citizens: managers hear of the late tickets too."""
    return [each for each in town.wires.out.sent if each.kind is not OutgoingKind.alert]


def events(town: Installation) -> list[tuple[str, str]]:
    with town.database.read() as connection:
        return [(each.kind, each.actor) for each in list_after(connection, MACHINE, 0, limit=500)]


def test_a_late_ticket_gets_one_notice_with_a_time_to_come(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town)
    assert to_citizens(town) == []

    [told] = announced(town)
    send(town.runtime)

    [notice] = to_citizens(town)
    [ticket] = town.tickets()
    assert "Ditt meddelande har blivit försenat" in notice.subject
    assert "Vi hade ett tekniskt fel" in notice.text
    assert notice.recipient == "anna@example.se"
    assert dict(notice.headers)["In-Reply-To"] == "<1@example.se>"
    assert told.why_not == ""
    assert told.answer_at is not None
    assert told.answer_at > town.clock.now()
    assert ticket.notice_met_at == town.clock.now()
    assert ticket.answer_met_at is None
    assert ("delay_announced", ACTOR) in events(town)


def test_a_promise_that_still_holds_is_named_as_it_is(open_town: Callable[..., Installation]) -> None:
    """The handling time is days: the outage took none of them that was promised."""
    town = open_town()
    town.arrives(mail())
    receive(town.runtime, town.account)
    town.clock.forward(minutes=5)
    town.use(replace(town.site, brakes=replace(BrakeSettings(), oldest=timedelta(minutes=1))))
    decide(town.runtime)

    [told] = announced(town)

    assert told.answer_at == town.tickets()[0].answer_due_at


def test_sent_again_or_by_two_at_once_a_ticket_gets_one(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town)
    announced(town)

    assert [each.why_not for each in announced(town)] == ["it has got one already"]
    send(town.runtime)
    assert why(town) == ["it has got one already"]
    assert len(to_citizens(town)) == 1


def test_looking_writes_nothing(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town)
    before = events(town)

    assert why(town) == [""]
    assert events(town) == before
    assert send(town.runtime).states == {}


def test_what_a_machine_wrote_gets_none(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town, mail(extra=("Auto-Submitted: auto-replied",)))

    assert why(town) == ["3.3/13 speaks against an automatic reply"]


def test_what_lay_in_junk_gets_none(open_town: Callable[..., Installation]) -> None:
    town = open_town()
    town.mailbox().put(mail(), at=town.clock.now(), role=FolderRole.junk)
    town.clock.forward(seconds=OUTAGE.total_seconds())
    town.round()

    assert why(town) == ["3.3/30 speaks against an automatic reply"]


def test_what_a_person_has_answered_gets_none(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town)
    with town.database.write() as connection:
        mark_answer_met(connection, town.tickets()[0].id, town.clock.now())

    assert why(town) == ["a person has answered"]


def test_only_the_account_and_the_span_that_are_chosen(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town)
    later = replace(chosen(town), since=TUESDAY + timedelta(seconds=1))
    earlier = replace(chosen(town), until=TUESDAY)

    assert len(find_delayed(town.runtime, replace(chosen(town), since=TUESDAY))) == 1
    assert find_delayed(town.runtime, later) == find_delayed(town.runtime, earlier) == ()


def test_a_sensitive_matter_gets_a_notice_that_tells_nothing(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(open_town, mail("Det brinner i huset!", subject="Det brinner"))

    announced(town)
    send(town.runtime)

    said = [each.text + each.html for each in to_citizens(town) if "försenat" in each.subject]
    assert len(said) == 1
    assert not [word for word in ("brinner", "fara för", "Kontaktcenter kom") if word in said[0]]


def test_two_tickets_of_one_citizen_get_one_each(open_town: Callable[..., Installation]) -> None:
    town = after_the_outage(
        open_town, mail(), mail("Hej! Gatlyktan på Storgatan är trasig.", subject="Lykta", id="<2@example.se>")
    )

    announced(town)
    send(town.runtime)

    assert len({each.subject for each in to_citizens(town)}) == len(town.tickets()) == 2


def test_the_brakes_hold_back_what_goes_to_a_suppressed_address_and_the_ticket_may_get_another_later(
    open_town: Callable[..., Installation],
) -> None:
    town = after_the_outage(open_town)
    with town.database.write() as connection:
        add_suppression(connection, OrganisationId("exempelby"), "anna@example.se", "hard bounce", town.clock.now())

    announced(town)
    states = send(town.runtime).states

    assert states == {SendState.cancelled: 1}
    assert to_citizens(town) == []
    assert why(town) == [""]


def test_in_shadow_it_is_kept_and_not_sent(open_town: Callable[..., Installation]) -> None:
    site = small_site()
    shadow = tuple(replace(each, auto_reply=AutoReply.shadow) for each in site.accounts)
    town = after_the_outage(open_town, site=replace(site, accounts=shadow))

    announced(town)
    send(town.runtime)

    assert to_citizens(town) == []
    assert [each.state for each in town.replies(town.tickets()[0])] == [SendState.shadow]


def test_more_than_may_go_in_an_hour_is_refused_before_anything_goes(open_town: Callable[..., Installation]) -> None:
    site = small_site()
    few = replace(site, brakes=replace(site.brakes, installation_per_hour=4))
    town = after_the_outage(open_town, *numbered(3), site=few)

    with pytest.raises(BadInput, match="3 notices are more than the 2 that may go at once: choose a shorter span"):
        announced(town)
    assert send(town.runtime).states == {}


def test_what_cannot_be_chosen_is_said_in_a_sentence(open_town: Callable[..., Installation]) -> None:
    town = open_town()

    with pytest.raises(BadInput, match="there is no account nobody: the configuration has kontaktcenter"):
        find_delayed(town.runtime, replace(chosen(town), account="nobody"))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="ends before it begins"):
        find_delayed(town.runtime, replace(chosen(town), until=TUESDAY - timedelta(days=1)))
