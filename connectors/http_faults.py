"""What went wrong on the way to a web service."""

import requests

from domain.errors import Unreachable


def line_fault(error: requests.RequestException) -> Unreachable:
    """Say which step of the way to a web service broke, and what to do about it."""
    words = repr(error)
    match error:
        case requests.exceptions.SSLError():
            return Unreachable("tls", "The provider's certificate is not trusted: check for a proxy in between")
        case requests.exceptions.Timeout():
            return Unreachable("tcp", "The provider did not answer in time: check the network and its status page")
        case requests.exceptions.HTTPError():
            return Unreachable("down", "The provider answers with an error: see its status page")
        case _ if "NameResolutionError" in words or "gaierror" in words:
            return Unreachable("name", "The provider's address cannot be looked up: check the name server")
        case _:
            return Unreachable("tcp", "The line to the provider broke: check the network, the firewall and its status")
