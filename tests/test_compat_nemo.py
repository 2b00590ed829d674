"""`pywarmup.compat.nemo` against a transcription of NeMo's `lr_scheduler.py`, which is not installed anywhere."""

import inspect
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pywarmup import Schedule
from pywarmup.compat import nemo

Rate = Callable[[int], float]

# What NeMo does at a step, in its own order. A failure of its is a failure here.


def length(steps: Any, ratio: Any, total: Any) -> Any:
    assert steps is None or ratio is None
    assert ratio is None or total is not None
    if steps is not None:
        return steps
    return int(ratio * total) if ratio is not None else 0


class Policy:
    """The constructor's arguments, as the classes of NeMo keep them."""

    def __init__(self, owner: str, **arguments: Any) -> None:
        self.owner = owner
        self.base = arguments.get("base_lr", 1.0)
        self.min_lr = arguments.get("min_lr", {"SquareAnnealing": 1e-5}.get(owner, 0.0))
        self.total = arguments.get("max_steps")
        self.warmup = length(arguments.get("warmup_steps"), arguments.get("warmup_ratio"), self.total)
        self.hold = length(arguments.get("hold_steps"), arguments.get("hold_ratio"), self.total) + self.warmup
        if arguments.get("hold_steps") is None and arguments.get("hold_ratio") is None:
            self.hold = 0
        self.constant = length(arguments.get("constant_steps"), arguments.get("constant_ratio"), self.total)
        self.power = arguments.get("power", 1.0)
        self.cycle = arguments.get("cycle", False)
        self.rate = arguments.get("decay_rate", 0.5)
        self.d_model = arguments.get("d_model")
        if owner in ("SquareRootConstantPolicy", "T5InverseSquareRootAnnealing"):
            self.constant_lr = 1 / (arguments["constant_steps"] ** 0.5)
        if owner in ("WarmupAnnealHoldPolicy", "CosineAnnealing"):
            self.decay = self.total - (self.constant + self.warmup)

    def __call__(self, step: int) -> float:
        family = FAMILIES[self.owner]
        return float(family(self, step))


def rising(self: Policy, step: int) -> float:
    return self.base * ((step + 1) / (self.warmup + 1))


def warmup_policy(self: Policy, step: int) -> float:
    if step <= self.warmup and self.warmup > 0:
        return rising(self, step)
    if self.total is not None and step > self.total:
        return self.min_lr
    return DECAYS[self.owner](self, step)


def hold_policy(self: Policy, step: int) -> float:
    if step <= self.warmup and self.warmup > 0:
        return rising(self, step)
    if self.warmup <= step < self.hold:
        return self.base
    if step > self.total:
        return self.min_lr
    return DECAYS[self.owner](self, step)


def anneal_hold_policy(self: Policy, step: int) -> float:
    is_cosine = self.owner == "CosineAnnealing"
    megatron = is_cosine and self.constant != 0
    if self.warmup > 0 and step <= self.warmup:
        return megatron_cosine(self, step) if megatron else rising(self, step)
    if self.constant > 0 and self.warmup + self.decay < step <= self.total:
        return megatron_cosine(self, step) if megatron else self.min_lr
    if step > self.total:
        return self.min_lr
    if is_cosine and self.base < self.min_lr:
        raise ValueError("lower than the minimum learning rate")
    if not is_cosine:
        return self.base
    if megatron:
        return megatron_cosine(self, step)
    mult = 0.5 * (1 + math.cos(math.pi * (step - self.warmup) / (self.total - self.warmup)))
    return (self.base - self.min_lr) * mult + self.min_lr


def megatron_cosine(self: Policy, step: int) -> float:
    assert self.base > self.min_lr
    if self.warmup > 0 and step <= self.warmup:
        return self.base * float(step) / float(self.warmup)
    if step > self.warmup + self.decay:
        return self.min_lr
    ratio = float(step - self.warmup) / float(self.decay)
    assert 0.0 <= ratio <= 1.0
    return self.min_lr + 0.5 * (math.cos(math.pi * ratio) + 1.0) * (self.base - self.min_lr)


def square_root_constant(self: Policy, step: int) -> float:
    if step <= self.constant:
        return self.constant_lr
    if step > self.total:
        return self.min_lr
    return self.base if self.owner == "SquareRootConstantPolicy" else 1 / (step**0.5)


