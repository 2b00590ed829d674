"""Runs the command line as a process of its own, as people do."""

import os
import subprocess
import sys
from typing import Any

# `python -m pywarmup`, but for looking at the working directory first: the checkout has no compiled core.
MODULE = "import runpy, sys; del sys.path[0]; runpy.run_module('pywarmup', run_name='__main__', alter_sys=True)"
COMMAND = [sys.executable, "-c", MODULE]


OURS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUNBUFFERED", "PYTHONIOENCODING")


def environment(**changes: str) -> dict[str, str]:
    """That of this process, without what changes colours, widths and output."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | {"TERM": "xterm"} | changes


def run(*arguments: str, stdin: Any = "", cwd: Any = None, **changes: str) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m pywarmup`, with a text or a file as standard input."""
    given: dict[str, Any] = {"stdin": stdin} if not isinstance(stdin, str | bytes) else {"input": _encoded(stdin)}
    command = [*COMMAND, *arguments]
    return subprocess.run(
        command, capture_output=True, check=False, timeout=60, cwd=cwd, env=environment(**changes), **given
    )


def _encoded(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def printed(*arguments: str, **options: Any) -> str:
    """What a command that must be fine prints."""
    done = run(*arguments, **options)
    assert (done.returncode, done.stderr) == (0, b""), done
    return done.stdout.decode().replace("\r\n", "\n")


def refused(*arguments: str, **options: Any) -> str:
    """The one line that a command must print on standard error, with the exit code 2 and nothing else."""
    done = run(*arguments, **options)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (2, b"", 1), done
    assert lines[0].startswith("pywarmup: error: ")
    return lines[0].removeprefix("pywarmup: error: ")
