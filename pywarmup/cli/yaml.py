"""Definitions in YAML, by PyYAML's safe loader, which is made to refuse what it would pass over."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

# YAML 1.2 reads 3e-4 as a number; PyYAML, of YAML 1.1, asks for a point and a sign.
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+$")


def load(text: str) -> Any:
    """Return the data of a YAML text, without aliases and keys that are given twice.

    Example:
        >>> load("schedule: Constant(3e-4)")
        {'schedule': 'Constant(3e-4)'}
    """
    try:
        import yaml
    except ImportError:
        raise ImportError('YAML needs PyYAML; install it with `pip install "pywarmup-schedules[yaml]"`') from None
    try:
        return yaml.load(text, _loader())
    except yaml.YAMLError as error:
        raise ValueError(f"it must be YAML; {error}") from None


@cache
def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):  # a few lines of them stand for any amount of data
                line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
                raise ValueError(f"it must not have aliases, got one in line {line}")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key in (key.value for key, _ in node.value if isinstance(key.value, str)):
                if key in seen:
                    line = node.start_mark.line + 1
                    raise ValueError(f"`{key[:80]}` must be given once, got it twice in what begins in line {line}")
                seen.add(key)
            return super().construct_mapping(node, deep)

    Loader.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-+.0123456789"))
    return Loader
