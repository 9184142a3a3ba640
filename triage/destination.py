"""Destination: the one address that an automatic reply may go to (domain.md 3.5)."""

from email.utils import parseaddr

from domain.message import Message
from domain.site import Site
from triage.addresses import domain_of, is_address, is_robot, is_verp, same_domain, srs_domain
from triage.trust import authentication

NO_RETURN_PATH = (
    "no Return-Path header, as in mail that was appended or dropped into the folder: "
    "ask the mail administrator to let the delivery write one"
)


def form_header(message: Message, site: Site) -> str | None:
    """Return the header that holds the citizen's address, if a registered form sent this (domain.md 3.3 row 15)."""
    sender = message.sender.address if message.sender else ""
    return next((header for address, header in site.mail.form_senders if address.lower() == sender.lower()), None)


def is_from_form(message: Message, site: Site) -> bool:
    """Say whether a registered, authenticated form of the municipality sent this for a citizen (row 15)."""
    return form_header(message, site) is not None and authentication(message, site.mail).passed


def destination(message: Message, site: Site, authenticated: bool) -> tuple[str | None, str]:
    """Return where an automatic reply may go, and why there or nowhere. Reply-To and Sender are never used.

    `authenticated`: our border server says that From is whom it claims to be (DMARC passed, aligned).

    Source: RFC 3834 section 4; domain.md 3.5.
    """
    header = form_header(message, site)
    if header is not None:
        return _from_form(message, header, authenticated)
    sender = message.sender.address if message.sender else ""
    return_path = message.return_path
    if not is_address(sender):
        return None, "no usable From"
    if return_path is None:
        return _from_sender(sender, site, authenticated, NO_RETURN_PATH)
    if not return_path:
        return None, "the return path is null"
    if not is_address(return_path):
        return None, f"the return path {return_path} is no address"
    if is_robot(return_path) or is_verp(return_path):
        return None, f"the return path {return_path} is one for bounces"
    if same_domain(domain_of(return_path), domain_of(sender)):
        return return_path, "the return path, in the domain of From"
    if same_domain(srs_domain(return_path) or "", domain_of(sender)):
        return return_path, "the return path, rewritten by a forwarder for the domain of From"
    return _from_sender(sender, site, authenticated, f"the return path {return_path} is in another domain than From")


def _from_form(message: Message, header: str, authenticated: bool) -> tuple[str | None, str]:
    if not authenticated:
        return None, "a registered form sender, but our border server does not vouch for it"
    address = parseaddr(message.header(header) or "")[1].lower()
    if not is_address(address):
        return None, f"a registered form sender, but {header} holds no address"
    return address, f"the address field {header} of a registered form"


def _from_sender(sender: str, site: Site, authenticated: bool, otherwise: str) -> tuple[str | None, str]:
    if site.mail.from_as_destination and authenticated and not is_robot(sender) and not is_verp(sender):
        return sender, "From, which our border server vouches for"
    return None, otherwise
