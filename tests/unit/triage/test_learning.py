"""Learning: words that nobody listed speak for what they were seen with."""

import pytest

from triage.learning import ENOUGH_WORDS, Scorer, Taught, learnable, pieces
from triage.words import cut


def taught(about: str, *texts: str) -> list[Taught]:
    return [Taught(about, words(text), 1.0) for text in texts]


def words(text: str) -> tuple[str, ...]:
    return tuple(learnable(token.text for token in cut(text)))


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(
        [
            *taught("gata", "lampan lyser inte", "det är hål i vägen", "skylten har blåst ner"),
            *taught("va", "kranen är torr", "vattnet är brunt", "det är stopp i röret"),
            *taught("bib", "boken är försenad", "låna om boken", "hylla med deckare"),
        ]
    )


def likeliest(scorer: Scorer, text: str) -> str:
    likelihood = scorer.score(cut(text)).likelihood
    return max(likelihood, key=lambda about: likelihood[about])


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("alla lampor lyser dåligt", "gata"),
        ("brunt vatten ur kranarna", "va"),
        ("vilka deckarböcker har ni", "bib"),
        ("KRANEN AR TORR", "va"),
        ("lammpan", "gata"),
    ],
)
def test_a_text_is_likeliest_about_what_its_words_and_pieces_were_seen_with(
    scorer: Scorer, text: str, about: str
) -> None:
    assert likeliest(scorer, text) == about


def test_the_likelihoods_are_shares_of_one(scorer: Scorer) -> None:
    text = "vattnet är brunt det är stopp i röret lampan lyser inte kranen"
    likelihood = scorer.score(cut(text)).likelihood

    assert sum(likelihood.values()) == pytest.approx(1.0)


def test_a_text_of_few_words_says_less(scorer: Scorer) -> None:
    likelihood = scorer.score(cut("vattnet läcker")).likelihood

    assert sum(likelihood.values()) <= 2 / ENOUGH_WORDS


def test_nothing_is_learned_from_words_never_seen(scorer: Scorer) -> None:
    assert scorer.score(cut("xyzzy")).likelihood == {}
    assert scorer.score(()).likelihood == {}


def test_the_words_that_say_so_are_named_with_their_shares(scorer: Scorer) -> None:
    said = scorer.score(cut("var är boken")).words("bib", most=1)

    assert said[0][0] == "boken"
    assert 0.5 < said[0][1] <= 1.0


def test_a_category_with_many_texts_does_not_swallow_what_belongs_to_none() -> None:
    crowded = Scorer(
        [
            *taught("fara", *(f"rök {number}" for number in range(200))),
            *taught("bib", "låna böcker"),
            *taught("va", "vatten"),
        ]
    )

    assert likeliest(crowded, "böcker") == "bib"


def test_a_scorer_that_was_taught_nothing_knows_nothing() -> None:
    assert Scorer([]).score(cut("hej på dig")).likelihood == {}


def test_a_pair_of_words_is_one_piece() -> None:
    assert pieces("ny lampa") == ["=ny lampa"]


def test_who_knows_two_categories_tells_nothing() -> None:
    scorer = Scorer([*taught("gata", "lampan lyser inte"), *taught("va", "kranen är torr")])

    assert scorer.score(cut("lampan lyser inte")).likelihood == {}
