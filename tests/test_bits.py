"""The same 64 bits, however a step is asked for; and the same bits as on every platform, by golden hashes.

`PYTHONPATH=. python tests/test_bits.py --record` writes tests/golden.json anew: for each sample the SHA-256 of its
values as little-endian binary64 at steps 0, 1, ... and at random real steps, then of the first of these as binary32.
A change of a hash is a change of behaviour, to be named in the changelog.
"""

import hashlib
import json
import pickle
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from registry import SAMPLES, last_step

import pywarmup as pw
from pywarmup import _core

GOLDEN = Path(__file__).with_name("golden.json")
Values = NDArray[np.float64]

each_sample = pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)


def count(schedule: pw.Schedule) -> int:
    """How many whole steps to look at."""
    return min(last_step(schedule), 2000) + 1


def real_steps(schedule: pw.Schedule, size: int = 200) -> Values:
    source = random.Random(1)
    return np.array([source.random() * last_step(schedule) for _ in range(size)])


def one_by_one(schedule: pw.Schedule, steps: NDArray[np.generic]) -> Values:
    return np.array([schedule(step) for step in steps.tolist()])


def same(values: Values, expected: Values) -> bool:
    """Whether two arrays agree in type, shape and every bit, that of -0.0 and the payload of nan included."""
    return values.dtype == expected.dtype and values.shape == expected.shape and values.tobytes() == expected.tobytes()


@each_sample
def test_array_is_scalar(schedule: pw.Schedule) -> None:
    steps = np.arange(count(schedule))
    expected = one_by_one(schedule, steps)
    assert same(schedule.array(len(steps)), expected)
    assert same(schedule(steps), expected)
    assert same(schedule.lr(steps), expected)
    assert same(schedule(range(len(steps))), expected)
    assert same(schedule(steps.tolist()), expected)
    assert [schedule.lr(step) for step in range(20)] == [schedule[step] for step in range(20)] == expected[:20].tolist()
    assert [schedule(float(step)) for step in range(20)] == expected[:20].tolist()
    assert [schedule(np.int32(step)) for step in range(20)] == expected[:20].tolist()


@each_sample
def test_real_steps_are_scalar(schedule: pw.Schedule) -> None:
    steps = real_steps(schedule)
    expected = one_by_one(schedule, steps)
    assert same(schedule(steps), expected)
    assert same(schedule(steps[::-1]), expected[::-1])
    single = steps.astype(np.float32)
    assert same(schedule(single), one_by_one(schedule, single.astype(np.float64)))


@each_sample
def test_order_and_strides(schedule: pw.Schedule) -> None:
    steps = np.arange(count(schedule))
    expected = schedule.array(len(steps))
    order = np.random.default_rng(1).permutation(len(steps))
    assert same(schedule(steps[order]), expected[order])
    assert same(schedule(steps[::-1]), expected[::-1])
    assert same(schedule(steps[::3]), expected[::3])
    assert same(schedule(np.repeat(steps, 2)[1::2]), expected)


@each_sample
@pytest.mark.parametrize(
    "dtype", ["<i4", ">i4", "<u8", ">u8", "i8", ">i8", "u2", "<f4", ">f4", "<f8", ">f8", "f2", "longdouble"]
)
def test_types_of_steps(schedule: pw.Schedule, dtype: str) -> None:
    steps = np.arange(count(schedule))
    assert same(schedule(steps.astype(dtype)), schedule.array(len(steps)))


@each_sample
def test_small_and_shaped_steps(schedule: pw.Schedule) -> None:
    size = min(128, count(schedule)) // 2 * 2
    expected = schedule.array(size)
    assert same(schedule(np.arange(size).astype(np.int8)), expected)
    assert same(schedule(np.arange(size).reshape(2, -1)), expected.reshape(2, -1))
    assert same(schedule(np.arange(size).reshape(2, -1).T), np.ascontiguousarray(expected.reshape(2, -1).T))
    assert same(schedule(np.arange(size).reshape(-1, 2, order="F")), expected.reshape(2, -1).T.copy())
    assert schedule(np.zeros((0, 3))).shape == (0, 3)
    assert schedule(np.array(3)) == expected[3]


