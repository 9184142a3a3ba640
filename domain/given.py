"""Given: by what else somebody can be reached, because they wrote it in a message themselves.

Kept narrow: only one number or address in a text counts, never two, and none of ours. Nothing is merged by it; staff
are shown that the contact may be the same (domain.md R9).
"""

import re

from domain.message import Message
from domain.phone import numbers_written_in
from domain.site import Site

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}\b")

#: No text that gives an address is longer.
LONGEST_TEXT = 20_000


def given_in(message: Message, site: Site) -> tuple[str, ...]:
    """Return the mobile number and the mail address that a sender gave of themselves, beside that they wrote from."""
    own = message.sender.address.lower() if message.sender is not None else ""
    numbers = {number for number in numbers_written_in(message.text) if number not in site.own_addresses}
    addresses = {found.lower() for found in _EMAIL.findall(message.text[:LONGEST_TEXT])}
    foreign = {each for each in addresses if each.rpartition("@")[2] not in site.own_domains}
    alone = [next(iter(each)) for each in (numbers, foreign) if len(each) == 1]
    return tuple(each for each in alone if each != own)
