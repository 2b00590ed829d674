"""NumPy as one writes it: whole-array expressions and `np.where`, for any steps."""

from collections.abc import Callable

import numpy as np

from peers import DOUBLE
from runs import Array, Kind, Run, Steps

NAME = "NumPy where"
TOLERANCE = DOUBLE


def array(run: Run) -> Callable[[], Array]:
    return at(run, run.steps)


def at(run: Run, steps: Steps) -> Callable[[], Array]:
    formula = FORMULAS[run.kind]
    return lambda: formula(run, steps)


def warmup_cosine(run: Run, k: Steps) -> Array:
    progress = (k - run.warmup_steps) / run.decay_steps
    decay = run.end + (run.peak - run.end) * 0.5 * (1.0 + np.cos(np.pi * progress))
    return np.where(k < run.warmup_steps, run.peak * k / run.warmup_steps, decay)


def warmup_linear(run: Run, k: Steps) -> Array:
    decay = run.end + (run.peak - run.end) * (run.total_steps - k) / run.decay_steps
    return np.where(k < run.warmup_steps, run.peak * k / run.warmup_steps, decay)


def exponential(run: Run, k: Steps) -> Array:
    rate = (run.end / run.peak) ** (1 / run.total_steps)
    return run.peak * rate**k


def restarts(run: Run, k: Steps) -> Array:
    """Find the cycle by its logarithm, which is exact here because the cycles double."""
    cycle = np.floor(np.log2(k / run.cycle_steps + 1.0))
    length = run.cycle_steps * np.exp2(cycle)
    progress = (k - (length - run.cycle_steps)) / length
    return run.peak * 0.5 * (1.0 + np.cos(np.pi * progress))


def product(run: Run, k: Steps) -> Array:
    progress = k / run.total_steps
    cosine = run.end + (run.peak - run.end) * 0.5 * (1.0 + np.cos(np.pi * progress))
    return cosine * (1.0 - 0.5 * progress) * 0.1**progress


FORMULAS: dict[Kind, Callable[[Run, Steps], Array]] = {
    "warmup_cosine": warmup_cosine,
    "warmup_linear": warmup_linear,
    "exponential": exponential,
    "restarts": restarts,
    "product": product,
}
KINDS = tuple(FORMULAS)
