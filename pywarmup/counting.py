"""How many optimizer updates a run makes: the `total_steps` and `warmup_steps` that a schedule needs.

Every count is in *optimizer updates*, the step of a schedule: not micro-batches, not samples. It is what one
process counts, and all processes count the same: never multiply it by the number of processes. (A scheduler
prepared by Accelerate is stepped `num_processes` times per update unless `split_batches=True`. Pass
`step_scheduler_with_optimizer=False`, or count in samples, rather than stretch the schedule.)

When an epoch does not fill its last accumulation window, peers disagree about the micro-batches left over:

* `leftover="update"`, the default: they make an update of their own, ceil(batches / accumulation) per epoch.
  So do Hugging Face Trainer (since transformers#37923; before, it planned for the floor and stopped short of
  the last epochs, #33455, #36297), Accelerate (`sync_with_dataloader=True`, its default) and Lightning.
* `leftover="drop"`: they make none, floor(batches / accumulation) per epoch. So does a hand-written loop that
  tests `(i + 1) % accumulation == 0` with `i` counted anew in every epoch (it should zero their gradients).
* `leftover="carry"`: the window goes on in the next epoch, floor(epochs * batches / accumulation) in all. So
  do Accelerate with `sync_with_dataloader=False`, a plain DeepSpeed engine, and a count that never restarts.

Arithmetic is on integers, exact at any size. A float `epochs` or `fraction` means the decimal it prints as:
0.07 is 7/100, and 0.07 of 100 updates is 7 where `math.ceil(100 * 0.07)` is 8. A count of updates or batches
is at least 1: settings under which nothing would be updated are an error, not a 0 and not a silent 1.
"""

from __future__ import annotations

import math
import operator
from contextlib import suppress
from numbers import Real
from typing import TYPE_CHECKING, Literal, SupportsIndex, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction  # where it is used it is imported, later than the package

__all__ = [
    "batches_per_epoch",
    "epochs_for",
    "linear_scaling",
    "sqrt_scaling",
    "total_steps",
    "updates_per_epoch",
    "warmup_steps",
]

Leftover: TypeAlias = Literal["update", "drop", "carry"]
Number: TypeAlias = "SupportsIndex | float | Fraction"

_LARGEST_EXACT_FLOAT = 2**53  # beyond it a float skips integers
_LONGEST_TEXT = 80  # of a value in a message


def batches_per_epoch(
    samples: SupportsIndex,
    *,
    batch_size: SupportsIndex,
    world_size: SupportsIndex = 1,
    drop_last: bool = False,
) -> int:
    """Return the number of micro-batches that one process sees in an epoch, the length of its loader.

    ceil(samples / (batch_size * world_size)), or the floor of it with `drop_last`.

    Without `drop_last` the samples are padded until every process has an equal share, and the last batch can
    be short. With it both the sampler and the loader drop what is incomplete, as in Accelerate. (torch's
    `DistributedSampler` still pads under a mere `DataLoader(drop_last=True)`: there pass
    `-(-samples // world_size)` as `samples` and leave `world_size` at 1.)

    Args:
        samples: Size of the whole data set, at least 1.
        batch_size: Samples in a micro-batch of one process, at least 1.
        world_size: Number of data-parallel processes, at least 1.
        drop_last: Whether incomplete batches are dropped.

    Returns:
        An int, at least 1.

    Raises:
        TypeError: If a count is not an integer or `drop_last` is not a bool.
        ValueError: If a count is below 1, or no full batch is left.

    Example:
        >>> from pywarmup.counting import batches_per_epoch
        >>> batches_per_epoch(1_281_167, batch_size=32, world_size=256)
        157
        >>> batches_per_epoch(1_281_167, batch_size=32, world_size=256, drop_last=True)
        156

    Same as:
        The `len` of a torch `DataLoader` over a `DistributedSampler`, both with this `drop_last`.

    References:
        folklore (PyTorch `DistributedSampler`).
    """
    return _batches("batches_per_epoch", samples, batch_size, world_size, drop_last)


