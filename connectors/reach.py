"""The way to a server, shared by all mail connectors: name, TCP, TLS, and what went wrong on it."""

import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from domain.errors import Unreachable
from domain.finding import Health


def walk(steps: Sequence[tuple[str, Callable[[], str]]]) -> Health:
    """Try named steps in order, up to the first that raises Unreachable; each gives a sentence about what it found."""
    done: list[tuple[str, bool, str]] = []
    for name, attempt in steps:
        try:
            done.append((name, True, attempt()))
        except Unreachable as fault:
            # Rights are a step of their own, whatever we tried when they were found to be missing.
            done.append((fault.step if fault.step in {"permission", "quota"} else name, False, str(fault)))
            return Health(ok=False, steps=tuple(done))
    return Health(ok=True, steps=tuple(done))


def protection(line: socket.socket) -> str:
    """Say how a line is protected."""
    end = certificate_end(line)
    if end is None:
        return "Not protected: only for this machine itself"
    return f"Protected, and the certificate is trusted until {end:%Y-%m-%d}"


def certificate_end(line: socket.socket) -> datetime | None:
    """Return until when the server's certificate holds; None: the line is not protected."""
    shown = line.getpeercert() if isinstance(line, ssl.SSLSocket) else None
    if not shown:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def resolve(host: str, port: int) -> str:
    """Look the host's name up.

    Raises:
        Unreachable: at step `name`.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise line_fault(error, host, port) from None
    return f"{host} is {', '.join(sorted({str(address[0]) for *_, address in found}))}"


def connect_tcp(host: str, port: int, timeout_seconds: float) -> str:
    """Open a TCP connection and close it again.

    Raises:
        Unreachable: at step `name` or `tcp`.
    """
    try:
        socket.create_connection((host, port), timeout_seconds).close()
    except (OSError, UnicodeError) as error:
        raise line_fault(error, host, port) from None
    return f"{host}:{port} takes connections"


def line_fault(error: OSError | UnicodeError, host: str, port: int) -> Unreachable:
    """Say which step of the way an error of the operating system belongs to, and what to do about it."""
    where = f"{host}:{port}"
    match error:
        case socket.gaierror() | UnicodeError():
            return Unreachable("name", f"No address is known for {host}: check the host's name, and the name server")
        case ssl.SSLCertVerificationError():
            return Unreachable(
                "tls",
                f"The certificate of {where} is not trusted ({_why(error, 'verify_message')}): have it renewed, "
                "use the name that it was made for, or let this machine trust its issuer",
            )
        case ssl.SSLError():
            return Unreachable(
                "tls", f"{where} does not speak TLS with us ({_why(error, 'reason')}): check port and security"
            )
        case TimeoutError():
            return Unreachable("tcp", f"{where} did not answer in time: check the port, the firewall and the server")
        case ConnectionRefusedError():
            return Unreachable("tcp", f"Nobody listens on {where}: check the port, and that the server runs")
        case _:
            return Unreachable("tcp", f"The line to {where} broke ({_why(error, 'strerror')}): check the network")


def _why(error: Exception, name: str) -> str:
    """Return what the system says of an error; not every one says it."""
    return str(getattr(error, name, None) or type(error).__name__)