def noam(self: Policy, step: int) -> float:
    step = max(1, step)
    if self.base < self.min_lr:
        raise ValueError("lower than the minimum learning rate")
    normalize = self.d_model ** (-0.5)
    if self.warmup > 0:
        mult = normalize * min(step ** (-0.5), step * (self.warmup ** (-1.5)))
    else:
        mult = normalize * step ** (-0.5)
    return max(self.base * mult, self.min_lr) if step > self.warmup else self.base * mult


def square(self: Policy, step: int) -> float:
    step, total = step - self.warmup, self.total - self.warmup
    return max(self.base * ((total - step) / total) ** 2, self.min_lr)


def square_root(self: Policy, step: int) -> float:
    return max(self.base * ((self.total - step) / self.total) ** 0.5, self.min_lr)


def anneal(self: Policy, step: int) -> float:
    mult = (step - self.warmup) / (self.total - self.warmup)
    return self.min_lr + (1 - mult) * (self.base - self.min_lr)


def inverse_square_root(self: Policy, step: int) -> float:
    return self.base / ((step + 1) / (self.warmup + 1)) ** 0.5


def poly(self: Policy, step: float, steps: float) -> float:
    if self.cycle:
        steps *= 1.0 if step == 0 else math.ceil(step / steps)
    else:
        step = min(step, steps)
    return (self.base - self.min_lr) * math.pow(1.0 - step / steps, self.power) + self.min_lr


def one_minus_square_root(self: Policy, step: int) -> float:
    mult = 1 - ((step - self.hold) / (self.total - self.hold)) ** 0.5
    return max(self.min_lr, self.base * mult)


def hold_linear(self: Policy, step: int) -> float:
    return self.base - (self.base - self.min_lr) * ((step - self.hold) / (self.total - self.hold))


def noam_hold(self: Policy, step: int) -> float:
    if self.warmup == 0:
        raise ValueError("Noam scheduler cannot be used without warmup steps")
    hold = self.hold - self.warmup if self.hold > 0 else 0
    rise, fall = max(1, self.warmup**self.rate), max(1, (step - hold) ** self.rate)
    return max(self.base * rise / fall, self.min_lr)


FAMILIES: dict[str, Callable[[Policy, int], float]] = {
    "WarmupPolicy": warmup_policy,
    "SquareAnnealing": warmup_policy,
    "SquareRootAnnealing": warmup_policy,
    "WarmupAnnealing": warmup_policy,
    "InverseSquareRootAnnealing": warmup_policy,
    "PolynomialDecayAnnealing": warmup_policy,
    "WarmupHoldPolicy": hold_policy,
    "WarmupHoldAnnealLinear": hold_policy,
    "WarmupHoldAnnealOneMinusSquareRoot": hold_policy,
    "PolynomialHoldDecayAnnealing": hold_policy,
    "NoamHoldAnnealing": hold_policy,
    "WarmupAnnealHoldPolicy": anneal_hold_policy,
    "CosineAnnealing": anneal_hold_policy,
    "SquareRootConstantPolicy": square_root_constant,
    "T5InverseSquareRootAnnealing": square_root_constant,
    "NoamAnnealing": noam,
}
DECAYS: dict[str, Callable[[Policy, int], float]] = {
    "WarmupPolicy": lambda self, step: self.base,
    "WarmupHoldPolicy": lambda self, step: self.base,
    "SquareAnnealing": square,
    "SquareRootAnnealing": square_root,
    "WarmupAnnealing": anneal,
    "InverseSquareRootAnnealing": inverse_square_root,
    "PolynomialDecayAnnealing": lambda self, step: poly(self, step - self.warmup, self.total - self.warmup),
    "WarmupHoldAnnealLinear": hold_linear,
    "WarmupHoldAnnealOneMinusSquareRoot": one_minus_square_root,
    "PolynomialHoldDecayAnnealing": lambda self, step: poly(
        self, step - self.hold, self.total - max(self.warmup, self.hold)
    ),
    "NoamHoldAnnealing": noam_hold,
}


