"""What a learning-rate range test has measured: a frozen value with a suggestion, a picture and plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, overload

import numpy as np
from numpy.typing import NDArray

from pywarmup import counting
from pywarmup.tools import suggestion
from pywarmup.tools.suggestion import Method, Regions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

StopReason: TypeAlias = Literal["finished", "diverged", "non-finite", "interrupted"]
Shape: TypeAlias = Literal["exponential", "linear"]

ARRAYS = ("lrs", "losses", "smoothed")
SKIP_END = 5  # as fastai and torch-lr-finder do: of a test that diverged these are its last gasp


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RangeTest:
    """The curve of a learning-rate range test, as `pywarmup.range_test` measures it.

    It is a value: it compares by its contents and pickles, and its arrays are read-only.

    Args:
        lrs: The learning rates, > 0 (a linear ramp may begin at 0) and increasing.
        losses: The loss at each of them; the last one may be nan or infinite, and no other.
        smoothed: The smoothed losses.
        stop_reason: "finished" if all rates were tried, "diverged" if the smoothed loss rose too far above the lowest,
            "non-finite" if the loss became nan or infinite, "interrupted" by Ctrl-C.
        steps: How many rates the test was to try.
        shape: "exponential" or "linear", how the rates increase.

    Raises:
        TypeError: For what has the wrong type.
        ValueError: For arrays that are no curve, or an unknown choice.

    Example:
        >>> import pywarmup as pw
        >>> lrs = pw.Exponential(1e-5, 10.0, steps=39)[:40]
        >>> losses = 1.0 - 0.5 * lrs.clip(max=0.1) + lrs**2
        >>> test = RangeTest(lrs, losses, losses, "finished", steps=40)
        >>> test
        RangeTest(40 of 40 rates from 1e-05 to 10, finished; lowest smoothed loss 0.96 at 0.1)
        >>> round(test.suggest("minimum"), 5)
        0.01
        >>> test == RangeTest.from_dict(test.to_dict())
        True
    """

    lrs: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    stop_reason: StopReason
    steps: int
    shape: Shape = "exponential"

    def __post_init__(self) -> None:
        for name in ARRAYS:
            object.__setattr__(self, name, _read_only(name, getattr(self, name)))
            if len(getattr(self, name)) != len(self.lrs):
                raise ValueError(f"RangeTest: `{name}` must have one number for each of the {len(self.lrs)} rates")
        object.__setattr__(self, "steps", counting._count("RangeTest", "steps", self.steps))
        counting._choice("RangeTest", "stop_reason", self.stop_reason, get_args(StopReason))
        counting._choice("RangeTest", "shape", self.shape, get_args(Shape))
        if not (np.isfinite(self.lrs).all() and (self.lrs >= 0.0).all() and (np.diff(self.lrs) >= 0.0).all()):
            raise ValueError("RangeTest: `lrs` must be finite numbers >= 0 that do not decrease")
        if not np.isfinite([*self.losses[:-1], *self.smoothed[:-1]]).all():
            raise ValueError("RangeTest: `losses` must be finite up to the last one, and so must `smoothed`")
        if len(self.lrs) > self.steps:
            raise ValueError(
                f"RangeTest: `steps` must be at least the number of rates ({len(self.lrs)}), got {self.steps}"
            )

    @overload
    def suggest(self, method: Method = ..., *, skip_start: int | None = ..., skip_end: int = ...) -> float: ...
    @overload
    def suggest(
        self, method: Literal["all"], *, skip_start: int | None = ..., skip_end: int = ...
    ) -> dict[str, float]: ...
    def suggest(
        self, method: str = "minimum", *, skip_start: int | None = None, skip_end: int = SKIP_END
    ) -> float | dict[str, float]:
        """Return the learning rate that the smoothed curve suggests.

        - "minimum": a tenth of the rate with the lowest loss (fastai). Of the four it trained best in our measurements
          (scripts/range_test_suggestions.py).
        - "valley": half-way down the longest fall (fastai's default), further below the best rate and least moved by
          noise.
        - "steepest": where the loss falls fastest (torch-lr-finder). With plain SGD that can be where it diverges.
        - "slide": where an interval, sliding down from the largest rate, first has nearly equal slopes at both ends
          (fastai). "Nearly" is 0.005, so the answer depends on the scale of the loss, and it is often far too small.

        A suggestion is where to begin searching; it is for the model, the optimizer and the batch size of the test.

        Args:
            method: One of those, or "all".
            skip_start: How many rates at the start to leave out, >= 0; a tenth of `steps` unless it is given.
            skip_end: How many at the end, >= 0, not counting a loss that is nan or infinite.

        Returns:
            The rate; for "all" a dictionary with the rate of each method ("slide" needs 16 points, and is left out
            if there are fewer).

        Raises:
            TypeError: For a number of points that is no integer.
            ValueError: For an unknown method, a curve with too few points, or a loss that never falls by more than
                its noise.

        References:
            fastai, `fastai/callback/schedule.py`; torch-lr-finder, `LRFinder.plot`.
        """
        counting._choice("suggest", "method", method, (*suggestion.METHODS, "all"))
        least = suggestion.LEAST_POINTS.get(method, min(suggestion.LEAST_POINTS.values()))
        lrs, losses = self._curve("suggest", self._skipped(skip_start), _whole("skip_end", skip_end), least)
        if method != "all":
            return suggestion.METHODS[method](lrs, losses)
        able = {name: rule for name, rule in suggestion.METHODS.items() if len(lrs) >= suggestion.LEAST_POINTS[name]}
        return {name: rule(lrs, losses) for name, rule in able.items()}

    def regions(self) -> Regions:
        """Return the three parts of the curve: rates that are too small, a falling loss, a diverging one.

        Returns:
            `Regions(too_small, falling, diverging)`, each with its first and last rate; `diverging` is None if the
            test ended while the loss still fell.

        Raises:
            ValueError: For a curve with too few points, or a loss that never falls by more than its noise.
        """
        found = suggestion.regions(*self._curve("regions", self._skipped(None), 0, 3))
        return replace(found, too_small=(float(self.lrs[0]), found.too_small[1]))

    def plot(self, ax: Axes | None = None, *, method: Method | None = "minimum") -> Axes:
        """Draw loss over learning rate, with the three regions and the suggestion.

        Args:
            ax: Where to draw; a new figure of `matplotlib.pyplot` unless it is given.
            method: Which suggestion to mark; None for none. If the curve suggests nothing, nothing is marked.

        Returns:
            The axes.

        Raises:
            ImportError: Without matplotlib.
            ValueError: For an unknown method, or a test without a finite loss.
        """
        from pywarmup.tools.range_picture import draw

        return draw(self, ax, method)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, fit for JSON: a loss that is nan or infinite is a text."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return data | {name: [_plain(value) for value in data[name].tolist()] for name in ARRAYS}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RangeTest:
        """Return what `to_dict` wrote.

        Raises:
            ValueError: For data with other keys, or with values that the constructor refuses.
        """
        names = [field.name for field in fields(cls)]
        if not isinstance(data, Mapping) or set(data) != set(names):
            given = ", ".join(map(str, data)) if isinstance(data, Mapping) else type(data).__name__
            raise ValueError(f"RangeTest: `data` must have the keys {', '.join(names)}, got {given}")
        return cls(**data)

    def __len__(self) -> int:
        return len(self.lrs)

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.stop_reason, self.steps, self.shape, tuple(self.lrs.tolist())))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        text = f"RangeTest({len(self)} of {self.steps} rates"
        if len(self):
            text += f" from {self.lrs[0]:.4g} to {self.lrs[-1]:.4g}"
        text += f", {self.stop_reason}"
        finite = self.smoothed[np.isfinite(self.smoothed)]
        if len(finite):
            text += f"; lowest smoothed loss {finite.min():.4g} at {self.lrs[finite.argmin()]:.4g}"
        return f"{text})"

    def _skipped(self, skip_start: int | None) -> int:
        return self.steps // 10 if skip_start is None else _whole("skip_start", skip_start)

    def _curve(
        self, owner: str, skip_start: int, skip_end: int, least: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The rates and the smoothed losses from which something can be told."""
        finite = int((np.isfinite(self.losses) & np.isfinite(self.smoothed)).sum())
        part = slice(skip_start, max(0, finite - skip_end))
        lrs, losses = self.lrs[part], self.smoothed[part]
        if len(lrs) < least:
            raise ValueError(
                f"{owner}: the curve must have at least {least} points, got {len(lrs)} (of {finite} finite losses, "
                f"without {skip_start} at the start and {skip_end} at the end); take more `steps` or a lower `start`"
            )
        fall, noise = float(losses[0] - losses.min()), suggestion.noise(self.losses[part])
        if not fall > noise:
            raise ValueError(
                f"{owner}: the smoothed loss must fall below {losses[0]:.6g}, where it begins, by more than its noise "
                f"({noise:.2g}), got a fall of {fall:.2g}; take a lower `start`, a higher `end`, more `steps` or "
                "larger batches"
            )
        return lrs, losses


def _read_only(name: str, values: Any) -> NDArray[np.float64]:
    try:
        array = np.array(values, np.float64)
    except (TypeError, ValueError):
        array = np.array(math.nan)
    if array.ndim != 1:
        raise TypeError(f"RangeTest: `{name}` must be a sequence of numbers, got {counting._shown(values)}")
    array.setflags(write=False)
    return array


def _whole(name: str, value: object) -> int:
    index = counting._index(value)
    if index is None or index < 0:
        raise (TypeError if index is None else ValueError)(f"suggest: `{name}` must be an integer >= 0, got {value!r}")
    return index


def _plain(value: float) -> float | str:
    return value if np.isfinite(value) else repr(value)
