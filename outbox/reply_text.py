"""Reply text: the parts of a reply, filled and put together for its channel."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

from domain.account import Channel
from domain.reply_choice import choose_parts
from domain.reply_syntax import OTHER_LANGUAGE, SUBJECT
from domain.reply_template import SLOTS, Approval, ReplyTemplate
from domain.site import Site
from domain.sms_text import plain_for_sms, segments
from outbox.html_text import Paragraph, page
from outbox.shelf import find_text, get_text
from outbox.templates import fill, named_in, says_plainly
from outbox.words import is_past, right_to_left, say

#: What stands below a text that nobody has approved, which goes out in the demo only.
DRAFT_MARK = "Utkast: den här texten är inte godkänd än."

#: Keeps digits and dashes in their order within a line that runs from right to left.
_LEFT_TO_RIGHT_MARK = "\u200e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A rendered reply."""

    #: Empty but in an e-mail.
    subject: str
    body: str
    #: Empty but in an e-mail.
    html: str
    #: Every language that it is written in, the reader's first.
    languages: tuple[str, ...]
    #: Names the content of every template in it.
    version: str
    #: True: a template in it is a draft.
    is_draft: bool
    #: True: the ticket's number stands in it as it is, and so does nothing else that looks like it.
    says_number_plainly: bool = False


def write_reply(site: Site, channel: Channel, name: str, language: str, slots: Mapping[str, str]) -> Text:
    """Return an automatic reply as it is sent.

    Args:
        site: whose texts, and whether drafts go.
        channel: where it goes.
        name: what is said.
        language: the reader's language; where no approved text has it, domain.md 7.5 says what stands there.
        slots: the values; one whose name ends in `.fi` is that of the name before it, for texts in Finnish.

    Raises:
        BadInput: there is no such text, or a slot that it names is missing.
    """
    keys = choose_parts(channel, name, language, lambda *key: find_text(site, key) is not None)
    parts = tuple(get_text(site, key) for key in keys)
    named = tuple(tuple(_said(slots, part, named_in(part.text)).items()) for part in parts)
    return _written(channel, parts, named, slots.get("number", ""))


@lru_cache(maxsize=256)
def _written(
    channel: Channel, parts: tuple[ReplyTemplate, ...], named: tuple[tuple[tuple[str, str], ...], ...], number: str
) -> Text:
    """Return the parts filled; kept, for until the number stands in it one day's receipts are mostly the same."""
    said = [dict(values) for values in named]
    filled = [_filled(part, values) for part, values in zip(parts, said, strict=True)]
    is_email = channel is Channel.email
    is_draft = any(part.head.status is Approval.draft for part in parts)
    return Text(
        subject=filled[0][0] if is_email else "",
        body=_marked("\n\n".join(_body(body, channel) for _, body in filled), channel, is_draft),
        html=_html(parts, said, is_draft) if is_email else "",
        languages=tuple(part.language for part in parts),
        version=_version(parts),
        is_draft=is_draft,
        says_number_plainly=bool(number) and all(map(partial(_says_plainly, number), parts, said)),
    )


def fill_text(part: ReplyTemplate, slots: Mapping[str, str], *, html: bool = False) -> tuple[str, str]:
    """Return the subject and the lines of one template, filled. Raises BadInput as `fill` does."""
    return _filled(part, _said(slots, part), html=html)


def _filled(part: ReplyTemplate, values: Mapping[str, str], *, html: bool = False) -> tuple[str, str]:
    filled = fill(part.text, values, where=part.file, html=html).strip("\n")
    if not filled.startswith(SUBJECT):
        return "", filled.strip()
    subject, _, body = filled.partition("\n")
    return subject.removeprefix(SUBJECT).strip(), body.strip()


def _says_plainly(number: str, part: ReplyTemplate, said: Mapping[str, str]) -> bool:
    others = (value for name, value in said.items() if name != "number")
    return says_plainly(part.text, "number") and number not in part.text and not any(number in each for each in others)


def _version(parts: tuple[ReplyTemplate, ...]) -> str:
    if len(parts) == 1:
        return parts[0].version
    return hashlib.sha256(" ".join(part.version for part in parts).encode()).hexdigest()[:16]


def _body(filled: str, channel: Channel) -> str:
    said = "\n".join(OTHER_LANGUAGE.sub("", line, count=1) for line in filled.split("\n"))
    return plain_for_sms(said) if channel is Channel.sms else said


def _marked(body: str, channel: Channel, is_draft: bool) -> str:
    """Add that it is a draft, but not where that would make one SMS more."""
    if channel is not Channel.sms:
        return f"{body}\n\n{DRAFT_MARK}\n" if is_draft else f"{body}\n"
    marked = f"{body} (utkast)"
    return marked if is_draft and segments(marked).parts == segments(body).parts else body


def _html(parts: tuple[ReplyTemplate, ...], said: list[dict[str, str]], is_draft: bool) -> str:
    filled = [_filled(part, values, html=True) for part, values in zip(parts, said, strict=True)]
    paragraphs = [
        _paragraph(line, part.language)
        for part, (_, body) in zip(parts, filled, strict=True)
        for line in body.split("\n")
        if line.strip()
    ]
    if is_draft:
        paragraphs.append(Paragraph(DRAFT_MARK, "sv"))
    return page(filled[0][0], paragraphs, language=parts[0].language)


def _paragraph(line: str, language: str) -> Paragraph:
    other = OTHER_LANGUAGE.match(line)
    return Paragraph(line[other.end() :], other["language"]) if other else Paragraph(line, language)


def _said(
    slots: Mapping[str, str], part: ReplyTemplate, named: frozenset[str] | None = None
) -> dict[str, str]:  # fmt: skip
    """Return the values as the text says them: instants in its language, optional slots empty when they are not given.

    A value for one language takes the place of the one for all. `named`: the values that the text names; None: all.
    """
    given = {name: "" for name, slot in SLOTS.items() if slot.optional} | dict(slots)
    given |= {
        name.removesuffix(f".{part.language}"): value
        for name, value in slots.items()
        if name.endswith(f".{part.language}")
    }
    plain = {name: value for name, value in given.items() if "." not in name and (named is None or name in named)}
    return {name: _say(name, value, part) for name, value in plain.items()}


def _say(name: str, value: str, part: ReplyTemplate) -> str:
    if name.endswith("_at"):
        value = say(datetime.fromisoformat(value), part.language, past=is_past(name), short=part.channel is Channel.sms)
    return _LEFT_TO_RIGHT_MARK + value if value and right_to_left(part.language) else value