def updates_per_epoch(
    batches: SupportsIndex, *, accumulation: SupportsIndex = 1, leftover: Literal["update", "drop"] = "update"
) -> int:
    """Return the number of optimizer updates in one epoch.

    ceil(batches / accumulation) with `leftover="update"`, the floor of it with `leftover="drop"`.

    With "carry" epochs differ from each other, so no single number answers: use `total_steps`.

    Args:
        batches: Micro-batches that one process sees in an epoch (the `len` of its loader), at least 1.
        accumulation: Micro-batches in one update, at least 1.
        leftover: What an incomplete last window does, "update" or "drop"; see the module.

    Returns:
        An int, at least 1.

    Raises:
        TypeError: If a count is not an integer or `leftover` is not a string.
        ValueError: If a count is below 1, `leftover` is unknown, or the epoch makes no update.

    Example:
        >>> from pywarmup.counting import updates_per_epoch
        >>> updates_per_epoch(10, accumulation=4), updates_per_epoch(10, accumulation=4, leftover="drop")
        (3, 2)

    Same as:
        `num_update_steps_per_epoch` of Hugging Face Trainer ("update").

    References:
        folklore.
    """
    function = "updates_per_epoch"
    _choice(function, "leftover", leftover, ("update", "drop"))
    return int(_rate(function, _count(function, "batches", batches), accumulation, leftover))


def total_steps(
    *,
    epochs: Number | None = None,
    max_steps: SupportsIndex | None = None,
    samples: SupportsIndex | None = None,
    batches: SupportsIndex | None = None,
    batch_size: SupportsIndex | None = None,
    world_size: SupportsIndex = 1,
    drop_last: bool = False,
    accumulation: SupportsIndex = 1,
    leftover: Leftover = "update",
) -> int:
    """Return the number of optimizer updates of a whole run, warmup included.

    ceil(epochs * updates_per_epoch); with `leftover="carry"` floor(ceil(epochs * batches) / accumulation);
    with `max_steps` instead of `epochs`, `max_steps`.

    Give one of `epochs` and `max_steps`. Peers disagree about the two together: Hugging Face Trainer obeys
    `max_steps`, Lightning takes the earlier end, `min(total_steps(epochs=...), max_steps)`.
    Give one of `samples` and `batches`; with `max_steps` both may be missing, as for a stream.

    Args:
        epochs: Passes over the data, above 0; a part of an epoch is rounded up to a whole update (with
            "carry" to a whole micro-batch).
        max_steps: Number of updates, at least 1.
        samples: Size of the whole data set, at least 1; needs `batch_size`.
        batches: Instead of `samples`: micro-batches that one process sees in an epoch, at least 1. It is
            the `len` of its loader, taken *after* the data were shared out among the processes.
        batch_size: Samples in a micro-batch of one process, at least 1; only with `samples`.
        world_size: Number of data-parallel processes, at least 1; only with `samples`.
        drop_last: Whether the loader drops incomplete batches; only with `samples`.
        accumulation: Micro-batches in one update, at least 1.
        leftover: What an incomplete last window does, "update", "drop" or "carry"; see the module.

    Returns:
        An int, at least 1.

    Raises:
        TypeError: If a value has the wrong type, or arguments are missing or exclude each other.
        ValueError: If a value is out of range, or the run makes no update.

    Example:
        >>> from pywarmup.counting import total_steps
        >>> total_steps(epochs=3, samples=1_000, batch_size=8, world_size=2, accumulation=4)
        48
        >>> total_steps(epochs=1.5, batches=10, accumulation=4)
        5

    Same as:
        `max_steps` of Hugging Face Trainer (up to the float product `epochs * updates`) and
        `estimated_stepping_batches` of Lightning, both with `leftover="update"`.

    References:
        folklore.
    """
    function = "total_steps"
    _one_of(function, epochs=epochs, max_steps=max_steps)
    if epochs is None and samples is None and batches is None:
        return _count(function, "max_steps", max_steps)
    length = _loader(function, samples, batches, batch_size, world_size, drop_last)
    rate = _rate(function, length, accumulation, leftover)
    if epochs is None:
        return _count(function, "max_steps", max_steps)
    passes = _epochs(function, epochs)
    if leftover == "carry":
        steps = math.ceil(passes * length) // operator.index(accumulation)
    else:
        steps = math.ceil(passes * rate)
    if steps == 0:
        raise ValueError(f"{function}: the run makes no update (`epochs` is {_shown(epochs)}); lower `accumulation`")
    return steps