def drawn(name: str, draw: random.Random) -> dict[str, Any]:
    """Arguments that the function has, odd ones too."""
    total = draw.choice([1, 2, 7, 20, 60, 97, 20.5, 0, -3])
    odd = [0, 1, 2, 5, 10, 2.5, 0.5, total, total - 1, total + 1, total + 20, -4]
    base = draw.choice([1.0, 0.1, 3e-4, 7, 1e-300, 1e300, 0.0, draw.uniform(0.01, 2.0)])
    every: dict[str, Any] = {
        "base_lr": base,
        "max_steps": total,
        "min_lr": draw.choice([0, 0.1 * base, 0.3 * base, 0.9 * base, base, 2 * base, 1e-5, -0.5 * base]),
        "power": draw.choice([1.0, 2, 0.5, 3.7, 0, -0.5, -1]),
        "cycle": draw.random() < 0.5,
        "decay_rate": draw.choice([0.5, 1.0, 0.25, 2, 0, -0.5]),
        "d_model": draw.choice([1, 64, 512, 0.3]),
        "last_epoch": draw.choice([-1, 0, 5]),
    }
    for length_name in ("warmup", "hold", "constant"):
        way = draw.choice(["steps", "steps", "steps", "ratio", "none"])
        if way == "steps":
            every[f"{length_name}_steps"] = draw.choice(odd)
        if way == "ratio":
            every[f"{length_name}_ratio"] = draw.choice([0.0, 0.1, 0.33, 0.5, 1.0, 1.5, -0.2])
    has = inspect.signature(getattr(nemo, name)).parameters
    given = {key: value for key, value in every.items() if key in has}
    optional = [key for key in ("min_lr", "power", "cycle", "decay_rate", "last_epoch") if key in given]
    for key in optional:
        if draw.random() < 0.2:
            del given[key]
    if name in ("WarmupPolicy", "InverseSquareRootAnnealing") and draw.random() < 0.2:
        given["max_steps"] = None
    return given


REFUSED = (AssertionError, ValueError, TypeError, ZeroDivisionError, OverflowError)


def answers(rate: Rate, step: int) -> float | None:
    """Their value, or None where they have none: they raise, or the number is no rate."""
    try:
        value = rate(step)
    except REFUSED:
        return None
    return value if math.isfinite(value) else None


def built(name: str, arguments: dict[str, Any]) -> Schedule | Exception:
    try:
        return getattr(nemo, name)(**arguments)
    except (ValueError, TypeError) as error:
        return error


def is_refused_too(name: str, arguments: dict[str, Any]) -> bool:
    """Whether NeMo has no first rate."""
    try:
        Policy(name, **arguments)(0)
    except (*REFUSED, KeyError):
        return True
    return False


def is_ours_alone(name: str, error: Exception) -> bool:
    """Whether we refuse on purpose what NeMo answers at step 0."""
    reasons = [
        "`min_lr` must be",  # NeMo: when the decay begins
        "NoamHoldAnnealing: `warmup_steps` must be > 0",  # likewise
        "`constant_steps` must be",  # a complex rate, which is not used
        "`warmup_steps` must be a finite number > -1",  # a complex rate
    ]
    return any(reason in str(error) for reason in reasons)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_random_arguments(name: str) -> None:
    draw = random.Random(name)
    compared = 0
    for _ in range(400):
        arguments = drawn(name, draw)
        made = built(name, arguments)
        if not isinstance(made, Schedule):
            assert str(made).startswith(f"{name}: `")
            assert is_refused_too(name, arguments) or is_ours_alone(name, made), f"{arguments}: {made}"
            continue
        rate = Policy(name, **arguments)
        steps = [*range(12), *range(12, 130, 3), 10**6]
        theirs = {step: answers(rate, step) for step in steps}
        assert theirs[0] is not None, f"{name}({arguments}): they refuse, we answer {made(0)!r}"
        peak = max([arguments["base_lr"], *(abs(value) for value in theirs.values() if value is not None)])
        for step, value in theirs.items():
            if value is None:
                assert math.isfinite(made(step))
                continue
            allowed = max(1e-14 * peak, 4 * float(np.spacing(abs(value))))
            assert abs(made(step) - value) <= allowed, f"{name}({arguments})[{step}]: {value!r}, ours {made(step)!r}"
        compared += 1
    assert compared >= 100


def test_every_function_is_compared() -> None:
    assert {*nemo.__all__} - {"get_scheduler"} == {*FAMILIES}


def test_canonical_cosine() -> None:
    made = nemo.CosineAnnealing(max_steps=100, min_lr=0.1, warmup_steps=10, base_lr=1.0)
    expected = [1 / 11, 2 / 11, 10 / 11, 1.0, 0.999725872, 0.62814168, 0.100274, 0.1, 0.1, 0.1]
    assert made([0, 1, 9, 10, 11, 50, 99, 100, 101, 110]) == pytest.approx(expected, abs=5e-7)


