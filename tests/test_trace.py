"""The recorded formula, replayed with NumPy, is the schedule."""

import numpy as np
import pytest
from registry import SAMPLES, last_step

from pywarmup.trace import replay

TOLERANCE = 1e-15  # of the peak


@pytest.mark.parametrize("name", SAMPLES)
def test_a_replay_with_numpy_agrees_with_the_core(name: str) -> None:
    schedule = SAMPLES[name]
    steps = np.arange(last_step(schedule) + 1, dtype=np.float64)
    expected = schedule(steps)
    with np.errstate(all="raise", under="ignore"):
        actual = replay(schedule, steps, np)
    peak = np.abs(expected).max()
    assert np.abs(actual - expected).max() <= TOLERANCE * peak


@pytest.mark.parametrize("name", SAMPLES)
def test_a_replay_takes_real_steps(name: str) -> None:
    schedule = SAMPLES[name]
    steps = np.random.default_rng(7).uniform(0, last_step(schedule), 500)
    expected = schedule(steps)
    actual = replay(schedule, steps, np)
    assert np.abs(actual - expected).max() <= TOLERANCE * np.abs(expected).max()
