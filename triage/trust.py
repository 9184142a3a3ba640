"""Trust: what our own border servers say of a message."""

from dataclasses import dataclass

import authres

from domain.border import above_strangers
from domain.message import Message
from domain.site import MailSettings
from triage.addresses import domain_of, same_domain

#: A longer Authentication-Results is not our border server's; to parse one of 600 kB takes eight seconds.
LONGEST_RESULTS = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """What the border found, in the words of RFC 8601; empty where it said nothing."""

    dmarc: str = ""
    spf: str = ""
    dkim: str = ""
    #: True: DMARC passed, for the domain that stands in From.
    passed: bool = False

    @property
    def failure(self) -> str | None:
        """Return what failed so that the sender may be forged, or None (domain.md 3.3 row 29)."""
        if self.dmarc == "fail":
            return "dmarc=fail"
        forged = (self.spf == "fail" and self.dkim != "pass") or (self.spf == "softfail" and self.dkim == "fail")
        return f"spf={self.spf} dkim={self.dkim or 'none'}" if forged and self.dmarc != "pass" else None


def authentication(message: Message, mail: MailSettings) -> Authentication:
    """Return what the topmost Authentication-Results of the configured authserv-id says.

    Lower ones of the same name may be forged: a server writes its own on top (RFC 8601 section 5). One that cannot be
    parsed, an empty `MailSettings.authserv_id`, or a mail without a Received line of a configured border server
    vouches for nobody: then a stranger may have written them all.
    """
    for name, value in above_strangers(message.headers, mail.border_servers):
        if name != "authentication-results":
            continue
        if mail.authserv_id and value.split(";")[0].lower().split()[:1] == [mail.authserv_id.lower()]:
            return _read(value, message)
    return Authentication()


def _read(value: str, message: Message) -> Authentication:
    if len(value) > LONGEST_RESULTS:
        return Authentication()
    try:
        results = authres.AuthenticationResultsHeader.parse_value(value).results
    except (authres.AuthResError, RecursionError):  # comments may be nested as deep as the sender likes
        return Authentication()
    found: dict[str, list[str]] = {}
    for result in results:
        found.setdefault(result.method.lower(), []).append((result.result or "").lower())
    dmarc, spf, dkim = (_best(found.get(method, [])) for method in ("dmarc", "spf", "dkim"))
    return Authentication(dmarc=dmarc, spf=spf, dkim=dkim, passed=dmarc == "pass" and _aligned(results, message))


def _best(results: list[str]) -> str:
    return "pass" if "pass" in results else next(iter(results), "")


def _aligned(results: list[authres.AuthenticationResult], message: Message) -> bool:
    checked = [
        prop.value.lower()
        for result in results
        if result.method.lower() == "dmarc"
        for prop in result.properties
        if (prop.type, prop.name) == ("header", "from")
    ]
    if message.sender is None:
        return False
    return all(same_domain(domain_of(each), domain_of(message.sender.address)) for each in checked)
