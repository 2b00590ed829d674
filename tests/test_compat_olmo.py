"""`pywarmup.compat.olmo` against a transcription of OLMo-core's `scheduler.py`, which is not installed anywhere."""

import inspect
import math
import random
import re
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from pywarmup import Schedule
from pywarmup.compat import olmo

# What OLMo-core's get_lr(initial_lr, current, t_max) does, in its own order. A failure of its is a failure here.
Given = dict[str, Any]


def length(given: Given, name: str, total: Any) -> Any:
    steps = given.get(name)
    if steps is None:
        steps = given.get(f"{name}_steps")
    fraction = given.get(f"{name}_fraction")
    assert (steps is None) != (fraction is None)
    assert fraction is None or 0 <= fraction <= 1
    return steps if steps is not None else round(total * fraction)


def linear_warmup(given: Given, peak: float, now: float, warmup: float) -> float:
    low = given.get("warmup_min_lr", 0.0)
    assert 0 <= low < peak
    return low + (peak - low) * min(now, warmup) / warmup


def linear_decay(given: Given, peak: float, left: float, decay: float) -> float:
    low = given.get("decay_min_lr", 0.0)
    assert 0 <= low < peak
    return low + (peak - low) * min(left, decay) / decay


def constant(given: Given, base: float, now: float, total: Any) -> float:
    return base


def constant_with_warmup(given: Given, base: float, now: float, total: Any) -> float:
    warmup = length(given, "warmup", total)
    return linear_warmup(given, base, now, warmup) if now <= warmup else base


def wsd(given: Given, base: float, now: float, total: Any) -> float:
    warmup = length(given, "warmup", total)
    decay = length({"decay_fraction": 0.1} | given, "decay", total)
    if now <= warmup:
        return linear_warmup(given, base, now, warmup)
    return linear_decay(given, base, total - now, decay) if now >= total - decay else base


def power(given: Given, base: float, now: float, total: Any) -> float:
    exponent = given.get("b", -0.51)
    assert exponent < 0
    warmup = length(given, "warmup", total)
    decay = length({"decay_fraction": 0.1} | given, "decay", total)
    if now <= warmup:
        return linear_warmup(given, base, now, warmup)
    if now >= total - decay:
        return linear_decay(given, base * ((total - decay) / warmup) ** exponent, total - now, decay)
    return base * (now / warmup) ** exponent


def linear(given: Given, base: float, now: float, total: Any) -> float:
    end = base * given.get("alpha_f", 0.1)
    warmup = length(given, "warmup", total)
    if now < warmup:
        return linear_warmup(given, base, now, warmup)
    return end if now >= total else base - (base - end) * ((now - warmup) / (total - warmup))


def inv_sqrt(given: Given, base: float, now: float, total: Any) -> float:
    warmup = length(given, "warmup", total)
    if now < warmup:
        return linear_warmup(given, base, now, warmup)
    end = base * given.get("alpha_f", 0.1)
    return end + (base - end) * math.sqrt(warmup / now)


def cosine(given: Given, base: float, now: float, total: Any) -> float:
    end = base * given.get("alpha_f", 0.1)
    warmup = length(given, "warmup", total)
    if now < warmup:
        return linear_warmup(given, base, now, warmup)
    if now >= total:
        return end
    return end + (base - end) * (1 + math.cos(math.pi * (now - warmup) / (total - warmup))) / 2


def half_cosine(given: Given, base: float, now: float, total: Any) -> float:
    end = base * given.get("alpha_f", 0.1)
    warmup = length(given, "warmup", total)
    if now < warmup:
        return linear_warmup(given, end + (base - end) / 2, now, warmup)
    if now >= total:
        return end
    span = total - warmup
    return end + (base - end) * (1 + math.cos(math.pi * (now - warmup + span) / (span * 2))) / 2


def cosine_and_linear(given: Given, base: float, now: float, total: Any) -> float:
    decay = length({"decay_fraction": 0.1} | given, "decay", total)
    whole = given.get("cosine_t_max") or total
    if now >= total - decay:
        return linear_decay(given, cosine(given, base, total - decay, whole), total - now, decay)
    return cosine(given, base, now, whole)


