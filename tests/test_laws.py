"""Laws that hold for every schedule, over compositions that hypothesis makes."""

import copy
import dataclasses
import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import pywarmup as pw
from pywarmup import _core

LENGTHS = st.integers(1, 200)
AMOUNTS = st.one_of(st.just(0.0), st.floats(1e-6, 2.0))
POSITIVE = st.floats(1e-6, 2.0)
STEPS = st.one_of(st.integers(0, 1200), st.floats(0.0, 1200.0, allow_subnormal=False))
POWERS_OF_TWO = st.integers(-20, 20).map(lambda exponent: 2.0**exponent)

BOUNDED_SHAPES = st.one_of(
    st.builds(pw.Constant, AMOUNTS, steps=LENGTHS),
    st.builds(pw.Linear, AMOUNTS, AMOUNTS, steps=LENGTHS),
    st.builds(pw.Cosine, AMOUNTS, AMOUNTS, steps=LENGTHS, exponent=st.sampled_from([1.0, 2.0, 0.7])),
    st.builds(pw.Polynomial, AMOUNTS, AMOUNTS, steps=LENGTHS, power=st.sampled_from([0, 0.5, 2, 3.3])),
    st.builds(pw.Exponential, POSITIVE, POSITIVE, steps=LENGTHS),
    st.builds(pw.OneMinusSqrt, AMOUNTS, AMOUNTS, steps=LENGTHS),
    st.builds(pw.SquareRoot, AMOUNTS, AMOUNTS, steps=LENGTHS),
    st.builds(pw.Logarithmic, AMOUNTS, AMOUNTS, steps=LENGTHS),
    st.builds(pw.Tanh, AMOUNTS, AMOUNTS, steps=LENGTHS),
    st.builds(pw.Rex, AMOUNTS, AMOUNTS, steps=LENGTHS),
    st.builds(
        lambda length, a, b: pw.PiecewiseLinear([(0, a), (length, b), (2 * length, a)]), LENGTHS, AMOUNTS, AMOUNTS
    ),
)
ENDLESS_SHAPES = st.one_of(
    st.builds(pw.Constant, AMOUNTS),
    st.builds(pw.ExponentialDecay, AMOUNTS, decay_rate=AMOUNTS, every=LENGTHS, staircase=st.booleans()),
    st.builds(pw.NaturalExponentialDecay, AMOUNTS, decay_rate=AMOUNTS, every=LENGTHS),
    st.builds(pw.InverseSqrt, AMOUNTS, timescale=LENGTHS),
    st.builds(pw.InverseTime, AMOUNTS, decay_rate=AMOUNTS, every=LENGTHS, staircase=st.booleans()),
    st.builds(pw.PowerLaw, AMOUNTS, power=st.floats(-2.0, 1.0), timescale=LENGTHS),
    st.builds(pw.SaturatingExponential, AMOUNTS, timescale=LENGTHS),
    st.builds(pw.RAdam, AMOUNTS, beta2=st.floats(0.61, 0.9999)),
    st.builds(
        lambda length, values: pw.PiecewiseConstant(values, milestones=[length]), LENGTHS, st.tuples(AMOUNTS, AMOUNTS)
    ),
)


