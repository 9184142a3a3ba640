"""Weighing: what each word found is worth, and what they are worth together for each category."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from domain.category import DANGER, Category, CategoryKind
from domain.decision import LanguageGuess, Match
from triage.matching import Clue, Found
from triage.negation import is_denied, is_now, is_past, is_supposed
from triage.words import Token

#: What a word of the subject counts, against one of the text.
SUBJECT_WEIGHT = 1.4
#: Each further word of a category counts this share of the one before: many weak words do not outweigh a clear one.
FADE = 0.85

#: What is left of a safety word that is denied, of danger that is merely supposed, and of danger that is over.
DENIED_SHARE = 0.3
SUPPOSED_SHARE = 0.5
PAST_SHARE = 0.6

#: Languages whose readers also read the words of another.
RELATED = {"no": "sv", "da": "sv", "ru": "uk", "uk": "ru"}
#: What a word counts when it is not of the message's language; shorter ones count nothing.
SWEDISH_ELSEWHERE = 0.9
FOREIGN = 0.7
FOREIGN_LETTERS = 6
#: Safety words count in every message, but plain ones of another language are mostly chance likenesses.
CHANCE_SHARE = 0.7
SURE = 0.7

#: How much more a long find says than a short one, because it is more specific: up to half as much again.
LONG_LETTERS = 40.0
MOST_LETTERS = 20
#: Categories that are told by what the writer wants, whatever it is about: their clear words count more
#: (domain.md 6.4).
INTENTS = frozenset(("alh", "okl_overklagande", "syn", "gdp", "prs", "job", "rkl", "nyh", "myn", "int"))
INTENT_WEIGHT = 1.25
CLEAR = 3.0

#: Words that make the next a mere place: "utanför skolan" is not about school.
_NEXT_TO = "vid utanför bakom framför bredvid nära intill mittemot nedanför bortom mot mellan"
LOCATORS = frozenset((*_NEXT_TO.split(), "near", "outside", "behind", "opposite", "beside", "by"))
#: Words that may stand between.
ARTICLES = frozenset(("den", "det", "nya", "gamla", "stora", "vår", "the", "our", "old", "new"))
PLACE_SHARE = 0.4

#: A find of more words than this is shown by so many from each end.
MOST_SHOWN = 8
END_SHOWN = 3

#: Letters `start` to `end` of the text, by the word they begin in.
Spans = Mapping[int, list[tuple[int, int]]]


@dataclass(slots=True)
class Tally:
    """What was found for one category."""

    matches: dict[str, tuple[Match, Found]] = field(default_factory=dict)

    def add(self, match: Match, found: Found) -> None:
        """Keep the best find of each pattern."""
        known = self.matches.get(match.pattern)
        if known is None or known[0].score < match.score:
            self.matches[match.pattern] = (match, found)

    def ranked(self) -> tuple[Match, ...]:
        """Return the matches, strongest first; of several on the same letters only the strongest."""
        kept: list[tuple[Match, Found]] = []
        for match, found in sorted(self.matches.values(), key=lambda pair: -pair[0].score):
            if not any(_overlap(found, other) for _, other in kept):
                kept.append((match, found))
        return tuple(match for match, _ in kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as it is weighed."""

    tokens: tuple[Token, ...]
    #: How many of the words, from the first on, are the subject's.
    subject: int
    language: LanguageGuess
    #: True: it holds a question mark.
    asks: bool


def total(matches: Iterable[Match]) -> float:
    """Return the score of matches, strongest first: their sum, each further one counting less."""
    return sum(match.score * FADE**place for place, match in enumerate(matches))


def weigh(reading: Reading, found: list[Found], categories: Mapping[str, Category]) -> dict[str, Tally]:
    """Return what was found for each category. A word that speaks against takes away what stands in its sentence."""
    tokens = reading.tokens
    topical = [each for each in found if each.clue.about in categories]
    against = _against(reading, topical, lambda token: token.sentence)
    near = _against(reading, topical, lambda token: token.clause)
    speaking = [
        each
        for each in topical
        if not each.clue.against
        and ((each.clue.about, tokens[each.first].sentence) not in against or _holds_now(reading, each, near))
    ]
    dangers = [each for each in speaking if categories[each.clue.about].kind is CategoryKind.safety]
    topics = [each for each in speaking if categories[each.clue.about].kind is not CategoryKind.safety]
    tallies: dict[str, Tally] = {}
    for each in dangers:
        _note(tallies, reading, each, _danger_score(reading, each))
    spans = _spans(topics)
    for each in topics:
        if each.apart or not _is_inside(each, spans):
            _note(tallies, reading, each, _topic_score(reading, each))
    return tallies


