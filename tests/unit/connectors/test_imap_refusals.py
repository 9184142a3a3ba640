"""What a server's no means: each reason a step and a sentence of its own, without the server's words."""

import imaplib

import pytest

from connectors.imap_refusals import REFUSALS
from connectors.imap_session import faults
from domain.account import ImapConnection
from domain.errors import Unreachable
from domain.failed_step import FAILED_STEPS

WAY = ImapConnection(host="imap.example", user="kc@exempelby.example")

SECRET_WORDS = "mail from anna@example.se"


@pytest.mark.parametrize(
    ("said", "step", "words"),
    [
        ("[AUTHENTICATIONFAILED]", "sign_in", "check user and password"),
        ("[EXPIRED]", "sign_in", "has expired"),
        ("[CONTACTADMIN]", "sign_in", "operator be told"),
        ("[PRIVACYREQUIRED]", "tls", "set security to tls"),
        ("[OVERQUOTA]", "quota", "over its quota"),
        ("[NOPERM]", "permission", "given rights"),
        ("User is authenticated but not connected.", "permission", "given rights"),
        ("[UNAVAILABLE]", "protocol", "come back"),
        ("[INUSE]", "protocol", "locked"),
        ("[LIMIT]", "protocol", "higher limit"),
        ("", "sign_in", "check user and password"),
    ],
)
def test_a_no_says_its_step_and_what_to_do(said: str, step: str, words: str) -> None:
    with pytest.raises(Unreachable) as fault, faults(WAY, "sign_in", "check user and password"):
        raise imaplib.IMAP4.error(f"{said} {SECRET_WORDS}")

    assert fault.value.step == step
    assert words in str(fault.value)
    assert SECRET_WORDS not in str(fault.value)


def test_every_reason_has_its_step_in_swedish() -> None:
    assert {step for _, step, _ in REFUSALS} <= set(FAILED_STEPS)
