"""Lint: every text in force read for what domain.md 7.1 to 7.6 ask of it; all faults at once."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from domain.account import Channel
from domain.instant import STOCKHOLM
from domain.reply_syntax import slots_of
from domain.reply_template import ReplyName, ReplyTemplate, TextFault
from domain.site import Site
from domain.sms_text import segments
from outbox.reading import Reading, read
from outbox.shelf import every_text
from outbox.wording import AGENTLESS, AUTOMATIC, FORBIDDEN, HAND_WRITTEN_DATE, MANY_READERS, SENSITIVE_WORDS

#: Languages that have every text, with the same slots; the others have the fixed lines.
WHOLE_LANGUAGES = ("sv", "fi", "en")

#: Texts that must not let anybody guess what was written.
NEUTRAL = frozenset({ReplyName.receipt_sensitive, ReplyName.urgent, ReplyName.delay, ReplyName.lines,
                     ReplyName.urgent_lines})  # fmt: skip
#: Slots that would.
TELLING = frozenset({"unit", "hint", "link_words", "link_url", "handler"})

#: Where no emergency number has to stand (domain.md 7.2).
WITHOUT_112 = frozenset({ReplyName.records_request, ReplyName.holding})

LINES = frozenset({ReplyName.lines, ReplyName.urgent_lines})

MOST_LINES = 12
MOST_WORDS_ON_AVERAGE = 15
#: A text is read through at least this often.
REVIEW_WITHIN = timedelta(days=365)

#: Says which language a text is written in, as triage hears it.
GuessLanguage = Callable[[str], str]

#: A rule yields the line, what is wrong, and what to do.
Said = Iterator[tuple[int, str, str]]


def lint(site: Site, now: datetime, guess_language: GuessLanguage) -> tuple[TextFault, ...]:
    """Return everything that is wrong with the texts in force, file by file, line by line."""
    faults: list[TextFault] = []
    for text in every_text(site):
        reading = read(site, text, now)
        faults += [_fault(text, *said) for rule in RULES for said in rule(reading)]
        faults += [_fault(text, *said) for said in _language(reading, guess_language)]
    return tuple(sorted([*faults, *_same_slots(site)], key=lambda fault: (fault.file, fault.line)))


def names_the_ticket(reading: Reading) -> Said:
    """A follow-up finds its way by the number (7.1.9)."""
    if "number" not in reading.slots:
        yield reading.first_line, "the ticket's number is missing", "name it with {{ number }}"


def names_a_time(reading: Reading) -> Said:
    """The reader learns at once when an answer comes (7.1.1, 7.1.2); fixed lines stand before a text that says so."""
    if reading.text.name in LINES and reading.text.channel is not Channel.sms:
        return
    early = "\n".join(reading.paragraphs[:3])
    if "{{ answer_at }}" not in early:
        yield reading.first_line, "no time for the answer stands early", "write {{ answer_at }} in the first paragraphs"


def writes_no_date_by_hand(reading: Reading) -> Said:
    """What is written by hand is in the past sooner or later (7.6)."""
    yield from _found(reading, HAND_WRITTEN_DATE, "is a date or time written by hand", "use a slot such as answer_at")


def names_the_next_opening(reading: Reading) -> Said:
    """Who writes while we are closed learns when we open (R42)."""
    if reading.text.name == ReplyName.receipt_closed and "opens_at" not in reading.slots:
        yield reading.first_line, "the next opening is missing", "name it with {{ opens_at }}"


def says_112(reading: Reading) -> Said:
    """Danger to life comes with 112, and first where that is what it is about (7.1.6)."""
    if reading.text.name not in WITHOUT_112 and "112" not in reading.body:
        yield reading.first_line, "112 is missing", "say which number helps when life is in danger"
    urgent = reading.text.name in (ReplyName.urgent, ReplyName.urgent_lines)
    if urgent and "112" not in reading.body.split("\n")[0]:
        yield reading.first_line, "112 does not stand first", "begin with what to do now"


def says_that_it_is_automatic(reading: Reading) -> Said:
    """Nobody takes a machine for a person (7.1.4); in Messenger the first words say so."""
    words = AUTOMATIC.get(reading.text.language)
    if words is None:
        return
    # What danger asks for stands even before that.
    urgent = reading.text.name == ReplyName.urgent
    first = reading.text.channel is Channel.facebook and not urgent
    where = reading.body.split("\n")[0][:40] if first else reading.body
    if not words.search(where):
        yield reading.first_line, "it does not say that it is automatic", f"say so{' first' if first else ''}"


def says_how_to_reach_a_person(reading: Reading) -> Said:
    """Behind the machine stand people (7.1.4). An SMS is answered where it came from."""
    if reading.text.channel is not Channel.sms and reading.text.name not in LINES and "contact" not in reading.slots:
        yield reading.first_line, "it does not say how to reach a person", "name {{ contact }}"


def says_what_becomes_of_it(reading: Reading) -> Said:
    """What is written becomes a public record, and personal data are handled as the page says (7.1.7)."""
    asked = reading.text.channel is not Channel.sms and reading.text.name not in {*LINES, ReplyName.urgent}
    if asked and "privacy_url" not in reading.slots:
        do = 'link with {{ link("words", privacy_url) }}'
        yield reading.first_line, "the page on personal data is missing", do


def says_nothing_forbidden(reading: Reading) -> Said:
    """Nothing that echoes, promises too much, or turns people away (7.3)."""
    yield from _found(reading, FORBIDDEN, "must not be said", "say what happens and by when")
    yield from _found(reading, AGENTLESS, "hides who does it", "say who does what")
    yield from _found(reading, MANY_READERS, "speaks to several people", "speak to one: du, sinä, you")


def tells_nothing_where_it_must_not(reading: Reading) -> Said:
    """No word of unit or category where the matter may be sensitive (7.1.5, P12)."""
    if reading.text.name not in NEUTRAL:
        return
    for slot in sorted(reading.slots & TELLING):
        yield reading.line_of(slot), f"`{slot}` tells what it is about", "take it out: the text must be neutral"
    yield from _found(reading, SENSITIVE_WORDS, "tells what it is about", "write without the word")
    names = [each.name for each in reading.site.units] + [each.name for each in reading.site.categories]
    center = reading.site.unit(reading.site.contact_center).name
    written = reading.text.text.lower()
    for name in {name for name in names if name != center and name.lower() in written}:
        yield reading.line_of(name), f'"{name}" tells what it is about', "write without the name"


def is_short(reading: Reading) -> Said:
    """At most twelve lines, in short sentences (7.6)."""
    lines = [line for line in reading.body.split("\n") if line]
    if len(lines) > MOST_LINES:
        yield reading.first_line, f"it has {len(lines)} lines", f"write at most {MOST_LINES}"
    counts = [len(words) for words in reading.sentences]
    average = sum(counts) / len(counts) if counts else 0
    if average > MOST_WORDS_ON_AVERAGE:
        wrong = f"a sentence has {average:.0f} words on average"
        yield reading.first_line, wrong, f"write at most {MOST_WORDS_ON_AVERAGE}"


def is_one_sms(reading: Reading) -> Said:
    """Never two SMS where one will do, whatever the values (2.10, 7.4)."""
    if reading.text.channel is not Channel.sms:
        return
    counted = segments(reading.longest)
    if counted.parts > 1:
        outside = f", because of {' '.join(counted.outside[:8])}" if counted.outside else ""
        wrong = f"with the longest values it takes {counted.parts} SMS ({counted.units} {counted.encoding}{outside})"
        yield reading.first_line, wrong, f"shorten it by {_over(counted.units, counted.encoding)}"


def links_to_our_own_pages(reading: Reading) -> Said:
    """A link leads to a page of the municipality's own, and over https (7.3, 7.6)."""
    for url in re.findall(r"https?://\S+", reading.body):
        if not reading.site.is_own_page(url):
            yield reading.line_of(url), f"{url} is no page of ours", "link to a page under one of our domains"


