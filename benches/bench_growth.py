"""How does the cost grow with the elements, the stages and the depth of a product?"""

import itertools
from functools import partial, reduce
from operator import mul

import numpy as np
import pytest

import pywarmup as pw
from interleave import measure, repeated
from peers import numpy_fill, numpy_where, pywarmup_out
from runs import Run

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
LARGEST = {"numpy_where": 10_000_000}  # its temporary arrays would need gigabytes
STAGES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
DEPTHS = (1, 2, 4, 8, 16)
ELEMENTS = 100_000
SECONDS = 1.0


@pytest.mark.parametrize("size", SIZES)
def test_elements(size, record):
    run = Run("warmup_cosine", size)
    takes_part = {
        peer.__name__.removeprefix("peers."): repeated(peer.array(run))
        for peer in (pywarmup_out, numpy_fill, numpy_where)
        if size <= LARGEST.get(peer.__name__.removeprefix("peers."), size)
    }
    grow("elements", size, takes_part, record, per=size)


@pytest.mark.parametrize("count", STAGES)
def test_stages(count, record):
    lengths = np.array(stage_lengths(count))
    s = join_of(count)
    ends = np.cumsum(lengths)
    steps = np.random.default_rng(0).integers(0, ends[-1], ELEMENTS)

    def with_numpy():
        stage = np.searchsorted(ends, steps, side="right")
        return 1.0 - 0.5 * (steps - ends[stage] + lengths[stage]) / lengths[stage]

    assert np.allclose(s(steps), with_numpy(), rtol=1e-9, atol=0.0)
    timed = {
        "pywarmup_out": repeated(partial(s.array, ELEMENTS, out=np.empty(ELEMENTS))),
        "pywarmup_call": repeated(partial(s, steps)),
        "numpy_where": repeated(with_numpy),
    }
    grow("stages", count, timed, record, per=ELEMENTS)


@pytest.mark.parametrize("count", STAGES)
def test_step_among_stages(count, record):
    s = join_of(count)
    steps = np.random.default_rng(0).integers(0, len(s), 1_000).tolist()

    def ask() -> None:
        for step in steps:
            s.lr(step)

    grow("one step among stages", count, {"pywarmup_lr": repeated(ask)}, record, per=len(steps))


@pytest.mark.parametrize("depth", DEPTHS)
def test_depth(depth, record):
    factors = itertools.islice(
        itertools.cycle([pw.Cosine(1.0, 0.5, steps=ELEMENTS), pw.Exponential(1.0, 0.5, steps=ELEMENTS)]), depth
    )
    s = reduce(mul, factors)
    u = np.arange(ELEMENTS) / ELEMENTS

    def with_numpy():
        value = np.ones(ELEMENTS)
        for factor in range(depth):
            value *= 0.5**u if factor % 2 else 0.75 + 0.25 * np.cos(np.pi * u)
        return value

    assert np.allclose(s.array(ELEMENTS), with_numpy(), rtol=1e-9, atol=0.0)
    out = np.empty(ELEMENTS)
    grow(
        "depth",
        depth,
        {"pywarmup_out": repeated(partial(s.array, ELEMENTS, out=out)), "numpy_where": repeated(with_numpy)},
        record,
        per=ELEMENTS,
    )


def stage_lengths(count):
    """Return lengths that differ, at least 10, and so long that the stages fill the array."""
    return [max(10, ELEMENTS // count) + i % 7 for i in range(count)]


def join_of(count):
    """Return a schedule of that many stages."""
    return pw.join(*(pw.Linear(1.0, 0.5, steps=length) for length in stage_lengths(count)))


def grow(question, count, timed, record, per):
    """Measure and record seconds per element, at one point of the curve."""
    samples, failed = measure(timed, SECONDS)
    assert not failed, failed
    for peer, each in samples.items():
        record(f"growth with {question}", str(count), peer, [sample / per for sample in each])
