"""Trust: only what our border server wrote is believed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.message import Mailbox
from domain.site import MailSettings
from tests.builders import message, site
from triage.trust import authentication

OURS = replace(site().mail, border_servers=("mx1.exempelby.example", "mx2.exempelby.example"))
AT = "Tue, 24 Nov 2026 09:12:00 +0100"
LMTP = ("received", "from mx1.exempelby.example by imap.exempelby.example with LMTP; Tue, 24 Nov 2026 09:12:01 +0100")
BORDER = (
    "received",
    "from out.example.se (out.example.se [192.0.2.7]) by mx1.exempelby.example; Tue, 24 Nov 2026 09:12:00 +0100",
)
FIRST = ("received", "from [192.0.2.9] by out.example.se with ESMTPSA; Tue, 24 Nov 2026 09:11:59 +0100")
PASS = ("authentication-results", "mx.exempelby.example; dmarc=pass header.from=example.se")
FAIL = ("authentication-results", "mx.exempelby.example; dmarc=fail header.from=example.se")


def passed(*headers: tuple[str, str], mail: MailSettings = OURS, sender: str = "anna@example.se") -> bool:
    return authentication(message(headers=headers, sender=Mailbox(sender)), mail).passed


def test_the_border_servers_word_is_believed_above_or_below_its_received_line() -> None:
    assert passed(LMTP, PASS, BORDER, FIRST)
    assert passed(LMTP, BORDER, PASS, FIRST)


def test_of_several_the_topmost_counts() -> None:
    assert not passed(LMTP, BORDER, FAIL, PASS, FIRST)


def test_a_forged_one_below_the_border_is_not_believed() -> None:
    assert not passed(LMTP, BORDER, FIRST, PASS)


def test_a_forged_border_line_further_down_moves_nothing() -> None:
    assert not passed(LMTP, BORDER, FIRST, BORDER, PASS)


def test_a_strangers_name_on_top_is_passed_over() -> None:
    stranger = ("authentication-results", "mx.stranger.example; dmarc=fail")

    assert passed(stranger, PASS, BORDER)


def test_the_name_is_compared_whole_and_case_aside() -> None:
    assert passed(("authentication-results", "MX.Exempelby.example 1; dmarc=pass"), BORDER)
    assert not passed(("authentication-results", "mx.exempelby.example.evil.example; dmarc=pass"), BORDER)


def test_what_passed_for_another_domain_than_from_vouches_for_nobody() -> None:
    assert not passed(PASS, BORDER, sender="anna@annan.example")
    assert passed(PASS, BORDER, sender="anna@post.example.se")


def test_without_a_configured_name_nobody_is_vouched_for() -> None:
    assert not passed(PASS, BORDER, mail=replace(OURS, authserv_id=""))
    assert not passed(("authentication-results", "; dmarc=pass"), BORDER, mail=replace(OURS, authserv_id=""))


def test_without_a_line_of_a_border_server_nothing_in_the_mail_is_believed() -> None:
    assert not passed(PASS, FIRST)
    assert not passed(PASS, BORDER, mail=replace(OURS, border_servers=()))
    assert authentication(message(headers=(FAIL, FIRST)), OURS).failure is None


def test_what_cannot_be_parsed_says_nothing() -> None:
    found = authentication(message(headers=(("authentication-results", "mx.exempelby.example; dmarc="), BORDER)), OURS)

    assert (found.passed, found.failure) == (False, None)


def test_one_good_signature_is_enough() -> None:
    word = "mx.exempelby.example; spf=fail; dkim=fail header.d=lista.example; dkim=pass header.d=example.se"

    assert authentication(message(headers=(("authentication-results", word), BORDER)), OURS).failure is None


def test_a_hard_spf_fail_without_any_signature_is_a_failure_and_a_soft_one_is_not() -> None:
    def failure(word: str) -> str | None:
        return authentication(
            message(headers=(("authentication-results", f"mx.exempelby.example; {word}"), BORDER)), OURS
        ).failure

    assert failure("spf=fail; dkim=none") == "spf=fail dkim=none"
    assert failure("spf=softfail; dkim=none") is None
    assert failure("spf=softfail; dkim=fail") == "spf=softfail dkim=fail"


@pytest.mark.parametrize(
    "witness", ["evil [203.0.113.9]", "[8.8.8.8]", "mx1.exempelby.example [8.8.8.8] (may be forged)"]
)
def test_a_stranger_who_calls_himself_our_border_server_gains_no_trust_for_the_lines_he_wrote(witness: str) -> None:
    his = ("received", f"from mx1.exempelby.example ({witness}) by mx1.exempelby.example; {AT}")

    assert not passed(his, BORDER, PASS, FIRST)
    assert passed(PASS, his, BORDER, FIRST)


def test_nobody_is_vouched_for_where_nobody_signs() -> None:
    assert not authentication(message(headers=(PASS, BORDER), sender=None), OURS).passed


@pytest.mark.parametrize("ending", ["(" * 3000, "(" * 3000 + ")" * 3000, "; dkim=pass header.d=a.example" * 20_000])
def test_a_header_made_to_bring_the_parser_down_vouches_for_nobody(ending: str) -> None:
    assert not passed(("authentication-results", f"mx.exempelby.example; dmarc=pass {ending}"), BORDER)


@given(st.text(max_size=200))
def test_no_word_brings_the_parser_down(word: str) -> None:
    found = authentication(message(headers=(("authentication-results", f"mx.exempelby.example; {word}"), BORDER)), OURS)

    assert found.dmarc == "pass" or not found.passed
