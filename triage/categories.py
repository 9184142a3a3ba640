"""Categories: what a message is about, by weighted words, with the words that said so. Source: domain.md 6."""

from collections import OrderedDict
from dataclasses import dataclass, field

from domain.category import UNCLEAR, Category, CategoryKind, ErrandType, Secrecy, Urgency
from domain.decision import Classification, LanguageGuess, Match
from domain.ids import CategoryId
from domain.message import Message
from domain.site import TriageSettings
from triage import errand_type, urgency
from triage.matching import Clue, Found, Index
from triage.negation import is_denied, is_past, is_supposed
from triage.own_text import own_text
from triage.words import Token, cut

#: What a word of the subject counts, against one of the text.
SUBJECT_WEIGHT = 1.4
#: Each further word of a category counts this share of the one before: many weak words do not outweigh a clear one.
FADE = 0.85
#: From this score on a safety class wins: one plain word, or two weak ones.
SAFETY_THRESHOLD = 2.0
#: What is left of a safety word that is denied or merely supposed.
DENIED_SHARE = 0.3
SUPPOSED_SHARE = 0.5
PAST_SHARE = 0.6

#: Languages whose readers also read the words of another.
RELATED = {"no": "sv", "da": "sv", "ru": "uk", "uk": "ru"}
#: What a word counts when it is not of the message's language, by the length of its letters.
SWEDISH_ELSEWHERE = 0.9
FOREIGN = 0.7
FOREIGN_LETTERS = 6
#: How much more a long pattern says than a short one: it is more specific.
LONG_LETTERS = 40.0
MOST_LETTERS = 20
#: Categories whose compiled words are kept.
KEPT = 8

