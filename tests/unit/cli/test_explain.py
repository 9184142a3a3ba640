"""svarsvakt explain: originals in, one object each out; nothing is touched."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.explained import WIDEST_LINE
from cli.roots import EXAMPLE
from domain.site import Site
from settings.load import load
from tests.unit.cli.conftest import Run
from tests.unit.settings.town import write_town

MAILS = Path(__file__).parents[2] / "mails"
SPECIMENS = sorted(MAILS.rglob("*.eml"))
ORDINARY = MAILS / "screen" / "row-45-ordinary-letter.eml"

KEYS = [
    "file", "sender", "subject", "arrived_at", "language", "category", "score", "type", "urgency", "secrecy", "unit",
    "automatic_reply", "notice_due_at", "answer_due_at", "rules", "text", "quoted", "defects", "error",
]  # fmt: skip
REPLY_KEYS = ["send", "reasons", "template", "language", "to"]

SMS = {
    "sid": "SM00000000000000000000000000000001",
    "from": "+46701740611",
    "to": "+46701740605",
    "body": "Hej! Det är ett stort hål i vägen på Storgatan.",
    "direction": "inbound",
    "date_created": "Tue, 24 Nov 2026 08:12:00 +0000",
}
FACEBOOK = {
    "id": "m_1",
    "created_time": "2026-11-24T08:12:00+0000",
    "from": {"id": "123", "name": "Anna Exempel"},
    "to": {"data": [{"id": "100000000000001"}]},
    "message": "Hej! När öppnar biblioteket?",
}


@pytest.fixture(scope="module")
def example() -> Site:
    return load(EXAMPLE)


@pytest.fixture(autouse=True)
def one_example(example: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the example's ten thousand words once: each command would read them anew."""
    monkeypatch.setattr("cli.explain.site_or_example", lambda: example)


def write(path: Path, resource: object) -> Path:
    path.write_text(json.dumps(resource), encoding="utf-8")
    return path


def explain(run: Run, *arguments: object) -> Any:
    ran = run("explain", *arguments, "--json")
    assert ran.code == 0, ran.err
    return ran.object


def test_every_specimen_gives_one_object_with_the_keys_of_the_contract(run: Run) -> None:
    ran = run("explain", *SPECIMENS, "--json")

    assert (ran.code, ran.err) == (0, "")
    assert [line["file"] for line in ran.lines] == [str(path) for path in SPECIMENS]
    for line in ran.lines:
        assert list(line) == KEYS
        assert list(line["automatic_reply"]) == REPLY_KEYS
        assert all(list(reason) == ["row", "matched"] for reason in line["automatic_reply"]["reasons"])
        assert all(list(rule) == ["id", "hit", "matched", "failed"] for rule in line["rules"])
        assert line["error"] is None


def test_an_ordinary_mail_gets_a_reply_and_both_times_with_their_offset(run: Run) -> None:
    found = explain(run, ORDINARY)

    assert found["arrived_at"] == "2026-11-24T09:12:00+01:00"
    assert found["notice_due_at"] == "2026-11-24T10:12:00+01:00"
    assert found["answer_due_at"].endswith("+01:00")
    assert found["automatic_reply"]["send"] is True
    assert found["automatic_reply"]["to"] == found["sender"]
    assert [reason["row"] for reason in found["automatic_reply"]["reasons"]] == ["3.3/45"]


def test_a_mail_to_nobody_of_ours_is_taken_as_addressed_unless_an_account_is_named(run: Run) -> None:
    specimen = next(MAILS.glob("screen/row-26-*.eml"))

    taken, strict = explain(run, specimen), explain(run, specimen, "--account", "kontaktcenter")

    assert "3.3/26" not in rows(taken)
    assert "3.3/26" in rows(strict)


def rows(found: Any) -> list[str]:
    return [reason["row"] for reason in found["automatic_reply"]["reasons"]]


def test_the_account_decides_tier_and_hours(run: Run) -> None:
    found = explain(run, ORDINARY, "--account", "gata")

    assert found["notice_due_at"] == "2026-11-25T16:30:00+01:00"


