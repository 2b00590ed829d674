"""The value that every schedule is: what one can ask it, and how it combines with others."""

from __future__ import annotations

import operator
from dataclasses import FrozenInstanceError, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, SupportsFloat, SupportsIndex, TypeAlias, TypeVar, overload

from pywarmup import _core

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import ArrayLike, DTypeLike, NDArray
    from typing_extensions import dataclass_transform

    from pywarmup.questions import Peak, Stage
    from pywarmup.tools.axis import Scale
    from pywarmup.tools.lint import Finding
    from pywarmup.tools.plot import Axes
else:

    def dataclass_transform(**_: Any) -> Any:  # noqa: D103
        return lambda function: function


Step: TypeAlias = SupportsIndex | SupportsFloat
PastEndPolicy: TypeAlias = Literal["hold", "repeat", "mirror", "error"]


Kind = TypeVar("Kind", bound="Schedule")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Kind]) -> type[Kind]:
    """Make a class of schedules from its fields, as `@dataclass(frozen=True, slots=True)` does.

    The base class has what that would write anew for each class: equality, hash, representation, and the refusal of
    changes. Writing it for three dozen classes would be a good part of the time that importing the package takes.
    """
    made = dataclass(slots=True, eq=False, repr=False)(cls)
    made.__dataclass_params__.frozen = True  # type: ignore[attr-defined]
    _core.quicken(made)
    return made


class _CallSignature:
    """What `inspect.signature` shows of a schedule, which is called in C; that of a class stays its constructor's."""

    def __get__(self, schedule: Schedule | None, owner: type) -> Any:
        if schedule is None:
            raise AttributeError("__signature__")
        import inspect

        return inspect.signature(schedule.lr)


