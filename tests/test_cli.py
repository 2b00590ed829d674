"""The commands: what they print, and how they end."""

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import printed
from registry import SAMPLES

import pywarmup as pw
from pywarmup.cli import main, names
from pywarmup.cli.options import COMMANDS

TEXT = "warmup_cosine(0.1, warmup_steps=10, total_steps=100)"
S = pw.warmup_cosine(0.1, warmup_steps=10, total_steps=100)

Capture = pytest.CaptureFixture[str]


def said(capsys: Capture, *arguments: str, code: int = 0) -> str:
    assert main(list(arguments)) == code
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


# show


def test_show_says_what_a_schedule_is(capsys: Capture) -> None:
    lines = said(capsys, "show", f"{TEXT} * 2").splitlines()
    assert lines[:11] == [
        "schedule     Scale(factor=2.0)",
        "               Join",
        "                 Linear(init_value=0.0, end_value=0.1, steps=10)",
        "                 Cosine(init_value=0.1, end_value=0.0, steps=90, exponent=1.0)",
        "total steps  100",
        "stages       0 to 10    linear, 0.0 to 0.2",
        "             10 to 100  cosine, 0.2 to 0.0",
        "start        0.0",
        "peak         0.2 at step 10",
        "end          0.0",
        "area         10.0",
    ]
    assert lines[11] == f"fingerprint  {(S * 2).fingerprint}"
    assert any("┤" in line for line in lines[12:])


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_every_schedule_can_be_shown(schedule: pw.Schedule, capsys: Capture) -> None:
    shown = said(capsys, "show", repr(schedule))
    assert schedule.fingerprint in shown
    assert ("endless" in shown) == (schedule.total_steps is None)


def test_what_cannot_be_answered_is_said_to_be_unknown(capsys: Capture) -> None:
    assert "peak         unknown (" in said(capsys, "show", "PowerLaw(1, power=0.5, timescale=10)")
    assert "area         unknown (" in said(capsys, "show", "Constant(1.7e308, steps=2**52)")


def test_long_schedules_are_shown_in_part(capsys: Capture) -> None:
    many = pw.join(*[pw.Linear(0.0, index, steps=3) for index in range(1, 200)])
    shown = said(capsys, "show", repr(many))
    assert len(shown.splitlines()) < 110
    assert "... 199 in all" in shown
    assert "Table(values=(1.0, 1.0, 1.0, ..., 7.0), 301 in all)" in said(capsys, "show", f"Table({[1] * 300 + [7]})")


def test_show_json_can_be_read_again(capsys: Capture) -> None:
    assert pw.from_json(said(capsys, "show", "--json", TEXT)) == S


# at


def test_at_prints_steps_and_values(capsys: Capture) -> None:
    lines = said(capsys, "at", TEXT, "5", "2.5", "1e2", "95:", "0:30:10", "1_0", "5:3").splitlines()
    steps: list[float] = [5, 2.5, 100, *range(95, 100), 0, 10, 20, 10]
    assert lines == [f"{step}\t{S(step)!r}" for step in steps]


def test_at_can_print_values_only(capsys: Capture) -> None:
    assert said(capsys, "at", "-q", TEXT, "10") == "0.1\n"


def test_at_of_a_long_range_is_the_array(capsys: Capture) -> None:
    values = said(capsys, "at", "-q", "Linear(0, 1, steps=200_000)", ":").split()
    assert [float(value) for value in values] == pw.Linear(0, 1, steps=200_000).array().tolist()


# table


