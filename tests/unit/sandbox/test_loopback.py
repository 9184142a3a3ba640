"""What the sandbox's servers say leaves at once."""

import socket

from sandbox.loopback import listen


def test_an_answer_in_two_parts_waits_for_no_acknowledgement() -> None:
    with listen(0) as listening, socket.create_connection(listening.getsockname()):
        line, _ = listening.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