def exponential(given: Given, base: float, now: float, total: Any) -> float:
    low = given.get("lr_min", 1e-9)
    if now >= total:
        return base
    return low if now == 0 else low * (base / low) ** (now / total)


def wsds(given: Given, base: float, now: float, total: Any) -> float:
    lengths = given["period_lengths"]
    factors = given.get("period_lr_multipliers") or [1.0] * len(lengths)
    assert len(factors) == len(lengths)
    warmup = given.get("warmup")
    warmup = int(warmup) if warmup is not None else round(given["warmup_fraction"] * lengths[0])
    falls = [int(given["decay"]) if "decay" in given else round(given["decay_fraction"] * n) for n in lengths]
    low = given.get("decay_min_lr", 0.0)
    assert low >= 0
    assert warmup + falls[0] <= lengths[0]
    assert all(fall <= n for fall, n in zip(falls, lengths, strict=True))
    adjusted = [lengths[0] - warmup, *lengths[1:]]
    ends = list(accumulate(adjusted))
    if now < warmup:
        return linear_warmup(given, base * factors[0], now, warmup)
    now -= warmup
    if now >= ends[-1]:
        return low
    index = next(i for i, end in enumerate(ends) if now <= end)
    position = now - (ends[index - 1] if index else 0)
    peak, stable = base * factors[index], adjusted[index] - falls[index]
    if position < stable:
        return peak
    return linear_decay(given, peak, falls[index] - (position - stable), falls[index])


def interpolated(shape: str, start: float, end: float, now: float, duration: float) -> float:
    if shape == "linear":
        return start + (end - start) * now / duration
    return end + (start - end) * (1 + math.cos(math.pi * now / duration)) / 2


def resolved(base: float, value: float | None, fraction: float | None) -> float:
    return value if value is not None else base * fraction  # type: ignore[operator]


def composed(given: Given, base: float, now: float, total: Any) -> float:
    begin, previous = 0, base
    for stage in given["stages"]:
        named = stage.start_lr is not None or stage.start_lr_fraction is not None
        start = resolved(base, stage.start_lr, stage.start_lr_fraction) if named else previous
        end = resolved(base, stage.end_lr, stage.end_lr_fraction)
        if now < begin + stage.duration:
            return interpolated(stage.shape, start, end, now - begin, stage.duration)
        begin, previous = begin + stage.duration, end
    return previous


def sequence(given: Given, base: float, now: float, total: Any) -> float:
    for part, most in zip(given["schedulers"][:-1], given["schedulers_max"], strict=False):
        rate = PEERS[part.func.__name__]
        if now <= most:
            return rate(part.keywords, base, now, min(total, most))
        base, now, total = rate(part.keywords, base, most, most), now - most, total - most
    assert total > 0
    return PEERS[given["schedulers"][-1].func.__name__](given["schedulers"][-1].keywords, base, now, total)


def overridden(rate: Callable[..., float], given: Given, base: float, now: float, total: Any) -> float:
    decay = given.get("override_decay")
    if decay is None or now < decay.start:
        return rate(given, base, now, total)
    start = rate(given, base, decay.start, total)
    end = resolved(base, decay.end_lr, decay.end_lr_fraction)
    done = now - decay.start
    return interpolated(decay.shape, start, end, done, decay.duration) if done < decay.duration else end


PEERS: dict[str, Callable[[Given, float, float, Any], float]] = {
    "ConstantScheduler": constant,
    "ConstantWithWarmup": constant_with_warmup,
    "WSD": wsd,
    "PowerLR": power,
    "LinearWithWarmup": linear,
    "InvSqrtWithWarmup": inv_sqrt,
    "CosWithWarmup": cosine,
    "HalfCosWithWarmup": half_cosine,
    "CosWithWarmupAndLinearDecay": cosine_and_linear,
    "ExponentialScheduler": exponential,
    "WSDS": wsds,
    "ComposableScheduler": partial(overridden, composed),
    "SequentialScheduler": partial(overridden, sequence),
}
GOES_ON = ("ConstantScheduler", "ConstantWithWarmup", "InvSqrtWithWarmup", "WSDS", "ComposableScheduler")


