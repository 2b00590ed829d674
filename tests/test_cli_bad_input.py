"""Bad input to the command line: one line on standard error, exit code 2, and nothing executed."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command import COMMAND, environment, refused

from pywarmup.cli import main, source

TEXT = "warmup_cosine(0.1, warmup_steps=10, total_steps=100)"
DEFINED = '{"schema":1,"kind":"constant","value":0.1,"steps":null}'
posix = pytest.mark.skipif(os.name == "nt", reason="needs what POSIX has")


# Expressions; tests/test_expression.py has many more.


def test_an_unknown_recipe() -> None:
    message = refused("show", "warmup_cosin(0.1, warmup_steps=10, total_steps=100)")
    known = "must be a shape, a combinator or a recipe of pywarmup"
    assert message == f"expression: `warmup_cosin` {known}; did you mean `warmup_cosine`?"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('{touch}')",
        "__import__('os')",
        "eval(\"__import__('os').system('{touch}')\")",
        "().__class__.__base__.__subclasses__()",
        "Linear.__init__.__globals__['sys'].modules['os'].system('{touch}')",
        "[__import__('os').system('{touch}') for x in (1,)]",
        "(lambda: __import__('os').system('{touch}'))()",
        'f\'{{__import__("os").system("{touch}")}}\'',
        "pw.compose.math.__loader__",
    ],
)
def test_nothing_is_executed(text: str, tmp_path: Path) -> None:
    text = text.format(touch="touch executed")
    refused("show", text, cwd=tmp_path)
    refused("show", "-", stdin=text, cwd=tmp_path)
    (tmp_path / "a.yaml").write_text(f"schedule: {json.dumps(text)}\n")
    assert refused("show", "a.yaml", cwd=tmp_path).startswith("a.yaml: expression: ")
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(" * 10_000 + "Constant(1)" + ")" * 10_000, "nested at most 100 deep"),
        ("Table(" + "[" * 10_000 + "1" + "]" * 10_000 + ")", "nested at most 100 deep"),
        ("Constant(" + "1+" * 50_000 + "1)", "nested at most 100 deep"),
        ("Constant(" + "1+" * 100_000 + "1)", "at most 200000 characters, got 200011"),
        ("Constant(" + "9" * 100_000 + ")", "a number must be at most 100 characters"),
        ("Constant(2**10**10)", "too large"),
    ],
)
def test_what_would_exhaust_a_parser(text: str, words: str) -> None:
    assert words in refused("show", "-", stdin=text)
    if len(text) < 30_000:  # Windows takes no longer command line
        assert words in refused("show", text)


# Files


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for suffix, most in (("json", 67_108_864), ("toml", 1_048_576), ("yaml", 262_144)):
        path = tmp_path / f"large.{suffix}"
        with open(path, "wb") as file:
            file.truncate(1 << 30)
        begun = time.perf_counter()
        assert refused("show", str(path)) == f"{path}: it must be at most {most} bytes, got 1073741824"
        assert time.perf_counter() - begun < 5.0


def test_directories_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    for name in ("folder.json", "."):
        assert refused("show", name, cwd=tmp_path) == f"{name}: it must be a file, and is a directory"
    assert refused("show", "missing.json", cwd=tmp_path) == "missing.json: No such file or directory"
    assert refused("show", "a/b.yaml", cwd=tmp_path) == "a/b.yaml: No such file or directory"
    (tmp_path / "notes.txt").write_text(DEFINED)
    wanted = "notes.txt: a file of a schedule must end in .json, .toml, .yaml, .yml; for a pipe write `-`"
    assert refused("show", "notes.txt", cwd=tmp_path) == wanted


@posix
def test_devices_and_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    for name in ("pipe.json", "zero.json"):
        wanted = f"{name}: it must be a regular file; to read a pipe or a device write `- < {name}`"
        assert refused("show", name, cwd=tmp_path) == wanted
    assert refused("show", "/dev/zero").startswith("/dev/zero: a file of a schedule must end in ")
    with open("/dev/zero", "rb") as endless:
        assert refused("show", "-", stdin=endless) == "standard input: it must be at most 67108864 bytes, got more"


ALIASES = "a: &a [1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nschedule: *c\n"
NO_NUMBER = "`$.value` must be a finite number"
TOML = 'schema = 1\nkind = "constant"\nvalue = '
FILES: dict[str, tuple[str, bytes, str]] = {
    "not UTF-8": ("a.json", b'{"schema":\xff}', "it must be UTF-8, got byte 0xff at 10"),
    "UTF-16": ("a.json", DEFINED.encode("utf-16"), "it must be UTF-8, got byte 0xff at 0"),
    "zeros": ("a.json", b'{"schema":1,\x00}', "from_json: `text` must be JSON, got "),
    "empty": ("a.json", b"", "it must hold a schedule, and is empty"),
    "blank": ("a.yaml", b" \n\n", "it must hold a schedule, and is empty"),
    "NaN": (
        "a.json",
        DEFINED.replace("0.1", "NaN").encode(),
        "must have finite numbers only, got NaN",
    ),
    "Infinity": ("a.json", DEFINED.replace("0.1", "-Infinity").encode(), "`text` must have finite numbers only"),
    "1e999": (
        "a.json",
        DEFINED.replace("0.1", "1e999").encode(),
        f"{NO_NUMBER}, got inf",
    ),
    "a long number": ("a.json", DEFINED.replace("0.1", "1" * 9999).encode(), ""),
    "deep JSON": ("a.json", b"[" * 100_000, "from_json: `text` must be nested at most 100 deep"),
    "twice in JSON": ("a.json", DEFINED.replace('"kind"', '"value":1,"kind"').encode(), "must be given once"),
    "unknown kind": ("a.json", DEFINED.replace("constant", "konstant").encode(), "did you mean 'constant'?"),
    "an expression in JSON": ("a.json", b"Constant(1)", "from_json: `text` must be JSON"),
    "bad TOML": ("a.toml", b"x = ", "it must be TOML; "),
    "deep TOML": ("a.toml", b"a = " + b"[" * 5_000, "it is nested too deep"),
    "nan in TOML": (
        "a.toml",
        b'schema = 1\nkind = "constant"\nvalue = nan',
        "`$.value` must be a finite number, got nan",
    ),
    "a date in TOML": (
        "a.toml",
        b'schema = 1\nkind = "constant"\nvalue = 2020-01-01',
        "`$.value` must be a finite number",
    ),
    "nothing in TOML": ("a.toml", b"lr = 3", "from_dict: `$.schema` must be 1, and is missing"),
    "bad YAML": ("a.yaml", b"a: [", "it must be YAML; "),
    "deep YAML": ("a.yaml", b"[" * 10_000, "it is nested too deep"),
    "aliases": ("a.yaml", ALIASES.encode(), "it must not have aliases, got one in line 2"),
    "itself": ("a.yaml", b"&a [*a]", "it must not have aliases, got one in line 1"),
    "twice in YAML": ("a.yml", b"a: 1\nb: 2\na: 3", "`a` must be given once, got it twice in what begins in line 1"),
    "Python in YAML": ("a.yaml", b"!!python/object/apply:os.system ['touch executed']", "it must be YAML; could not "),
    "a list in YAML": ("a.yaml", b"- 1", "from_dict: `$` must be a dictionary, got a list"),
    "two documents": ("a.yaml", b"a: 1\n---\nb: 1", "it must be YAML; expected a single document"),
    "control characters in YAML": ("a.yaml", b"a: \x01", "it must be YAML; "),
    "a bad expression": ("a.yaml", b"schedule: foo(1)", "expression: `foo` must be a shape"),
    "a number as expression": ("a.toml", b"schedule = 3", "from_dict: `$` must be a dictionary, got 3"),
}


@pytest.mark.parametrize("case", FILES)
def test_bad_files(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    name, content, words = FILES[case]
    if name.endswith(("yaml", "yml")):
        pytest.importorskip("yaml")
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    assert main(["show", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(rf"pywarmup: error: {name}: [^\n]*{re.escape(words)}[^\n]*\n", shown.err), shown.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("suffix", "module", "extra"), [("yaml", "yaml", "yaml"), ("toml", "tomllib", "toml")])
def test_a_missing_reader_names_the_extra(tmp_path: Path, suffix: str, module: str, extra: str) -> None:
    (tmp_path / f"a.{suffix}").write_text("a")
    missing = f"import sys; sys.modules.update({{{module!r}: None, 'tomli': None}})"
    code = f"{missing}; from pywarmup.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "show", str(tmp_path / f"a.{suffix}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 2
    assert done.stderr.startswith("pywarmup: error: ")
    assert done.stderr.endswith(f'; install it with `pip install "pywarmup-schedules[{extra}]"`\n')
    assert done.stderr.count("\n") == 1


# Standard input


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "standard input: it must hold a schedule, and is empty"),
        (b"\xff", "standard input: it must be UTF-8, got byte 0xff at 0"),
        (b"{", "standard input: from_json: `text` must be JSON, got '{'"),
        (b"Constant(1", "expression: its brackets must match"),
        (b"Constant(1)\x00", "expression: it must not have '\\x00'"),
    ],
)
def test_bad_standard_input(content: bytes, words: str) -> None:
    assert refused("show", "-", stdin=content).startswith(words)


def test_standard_input_is_there_once() -> None:
    assert refused("diff", "-", "-", stdin=DEFINED) == "standard input: it must hold a schedule, and is empty"


@posix
def test_a_closed_standard_input() -> None:
    command = shlex.join(COMMAND) + " show - <&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=environment())
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "pywarmup: error: standard input: it must be open\n")


# Options


OPTIONS = {
    "": "the following arguments are required: COMMAND; `pywarmup --help` explains it",
    "shwo": "`shwo` must be a command; did you mean `show`?",
    "-x": "`-x` must be a command; they are show, at, table, plot, diff, lint, list, steps",
    "show": "the following arguments are required: SCHEDULE; `pywarmup show --help` explains it",
    "show S extra": "unrecognized arguments: extra; ",
    "show S --jso": "unrecognized arguments: --jso; ",
    "show -Constant(1)": "an expression that begins with a minus needs `--` before it",
    "at S": "the following arguments are required: STEP; ",
    "at S -1": "Join: `step` must be a number >= 0 and <= 2**53, got -1",
    "at S nan": "Join: `step` must be a number >= 0 and <= 2**53, got nan",
    "at S 1e300": "Join: `step` must be a number >= 0 and <= 2**53, got 1e+300",
    "at S x": "argument STEP: must be a number, got 'x'; ",
    "at S 1:2:3:4": "argument STEP: must be start:stop:step, got '1:2:3:4'; ",
    "at S 0:1.5": "argument STEP: must be an integer <= 2**53, got '1.5'; ",
    "at S 0:9:0": "Join: `step` must be an integer >= 1 and <= 2**53, got 0",
    "at S 0:9:-1": "Join: `step` must be an integer >= 1 and <= 2**53, got -1",
    "at Constant(1) 0:": "Constant: an endless schedule has no length",
    f"at S {'1' * 5000}": "argument STEP: must be a number of at most 100 characters, got 5000; ",
    "table Constant(1)": "table: an endless schedule has no last step; give `--stop`",
    "table S --stop x": "argument --stop: must be a number, got 'x'; ",
    "table S --stop -1": "Join: `stop` must be an integer >= 0 and <= 2**53, got -1",
    "table S --stop 1e300": "argument --stop: must be an integer <= 2**53, got '1e300'; ",
    "table S --step 0": "Join: `step` must be an integer >= 1 and <= 2**53, got 0",
    "table S --dtype int8": "argument --dtype: invalid choice: 'int8'",
    "table S --format xml": "argument --format: invalid choice: 'xml'",
    "table S -o a.txt": "table: `--output` must end in .csv, .json or .npy, got 'a.txt'; or give `--format`",
    "table S -o none/a.csv": "No such file or directory",
    "plot S -o a.gif": "plot: `--output` must end in .pdf, .png, .svg, got 'a.gif'",
    "plot S -o a.png --width 50": "plot: `--width` must be for the terminal; a picture has a fixed size",
    "plot S --width 3": "sketch: `width` must be ",
    "plot S --width 1e15": "sketch: `width` must be ",
    "plot S --start 9 --stop 3": "sketch: `start` must be ",
    "plot S --stop nan": "sketch: `stop` must be ",
    "diff S": "the following arguments are required: B; ",
    "diff S S --stop 0": "difference: `stop` must be None or an integer >= 1 and <= 2**53, got 0",
    "lint S --ignore foo": "lint: `ignore` must be among ",
    "lint S --total-steps -1": "lint: `total_steps` must be ",
    "list foo": "list: `foo` must be a shape, a combinator or a recipe of pywarmup",
    "list __init__": "list: `__init__` must be a shape, ",
    "list .clop": "did you mean `clip`?",
    "steps": "steps: nothing can be counted; give `--epochs` or `--max-steps`, or `--value`",
    "steps --epochs 3": "total_steps: exactly one of `samples` and `batches` must be given, got neither",
    "steps --epochs 3 --max-steps 4": "total_steps: exactly one of `epochs` and `max_steps` must be given, got both",
    "steps --epochs 0 --batches 3": "total_steps: `epochs` must be greater than 0, got 0",
    "steps --epochs nan --batches 3": "total_steps: `epochs` must be finite, got nan",
    "steps --epochs 2 --batches 1.5": "argument --batches: must be an integer <= 2**53, got '1.5'; ",
    "steps --epochs 2 --samples 9": "total_steps: `samples` needs `batch_size`; pass both, or `batches`",
    "steps --max-steps 9 --warmup 2": "warmup_steps: `fraction` must be in [0, 1), got 2",
    "steps --warmup 0.1": "steps: `--warmup` needs `--epochs` or `--max-steps`",
    "steps --batches 9": "steps: `--batches` needs `--epochs` or `--max-steps`",
    "steps --value 3": "steps: `--base-batch-size` must be given to scale a rate, and is missing",
    "steps --leftover x": "argument --leftover: invalid choice: 'x'",
}


@pytest.mark.parametrize("line", OPTIONS)
def test_bad_options(line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([TEXT if word == "S" else word for word in line.split()]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert shown.err.startswith("pywarmup: error: ")
    assert OPTIONS[line] in shown.err
    assert not list(tmp_path.iterdir())


def test_the_limits_of_files_hold_while_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text(DEFINED)
    grown = os.stat_result([33188, *[0] * 9])
    monkeypatch.setattr(source.os, "stat", lambda _: grown)
    monkeypatch.setitem(source.READERS, ".json", (10, source.READERS[".json"][1]))
    with pytest.raises(ValueError, match="it must be at most 10 bytes, got more"):
        source.read(str(path))


def test_messages_do_not_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "\x1b]0;title\x07"]) == 2
    assert main(["list", "\x1b[31m"]) == 2
    assert main(["show", "a\nb\r.json"]) == 2
    shown = capsys.readouterr().err
    assert all(character.isprintable() or character == "\n" for character in shown)
    assert shown.count("\n") == 3
