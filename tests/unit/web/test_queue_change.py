"""What goes through the stream: rows that are other than they were, and the order of all."""

import json

from web.queue_change import MOST_VERSIONS, Versions, listed_of


def listed(*rows: tuple[int, str], summary: str = "") -> str:
    """Return a list as it is rendered."""
    made = "\n".join(f'<tr role="row" id="t{id}" class="is-late">\n<td>{text}</td>\n</tr>' for id, text in rows)
    return f'<section id="queue"><p>{summary}</p><table><tr role="row"></tr><tbody>\n{made}\n</tbody></table></section>'


def versions(**known: str) -> Versions:
    """Return versions that are known by name."""
    made = Versions()
    for name, html in known.items():
        made.add(name, listed_of(html))
    return made


def test_only_rows_that_are_new_or_other_are_told_with_the_order_of_all() -> None:
    known = versions(
        a=listed((1, "ett"), (2, "två"), (3, "tre")),
        b=listed((3, "tre"), (4, "fyra"), (1, "etta"), summary="3 ärenden"),
    )

    told = json.loads(known.change("a", "b") or "")

    assert (told["from"], told["version"], told["order"]) == ("a", "b", ["3", "4", "1"])
    assert set(told["rows"]) == {"4", "1"}
    assert "etta" in told["rows"]["1"]
    assert "3 ärenden" in told["around"]
    assert '<tr role="row" id=' not in told["around"]


def test_it_stands_on_one_line_of_the_stream() -> None:
    change = versions(a=listed((1, "ett")), b=listed((1, "två"))).change("a", "b")

    assert change is not None
    assert "\n" not in change


def test_nothing_is_told_of_a_version_that_is_not_known_or_that_had_no_rows() -> None:
    known = versions(empty=listed(), a=listed((1, "ett")))

    assert known.change("gone", "a") is None
    assert known.change("a", "gone") is None
    assert known.change("empty", "a") is None
    assert known.change("a", "empty") is None


def test_a_row_that_many_versions_have_is_kept_once() -> None:
    known = versions(**{f"v{number}": listed((1, "ett"), (2, str(number))) for number in range(MOST_VERSIONS)})

    kept = {id(each.rows["1"]) for each in known._known.values()}

    assert len(kept) == 1


def test_old_versions_are_forgotten() -> None:
    known = versions(**{f"v{number}": listed((1, str(number))) for number in range(MOST_VERSIONS + 1)})

    assert known.change("v0", f"v{MOST_VERSIONS}") is None
    assert known.change("v1", f"v{MOST_VERSIONS}") is not None