def way(draw: random.Random, name: str, total: float) -> Given:
    """One of the ways to give a length."""
    odd = [1, 2, 5, 10, 30, 2.5, 0, total, total - 1, total + 1, total + 20, -4]
    steps = draw.choice(odd)
    return draw.choice(
        [
            {name: steps},
            {name: steps},
            {f"{name}_steps": steps},
            {f"{name}_fraction": draw.choice([0.0, 0.1, 0.33, 0.25, 0.5, 1.0])},
        ]
    )


def a_decay(draw: random.Random, total: float) -> Given:
    chosen = draw.choice([{}, way(draw, "decay", total)])
    return chosen if "decay_fraction" in chosen or not chosen else chosen | {"decay_fraction": None}


def ends(draw: random.Random, base: float) -> Given:
    return draw.choice(
        [{"end_lr": base * draw.choice([0.0, 0.3, 1.7])}, {"end_lr_fraction": draw.choice([0.0, 0.1, 1.0, 2.0])}]
    )


def an_override(draw: random.Random, base: float) -> Given:
    if draw.random() < 0.5:
        return {}
    start, duration, shape = draw.choice([0, 3, 25, 80]), draw.choice([1, 10, 44]), draw.choice(["linear", "cosine"])
    return {"override_decay": olmo.OverrideDecay(start, duration, shape, **ends(draw, base))}


def stages(draw: random.Random, base: float) -> list[olmo.ComposableSchedulerStage]:
    starts: list[Given] = [{}, {}, {"start_lr": 0.2 * base}, {"start_lr_fraction": draw.choice([0.0, 0.5])}]
    return [
        olmo.ComposableSchedulerStage(
            draw.choice([1, 5, 12, 40]),
            draw.choice(["linear", "cosine"]),
            **draw.choice(starts),
            **ends(draw, base),
        )
        for _ in range(draw.randint(1, 4))
    ]


def parts(draw: random.Random) -> Given:
    names = ["ConstantScheduler", "ConstantWithWarmup", "CosWithWarmup", "LinearWithWarmup", "WSD", "InvSqrtWithWarmup"]
    chosen = draw.choices(names, k=draw.randint(1, 4))
    schedulers = [
        partial(getattr(olmo, name), **({} if name == "ConstantScheduler" else {"warmup": draw.choice([1, 3, 8])}))
        for name in chosen
    ]
    return {"schedulers": schedulers, "schedulers_max": [draw.choice([1, 10, 25, 60]) for _ in chosen[1:]]}


def drawn(name: str, draw: random.Random) -> tuple[Given, float, Any]:
    """Arguments that the scheduler has, odd ones too, its rate and the length of the run."""
    total = draw.choice([1, 2, 7, 20, 60, 97, 20.5, 97.25])
    base = draw.choice([1.0, 0.1, 3e-4, 7.0, 1e-300, 1e300, draw.uniform(0.01, 2.0)])
    count = draw.randint(1, 4)
    every: Given = {
        "alpha_f": draw.choice([0.1, 0, 0.5, 1, 1.5, -0.3]),
        "warmup_min_lr": base * draw.choice([0.0, 0.0, 0.1, 0.9, 1.0, -0.1]),
        "decay_min_lr": base * draw.choice([0.0, 0.0, 0.1, 0.5, 1.0, -0.1]),
        "lr_min": draw.choice([1e-9, 0.5, 3.0, 1e-300]),
        "b": draw.choice([-0.51, -0.5, -1, -2.5]),
        "cosine_t_max": draw.choice([30, 60, 120]),
        "period_lr_multipliers": [draw.choice([1.0, 0.5, 2]) for _ in range(count)],
        "units": draw.choice(["steps", "tokens"]),
    }
    has = inspect.signature(getattr(olmo, name)).parameters
    given = {key: value for key, value in every.items() if (key in has or key == "units") and draw.random() < 0.7}
    if name == "WSDS":
        given["period_lengths"] = [draw.choice([1, 5, 12, 30]) for _ in range(count)]
        given |= draw.choice(
            [{"warmup": draw.choice([0, 1, 3, 2.7, -2])}, {"warmup_fraction": draw.choice([0.0, 0.3])}]
        )
        given |= draw.choice([{"decay": draw.choice([0, 1, 4, 5.6, -1])}, {"decay_fraction": draw.choice([0.1, 0.5])}])
        return given, base, total
    if "warmup" in has:
        given |= way(draw, "warmup", total)
    if "decay" in has:
        given |= a_decay(draw, total)
    if name == "ComposableScheduler":
        given |= {"stages": stages(draw, base)}
    if name == "SequentialScheduler":
        given |= parts(draw)
    if "override_decay" in has:
        given |= an_override(draw, base)
    return given, base, total


