"""Shown addresses: the e-mail addresses and numbers that a web page shows, also those hidden from robots. Pure."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import phonenumbers

#: What ends a line of text.
BLOCKS = frozenset(
    "address article aside br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p section "
    "table tbody td th tr ul".split()
)
#: What is not shown.
UNSEEN = frozenset({"script", "style", "template", "noscript"})

_ADDRESS = re.compile(r"[a-z0-9åäöé._%+'-]+@(?:[a-z0-9åäö-]+\.)+[a-zåäö]{2,24}", re.IGNORECASE)
#: As people hide an @ and a dot: "(at)", "[snabel-a]", " snabel-a ", "(punkt)".
_AT = re.compile(r"\s*[\[({<]\s*(?:at|a|ät|snabel-?a|@)\s*[\])}>]\s*|\s+(?:snabel-?a)\s+", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[({<]\s*(?:dot|punkt|\.)\s*[\])}>]\s*", re.IGNORECASE)
_PROTECTED = re.compile(r"email-protection#([0-9a-f]{4,})", re.IGNORECASE)

#: Where a number without a country's code is meant.
COUNTRY = "SE"


def shown_addresses(html: str) -> frozenset[str]:
    """Return every e-mail address, in lower case, and every number, in E.164, that a page shows or links to.

    >>> sorted(shown_addresses('<p>gata (at) exempelby (punkt) example, 070-174 06 05</p>'))
    ['+46701740605', 'gata@exempelby.example']
    """
    page = _Page()
    page.feed(html)
    page.close()
    found = set(page.found)
    for line in "".join(page.text).split("\n"):
        found |= _in_text(line)
    return frozenset(found)


def decode_protected(text: str) -> str:
    """Return an address that Cloudflare hid: hex whose first byte is the key to the others; empty when it is none.

    >>> decode_protected("422523362302273a272f32272e203b6c273a232f322e27")
    'gata@exempelby.example'
    """
    try:
        key, *hidden = bytes.fromhex(text)
        return bytes(each ^ key for each in hidden).decode()
    except ValueError:
        return ""


class _Page(HTMLParser):
    """Collects the text of a page line by line, and what its links and hidden addresses say."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.found: set[str] = set()
        self._unseen = 0

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Pass over a section that the library refuses by an assertion, as browsers do."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen += 1
        if tag in BLOCKS:
            self.text.append("\n")
        given = {name: value or "" for name, value in attrs}
        self.found |= _in_link(given.get("href", "")) | _addresses(decode_protected(given.get("data-cfemail", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in UNSEEN:
            self._unseen -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in BLOCKS:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # Only tags end a line: in the source one may go on in the next.
            self.text.append(" ".join(re.split(r"\s+", data)))


def _in_link(href: str) -> set[str]:
    scheme, _, rest = href.strip().partition(":")
    if scheme.lower() == "mailto":
        return _addresses(unquote(rest.partition("?")[0]))
    if scheme.lower() in ("tel", "sms"):
        return _numbers(unquote(rest.partition("?")[0]))
    hidden = _PROTECTED.search(href)
    return _addresses(decode_protected(hidden[1])) if hidden else set()


def _in_text(line: str) -> set[str]:
    return _addresses(_DOT.sub(".", _AT.sub("@", line))) | _numbers(line)


def _addresses(text: str) -> set[str]:
    return {match.lower().strip(".'") for match in _ADDRESS.findall(text)}


def _numbers(text: str) -> set[str]:
    matches = phonenumbers.PhoneNumberMatcher(text, COUNTRY, leniency=phonenumbers.Leniency.VALID)
    return {phonenumbers.format_number(each.number, phonenumbers.PhoneNumberFormat.E164) for each in matches}
