"""templates check and templates show: faults with file and line, a preview with sample values."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

DRAFTS = "Drafts of texts, not sent before somebody who has the language as their own approves them:"


def test_the_texts_of_the_example_have_no_fault_and_the_drafts_are_listed_by_language(run: Run) -> None:
    ran = run("templates", "check")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == ["No faults in 108 texts.", DRAFTS]
    assert "  ar: email/lines, email/urgent_lines, sms/lines" in ran.out
    assert "  sv:" not in ran.out
    assert run("templates", "check", "--json").object["faults"] == []


def test_every_fault_is_told_with_file_line_what_and_what_to_do(run: Run, site_folder: Path) -> None:
    folder = site_folder / "templates" / "replies" / "email"
    folder.mkdir(parents=True)
    head = '+++\nstatus = "approved"\nby = "kommunikatör"\non = 2026-11-02\n+++\n'
    (folder / "receipt.sv.txt").write_text(f"{head}Subject: Hej\n\nVi svarar snarast.\n", encoding="utf-8")

    ran, told = run("templates", "check"), run("templates", "check", "--json").object

    assert ran.code == 1
    assert (
        'templates/replies/email/receipt.sv.txt line 8: "snarast" must not be said: say what happens and by when.'
        in ran.out
    )
    assert {"file", "line", "wrong", "do"} == set(told["faults"][0])
    assert len(told["faults"]) > 5


@pytest.mark.parametrize("command", [("templates", "check"), ("check",), ("templates", "show", "receipt")])
def test_a_broken_text_is_refused_before_anything_else(run: Run, site_folder: Path, command: tuple[str, ...]) -> None:
    folder = site_folder / "templates" / "replies" / "sms"
    folder.mkdir(parents=True)
    (folder / "receipt.sv.txt").write_text("Hej {{ nummer }}\n", encoding="utf-8")

    ran = run(*command)

    assert ran.code == 2
    assert "templates/replies/sms/receipt.sv.txt line 1: the text has no head" in ran.err


def test_a_text_is_shown_filled_in_a_language(run: Run) -> None:
    ran = run("templates", "show", "receipt", "--language", "fi")

    assert ran.code == 0
    assert ran.out.startswith("Subject: Olemme saaneet viestisi – ")
    assert "Saat vastauksen viimeistään" in ran.out
    assert "(fi; a draft; version " in ran.out


def test_an_sms_is_shown_with_its_parts(run: Run) -> None:
    shown = run("templates", "show", "receipt", "--channel", "sms")
    told = run("templates", "show", "receipt", "--channel", "sms", "--language", "ar", "--json").object

    assert "gsm7 in 1 SMS)" in shown.out
    assert (told["sms"]["encoding"], told["sms"]["parts"], told["languages"]) == ("ucs2", 1, ["ar"])
    assert "112" in told["text"]


def test_the_html_is_written_to_a_file(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "receipt.html"

    ran = run("templates", "show", "receipt", "--html", page)

    assert ran.code == 0
    assert page.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="sv">')


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("reciept",), 'there is no text reciept for email; did you mean "receipt"?'),
        (("receipt", "--language", "xx"), "no text is in xx, and Swedish is sent: there is ar"),
        (("receipt", "--channel", "sms", "--html", "x.html"), "only an e-mail has HTML"),
        (("lines",), "there is no approved text lines.sv for email"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    ran = run("templates", "show", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
