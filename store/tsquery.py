"""How a question is written for PostgreSQL: as it must hold of a row, and as it is asked of the index by shelf."""

from collections.abc import Iterable, Sequence

from domain.search import Question, Term, Way


def whole(question: Question) -> str:
    """Return what must hold of a row: every term, its words in a row."""
    return " & ".join(_any(_row(way) for way in term.ways) for term in question.terms)


def units_of(question: Question) -> tuple[Term, ...]:
    """Return what of a question can be asked by itself: a word, or a term that is found in several ways."""
    units: list[Term] = []
    for term in question.terms:
        if len(term.ways) > 1:
            units.append(term)
            continue
        (way,) = term.ways
        units += [Term((Way((word,)),)) for word in way.words[:-1]]
        units.append(Term((Way(way.words[-1:], way.starts),)))
    return tuple(units)


def together(units: Sequence[Term], shelf: str = "") -> str:
    """Return what asks for units, wherever in the row their words stand; behind the mark of a shelf."""
    return " & ".join(_any(_words(way, shelf) for way in unit.ways) for unit in units)


def _any(ways: Iterable[str]) -> str:
    return f"({' | '.join(ways)})"


def _row(way: Way) -> str:
    return f"({' <-> '.join(_quoted(way, ''))})"


def _words(way: Way, shelf: str) -> str:
    return f"({' & '.join(_quoted(way, shelf))})"


def _quoted(way: Way, shelf: str) -> list[str]:
    words = [f"'{shelf}{word}'" for word in way.words]
    return [*words[:-1], words[-1] + ":*"] if way.starts else words
