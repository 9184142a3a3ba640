"""The dead-man's signal: an address that is asked for, so that whoever listens there knows that all is well."""

from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from domain.errors import Unreachable

#: Of an answer no more is read than this: only that there is one counts.
MOST_BYTES = 1024


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        """Follow nothing: the address in the settings is the one that listens."""
        return


def send_signal(url: str, timeout_seconds: float) -> None:
    """Ask for the address with GET, once.

    Args:
        url: http or https; nothing of ours is sent but that we ask.
        timeout_seconds: how long to wait for an answer.

    Raises:
        Unreachable: no answer, or another than 2xx.
    """
    request = Request(url, headers={"User-Agent": "Svarsvakt"})  # noqa: S310 - the settings take http and https only
    try:
        with build_opener(_NoRedirects).open(request, timeout=timeout_seconds) as answer:
            answer.read(MOST_BYTES)
    except URLError as error:
        raise Unreachable("tcp", f"the signal did not get through ({error.reason}): check [signal] url") from None
    except OSError as error:
        raise Unreachable(
            "tcp", f"the signal did not get through ({type(error).__name__}): check [signal] url"
        ) from None
