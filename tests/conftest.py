"""Options of the tests."""

from pathlib import Path

import pytest
from conformance.case import RECORDED, load


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", type=Path, default=RECORDED, help="folder of recorded values for test_conformance.py")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames and metafunc.module.__name__ == "test_conformance":
        cases = load(metafunc.config.getoption("--cases"))
        metafunc.parametrize("case", cases, ids=[case.id for case in cases])
