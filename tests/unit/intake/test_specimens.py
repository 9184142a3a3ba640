"""Every specimen of tests/mails/parse becomes what its twin says."""

import json
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.message import Message
from tests.unit.intake.arrivals import parsed

SPECIMENS = sorted((Path(__file__).parents[2] / "mails" / "parse").glob("*.eml"))
#: What a twin leaves out is as it is for an ordinary mail.
ORDINARY: dict[str, Any] = {
    "in_reply_to": [],
    "references": [],
    "cc": [],
    "resent": [],
    "attachments": [],
    "defects": [],
    "quoted": "",
    "report_type": None,
    "unreadable": False,
    "arrival_why": "stamped by mx.exempelby.example",
    "arrival_difference": 120.0,
}
ORDINARY_ATTACHMENT = {"kind": "file", "title": ""}
NOT_IN_TWINS = {"headers", "channel", "flags", "role"}


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.stem)
def test_a_specimen_becomes_what_its_twin_says(specimen: Path) -> None:
    expected = ORDINARY | json.loads(specimen.with_suffix(".json").read_text(encoding="utf-8"))

    expected["attachments"] = [ORDINARY_ATTACHMENT | each for each in expected["attachments"]]

    message = parsed(specimen.read_bytes())

    names = {field.name for field in fields(Message)} - NOT_IN_TWINS
    assert {name: plain(getattr(message, name)) for name in names} == expected


def test_there_are_specimens() -> None:
    assert len(SPECIMENS) > 50