class Schedule(_core.Program):
    """An immutable value: a pure function of the step, and the base class of every schedule.

    The step is the number of optimizer updates already made: the first update uses `s(0)`. It is an integer,
    or a real number in the unit that the schedule was written in (samples, tokens, fractional epochs), from 0
    to 2**53. A bounded schedule holds its end value.

    Example:
        >>> import pywarmup as pw
        >>> s = pw.warmup_linear(0.1, warmup_steps=2, total_steps=4)
        >>> s(1), s.lr(1), s[1]
        (0.05, 0.05, 0.05)
        >>> s(range(6))
        array([0.  , 0.05, 0.1 , 0.05, 0.  , 0.  ])
        >>> len(s), list(s)
        (4, [0.0, 0.05, 0.1, 0.05])
    """

    __slots__ = ()
    __signature__ = _CallSignature()
    kind: ClassVar[str]

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """Nothing, for those who copy it: torch's `LambdaLR.state_dict` does. A real one would delay every method."""
        return {}

    def __post_init__(self) -> None:
        super().__init__(self)

    # Fields are assigned while a schedule is built, and never again.

    def __setattr__(self, name: str, value: object = None) -> None:
        if _core.is_built(self):
            raise FrozenInstanceError(f"{type(self).__name__}: a schedule cannot be changed; use dataclasses.replace")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name)

    def _fields(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in _core.PARAMETERS[self.kind]])

    def _parts(self) -> list[Schedule]:
        """The schedules that it is made of: none for a shape."""
        fields = [each if isinstance(each, tuple) else (each,) for each in self._fields()]
        return [part for each in fields for part in each if isinstance(part, Schedule)]

    def __eq__(self, other: object) -> bool:
        return self._fields() == other._fields() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.kind, self._fields()))

    def __repr__(self) -> str:
        fields = zip(_core.PARAMETERS[self.kind], self._fields(), strict=True)
        return f"{type(self).__qualname__}({', '.join([f'{name}={value!r}' for name, value in fields])})"

    if TYPE_CHECKING:

        @overload
        def __call__(self, step: Step) -> float: ...
        @overload
        def __call__(self, step: ArrayLike) -> NDArray[np.float64]: ...
        def __call__(self, step: Any) -> Any:  # noqa: D102
            ...

    def array(
        self,
        start: SupportsIndex | None = None,
        stop: SupportsIndex | None = None,
        step: SupportsIndex = 1,
        *,
        dtype: DTypeLike | None = None,
        out: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        """Return the values at a range of steps, as `range` counts them.

        `array()` is the whole schedule, `array(n)` is steps 0 to n-1.

        Args:
            start: First step, >= 0; alone it is `stop`, as in `range`.
            stop: The step to stop before; `total_steps` unless it is given.
            step: Distance from one step to the next, >= 1.
            dtype: float64 (default) or float32, rounded once from float64.
            out: A one-dimensional array of that type and of the right length to write into.

        Returns:
            The values, one-dimensional; `out` if it was given.

        Raises:
            ValueError: For negative steps, an endless schedule without `stop`, or an unsuitable `out`.
            TypeError: For steps that are no integers, or another dtype.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).array(1, 6, 2)
            array([0.25, 0.75, 1.  ])
        """
        if start is not None and stop is None:
            start, stop = None, start
        steps = self._range(start, stop, step)
        return self._array(steps.start, steps.step, len(steps), dtype, out)

    def at(self, steps: ArrayLike, *, dtype: DTypeLike | None = None, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return the values at any steps, in any order.

        `s.at(steps)` is `s(steps)`, with a choice of type and of the array to write into.

        Args:
            steps: Steps >= 0, an array or a sequence of integers or real numbers.
            dtype: float64 (default) or float32, rounded once from float64.
            out: An array of that type and of the shape of the steps to write into; it must not overlap them.

        Returns:
            The values, in the shape of the steps; `out` if it was given. After an error its contents are undefined.

        Raises:
            ValueError: For steps that are negative, not finite or above 2**53, or an unsuitable `out`.
            TypeError: For steps that are no numbers, or another dtype.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).at([3, 0.5], dtype="float32")
            array([0.75 , 0.125], dtype=float32)
        """
        return self._at(steps, dtype, out)

    def _slice(self, steps: slice) -> NDArray[np.float64]:
        """What `s[start:stop:step]` returns."""
        return self.array(steps.start or 0, self._end(steps.stop), 1 if steps.step is None else steps.step)

    def __len__(self) -> int:
        return self._end(None)

    def __bool__(self) -> bool:
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        from pywarmup.serialize import revive

        return revive, (1, type(self), self._fields())

    def __enter__(self) -> Schedule:
        """After `pywarmup.use(s)`; leaving the block restores what was in use before."""
        from pywarmup.current import enter

        return enter(self)

    def __exit__(self, *error: object) -> None:
        from pywarmup.current import leave

        leave()

    def __copy__(self) -> Schedule:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Schedule:
        return self

    def _range(self, start: SupportsIndex | None, stop: SupportsIndex | None, step: SupportsIndex) -> range:
        first = 0 if start is None else self._index("start", start, 0)
        last = self._end(stop)
        return range(first, max(first, last), self._index("step", step, 1))

    def _end(self, stop: SupportsIndex | None) -> int:
        if stop is not None:
            return self._index("stop", stop, 0)
        if self.total_steps is None:
            raise ValueError(f"{type(self).__name__}: an endless schedule has no length; give `stop`, or .until(steps)")
        return -int(-self.total_steps // 1)

    def _index(self, name: str, value: SupportsIndex, least: int) -> int:
        if type(value) is int and least <= value <= 2**53:
            return value
        problem = f"{type(self).__name__}: `{name}` must be an integer >= {least} and <= 2**53, got {value!r}"
        if type(value).__name__ in ("bool", "bool_"):
            raise TypeError(problem)
        try:
            index = operator.index(value)
        except TypeError:
            raise TypeError(problem) from None
        if not least <= index <= 2**53:
            raise ValueError(problem)
        return index

    # Questions.

    def peak(self) -> Peak:
        """Return the greatest value and the first whole step that has it, exactly, without looking at every step.

        Raises:
            ValueError: For an endless schedule that grows for ever.

        Example:
            >>> import pywarmup as pw
            >>> pw.warmup_linear(0.1, warmup_steps=500, total_steps=10**9).peak()
            Peak(step=500, value=0.1)
        """
        from pywarmup.questions import peak

        return peak(self)

    def first_below(self, value: float, *, start: int = 0) -> int | None:
        """Return the first whole step from `start` on at which the schedule is below a value; None if it never is.

        Args:
            value: A finite number.
            start: The first step to look at, >= 0.

        Raises:
            TypeError: For what is no number.
            ValueError: For a number outside its range, or a `start` at which the schedule raises an error.

        Example:
            >>> import pywarmup as pw
            >>> pw.ExponentialDecay(1.0, decay_rate=0.5, every=10).first_below(0.25)
            21
        """
        from pywarmup.questions import first_below

        return first_below(self, value, start=start)

    def integral(self, start: float = 0, stop: float | None = None) -> float:
        """Return the area under the schedule from one step to another, in closed form where there is one.

        The sum of what the updates use, `s.array().sum()`, is a Riemann sum of it.

        Args:
            start: The step at which the area begins, a real number >= 0.
            stop: The step at which it ends, at least `start`; None is `total_steps`.

        Raises:
            TypeError: For what is no number.
            ValueError: For a number outside its range, or an endless schedule without `stop`.

        Example:
            >>> import pywarmup as pw
            >>> s = pw.Linear(1.0, 0.0, steps=4)
            >>> s.integral(), s.array().sum().item()
            (2.0, 2.5)
        """
        from pywarmup.questions import integral

        return integral(self, start, stop)

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in order: where each begins and ends, and its schedule.

        Within a stage `stage.schedule(t - stage.begin)` is `s(t)`. `pywarmup.questions.stages` says what is a stage.

        Example:
            >>> import pywarmup as pw
            >>> s = pw.wsd(0.1, warmup_steps=5, decay_steps=10, total_steps=100)
            >>> [(stage.begin, stage.end, stage.schedule.kind) for stage in s.stages()]
            [(0, 5, 'linear'), (5, 90, 'constant'), (90, 100, 'linear')]
        """
        from pywarmup.questions import stages

        return stages(self)

    def lint(
        self,
        *,
        total_steps: float | None = None,
        steps_per_epoch: float | None = None,
        advice: bool = False,
        ignore: Collection[str] = (),
    ) -> tuple[Finding, ...]:
        """Return what looks like a mistake: nothing for a good schedule. `pywarmup.tools.lint` lists the rules.

        Args:
            total_steps: Length of the run, > 0; None is that of the schedule.
            steps_per_epoch: Updates per epoch, > 0; None is not to look at epochs.
            advice: Whether to return also what is good to know, but not always right.
            ignore: Rules to leave out.

        Raises:
            TypeError: For what is no number, flag or collection of names.
            ValueError: For a number outside its range, or an unknown rule.

        Example:
            >>> import pywarmup as pw
            >>> s = pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=100_000)
            >>> s.lint()
            ()
            >>> [(finding.rule, finding.step) for finding in s.lint(total_steps=90_000)]
            [('decay-after-run', 90000)]
        """
        from pywarmup.tools.lint import lint

        return lint(self, total_steps=total_steps, steps_per_epoch=steps_per_epoch, advice=advice, ignore=ignore)

    # What follows makes one schedule from another. See compose.py for the values.

    def __mul__(self, other: Schedule | float) -> Schedule:
        """A schedule times a number, or times another schedule."""
        return compose.multiply(self, other)

    def __rmul__(self, other: float) -> Schedule:
        return compose.multiply(self, other)

    def __truediv__(self, other: float) -> Schedule:
        """A schedule divided by a number."""
        return compose.divide(self, other)

    def __add__(self, other: Schedule | float) -> Schedule:
        """A schedule plus a number, or plus another schedule."""
        return compose.add(self, other)

    def __radd__(self, other: float) -> Schedule:
        return compose.add(self, other)

    def __sub__(self, other: Schedule | float) -> Schedule:
        """A schedule minus a number, or minus another schedule."""
        return compose.subtract(self, other)

    def __rsub__(self, other: float) -> Schedule:
        return compose.add(compose.multiply(self, -1.0), other)

    def __neg__(self) -> Schedule:
        return compose.multiply(self, -1.0)

    def clip(self, lower: float | None = None, upper: float | None = None) -> Schedule:
        """Return the schedule held between two values; None leaves a side open.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(1.0, 0.0, steps=4).clip(lower=0.3)[:5]
            array([1.  , 0.75, 0.5 , 0.3 , 0.3 ])
        """
        return compose.Clip(self, lower, upper)

    def shift(self, steps: float) -> Schedule:
        """Return t -> s(t + steps): the schedule from a later step on.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).shift(1)(0)
            0.25
        """
        return compose.shift(self, steps)

    def stretch(self, factor: float) -> Schedule:
        """Return t -> s(t / factor): the same curve, `factor` times as long.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).stretch(10)(20)
            0.5
        """
        return compose.stretch(self, factor)

    def until(self, steps: float) -> Schedule:
        """Return the schedule ended after `steps`, holding the value that it has there.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).until(2)(100)
            0.5
        """
        return compose.Until(self, steps)

    def repeat(self, times: int | None = None, *, growth: float = 1.0, decay: float = 1.0) -> Schedule:
        """Return the schedule again and again, for ever or a number of times.

        Args:
            times: How often; None is for ever.
            growth: Each cycle lasts this many times as long as the one before, >= 1.
            decay: The values of each cycle are multiplied by this once more, > 0.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(1.0, 0.0, steps=2).repeat(growth=2, decay=0.5)[:7]
            array([1.   , 0.5  , 0.5  , 0.375, 0.25 , 0.125, 0.25 ])
        """
        return compose.Repeat(self, times, growth=growth, decay=decay)

    def reverse(self) -> Schedule:
        """Return t -> s(total_steps - t), the schedule run backwards.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).reverse()(1)
            0.75
        """
        return compose.Reverse(self)

    def warp(self, power: float) -> Schedule:
        """Return t -> s(total_steps * (t / total_steps)**power): the same curve, its progress raised to a power.

        A power above 1 stays longer at the beginning and hurries at the end, as timm's `k_decay` does.

        Args:
            power: > 0; 1 changes nothing.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).warp(2)[:5]
            array([0.    , 0.0625, 0.25  , 0.5625, 1.    ])

        References:
            Zhang and Li, "k-decay: A New Method For Learning Rate Schedule", 2020 (arXiv:2004.05909), for polynomials
            and cosines.
        """
        return compose.Warp(self, power)

    def stairs(self, every: float) -> Schedule:
        """Return t -> s(floor(t / every) * every): the schedule in stairs, each as high as where it begins.

        Args:
            every: Length of a stair, > 0. A bounded schedule ends with the stair that holds its end value.

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).stairs(2)[:6]
            array([0. , 0. , 0.5, 0.5, 1. , 1. ])
        """
        return compose.Stairs(self, every)

    def past_end(self, policy: PastEndPolicy) -> Schedule:
        """Return the schedule with another behaviour past its end.

        Args:
            policy: "hold" the end value (what every bounded schedule does), "repeat" from the start, "mirror"
                (run backwards, then forwards again, as torch's rising cosine), or "error".

        Example:
            >>> import pywarmup as pw
            >>> pw.Linear(0.0, 1.0, steps=4).past_end("mirror")(5)
            0.75
        """
        return compose.past_end(self, policy)

    # Pictures.

    def plot(
        self,
        ax: Axes | None = None,
        *,
        label: str | None = None,
        scale: Scale = "linear",
        stages: bool = True,
        start: float = 0.0,
        stop: float | None = None,
    ) -> Axes:
        """Draw the schedule with matplotlib, its stages shaded and named; `pywarmup.plot` draws several.

        No jump and no peak is left out, however long the schedule is.

        Args:
            ax: The axes to draw on; those of a new figure of pyplot unless it is given.
            label: Its name in the legend.
            scale: "linear", or "log" for a logarithmic axis of values, with zero on it where there is one.
            stages: Whether its stages are shaded and named.
            start: First step, >= 0.
            stop: Last step; the end unless it is given, or for an endless schedule where four cycles are over or most
                of its change is done.

        Returns:
            The axes. They are not shown: notebooks do that, scripts call `pyplot.show()`.

        Raises:
            ImportError: Without matplotlib.
            TypeError: For what is no number.
            ValueError: For an unknown scale, or a `stop` that is not after `start`.

        Example:
            >>> import pywarmup as pw
            >>> ax = pw.Linear(0.0, 0.1, steps=100).plot()
            >>> ax.figure.savefig("linear.png")  # doctest: +SKIP
        """
        from pywarmup.tools.plot import plot

        labels = None if label is None else [label]
        return plot(self, ax, labels=labels, scale=scale, stages=stages, start=start, stop=stop)

    def sketch(
        self,
        *,
        width: int = 72,
        height: int = 14,
        start: float = 0.0,
        stop: float | None = None,
        scale: Scale = "linear",
        ascii: bool = False,  # noqa: A002
    ) -> str:
        """Return the curve as text for a terminal, with its stages and axes.

        Args:
            width: Columns, >= 24.
            height: Lines, >= 5.
            start: First step, >= 0.
            stop: Last step, as in `plot`.
            scale: "linear" or "log", as in `plot`.
            ascii: Whether to keep to ASCII, for terminals that show nothing else; coarser than dots of Braille.

        Returns:
            Lines without a last newline.

        Raises:
            TypeError: For what is no number.
            ValueError: For a number outside its range, an unknown scale, or a `stop` that is not after `start`.

        Example:
            >>> import pywarmup as pw
            >>> print(pw.warmup_linear(0.1, warmup_steps=20, total_steps=100).sketch(width=50, height=8))
                 linear warmup        linear decay
            0.1 ┤       ⡠⠊⠉⠉⠒⠢⠤⢄⣀
                │     ⢀⠜  ┊      ⠉⠉⠒⠒⠤⢄⣀⡀
                │   ⢀⠔⠁   ┊             ⠈⠉⠒⠒⠤⠤⣀⡀
                │  ⡰⠁     ┊                    ⠈⠉⠑⠒⠤⠤⣀⣀
              0 ┤⡠⠊       ┊                            ⠉⠑⠒⠢⠤⣀⣀
                └┬─────────────────────┬─────────────────────┬
                 0                    50                   100
        """
        from pywarmup.tools.sketch import sketch

        return sketch(self, width=width, height=height, start=start, stop=stop, scale=scale, ascii=ascii)

    def _repr_html_(self) -> str:
        """What a notebook shows: the curve and the definition."""
        from pywarmup.tools.svg import html

        return html(self)

    # Data.

    def to_dict(self) -> dict[str, Any]:
        """Return the definition as plain data, which `pywarmup.from_dict` reads.

        Example:
            >>> import pywarmup as pw
            >>> pw.Constant(0.1).to_dict()
            {'schema': 1, 'kind': 'constant', 'value': 0.1, 'steps': None}
        """
        from pywarmup.serialize import to_dict

        return to_dict(self)

    def to_json(self) -> str:
        """Return the definition as JSON text, which `pywarmup.from_json` reads.

        Example:
            >>> import pywarmup as pw
            >>> pw.Constant(0.1).to_json()
            '{"schema":1,"kind":"constant","value":0.1,"steps":null}'
        """
        from pywarmup.serialize import to_json

        return to_json(self)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the definition in canonical JSON: equal schedules have equal ones, for ever.

        Example:
            >>> import pywarmup as pw
            >>> pw.Constant(0.1).fingerprint[:8]
            'dbc85d53'
        """
        from pywarmup.serialize import fingerprint

        return fingerprint(self)


from pywarmup import compose  # noqa: E402  (compose.py needs the class above, its methods need compose.py)
