"""Markup: HTML as the words that a reader sees."""

import pytest

from intake.marks import EARLIER, INTRODUCES
from intake.markup import MOST_TEXT_CHARS, text_from_markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hej!</p><p>H&aring;l<br>i&nbsp;vägen</p>", "Hej!\n\nHål\ni vägen"),
        ("<h1>Rubrik</h1><b>fet</b> <a href='https://example.se/?a>b'>länk</a>", "Rubrik\n\nfet länk"),
        ("<ul><li>ett</li><li>två</li></ul>", "* ett\n* två"),
        ("<table><tr><td>Tel</td><td>070-174 06 05</td></tr></table>", "Tel 070-174 06 05"),
        ("<style>p{color:red}</style><script>alert(1)</script><title>x</title>Hej", "Hej"),
        ("<!-- dold --><!--[if mso]>dold<![endif]-->Hej<o:p></o:p>", "Hej"),
        ("<script>aldrig slut <p>Hej", "aldrig slut\n\nHej"),
        ("1 < 2 & 3 > 2 &lt;p&gt; &#229; &okänd;", "1 < 2 & 3 > 2 <p> å &okänd;"),
        ("1. inte *lista* - #4_5\\6", "1. inte *lista* - #4_5\\6"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p><p class=MsoNormal>&nbsp;</p>c", "a\nb\n\nc"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<blockquote>" * 30 + "djupt", "> " * 10 + "djupt"),
        ("<p title='a>b'>Hej</p><img alt=\">\">", "Hej"),
        ("Hej<blockquote>citat<br>två</blockquote>", "Hej\n\n> citat\n> två"),
        ("Svar<hr>Från: Anna", f"Svar\n\n{'_' * 32}\n\nFrån: Anna"),
        ("&#0;&#xD800;&#99999999;x", "\ufffd\ufffd\ufffdx"),
        ("", ""),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert text_from_markup(markup) == (text, "")


def test_too_long_a_text_is_cut_and_says_so() -> None:
    text, defect = text_from_markup("<p>" + "ord " * MOST_TEXT_CHARS)

    assert len(text) <= MOST_TEXT_CHARS
    assert defect == "the text made from the HTML was cut: too long"


def test_too_long_markup_is_cut_and_says_so() -> None:
    text, defect = text_from_markup("Hej" + "<b></b>" * 200_000)

    assert (text, defect) == ("Hej", "the HTML was cut: too long")


def test_a_number_that_python_refuses_is_text() -> None:
    number = "&#" + "9" * 5_000 + ";"

    assert text_from_markup(f"<p>Hej</p>{number}") == (f"Hej\n\n{number}", "")


def test_too_many_tags_are_cut_and_say_so() -> None:
    assert text_from_markup("Hej" + "<br>" * 200_000) == ("Hej", "the HTML was cut: too many tags")


def test_what_programs_say_of_quotations_is_marked() -> None:
    gmail = '<div>Tack</div><div class="gmail_attr">W dniu 24.11 KC napisał:<br></div><blockquote>a<br>b</blockquote>c'
    outlook = '<div>Tack</div><hr><div id="x_divRplyFwdMsg"><b>Od:</b> KC</div><div>Ring 112.</div>'

    assert text_from_markup(gmail)[0] == f"Tack\n{INTRODUCES}W dniu 24.11 KC napisał:\n\n> a\n> b\n\nc"
    assert text_from_markup(outlook)[0] == f"Tack\n\n{'_' * 32}\n\n{EARLIER}Od: KC\nRing 112."


def test_marks_in_the_markup_itself_are_no_marks() -> None:
    assert text_from_markup(f"{INTRODUCES}a{EARLIER}b")[0] == "ab"
