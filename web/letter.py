"""A mail as its HTML shows it, cleaned: no script, no style, no picture, nothing from elsewhere, nowhere to go."""

import nh3
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.ids import MessageId
from pipeline.letter import letter_html
from web.rendering import render_page
from web.ticket import find_ticket, note_sensitive_read
from web.visit import Visit

#: What gives a text its shape. Pictures would tell their server who reads; links in letters are for the plain text.
TAGS = frozenset(
    {
        "b", "blockquote", "br", "caption", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li",
        "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "u", "ul",
    }
)  # fmt: skip

#: How a text may run.
DIRECTIONS = frozenset({"ltr", "rtl", "auto"})

#: None of them names an address.
ATTRIBUTES = {"*": {"lang", "dir"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}

#: `sandbox` without exceptions: the document is of no origin, runs nothing, sends nothing and opens nothing.
POLICY = "sandbox; default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "SAMEORIGIN",
}


def show_letter(visit: Visit) -> Response:
    """Show a mail's HTML, cleaned, to stand in a frame on the ticket's page."""
    with visit.surroundings.database.read() as connection:
        try:
            message, markup = letter_html(connection, visit.viewer, MessageId(visit.row))
        except KeyError:
            raise HTTPException(404) from None
        ticket = find_ticket(connection, visit, message.ticket)
    note_sensitive_read(visit, ticket, "letter")
    language = ticket.language or "sv"
    response = render_page("letter.html", visit.words, markup=cleaned(markup), language=language)
    response.headers.update(HEADERS)
    return response


def cleaned(markup: str) -> str:
    """Return markup that can do nothing but be read."""
    return nh3.clean(markup, tags=set(TAGS), attributes=ATTRIBUTES, attribute_filter=_known, link_rel=None)


def _known(_tag: str, name: str, value: str) -> str | None:
    """Keep an attribute's value; of a direction only those that there are."""
    return None if name == "dir" and value.lower() not in DIRECTIONS else value