_compiled: OrderedDict[int, tuple[tuple[Category, ...], "_Signals"]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class _Signals:
    """The words of a set of categories, made ready."""

    index: Index
    by_id: dict[str, Category]


@dataclass(slots=True)
class _Tally:
    """What was found for one category."""

    matches: dict[str, tuple[Match, Found]] = field(default_factory=dict)

    def add(self, match: Match, found: Found) -> None:
        """Keep the best find of each pattern."""
        known = self.matches.get(match.pattern)
        if known is None or known[0].score < match.score:
            self.matches[match.pattern] = (match, found)

    @property
    def ranked(self) -> tuple[Match, ...]:
        """The matches, strongest first; of several on the same letters only the strongest."""
        kept: list[tuple[Match, Found]] = []
        for match, found in sorted(self.matches.values(), key=lambda pair: -pair[0].score):
            if not any(_overlap(found, other) for _, other in kept):
                kept.append((match, found))
        return tuple(match for match, _ in kept)

    @property
    def score(self) -> float:
        """The sum of the matches, each further one counting less."""
        return sum(match.score * FADE**place for place, match in enumerate(self.ranked))


def classify(
    message: Message, language: LanguageGuess, categories: tuple[Category, ...], settings: TriageSettings
) -> Classification:
    """Tell what a message is about. Only the author's own text and the subject count, never what is quoted."""
    signals = _signals(categories)
    subject = cut(message.subject)
    tokens = cut(message.subject, own_text(message.text))
    found = signals.index.find(tokens)
    tallies = _tally(tokens, len(subject), found, language, signals)
    seen = frozenset(each.clue.about for each in found if not each.clue.against)
    asks = "?" in message.subject or "?" in message.text or "؟" in message.text
    return _Verdict(signals, settings, tallies, seen, found, asks).classification()


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The reading of a message, from which the classification follows."""

    signals: _Signals
    settings: TriageSettings
    tallies: dict[str, _Tally]
    seen: frozenset[str]
    found: list[Found]
    asks: bool

    def classification(self) -> Classification:
        """Return the safety class if one fired, else the best topic, else unclear."""
        ranked = sorted(((tally.score, id) for id, tally in self.tallies.items()), key=lambda pair: (-pair[0], pair[1]))
        alarms = [pair for pair in ranked if self._is_safety(pair[1]) and pair[0] >= SAFETY_THRESHOLD]
        if alarms:
            return self._about(alarms[0][1], ranked, safety=True)
        topics = [pair for pair in ranked if not self._is_safety(pair[1])]
        if not topics or topics[0][0] < self.settings.threshold or self._too_close(topics):
            return self._unclear(topics)
        return self._about(topics[0][1], topics, safety=False)

    def _is_safety(self, id: str) -> bool:
        return self.signals.by_id[id].kind is CategoryKind.safety

    def _too_close(self, topics: list[tuple[float, str]]) -> bool:
        return len(topics) > 1 and topics[0][0] - topics[1][0] < self.settings.margin * topics[0][0]

    def _about(self, id: str, ranked: list[tuple[float, str]], safety: bool) -> Classification:
        category = self.signals.by_id[id]
        others = self._others(ranked, id)
        known = [category] if safety else [category, *(self.signals.by_id[other] for other, _ in others)]
        return Classification(
            category=category.id,
            score=round(self.tallies[id].score, 3),
            matched=self.tallies[id].ranked,
            others=others,
            type=self._type(category.id),
            urgency=urgency.urgency(category, self.seen),
            secrecy=urgency.secrecy(known, self.seen) if not safety else category.secrecy,
            safety=safety,
        )

    def _unclear(self, topics: list[tuple[float, str]]) -> Classification:
        """Return what goes to the contact center, with what was seen."""
        category = self.signals.by_id.get(UNCLEAR)
        seen = [self.signals.by_id[id] for _, id in topics[:3]] + ([category] if category else [])
        best = topics[0] if topics else (0.0, UNCLEAR)
        return Classification(
            category=UNCLEAR,
            score=round(best[0], 3),
            matched=self.tallies[best[1]].ranked if topics else (),
            others=tuple((CategoryId(id), round(score, 3)) for score, id in topics[:5]),
            type=self._type(UNCLEAR),
            urgency=urgency.urgency(category, self.seen) if category else Urgency.U2,
            secrecy=urgency.secrecy(seen, self.seen) if seen else Secrecy.SK1,
        )

    def _others(self, ranked: list[tuple[float, str]], id: str) -> tuple[tuple[CategoryId, float], ...]:
        return tuple(
            (CategoryId(other), round(score, 3))
            for score, other in ranked
            if other != id and score >= self.settings.threshold
        )

    def _type(self, id: CategoryId) -> ErrandType:
        counts: dict[str, float] = {}
        patterns = {each.clue for each in self.found if each.clue.about.startswith(errand_type.PREFIX)}
        for clue in patterns:
            type = clue.about.removeprefix(errand_type.PREFIX)
            counts[type] = counts.get(type, 0.0) + clue.weight
        return errand_type.errand_type(id, counts, self.asks)


def _signals(categories: tuple[Category, ...]) -> _Signals:
    """Return the compiled words; made once for each tuple, known by identity because hashing it costs as much."""
    known = _compiled.get(id(categories))
    if known is not None:
        return known[1]
    clues = [clue for category in categories for clue in _clues(category)]
    moves = [clue for category in categories for clue in urgency.clues(category)]
    signals = _Signals(
        Index([*clues, *moves, *errand_type.clues()]), {category.id: category for category in categories}
    )
    _compiled[id(categories)] = (categories, signals)
    while len(_compiled) > KEPT:
        _compiled.popitem(last=False)
    return signals


def _clues(category: Category) -> list[Clue]:
    loose = category.kind is not CategoryKind.safety
    return [
        Clue(category.id, word.pattern, word.language, word.weight, against, loose or against)
        for words, against in ((category.words, False), (category.not_words, True))
        for word in words
    ]


def _tally(
    tokens: tuple[Token, ...], subject: int, found: list[Found], language: LanguageGuess, signals: _Signals
) -> dict[str, _Tally]:
    """Weigh what was found, by category."""
    topical = [each for each in found if each.clue.about in signals.by_id]
    against = {(each.clue.about, tokens[each.first].sentence) for each in topical if each.clue.against}
    tallies: dict[str, _Tally] = {}
    spans = _longest([each for each in topical if not each.clue.against and not each.apart], signals)
    for each in topical:
        if each.clue.against or (each.clue.about, tokens[each.first].sentence) in against:
            continue
        safety = signals.by_id[each.clue.about].kind is CategoryKind.safety
        if not safety and not each.apart and _is_inside(each, spans):
            continue
        score = each.clue.weight * _language_share(each.clue, language, safety)
        score *= _safety_share(tokens, each) if safety else _specificity(each)
        if score:
            score *= SUBJECT_WEIGHT if each.first < subject and not safety else 1.0
            words = " ".join(token.text for token in tokens[each.first : each.last + 1])
            tallies.setdefault(each.clue.about, _Tally()).add(Match(words, each.clue.pattern, round(score, 3)), each)
    return tallies


def _longest(found: list[Found], signals: _Signals) -> dict[int, list[tuple[int, int]]]:
    """Return the spans found, by the letter they begin in; a shorter find inside a longer one does not count."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for each in found:
        if signals.by_id[each.clue.about].kind is not CategoryKind.safety:
            for word in range(each.first, each.last + 1):
                spans.setdefault(word, []).append((each.start, each.end))
    return spans


def _is_inside(found: Found, spans: dict[int, list[tuple[int, int]]]) -> bool:
    return any(
        start <= found.start and found.end <= end and end - start > found.end - found.start
        for start, end in spans.get(found.first, ())
    )


def _overlap(one: Found, other: Found) -> bool:
    return not one.apart and not other.apart and one.start < other.end and other.start < one.end


def _language_share(clue: Clue, language: LanguageGuess, safety: bool) -> float:
    """Return what a word counts in a message of this language; the words of the safety classes count in all."""
    if safety or clue.language in (language.code, RELATED.get(language.code)):
        return 1.0
    if not clue.pattern.isascii() and clue.language in ("ti", "ar", "fa", "ku", "uk", "ru"):
        return 1.0
    letters = sum(letter.isalpha() for letter in clue.pattern)
    if letters < FOREIGN_LETTERS:
        return 0.0
    return SWEDISH_ELSEWHERE if clue.language == "sv" else FOREIGN


def _specificity(found: Found) -> float:
    return 1.0 + min(found.end - found.start, MOST_LETTERS) / LONG_LETTERS


def _safety_share(tokens: tuple[Token, ...], found: Found) -> float:
    if is_denied(tokens, found):
        return DENIED_SHARE
    if is_supposed(tokens, found):
        return SUPPOSED_SHARE
    return PAST_SHARE if is_past(tokens, found) and found.clue.about == "fara" else 1.0
