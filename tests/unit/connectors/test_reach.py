"""What went wrong on the way to a server."""

import socket
import ssl

import pytest

from connectors.reach import line_fault, walk
from domain.errors import Unreachable


@pytest.mark.parametrize(
    ("error", "step", "words"),
    [
        (socket.gaierror(-2, "unknown"), "name", "No address is known for mx.example"),
        ("å".encode().decode("ascii", "surrogateescape").encode, "name", "No address is known for mx.example"),
        (ssl.SSLCertVerificationError(1, "self-signed"), "tls", "not trusted"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "tls", "does not speak TLS"),
        (TimeoutError("slow"), "tcp", "in time"),
        (ConnectionRefusedError(111, "refused"), "tcp", "Nobody listens on mx.example:993"),
        (ConnectionResetError(104, "Connection reset by peer"), "tcp", "Connection reset by peer"),
        (OSError("cannot read from timed out object"), "tcp", "broke"),
    ],
)
def test_an_error_belongs_to_one_step_and_says_what_to_check(error: object, step: str, words: str) -> None:
    if callable(error):
        with pytest.raises(UnicodeError) as raised:
            error()
        error = raised.value
    assert isinstance(error, OSError | UnicodeError)

    fault = line_fault(error, "mx.example", 993)

    assert fault.step == step
    assert words in str(fault)


def test_a_walk_stops_at_the_first_step_that_fails() -> None:
    def fail() -> str:
        raise Unreachable("protocol", "Cannot")

    health = walk((("name", lambda: "Fine"), ("tcp", fail), ("tls", lambda: "Never asked")))

    assert not health.ok
    assert health.steps == (("name", True, "Fine"), ("tcp", False, "Cannot"))


def test_a_walk_to_the_end_is_well() -> None:
    health = walk((("name", lambda: "Fine"),))

    assert health.ok