@each_sample
def test_chunks_and_stepped_ranges(schedule: pw.Schedule) -> None:
    size = count(schedule)
    expected = schedule.array(size)
    for width in (1, 7, 64, 333):
        edges = [*range(0, size, width), size]
        chunks = [schedule[begin:end] for begin, end in pairwise(edges)]
        assert same(np.concatenate(chunks), expected)
    for begin, end, step in ((0, size, 2), (3, size, 7), (size - 1, size, 1), (5, 5, 3), (1, size, 1000)):
        assert same(schedule.array(begin, end, step), expected[begin:end:step])
        assert same(schedule[begin:end:step], expected[begin:end:step])


@each_sample
def test_iteration(schedule: pw.Schedule) -> None:
    size = count(schedule)
    listed = np.array(list(islice(schedule, size)))
    assert same(listed, schedule.array(len(listed)))
    assert len(listed) == (size if schedule.total_steps is None else min(size, len(schedule)))


def test_iteration_across_blocks() -> None:
    schedule = pw.Cosine(0.1, 0.0, steps=10_000)
    assert same(np.array(list(schedule)), schedule.array())
    endless = pw.InverseSqrt(0.1, timescale=9)
    assert same(np.array(list(islice(endless, 9_000))), one_by_one(endless, np.arange(9_000)))


@each_sample
def test_float32_is_rounded_once(schedule: pw.Schedule) -> None:
    size = count(schedule)
    single = schedule.array(size, dtype="float32")
    assert single.dtype == np.float32
    assert single.tobytes() == schedule.array(size).astype(np.float32).tobytes()


@each_sample
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_out(schedule: pw.Schedule, dtype: str) -> None:
    size = count(schedule)
    expected = schedule.array(size, dtype=dtype)
    room = np.full(3 * size + 2, 7.0, dtype)
    for out in (room[1 : size + 1], room[1 : 3 * size + 1 : 3], room[size::-1][:size]):
        room.fill(7.0)
        assert schedule.array(size, out=out) is out
        assert out.tobytes() == expected.tobytes()
        out.fill(7.0)
        assert (room == 7.0).all()


@each_sample
def test_threads(schedule: pw.Schedule) -> None:
    size = count(schedule)
    expected, steps = schedule.array(size), np.arange(size)

    def ask(index: int) -> bool:
        at = index * size // 16
        return same(schedule(steps), expected) and schedule(at) == expected[at] and same(schedule.array(size), expected)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(16)))


@each_sample
def test_after_pickling(schedule: pw.Schedule) -> None:
    size = count(schedule)
    again = pickle.loads(pickle.dumps(schedule))
    assert same(again.array(size), schedule.array(size))
    assert same(again(real_steps(schedule)), schedule(real_steps(schedule)))


@each_sample
def test_long_arrays(schedule: pw.Schedule) -> None:
    """Blocks and tails of the filling loop: every length near a power of two, and steps far out."""
    size = count(schedule)
    expected = schedule.array(size)
    for length in (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65):
        assert same(schedule.array(min(length, size)), expected[:length])
        assert same(schedule(np.arange(size)[size - min(length, size) :]), expected[size - min(length, size) :])


@each_sample
def test_far_steps(schedule: pw.Schedule) -> None:
    if isinstance(schedule, pw.PastEnd) and schedule.policy == "error":
        with pytest.raises(ValueError, match="where the schedule ends"):
            schedule(2**24)
        return
    steps = np.array([2**24, 2**24 + 1, 2**31 - 1, 2**31, 2**32 + 1, 2**53 - 1, 2**53])
    values = schedule(steps)
    assert same(values, one_by_one(schedule, steps))
    assert np.isfinite(values).all()
    assert same(schedule.array(2**53 - 9, 2**53), one_by_one(schedule, np.arange(2**53 - 9, 2**53)))


@each_sample
def test_values_are_finite_and_no_negative_zero(schedule: pw.Schedule) -> None:
    for values in (schedule.array(count(schedule)), schedule(real_steps(schedule))):
        assert np.isfinite(values).all()
        assert not np.signbit(values[values == 0]).any()


# Ranges that begin and end anywhere: where they are cut at halves, turns and stages, every value is still its own.