def built(name: str, given: Given, base: float, total: Any) -> Schedule | Exception:
    try:
        return getattr(olmo, name)(**given, base_lr=base, t_max=total)
    except (ValueError, TypeError) as error:
        return error


def answer(name: str, given: Given, base: float, step: int, total: Any) -> float | None:
    """Their value, or None where they have none: they raise, or the number is none."""
    try:
        value = PEERS[name](given, base, step, total)
    except (AssertionError, ZeroDivisionError, OverflowError, ValueError, TypeError):
        return None
    return value if not isinstance(value, complex) and math.isfinite(value) else None


def largest(given: Given, base: float) -> list[float]:
    """The rates that their arithmetic has to do with, even where it gives a lesser one."""
    ends = [given["override_decay"]] if "override_decay" in given else []
    return [base, *(resolved(base, end.end_lr, end.end_lr_fraction) for end in ends)]


def is_ours_alone(name: str, given: Given, total: float, error: Exception) -> bool:
    """Whether we refuse on purpose what OLMo answers in the run."""
    all_of_it = [given.get("warmup") or 0, given.get("warmup_steps") or 0, given.get("warmup_fraction", 0) * total]
    return (
        max(all_of_it) >= total - 0.5  # we look at the decay that would follow the warmup
        or "PowerLR: `warmup` must be > 0"
        in str(error)  # with a decay longer than the run, a power of a negative ratio
        # A warmup to 0 in a sequence, which is not asked for its step 0; or an end that their rounding tells apart.
        or re.search(r" \((\S+)\), got \1$", str(error)) is not None
    )


@pytest.mark.parametrize("name", sorted(PEERS))
def test_random_arguments(name: str) -> None:
    draw = random.Random(name)
    compared = 0
    for _ in range(600):
        given, base, total = drawn(name, draw)
        made = built(name, given, base, total)
        last = 200 if name in GOES_ON else math.floor(total)
        theirs = {step: answer(name, given, base, step, total) for step in range(last + 1)}
        if not isinstance(made, Schedule):
            assert "\n" not in str(made)
            is_right = None in theirs.values() or is_ours_alone(name, given, total, made)
            assert is_right, f"{name}({given}, {base}, {total}): they answer, we say {made}"
            continue
        assert theirs[0] is not None or name in ("ConstantWithWarmup", "WSD"), f"{name}({given}): they refuse"
        peak = max([abs(value) for value in theirs.values() if value is not None] + largest(given, base))
        for step, value in theirs.items():
            allowed = 0.0 if value is None else max(1e-14 * peak, 4 * float(np.spacing(abs(value))))
            if name == "ExponentialScheduler" and value is not None:  # they round the power to which they raise
                allowed += 2.0**-52 * value * abs(math.log(base) - math.log(given.get("lr_min", 1e-9)))
            ours = made(step)
            wrong = not math.isfinite(ours) if value is None else abs(ours - value) > allowed
            assert not wrong, f"{name}({given}, {base}, {total})[{step}]: {value!r}, ours {ours!r}"
        compared += 1
    assert compared >= 200


