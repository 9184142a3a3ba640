"""Categories: what a message is about, by weighted words, with the words that said so. Source: domain.md 6."""

from functools import cached_property
from itertools import groupby

from domain.category import UNCLEAR, Category, ErrandType, Secrecy, Urgency
from domain.decision import Classification, LanguageGuess, Match
from domain.ids import CategoryId
from domain.message import Message
from domain.site import TriageSettings
from triage import errand_type, urgency
from triage.learning import Learned
from triage.matching import Found
from triage.own_text import own_text
from triage.signals import Signals, signals
from triage.weighing import Reading, telling, total, weigh
from triage.words import Token, cut, fold

#: A safety class wins by one word of this score, or by weak ones of this score together.
SAFETY_THRESHOLD = 2.0
MANY_WEAK = 2.6
#: From this share of the best score on another category counts as a second errand, and its secrecy holds too.
SECOND_ERRAND = 0.6
#: Of a longer message only so much is read, its last letters among it: what a message is about stands in its first
#: ones, and what was hard to say in its last; more only costs time.
MOST_LETTERS = 20_000
LAST_LETTERS = 5_000
#: How many categories are told of an unclear message.
MOST_SEEN = 5
#: What is added to the score of a category that is certain by what was learned, divided among those it is unsure of.
LEARNED_WEIGHT = 6.0
#: The same for a category of which no word of the settings stands there, beside a topic that is clear by such words.
LEARNED_BESIDE = 3.0
#: From this score by the words of the settings on, a topic is clear.
CLEAR_TOPIC = 3.0
#: From this likelihood on, that the message belongs to some safety class, it is an alarm.
LEARNED_ALARM = 0.65
#: The same beside a clear topic, where no safety word of the settings stands there.
LEARNED_ALARM_BESIDE = 0.85
#: What was learned counts less where one word says more than this share of it, and nothing where it says all of it:
#: chance seldom strikes twice.
LONE_WORD = 0.6
#: An alarm needs more than one word, but not much more: a miss costs most.
LONE_ALARM = 0.8
#: A sentence of so many words that is as good as certainly about danger is an alarm, whatever stands around it: in a
#: long letter about a bill, the one line that matters.
LONE_SENTENCE = 10
SENTENCE_ALARM = 0.995
#: A category less likely than this gets nothing.
UNLIKELY = 0.03
#: How many learned words are shown, and by what name instead of a pattern.
MOST_LEARNED = 4
LEARNED = "learned"


def classify(
    message: Message, language: LanguageGuess, categories: tuple[Category, ...], settings: TriageSettings
) -> Classification:
    """Tell what a message is about. Only the author's own text and the subject count, never what is quoted.

    Args:
        message: as parsed.
        language: of the message; words of other languages count less.
        categories: the same tuple for every message of a site: its words are compiled once.
        settings: when a category is clear enough.
    """
    known = signals(categories)
    text = own_text(_ends(message.text))
    tokens = cut(message.subject, text)
    reading = Reading(
        tokens=tokens,
        subject=len(cut(message.subject)),
        language=language,
        asks=any(mark in text or mark in message.subject for mark in "?؟"),
    )
    found = known.index.find(tokens)
    words = telling(reading, found, known.by_id)
    verdict = _Verdict(known, settings, reading, found, known.scorer.score(words))
    if not verdict.alarms and (cry := _cry(known, words)):
        verdict = _Verdict(known, settings, reading, found, cry)
    return verdict.classification()


def _ends(text: str) -> str:
    """Return a text, or the first and the last of it when it is too long."""
    if len(text) <= MOST_LETTERS:
        return text
    return f"{text[: MOST_LETTERS - LAST_LETTERS]}\n\n{text[-LAST_LETTERS:]}"


def _cry(known: Signals, words: tuple[Token, ...]) -> Learned | None:
    """Return what is learned of the sentence that is an alarm by itself; None: no sentence is."""
    for _, sentence in groupby(words, key=lambda word: word.sentence):
        alone = tuple(sentence)
        if LONE_SENTENCE <= len(alone) < len(words):
            learned = known.scorer.score(alone)
            if _danger(known, learned) >= SENTENCE_ALARM:
                return learned
    return None


def _danger(known: Signals, learned: Learned) -> float:
    """Return how likely it is by what was learned that a text is of some safety class; 0.0 when one word says so."""
    likely = {id: each for id, each in learned.likelihood.items() if known.is_safety(id)}
    if not likely or learned.lead(max(likely, key=lambda one: likely[one])) > LONE_ALARM:
        return 0.0
    return sum(likely.values())


