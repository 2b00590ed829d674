"""Schedules as text: the calls and operators of Python, for the names of pywarmup, read and never evaluated."""

from __future__ import annotations

import ast
import warnings
from typing import Any, NoReturn

from pywarmup.cli import arithmetic, limits, names
from pywarmup.cli.calls import call
from pywarmup.schedule import Schedule

ONE_LINE = {ord(character): " " for character in "\t\r\n"}


def parse(text: str) -> Schedule:
    """Return the schedule that an expression describes.

    Calls of shapes, combinators and recipes, methods such as `.clip(...)`, `+ - * /`, arithmetic on numbers, lists,
    strings, True, False and None. Nothing else: the text is read as a tree, and only these nodes have a meaning.

    Args:
        text: Such as `join(Linear(0, 1, steps=10), Cosine(1, 0, steps=0.9 * 100)) * 3e-4`.

    Returns:
        The schedule, equal to the one that Python would make.

    Raises:
        ValueError: For text that is no such expression, with the place; or as the call that it describes.
        TypeError: As the call that it describes.

    Example:
        >>> parse("Linear(0, 3e-4, steps=2_000) + 1e-5")
        Offset(schedule=Linear(init_value=0.0, end_value=0.0003, steps=2000), amount=1e-05)
        >>> parse("open('x')")
        Traceback (most recent call last):
            ...
        ValueError: expression: `open` must be a shape, a combinator or a recipe of pywarmup; `pywarmup list` shows them
    """
    limits.check(text)
    value = _value(_tree(text.translate(ONE_LINE).strip()))
    if not isinstance(value, Schedule):
        raise ValueError(f"expression: it must be a schedule, got {_shown(value)}")
    return value


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python warns of is refused below
            return ast.parse(text, mode="eval").body
    except (MemoryError, RecursionError):  # of a parser with less room than others
        raise ValueError("expression: its brackets and operators must be nested less deep") from None
    except SyntaxError as error:
        place = f" at character {error.offset}" if error.offset else ""
        raise ValueError(f"expression: it must be Python; {error.msg}{place}, got {_shown(text)}") from None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            return _signed(sign, _value(operand))
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in arithmetic.OPERATORS:
            return _combined(type(operation), _value(left), _value(right))
        case ast.Call():
            return _called(node)
    return _constant(node)


def _constant(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool() | str() | None as value):
            return value
        case ast.Constant(value=int() | float() | complex() as value):
            return arithmetic.number(value, f"the number at character {node.col_offset + 1}")
        case ast.Name(id=name):
            names.find(name)
            raise ValueError(f"expression: `{name}` must be called: `{name}(...)`; `pywarmup list {name}` explains it")
    return _refuse(node)


def _signed(sign: ast.unaryop, value: Any) -> Any:
    if isinstance(sign, ast.UAdd) and arithmetic.is_number(value):
        return value
    if isinstance(sign, ast.USub) and (isinstance(value, Schedule) or arithmetic.is_number(value)):
        return -value
    sign_text = "-" if isinstance(sign, ast.USub) else "+"
    raise ValueError(f"expression: `{sign_text}` must be before a number or a schedule, got {_shown(value)}")


def _combined(kind: type[ast.operator], left: Any, right: Any) -> Any:
    if arithmetic.is_number(left) and arithmetic.is_number(right):
        return arithmetic.compute(kind, left, right)
    sign, function = arithmetic.OPERATORS[kind]
    for value in (left, right):
        if not isinstance(value, Schedule) and not arithmetic.is_number(value):
            raise ValueError(f"expression: `{sign}` must be between numbers or schedules, got {_shown(value)}")
    if sign not in "+-*/" or (sign == "/" and isinstance(right, Schedule)):
        raise ValueError(f"expression: `{sign}` must be between numbers, got {_shown(left)} and {_shown(right)}")
    return function(left, right)


def _called(node: ast.Call) -> Any:
    name, function = _function(node.func)
    positional = [_value(argument) for argument in node.args]
    named: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise ValueError(f"{MADE_OF}, got a call with `**` at character {keyword.value.col_offset + 1}")
        if keyword.arg in named:
            raise ValueError(f"{name}: `{keyword.arg}` must be given once, got it twice")
        named[keyword.arg] = _value(keyword.value)
    return call(name, function, positional, named)


def _function(node: ast.expr) -> tuple[str, Any]:
    if dotted := _dotted(node):
        return dotted, names.find(dotted)
    if not isinstance(node, ast.Attribute):
        _refuse(node)
    schedule = _value(node.value)
    if node.attr not in names.METHODS:
        remedy = names.suggestion(node.attr, names.METHODS) or f"; they are {', '.join(names.METHODS)}"
        raise ValueError(f"expression: `.{node.attr[:100]}` must be a method that gives a schedule{remedy}")
    if not isinstance(schedule, Schedule):
        raise ValueError(f"expression: `.{node.attr}` must be called on a schedule, got {_shown(schedule)}")
    return f".{node.attr}", getattr(schedule, node.attr)


def _dotted(node: ast.expr) -> str:
    """The name that `a.b.c` spells, or nothing for another expression."""
    if isinstance(node, ast.Name):
        return node.id
    before = _dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{before}.{node.attr}" if before and isinstance(node, ast.Attribute) else ""


MADE_OF = "expression: it must be made of calls, numbers, texts, lists and operators"
FORMS = {
    ast.Attribute: "an attribute that is not called",
    ast.Subscript: "a subscript",
    ast.Starred: "a star",
    ast.JoinedStr: "an f-string",
    ast.Compare: "a comparison",
    ast.Constant: "bytes or an ellipsis",
}


def _refuse(node: ast.expr) -> NoReturn:
    form = next((text for kind, text in FORMS.items() if isinstance(node, kind)), f"a {type(node).__name__}")
    raise ValueError(f"{MADE_OF}, got {form} at character {node.col_offset + 1}")


def _shown(value: object) -> str:
    if isinstance(value, Schedule):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= 80 else text[:80] + "..."
