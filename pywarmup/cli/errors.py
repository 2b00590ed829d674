"""How the command line ends, and errors as one line that a terminal can show."""

from __future__ import annotations

FINE = 0
FOUND = 1  # findings, or a difference
WRONG = 2  # usage, or bad input
INTERRUPTED = 130  # as shells report Ctrl-C
BROKEN_PIPE = 141  # as shells report a reader that has gone

LONGEST_LINE = 500

# What bad input raises, here and in the core; anything else is a mistake of ours, and shows where.
EXPECTED = (ValueError, TypeError, LookupError, ArithmeticError, ImportError, OSError, MemoryError, RecursionError)


def one_line(error: BaseException) -> str:
    r"""Return the message of an error: one line, not too long, without the control characters it was given.

    Example:
        >>> one_line(ValueError("first\nsecond \x1b[31m"))
        'first second \\x1b[31m'
    """
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
    else:
        text = str(error) or type(error).__name__
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= LONGEST_LINE else shown[:LONGEST_LINE] + "..."


def printable(text: str) -> str:
    r"""Return a text with escapes in place of what would drive a terminal.

    Example:
        >>> printable("a\x1b[31m")
        'a\\x1b[31m'
    """
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
