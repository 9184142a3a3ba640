"""How long an SMS is, in words."""

from domain.sms_text import SmsEncoding
from pipeline.sms_answer import SmsLength
from web.words import Words

#: Characters that are named when they make an SMS longer; more would not be read.
MOST_NAMED = 5


def say_length(length: SmsLength, words: Words) -> str:
    """Return how many parts an SMS takes, what they cost, and which characters make it longer."""
    counted = length.segments
    sentences = [words.gettext("Svaret blir %(parts)s sms.") % {"parts": counted.parts}]
    if length.cost:
        cost = f"{length.cost:.2f}".replace(".", ",")
        sentences.append(words.gettext("Det kostar ungefär %(cost)s kr.") % {"cost": cost})
    if counted.parts == 1:
        sentences.append(words.gettext("Plats kvar: %(room)s tecken.") % {"room": counted.room})
    if counted.encoding is SmsEncoding.ucs2:
        named = " ".join(counted.outside[:MOST_NAMED])
        sentences.append(words.gettext("Dessa tecken gör det längre: %(characters)s") % {"characters": named})
    return " ".join(sentences)
