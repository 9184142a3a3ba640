"""What people change in the pages lies over the settings until these say something new."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.account import AccountStatus
from domain.account_change import AccountChange, ChangeKind, Laid, Overlay, lay, lay_over, overlays_of, what_lapses
from domain.ids import AccountId
from tests.builders import TUESDAY, account, site

MAILBOX = account()


def change(overlay: Overlay, **changes: Any) -> AccountChange:
    base: dict[str, Any] = {
        "account": MAILBOX.id, "organisation": MAILBOX.organisation, "kind": ChangeKind.made_dormant, "at": TUESDAY,
        "actor": "user 1",
    }  # fmt: skip
    return AccountChange(**{**base, "overlay": overlay, **changes})


def dormant(instead: str = "gata@exempelby.example") -> AccountChange:
    return change(lay(MAILBOX, {}, status="dormant", instead=instead))


def test_nothing_changed_leaves_the_very_site() -> None:
    town = site()

    assert lay_over(town, ()) is town


def test_a_change_lies_over_its_account_alone() -> None:
    other = account(id=AccountId("gata"))

    changed = lay_over(site(accounts=(MAILBOX, other)), (dormant(),))

    assert changed.accounts[0].status is AccountStatus.dormant
    assert changed.accounts[0].instead == "gata@exempelby.example"
    assert changed.accounts[1] == other


def test_the_later_of_two_changes_holds() -> None:
    back = change({"status": Laid(value="active", said="active")}, kind=ChangeKind.reopened)

    changed = lay_over(site(), (dormant(), back))

    assert changed.accounts[0].status is AccountStatus.active
    assert changed.accounts[0].instead == "gata@exempelby.example"


def test_another_manager_answers_for_it() -> None:
    changed = lay_over(site(), (change(lay(MAILBOX, {}, manager="kim")),))

    assert changed.accounts[0].manager == "kim"


def test_a_manager_who_is_in_the_settings_no_longer_is_passed_over() -> None:
    changed = lay_over(site(), (change(lay(MAILBOX, {}, manager="gone")),))

    assert changed.accounts[0].manager is None


def test_an_account_that_is_gone_is_passed_over() -> None:
    town = site()

    changed = lay_over(town, (change({"status": Laid(value="closed", said="active")}, account=AccountId("gone")),))

    assert changed == town


def test_what_is_so_already_is_no_change() -> None:
    assert lay(MAILBOX, {}, status="active", instead="", manager=None) == {}


def test_a_change_lapses_when_the_settings_say_something_new_of_it() -> None:
    overlay = dormant().overlay

    assert what_lapses(overlay, MAILBOX) == set()
    assert what_lapses(overlay, account(status=AccountStatus.dormant)) == {"status"}
    assert what_lapses(overlay, account(instead="kc@exempelby.example")) == {"instead"}


def test_a_lapse_keeps_what_it_says_it_keeps_and_nothing_else() -> None:
    kept = {"instead": dormant().overlay["instead"]}

    overlays = overlays_of((dormant(), change(kept, kind=ChangeKind.lapsed)))

    assert overlays == {MAILBOX.id: kept}
    assert overlays_of((dormant(), change({}, kind=ChangeKind.lapsed))) == {}


@given(st.lists(st.sampled_from(["active", "dormant", "closed"])))
def test_whatever_was_done_the_last_word_holds(statuses: list[str]) -> None:
    town, changes = site(), list[AccountChange]()

    for status in statuses:
        now, before = lay_over(town, changes).accounts[0], overlays_of(changes).get(MAILBOX.id, {})
        changes.append(change(lay(now, before, status=status)))

    assert lay_over(town, changes).accounts[0].status == (statuses or ["active"])[-1]
    assert {laid.said for each in changes for laid in each.overlay.values()} <= {"active"}
