"""The tests. What stands beside them asserts too: pytest says what was there in place of what should be."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.{part}" for part in ("browser", "contracts", "flow", "integration", "services", "unit", "web"))
)
