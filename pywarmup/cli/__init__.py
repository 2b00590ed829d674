"""The command line `pywarmup`: see schedules, check them, and write them to files."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from pywarmup.cli.errors import BROKEN_PIPE, EXPECTED, INTERRUPTED, WRONG, one_line


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Those after the name of the program; of this process unless they are given.

    Returns:
        The exit code: 0 fine, 1 findings or differences, 2 wrong usage or bad input, 130 after Ctrl-C.

    Example:
        >>> main(["at", "--quiet", "Linear(0, 1, steps=4)", "1"])
        0.25
        0
    """
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return _ended(INTERRUPTED)
    except EXPECTED as error:
        if _is_broken_pipe(error):
            return _ended(BROKEN_PIPE)
        return _ended(WRONG, f"pywarmup: error: {one_line(error)}")


def _run(arguments: Sequence[str]) -> int:
    from pywarmup.cli import options, output

    output.prepare()
    try:
        parsed = options.parse(arguments)
        code: int = parsed.run(parsed)
    except SystemExit as ended:  # argparse, after --help and --version
        code = int(ended.code or 0)
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _is_broken_pipe(error: BaseException) -> bool:
    """Windows says that the argument is invalid."""
    is_windows = os.name == "nt" and isinstance(error, OSError) and error.errno == errno.EINVAL
    return isinstance(error, BrokenPipeError) or is_windows


def _ended(code: int, message: str | None = None) -> int:
    from pywarmup.cli import output

    try:
        sys.stdout.flush()  # what was computed before the error
    except (OSError, ValueError, AttributeError):
        output.silence()
    if message is not None:
        print(message, file=sys.stderr)
    return code