def test_every_function_is_compared() -> None:
    assert {*olmo.__all__} - {"ComposableSchedulerStage", "OverrideDecay"} == {*PEERS}


def test_canonical_cosine() -> None:
    made = olmo.CosWithWarmup(warmup=10, alpha_f=0.1, base_lr=1.0, t_max=100)
    expected = [0, 0.1, 0.9, 1, 0.999725872, 0.62814168, 0.100274, 0.1, 0.1, 0.1]
    assert made([0, 1, 9, 10, 11, 50, 99, 100, 101, 110]) == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize("name", ["WSD", "PowerLR", "CosWithWarmupAndLinearDecay"])
def test_they_turn_negative_and_we_hold(name: str) -> None:
    given: Given = {"warmup": 10, "decay": 20, "decay_fraction": None}
    negative = answer(name, given, 1.0, 110, 100)
    assert negative is not None
    assert negative < 0
    assert getattr(olmo, name)(**given, base_lr=1.0, t_max=100)([100, 110, 10**6]).tolist() == [0.0, 0.0, 0.0]


def test_a_decay_goes_on_between_whole_steps() -> None:
    made = olmo.WSD(warmup=10, decay=90, decay_fraction=None, base_lr=1.0, t_max=100)
    assert made(10.5) == pytest.approx(1 - 0.5 / 90)


def test_a_length_for_the_last_part_is_ignored() -> None:
    two = [partial(olmo.ConstantWithWarmup, warmup=4), partial(olmo.LinearWithWarmup, warmup=0)]
    made = olmo.SequentialScheduler(schedulers=two, schedulers_max=[10], base_lr=1.0, t_max=19)
    assert made == olmo.SequentialScheduler(schedulers=two, schedulers_max_steps=[10, 3], base_lr=1.0, t_max=19)


def test_they_divide_by_zero_and_we_have_no_warmup() -> None:
    assert answer("WSD", {"warmup": 0}, 1.0, 0, 100) is None
    assert olmo.WSD(warmup=0, base_lr=1.0, t_max=100)([0, 1, 90, 95]).tolist() == [1.0, 1.0, 1.0, 0.5]
    assert olmo.ConstantWithWarmup(warmup=0, base_lr=1.0)(0) == 1.0


STAGES = [olmo.ComposableSchedulerStage(5, end_lr=0.5)]
PARTS = [partial(olmo.ConstantWithWarmup, warmup=4), olmo.ConstantScheduler]
NEEDED: Given = {
    "base_lr": 1.0,
    "t_max": 100,
    "warmup": 10,
    "period_lengths": [30, 30],
    "stages": STAGES,
    "schedulers": PARTS,
    "schedulers_max": [10],
}
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
NUMBERS = ("base_lr", "t_max", "warmup", "warmup_min_lr", "decay_min_lr", "alpha_f", "lr_min", "b", "cosine_t_max")


def good(name: str) -> Given:
    has = inspect.signature(getattr(olmo, name)).parameters
    given = {key: value for key, value in NEEDED.items() if key in has}
    return given | ({"decay": 5} if name == "WSDS" else {})


@pytest.mark.parametrize("name", sorted(PEERS))
def test_bad_numbers(name: str) -> None:
    build = getattr(olmo, name)
    build(**good(name))
    has = inspect.signature(build).parameters
    for field in NUMBERS:
        for value, error in BAD if field in has else []:
            if name in ("WSDS", "ComposableScheduler") and field == "t_max":
                continue  # without effect
            with pytest.raises(error, match=rf"^{name}: `{field}` must be .*") as refusal:
                build(**(good(name) | {field: value}))
            assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", sorted(PEERS))