def test_they_divide_by_zero_and_we_hold() -> None:
    arguments: dict[str, Any] = {"max_steps": 10, "hold_steps": 10, "base_lr": 1.0}
    with pytest.raises(ZeroDivisionError):
        Policy("WarmupHoldAnnealLinear", **arguments)(10)
    assert nemo.WarmupHoldAnnealLinear(**arguments)([9, 10, 11]).tolist() == [1.0, 1.0, 0.0]


def test_a_decay_goes_on_between_whole_steps() -> None:
    made = nemo.WarmupAnnealing(max_steps=12, warmup_steps=2, base_lr=1.0)
    assert made(2.5) == pytest.approx(0.95)


def test_scheduler_by_name() -> None:
    arguments = {"max_steps": 50, "warmup_steps": 5, "base_lr": 0.1}
    assert nemo.get_scheduler("SquareAnnealing", **arguments) == nemo.SquareAnnealing(**arguments)
    with pytest.raises(ValueError, match=r"^get_scheduler: `name` must be one of 'CosineAnnealing', .*, got 'StepLR'$"):
        nemo.get_scheduler("StepLR", **arguments)


NEEDED: dict[str, Any] = {"max_steps": 50, "base_lr": 0.1, "d_model": 8, "warmup_steps": 5, "constant_steps": 4}
NUMBERS = ("base_lr", "min_lr", "max_steps", "warmup_steps", "hold_steps", "constant_steps", "power", "decay_rate")
BAD: list[tuple[Any, type[Exception]]] = [
    (math.nan, ValueError),
    (math.inf, ValueError),
    (-math.inf, ValueError),
    ("3", TypeError),
    (True, TypeError),
    ([], TypeError),
    (1j, TypeError),
    (10**400, ValueError),
]


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_bad_input(name: str) -> None:
    build = getattr(nemo, name)
    has = inspect.signature(build).parameters
    good = {key: value for key, value in NEEDED.items() if key in has}
    build(**good)
    for field in [*NUMBERS, "d_model"]:
        for value, error in BAD if field in has else []:
            with pytest.raises(error, match=rf"^{name}: `{field}` must be .*") as refusal:
                build(**(good | {field: value}))
            assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", sorted(FAMILIES))
@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("base_lr", -0.1, ValueError),
        ("max_steps", 2.0**54, ValueError),
        ("last_epoch", -2, ValueError),
        ("last_epoch", 1.5, TypeError),
        ("warmup_ratio", 0.1, ValueError),  # beside warmup_steps
        ("constant_ratio", 0.1, ValueError),
        ("cycle", 1, TypeError),
        ("d_model", 0, ValueError),
    ],
)
def test_bad_values(name: str, field: str, value: Any, error: type[Exception]) -> None:
    build = getattr(nemo, name)
    has = inspect.signature(build).parameters
    if field in has:
        with pytest.raises(error, match=rf"^{name}: `{field}` must be "):
            build(**({key: value for key, value in NEEDED.items() if key in has} | {field: value}))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("WarmupPolicy", {"warmup_ratio": 0.1}, "`max_steps` must be given for `warmup_ratio`"),
        ("WarmupPolicy", {"warmup_ratio": math.nan, "max_steps": 5}, "`warmup_ratio` must be a finite number"),
        ("WarmupPolicy", {"warmup_ratio": 1e300, "max_steps": 5}, "`warmup_ratio` must make at most 2\\*\\*53 steps"),
        ("SquareAnnealing", {"max_steps": 0}, "`max_steps` must be a number other than 0 without a warmup"),
        ("CosineAnnealing", {"max_steps": 9, "min_lr": 2.0}, "`min_lr` must be at most `base_lr` \\(1.0\\)"),
        ("CosineAnnealing", {"max_steps": 9, "constant_steps": 9}, "`constant_steps` must leave steps for the decay"),
        ("NoamHoldAnnealing", {"max_steps": 9}, "`warmup_steps` must be > 0"),
        ("InverseSquareRootAnnealing", {"max_steps": 9, "warmup_steps": -1}, "`warmup_steps` must be .* > -1"),
    ],
)
def test_refusals(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name}: {message}"):
        getattr(nemo, name)(**arguments, base_lr=1.0)


def test_an_end_is_needed() -> None:
    with pytest.raises(TypeError, match=r"^WarmupHoldPolicy: `max_steps` must be a finite number .* got None$"):
        nemo.WarmupHoldPolicy(max_steps=None, base_lr=1.0)  # type: ignore[arg-type]
