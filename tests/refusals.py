"""What no number of a schedule may be, for the tests of `pywarmup.compat`."""

from collections.abc import Callable
from typing import Any

import pytest

NO_NUMBERS: list[Any] = [float("nan"), float("inf"), -float("inf"), "3", True, None, [1.0], 1j, object(), 10**400]
NO_SEQUENCES: list[Any] = [3, None, "35", [[1]], ["3"], [None], [True], [float("nan")], [float("inf")]]


def check_refused(build: Callable[..., Any], arguments: dict[str, Any], match: str = ": ") -> None:
    """Check that a call is refused in one line that begins with the callable's name."""
    with pytest.raises((TypeError, ValueError), match=match) as refusal:
        build(**arguments)
    message = str(refusal.value)
    assert message.startswith(f"{build.__name__}: "), message
    assert "\n" not in message