def within(s: pw.Schedule, steps: int) -> int:
    """As many steps, or as a shift may skip: fewer than all."""
    return steps if s.total_steps is None else int(min(steps, s.total_steps // 2))


def changed(inner: pw.Schedule, how: str, length: int, amount: float) -> pw.Schedule:
    """A schedule with one combinator around it."""
    changes: dict[str, Callable[[], pw.Schedule]] = {
        "scale": lambda: inner * amount,
        "offset": lambda: inner + amount,
        "clip": lambda: inner.clip(0.1, 0.1 + amount),
        "shift": lambda: inner.shift(within(inner, length)),
        "stretch": lambda: inner.stretch(0.5 + amount),
        "until": lambda: inner.until(length),
        "repeat": lambda: inner.until(length).repeat(3, decay=0.25 + amount),
        "grow": lambda: inner.until(length).repeat(3, growth=2),
        "reverse": lambda: inner.until(length).reverse(),
        "warp": lambda: inner.until(length).warp(0.25 + amount),
        "stairs": lambda: inner.stairs(1.0 + 7.0 * amount),
        "mirror": lambda: inner.until(length).past_end("mirror").until(2.5 * length),
    }
    return changes[how]()


HOW = st.sampled_from(
    ["scale", "offset", "clip", "shift", "stretch", "until", "repeat", "grow", "reverse", "warp", "stairs", "mirror"]
)


@st.composite
def schedules(draw: st.DrawFn, bounded: bool = False, depth: int = 3) -> pw.Schedule:
    """A shape, or up to `depth` combinators around shapes."""
    if depth == 0 or draw(st.booleans()):
        return draw(BOUNDED_SHAPES if bounded or draw(st.booleans()) else ENDLESS_SHAPES)
    inner = draw(schedules(depth=depth - 1))
    if draw(st.booleans()):
        result = changed(inner, draw(HOW), draw(LENGTHS), draw(AMOUNTS))
    else:
        other = draw(schedules(depth=depth - 1))
        make = draw(st.sampled_from([pw.join, pw.minimum, pw.maximum, pw.Schedule.__mul__, pw.Schedule.__add__]))
        result = make(inner.until(draw(LENGTHS)) if make is pw.join else inner, other)
    return result if not bounded or result.total_steps is not None else result.until(draw(LENGTHS))


ANY = schedules()
BOUNDED = schedules(bounded=True)
GRID = np.concatenate([np.arange(420), np.linspace(0, 500, 173)])


def alike(one: pw.Schedule, other: pw.Schedule, steps: Any = GRID) -> bool:
    """Whether the values agree in every bit."""
    return one(steps).tobytes() == other(steps).tobytes()


def law(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`given`, with room for slow machines."""
    quiet = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    return lambda test: quiet(given(*strategies)(test))


# Time.


@law(BOUNDED, BOUNDED, ANY)
def test_join_is_associative(a: pw.Schedule, b: pw.Schedule, c: pw.Schedule) -> None:
    flat = pw.join(a, b, c)
    for nested in (pw.join(pw.join(a, b), c), pw.join(a, pw.join(b, c)), pw.join(pw.join(a), pw.join(pw.join(b, c)))):
        assert nested == flat
        assert hash(nested) == hash(flat)
        assert alike(nested, flat)
    stages = [part.stages if isinstance(part, pw.Join) else (part,) for part in (a, b, c)]
    assert flat.stages == sum(stages, ())


@law(BOUNDED, ANY, st.floats(0.0, 1.0, exclude_max=True))
def test_junctions(a: pw.Schedule, b: pw.Schedule, part: float) -> None:
    boundary = a.total_steps
    both = pw.join(a, b)
    assert both(0) == a(0)
    assert both(boundary) == b(0)
    if part * boundary < boundary and not isinstance(a, pw.Join):
        assert both(part * boundary) == a(part * boundary)
    if isinstance(boundary, int) and not isinstance(b, pw.Join):
        steps = np.arange(300)
        assert both(boundary + steps).tobytes() == b(steps).tobytes()
        assert both.array(boundary).tobytes() == a.array(boundary).tobytes()
    assert both.total_steps == (None if b.total_steps is None else boundary + b.total_steps) or isinstance(b, pw.Join)


@law(ANY, st.integers(0, 500), st.integers(0, 500), STEPS)
def test_shifts_add(s: pw.Schedule, k: int, m: int, t: float) -> None:
    k, m = within(s, k), within(s, m)
    if s.total_steps is None or k + m < s.total_steps:
        assert s.shift(k).shift(m) == s.shift(k + m)
    assert s.shift(k)(int(t)) == s(int(t) + k)
    if not isinstance(s, pw.Shift):  # two shifts are one addition, which rounds a real step once
        assert s.shift(k)(t) == s(t + k)


@law(ANY, POWERS_OF_TWO, STEPS)
def test_stretch_by_a_power_of_two_is_exact(s: pw.Schedule, k: float, t: float) -> None:
    assert s.stretch(k)(k * t) == s(t)


@law(ANY, st.floats(0.1, 10.0), POWERS_OF_TWO)
def test_stretches_multiply(s: pw.Schedule, k: float, m: float) -> None:
    assert s.stretch(k).stretch(m) == s.stretch(k * m)


@law(BOUNDED, st.integers(1, 5), st.integers(0, 800))
def test_repeat_is_the_remainder(s: pw.Schedule, times: int, t: int) -> None:
    assume(isinstance(s.total_steps, int))
    length = s.total_steps
    t %= times * length
    assert s.repeat(times)(t) == s.repeat()(t) == s.past_end("repeat")(t) == s(t % length)
    assert s.repeat(times)(times * length + t) == s(length)
    assert s.repeat(times, decay=0.5)(t) == s(t % length) * 0.5 ** (t // length)


@law(BOUNDED, st.integers(2, 3), st.integers(0, 3), st.integers(0, 199))
def test_cycles_grow(s: pw.Schedule, growth: int, cycle: int, t: int) -> None:
    assume(isinstance(s.total_steps, int))
    begin = sum(s.total_steps * growth**c for c in range(cycle))
    t %= s.total_steps * growth**cycle
    assert s.repeat(growth=growth)(begin + t) == s.stretch(float(growth**cycle))(t)
    assert s.repeat(4, growth=growth)(begin + t) == s.stretch(float(growth**cycle))(t)


@law(ANY, st.integers(1, 50), STEPS)
def test_stairs_are_as_high_as_where_it_begins(s: pw.Schedule, every: int, t: float) -> None:
    stairs = s.stairs(every)
    assert stairs(t) == s(t // every * every)
    assert (stairs.total_steps is None) == (s.total_steps is None)
    assert s.total_steps is None or s.total_steps <= stairs.total_steps < s.total_steps + every


@law(BOUNDED, st.floats(0.1, 5.0))
def test_a_warp_keeps_the_ends(s: pw.Schedule, power: float) -> None:
    warped = s.warp(power)
    assert (warped(0), warped(s.total_steps), warped.total_steps) == (s(0), s(s.total_steps), s.total_steps)


@law(st.floats(1e-50, 1.0), st.floats(0.5, 2**40), st.floats(0.1, 5.0))
def test_a_warp_raises_the_progress_to_a_power(progress: float, steps: float, power: float) -> None:
    warped = pw.Linear(0.0, 1.0, steps=steps).warp(power)
    assert warped(progress * steps) == pytest.approx(progress**power, rel=1e-12)


@law(BOUNDED, st.integers(0, 400))
def test_reverse_twice(s: pw.Schedule, t: int) -> None:
    assume(isinstance(s.total_steps, int))
    t = min(t, s.total_steps)
    assert s.reverse()(t) == s(s.total_steps - t)
    assert s.reverse().reverse()(t) == s(t)


@law(ANY, LENGTHS, STEPS)
def test_until_holds(s: pw.Schedule, length: int, t: float) -> None:
    ended = s.until(length)
    assert ended.total_steps == length
    assert ended(t) == s(min(t, length))


@law(BOUNDED, STEPS, st.integers(1, 4))
def test_past_end_policies(s: pw.Schedule, t: float, laps: int) -> None:
    assume(not isinstance(s, pw.PastEnd))
    length = s.total_steps
    assert s.past_end("hold") == s == s.past_end("mirror").past_end("hold")
    early = min(t, length)
    for policy in ("mirror", "error"):
        assert s.past_end(policy)(early) == s(early)
    if isinstance(length, int):
        local = int(t) % (length + 1)
        assert s.past_end("mirror")(2 * laps * length + local) == s(local)
        assert s.past_end("mirror")(2 * laps * length - local) == s(local)
    with pytest.raises(ValueError, match="step"):
        s.past_end("error")(math.nextafter(length, math.inf))


# Values.


@law(ANY, POWERS_OF_TWO, st.floats(-3.0, 3.0), STEPS)
def test_scale_and_offset_round_once(s: pw.Schedule, power: float, c: float, t: float) -> None:
    """Once each; numbers that follow one another merge."""
    value = s(t)
    if not isinstance(s, pw.Scale):
        assert (s * power)(t) == value * power
        assert (s * c)(t) == (c * s)(t) == c * value
    if not isinstance(s, pw.Offset):
        assert (s + c)(t) == (c + s)(t) == value + c
        assert (s - c)(t) == value - c
    assert (c - s)(t) == c - value
    assert (-s)(t) == -value


@law(ANY, ANY, STEPS)
def test_products_and_sums_commute(a: pw.Schedule, b: pw.Schedule, t: float) -> None:
    if not isinstance(a, pw.Product) and not isinstance(b, pw.Product):
        assert (a * b)(t) == (b * a)(t) == a(t) * b(t)
    if not isinstance(a, pw.Sum) and not isinstance(b, pw.Sum):
        assert (a + b)(t) == (b + a)(t) == a(t) + b(t)
    assert (a - b)(t) == pytest.approx(a(t) - b(t))


@law(ANY, ANY, ANY, STEPS)
def test_minimum_and_maximum(a: pw.Schedule, b: pw.Schedule, c: pw.Schedule, t: float) -> None:
    for combine, of in ((pw.minimum, min), (pw.maximum, max)):
        assert combine(a, a)(t) == combine(a)(t) == a(t)
        assert combine(a, b)(t) == combine(b, a)(t) == of(a(t), b(t))
        assert combine(a, combine(b, c))(t) == combine(combine(a, b), c)(t) == combine(a, b, c)(t)


@law(ANY, AMOUNTS, AMOUNTS, STEPS)
def test_clip_is_idempotent(s: pw.Schedule, one: float, other: float, t: float) -> None:
    lower, upper = sorted((one, other))
    clipped = s.clip(lower, upper)
    assert clipped(t) == clipped.clip(lower, upper)(t) == min(max(s(t), lower), upper)
    assert s.clip()(t) == s(t)


# Values as values.


@law(ANY)
def test_round_trips(s: pw.Schedule) -> None:
    copies = [
        eval(repr(s), vars(pw)),
        pw.from_dict(s.to_dict()),
        pw.from_json(s.to_json()),
        *(pickle.loads(pickle.dumps(s, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),
        copy.copy(s),
        copy.deepcopy(s),
        dataclasses.replace(s),
    ]
    for other in copies:
        assert type(other) is type(s)
        assert other == s
        assert hash(other) == hash(s)
        assert repr(other) == repr(s)
        assert other.to_json() == s.to_json()
        assert other.fingerprint == s.fingerprint
        assert (other.total_steps, other.depth) == (s.total_steps, s.depth)
        assert alike(other, s)
    assert len({s, *copies}) == 1


@law(ANY, ANY)
def test_equal_is_equal(a: pw.Schedule, b: pw.Schedule) -> None:
    assert (a == b) == (repr(a) == repr(b)) == (a.to_json() == b.to_json()) == (a.fingerprint == b.fingerprint)
    assert a != repr(a)


@law(ANY, st.randoms(use_true_random=False))
def test_pure(s: pw.Schedule, source: random.Random) -> None:
    expected = dict(enumerate(s.array(300).tolist()))
    steps = [source.randrange(300) for _ in range(60)]
    assert [s(step) for step in steps] == [expected[step] for step in steps]
    assert s.array(300).tolist() == list(expected.values())


@law(ANY)
def test_frozen(s: pw.Schedule) -> None:
    for field in dataclasses.fields(s):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(s, field.name, 1.0)
    with pytest.raises((AttributeError, TypeError)):
        s.something = 1.0


def test_replace_and_match() -> None:
    s = pw.Linear(0.0, 0.1, steps=10)
    longer = dataclasses.replace(s, steps=20)
    assert longer == pw.Linear(0.0, 0.1, steps=20)
    assert (longer(10), s(10)) == (0.05, 0.1)
    with pytest.raises(ValueError, match="steps"):
        dataclasses.replace(s, steps=-1)
    match pw.join(s, pw.Constant(0.1)) * 2:
        case pw.Scale(pw.Join((pw.Linear(init, end, steps=steps), pw.Constant(value))), factor):
            assert (init, end, steps, value, factor) == (0.0, 0.1, 10, 0.1, 2.0)
        case _:
            pytest.fail("did not match")


def test_equal_numbers_of_other_types_make_equal_schedules() -> None:
    same = {
        pw.Linear(0, 1, steps=10),
        pw.Linear(0.0, np.float64(1), steps=10.0),
        pw.Linear(-0.0, 1.0, steps=np.int8(10)),
    }
    assert len(same) == 1
    assert len({repr(s) for s in same}) == 1


# Size.


def test_a_million_stages() -> None:
    stages = [pw.Constant(float(index % 1000), steps=3) for index in range(1000)]
    s = pw.Join(stages * 1000)
    assert (s.total_steps, len(s.stages)) == (3_000_000, 1_000_000)
    steps = np.array([0, 2, 3, 2_999, 3_000, 1_500_001, 2_999_999, 3_000_000, 2**53])
    assert s(steps).tolist() == [0, 0, 1, 999, 0, 0, 999, 999, 999]
    assert [s(step) for step in steps.tolist()] == s(steps).tolist()
    assert s.array(2_999_990, 3_000_000).tolist() == [996, *[997] * 3, *[998] * 3, *[999] * 3]


def nested(depth: int) -> pw.Schedule:
    """Clips, as they do not merge."""
    s: pw.Schedule = pw.Linear(0.0, 1.0, steps=10)
    for level in range(depth - 1):
        s = s.clip(upper=2.0 + level)
    return s


def test_deepest_nesting() -> None:
    s, again = nested(_core.LARGEST_DEPTH), nested(_core.LARGEST_DEPTH)
    assert s.depth == _core.LARGEST_DEPTH
    assert s == again
    assert hash(s) == hash(again)
    assert s(5) == 0.5
    assert s.array(11).tolist() == pw.Linear(0.0, 1.0, steps=10).array(11).tolist()
    assert (
        pickle.loads(pickle.dumps(s)) == copy.deepcopy(s) == pw.from_json(s.to_json()) == pw.from_dict(s.to_dict()) == s
    )
    assert repr(s) == repr(again)
    assert repr(s).count("Clip(") == _core.LARGEST_DEPTH - 1
    assert s.fingerprint == again.fingerprint


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: s * 2,
        lambda s: s + 1,
        lambda s: s.clip(0, 1),
        lambda s: s.shift(1),
        lambda s: s.stretch(2),
        lambda s: s.until(5),
        lambda s: s.repeat(2),
        lambda s: s.repeat(2, growth=2),
        lambda s: s.reverse(),
        lambda s: s.past_end("mirror"),
        lambda s: pw.join(s, s),
        lambda s: pw.minimum(s, s),
        lambda s: pw.maximum(s, s),
        lambda s: s * s,
        lambda s: s + s,
    ],
)
def test_one_deeper_is_an_error(wrap: Callable[[pw.Schedule], pw.Schedule]) -> None:
    assert wrap(nested(_core.LARGEST_DEPTH - 1)).depth == _core.LARGEST_DEPTH
    with pytest.raises(ValueError, match="100"):
        wrap(nested(_core.LARGEST_DEPTH))


def test_a_repeat_stays_within_a_cycle_beyond_countable_cycles() -> None:
    schedule = pw.Linear(1.0, 0.0, steps=0.1).repeat()
    assert all(0.0 <= schedule(step) <= 1.0 for step in range(2**53 - 1000, 2**53))