def test_a_mail_read_two_days_later_is_too_old_for_a_reply(run: Run) -> None:
    found = explain(run, ORDINARY, "--now", "2026-11-26T09:12")

    assert "3.3/37" in rows(found)
    assert found["automatic_reply"] | {"reasons": []} == {
        "send": False, "reasons": [], "template": None, "language": None, "to": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe" * 1000, b"no headers at all", b"Content-Type: multipart/mixed\n\n--"]
)
def test_a_file_that_cannot_be_parsed_still_gives_an_object(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.eml"
    path.write_bytes(content)

    found = explain(run, path, "--now", "2026-11-24T09:12")

    assert list(found) == KEYS
    assert found["defects"]
    assert found["automatic_reply"]["send"] is False
    assert found["arrived_at"] == "2026-11-24T09:12:00+01:00"


def test_a_missing_file_is_bad_input_and_the_others_are_told_all_the_same(run: Run, tmp_path: Path) -> None:
    ran = run("explain", tmp_path / "missing.eml", ORDINARY, "--json")

    missing, told = ran.lines
    assert ran.code == 2
    assert list(missing) == KEYS
    assert missing["error"] == f"{tmp_path}/missing.eml: No such file or directory: name a file that can be read"
    assert missing["automatic_reply"]["send"] is False
    assert ran.err == missing["error"] + "\n"
    assert told["error"] is None


def test_a_folder_stands_for_its_files_by_name(run: Run, tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", ".hidden"):
        (tmp_path / name).write_bytes(ORDINARY.read_bytes())
    (tmp_path / "inner").mkdir()

    ran = run("explain", tmp_path, "--json")

    assert ran.code == 0
    assert [line["file"] for line in ran.lines] == [f"{tmp_path}/a.eml", f"{tmp_path}/b.eml"]


def test_an_empty_folder_is_bad_input(run: Run, tmp_path: Path) -> None:
    ran = run("explain", tmp_path, "--json")

    assert ran.code == 2
    assert "no file in this folder" in ran.err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--account", "gatan", "there is no account gatan"),
        ("--now", "soon", "'soon' is not a time"),
        ("--channel", "fax", "fax"),
    ],
)
def test_options_that_mean_nothing_are_bad_input(run: Run, option: str, value: str, said: str) -> None:
    ran = run("explain", ORDINARY, option, value, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(("name", "resource"), [("sms", SMS), ("facebook", FACEBOOK)])
def test_a_providers_original_tells_its_channel_and_time(run: Run, tmp_path: Path, name: str, resource: object) -> None:
    path = write(tmp_path / "original.json", resource)

    for arguments in ((), ("--channel", name), ("--account", f"kontaktcenter-{name}")):
        found = explain(run, path, *arguments)

        assert list(found) == KEYS
        assert found["arrived_at"] == "2026-11-24T09:12:00+01:00", "never the machine's own clock"
        assert found["text"] == resource.get("body", resource.get("message"))  # type: ignore[attr-defined]
        assert found["automatic_reply"]["reasons"][0]["row"].startswith("3.7" if name == "sms" else "3.8")


def test_the_promise_of_an_sms_is_the_channels(run: Run, tmp_path: Path) -> None:
    found = explain(run, write(tmp_path / "original.json", SMS))

    assert found["notice_due_at"] == "2026-11-24T09:13:00+01:00"


def test_the_channel_option_counts_only_for_a_json_that_does_not_tell(run: Run, tmp_path: Path) -> None:
    told, untold = write(tmp_path / "a.json", SMS), write(tmp_path / "b.json", {"text": "Hej", "from": {"id": "2"}})

    lines = run("explain", told, untold, ORDINARY, "--channel", "facebook", "--json").lines

    channels = [line["automatic_reply"]["reasons"][0]["row"][:3] for line in lines]
    assert channels == ["3.7", "3.8", "3.3"]


def test_a_json_that_tells_no_channel_says_how_to_name_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "original.json"
    path.write_text("{not json")

    found = explain(run, path)

    assert any("--channel" in defect for defect in found["defects"])
    assert found["automatic_reply"]["send"] is False


def test_an_account_of_another_channel_is_bad_input(run: Run, tmp_path: Path) -> None:
    ran = run("explain", write(tmp_path / "original.json", SMS), "--account", "gata", "--json")

    assert ran.code == 2
    assert "it is sms, and the account gata takes email" in ran.err


def test_without_a_site_the_example_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delenv("SVARSVAKT_SITE", raising=False)

    found = explain(run, ORDINARY)

    assert found["unit"] == "gata"


def test_a_site_that_is_named_is_asked(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("SVARSVAKT_SITE", str(write_town(tmp_path)))

    found = explain(run, ORDINARY)

    assert [rule["id"] for rule in found["rules"]] == ["natt", "bygg"]


def test_a_channel_without_an_account_is_explained_as_the_contact_centers(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("SVARSVAKT_SITE", str(write_town(tmp_path)))

    found = explain(run, write(tmp_path / "original.json", FACEBOOK))

    assert (found["unit"], found["notice_due_at"]) == ("kontaktcenter", "2026-11-24T10:12:00+01:00")


def test_nothing_is_written_beside_the_files(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(ORDINARY.read_bytes())

    run("explain", path)

    assert list(tmp_path.iterdir()) == [path]


def test_people_read_where_it_goes_by_when_and_why(run: Run) -> None:
    ran = run("explain", ORDINARY)

    assert ran.code == 0
    for said in (
        "language Swedish (sv), 87 % sure",
        "category Gata, belysning och park: felanmälan (gata), ",
        "by hål i vägen ",
        "promise notice by Tue 2026-11-24 10:12, answer by Wed 2026-11-25 16:30",
        "reply receipt in Swedish (sv) to anna@example.se",
        "screen + 3.3/45: Nothing speaks against an automatic reply",
        "rules - ",
        "category is gata, not ",
    ):
        assert said in " ".join(ran.out.split())


def test_people_read_why_no_reply_goes(run: Run) -> None:
    ran = run("explain", next(MAILS.glob("screen/row-13-*.eml")))

    assert "reply     none, because of 3.3/13" in ran.out
    assert "3.3/13: It is marked as an automatic reply (Auto-Submitted: auto-replied)" in " ".join(ran.out.split())


NEAR = """
[[rules]]
id = "langt-ifran"
when = { languages = "fi", channels = "sms", open = false }

[[rules]]
id = "nara"
when = { languages = "sv", channels = "email", open = false }

[[rules]]
id = "traff"
when = { words = "hål" }
then = { tags = ["vagar"], notify_at_once = true }

[[rules]]
id = "for-sent"
when = { words = "hål", languages = "sv" }
"""


def test_the_nearest_misses_come_first_with_every_condition_that_failed(
    run: Run, site_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("SVARSVAKT_SITE", str(site_folder))
    more = "".join(f'[[rules]]\nid = "sms-{n}"\nwhen = {{ channels = "sms" }}\n' for n in range(4))
    (site_folder / "rules.toml").write_text(NEAR + more, encoding="utf-8")

    out = " ".join(run("explain", ORDINARY).out.split())
    every = " ".join(run("explain", "--all", ORDINARY).out.split())

    told = [
        "+ traff: word Hål",
        "- nara: the account was open, not closed (2 of 3 hold)",
        "- for-sent: rule traff binds before it (2 of 3 hold)",
        "- sms-0: channel is email, not sms",
        "4 more missed by as much or by more: --all tells them",
    ]
    assert [out.index(line) for line in told] == sorted(out.index(line) for line in told)
    assert "langt-ifran" not in out
    assert "- langt-ifran: channel is email, not sms; language is sv, not fi; the account was open, not closed" in every
    assert "--all" not in every
    assert "besides somebody is told at once tagged vagar" in out


def test_the_misses_of_json_stand_in_the_order_of_the_rules(
    run: Run, site_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("SVARSVAKT_SITE", str(site_folder))
    (site_folder / "rules.toml").write_text(NEAR, encoding="utf-8")

    rules = explain(run, ORDINARY)["rules"]

    assert [rule["id"] for rule in rules] == ["langt-ifran", "nara", "traff", "for-sent"]
    assert [list(rule) for rule in rules] == [["id", "hit", "matched", "failed"]] * 4
    assert rules[0]["failed"] == "channel is email, not sms"


@pytest.mark.parametrize("columns", ["40", "200"])
def test_it_reads_on_a_narrow_and_on_a_wide_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    ran = run("explain", next(MAILS.glob("screen/row-42-danger.eml")))

    assert max(len(line.rstrip()) for line in ran.out.splitlines()) <= min(int(columns), WIDEST_LINE)


def test_what_a_stranger_wrote_cannot_command_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(ORDINARY.read_bytes().replace(b"Subject: ", b"Subject: [red]\x1b[31m\x1b]0;owned\x07", 1))

    ran = run("explain", path)

    assert "\x1b" not in ran.out
    assert "[red]" in ran.out
