"""So far: what the messages of a batch that are decided already mean for those that come after them in it.

Nothing of the batch stands in the store yet, so a copy, a second mail of the same sender and the numbers of the brakes
are known from here.

Reads and writes: nothing but itself.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime

from domain.brakes import AutomaticReply, ReplyHistory
from domain.flood import Beginning
from domain.ids import Digest, OrganisationId
from pipeline.parsed import Parsed
from pipeline.settled import Settled
from store.correspondents import Correspondent
from store.letters import Earlier, LetterKey


class SoFar:
    """What the decided messages of one batch, in their order, add to what the store knows."""

    def __init__(self) -> None:
        """Begin a batch: nothing is decided."""
        self._firsts: dict[LetterKey, Earlier] = {}
        self._letters: dict[tuple[OrganisationId, str], set[Digest]] = defaultdict(set)
        self._replies: dict[str, list[AutomaticReply]] = defaultdict(list)
        self._languages: dict[Correspondent, str] = {}
        self._suppressed: dict[Correspondent, str] = {}
        self._beginnings: Counter[Beginning] = Counter()

    def note(self, settled: Settled, now: datetime) -> None:
        """Keep what a decision means for those after it."""
        parsed = settled.parsed
        organisation = parsed.account.organisation
        if parsed.beginning is not None:
            self._beginnings[parsed.beginning] += 1
        if settled.first_of_letter:
            # Which ticket it has is known when the batch is written.
            first = Earlier(
                id=parsed.waiting.id, account=parsed.account.id, fate=settled.fate, ticket=None,
                outgoing=settled.outgoing,
            )  # fmt: skip
            self._firsts[parsed.letter_key] = first
        if parsed.message.message_id is not None:
            self._letters[organisation, parsed.message.message_id].add(parsed.letter)
        suppression = settled.report.suppression if settled.report is not None else None
        if suppression is not None:
            self._suppressed.setdefault((organisation, suppression.address), suppression.why)
        self._note_reply(settled, now)

    def tells_of(self, parsed: Parsed) -> bool:
        """Say whether any of the questions below has another answer for a message than in an empty batch."""
        organisation, address = about = parsed.correspondent
        return (
            parsed.letter_key in self._firsts
            or (organisation, parsed.message.message_id) in self._letters
            or about in self._languages
            or address in self._replies
            or about in self._suppressed
            or (parsed.beginning is not None and parsed.beginning in self._beginnings)
        )

    def first(self, letter: LetterKey) -> Earlier | None:
        """Return the message of the batch that first brought a letter."""
        return self._firsts.get(letter)

    def letters_under(self, named: tuple[OrganisationId, str]) -> frozenset[Digest]:
        """Return the letters of the batch under a Message-ID."""
        return frozenset(self._letters.get(named, ()))

    def language(self, correspondent: Correspondent) -> str | None:
        """Return the language of the batch's last reply to an address."""
        return self._languages.get(correspondent)

    def count_beginning(self, beginning: Beginning) -> int:
        """Return how many SMS of the batch are of numbers that begin so."""
        return self._beginnings[beginning]

    def added_to(self, history: ReplyHistory, correspondent: Correspondent) -> ReplyHistory:
        """Return the reply history of an address with what the batch adds."""
        replies, suppressed = self._replies.get(correspondent[1], ()), self._suppressed.get(correspondent)
        if not replies and suppressed is None:
            return history
        return replace(
            history, to_address=(*history.to_address, *replies), suppressed=history.suppressed or suppressed
        )  # fmt: skip

    def _note_reply(self, settled: Settled, now: datetime) -> None:
        if settled.reply is None:
            return
        reply = settled.reply.intent
        self._languages[reply.organisation, reply.recipient] = reply.language
        if reply.shadow:
            return
        mailbox = settled.parsed.account.address.lower()
        sent = AutomaticReply(template=reply.template, address=reply.recipient, mailbox=mailbox, at=now)
        self._replies[reply.recipient].append(sent)
