"""What every function of `pywarmup.compat` refuses, in one line that names it: numbers and sequences that are none."""

import math
from collections.abc import Callable
from typing import Any

import pytest

NOT_FINITE: list[Any] = [math.nan, math.inf, -math.inf, 10**400]
NOT_A_NUMBER: list[Any] = [True, "3", [1.0], {}, object()]
NO_NUMBERS: list[Any] = [*NOT_FINITE, *NOT_A_NUMBER, None, 1j]
NO_SEQUENCES: list[Any] = [3, None, "35", [[1]], ["3"], [None], [True], [float("nan")], [float("inf")]]
Function = Callable[..., Any]
Refusal = tuple[Function, dict[str, Any], str, Any, type[Exception]]


def refusals(calls: dict[Function, dict[str, Any]]) -> list[Any]:
    """Return a case for each number among the arguments of each call, and each value that it must not have."""
    return [
        pytest.param(function, arguments, name, bad, error, id=f"{function.__name__}-{name}-{repr(bad)[:8]}")
        for function, arguments in calls.items()
        for name, value in arguments.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
        for error, values in ((ValueError, NOT_FINITE), (TypeError, NOT_A_NUMBER))
        for bad in values
    ]


def check_refusal(function: Function, arguments: dict[str, Any], name: str, bad: Any, error: type[Exception]) -> None:
    """Check that the call works, and with the bad value is refused in one line that names it."""
    function(**arguments)
    with pytest.raises(error, match=rf"^{function.__name__}: `{name}` must be [^\n]+$"):
        function(**(arguments | {name: bad}))


def check_refused(build: Callable[..., Any], arguments: dict[str, Any], match: str = ": ") -> None:
    """Check that a call is refused in one line that begins with the callable's name."""
    with pytest.raises((TypeError, ValueError), match=match) as refusal:
        build(**arguments)
    message = str(refusal.value)
    assert message.startswith(f"{build.__name__}: "), message
    assert "\n" not in message
