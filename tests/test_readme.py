"""Runs the Python code blocks of the pages."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pywarmup as pw
from pywarmup import _core

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/pytorch.md"]
BLOCK = re.compile(r"^```(pycon|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.fixture(autouse=True)
def schedule_in_use() -> Iterator[None]:
    before = _core.current()
    yield
    _core.set_current(before)


@pytest.mark.parametrize("page", PAGES)
def test_code_blocks_run(page: str) -> None:
    """The blocks of a page share their names, from top to bottom."""
    text = (ROOT / page).read_text(encoding="utf-8")
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner()
    blocks = list(BLOCK.finditer(text))
    assert blocks
    for block in blocks:
        line = text.count("\n", 0, block.start(2))
        if block[1] == "python":
            exec(compile("\n" * line + block[2], page, "exec"), names)
        else:
            example = doctest.DocTestParser().get_doctest(block[2], names, page, page, line)
            assert example.examples
            runner.run(example, clear_globs=False)
            names = example.globs
    assert runner.summarize(verbose=False).failed == 0


def test_the_readme_has_code_by_line_10() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert any(line.startswith(">>> ") for line in lines[:10])


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md"])
def test_links_lead_to_files(page: str) -> None:
    for target in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_readme_lists_every_public_name() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    values = {name for name in pw.__all__ if name.islower()} | {cls.__name__ for cls in pw.Schedule.__subclasses__()}
    by_methods = {"Clip", "Join", "Maximum", "Minimum", "Offset", "PastEnd", "Product", "Repeat", "Reverse"}
    by_methods |= {"Scale", "Shift", "Stairs", "Stretch", "Sum", "Until", "Warp"}
    missing = {name for name in values - by_methods if not re.search(rf"\b{name}\b", text)}
    assert not missing
