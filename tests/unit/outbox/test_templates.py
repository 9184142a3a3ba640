"""Templates as a mechanism: strict, without a way out, escaped in HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from outbox.templates import fill, one_line

WHERE = "note.sv"


def filled(source: str, *, html: bool = False, **values: str) -> str:
    return fill(source, values, where=WHERE, html=html)


def test_a_missing_slot_names_the_template_and_the_slot() -> None:
    with pytest.raises(BadInput, match=r"template note\.sv: 'manager' is undefined"):
        filled("Hej {{ manager }}", number="1")


def test_a_template_with_a_mistake_names_its_line() -> None:
    with pytest.raises(BadInput, match=r"template note\.sv, line 3"):
        filled("A\n\n{% if number %}\n", number="1")


@pytest.mark.parametrize("html", [False, True])
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
        "link.__globals__",
        "link('a', number).__class__",
    ],
)
def test_a_template_reaches_nothing_behind_its_slots(expression: str, html: bool) -> None:
    with pytest.raises(BadInput, match=r"template note\.sv"):
        filled("{{ " + expression + " }}\n", html=html, number="26-00001")


def test_a_template_may_ask_whether() -> None:
    assert filled("{% if number %}\nJa\n{% endif %}\nSlut", number="1") == "Ja\nSlut"
    assert filled("{% if number %}\nJa\n{% endif %}\nSlut", number="") == "Slut"


def test_what_a_slot_holds_is_never_read_as_a_template() -> None:
    assert filled("{{ unit }}", unit="{{ 7 * 7 }} <b>&") == "{{ 7 * 7 }} <b>&"


def test_a_link_is_words_and_address_in_text_and_a_link_in_html() -> None:
    source = '{{ link("Läs & lär", url) }}'
    url = "https://www.exempelby.example/?a=1&b=2"

    assert filled(source, url=url) == f"Läs & lär: {url}"
    assert filled(source, html=True, url=url) == (
        '<a href="https://www.exempelby.example/?a=1&amp;b=2">Läs &amp; lär</a>'
    )


def test_in_html_the_template_s_own_words_are_escaped_too() -> None:
    assert filled("Frågor & <svar> från {{ unit }}", html=True, unit="Gata & park") == (
        "Frågor &amp; &lt;svar&gt; från Gata &amp; park"
    )


@given(st.text())
def test_no_value_opens_a_tag_or_a_line(value: str) -> None:
    html = filled("<{{ unit }}>", html=True, unit=value)

    assert "<" not in html
    assert ">" not in html
    assert html.splitlines() in ([], [html])
    assert "\n" not in filled("{{ unit }}", unit=value)


@given(st.text(), st.text())
def test_no_address_leaves_its_place_in_a_link(words: str, url: str) -> None:
    html = filled("{{ link(words, url) }}", html=True, words=words, url=url)

    assert html.count("<") == html.count(">") == 2
    assert html.count('"') == 2


@given(st.text())
def test_a_value_is_one_line_without_controls(value: str) -> None:
    line = one_line(value)

    assert not [each for each in line if each < " " or each == "\x7f"]
    assert line.splitlines() in ([], [line])
    assert one_line(line) == line
