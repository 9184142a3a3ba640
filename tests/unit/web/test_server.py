"""The server of the pages believes only the proxies that it is told of."""

import gc

import pytest
from starlette.applications import Starlette

from web.server import GARBAGE_AT, PageServer, keep_what_is_loaded


@pytest.mark.parametrize(
    ("proxies", "from_there", "from_elsewhere"),
    [("10.0.4.7", "10.0.4.7", "127.0.0.1"), ("10.0.4.0/24", "10.0.4.9", "10.0.5.9"), ("", "127.0.0.1", "10.0.4.7")],
)
def test_only_a_proxy_that_is_named_is_believed(
    monkeypatch: pytest.MonkeyPatch, proxies: str, from_there: str, from_elsewhere: str
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    server = PageServer(Starlette(), proxies=proxies)

    server.config.load()

    trusted = server.config.loaded_app.trusted_hosts  # type: ignore[union-attr]
    assert from_there in trusted
    assert from_elsewhere not in trusted


def test_what_is_loaded_is_not_looked_through_again_for_what_could_be_thrown_away() -> None:
    before = gc.get_threshold()

    try:
        keep_what_is_loaded()

        assert gc.get_freeze_count() > 1000
        assert gc.get_threshold()[0] == GARBAGE_AT
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
