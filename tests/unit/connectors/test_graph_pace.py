"""How long a page rests by what Meta says of its limits."""

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.graph_pace import LONGEST_REST, Usage, read_usage


def said(**headers: Any) -> dict[str, str]:
    """Return headers as Meta writes them."""
    return {name.replace("_", "-"): json.dumps(value) for name, value in headers.items()}


@pytest.mark.parametrize(
    ("percent", "minutes"), [(0, 0), (49, 0), (50, 1), (70, 2), (85, 5), (94, 5), (95, 15), (250, 15)]
)
def test_the_nearer_the_limit_the_longer_the_rest(percent: int, minutes: int) -> None:
    assert read_usage(said(x_app_usage={"call_count": percent})).rest == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "headers",
    [
        said(x_app_usage={"call_count": 3, "total_time": 96, "total_cputime": 1}),
        said(x_page_usage={"total_cputime": 96}),
        said(x_business_use_case_usage={"1": [{"type": "pages", "call_count": 96}]}),
        said(
            x_app_usage={"call_count": 1},
            x_business_use_case_usage={"1": [{"call_count": 2}], "2": [{"total_time": 96}]},
        ),
    ],
)
def test_the_nearest_of_all_limits_counts(headers: dict[str, str]) -> None:
    assert read_usage(headers).percent == 96


def test_how_long_meta_says_counts_up_to_an_hour() -> None:
    def rest(minutes: int) -> timedelta:
        told = {"call_count": 100, "estimated_time_to_regain_access": minutes}
        return read_usage(said(x_business_use_case_usage={"1": [told]})).rest

    assert (rest(5), rest(30), rest(6_000)) == (timedelta(minutes=15), timedelta(minutes=30), LONGEST_REST)


@pytest.mark.parametrize(
    "value", ["", "{", "[]", "7", "null", '{"call_count": "mycket"}', '{"1": [5]}', '{"call_count": true}']
)
def test_what_cannot_be_read_counts_as_nothing_used(value: str) -> None:
    assert read_usage({"x-app-usage": value}) == Usage()