class _Verdict:
    """A message with what was found in it, from which the classification follows."""

    def __init__(
        self, signals: Signals, settings: TriageSettings, reading: Reading, found: list[Found], learned: Learned
    ) -> None:
        """Weigh what was found, and add what was learned."""
        self._signals = signals
        self._settings = settings
        self._reading = reading
        self._found = found
        self._learned = learned
        tallies = weigh(reading, found, signals.by_id)
        self._matches: dict[str, tuple[Match, ...]] = {id: tally.ranked() for id, tally in tallies.items()}
        self._by_words = {id: total(matches) for id, matches in self._matches.items()}
        likely = {id for id, likelihood in learned.likelihood.items() if likelihood >= UNLIKELY}
        self._scores = {id: round(self._score(id), 3) for id in likely | set(self._matches)}

    @cached_property
    def alarms(self) -> list[str]:
        """The safety classes that fire, strongest first."""
        return [id for id in self._ranked if self._is_safety(id) and self._alarms(id)]

    @cached_property
    def _ranked(self) -> list[str]:
        return sorted(self._scores, key=lambda one: (-self._scores[one], one))

    def classification(self) -> Classification:
        """Return the safety class if one fired, else the best topic, else unclear."""
        ranked = self._ranked
        # What nothing speaks for is not what it may be about either: its secrecy must not hold.
        topics = [id for id in ranked if not self._is_safety(id) and self._scores[id] > 0]
        if self.alarms:
            return self._about(self.alarms[0], ranked, safety=True)
        if not topics or self._scores[topics[0]] < self._settings.threshold or self._are_close(topics):
            return self._unclear(topics)
        return self._about(topics[0], topics, safety=False)

    def _score(self, id: str) -> float:
        return self._by_words.get(id, 0.0) + self._points(id)

    def _points(self, id: str) -> float:
        """Return what was learned adds to the score of a category: less beside a topic that is clear without it."""
        likelihood = self._learned.likelihood.get(id, 0.0)
        if likelihood < UNLIKELY:
            return 0.0
        weight = LEARNED_WEIGHT if id in self._by_words or not self._has_clear_topic else LEARNED_BESIDE
        return weight * likelihood * self._support(id)

    @cached_property
    def _has_clear_topic(self) -> bool:
        """True: the words of the settings alone say clearly what it is about."""
        return any(score >= CLEAR_TOPIC for id, score in self._by_words.items() if not self._is_safety(id))

    def _support(self, id: str) -> float:
        """Return how well what was learned for a category rests on several words: 1.0, or less for a lone word."""
        return min(1.0, (1.0 - self._learned.lead(id)) / (1.0 - LONE_WORD))

    def _shown(self, id: str) -> tuple[Match, ...]:
        """Return the words that speak for a category: those of the settings, then those that were learned."""
        points = self._points(id)
        learned = self._learned.words(id, MOST_LEARNED) if points else []
        return self._matches.get(id, ()) + tuple(
            Match(self._as_written(word), LEARNED, round(points * share, 3)) for word, share in learned
        )

    def _as_written(self, folded: str) -> str:
        """Return a learned word, or pair of words, as it stands in the message."""
        return " ".join(self._written.get(word, word) for word in folded.split())

    @cached_property
    def _written(self) -> dict[str, str]:
        return {fold(token.text): token.text for token in self._reading.tokens}

    def _is_safety(self, id: str) -> bool:
        return self._signals.is_safety(id)

    def _alarms(self, id: str) -> bool:
        """Say whether a safety class fires; no topic, however clear, overrides it (design.md section 5)."""
        matches = self._matches.get(id)
        if matches and (matches[0].score >= SAFETY_THRESHOLD or self._by_words[id] >= MANY_WEAK):
            return True
        return self._is_likely_danger

    @cached_property
    def _is_likely_danger(self) -> bool:
        """True: what was learned says that it belongs to some safety class, whichever."""
        hinted = any(self._is_safety(id) for id in self._by_words)
        enough = LEARNED_ALARM if hinted or not self._has_clear_topic else LEARNED_ALARM_BESIDE
        return _danger(self._signals, self._learned) >= enough

    def _are_close(self, topics: list[str]) -> bool:
        if len(topics) < 2:
            return False
        best, second = (self._scores[id] for id in topics[:2])
        return best - second < self._settings.margin * best

    def _about(self, id: str, ranked: list[str], safety: bool) -> Classification:
        category = self._signals.by_id[id]
        others = [other for other in ranked if other != id and self._scores[other] >= self._settings.threshold]
        heavy = [other for other in others if self._scores[other] >= SECOND_ERRAND * self._scores[id]]
        known = [category, *(self._signals.by_id[other] for other in heavy)]
        return Classification(
            category=category.id,
            score=self._scores[id],
            matched=self._shown(id),
            others=self._scored(others),
            type=self._type(category.id),
            urgency=urgency.urgency(category, self._seen),
            secrecy=category.secrecy if safety else urgency.secrecy(known, self._seen),
            safety=safety,
        )

    def _unclear(self, topics: list[str]) -> Classification:
        """Return what goes to the contact center, with what was seen."""
        category = self._signals.by_id.get(UNCLEAR)
        heavy = [id for id in topics if self._scores[id] >= SECOND_ERRAND * self._scores[topics[0]]]
        seen = [self._signals.by_id[id] for id in heavy] + ([category] if category else [])
        return Classification(
            category=UNCLEAR,
            score=self._scores[topics[0]] if topics else 0.0,
            matched=self._shown(topics[0]) if topics else (),
            others=self._scored(topics[:MOST_SEEN]),
            type=self._type(UNCLEAR),
            urgency=urgency.urgency(category, self._seen) if category else Urgency.U2,
            secrecy=urgency.secrecy(seen, self._seen) if seen else Secrecy.SK1,
        )

    def _scored(self, ids: list[str]) -> tuple[tuple[CategoryId, float], ...]:
        return tuple((CategoryId(id), self._scores[id]) for id in ids)

    @cached_property
    def _seen(self) -> frozenset[str]:
        """What the clues that were found speak for."""
        return frozenset(each.clue.about for each in self._found if not each.clue.against)

    def _type(self, id: CategoryId) -> ErrandType:
        counts: dict[str, float] = {}
        for clue in {each.clue for each in self._found if each.clue.about.startswith(errand_type.PREFIX)}:
            type = clue.about.removeprefix(errand_type.PREFIX)
            counts[type] = counts.get(type, 0.0) + clue.weight
        return errand_type.errand_type(id, counts, self._reading.asks)
