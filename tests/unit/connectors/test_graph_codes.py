"""The Graph API's codes: what each of them says of a message that was to be sent."""

import pytest

from connectors.graph_codes import not_sent
from domain.errors import SendFailed, SendUncertain


@pytest.mark.parametrize("status", [400, 500, 503])
@pytest.mark.parametrize("code", [1, 2])
def test_a_send_that_meets_a_fault_of_metas_own_may_have_gone(code: int, status: int) -> None:
    error = not_sent({"error": {"code": code, "is_transient": True}}, status)

    assert isinstance(error, SendUncertain)


def test_a_send_beyond_the_limit_has_not_gone() -> None:
    assert isinstance(not_sent({"error": {"code": 613}}, 400), SendFailed)
