"""The screen: each row of domain.md 3.3, their order, and what nothing overrides."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.category import Secrecy
from domain.decision import Classification, Queue
from domain.ids import CategoryId
from domain.message import Mailbox
from tests.unit.triage.screen_cases import FIRES, MISSES, Case, brake, sender
from tests.unit.triage.screening import OUR_RECEIPT, about, rows, screened
from triage.screen.row import Verdict
from triage.screen.table import HARD, TABLE

# domain.md 3.3, by hand: what each row says of an automatic reply.
NO = {*range(1, 16), 17, 18, *range(20, 42), 44}
GO_ON = {16, 19}
YES = {42, 43, 45}


def named(case: Case) -> str:
    return f"{case.row}: {case.tells}"


def test_every_row_stands_in_the_table_once_and_in_order() -> None:
    assert [row.number for row in TABLE] == list(range(1, 46))


def test_every_row_says_what_the_table_says() -> None:
    assert {row.number for row in TABLE if row.says is Verdict.no} == NO
    assert {row.number for row in TABLE if row.says is Verdict.go_on} == GO_ON
    assert {row.number for row in TABLE if row.says is Verdict.yes} == YES


def test_reports_on_delivery_are_tested_before_automatic_answers() -> None:
    numbers = [row.number for row in TABLE]

    assert max(map(numbers.index, (2, 3, 4))) < numbers.index(13)


def test_every_row_has_a_case_that_fires_and_one_that_misses() -> None:
    tested_elsewhere = {16, 19, 42, 43, 45}

    assert {case.row for case in FIRES} == set(range(1, 46)) - tested_elsewhere
    assert {case.row for case in MISSES} == set(range(1, 46))


@pytest.mark.parametrize("case", FIRES, ids=named)
def test_a_row_fires(case: Case) -> None:
    found = screened(*case.headers, **case.given)

    assert case.row in rows(found)
    assert not found.may_reply
    assert (found.queue, found.needs_a_look) == (case.queue, case.look)


@pytest.mark.parametrize("case", MISSES, ids=named)
def test_a_row_just_misses(case: Case) -> None:
    found = screened(*case.headers, **case.given)

    assert case.row not in rows(found)


def test_an_ordinary_letter_gets_a_reply_by_the_default_alone() -> None:
    found = screened()

    assert rows(found) == [45]
    assert found.may_reply
    assert found.queue is Queue.normal
    assert found.destination == "anna@example.se"


@pytest.mark.parametrize(
    ("row", "header"),
    [(16, ("auto-submitted", "No")), (19, ("x-auto-response-suppress", "DR, NDR, RN, NRN"))],
)
def test_rows_that_go_on_are_noted_beside_the_default(row: int, header: tuple[str, str]) -> None:
    found = screened(header)

    assert rows(found) == [row, 45]
    assert found.may_reply


def test_danger_gets_its_reply_although_a_person_has_written_and_it_is_old() -> None:
    found = screened(topic=about("fara", secrecy=Secrecy.SK2), urgent=True, **brake(human_wrote=True))

    assert rows(found) == [42]
    assert found.may_reply


def test_a_sensitive_matter_gets_a_reply() -> None:
    found = screened(topic=about("oro", secrecy=Secrecy.SK2))

    assert rows(found) == [43]
    assert found.may_reply


def test_a_registered_form_is_answered_at_the_address_that_it_names() -> None:
    found = screened(
        ("authentication-results", "mx.exempelby.example; dmarc=pass header.from=exempelby.example"),
        ("auto-submitted", "auto-generated"),
        ("x-citizen", "Anna <anna@example.se>"),
        **_form("noreply@exempelby.example"),
    )

    assert rows(found) == [45]
    assert found.destination == "anna@example.se"


def test_a_form_filled_in_with_our_own_address_is_no_way_into_a_loop() -> None:
    found = screened(
        ("authentication-results", "mx.exempelby.example; dmarc=pass"),
        ("x-citizen", "kontaktcenter@exempelby.example"),
        **_form("noreply@exempelby.example"),
    )

    assert 7 in rows(found)
    assert not found.may_reply


def _form(address: str) -> dict[str, Any]:
    return {"mail": {"form_senders": ((address, "x-citizen"),)}, **sender(address)}


def test_all_reasons_are_kept_and_the_first_decides_the_queue() -> None:
    found = screened(("auto-submitted", "auto-generated"), ("precedence", "bulk"), subject="Autosvar")

    assert rows(found) == [15, 21, 24]
    assert found.queue is Queue.normal


def test_a_delivery_report_that_calls_itself_auto_replied_is_a_delivery_report() -> None:
    found = screened(
        ("auto-submitted", "auto-replied"),
        report_type="delivery-status",
        context={"reported_ids": frozenset({OUR_RECEIPT})},
    )

    assert rows(found) == [2, 13]
    assert found.queue is Queue.attached


def test_nobody_looks_at_spam_that_is_attached() -> None:
    found = screened(
        ("x-spam-flag", "YES"), report_type="delivery-status", context={"reported_ids": frozenset({OUR_RECEIPT})}
    )

    assert found.queue is Queue.attached
    assert not found.needs_a_look


def test_what_cannot_be_read_goes_to_the_normal_queue_whatever_else_applies() -> None:
    found = screened(("x-spam-flag", "YES"), unreadable=True, return_path="", sender=None)

    assert (found.queue, found.needs_a_look, found.may_reply) == (Queue.normal, True, False)


HARD_NUMBERS = {row.number for row in HARD}
HARD_CASES = [case for case in FIRES if case.row in HARD_NUMBERS and "topic" not in case.given]
CLASSIFICATIONS = st.builds(
    Classification,
    category=st.sampled_from(["fara", "oro", "hot", "gata", "rkl", "alh", "oklart"]).map(CategoryId),
    score=st.floats(0, 100),
    secrecy=st.sampled_from(Secrecy),
    safety=st.booleans(),
)


@given(st.sampled_from(HARD_CASES), CLASSIFICATIONS, st.booleans())
def test_nothing_that_a_message_says_overrides_a_hard_row(case: Case, topic: Classification, urgent: bool) -> None:
    found = screened(*case.headers, topic=topic, urgent=urgent, **case.given)

    assert case.row in rows(found)
    assert not found.may_reply
    assert found.queue is case.queue or (topic.safety and found.queue is Queue.normal)


SAFETY = st.builds(
    Classification,
    category=st.sampled_from(["fara", "oro", "hot"]).map(CategoryId),
    score=st.just(3.0),
    secrecy=st.sampled_from(Secrecy),
    safety=st.just(True),
)


@given(st.sampled_from(FIRES), SAFETY)
def test_no_row_hides_danger_concern_or_a_threat_from_people(case: Case, topic: Classification) -> None:
    found = screened(*case.headers, **{**case.given, "topic": topic})

    ours = found.queue is Queue.technical and 8 in rows(found)
    reported = case.given.get("context", {}).get("reported_ids")
    assert found.queue is Queue.normal or ((ours or reported) and found.queue is case.queue)


def test_danger_that_a_machine_mark_would_hide_must_be_looked_at() -> None:
    found = screened(("list-id", "<b.example.se>"), topic=about("fara", safety=True, secrecy=Secrecy.SK2))

    assert (found.queue, found.needs_a_look, found.may_reply) == (Queue.normal, True, False)


def test_our_own_words_about_danger_that_come_back_are_no_emergency() -> None:
    topic = about("fara", safety=True, secrecy=Secrecy.SK2)
    bounce = {"report_type": "delivery-status", "context": {"reported_ids": frozenset({OUR_RECEIPT})}}

    assert screened(topic=topic, **bounce).queue is Queue.attached
    assert screened(topic=topic, message_id=OUR_RECEIPT).queue is Queue.technical


@pytest.mark.parametrize(
    ("topic", "sensitive"),
    [
        (about("hot", safety=True, secrecy=Secrecy.SK1), True),
        (about("oro", safety=True, secrecy=Secrecy.SK2), True),
        (about("gata"), False),
    ],
    ids=["a threat", "a concern", "a hole in the road"],
)
def test_what_the_queue_column_calls_sensitive_is_seen_by_its_compartment_only(
    topic: Classification, sensitive: bool
) -> None:
    found = screened(topic=topic)

    assert (found.top, found.sensitive) == (False, sensitive)


def test_danger_goes_to_the_top() -> None:
    assert screened(topic=about("fara", safety=True, secrecy=Secrecy.SK2), urgent=True).top


@given(st.lists(st.sampled_from(FIRES), min_size=1, max_size=4), CLASSIFICATIONS, st.booleans())
def test_whatever_is_withheld_still_lands_in_a_queue(cases: list[Case], topic: Classification, urgent: bool) -> None:
    headers = tuple(header for case in cases for header in case.headers)
    together: dict[str, Any] = {}
    for case in cases:
        together |= case.given

    found = screened(*headers, **{**together, "topic": topic, "urgent": urgent})

    assert found.reasons
    assert found.may_reply is not bool(NO & set(rows(found)))
    assert found.queue is Queue.normal or not found.may_reply
    if found.queue is Queue.technical:
        assert {7, 8} & set(rows(found))
    if found.queue is Queue.attached:
        assert together["context"]


HOSTILE = st.one_of(
    st.text(max_size=60), st.sampled_from(["(", "a-", "x=", "@", ";", "bounce-=."]).map(lambda text: text * 20_000)
)
NAMES = st.sampled_from(
    [
        "auto-submitted",
        "x-auto-response-suppress",
        "precedence",
        "received",
        "list-post",
        "x-spam-status",
        "x-svarsvakt-loop",
    ]
)


@settings(deadline=timedelta(seconds=2))
@given(st.lists(st.tuples(NAMES, HOSTILE), max_size=4), HOSTILE, HOSTILE, HOSTILE)
def test_no_header_brings_the_screen_down_or_holds_it_up(
    headers: list[tuple[str, str]], return_path: str, address: str, subject: str
) -> None:
    found = screened(*headers, return_path=return_path, sender=Mailbox(address), subject=subject)

    assert found.reasons
    assert found.destination is None or found.destination == return_path