@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("base_lr", -0.1, ValueError),
        ("units", "epochs", ValueError),
        ("units", 3, TypeError),
        ("lr_field", None, TypeError),
        ("peak", 1.0, TypeError),
        ("warmup_fraction", 0.1, ValueError),  # beside warmup
        ("warmup_min_lr", 1.0, ValueError),
        ("decay_min_lr", 1.0, ValueError),
        ("decay", "5", TypeError),
        ("decay_fraction", 1.5, ValueError),
        ("lr_min", 0.0, ValueError),
        ("b", 0.0, ValueError),
        ("period_lengths", [], ValueError),
        ("period_lengths", [30, 0], ValueError),
        ("period_lengths", 30, TypeError),
        ("period_lengths", "30", TypeError),
        ("period_lr_multipliers", [1.0], ValueError),
        ("period_lr_multipliers", [1.0, 0.0], ValueError),
        ("stages", [], ValueError),
        ("stages", [olmo.ConstantScheduler], TypeError),
        ("stages", 3, TypeError),
        ("override_decay", 3, TypeError),
        ("schedulers", [], TypeError),
        ("schedulers", [3, 4], TypeError),
        ("schedulers_max", [1, 2, 3], ValueError),
        ("schedulers_max", [0], ValueError),
        ("schedulers_max", ["10"], TypeError),
        ("schedulers_max", None, TypeError),
    ],
)
def test_bad_values(name: str, field: str, value: Any, error: type[Exception]) -> None:
    build = getattr(olmo, name)
    if field in inspect.signature(build).parameters or field in ("units", "lr_field", "peak"):
        given = good(name) | ({"decay_fraction": None} if field == "decay" and name != "WSDS" else {}) | {field: value}
        with pytest.raises(error, match=rf"^{name}: `{field}` must be "):
            build(**given)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("CosWithWarmup", {}, "`warmup` must be given, or `warmup_fraction` in its place"),
        ("WSD", {"warmup": 4, "decay": 5}, "`decay_fraction` must be None beside `decay`, got 0.1"),
        ("WSD", {"warmup": 4, "decay_fraction": None}, "`decay` must be given, or `decay_fraction`"),
        ("InvSqrtWithWarmup", {"warmup": 0}, "`warmup` must be > 0"),
        ("PowerLR", {"warmup": -1}, "`warmup` must be > 0"),
        ("PowerLR", {"warmup": 1, "decay_fraction": 1.0}, "`decay` must be less than `t_max`"),
        ("WSDS", {"period_lengths": [5], "warmup": 3, "decay": 3}, "`warmup` must leave the steps of the decay"),
        ("WSDS", {"period_lengths": [9, 2], "warmup": 3, "decay": 3}, "`decay` must be at most the length of each"),
    ],
)
def test_refusals(name: str, arguments: Given, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name}: {message}"):
        getattr(olmo, name)(**arguments, base_lr=1.0, t_max=100)


def test_a_fraction_needs_a_total() -> None:
    with pytest.raises(
        ValueError, match=r"^ConstantWithWarmup: `t_max` must be given for `warmup_fraction`, got None$"
    ):
        olmo.ConstantWithWarmup(warmup_fraction=0.1, base_lr=1.0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"duration": 0, "end_lr": 0.1}, ValueError, "`duration` must be "),
        ({"duration": 5}, ValueError, "`end_lr` must be given"),
        ({"duration": 5, "end_lr": 0.1, "end_lr_fraction": 0.1}, ValueError, "`end_lr_fraction` must be None beside"),
        ({"duration": 5, "end_lr": -0.1}, ValueError, "`end_lr` must be "),
        ({"duration": 5, "end_lr": "1"}, TypeError, "`end_lr` must be "),
        ({"duration": 5, "end_lr": 1.0, "shape": "sine"}, ValueError, "`shape` must be one of 'linear', 'cosine'"),
    ],
)
def test_stages(arguments: Given, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^ComposableSchedulerStage: {message}"):
        olmo.ComposableSchedulerStage(**arguments)
    with pytest.raises(error, match=f"^OverrideDecay: {message}"):
        olmo.OverrideDecay(start=3, **arguments)
