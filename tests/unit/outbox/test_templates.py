"""Templates as a mechanism: strict, without a way out, and with names in every complaint."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import outbox.templates
from domain.errors import BadInput
from outbox.templates import render_text

Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Give what writes a template of a name such as `replies/note.sv` into an empty folder."""
    monkeypatch.setattr(outbox.templates, "FOLDER", tmp_path)
    outbox.templates._read.cache_clear()

    def write_one(name: str, source: str) -> None:
        path = tmp_path / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")

    yield write_one
    outbox.templates._read.cache_clear()


def test_the_first_line_is_the_subject_and_the_rest_the_text(write: Write) -> None:
    write("replies/note.sv", "Subject: Hej {{ number }}\n\nDu får svar.\n\n\n")

    text = render_text("replies/note", "sv", {"number": "26-00001"})

    assert (text.subject, text.body, text.language) == ("Hej 26-00001", "Du får svar.\n", "sv")


def test_the_version_changes_with_the_content_and_with_nothing_else(write: Write) -> None:
    write("replies/one.sv", "Subject: A\n\nB\n")
    write("replies/two.sv", "Subject: A\n\nB\n")
    write("replies/three.sv", "Subject: A\n\nC\n")

    versions = [render_text(f"replies/{name}", "sv", {}).version for name in ("one", "two", "three")]

    assert versions[0] == versions[1] != versions[2]


def test_an_instant_is_said_in_the_language_of_the_template(write: Write) -> None:
    write("replies/note.sv", "Subject: A\n\n{{ answer_at }}, {{ arrived_at }}\n")
    write("replies/note.en", "Subject: A\n\n{{ answer_at }}, {{ arrived_at }}\n")
    slots = {"answer_at": "2026-11-25T15:30:00+00:00", "arrived_at": "2026-11-24T08:12:00+00:00"}

    bodies = [render_text("replies/note", language, slots).body for language in ("sv", "en", "so")]

    assert bodies[0] == "onsdag 25 november kl. 16.30, den 24 november kl. 09.12\n"
    assert bodies[1] == "Wednesday 25 November, 16:30, Tuesday 24 November at 09:12\n"
    assert bodies[2] == bodies[0]


def test_a_template_in_a_language_without_words_for_time_says_it_in_swedish(write: Write) -> None:
    write("replies/note.so", "Subject: A\n\n{{ answer_at }}\n")

    text = render_text("replies/note", "so", {"answer_at": "2026-11-25T15:30:00+00:00"})

    assert (text.body, text.language) == ("onsdag 25 november kl. 16.30\n", "so")


def test_a_missing_slot_names_the_template_and_the_slot(write: Write) -> None:
    write("replies/note.sv", "Subject: {{ number }}\n\nHej {{ manager }}\n")

    with pytest.raises(BadInput, match=r"template replies/note\.sv: 'manager' is undefined"):
        render_text("replies/note", "sv", {"number": "1"})


def test_a_template_that_does_not_exist_is_named(write: Write) -> None:
    with pytest.raises(BadInput, match=r"there is no template replies/nothing\.sv: look in"):
        render_text("replies/nothing", "fi", {})


@pytest.mark.parametrize(
    "name", ["replies/../secret", "../replies/note", "/etc/passwd", "replies/", "note", "REPLIES/x"]
)
def test_a_name_leads_nowhere_but_into_the_folder(write: Write, name: str) -> None:
    write("replies/note.sv", "Subject: A\n\nB\n")

    with pytest.raises(BadInput, match="there is no template"):
        render_text(name, "sv", {})


def test_a_template_with_a_mistake_names_its_line(write: Write) -> None:
    write("replies/note.sv", "Subject: A\n\n{% if number %}\n")

    with pytest.raises(BadInput, match=r"template replies/note\.sv, line 3"):
        render_text("replies/note", "sv", {"number": "1"})


@pytest.mark.parametrize(
    "expression",
    [
        "number.upper()",
        "number.__class__",
        "number['__class__']",
        "number|attr('__class__')",
        "'{0.__class__}'.format(number)",
        "''.__class__.__mro__",
        "self._TemplateReference__context",
        "cycler.__init__.__globals__",
        "lipsum()",
        "range(10)",
        "[number]|map(attribute='upper')|join",
        "{}.update({'a': 1})",
        "1 / 0",
        "number + 1",
        "number|int + missing",
    ],
)
def test_a_template_reaches_nothing_behind_its_slots(write: Write, expression: str) -> None:
    write("replies/note.sv", "Subject: A\n\n{{ " + expression + " }}\n")

    with pytest.raises(BadInput, match=r"template replies/note\.sv"):
        render_text("replies/note", "sv", {"number": "26-00001"})


def test_a_template_may_ask_whether(write: Write) -> None:
    write("replies/note.sv", "Subject: A\n\n{% if number %}\nJa\n{% endif %}\nSlut\n")

    assert render_text("replies/note", "sv", {"number": "1"}).body == "Ja\nSlut\n"


def test_what_a_slot_holds_is_never_read_as_a_template(write: Write) -> None:
    write("replies/note.sv", "Subject: A\n\n{{ unit }}\n")

    assert render_text("replies/note", "sv", {"unit": "{{ 7 * 7 }} <b>&"}).body == "{{ 7 * 7 }} <b>&\n"
