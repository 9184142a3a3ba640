"""Reading: a template as its reader and its editor see it, for the lint."""

import re
from dataclasses import dataclass
from datetime import datetime

from domain.account import Channel
from domain.reply_syntax import OTHER_LANGUAGE, SUBJECT, slots_of
from domain.reply_template import ReplyTemplate
from domain.site import Site
from domain.sms_text import plain_for_sms
from outbox.reply_text import fill_text
from outbox.sample import longest_slots, sample_slots

_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÅÄÖ])|\n+")
_WORD = re.compile(r"[^\W_]+(?:[-'’.:/@][^\W_]+)*")
#: What is no word of the text: it is filled in, or a number to call.
_NO_WORDS = re.compile(r"https?://\S+|{{[^}]*}}|{%[^%]*%}")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One text, as written and as filled with sample values."""

    text: ReplyTemplate
    site: Site
    now: datetime
    slots: frozenset[str]
    #: Its lines with their numbers in the file, without what is filled in.
    lines: tuple[tuple[int, str], ...]
    #: The line that the text begins on.
    first_line: int
    #: The filled text without its subject; lines in other languages have lost their marks.
    body: str
    #: As an SMS, with the longest values.
    longest: str

    @property
    def paragraphs(self) -> list[str]:
        """Return the paragraphs as written, the subject's first."""
        return [each for each in self.text.text.strip().split("\n\n") if each.strip()]

    @property
    def own_words(self) -> str:
        """Return the text in its own language, without what is filled in, and without lines in others."""
        lines = (line for _, line in self.lines if not OTHER_LANGUAGE.match(line))
        return "\n".join(line.removeprefix(SUBJECT) for line in lines)

    @property
    def sentences(self) -> list[list[str]]:
        """Return the words of each sentence, what is filled in counting as one word."""
        said = "\n".join(line for line in self._with_stand_ins().split("\n") if not OTHER_LANGUAGE.match(line))
        return [words for each in _SENTENCE_END.split(said) if (words := _WORD.findall(each))]

    def line_of(self, said: str) -> int:
        """Return the number of the first line that says something, else of the first one."""
        numbered = enumerate(self.text.text.split("\n"), start=1)
        return next((number for number, line in numbered if said.lower() in line.lower()), self.first_line)

    def _with_stand_ins(self) -> str:
        kept = re.sub(r"{{ link\(\"([^\"]*)\"[^}]*}}", r"\1", self.text.text)
        return re.sub(r"{%[^%]*%}\n?", "", re.sub(r"{{[^}]*}}", "x", kept)).strip()


def read(site: Site, text: ReplyTemplate, now: datetime) -> Reading:
    """Return a text with what the lint asks of it. Raises BadInput when it cannot be filled."""
    numbered = [
        (number, _NO_WORDS.sub("x", re.sub(r"{{ link\(\"([^\"]*)\"[^}]*}}", r"\1", line)))
        for number, line in enumerate(text.text.split("\n"), start=1)
        if line.strip()
    ]
    _, body = fill_text(text, sample_slots(site, now))
    longest = ""
    if text.channel is Channel.sms:
        longest = plain_for_sms(fill_text(text, longest_slots(site, text.language, now))[1])
    return Reading(
        text=text,
        site=site,
        now=now,
        slots=slots_of(text),
        lines=tuple(numbered),
        first_line=numbered[0][0] if numbered else 1,
        body="\n".join(OTHER_LANGUAGE.sub("", line, count=1) for line in body.split("\n")),
        longest=longest,
    )
