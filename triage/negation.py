"""Negation: tell "det brinner" from "det brinner inte" and "vad gör man om det brinner?" (domain.md 6.4)."""

from itertools import pairwise

from triage.matching import Found
from triage.words import Token

#: Words that deny what stands next to them, by language.
DENIALS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "sv": "inte icke ej int ingen inget inga aldrig knappast",
        "fi": "ei en et emme ette eivät eikä enkä älä",
        "en": "not no never isnt arent doesnt dont wasnt didnt without",
        "de": "nicht kein keine nie",
        "pl": "nie",
        "bs": "nije nisam nisu ne",
        "tr": "değil yok",
        "uk": "не немає",
        "ru": "не нет",
        "ar": "لا ليس لم",
        "fa": "نه نیست",
        "so": "ma maaha",
        "ku": "ne nîne",
    }.items()
}
#: Words that make it a supposed case when they open the clause.
SUPPOSITIONS = frozenset(("om", "ifall", "utifall", "jos", "mikäli", "if", "whether", "falls", "wenn"))
#: Words that make it over.
_OVER = (
    "igår förrgår ifjol ivåras isomras ihöstas ivintras förra förr släckt släcktes brann eilen viimevuonna viimekesänä "
    "viimetalvena yesterday ago lastyear lastsummer lastwinter"
)
PAST = frozenset(_OVER.split())
#: Words that say that what was is not over: "det brann igår och nu brinner det igen".
GOES_ON = frozenset(
    "nu igen fortfarande ännu sedan sen längre mer nyt taas yhä edelleen enää now again still since anymore".split()
)
#: Words that say that it happens as it is written.
NOW = frozenset(("nu", "igen", "nyt", "taas", "now", "again"))
#: Words of dangers that no date makes over: who is missing since yesterday is missing, who wants to die still does.
_LASTS = (
    "vill orkar leva dö dementa dement försvann försvunnen försvunnit försvunna borta avskedsbrev självmordstankar "
    "haluan halua jaksa elää kuolla kadonnut katosi want live die missing disappeared suicidal"
)
LASTING = frozenset(_LASTS.split())
#: Words that open a clause of their own, where a hurried writer puts no stop: "jag skojar inte jag hoppar i kväll".
SUBJECTS = frozenset("jag ja du han hon hen vi ni dom minä mä hän me te he i you she we they".split())

#: How many words before a match are looked at.
BEFORE = 2
SUPPOSED_BEFORE = 3


def is_denied(tokens: tuple[Token, ...], found: Found) -> bool:
    """Tell whether a denial stands just before the match or right after it, in the same clause and not in it.

    Finnish `en` is no denial of a Swedish match: the words are those of the language that the clue is in.
    """
    clause = tokens[found.first].clause
    before = tokens[max(0, found.first - BEFORE) : found.first]
    if any(token.text in SUBJECTS for token in before[1:]):
        before = ()
    after = tokens[found.last + 1 : found.last + 2]
    near = [token.text for token in (*before, *after) if token.clause == clause]
    return any(word in DENIALS.get(found.clue.language, ()) for word in near)


def is_supposed(tokens: tuple[Token, ...], found: Found) -> bool:
    """Tell whether the match stands in a clause of supposition: what if."""
    clause = tokens[found.first].clause
    before = tokens[max(0, found.first - SUPPOSED_BEFORE) : found.first]
    return any(token.text in SUPPOSITIONS for token in before if token.clause == clause)


def is_past(tokens: tuple[Token, ...], found: Found) -> bool:
    """Tell whether the sentence says that it is over, and neither it nor the match that it goes on."""
    sentence = tokens[found.first].sentence
    words = [token.text for token in tokens if token.sentence == sentence]
    matched = {token.text for token in tokens[found.first : found.last + 1]}
    if not GOES_ON.isdisjoint(words) or not LASTING.isdisjoint(matched):
        return False
    pairs = {first + second for first, second in pairwise(words)}
    return not PAST.isdisjoint(words) or not PAST.isdisjoint(pairs)


def is_now(tokens: tuple[Token, ...], found: Found) -> bool:
    """Tell whether the clause of the match says that it happens now."""
    clause = tokens[found.first].clause
    return any(token.text in NOW for token in tokens if token.clause == clause)