def was_read_lately(reading: Reading) -> Said:
    """Whoever stands behind a text reads it once a year (7.6)."""
    head = reading.text.head
    today = reading.now.astimezone(STOCKHOLM).date()
    if head.on > today:
        yield 1, f"`on` = {head.on} has not been yet", "write the day on which it was read"
    elif today - head.on > REVIEW_WITHIN:
        yield 1, f"nobody has read it since {head.on}", "read it through and write the day in `on`"


#: Read in this order; each asks one question of one text.
RULES: tuple[Callable[[Reading], Said], ...] = (
    names_the_ticket,
    names_a_time,
    writes_no_date_by_hand,
    names_the_next_opening,
    says_112,
    says_that_it_is_automatic,
    says_how_to_reach_a_person,
    says_what_becomes_of_it,
    says_nothing_forbidden,
    tells_nothing_where_it_must_not,
    is_short,
    is_one_sms,
    links_to_our_own_pages,
    was_read_lately,
)


def _language(reading: Reading, guess_language: GuessLanguage) -> Said:
    """Say when a text is tagged as another language than it is written in (7.6); a few words are too few to tell."""
    if reading.text.language in WHOLE_LANGUAGES and reading.text.channel is not Channel.sms:
        heard = guess_language(reading.own_words)
        if heard != reading.text.language:
            wrong = f"it reads as {heard}, not {reading.text.language}"
            yield reading.first_line, wrong, "name the file by the language that is written"


def _same_slots(site: Site) -> Iterator[TextFault]:
    """Yield a fault for each text that says less or more than the Swedish one of its name and channel (7.1.11)."""
    kin: dict[tuple[Channel, str], dict[str, ReplyTemplate]] = defaultdict(dict)
    for text in every_text(site):
        if text.language in WHOLE_LANGUAGES:
            kin[text.channel, text.name][text.language] = text
    for (channel, name), texts in kin.items():
        swedish = texts.get("sv")
        if swedish is None:
            first = next(iter(texts.values()))
            do = f"write templates/replies/{channel}/{name}.sv.txt"
            yield _fault(first, 1, "there is no Swedish text of that name", do)
            continue
        for text in texts.values():
            if (slots := slots_of(text) ^ slots_of(swedish)) and text is not swedish:
                wrong = f"{', '.join(sorted(slots))} stands only here or only in {swedish.file}"
                yield _fault(text, 1, wrong, "say the same in every language")


def _found(reading: Reading, pattern: re.Pattern[str], wrong: str, do: str) -> Said:
    for number, line in reading.lines:
        for match in pattern.finditer(line):
            yield number, f'"{match[0]}" {wrong}', do


def _over(units: int, encoding: str) -> str:
    over = units - (160 if encoding == "gsm7" else 70)
    return f"{over} character{'' if over == 1 else 's'}"


def _fault(text: ReplyTemplate, line: int, wrong: str, do: str) -> TextFault:
    return TextFault(file=text.file, line=line, wrong=wrong, do=do)
