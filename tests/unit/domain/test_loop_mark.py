"""The loop mark: our own automatic messages are known when they come back, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import AccountId
from domain.loop_mark import automatic_message_id, is_automatic_message_id, is_our_own, loop_mark
from tests.builders import message

ACCOUNTS = {AccountId("kontaktcenter")}
DOMAIN = "exempelby.example"


@given(st.from_regex(r"[A-Za-z0-9-]{1,20}(\.[A-Za-z0-9-]{1,20}){0,3}", fullmatch=True))
def test_a_message_id_that_we_make_is_one_that_we_know(token: str) -> None:
    assert is_automatic_message_id(automatic_message_id(token, "Exempelby.Example"), DOMAIN)


@pytest.mark.parametrize("token", ["", "a b", "a@b", "a..b", ".a", "å", "a>"])
def test_a_token_that_cannot_stand_in_a_message_id_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a Message-ID"):
        automatic_message_id(token, DOMAIN)


@pytest.mark.parametrize("id", ["<1@exempelby.example>", "<svarsvakt.1@annan.example>", "svarsvakt.1", ""])
def test_other_message_ids_are_not_ours(id: str) -> None:
    assert not is_automatic_message_id(id, DOMAIN)
    assert not is_our_own(message(message_id=id), ACCOUNTS, DOMAIN)


def test_the_mark_of_an_account_of_ours_makes_it_our_own() -> None:
    name, value = loop_mark(AccountId("kontaktcenter"))

    assert is_our_own(message(headers=((name.lower(), f" {value} "),)), ACCOUNTS, DOMAIN)
    assert not is_our_own(message(headers=((name.lower(), "annan-kommun"),)), ACCOUNTS, DOMAIN)
    assert not is_our_own(message(message_id=None, headers=()), ACCOUNTS, DOMAIN)