def epochs_for(
    max_steps: SupportsIndex,
    *,
    samples: SupportsIndex | None = None,
    batches: SupportsIndex | None = None,
    batch_size: SupportsIndex | None = None,
    world_size: SupportsIndex = 1,
    drop_last: bool = False,
    accumulation: SupportsIndex = 1,
    leftover: Leftover = "update",
) -> int:
    """Return the least whole number of epochs that make `max_steps` updates: the inverse of `total_steps`.

    ceil(max_steps / updates_per_epoch); with `leftover="carry"` ceil(max_steps * accumulation / batches).

    The common `max_steps // updates_per_epoch + 1` is one epoch too many at every exact multiple.

    Args:
        max_steps: Number of updates to reach, at least 1.
        samples: As in `total_steps`, and so are all the others.
        batches: Instead of `samples`.
        batch_size: Only with `samples`.
        world_size: Only with `samples`.
        drop_last: Only with `samples`.
        accumulation: Micro-batches in one update, at least 1.
        leftover: What an incomplete last window does, "update", "drop" or "carry"; see the module.

    Returns:
        An int, at least 1.

    Raises:
        TypeError: If a value has the wrong type, or arguments are missing or exclude each other.
        ValueError: If a value is out of range, or no epoch ever makes an update.

    Example:
        >>> from pywarmup.counting import epochs_for
        >>> epochs_for(300, batches=100), epochs_for(301, batches=100)
        (3, 4)

    Same as:
        `num_train_epochs` that Hugging Face Trainer derives from `max_steps` (`leftover="update"`).

    References:
        folklore.
    """
    function = "epochs_for"
    steps = _count(function, "max_steps", max_steps)
    length = _loader(function, samples, batches, batch_size, world_size, drop_last)
    return math.ceil(steps / _rate(function, length, accumulation, leftover))


def warmup_steps(total_steps: SupportsIndex, *, fraction: Number) -> int:
    """Return the number of warmup updates that are a given fraction of the run.

    ceil(total_steps * fraction).

    Rounded up as in Hugging Face `TrainingArguments`, which says one more where its float product lands just
    above a whole number (see the module). 1.0 is refused: in some libraries it means the whole run, in others
    one step. In a run of a few updates the ceiling can be the whole run, which no recipe accepts.

    Args:
        total_steps: Updates in the whole run, warmup included, at least 1.
        fraction: Share of the run, in [0, 1).

    Returns:
        An int, from 0 (no warmup) to `total_steps`.

    Raises:
        TypeError: If `total_steps` is not an integer or `fraction` is not a number.
        ValueError: If a value is out of range.

    Example:
        >>> from pywarmup.counting import warmup_steps
        >>> warmup_steps(100_000, fraction=0.03), warmup_steps(101, fraction=0.1)
        (3000, 11)

    Same as:
        `TrainingArguments(warmup_steps=fraction).get_warmup_steps(total_steps)`, up to that float product.

    References:
        folklore.
    """
    function = "warmup_steps"
    steps, share = _count(function, "total_steps", total_steps), _number(function, "fraction", fraction)
    if not 0 <= share < 1:
        raise ValueError(f"{function}: `fraction` must be in [0, 1), got {_shown(fraction)}")
    return math.ceil(steps * share)


