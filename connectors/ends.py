"""What of a way to a server ends, and when: certificates, the server's and our own."""

import socket
from collections.abc import Sequence
from datetime import datetime

from connectors.oauth import Bearer, Credential
from connectors.reach import certificate_end


def what_ends(lines: Sequence[socket.socket], host: str, credential: Credential) -> tuple[tuple[str, datetime], ...]:
    """Return the certificates of a way, the server's and our own, as `Health.ends` has them."""
    seen = [certificate_end(line) for line in lines]
    ours = credential.ends() if isinstance(credential, Bearer) else ()
    return (*((f"The certificate of {host}", end) for end in seen if end is not None), *ours)
