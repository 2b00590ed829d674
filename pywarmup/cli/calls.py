"""Calls of what makes a schedule, with errors that name the parameter."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pywarmup.cli.names import suggestion


def call(name: str, function: Callable[..., Any], positional: Sequence[Any], named: dict[str, Any]) -> Any:
    """Return what a function makes of the arguments.

    Example:
        >>> import pywarmup as pw
        >>> call("Linear", pw.Linear, [0, 1], {"step": 9})
        Traceback (most recent call last):
            ...
        ValueError: Linear: `step` must be one of its parameters; did you mean `steps`?
    """
    parameters = inspect.signature(function).parameters
    kinds = [parameter.kind for parameter in parameters.values()]
    for given in named if inspect.Parameter.VAR_KEYWORD not in kinds else ():
        if given not in parameters or parameters[given].kind is inspect.Parameter.VAR_POSITIONAL:
            raise ValueError(f"{name}: `{given}` must be one of its parameters{_others(given, parameters)}")
    _check_positional(name, parameters, positional, named)
    return function(*positional, **named)


def _others(given: str, parameters: Any) -> str:
    return suggestion(given, parameters) or f"; they are {', '.join(f'`{each}`' for each in parameters)}"


def _check_positional(name: str, parameters: Any, positional: Sequence[Any], named: dict[str, Any]) -> None:
    taken = [each for each, parameter in parameters.items() if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    has_rest = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters.values())
    if len(positional) > len(taken) and not has_rest:
        rest = [each for each in parameters if each not in taken]
        remedy = f"; write the others as `{rest[0]}=...`" if rest else ""
        most = f"at most {len(taken)} arguments without names"
        raise ValueError(f"{name}: it must get {most}, got {len(positional)}{remedy}")
    for each in taken[: len(positional)]:
        if each in named:
            raise ValueError(f"{name}: `{each}` must be given once, got it twice")
    for each, parameter in parameters.items():
        is_given = each in named or each in taken[: len(positional)]
        if not is_given and parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL:
            raise ValueError(f"{name}: `{each}` must be given, and is missing")
