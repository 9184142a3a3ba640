"""Passwords, the rate limit, the form's token, and where one may be sent."""

from datetime import timedelta

import pytest

from domain.errors import BadInput
from tests.builders import TUESDAY
from web.csrf import csrf_token
from web.passwords import LONGEST, hash_password, verify_password
from web.rate_limit import MOST_KEYS, RateLimit
from web.redirects import own_path

MINUTE = timedelta(minutes=1)


def test_a_password_fits_its_own_hash_only() -> None:
    stored = hash_password("ett långt lösenord")

    assert verify_password(stored, "ett långt lösenord")
    assert not verify_password(stored, "ett annat lösenord")
    assert stored.startswith("$argon2id$")


def test_a_stored_value_that_is_no_hash_fits_nothing() -> None:
    assert not verify_password("", "")
    assert not verify_password("ett långt lösenord", "ett långt lösenord")


@pytest.mark.parametrize("password", ["", "kort", "x" * (LONGEST + 1)])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(BadInput):
        hash_password(password)


def test_a_try_too_many_is_refused_until_the_window_has_passed() -> None:
    limit = RateLimit(2, 15 * MINUTE)

    allowed = [limit.allows("bo", TUESDAY + minute * MINUTE) for minute in (0, 1, 2, 15, 16)]

    assert allowed == [True, True, False, True, True]


def test_each_name_has_its_own_limit() -> None:
    limit = RateLimit(1, MINUTE)

    assert [limit.allows(name, TUESDAY) for name in ("bo", "cilla", "bo")] == [True, True, False]


def test_a_sign_in_that_went_well_starts_over() -> None:
    limit = RateLimit(1, MINUTE)

    limit.allows("bo", TUESDAY)
    limit.forget("bo")

    assert limit.allows("bo", TUESDAY)


def test_a_flood_of_names_is_forgotten_and_not_kept() -> None:
    limit = RateLimit(1, MINUTE)

    for number in range(MOST_KEYS + 10):
        limit.allows(str(number), TUESDAY)

    assert len(limit._tries) == MOST_KEYS


def test_a_forms_token_depends_on_the_cookie_and_does_not_show_it() -> None:
    assert csrf_token("a") != csrf_token("b")
    assert "secret" not in csrf_token("secret")


@pytest.mark.parametrize(
    "address",
    ["", "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "ko", "javascript:alert(1)",
     "/ko\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(address: str) -> None:
    assert own_path(address) == "/ko"


def test_a_page_of_ours_may_be_gone_to() -> None:
    assert own_path("/arende/12?x=1#y") == "/arende/12?x=1#y"


def test_a_password_too_long_to_have_been_hashed_fits_nothing() -> None:
    assert not verify_password(hash_password("ett långt lösenord"), "x" * (LONGEST + 1))
