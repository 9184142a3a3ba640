"""What is wrong in rules or categories that somebody tries, in words. Settings keep English sentences."""

import re

from web.words import Words, mark

#: A fault: the file, the table in brackets, the key, and what is wrong.
_FAULT = re.compile(
    r"(?P<file>\S+\.toml)(?: \[(?P<table>[^\]]*)\])?(?: (?P<key>[^:]*))?: (?P<wrong>.*)", re.DOTALL
)  # fmt: skip


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


#: What ends many sentences.
_MEANT = r'(?:; did you mean "?(?P<meant>[^"]*)"?\?|; there is (?P<known>.*?)\.?|\.)?'

PHRASES = (
    (_phrase(r"is missing\.?"), mark("saknas")),
    (_phrase(r"must not be empty\.?"), mark("får inte vara tomt")),
    (_phrase(r"must be text in quotes\.?"), mark("ska vara text inom citattecken")),
    (_phrase(r"must be a whole number.*"), mark("ska vara ett heltal")),
    (_phrase(r"must be a number.*"), mark("ska vara ett tal")),
    (_phrase(r"must be true or false.*"), mark("ska vara true eller false, utan citattecken")),
    (_phrase(r"must be a table\.?"), mark("ska vara en tabell")),
    (_phrase(r"must be a list\.?"), mark("ska vara en lista")),
    (_phrase(r"is not a setting here" + _MEANT), mark("är ingen inställning här")),
    (_phrase(r'there is no account "(?P<what>[^"]*)"' + _MEANT), mark("kontot ”%(what)s” finns inte")),
    (_phrase(r'there is no unit "(?P<what>[^"]*)"' + _MEANT), mark("verksamheten ”%(what)s” finns inte")),
    (_phrase(r'there is no category "(?P<what>[^"]*)"' + _MEANT), mark("kategorin ”%(what)s” finns inte")),
    (_phrase(r"(?P<what>'.*?'|\".*?\") is not one of (?P<known>[^;]*?)"
             r'(?:; did you mean "(?P<meant>[^"]*)"\?|\.)?'),
     mark("%(what)s går inte att välja")),
    (_phrase(r"(?P<what>'.*?'|\".*?\") is no address: .*"),
     mark("%(what)s är ingen adress: skriv ”anna@example.se”, ”@example.se” för en hel domän, eller ett nummer")),
    (_phrase(r"(?P<what>'.*?'|\".*?\") holds a \* alone: .*"),
     mark("%(what)s har en ensam *: skriv den först eller sist i ett ord")),
    (_phrase(r"(?P<what>'.*?'|\".*?\") looks ahead or behind, .*"),
     mark("mönstret %(what)s ser framåt eller bakåt, vilket inte går: skriv vad som ska stå där")),
    (_phrase(r"(?P<what>'.*?'|\".*?\") (?:holds an escape|repeats|is too large|lacks|has a|ends in|cannot be used).*"),
     mark("mönstret %(what)s går inte att använda")),
    (_phrase(r"a note only adds \(.*?\): take out (?P<what>.*?)\.?"),
     mark("en anteckning lägger bara till: ta bort %(what)s")),
    (_phrase(r"asks for attachments and for none: .*"), mark("frågar efter bilagor och efter inga: ta bort det ena")),
    (_phrase(r"nothing is larger than .*"), mark("inget är både större och mindre: ändra det ena")),
    (_phrase(r'"(?P<what>[^"]*)" is already the id of rule no\. (?P<place>\d+)\.?'),
     mark("”%(what)s” heter redan regel nr %(place)s")),
    (_phrase(r"is missing: what is unclear goes there\.?"), mark("saknas: dit går det som är oklart")),
    (_phrase(r"the file is not UTF-8 .*"), mark("filen är inte sparad som UTF-8")),
    (_phrase(r"is not TOML: (?P<what>.*?)\.?"), mark("går inte att läsa som TOML: %(what)s")),
    (_phrase(r".* is not an id: .*"), mark("är inget id: använd a–z, siffror, - och _")),
    (_phrase(r"a link has words and url: .*"), mark("en länk har både ord och adress: skriv båda eller ingen")),
)  # fmt: skip

#: Of a sentence that holds what somebody wrote, however much that was.
LONGEST = 1000

MEANT = mark("%(wrong)s. Menade du ”%(meant)s”?")
KNOWN = mark("%(wrong)s. Det finns: %(known)s.")


def say_fault(sentence: str, words: Words) -> tuple[str, str, bool]:
    """Return where a fault stands, what is wrong, and whether the words are still English."""
    parts = _FAULT.fullmatch(sentence)
    if parts is None:
        return "", sentence, True
    table = f"[{parts['table']}]" if parts["table"] else ""
    where = " ".join(part for part in (parts["file"], table, parts["key"]) if part)
    for pattern, said in PHRASES:
        found = pattern.fullmatch(parts["wrong"][:LONGEST])
        if found is not None:
            return where, _whole(words.gettext(said), found.groupdict(), words), False
    return where, parts["wrong"], True


def _whole(said: str, named: dict[str, str | None], words: Words) -> str:
    given = {name: value or "" for name, value in named.items()}
    wrong = said % given if "%(" in said else said
    for form, name in ((MEANT, "meant"), (KNOWN, "known")):
        if given.get(name):
            return words.gettext(form) % {"wrong": wrong, name: given[name]}
    return f"{wrong}."