@settings(deadline=None, max_examples=300)
@given(
    steps=st.integers(1, 400) | st.floats(0.5, 400.0),
    start=st.integers(0, 500),
    length=st.integers(0, 700),
    stride=st.integers(1, 3),
    kind=st.sampled_from(["linear", "cosine", "exponential", "decay", "join", "repeat", "until"]),
)
def test_any_range_is_scalar(steps: float, start: int, length: int, stride: int, kind: str) -> None:
    schedule = {
        "linear": pw.Linear(0.1, 1.0, steps=steps),
        "cosine": pw.Cosine(1.0, 0.1, steps=steps),
        "exponential": pw.Exponential(1.0, 1e-9, steps=steps),
        "decay": pw.ExponentialDecay(1.0, decay_rate=0.3, every=steps),
        "join": pw.join(pw.Linear(0.0, 1.0, steps=steps), pw.Cosine(1.0, 0.0, steps=100), pw.Constant(0.2)),
        "repeat": pw.Cosine(1.0, 0.0, steps=steps).repeat(3, decay=0.5),
        "until": pw.Exponential(0.1, 1.0, steps=steps).shift(steps / 4).until(steps / 3),
    }[kind]
    stop = start + length
    expected = np.array([schedule(step) for step in range(start, stop, stride)], dtype=float)
    assert same(schedule.array(start, stop, stride), expected)
    assert same(schedule.at(np.arange(start, stop, stride)), expected)


# One set of bits on every instruction set.


@pytest.fixture(params=_core.instruction_sets())
def instruction_set(request: pytest.FixtureRequest) -> Iterator[str]:
    _core.use_instruction_set(request.param)
    yield request.param
    _core.use_instruction_set(_core.instruction_sets()[-1])


@each_sample
def test_every_instruction_set_gives_the_bits_of_single_steps(schedule: pw.Schedule, instruction_set: str) -> None:
    steps = np.arange(count(schedule))
    expected = one_by_one(schedule, steps)
    assert same(schedule.array(len(steps)), expected)
    assert same(schedule.array(len(steps))[3:], schedule.array(3, len(steps)))
    assert same(schedule.array(1, len(steps), 5), expected[1::5])
    assert same(schedule(steps), expected)
    order = np.random.default_rng(2).permutation(len(steps))
    assert same(schedule(steps[order]), expected[order])
    real = real_steps(schedule)
    assert same(schedule(real), one_by_one(schedule, real))
    assert schedule.array(len(steps), dtype="float32").tobytes() == expected.astype(np.float32).tobytes()


def test_an_unknown_instruction_set_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must be one of instruction_sets\(\), got mmx"):
        _core.use_instruction_set("mmx")


# Any steps into a given array.


@each_sample
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_at(schedule: pw.Schedule, dtype: str) -> None:
    steps = np.arange(min(300, count(schedule)) // 2 * 2).reshape(2, -1)
    expected = schedule(steps).astype(dtype)
    assert same(schedule.at(steps, dtype=dtype), expected)
    for out in (np.empty_like(expected), np.empty_like(expected.T).T, np.empty((4, steps.shape[1]), dtype)[::2]):
        for layout in (steps, steps.astype(">i4"), np.asfortranarray(steps), steps.astype("f4")):
            out.fill(-7.0)
            assert schedule.at(layout, out=out) is out
            assert out.tobytes() == expected.tobytes()


# Golden hashes.


def golden_hash(schedule: pw.Schedule) -> str:
    size = count(schedule)
    parts = [schedule.array(size), schedule(real_steps(schedule))]
    text = b"".join(part.astype("<f8").tobytes() for part in parts)
    return hashlib.sha256(text + schedule.array(size, dtype="float32").astype("<f4").tobytes()).hexdigest()


@pytest.fixture(scope="module")
def golden() -> dict[str, str]:
    return dict(json.loads(GOLDEN.read_text()))


@pytest.mark.parametrize("name", SAMPLES)
def test_golden_hashes(name: str, golden: dict[str, str]) -> None:
    assert golden_hash(SAMPLES[name]) == golden[name]


def test_there_is_a_golden_hash_for_each_sample(golden: dict[str, str]) -> None:
    assert list(golden) == list(SAMPLES)


if __name__ == "__main__" and "--record" in sys.argv:
    hashes = {name: golden_hash(schedule) for name, schedule in SAMPLES.items()}
    GOLDEN.write_text(json.dumps(hashes, indent=2) + "\n")
