"""Addresses: what the form of an e-mail address tells about who stands behind it."""

import re

#: Characters that an address may have (RFC 5321 section 4.5.3.1); longer ones are an attack on whoever reads them.
LONGEST = 320

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
_ROBOT = re.compile(
    r"mailer-daemon|listserv|majordomo"
    r"|owner-.+|.+-owner|.+-request"
    r"|bounces?([-+_.=\d].*)?|.+-bounces?([-+_.=].*)?"
)
#: A recipient's address inside the local part: `news+anna=example.se`, `list-return-7-anna=example.se`.
_VERP = re.compile(r"[^=]*[-+_.][^=]*=[^=]+\.[a-z]{2,}")
#: Return paths that hold `=` and yet lead to a person: BATV tags, and what Gmail writes when it forwards.
_TAGGED_PERSON = re.compile(r"(prvs|btv\d|msprvs\d)=.*|.*\+caf_=.*")
_SRS = re.compile(r"srs0[-+=][^=]+=[^=]+=(?P<domain>[^=]+)=.+|srs1[-+=].*?[-+=][^=]+=[^=]+=(?P<first>[^=]+)=.+")
_NO_REPLY = re.compile(
    r"(^|[-_.+])(no[-_.]?reply|do[-_.]?not[-_.]?reply|inget[-_.]?svar|svara[-_.]?(inte|ej)|ej[-_.]?svar"
    r"|ei[-_.]?vastausta)($|[-_.+=\d])"
)


def is_address(text: str) -> bool:
    """Return whether mail can go to the text as it stands."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def local_part(address: str) -> str:
    """Return what stands before the last @, in lower case."""
    return address.rpartition("@")[0].lower()


def domain_of(address: str) -> str:
    """Return what stands after the last @, in lower case."""
    return address.rpartition("@")[2].lower()


def plain(address: str) -> str:
    """Return the address in lower case without a `+tag`, to compare mailboxes.

    >>> plain("Kontaktcenter+sommar@Exempelby.example")
    'kontaktcenter@exempelby.example'
    """
    return f"{local_part(address).partition('+')[0]}@{domain_of(address)}"


def is_under(domain: str, parent: str) -> bool:
    """Return whether a domain is the other or lies below it."""
    return domain == parent or domain.endswith(f".{parent}")


def same_domain(one: str, other: str) -> bool:
    """Return whether two domains are the same, or one lies below the other."""
    return is_under(one, other) or is_under(other, one)


def is_robot(address: str) -> bool:
    """Return whether the local part is one that list software and mail servers send from (RFC 5230 section 4.6)."""
    return _ROBOT.fullmatch(local_part(address)) is not None


def is_verp(address: str) -> bool:
    """Return whether a return path carries a recipient's address inside, as senders of bulk write it.

    >>> is_verp("news+kontaktcenter=exempelby.example@post.example")
    True
    >>> is_verp("SRS0=x1y2=7Z=example.se=anna@forward.example")
    False
    """
    local = local_part(address)
    if not is_address(address) or _SRS.fullmatch(local) or _TAGGED_PERSON.fullmatch(local):
        return False
    return _VERP.fullmatch(local) is not None


def srs_domain(address: str) -> str | None:
    """Return the domain that a forwarder rewrote (Sender Rewriting Scheme), or None when it is no such address.

    >>> srs_domain("SRS0=x1y2=7Z=example.se=anna@forward.example")
    'example.se'
    """
    found = _SRS.fullmatch(local_part(address))
    return (found["domain"] or found["first"]) if found else None


def refuses_replies(address: str) -> bool:
    """Return whether the address says that nobody reads what is sent to it (domain.md 3.3 row 25)."""
    return _NO_REPLY.search(local_part(address)) is not None
