"""Where output goes: pipes that close, terminals, encodings, files, Ctrl-C."""

import os
import shlex
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import COMMAND, environment, printed, run

import pywarmup as pw
from pywarmup.cli import main, output

TEXT = "warmup_cosine(0.1, warmup_steps=10, total_steps=100)"
LONG = "Linear(0, 1, steps=10**12)"
BAD = "warmup_cosine(0.1, warmup_steps=50, total_steps=100)"
posix = pytest.mark.skipif(os.name == "nt", reason="needs what POSIX has")


# Pipes


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def unbuffered(request: Any) -> str:
    return str(request.param)


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["table", LONG],
        ["table", LONG, "--format", "json"],
        ["table", LONG, "--format", "npy"],
        ["at", LONG, ":"],
        ["at", "-q", LONG, ":"],
    ],
)
def test_a_reader_that_goes_ends_it_quietly(arguments: list[str], unbuffered: str) -> None:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(PYTHONUNBUFFERED=unbuffered)}
    with subprocess.Popen([*COMMAND, *arguments], **options) as process:  # type: ignore[call-overload]
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(9)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


@posix
@pytest.mark.parametrize("arguments", [["at", TEXT, "1"], ["list"], ["lint", BAD], ["diff", TEXT, BAD]])
def test_a_reader_that_was_never_there(arguments: list[str], unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
        env=environment(PYTHONUNBUFFERED=unbuffered),
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
@pytest.mark.parametrize("arguments", [["table", TEXT], ["at", TEXT, "1"], ["table", LONG, "--format", "npy"]])
def test_a_full_disk_is_one_line(arguments: list[str], unbuffered: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            env=environment(PYTHONUNBUFFERED=unbuffered),
        )
    assert (done.returncode, done.stderr) == (2, b"pywarmup: error: No space left on device\n")


@posix
def test_a_closed_standard_output() -> None:
    command = shlex.join(COMMAND) + f" table '{TEXT}' >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "pywarmup: error: standard output: it must be open\n")


# Ctrl-C


def interrupted(arguments: list[str], is_at_work: Any, **options: Any) -> subprocess.CompletedProcess[bytes]:
    with subprocess.Popen([*COMMAND, *arguments], stderr=subprocess.PIPE, env=environment(), **options) as process:
        deadline = time.monotonic() + 60
        while not is_at_work(process):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        error = process.stderr.read()
        return subprocess.CompletedProcess(arguments, process.wait(30), None, error)


@posix
def test_ctrl_c_ends_a_table_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("before")

    def is_writing(_: Any) -> bool:
        return any(path.stat().st_size > 10_000 for path in tmp_path.glob("*.part"))

    done = interrupted(["table", LONG, "-o", "table.csv"], is_writing, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (130, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "before"


@posix
@pytest.mark.parametrize("arguments", [["at", LONG, ":"], ["table", LONG, "--format", "npy"]])
def test_ctrl_c_ends_output(arguments: list[str]) -> None:
    done = interrupted(arguments, lambda process: process.stdout.read(1000), stdout=subprocess.PIPE)
    assert done.returncode in (130, 141)  # the pipe is closed after the signal
    assert done.stderr == b""


@posix
def test_ctrl_c_ends_a_comparison(tmp_path: Path) -> None:
    started = time.monotonic()
    slow = "Cosine(1, 0, steps=10**9, exponent=2.5)"  # half a minute
    arguments = ["diff", slow, f"{slow} * 2"]
    done = interrupted(arguments, lambda _: time.monotonic() > started + 1.5, stdout=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (130, b"")


# Terminals


class Terminal:
    """A terminal that a command writes to."""

    def __init__(self) -> None:
        import pty

        self.master, self.slave = pty.openpty()

    def shown(self, *arguments: str, **changes: str) -> tuple[int, str]:
        command = [*COMMAND, *arguments]
        done = subprocess.run(
            command, stdout=self.slave, stderr=subprocess.STDOUT, check=False, timeout=60, env=environment(**changes)
        )
        os.set_blocking(self.master, False)
        text = b""
        while part := self._read():
            text += part
        return done.returncode, text.decode().replace("\r\n", "\n")

    def _read(self) -> bytes:
        try:
            return os.read(self.master, 65_536)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    pytest.importorskip("pty")
    made = Terminal()
    yield made
    made.close()


def test_a_terminal_gets_colours(terminal: Terminal) -> None:
    code, shown = terminal.shown("lint", BAD)
    assert code == 1
    assert shown.startswith("\x1b[33mwarning")
    assert "\x1b[1m" in terminal.shown("list")[1]


@pytest.mark.parametrize("changes", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_may_refuse_colours(terminal: Terminal, changes: dict[str, str]) -> None:
    assert "\x1b" not in terminal.shown("lint", BAD, **changes)[1]


def test_an_empty_no_color_asks_for_nothing(terminal: Terminal) -> None:
    assert "\x1b[33m" in terminal.shown("lint", BAD, NO_COLOR="")[1]


@pytest.mark.parametrize("arguments", [["show", TEXT], ["lint", BAD], ["list"], ["diff", TEXT, BAD], ["plot", TEXT]])
def test_a_pipe_gets_no_colours(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.stdout
    assert b"\x1b" not in done.stdout


def test_npy_is_not_for_terminals(terminal: Terminal, tmp_path: Path) -> None:
    message = "pywarmup: error: table: NPY must go to a file or a pipe, got a terminal; give `-o FILE`\n"
    assert terminal.shown("table", TEXT, "--format", "npy") == (2, message)
    assert run("table", TEXT, "--format", "npy").stdout.startswith(b"\x93NUMPY")


def test_a_sketch_is_as_wide_as_the_terminal() -> None:
    for columns in (30, 60, 90):
        lines = printed("plot", TEXT, COLUMNS=str(columns)).splitlines()
        assert columns - 10 < max(map(len, lines)) < columns
    assert max(map(len, printed("plot", TEXT, COLUMNS="2000").splitlines())) <= 100
    assert printed("plot", TEXT, COLUMNS="3")


# Encodings


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8", "utf-16"])
@pytest.mark.parametrize("arguments", [["show", TEXT], ["plot", TEXT], ["list", "wsd"], ["--help"]])
def test_any_encoding_of_the_output_will_do(encoding: str, arguments: list[str]) -> None:
    done = run(*arguments, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode(encoding)
    assert "?" not in shown
    assert "\\u28" not in shown


def test_a_sketch_is_drawn_in_the_characters_that_there_are() -> None:
    assert "┤" in printed("plot", TEXT, PYTHONIOENCODING="utf-8")
    assert printed("plot", TEXT, PYTHONIOENCODING="ascii").isascii()


def test_errors_show_in_any_encoding() -> None:
    done = run("show", "Cönstant(1)", PYTHONIOENCODING="ascii")
    assert done.stderr == b"pywarmup: error: expression: it must not have '\\xf6', got it at character 2\n"
    done = run("show", "ö.json", PYTHONIOENCODING="ascii")
    assert done.stderr == b"pywarmup: error: \\xf6.json: No such file or directory\n"


# Files


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("before")
    ended = "Linear(0, 1, steps=100_000).past_end('error')"
    assert main(["table", ended, "--stop", "200_000", "-o", str(target)]) == 2
    assert main(["table", ended, "--stop", "200_000", "-o", str(tmp_path / "new.csv")]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert target.read_text() == "before"
    assert main(["table", "Linear(0, 1, steps=2)", "-o", str(target)]) == 0
    assert target.read_text() == "step,value\n0,0.0\n1,0.5\n"


@posix
def test_links_devices_and_directories_as_targets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("file.csv")
    (tmp_path / "folder.csv").mkdir()
    assert main(["table", "Linear(0, 1, steps=2)", "-o", str(tmp_path / "link.csv")]) == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "file.csv").read_text().startswith("step,value\n")
    assert main(["table", TEXT, "--format", "csv", "-o", os.devnull]) == 0
    assert capsys.readouterr().err == ""
    assert main(["table", TEXT, "-o", str(tmp_path / "folder.csv")]) == 2
    assert capsys.readouterr().err == f"pywarmup: error: {tmp_path / 'folder.csv'}: Is a directory\n"
    assert main(["table", TEXT, "-o", str(tmp_path / "none" / "a.csv")]) == 2
    assert capsys.readouterr().err == f"pywarmup: error: {tmp_path / 'none' / 'a.csv'}: No such file or directory\n"


@posix
def test_files_have_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    assert main(["table", TEXT, "-o", str(tmp_path / "a.csv")]) == 0
    assert (tmp_path / "a.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("form", ["csv", "json", "npy"])
def test_memory_does_not_grow_with_a_table(form: str) -> None:
    peaks = []
    for steps in (150_000, 600_000):
        tracemalloc.start()
        assert main(["table", f"Cosine(1, 0, steps={steps})", "--format", form, "-o", os.devnull]) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + 500_000
    assert peaks[1] < 40_000_000


# As a function


def test_main_takes_the_arguments_of_the_process(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["pywarmup", "at", "-q", TEXT, "10"])
    assert main() == 0
    assert capsys.readouterr().out == "0.1\n"


def test_a_mistake_of_ours_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "prepare", lambda: [].no_such_method)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        main(["--version"])


def test_the_schedule_in_use_is_left_alone() -> None:
    with pw.use(pw.Constant(0.5)):
        assert main(["show", TEXT]) == 0
        assert pw.lr(3) == 0.5