def test_table_prints_csv(capfdbinary: Any) -> None:
    assert main(["table", TEXT, "--start", "5", "--stop", "120", "--step", "20"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines == ["step,value", *[f"{step},{S(step)!r}" for step in range(5, 120, 20)]]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("steps", [(0, 100, 1), (7, 200_007, 1), (0, 10**9, 9_999), (5, 5, 1)])
def test_tables_hold_the_values_to_the_bit(tmp_path: Path, dtype: Any, steps: tuple[int, int, int]) -> None:
    start, stop, step = steps
    wanted = S.array(*steps, dtype=dtype)
    for suffix in ("csv", "json", "npy"):
        options = ["--start", str(start), "--stop", str(stop), "--step", str(step), "--dtype", dtype]
        assert main(["table", TEXT, *options, "-o", str(tmp_path / f"table.{suffix}")]) == 0
    array = np.load(tmp_path / "table.npy")
    columns = json.loads((tmp_path / "table.json").read_text())
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert array.dtype == dtype
    assert np.array_equal(array, wanted)
    assert columns["step"] == list(range(*steps))
    assert np.array_equal(np.array(columns["value"], dtype), wanted)
    assert lines[0] == "step,value"
    assert [int(line.split(",")[0]) for line in lines[1:]] == columns["step"]
    assert np.array_equal(np.array([line.split(",")[1] for line in lines[1:]], dtype), wanted)
    assert len(list(tmp_path.iterdir())) == 3


def test_texts_are_the_shortest_of_their_type(capfdbinary: Any) -> None:
    assert main(["table", TEXT, "--start", "10", "--stop", "11", "--dtype", "float32"]) == 0
    assert capfdbinary.readouterr().out == b"step,value\n10,0.1\n"


def test_the_format_may_be_given(tmp_path: Path) -> None:
    assert main(["table", TEXT, "--format", "npy", "-o", str(tmp_path / "values")]) == 0
    assert np.array_equal(np.load(tmp_path / "values"), S.array())
    assert main(["table", TEXT, "--format", "csv", "-o", str(tmp_path / "table.json")]) == 0
    assert (tmp_path / "table.json").read_text().startswith("step,value\n")


# plot


def test_plot_draws_in_the_terminal(capsys: Capture) -> None:
    shown = said(capsys, "plot", TEXT, "--width", "40", "--height", "8")
    assert len(shown.splitlines()) == 8
    assert all(len(line) <= 40 for line in shown.splitlines())
    two = said(capsys, "plot", "Constant(1)", TEXT)
    assert two.splitlines()[0] == "Constant(1)"
    assert TEXT in two.splitlines()


MAGIC = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "PNG": b"\x89PNG"}


@pytest.mark.parametrize("suffix", MAGIC)
def test_plot_draws_into_files(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / f"picture.{suffix}"
    assert main(["plot", TEXT, "Constant(0.1)", "--scale", "log", "--stop", "90", "-o", str(target)]) == 0
    assert target.read_bytes().startswith(MAGIC[suffix])
    assert list(tmp_path.iterdir()) == [target]


def test_names_in_a_picture_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a$_b$.json").write_text(S.to_json())
    assert main(["plot", "a$_b$.json", "Constant(1)", "-o", "picture.svg"]) == 0
    assert "a$_b$.json" in Path("picture.svg").read_text()  # the comment beside the outlines of its letters


# diff


def test_diff_says_where_two_schedules_part(capsys: Capture) -> None:
    shown = said(capsys, "diff", "Linear(0, 1, steps=4)", "Linear(0, 2, steps=4)", code=1)
    assert shown.splitlines() == [
        "first difference  step 1: 0.25 and 0.5",
        "largest           1.0 at step 4: 1.0 and 2.0",
        "areas             2.0 and 4.0 (+100 %)",
        "last compared     step 4: 1.0 and 2.0",
    ]


def test_diff_of_equal_ones_is_fine(capsys: Capture) -> None:
    assert said(capsys, "diff", TEXT, f" {TEXT} ") == "the same schedule\n"
    two_ways = "the same values in 5 steps, written in two ways\n"
    assert said(capsys, "diff", "Constant(0.5, steps=3)", "Linear(0.5, 0.5, steps=4)") == two_ways


def test_diff_may_be_quiet_and_may_stop(capsys: Capture) -> None:
    assert said(capsys, "diff", "-q", TEXT, f"{TEXT} * 2", code=1) == ""
    assert said(capsys, "diff", "-q", TEXT, TEXT) == ""
    assert said(capsys, "diff", "-q", TEXT, f"{TEXT}.until(50)", "--stop", "51") == ""
    assert said(capsys, "diff", "-q", TEXT, f"{TEXT}.until(50)", "--stop", "52", code=1) == ""


def test_diff_knows_an_end_that_is_an_error(capsys: Capture) -> None:
    shown = said(capsys, "diff", TEXT, f"{TEXT}.until(50).past_end('error')", code=1)
    assert f"first difference  step 51: {S(51)!r} and past its end" in shown
    assert "largest" not in shown


# lint


def test_lint_prints_findings(capsys: Capture) -> None:
    shown = said(capsys, "lint", "warmup_cosine(0.1, warmup_steps=500, total_steps=1000)", code=1)
    assert "[long-warmup]" in shown
    assert len(shown.splitlines()) == 2


def test_lint_is_silent_for_a_good_schedule(capsys: Capture) -> None:
    assert said(capsys, "lint", "warmup_cosine(3e-4, warmup_steps=2000, total_steps=100_000)") == ""


def test_lint_has_options(capsys: Capture) -> None:
    bad = "warmup_cosine(0.1, warmup_steps=500, total_steps=1000)"
    assert said(capsys, "lint", bad, "--ignore", "long-warmup") == ""
    assert "[partial-epoch]" in said(capsys, "lint", TEXT, "--steps-per-epoch", "30", code=1)
    assert "[zero-at-first-update]" in said(capsys, "lint", TEXT, "--advice", code=1)
    assert "[decay-after-run]" in said(capsys, "lint", TEXT, "--total-steps", "80", code=1)


def test_lint_of_several_names_those_with_findings(capsys: Capture) -> None:
    bad = "warmup_cosine(0.1, warmup_steps=500, total_steps=1000)"
    shown = said(capsys, "lint", TEXT, bad, code=1)
    assert shown.splitlines()[0] == bad
    assert TEXT not in shown


# list


def test_list_has_every_shape_combinator_and_recipe(capsys: Capture) -> None:
    shown = said(capsys, "list")
    listed = re.findall(r"^  (\.?\w+)\(", shown, re.MULTILINE)
    made_by_methods = {"Clip", "Join", "Maximum", "Minimum", "Offset", "PastEnd", "Product", "Repeat", "Reverse"}
    made_by_methods |= {"Scale", "Shift", "Stairs", "Stretch", "Sum", "Until", "Warp"}
    own = {name for name in names.own() if "." not in name}
    assert sorted(listed) == sorted(own - made_by_methods | {f".{name}" for name in names.METHODS})
    assert (
        "  Cosine(init_value, end_value, *, steps, exponent=1.0)\n      Half a cosine wave, or a power of it." in shown
    )


@pytest.mark.parametrize("name", ["Cosine", "wsd", "pw.wsd", "join", "clip", ".clip", "PiecewiseConstant.from_factors"])
def test_list_explains_a_name(name: str, capsys: Capture) -> None:
    shown = said(capsys, "list", name)
    bare = name.removeprefix(".").removeprefix("pw.")
    made: Any = getattr(pw.Schedule, bare) if bare == "clip" else names.own()[bare]
    assert shown.startswith(f"{name}(")
    assert inspect.getdoc(made) in shown


# steps


def test_steps_counts_a_run(capsys: Capture) -> None:
    data = ["--samples", "50_000", "--batch-size", "32", "--world-size", "8", "--accumulation", "4"]
    shown = said(capsys, "steps", "--epochs", "3", *data, "--warmup", "0.05")
    assert shown.splitlines() == [
        "batches per epoch   196",
        "updates per epoch   49",
        "total steps         147",
        "warmup steps        8",
    ]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("--epochs 1.5 --batches 10 --accumulation 4", ["updates per epoch   3", "total steps         5"]),
        (
            "--epochs 1 --batches 10 --accumulation 4 --leftover drop",
            ["updates per epoch   2", "total steps         2"],
        ),
        ("--epochs 2 --batches 10 --accumulation 4 --leftover carry", ["total steps         5"]),
        ("--max-steps 1e4", ["total steps         10000"]),
        (
            "--max-steps 301 --batches 100",
            ["updates per epoch   100", "epochs              4", "total steps         301"],
        ),
        (
            "--value 0.1 --base-batch-size 256 --batch-size 32 --world-size 8 --accumulation 4",
            ["samples per update  1024", "linear scaling      0.4", "square root scaling 0.2"],
        ),
        (
            "--max-steps 100 --value 0.1 --base-batch-size 8 --batch-size 32",
            ["total steps         100", "samples per update  32", "linear scaling      0.4", "square root scaling 0.2"],
        ),
        (
            "--epochs 1 --samples 9 --batch-size 2 --drop-last",
            ["batches per epoch   4", "updates per epoch   4", "total steps         4"],
        ),
    ],
)
def test_steps_answers_what_it_can(options: str, lines: list[str], capsys: Capture) -> None:
    assert said(capsys, "steps", *options.split()).splitlines() == lines


