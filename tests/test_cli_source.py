"""Where a schedule comes from: expressions, files and standard input."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command import printed
from registry import SAMPLES

import pywarmup as pw
from pywarmup.cli import source, toml

TEXT = "warmup_cosine(3e-4, warmup_steps=10, total_steps=100)"
S = pw.warmup_cosine(3e-4, warmup_steps=10, total_steps=100)


def written(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def toml_of(data: Any) -> str:
    """A value as TOML within one line; what is None is left out, for TOML has no word for it."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key} = {toml_of(value)}" for key, value in data.items() if value is not None) + "}"
    return f"[{', '.join(map(toml_of, data))}]" if isinstance(data, list) else json.dumps(data)


def test_an_expression() -> None:
    assert source.read(TEXT) == S
    assert source.read(f"\n {TEXT}\n") == S


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_definitions_in_files(schedule: pw.Schedule, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    definition = schedule.to_dict()
    lines = [f"{key} = {toml_of(value)}" for key, value in definition.items() if value is not None]
    for name, content in (
        ("a.json", schedule.to_json()),
        ("a.JSON", json.dumps(definition, indent=2)),
        ("a.yaml", yaml.safe_dump(definition)),
        ("a.yml", schedule.to_json()),
        ("a.toml", "\n".join(lines)),
        ("b.toml", f"schedule = {toml_of(definition)}\nother = 3"),
        ("b.yaml", yaml.safe_dump({"other": [1], "schedule": definition})),
    ):
        assert source.read(written(tmp_path / name, content)) == schedule, name


def test_expressions_in_files(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    several = "[optimizer]\nlr = 3\n[[x]]\n"
    for name, content in (
        ("a.yaml", f"schedule: {TEXT}\nepochs: 3"),
        ("a.toml", f'schedule = "{TEXT}"\n{several}'),
        ("b.yaml", "schedule: >\n  warmup_cosine(3e-4,\n    warmup_steps=10,\n\n    total_steps=100)\n"),
        ("b.toml", 'schedule = """\nwarmup_cosine(3e-4,\n  warmup_steps=10,\n  total_steps=100)\n"""'),
    ):
        assert source.read(written(tmp_path / name, content)) == S, name


@pytest.mark.parametrize("text", ["3e-4", "3E-4", "3.e-4", "0.3e-3", ".3e-3", "+3e-4", "0.0003"])
def test_numbers_in_yaml_are_those_of_yaml_1_2(text: str, tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    path = written(tmp_path / "a.yaml", f"schema: 1\nkind: constant\nvalue: {text}\nsteps: null")
    assert source.read(path) == pw.Constant(3e-4)


def test_texts_in_yaml_stay_texts(tmp_path: Path) -> None:
    import yaml

    from pywarmup.cli.yaml import load

    text = "a: 3e-4x\nb: '3e-4'\nc: e4\nd: 1-e4\ne: 2020-01-01\nf: -e-4"
    assert load(text) == {**yaml.safe_load(text), "a": "3e-4x", "b": "3e-4", "c": "e4", "d": "1-e4", "f": "-e-4"}
    assert yaml.safe_load("3e-4") == "3e-4"  # the loader of others is as it was


def test_toml_leaves_other_data_alone() -> None:
    assert toml.load('a = [1, {kind = "constant"}, {kind = 3}, {kind = "x"}]') == {
        "a": [1, {"kind": "constant", "steps": None}, {"kind": 3}, {"kind": "x"}]
    }


def test_a_mark_at_the_beginning_is_no_content(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + S.to_json().encode()
    assert source.read(written(tmp_path / "a.json", content)) == S
    assert printed("at", "-q", "-", "10", stdin=content) == "0.0003\n"


def test_standard_input() -> None:
    for content in (TEXT, f"{TEXT}\n", S.to_json(), f"  {S.to_json()}\n", f"\n{TEXT} * 1.0"):
        assert printed("at", "-q", "-", "10", stdin=content) == "0.0003\n"


def test_what_is_printed_can_be_piped_on() -> None:
    assert printed("diff", "-", TEXT, stdin=printed("show", "--json", TEXT)) == "the same schedule\n"


def test_a_file_is_a_file_even_with_brackets_in_its_name(tmp_path: Path) -> None:
    assert source.read(written(tmp_path / "Constant(1).json", S.to_json())) == S


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(written(tmp_path / "a.json", S.to_json()))
    assert source.read(str(tmp_path / "link.json")) == S


def test_a_large_definition_is_read(tmp_path: Path) -> None:
    table = pw.Table([index / 7 for index in range(100_000)])
    assert source.read(written(tmp_path / "a.json", table.to_json())) == table
