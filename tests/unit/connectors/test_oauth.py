"""How tokens are got, kept and renewed, and what is said when there is none."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.oauth import Bearer, Tokens
from connectors.token_faults import MICROSOFT, STANDARD, refusal
from connectors.token_request import Answer
from domain.account import OAuth, OAuthKind
from domain.errors import BadInput, Unreachable
from tests.builders import TUESDAY

TOKEN_URL = "https://login.example/oauth2/v2.0/token"
BY_SECRET = OAuth(
    kind=OAuthKind.client_secret,
    token_url=TOKEN_URL,
    client_id="svarsvakt",
    scope="https://mail.example/.default",
    client_secret="app-nyckel",
)
BY_REFRESH = OAuth(
    kind=OAuthKind.refresh_token, token_url=TOKEN_URL, client_id="svarsvakt", refresh_token="google-bygg"
)
AWAY = Unreachable("token", "Nobody listens")


@dataclass
class Clock:
    """A clock that is set."""

    at: datetime = TUESDAY
    threads: set[int] = field(default_factory=set)
    asked: threading.Condition = field(default_factory=threading.Condition)

    def now(self) -> datetime:
        with self.asked:
            self.threads.add(threading.get_ident())
            self.asked.notify_all()
        return self.at

    def asked_by(self, count: int) -> bool:
        """Wait until that many threads have asked for the time."""
        with self.asked:
            return self.asked.wait_for(lambda: len(self.threads) >= count, 10)

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class TokenOffice:
    """A token server without a wire: gives t1, t2 …, each for an hour, or what it was told to."""

    lifetime: timedelta = timedelta(hours=1)
    renewed: list[str] = field(default_factory=list)
    no: Unreachable | None = None
    shown: list[dict[str, str]] = field(default_factory=list)
    before_answer: Callable[[], Any] = lambda: None

    def ask(self, oauth: OAuth, shown: Mapping[str, str]) -> Answer:
        self.shown.append(dict(shown))
        self.before_answer()
        if self.no is not None:
            raise self.no
        return Answer(f"t{len(self.shown)}", self.lifetime, self.renewed.pop(0) if self.renewed else "")


@dataclass
class Safe:
    """Secrets in memory, that may be locked against writing."""

    secrets: dict[str, str]
    locked: bool = False

    def get(self, name: str) -> str:
        if name not in self.secrets:
            raise BadInput(f'The secret "{name}" is missing')
        return self.secrets[name]

    def keep(self, name: str, secret: str) -> None:
        if self.locked:
            raise BadInput(f'The secret "{name}" cannot be written')
        self.secrets[name] = secret


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office() -> TokenOffice:
    return TokenOffice()


@pytest.fixture
def safe() -> Safe:
    return Safe({"app-nyckel": "hemligt", "google-bygg": "r0"})


@pytest.fixture
def bearer(office: TokenOffice, safe: Safe, clock: Clock) -> Bearer:
    return Bearer(BY_SECRET, safe.get, safe.keep, clock, office.ask)


@pytest.fixture
def refreshed(office: TokenOffice, safe: Safe, clock: Clock) -> Bearer:
    return Bearer(BY_REFRESH, safe.get, safe.keep, clock, office.ask)


def first(bearer: Bearer) -> str:
    return next(bearer.attempts())


def fault_of(bearer: Bearer) -> Unreachable:
    with pytest.raises(Unreachable) as fault:
        list(bearer.attempts())
    assert fault.value.step == "token"
    return fault.value


def test_a_token_is_asked_for_once_and_used_until_it_is_time_to_renew_it(
    bearer: Bearer, office: TokenOffice, clock: Clock
) -> None:
    used = [first(bearer)]
    clock.pass_by(54 * 60)
    used.append(first(bearer))
    clock.pass_by(2 * 60)
    used.append(first(bearer))

    assert used == ["t1", "t1", "t2"]


def test_a_token_that_lasts_shorter_than_the_margin_is_still_used_for_half_its_time(
    bearer: Bearer, office: TokenOffice, clock: Clock
) -> None:
    office.lifetime = timedelta(minutes=4)

    used = [first(bearer)]
    clock.pass_by(119)
    used.append(first(bearer))
    clock.pass_by(2)
    used.append(first(bearer))

    assert used == ["t1", "t1", "t2"]


def test_a_token_without_an_end_is_used_once(bearer: Bearer, office: TokenOffice) -> None:
    office.lifetime = timedelta(0)

    assert [first(bearer), first(bearer)] == ["t1", "t2"]


def test_a_client_shows_its_secret_and_scope(bearer: Bearer, office: TokenOffice) -> None:
    first(bearer)

    assert office.shown == [
        {
            "client_id": "svarsvakt",
            "scope": "https://mail.example/.default",
            "client_secret": "hemligt",
            "grant_type": "client_credentials",
        }
    ]


def test_a_token_that_a_server_refuses_before_its_time_is_renewed_once(bearer: Bearer, office: TokenOffice) -> None:
    first(bearer)

    assert list(bearer.attempts()) == ["t1", "t2"]
    assert first(bearer) == "t2"


def test_a_new_token_that_a_server_refuses_is_not_renewed_again(bearer: Bearer) -> None:
    assert list(bearer.attempts()) == ["t1"]


def test_while_the_token_server_is_away_a_token_is_used_until_it_ends(
    bearer: Bearer, office: TokenOffice, clock: Clock
) -> None:
    first(bearer)
    office.no = AWAY
    clock.pass_by(59 * 60)

    assert first(bearer) == "t1"
    clock.pass_by(60)
    assert str(fault_of(bearer)) == "Nobody listens"


def test_after_a_fault_the_next_sign_in_asks_again(bearer: Bearer, office: TokenOffice) -> None:
    office.no = AWAY
    fault_of(bearer)
    office.no = None

    assert first(bearer) == "t2"


def test_a_missing_secret_is_a_fault_of_the_token(clock: Clock, office: TokenOffice) -> None:
    bearer = Bearer(BY_SECRET, Safe({}).get, Safe({}).keep, clock, office.ask)

    assert "app-nyckel" in str(fault_of(bearer))
    assert office.shown == []


def waiting_together(bearer: Bearer, office: TokenOffice, clock: Clock, count: int) -> list[str]:
    """Sign in from many threads, of which one asks while all others wait for it; return what each got."""
    asked, go_on = threading.Event(), threading.Event()
    got: list[str] = []

    def answer_late() -> None:
        asked.set()
        assert go_on.wait(10)

    def sign_in() -> None:
        try:
            got.append(first(bearer))
        except Unreachable as fault:
            got.append(str(fault))

    office.before_answer = answer_late
    threads = [threading.Thread(target=sign_in) for _ in range(count)]
    threads[0].start()
    assert asked.wait(10)
    for thread in threads[1:]:
        thread.start()
    assert clock.asked_by(count)
    go_on.set()
    for thread in threads:
        thread.join(10)
    return got


def test_who_signs_in_while_a_token_is_got_waits_for_it(bearer: Bearer, office: TokenOffice, clock: Clock) -> None:
    got = waiting_together(bearer, office, clock, 4)

    assert got == ["t1"] * 4
    assert len(office.shown) == 1


def test_who_waited_for_a_token_that_never_came_does_not_ask_in_turn(
    bearer: Bearer, office: TokenOffice, clock: Clock
) -> None:
    office.no = AWAY

    got = waiting_together(bearer, office, clock, 4)

    assert got == ["Nobody listens"] * 4
    assert len(office.shown) == 1


def test_the_same_settings_share_one_way_to_tokens(safe: Safe, clock: Clock) -> None:
    tokens = Tokens(safe.get, safe.keep, clock)

    assert tokens.bearer(BY_SECRET) is tokens.bearer(replace(BY_SECRET))
    assert tokens.bearer(BY_SECRET) is not tokens.bearer(BY_REFRESH)


def test_a_renewed_refresh_token_is_kept_and_shown_from_then_on(
    refreshed: Bearer, office: TokenOffice, safe: Safe, clock: Clock
) -> None:
    office.renewed = ["r1", "r2"]

    first(refreshed)
    clock.pass_by(3600)
    first(refreshed)

    assert [each["refresh_token"] for each in office.shown] == ["r0", "r1"]
    assert safe.secrets["google-bygg"] == "r2"


def test_a_refresh_token_that_is_not_renewed_is_not_written(refreshed: Bearer, office: TokenOffice, safe: Safe) -> None:
    safe.locked = True
    office.renewed = ["r0"]

    assert first(refreshed) == "t1"


def test_a_renewed_refresh_token_that_cannot_be_kept_is_said_and_not_lost(
    refreshed: Bearer, office: TokenOffice, safe: Safe, clock: Clock
) -> None:
    safe.locked, office.renewed = True, ["r1"]

    said = [str(fault_of(refreshed)), str(fault_of(refreshed))]
    safe.locked = False
    used = first(refreshed)

    assert all("A renewed refresh token cannot be kept" in each and "r1" not in each for each in said)
    assert safe.secrets["google-bygg"] == "r1"
    assert (used, [each["refresh_token"] for each in office.shown]) == ("t2", ["r0", "r1"])


def test_a_refresh_token_that_another_process_used_up_is_read_again(
    refreshed: Bearer, office: TokenOffice, safe: Safe
) -> None:
    def another_process_was_first() -> None:
        office.no = None if safe.secrets["google-bygg"] == "r9" else Unreachable("token", "used up")
        safe.secrets["google-bygg"] = "r9"

    office.before_answer = another_process_was_first

    assert first(refreshed) == "t2"
    assert [each["refresh_token"] for each in office.shown] == ["r0", "r9"]


def test_the_probe_says_how_long_a_token_lasts(bearer: Bearer) -> None:
    assert "until " in bearer.prove()
    assert "t1" not in bearer.prove()


def test_nothing_shows_a_token() -> None:
    answer = Answer("t-hemlig", timedelta(hours=1), "r-hemlig")

    assert "hemlig" not in repr(answer)


@pytest.mark.parametrize("number", MICROSOFT)
def test_each_number_of_microsofts_is_said_in_plain_words(number: int) -> None:
    said = {"error": "invalid_client", "error_description": f"AADSTS{number}: For app x. Trace ID: y"}

    fault = refusal(BY_SECRET, 400, said)

    assert fault.step == "token"
    assert f"(AADSTS{number})" in str(fault)
    assert "Trace" not in str(fault)
    assert "{" not in str(fault)


@pytest.mark.parametrize("error", STANDARD)
@pytest.mark.parametrize("oauth", [BY_SECRET, BY_REFRESH], ids=["secret", "refresh"])
def test_each_error_of_the_standard_is_said_in_plain_words(oauth: OAuth, error: str) -> None:
    fault = refusal(oauth, 400, {"error": error, "error_description": "hemligt"})

    assert str(fault).endswith(f"({error})")
    assert "hemligt" not in str(fault)
    assert "{" not in str(fault)


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (400, {"error": "invalid_client", "error_codes": [7000222]}, 'write its value to the secret "app-nyckel"'),
        (400, {"error": "invalid_grant"}, "The proof of the application is not taken"),
        (401, {"error": "invalid_client", "error_codes": [1]}, "The application is not known or its proof is wrong"),
        (400, {"error": ["odd"], "error_codes": ["odd"]}, "does not say why"),
        (403, {}, "login.example refuses and does not say why"),
        (429, {}, "login.example has no time now"),
        (503, {}, "login.example has no time now"),
    ],
)
def test_a_no_says_what_to_do(code: int, said: dict[str, Any], words: str) -> None:
    assert words in str(refusal(BY_SECRET, code, said))


def test_a_revoked_refresh_token_says_where_the_new_one_goes() -> None:
    assert 'to the secret "google-bygg"' in str(refusal(BY_REFRESH, 400, {"error": "invalid_grant"}))