def linear_scaling(value: Number, *, batch_size: SupportsIndex, base_batch_size: SupportsIndex) -> float:
    """Return a learning rate scaled in proportion to the batch size, for SGD.

    value * batch_size / base_batch_size, rounded once.

    Both sizes are the samples of one update: micro-batch * world size * accumulation.

    Args:
        value: The value tuned at `base_batch_size`, finite and at least 0.
        batch_size: Samples in an update of this run, at least 1.
        base_batch_size: Samples in an update of the run it was tuned for, at least 1.

    Returns:
        A float; for a whole ratio k the same bits as `value * k`.

    Raises:
        TypeError: If `value` is not a number or a size is not an integer.
        ValueError: If an argument or the result is out of range.

    Example:
        >>> from pywarmup.counting import linear_scaling
        >>> linear_scaling(0.1, batch_size=32 * 256, base_batch_size=256)
        3.2

    References:
        Goyal et al. 2017, "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", arXiv:1706.02677,
        section 2.1.
    """
    return _scaled("linear_scaling", value, batch_size, base_batch_size, root=False)


def sqrt_scaling(value: Number, *, batch_size: SupportsIndex, base_batch_size: SupportsIndex) -> float:
    """Return a learning rate scaled by the square root of the batch size: the variance of an update stays.

    value * sqrt(batch_size / base_batch_size).

    Both sizes are the samples of one update: micro-batch * world size * accumulation.

    Args:
        value: The value tuned at `base_batch_size`, finite and at least 0.
        batch_size: Samples in an update of this run, at least 1.
        base_batch_size: Samples in an update of the run it was tuned for, at least 1.

    Returns:
        A float; for a ratio k * k the same bits as `value * k`.

    Raises:
        TypeError: If `value` is not a number or a size is not an integer.
        ValueError: If an argument or the result is out of range.

    Example:
        >>> from pywarmup.counting import sqrt_scaling
        >>> sqrt_scaling(3e-4, batch_size=1024, base_batch_size=256)
        0.0006

    References:
        Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks", arXiv:1404.5997;
        Hoffer, Hubara and Soudry 2017, "Train longer, generalize better", arXiv:1705.08741.
    """
    return _scaled("sqrt_scaling", value, batch_size, base_batch_size, root=True)


def _batches(function: str, samples: object, batch_size: object, world_size: object, drop_last: object) -> int:
    size, share = _count(function, "samples", samples), _count(function, "batch_size", batch_size)
    share *= _count(function, "world_size", world_size)
    _flag(function, "drop_last", drop_last)
    if drop_last and size < share:
        raise ValueError(
            f"{function}: an epoch has no full batch for every process (`samples` is {_shown(samples)}); "
            "lower `batch_size` or set `drop_last` to False"
        )
    return size // share if drop_last else _ceil_div(size, share)


def _loader(
    function: str, samples: object, batches: object, batch_size: object, world_size: object, drop_last: object
) -> int:
    """The loader length of one process, given or worked out."""
    _one_of(function, samples=samples, batches=batches)
    if samples is not None:
        if batch_size is None:
            raise TypeError(f"{function}: `samples` needs `batch_size`; pass both, or `batches`")
        return _batches(function, samples, batch_size, world_size, drop_last)
    _flag(function, "drop_last", drop_last)
    shared = _count(function, "world_size", world_size) != 1
    given = {"batch_size": batch_size is not None, "world_size": shared, "drop_last": drop_last}
    if any(given.values()):
        parameter = next(name for name in given if given[name])
        raise TypeError(f"{function}: `{parameter}` is already counted in `batches`; drop it or pass `samples`")
    return _count(function, "batches", batches)


