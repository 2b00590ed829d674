"""The names that an expression may use: what makes a schedule, and nothing else."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from pywarmup import compose, recipes, shapes
from pywarmup.compat import LIBRARIES
from pywarmup.serialize import KINDS

# What stands before a name, and the module whose `__all__` the name is looked up in.
OWN_PREFIXES = ("", "pw.", "pywarmup.")
MODULES = ("counting", *(f"compat.{library}" for library in LIBRARIES))
PREFIXES = {f"{own}{module}.": f"pywarmup.{module}" for module in MODULES for own in OWN_PREFIXES}
FUNCTIONS = ("anneal", "join", "maximum", "minimum")
METHODS = ("clip", "past_end", "repeat", "reverse", "shift", "stairs", "stretch", "until", "warp")

Maker = Callable[..., Any]


@cache
def own() -> dict[str, Maker]:
    """Return the shapes, combinators and recipes of pywarmup, by name."""
    made = {cls.__name__: cls for cls in KINDS.values()}
    functions = {name: getattr(compose, name) for name in FUNCTIONS}
    named = {name: getattr(recipes, name) for name in recipes.__all__}
    return {**made, **functions, **named, **_class_methods(made.values())}


def _class_methods(classes: Iterable[type]) -> dict[str, Maker]:
    return {
        f"{cls.__name__}.{name}": getattr(cls, name)
        for cls in classes
        for name, member in vars(cls).items()
        if isinstance(member, classmethod | staticmethod) and not name.startswith("_")
    }


def find(name: str) -> Maker:
    """Return what a name, perhaps with a prefix, stands for.

    Example:
        >>> find("pw.warmup_cosine").__name__
        'warmup_cosine'
        >>> find("linear")
        Traceback (most recent call last):
            ...
        ValueError: expression: `linear` must be a shape, a combinator or a recipe of pywarmup; did you mean `Linear`?
    """
    for prefix in OWN_PREFIXES:
        if name.startswith(prefix) and name.removeprefix(prefix) in own():
            return own()[name.removeprefix(prefix)]
    for prefix, module in PREFIXES.items():
        if name.startswith(prefix) and name.removeprefix(prefix) in (known := _members(module)):
            return known[name.removeprefix(prefix)]
    raise ValueError(
        f"expression: `{name[:100]}` must be a shape, a combinator or a recipe of pywarmup"
        + (suggestion(name, _all_near(name)) or "; `pywarmup list` shows them")
    )


def _members(module: str) -> dict[str, Maker]:
    loaded = importlib.import_module(module)
    members = {name: getattr(loaded, name) for name in loaded.__all__}
    return {**members, **_class_methods(member for member in members.values() if isinstance(member, type))}


def _all_near(name: str) -> list[str]:
    """The own names, and those behind the prefix that the name has."""
    behind = [(prefix, module) for prefix, module in PREFIXES.items() if name.startswith(prefix)]
    return [*own(), *METHODS, *(prefix + member for prefix, module in behind for member in _members(module))]


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean `...`?" if a known name is near, else nothing.

    Example:
        >>> suggestion("warmup_steps", ["warmup_step", "total_steps"])
        '; did you mean `warmup_step`?'
    """
    close = difflib.get_close_matches(name, list(known), 1) if len(name) <= 100 else []
    return f"; did you mean `{close[0]}`?" if close else ""


def shapes_of() -> list[str]:
    """Return the names of the shapes."""
    return [cls.__name__ for cls in KINDS.values() if inspect.getmodule(cls) is shapes]
