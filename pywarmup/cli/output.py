"""What is written to standard output: for terminals of any encoding, pipes that close, and files left whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

COLOURS = {"bold": "1", "red": "31", "green": "32", "yellow": "33"}


def prepare() -> None:
    """Let characters that the output cannot show be written as escapes, instead of being an error."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def colour(text: str, name: str) -> str:
    """Return a text in a colour, if standard output is a terminal and nobody asked for none (https://no-color.org)."""
    wanted = is_terminal() and not os.environ.get("NO_COLOR") and _knows_colours()
    return f"\x1b[{COLOURS[name]}m{text}\x1b[0m" if wanted else text


def _knows_colours() -> bool:
    """The old console of Windows would print the codes."""
    return "WT_SESSION" in os.environ if os.name == "nt" else os.environ.get("TERM") != "dumb"


def is_terminal() -> bool:
    """Return whether standard output is shown to somebody."""
    return sys.stdout is not None and sys.stdout.isatty()


def can_show(text: str) -> bool:
    """Return whether standard output has all characters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def silence() -> None:
    """Have what is still buffered go nowhere: Python writes it when it ends, and would complain."""
    if sys.stdout is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextmanager
def opened(path: str | None) -> Iterator[BinaryIO]:
    """Give a file to write bytes to: standard output for None.

    A new or a regular file appears when all is written; an error leaves what was there.
    """
    if path is None:
        if sys.stdout is None:
            raise ValueError("standard output: it must be open")
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:  # a directory is refused here
            yield device
    else:
        with _replacing(os.path.realpath(path)) as file:
            yield file


@contextmanager
def _replacing(path: str) -> Iterator[BinaryIO]:
    partial = f"{path}.{os.getpid()}.part"
    try:
        with _created(partial, path) as file:
            yield file
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _created(partial: str, path: str) -> BinaryIO:
    try:
        return open(partial, "xb")
    except OSError as error:
        error.filename = path  # the name that was asked for
        raise