def _rate(function: str, batches: int, accumulation: object, leftover: object) -> Fraction:
    """Updates per epoch: whole for "update" and "drop", an average for "carry"."""
    from fractions import Fraction

    window = _count(function, "accumulation", accumulation)
    _choice(function, "leftover", leftover, ("update", "drop", "carry"))
    if leftover == "carry":
        return Fraction(batches, window)
    if leftover == "update":
        return Fraction(_ceil_div(batches, window))
    if batches < window:
        raise ValueError(
            f"{function}: an epoch of {_shown(batches)} batches makes no update (`accumulation` is "
            f'{_shown(accumulation)}); lower it or use another `leftover` than "drop"'
        )
    return Fraction(batches // window)


def _scaled(function: str, value: object, batch_size: object, base_batch_size: object, *, root: bool) -> float:
    from fractions import Fraction

    base = _nonnegative(function, "value", value)
    size = _count(function, "batch_size", batch_size)
    base_size = _count(function, "base_batch_size", base_batch_size)
    scaled = math.inf
    with suppress(OverflowError):
        if root:  # noqa: SIM108  (one line would hide the two rules)
            scaled = base * math.sqrt(size / base_size)
        else:
            scaled = float(Fraction(base) * Fraction(size, base_size))
    if scaled == math.inf or (scaled == 0 and base > 0):
        raise ValueError(f"{function}: the result leaves the range of a float (`value` is {_shown(value)})")
    return scaled


def _ceil_div(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _index(value: object) -> int | None:
    """The integer that `value` is, or None; a bool is not a number."""
    if isinstance(value, SupportsIndex) and type(value).__name__ not in ("bool", "bool_"):
        with suppress(TypeError):  # arrays have __index__ and refuse when they are not one integer
            return operator.index(value)
    return None


def _count(function: str, parameter: str, value: object) -> int:
    number = _index(value)
    if number is None:
        whole = isinstance(value, float) and value.is_integer()
        hint = f"; write int({_shown(value)})" if whole else ""
        raise TypeError(f"{function}: `{parameter}` must be an integer, got {_shown(value)}{hint}")
    if number < 1:
        raise ValueError(f"{function}: `{parameter}` must be at least 1, got {_shown(value)}")
    return number


def _number(function: str, parameter: str, value: object) -> Fraction:
    """The exact rational that `value` stands for; a float stands for the decimal it prints as."""
    from fractions import Fraction

    number = _index(value)
    if number is not None:
        return Fraction(number)
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{function}: `{parameter}` must be a number, got {_shown(value)}")
    try:
        return Fraction(str(value))
    except ValueError:  # the text of nan and inf is no decimal
        raise ValueError(f"{function}: `{parameter}` must be finite, got {_shown(value)}") from None


def _epochs(function: str, value: object) -> Fraction:
    from fractions import Fraction

    epochs = _number(function, "epochs", value)
    if epochs <= 0:
        raise ValueError(f"{function}: `epochs` must be greater than 0, got {_shown(value)}")
    if epochs > _LARGEST_EXACT_FLOAT and _index(value) is None and not isinstance(value, Fraction):
        raise ValueError(f"{function}: `epochs` must be at most 2**53 as a float, got {_shown(value)}; write an int")
    return epochs


def _nonnegative(function: str, parameter: str, value: object) -> float:
    exact = _number(function, parameter, value)
    if exact < 0:
        raise ValueError(f"{function}: `{parameter}` must be at least 0, got {_shown(value)}")
    try:
        return float(exact)
    except OverflowError:
        raise ValueError(f"{function}: `{parameter}` must fit in a float, got {_shown(value)}") from None


def _flag(function: str, parameter: str, value: object) -> None:
    if not isinstance(value, bool):  # "False" from a config file is true
        raise TypeError(f"{function}: `{parameter}` must be True or False, got {_shown(value)}")


def _choice(function: str, parameter: str, value: object, choices: tuple[str, ...]) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{function}: `{parameter}` must be a string, got {_shown(value)}")
    if value not in choices:
        named = " or ".join(map(repr, choices))
        raise ValueError(f"{function}: `{parameter}` must be {named}, got {_shown(value)}")


def _one_of(function: str, **arguments: object) -> None:
    given = [name for name, value in arguments.items() if value is not None]
    if len(given) != 1:
        first, second = arguments
        count = "both" if given else "neither"
        raise TypeError(f"{function}: exactly one of `{first}` and `{second}` must be given, got {count}")


def _shown(value: object) -> str:
    """The repr on one line; a data set or an array passed by mistake does not fill the screen."""
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST_TEXT:
        return f"an integer of {value.bit_length()} bits"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
