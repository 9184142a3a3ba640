"""Language: of the author's own text; script first, then function words, then a model."""

import copy
import re
from functools import lru_cache
from typing import Any

from domain.decision import LanguageGuess
from domain.site import TriageSettings
from triage.function_words import FINNISH, FUNCTION_WORDS
from triage.own_text import own_text
from triage.words import normalise

#: Fewer words than this say too little.
FEWEST_WORDS = 3
#: A message's language shows in its first letters; more only costs time.
MOST_LETTERS = 1500
#: Distinct Finnish words that make a mixed message Finnish (domain.md 6.4).
MIXED_FINNISH = 2
FALLBACK = "sv"
#: How much likelier Swedish is than what the model says of a short text: it is what most people write here.
PRIOR = 0.25

#: One code for languages that read each other, and for names of the model that we do not use.
SAME = {"hr": "bs", "sr": "bs", "nb": "no", "nn": "no"}

#: Norwegian and Danish words that are not Swedish: without one of them a short text is taken for Swedish.
_NORDIC = (FUNCTION_WORDS["no"] | FUNCTION_WORDS["da"]) - FUNCTION_WORDS["sv"]

_WORD = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u0600-\u06ff\u1200-\u137f]")
_ETHIOPIC = re.compile(r"[\u1200-\u137f]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_SORANI = re.compile(r"[ەێۆڕڵڤ]")
_PERSIAN = re.compile(r"[پچژگ]|[یک]")
_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_RUSSIAN = re.compile(r"[ыэъё]", re.IGNORECASE)


def guess_language(text: str, settings: TriageSettings, earlier: str | None = None) -> LanguageGuess:
    """Return the language of a text among the configured ones.

    Args:
        text: the message as written; quoted lines and the signature are left out here.
        settings: the languages that may be detected.
        earlier: the sender's earlier language, for texts of fewer than three words.
    """
    text = _NOISE.sub(" ", own_text(text))[:MOST_LETTERS]
    guess = _by_script(text) or _by_latin_words(text, settings, earlier)
    if guess.code in settings.languages or guess.how in ("earlier", "fallback"):
        return guess
    return LanguageGuess(FALLBACK, 0.1, f"fallback: {guess.code} is not configured")


def _by_script(text: str) -> LanguageGuess | None:
    """Return the language when most letters are of another script than the Latin."""
    if not _OTHER_SCRIPT.search(text):
        return None
    letters = sum(letter.isalpha() for letter in text)
    for script, name in ((_ETHIOPIC, "ti"), (_ARABIC, "ar"), (_CYRILLIC, "uk")):
        share = len(script.findall(text)) / letters if letters else 0.0
        if share > 0.5:
            code = {"ti": _ethiopic, "ar": _arabic, "uk": _cyrillic}[name](text)
            return LanguageGuess(code, round(min(1.0, 0.5 + share / 2), 3), "script")
    return None


def _ethiopic(text: str) -> str:
    return "ti"


def _arabic(text: str) -> str:
    if len(_SORANI.findall(text)) >= 2:
        return "ku"
    counts = _function_counts(text, ("fa", "ar"))
    persian = counts["fa"] * 2 + len(_PERSIAN.findall(text))
    return "fa" if persian > counts["ar"] * 2 and persian else "ar"


def _cyrillic(text: str) -> str:
    counts = _function_counts(text, ("uk", "ru"))
    ukrainian = len(_UKRAINIAN.findall(text)) + counts["uk"]
    russian = len(_RUSSIAN.findall(text)) + counts["ru"]
    return "ru" if russian > ukrainian else "uk"


def _function_counts(text: str, codes: tuple[str, ...]) -> dict[str, int]:
    words = _WORD.findall(normalise(text))
    return {code: sum(word in FUNCTION_WORDS[code] for word in words) for code in codes}


def _by_latin_words(text: str, settings: TriageSettings, earlier: str | None) -> LanguageGuess:
    words = _WORD.findall(normalise(text))
    scores = _word_scores(words, settings)
    best = max(scores, key=lambda code: scores[code], default=FALLBACK)
    if len(words) < FEWEST_WORDS:
        if earlier:
            return LanguageGuess(earlier, 0.4, "earlier")
        known = scores.get(best, 0.0) >= 1.0
        return LanguageGuess(best, 0.5, "words") if known else LanguageGuess(FALLBACK, 0.2, "fallback")
    if "fi" in settings.languages and _is_finnish(words):
        return LanguageGuess("fi", 0.9, "words")
    second = max((score for code, score in scores.items() if code != best), default=0.0)
    if scores.get(best, 0.0) >= 2.0 and scores[best] >= 2 * second:
        return LanguageGuess(best, round(min(0.99, 0.7 + 0.05 * scores[best]), 3), "words")
    return _by_model(" ".join(words), scores, settings)


def _word_scores(words: list[str], settings: TriageSettings) -> dict[str, float]:
    """Return how many function words of each language there are; one that several share counts less for each."""
    scores = dict.fromkeys(settings.languages, 0.0)
    for word in words:
        owners = [code for code in _owners().get(word, ()) if code in scores]
        for code in owners:
            scores[code] += 1.0 / len(owners)
    return scores


@lru_cache(maxsize=1)
def _owners() -> dict[str, tuple[str, ...]]:
    owners: dict[str, tuple[str, ...]] = {}
    for code, words in FUNCTION_WORDS.items():
        for word in words:
            owners[word] = (*owners.get(word, ()), code)
    return owners


def _is_finnish(words: list[str]) -> bool:
    """Tell whether there are enough Finnish words, however many Swedish ones stand beside them."""
    found = {word for word in words if word in FINNISH}
    return len(found) >= MIXED_FINNISH


def _by_model(text: str, scores: dict[str, float], settings: TriageSettings) -> LanguageGuess:
    """Return what the model says, together with the function words."""
    total = sum(scores.values()) + 1.0
    probabilities: dict[str, float] = {}
    for code, probability in _model(settings.languages).rank(text):
        same = SAME.get(code, code)
        probabilities[same] = probabilities.get(same, 0.0) + float(probability)
    if not probabilities:
        return LanguageGuess(FALLBACK, 0.2, "fallback")
    together = {code: share + scores.get(code, 0.0) / total for code, share in probabilities.items()}
    together[FALLBACK] = together.get(FALLBACK, 0.0) + PRIOR
    best = max(together, key=lambda code: together[code])
    if best in ("no", "da") and FALLBACK in together and _NORDIC.isdisjoint(text.split()):
        best = FALLBACK
    return LanguageGuess(best, round(min(1.0, together[best] / 2), 3), "model")


@lru_cache(maxsize=1)
def _whole_model() -> Any:
    """Load py3langid's model: about 105 MB, so once, and only when a text needs it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=8)
def _model(languages: tuple[str, ...]) -> Any:
    """Return the model restricted to the languages it knows of these."""
    known = set(_whole_model().labels)
    wanted = {code for code in languages if code in known} | ({"hr", "sr"} & known if "bs" in languages else set())
    restricted = copy.copy(_whole_model())
    restricted.set_languages(sorted(wanted))
    return restricted
