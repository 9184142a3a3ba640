"""What an SMTP server's answer means for the message: taken, later, slower, mend our settings, or never."""

import re

from domain.errors import Failing, SendFailed, SendRefused

#: Noes for good that speak of our settings, not of the message: it may go when they are right. Source: RFC 4954, 3207.
OUR_FAULT = frozenset({523, 524, 525, 530, 534, 535, 538})

#: Characters of a server's answer that are kept.
LONGEST_ANSWER = 200

#: Noes for now that say: slower. 421 and 432 by their code (Exchange Online, Postfix), the others by their words.
_SLOWER_CODES = frozenset({421, 432})
_SLOWER = re.compile(r"\b4\.(7\.28|5\.3|3\.2)\b|rate|throttl|quota|limit|too (many|much|fast|quickly)", re.IGNORECASE)

#: Noes for good that are about how much we have sent today, not about the message (Gmail 5.4.5, Exchange). A full
#: mailbox of the recipient's, 5.2.2, is not among them.
_OUR_QUOTA = re.compile(
    r"\b5\.4\.5\b|(sending|submission|daily|hourly|message rate|outbound)\W*(\w+\W+){0,2}(limit|quota)"
    r"|SubmissionQuotaExceeded",
    re.IGNORECASE,
)


def expect(code: int, words: bytes, recipient: str) -> str:
    """Return the server's answer when it is a yes.

    Args:
        code: three digits; a 3xx is the caller's to know.
        words: the rest of the answer, as the server wrote it.
        recipient: taken out of what is kept: the sentence goes into logs, where no address belongs.

    Raises:
        SendFailed: it is a no for now, or one about our settings or our quota.
        SendRefused: it is a no for good.
    """
    said = " ".join(words.decode("utf-8", "replace").replace(recipient, "…").split())[:LONGEST_ANSWER]
    if 200 <= code < 300:
        return f"{code} {said}"
    failing = failing_of(code, said)
    if failing is None:
        raise SendRefused(f"The mail server refuses the message for good: {code} {said}")
    raise SendFailed(f"The mail server does not take the message now: {code} {said}", failing)


def failing_of(code: int, said: str) -> Failing | None:
    """Return which waits a no asks for; None: it is for good.

    >>> failing_of(451, "4.7.1 Greylisted, come back later").value
    'transient'
    >>> failing_of(450, "4.2.1 The user is receiving mail too quickly").value
    'throttled'
    >>> failing_of(550, "5.4.5 Daily user sending limit exceeded").value
    'throttled'
    >>> failing_of(552, "5.2.2 Mailbox full: over quota") is None
    True
    """
    if code in OUR_FAULT:
        return Failing.sign_in
    if 500 <= code < 600:
        return Failing.throttled if _OUR_QUOTA.search(said) else None
    slower = code in _SLOWER_CODES or _SLOWER.search(said)
    return Failing.throttled if slower else Failing.transient
