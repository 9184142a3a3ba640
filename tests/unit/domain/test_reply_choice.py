"""Reply choice: state × channel × language × secrecy, each as one row."""

from itertools import product

import pytest

from domain.account import AccountStatus, Channel
from domain.category import Secrecy
from domain.decision import Classification
from domain.ids import CategoryId
from domain.reply_choice import choose_parts, choose_reply

STATES = (True, False, None)


def about(category: str, secrecy: Secrecy = Secrecy.SK0) -> Classification:
    return Classification(category=CategoryId(category), score=3.0, secrecy=secrecy)


@pytest.mark.parametrize(
    ("category", "secrecy", "ruled", "is_open", "name"),
    [
        ("fara", Secrecy.SK2, "own", False, "urgent"),
        ("fara", Secrecy.SK0, None, True, "urgent"),
        ("oro", Secrecy.SK2, "own", True, "receipt_sensitive"),
        ("oro", Secrecy.SK2, None, False, "receipt_sensitive"),
        ("ejk", Secrecy.SK2, None, True, "receipt_sensitive"),
        ("alh", Secrecy.SK2, None, True, "receipt_sensitive"),
        ("alh", Secrecy.SK1, "own", True, "own"),
        ("alh", Secrecy.SK1, None, False, "records_request"),
        ("alh", Secrecy.SK1, None, True, "records_request"),
        ("ejk", Secrecy.SK1, None, True, "not_ours"),
        ("ejk", Secrecy.SK1, None, False, "not_ours"),
        ("ejk", Secrecy.SK1, "own", False, "own"),
        ("gata", Secrecy.SK0, None, False, "receipt_closed"),
        ("gata", Secrecy.SK1, None, False, "receipt_closed"),
        ("gata", Secrecy.SK0, "own", False, "own"),
        ("gata", Secrecy.SK0, None, True, "receipt"),
        ("gata", Secrecy.SK0, None, None, "receipt"),
        ("oklart", Secrecy.SK1, "", True, "receipt"),
    ],
)
def test_what_is_said_is_decided_by_what_matters_most(
    category: str, secrecy: Secrecy, ruled: str | None, is_open: bool | None, name: str
) -> None:
    assert choose_reply(about(category, secrecy), ruled, is_open) == name


@pytest.mark.parametrize(
    ("category", "ruled", "is_open"), list(product(("alh", "ejk", "gata", "oro"), ("own", None), STATES))
)
def test_a_sensitive_message_gets_the_neutral_text_whatever_else_holds(
    category: str, ruled: str | None, is_open: bool | None
) -> None:
    assert choose_reply(about(category, Secrecy.SK2), ruled, is_open) == "receipt_sensitive"


@pytest.mark.parametrize("status", [AccountStatus.dormant, AccountStatus.closed])
@pytest.mark.parametrize("ruled", ["own", None])
def test_an_account_out_of_use_says_where_to_write_instead(status: AccountStatus, ruled: str | None) -> None:
    assert choose_reply(about("gata"), ruled, True, status) == "dormant"
    assert choose_reply(about("fara"), ruled, True, status) == "urgent"
    assert choose_reply(about("oro", Secrecy.SK2), ruled, True, status) == "receipt_sensitive"


#: What may be sent in the tests below: whole texts in Swedish and English, lines in Arabic.
THERE = {
    *((channel, name, language) for channel in Channel for name in ("receipt", "urgent") for language in ("sv", "en")),
    (Channel.email, "lines", "ar"), (Channel.email, "urgent_lines", "ar"), (Channel.sms, "lines", "ar"),
}  # fmt: skip


def parts(channel: Channel, name: str, language: str) -> list[str]:
    chosen = choose_parts(channel, name, language, lambda *key: key in THERE)
    return [f"{part}.{tongue}" for _, part, tongue in chosen]


@pytest.mark.parametrize(
    ("channel", "name", "language", "chosen"),
    [
        *((channel, "receipt", "sv", ["receipt.sv"]) for channel in Channel),
        *((channel, "receipt", "en", ["receipt.en"]) for channel in Channel),
        # Finnish is a draft: Swedish goes, which ends with a Finnish line (domain.md 7.5).
        *((channel, "receipt", "fi", ["receipt.sv"]) for channel in Channel),
        *((channel, "receipt", "so", ["receipt.sv"]) for channel in Channel),
        (Channel.email, "receipt", "ar", ["lines.ar", "receipt.sv"]),
        (Channel.facebook, "receipt", "ar", ["lines.ar", "receipt.sv"]),
        (Channel.sms, "receipt", "ar", ["lines.ar"]),
        (Channel.email, "urgent", "ar", ["urgent_lines.ar", "urgent.sv"]),
        (Channel.facebook, "urgent", "ar", ["urgent_lines.ar", "urgent.sv"]),
        (Channel.sms, "urgent", "ar", ["lines.ar"]),
        (Channel.email, "unknown", "sv", ["unknown.sv"]),
        (Channel.email, "unknown", "fi", ["unknown.sv"]),
    ],
)
def test_the_files_are_those_that_may_be_sent_in_the_readers_language(
    channel: Channel, name: str, language: str, chosen: list[str]
) -> None:
    assert parts(channel, name, language) == chosen


def test_messenger_takes_the_lines_of_the_e_mail_and_its_own_swedish_text() -> None:
    chosen = choose_parts(Channel.facebook, "receipt", "ar", lambda *key: key in THERE)

    assert [channel for channel, _, _ in chosen] == [Channel.email, Channel.facebook]
