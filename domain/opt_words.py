"""Words by which one leaves SMS or comes back: alone in a message they are no errand (domain.md 2.10, 3.7 row 2)."""

#: The words that Twilio acts on, and the Swedish and Finnish ones, on which only we do. Not YES, which is an answer.
OUT = frozenset(
    {
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
        "stopp", "stoppa", "avsluta", "avanmäl", "avanmal", "avregistrera", "avbryt",
        "lopeta", "peru", "seis",
    }
)  # fmt: skip
BACK = frozenset({"start", "unstop", "starta", "börja", "aloita"})


def opt_word_of(text: str) -> str | None:
    """Return the word that is all there is of a text, in lower case; None: it says something else.

    >>> opt_word_of(" Stopp. "), opt_word_of("Stopp för fort!")
    ('stopp', None)
    """
    word = text.strip().strip(".!\"'").lower()
    return word if word in OUT or word in BACK else None