def _note(tallies: dict[str, Tally], reading: Reading, found: Found, score: float) -> None:
    if score:
        words = _shown([token.text for token in reading.tokens[found.first : found.last + 1]])
        tallies.setdefault(found.clue.about, Tally()).add(Match(words, found.clue.pattern, round(score, 3)), found)


def _shown(words: list[str]) -> str:
    """Return words that were found, the middle of a long stretch left out: its parts stand at its ends."""
    if len(words) > MOST_SHOWN:
        words = [*words[:END_SHOWN], "…", *words[-END_SHOWN:]]
    return " ".join(words)


def telling(reading: Reading, found: list[Found], categories: Mapping[str, Category]) -> tuple[Token, ...]:
    """Return the words that may be learned from: not what is denied, supposed, over or a mere place."""
    tokens = reading.tokens
    silent: set[int] = set()
    for each in found:
        category = categories.get(each.clue.about)
        if category is None:
            continue
        safety = category.kind is CategoryKind.safety
        if _doubt(reading, each) < 1.0 if safety else _is_place(tokens, each):
            silent.update(range(each.first, each.last + 1))
    return tuple(token for at, token in enumerate(tokens) if at not in silent)


def _against(reading: Reading, found: Iterable[Found], part: Callable[[Token], int]) -> set[tuple[str, int]]:
    """Return the categories that a word speaks against, with the sentences or clauses where it does.

    A word of another language is mostly a chance likeness: Finnish `kissa*` is a cat, Swedish `kissar` is none.
    """
    sure = reading.language.confidence >= SURE
    return {
        (each.clue.about, part(reading.tokens[at]))
        for each in found
        if each.clue.against and (not sure or _is_read(each.clue, reading.language))
        for at in (each.first, each.last)
    }


def _holds_now(reading: Reading, found: Found, against: set[tuple[str, int]]) -> bool:
    """Tell whether a danger stands in a clause that says that it happens now, with no word against it there.

    "Tack för hjälpen i fjol, men nu luktar det gas": what the rest of the sentence is about takes nothing away.
    """
    first, last = (reading.tokens[at].clause for at in (found.first, found.last))
    about = found.clue.about
    return about == DANGER and first == last and (about, first) not in against and is_now(reading.tokens, found)


def _danger_score(reading: Reading, found: Found) -> float:
    score = found.clue.weight * _doubt(reading, found)
    if not _is_read(found.clue, reading.language) and reading.language.confidence >= SURE:
        score *= CHANCE_SHARE
    return score


def _doubt(reading: Reading, found: Found) -> float:
    """Return what is left of a safety word where it stands: all of it, unless it is denied, supposed or over."""
    if is_denied(reading.tokens, found):
        return DENIED_SHARE
    if found.clue.about != DANGER:
        return 1.0
    if reading.asks and is_supposed(reading.tokens, found):
        return SUPPOSED_SHARE
    return PAST_SHARE if is_past(reading.tokens, found) else 1.0


def _topic_score(reading: Reading, found: Found) -> float:
    score = found.clue.weight * _language_share(found.clue, reading.language)
    score *= 1.0 + min(found.end - found.start, MOST_LETTERS) / LONG_LETTERS
    if _is_place(reading.tokens, found):
        score *= PLACE_SHARE
    if found.clue.about in INTENTS and found.clue.weight >= CLEAR:
        score *= INTENT_WEIGHT
    return score * SUBJECT_WEIGHT if found.first < reading.subject else score


def _is_place(tokens: tuple[Token, ...], found: Found) -> bool:
    """Tell whether a word only says where something is."""
    at = found.first - 1
    if at > 0 and tokens[at].text in ARTICLES:
        at -= 1
    return at >= 0 and tokens[at].text in LOCATORS and tokens[at].sentence == tokens[found.first].sentence


def _language_share(clue: Clue, language: LanguageGuess) -> float:
    """Return what a word counts in a message of this language."""
    if _is_read(clue, language):
        return 1.0
    if sum(letter.isalpha() for letter in clue.pattern) < FOREIGN_LETTERS:
        return 0.0
    return SWEDISH_ELSEWHERE if clue.language == "sv" else FOREIGN


def _is_read(clue: Clue, language: LanguageGuess) -> bool:
    return clue.language in (language.code, RELATED.get(language.code))


def _spans(found: list[Found]) -> Spans:
    """Return what was found, so that a shorter find inside a longer one can be told."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for each in found:
        if not each.apart:
            for word in range(each.first, each.last + 1):
                spans.setdefault(word, []).append((each.start, each.end))
    return spans


def _is_inside(found: Found, spans: Spans) -> bool:
    return any(
        start <= found.start and found.end <= end and end - start > found.end - found.start
        for start, end in spans.get(found.first, ())
    )


def _overlap(one: Found, other: Found) -> bool:
    return not one.apart and not other.apart and one.start < other.end and other.start < one.end
