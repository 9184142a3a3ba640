"""Wording: words that must not stand in a text for citizens, and words that must (domain.md 7.1, 7.3, 7.6)."""

import re

#: What echoes, promises nothing or too much, or turns people away.
FORBIDDEN = re.compile(
    r"ditt ärende om|vi skickar till|har vi inget att tillägga|i rätt tid|bank-?id|e-legitimation|enkät|erbjudande"
    r"|snarast|så snart som möjligt|inom kort|vi löser|no-?reply|svara inte på|öppet dygnet runt"
    r"|as soon as possible|shortly|do not reply|survey|open around the clock"
    r"|mahdollisimman pian|pikimmiten|älä vastaa|kysely|avoinna ympäri vuorokauden"
    r"|\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl)\b",
    re.IGNORECASE,
)

#: Passives that leave out who does it.
AGENTLESS = re.compile(
    r"\b(?:handläggs|behandlas|hanteras|utreds)\b|\bwill be (?:processed|handled|dealt with)\b|\bkäsitellään\b",
    re.IGNORECASE,
)

#: The reader is one person: du, sinä.
MANY_READERS = re.compile(r"\b(?:ni|er|ert|era|te|teidän|viestinne|saatte|voitte)\b", re.IGNORECASE)

#: Words that would tell what a sensitive message is about, or that its writer is known to somebody.
SENSITIVE_WORDS = re.compile(
    r"social|orosanmäl|lastensuojelu|huoli-ilmoitus|\bchild|\bbarn|\bäldre|missbruk|våld|polisanmäl", re.IGNORECASE
)

HAND_WRITTEN_DATE = re.compile(
    r"\b\d{1,2}[./]\d{1,2}\b|\b20\d\d\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[:.]\d\d\b"
    r"|\b\d{1,2} (?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b",
    re.IGNORECASE,
)

#: How a text says that a machine wrote it.
AUTOMATIC = {
    "sv": re.compile(r"automatiskt svar|autosvar", re.IGNORECASE),
    "fi": re.compile(r"automaattinen vastaus|autom\. viesti", re.IGNORECASE),
    "en": re.compile(r"automatic reply|auto-reply", re.IGNORECASE),
}
