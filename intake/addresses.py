"""Addresses and Message-IDs as they stand in headers. Source: RFC 5322 3.4 and 3.6.4."""

import re
from email.utils import getaddresses

from domain.message import Mailbox
from intake.characters import one_line
from intake.headers import ENCODED_WORD, decode_words

#: RFC 5321 4.5.3.1: 64 before the at sign, 255 after it.
LONGEST_ADDRESS = 320
LONGEST_NAME = 300
#: The longest honest mailing goes to a thousand; row 28 of domain.md 3.3 asks for ten.
MOST_ADDRESSES = 1_000
#: A thread of two hundred mails is still told apart by its ends.
MOST_MESSAGE_IDS = 200
#: RFC 5322 2.1.1: a line.
LONGEST_MESSAGE_ID = 998

_PLAIN = re.compile(r'"?([^"<>,;:()@\\\[\]]*)"?\s*<([^\s<>,;:()"\\\[\]]+@[^\s<>,;:()"\\@]+)>')
#: An address and nothing else: what the standard library would find there, in a hundredth of its time.
_BARE = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)
_USABLE = re.compile(r"[^\s<>,;()@]+@[^\s<>,;()@]+")
#: The same in running text; it begins only where a word does, which keeps the search linear.
_IN_TEXT = re.compile(r"(?<![^\s<>,;()@])[^\s<>,;()@]+@[^\s<>,;()@]+")
#: Two characters of private use that mark where an encoded word stood.
_ASIDE = re.compile("\ue000(\\d{1,6})\ue001", re.ASCII)
_MESSAGE_ID = re.compile(r"<([^<>]{1,1000})>")


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes of a From or To line whose encoded words still stand; unusable ones are left out."""
    if not value:
        return ()
    value = " ".join(value.split())
    found = (_mailbox(name, address) for name, address in _pairs(value)[:MOST_ADDRESSES])
    return tuple(mailbox for mailbox in found if mailbox)


def _pairs(value: str) -> list[tuple[str, str]]:
    """Return names and addresses."""
    if _BARE.fullmatch(value):
        return [("", value)]
    plain = _PLAIN.fullmatch(value)
    return [(plain[1], plain[2])] if plain else _pairs_of_any(value)


def _pairs_of_any(value: str) -> list[tuple[str, str]]:
    """Return names and addresses of any line; encoded words are set aside, because some hold commas and colons."""
    words: list[str] = []

    def set_aside(word: re.Match[str]) -> str:
        words.append(word[0])
        return f"\ue000{len(words) - 1}\ue001"

    try:
        pairs = getaddresses([ENCODED_WORD.sub(set_aside, value.replace("\ue000", ""))])
        pairs = [(_ASIDE.sub(lambda mark: _word(words, mark[1]), name), address) for name, address in pairs]
    except (RecursionError, IndexError, ValueError, TypeError):  # nested comments, open quotes
        pairs = []
    if any(_USABLE.fullmatch(address) for _, address in pairs):
        return pairs
    return [("", address) for address in _IN_TEXT.findall(value)]


def _word(words: list[str], number: str) -> str:
    return words[int(number)] if int(number) < len(words) else ""


def _mailbox(name: str, address: str) -> Mailbox | None:
    address = one_line(address).lower()
    if len(address) > LONGEST_ADDRESS or not _USABLE.fullmatch(address):
        return None
    return Mailbox(address, one_line(decode_words(name), LONGEST_NAME))


def return_path(value: str) -> str:
    """Return the envelope sender in lower case; empty for the null path `<>`."""
    inside = value.partition("<")[2].partition(">")[0] if "<" in value else value
    return one_line(inside, LONGEST_ADDRESS).lower()


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs with their angle brackets, in order.

    >>> message_ids("<[abc@x]> <a b@y>")
    ('<[abc@x]>', '<ab@y>')
    """
    found = _MESSAGE_ID.findall(value)[:MOST_MESSAGE_IDS]
    return tuple(dict.fromkeys(_bracketed(each) for each in found if each.strip()))


def message_id(value: str) -> str | None:
    """Return the Message-ID of a mail; one without brackets gets them, one without anything is None."""
    within = message_ids(value)
    if within:
        return within[0]
    bare = value.strip(" \t<>")
    return _bracketed(bare) if bare else None


def _bracketed(bare: str) -> str:
    return f"<{''.join(one_line(bare).split())[:LONGEST_MESSAGE_ID]}>"
