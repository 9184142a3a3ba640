"""The site's own texts: taken in place of ours, and refused with file, line and sentence when they are broken."""

from pathlib import Path

import pytest

from domain.account import Channel
from domain.errors import SettingsFaults
from settings.canonical import from_json, to_json
from settings.export import to_toml
from settings.load import load
from tests.unit.settings.town import swap

TEXT = """+++
status = "approved"
by = "kommunikatör"
on = 2026-11-02
+++
Subject: Tack – {{ number }}

Du får svar senast {{ answer_at }}.
"""


def write(town: Path, name: str, text: str = TEXT) -> Path:
    path = town / "templates" / "replies" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults(town: Path) -> tuple[str, ...]:
    with pytest.raises(SettingsFaults) as raised:
        load(town)
    return raised.value.faults


def test_a_site_without_texts_of_its_own_has_none(town: Path) -> None:
    assert load(town).reply_texts == ()


def test_a_text_of_the_site_s_own_is_kept_byte_for_byte(town: Path) -> None:
    write(town, "email/receipt.sv.txt", TEXT.replace("\n", "\r\n"))

    [text] = load(town).reply_texts

    assert (text.channel, text.name, text.language) == (Channel.email, "receipt", "sv")
    assert text.source.encode() == (town / text.file).read_bytes()


def test_it_is_part_of_the_configuration_and_comes_back_from_json_and_from_toml(town: Path, tmp_path: Path) -> None:
    before = to_json(load(town))
    write(town, "email/receipt.sv.txt")
    site = load(town)
    again = tmp_path / "again"

    for name, source in to_toml(site).items():
        (again / name).parent.mkdir(parents=True, exist_ok=True)
        (again / name).write_text(source, encoding="utf-8")

    assert to_json(site) != before
    assert from_json(to_json(site)) == site == load(again)


def test_a_broken_text_is_refused_with_file_line_and_sentence(town: Path) -> None:
    write(town, "email/receipt.sv.txt", TEXT.replace("answer_at", "subject"))

    assert faults(town) == (
        "templates/replies/email/receipt.sv.txt line 8: there is no slot `subject`: there is number, organisation, "
        "sms_name, unit, contact, privacy_url, arrived_at, answer_at, instead, opens_at, closed, on_call, hint, "
        "link_words, link_url, complaint_url, handler.",
    )


def test_every_broken_text_is_told_at_once(town: Path) -> None:
    write(town, "email/receipt.sv.txt", TEXT.replace("{{ answer_at }}", "{{ answer_at"))
    write(town, "sms/receipt.sv.txt")
    write(town, "email/urgent.sv.txt", "Hej!\n")

    assert [fault.split(":")[0] for fault in faults(town)] == [
        "templates/replies/email/receipt.sv.txt line 8",
        "templates/replies/email/urgent.sv.txt line 1",
        "templates/replies/sms/receipt.sv.txt line 6",
    ]


@pytest.mark.parametrize(
    "name", ["receipt.sv.txt", "email/receipt.txt", "email/Receipt.sv.txt", "post/receipt.sv.txt", "email/a/b.sv.txt"]
)
def test_a_file_that_would_be_passed_over_in_silence_is_refused(town: Path, name: str) -> None:
    write(town, name)

    [fault] = faults(town)

    assert fault.startswith(f"templates/replies/{name}: is no text for citizens: name it CHANNEL/NAME.LANGUAGE.txt")


def test_what_a_file_manager_leaves_behind_is_passed_over(town: Path) -> None:
    write(town, "email/.DS_Store", "x")

    assert load(town).reply_texts == ()


def test_a_text_that_is_not_utf_8_or_far_too_large_is_refused(town: Path) -> None:
    write(town, "email/receipt.sv.txt").write_bytes(TEXT.encode("cp1252", errors="replace") + b"\xe5")
    write(town, "email/urgent.sv.txt", TEXT + "x" * 20_000)

    told = faults(town)

    assert "is not UTF-8" in told[0]
    assert "is larger than" in told[1]


def test_a_byte_order_mark_is_no_part_of_the_text(town: Path) -> None:
    write(town, "email/receipt.sv.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())

    assert load(town).reply_texts[0].source == TEXT


def test_a_rule_must_name_a_text_that_there_is(town: Path) -> None:
    swap(town, "rules.toml", 'template = "receipt"', 'template = "reciept"')

    assert any('there is no reply "reciept"; did you mean "receipt"?' in fault for fault in faults(town))


def test_a_text_that_a_rule_names_must_exist_in_swedish_on_every_channel_it_may_go_by(town: Path) -> None:
    swap(town, "rules.toml", 'template = "receipt"', 'template = "own"')
    write(town, "facebook/own.fi.txt", TEXT.replace("Subject: Tack – {{ number }}\n\n", ""))

    assert any('"own" has no Swedish text for email: write' in fault for fault in faults(town))

    write(town, "email/own.sv.txt")
    for channel in ("sms", "facebook"):
        write(town, f"{channel}/own.sv.txt", TEXT.replace("Subject: Tack – {{ number }}\n\n", ""))

    assert len(load(town).reply_texts) == 4
