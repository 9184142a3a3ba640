"""Quoting: the author's own text apart from the earlier mail below it.

Every line is looked at once, cut to a length, with expressions that take linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.marks import EARLIER, INTRODUCES, without_marks
from intake.quotations import is_introduction, is_separator, opens_introduction, starts_earlier_mail

#: An introduction is a name, an address and a time.
_LONGEST_LINE = 300
#: Gmail breaks an introduction with a long name over so many lines.
_MOST_WRAPPED = 3

#: What is left where a quotation was taken out.
_BLANK_LINES = re.compile(r"\n{3,}")
_RULE = re.compile(r"^[-_*=–—]{5,}$")
_DEVICE = re.compile(
    r"^(?:(?:Skickat|Skickades|Lähetetty|Sent|Sendt|Gesendet|Von meinem)\b.{0,80}"
    r"|(?:Hämta|Hanki|Hae|Lataa|Get|Skaff|Skaff deg|Last ned|Hent|Få|Holen Sie sich|Laden Sie) Outlook\b.{0,80}"
    r"|Outlook für .{1,20} (?:beziehen|herunterladen).{0,60})$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"^\s*(?:vb|vidarebef|fwd?|vl|wg|vs:\s*fwd?)\b", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"^\s*(?:re|sv|svar|ang|vs|aw|antw)\s?(?:\[\d+\])?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """The two halves; together they hold every line with words."""

    text: str
    quoted: str = ""


def separate(text: str, subject: str = "") -> Split:
    """Return the author's own text and what is quoted.

    Answers written between quoted lines stay with the author's text. A forwarded mail whose own text is empty has the
    forwarded one as its text; an empty reply stays empty, so that our own words to the citizen never decide.

    Args:
        text: may hold `marks`; they are taken out.
        subject: tells a forwarded mail from a reply.
    """
    own, quoted = _Sorter(text).sorted()
    split = Split(_BLANK_LINES.sub("\n\n", "\n".join(own)).strip(), "\n".join(quoted).strip())
    if not split.quoted or not _is_empty(split.text):
        return split
    if _REPLY_SUBJECT.match(subject) and not _FORWARD_SUBJECT.match(subject):
        return split
    return Split(without_marks(text).strip())


def _is_empty(text: str) -> bool:
    """Say whether nothing was written above the quotation but what a telephone adds."""
    return all(_DEVICE.match(line) or not line.strip() for line in text.split("\n"))


class _Sorter:
    """Goes through the lines once, from top to bottom."""

    def __init__(self, text: str) -> None:
        marked = text.split("\n")
        self._earlier = {number for number, line in enumerate(marked) if EARLIER in line}
        self._introducing = {number for number, line in enumerate(marked) if INTRODUCES in line}
        self._lines = without_marks(text).split("\n")
        self._views = [" ".join(line[:_LONGEST_LINE].split()) for line in self._lines]
        self._own: list[str] = []
        self._quoted: list[str] = []

    def sorted(self) -> tuple[list[str], list[str]]:
        """Return the author's lines and the quoted ones."""
        number = 0
        while number < len(self._lines):
            if self._begins_earlier_mail(number):
                self._take_rule_above()
                return self._own, [*self._quoted, *self._lines[number:]]
            length, ends = self._quotation(number)
            if ends:
                return self._own, [*self._quoted, *self._lines[number:]]
            (self._quoted if length else self._own).extend(self._lines[number : number + max(1, length)])
            number += max(1, length)
        return self._own, self._quoted

    def _begins_earlier_mail(self, number: int) -> bool:
        view = self._views[number]
        if not view:
            return False
        return number in self._earlier or is_separator(view) or starts_earlier_mail(self._views, number)

    def _quotation(self, number: int) -> tuple[int, bool]:
        """Return over how many lines a quotation or its introduction stands here, and whether all below belongs to it.

        What follows an introduction without quote marks is a quotation to its end.
        """
        view = self._views[number]
        if view[:1] == ">":
            return 1, False
        for length in self._possible_lengths(number):
            below = number + length
            followed = self._is_followed_by_marks(below)
            if is_introduction(" ".join(self._views[number:below]), followed_by_marks=followed):
                return length, not followed
        return (1, False) if number in self._introducing else (0, False)

    def _possible_lengths(self, number: int) -> Iterator[int]:
        """Yield over how many lines an introduction may stand here; only one that names the time first is wrapped."""
        most = _MOST_WRAPPED if opens_introduction(self._views[number]) else 1
        for length, view in enumerate(self._views[number : number + most], 1):
            if not view or view[0] == ">" or (length > 1 and opens_introduction(view)):
                return
            if view[-1] == ":":
                yield length

    def _is_followed_by_marks(self, number: int) -> bool:
        following = next((view for view in self._views[number : number + 4] if view), "")
        return following.startswith(">")

    def _take_rule_above(self) -> None:
        """Let the rule that Outlook draws above the earlier mail go with it."""
        at = len(self._own) - 1
        while at >= 0 and not self._own[at].strip():
            at -= 1
        if at >= 0 and _RULE.match(self._own[at].strip()):
            self._quoted.extend(self._own[at:])
            del self._own[at:]