# All of them


def test_help_has_examples_and_exit_codes() -> None:
    for arguments in [[], *([command.NAME] for command in COMMANDS)]:
        shown = printed(*arguments, "--help")
        assert "examples:" in shown
        assert "exit codes: 0 fine; 1 findings of lint, differences of diff; 2 wrong usage or bad input" in shown
        assert all(len(line) <= 110 for line in shown.splitlines())


def test_the_examples_of_the_help_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    for name in ("schedule.json", "saved.json", "old.json", "new.json"):
        (tmp_path / name).write_text(S.stretch(1_000).to_json())
    (tmp_path / "configs" / "a.yaml").write_text("schedule: Constant(1)")
    ran = 0
    for command in COMMANDS:
        for line in command.EXAMPLES.splitlines():
            if found := re.match(r"\s+pywarmup ([^>|]*)(?:$| [>|])", line):
                ran += 1
                arguments = [each.strip('"') for each in re.findall(r'"[^"]*"|\S+', found[1])]
                arguments = ["configs/a.yaml" if each == "configs/*.yaml" else each for each in arguments]
                assert main(arguments) in (0, 1), line
                assert capfd.readouterr().err == "", line
    assert ran >= 15


def test_an_expression_may_begin_with_a_minus(capsys: Capture) -> None:
    assert said(capsys, "at", "-q", "--", "-Constant(1)", "0") == "-1.0\n"
    assert said(capsys, "at", "-q", "-Linear(0, 1, steps=2)", "1") == "-0.5\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_the_recording_is_what_the_commands_print() -> None:
    script = Path(__file__).parents[1] / "scripts" / "record_terminal.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "run scripts/record_terminal.py, and look at docs/terminal.md"


def test_the_version() -> None:
    assert printed("--version") == f"pywarmup {pw.__version__}\n"


def test_the_command_line_loads_numpy_only_when_it_computes() -> None:
    code = "import sys; from pywarmup.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    for arguments in (["--version"], ["at", TEXT, "5"], ["list"]):
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
        loaded = done.stdout.splitlines()[-1].split()
        assert "pywarmup.cli.options" in loaded
        assert not {"numpy", "matplotlib", "torch", "yaml"} & set(loaded)


def test_what_is_unknown_of_a_schedule_is_said(capsys: Capture) -> None:
    text = said(capsys, "show", "Cosine(1, 0, steps=90).past_end('error') + Linear(1, 0, steps=100)")
    assert (
        "\nend          unknown (Sum: `step` must be a number >= 0 and <= 90, where the schedule ends, got 100)\n"
        in text
    )
