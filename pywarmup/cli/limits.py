"""What the text of an expression may be made of, checked before Python's own parser sees it.

That parser recurses, and reads numbers of any length: a text that is deep or long enough exhausts it.
"""

from __future__ import annotations

import keyword
import re

LONGEST_TEXT = 200_000  # characters
LONGEST_NUMBER = 100  # characters
DEEPEST = 100  # brackets, and operators beside each other, within one another

TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<number>\.?[0-9](?:[eE][+-]|[\w.])*)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<text>'[^'\\\r\n]*'|"[^"\\\r\n]*")
    | (?P<open>[(\[]) | (?P<close>[)\]]) | (?P<comma>,)
    | (?P<operator>\*\*|//|[-+*/%.=])""",
    re.VERBOSE | re.ASCII,
)

OPERANDS = ("number", "name", "text")


def check(text: str) -> None:
    """Refuse what is no expression, or too long or too deep to be read safely.

    Example:
        >>> check("[" * 10_000)
        Traceback (most recent call last):
            ...
        ValueError: expression: brackets and operators must be nested at most 100 deep, and at character 101 are deeper
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"expression: it must be at most {LONGEST_TEXT} characters, got {len(text)}; use a JSON file")
    if not text.strip():
        raise ValueError("expression: it must be a schedule, got nothing")
    depth = _Depth()
    position, before = 0, None
    while position < len(text):
        token = TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"expression: it must not have {text[position]!a}, got it at character {position + 1}")
        position = token.end()
        if token.lastgroup != "space":
            _check_token(token, before)
            depth.add(token, before)
            before = token.lastgroup
    depth.end()


def _check_token(token: re.Match[str], before: str | None) -> None:
    kind, text, place = token.lastgroup, token[0], token.start() + 1
    if kind == "number" and len(text) > LONGEST_NUMBER:
        raise ValueError(
            f"expression: a number must be at most {LONGEST_NUMBER} characters, got {text[:20]}... of {len(text)}"
        )
    if kind == "name" and keyword.iskeyword(text) and text not in ("True", "False", "None"):
        raise ValueError(f"expression: it must not have `{text}`, got it at character {place}")
    if kind in OPERANDS and before in (*OPERANDS, "close"):
        shown = text if len(text) <= 20 else text[:20] + "..."
        raise ValueError(
            f"expression: it must have a comma or an operator before {shown}, got none at character {place}"
        )


class _Depth:
    """Counts the brackets that are open, and the operators since the last comma within each."""

    def __init__(self) -> None:
        self.brackets: list[str] = []
        self.operators = [0]
        self.total = 0

    def add(self, token: re.Match[str], before: str | None) -> None:
        kind = token.lastgroup
        if kind == "operator" or (kind == "open" and before == "close"):  # the call of a call nests as well
            self._count(1)
        if kind == "open":
            self.brackets.append(token[0])
            self.operators.append(0)
            self.total += 1
        elif kind == "close":
            self._close(token)
        elif kind == "comma":
            self._count(-self.operators[-1])
        if self.total > DEEPEST:
            raise ValueError(
                f"expression: brackets and operators must be nested at most {DEEPEST} deep, "
                f"and at character {token.start() + 1} are deeper"
            )

    def _count(self, change: int) -> None:
        self.operators[-1] += change
        self.total += change

    def _close(self, token: re.Match[str]) -> None:
        if not self.brackets or self.brackets.pop() + token[0] not in ("()", "[]"):
            raise ValueError(f"expression: its brackets must match, got `{token[0]}` at character {token.start() + 1}")
        self.total -= 1 + self.operators.pop()

    def end(self) -> None:
        if self.brackets:
            raise ValueError(f"expression: its brackets must match, got {len(self.brackets)} that are not closed")
