"""Loopback: where the sandbox's servers listen."""

import socket

LOOPBACK = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a socket that listens, for a server to take over; port 0 takes a free one.

    What is written to its lines leaves at once: else the second part of an answer waits 40 ms for the client to
    acknowledge the first. asyncio sees to that only on sockets that it opened itself.

    Raises:
        OSError: the port is taken.
    """
    listening = socket.create_server((LOOPBACK, port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
