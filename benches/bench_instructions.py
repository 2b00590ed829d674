"""How many instructions does one call, or one element, take? The only numbers here that no other load moves."""

import pytest

import instructions
from contest import modules


def test_instructions(record):
    try:
        counts = instructions.measure()
    except instructions.UnavailableError as reason:
        pytest.skip(str(reason))
    for name, count in counts.items():
        case = "element" if name.endswith("element") else "call"
        title = modules()[instructions.CALLS[name]].NAME if case == "call" else name.removesuffix(" element")
        record("instructions", case, name, [count], title=title, unit="instructions")
