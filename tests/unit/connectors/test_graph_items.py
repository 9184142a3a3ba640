"""What is read of each shape of message, post, comment and attachment that the Graph API gives."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.graph_items import MOST_FILES, files_of, item_of, time_of, unique, writer_of

PAGE = "100000000000001"
AT = "2026-11-24T08:12:00+0000"
URL = "https://scontent.fbcdn.net/a"

FIELDS = ("created_time", "from", "message", "attachments", "attachment", "sticker")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


def message(**fields: Any) -> dict[str, Any]:
    """Return a message as the API gives it."""
    return {"id": "m_1", "created_time": AT, "from": {"id": "3", "name": "Alva"}, "message": "Hej", **fields}


def test_a_message_of_a_person_is_theirs_and_one_of_the_page_is_its_own() -> None:
    theirs = item_of(message(), "conversations", PAGE)
    own = item_of(message(**{"from": {"id": PAGE}}), "conversations", PAGE, answers=("m_0",), to="3")

    assert (theirs.identity, theirs.at, theirs.by_page) == ("m_1", datetime(2026, 11, 24, 8, 12, tzinfo=UTC), False)
    assert (own.by_page, own.answers, own.to) == (True, ("m_0",), "3")


@pytest.mark.parametrize("given_time", [None, "", "i går", 5, "9999-99-99T00:00:00+0000", "0001-01-01T00:00:00+2359"])
def test_a_time_that_makes_no_sense_is_as_old_as_can_be(given_time: object) -> None:
    assert time_of({"created_time": given_time}, "created_time") == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize("writer", [None, "Alva", [], {}, {"name": "Alva"}, {"id": None}])
def test_a_writer_that_meta_does_not_name_is_nobody(writer: object) -> None:
    assert writer_of({"from": writer}) == ""


@pytest.mark.parametrize(
    ("fields", "name", "media_type"),
    [
        ({"attachments": {"data": [{"name": "a.jpg", "mime_type": "image/jpeg", "image_data": {"url": URL}}]}},
         "a.jpg", "image/jpeg"),
        ({"attachments": {"data": [{"name": "a.mp4", "mime_type": "video/mp4", "video_data": {"url": URL}}]}},
         "a.mp4", "video/mp4"),
        ({"attachments": {"data": [{"name": "a.pdf", "mime_type": "application/pdf", "file_url": URL}]}},
         "a.pdf", "application/pdf"),
        ({"attachments": {"data": [{"type": "photo", "media": {"image": {"src": URL}}}]}}, "bilaga-1", ""),
        ({"attachment": {"type": "photo", "media": {"image": {"src": URL}}}}, "bilaga-1", ""),
    ],
    ids=["a picture", "a film", "a file", "a post's picture", "a comment's picture"],
)  # fmt: skip
def test_a_file_has_its_address_name_and_type(fields: dict[str, Any], name: str, media_type: str) -> None:
    assert files_of(message(**fields)) == [(URL, name, media_type)]


@pytest.mark.parametrize(
    "fields", [{}, {"attachments": {}}, {"attachments": {"data": None}}, {"attachments": {"data": ["x", {}]}},
               {"attachment": {"type": "share", "media": "x"}}, {"sticker": "https://scontent.fbcdn.net/tumme"}],
)  # fmt: skip
def test_what_holds_no_file_that_can_be_fetched_gives_none(fields: dict[str, Any]) -> None:
    assert files_of(message(**fields)) == []


def test_no_more_files_are_named_than_a_message_can_hold() -> None:
    many = [{"file_url": f"{URL}{number}"} for number in range(MOST_FILES + 5)]

    assert len(files_of(message(attachments={"data": many}))) == MOST_FILES


def test_a_fingerprint_changes_with_the_words_and_with_nothing_else() -> None:
    first = item_of(message(), "feed", PAGE).fingerprint

    assert item_of(message(comment_count=4, is_hidden=True), "feed", PAGE).fingerprint == first
    assert item_of(message(message="Hej då"), "feed", PAGE).fingerprint != first
    assert item_of(message(sticker="tumme"), "feed", PAGE).fingerprint != first


def test_what_was_read_twice_stands_once_as_it_was_read_last_oldest_first() -> None:
    old = item_of(message(id="m_0", created_time="2026-11-24T08:00:00+0000"), "feed", PAGE)
    first, again = item_of(message(), "feed", PAGE), item_of(message(message="Hej igen"), "feed", PAGE)

    assert unique([first, old, again]) == [old, again]


@given(st.fixed_dictionaries({"id": st.text(min_size=1)}, optional=dict.fromkeys(FIELDS, ANYTHING)))
def test_nothing_that_the_api_may_give_breaks_the_reading(resource: dict[str, Any]) -> None:
    item = item_of(resource, "feed", PAGE)

    assert item.identity == resource["id"]
    assert item.fingerprint
    assert isinstance(files_of(resource), list)
