"""Schedules in loops of other libraries, written as the README writes them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import thinc.api
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier, SGDRegressor

import pywarmup as pw

STEPS = 12
ABOVE_ZERO = pw.warmup_cosine(0.3, warmup_steps=4, total_steps=STEPS, init_value=0.05, end_value=0.01)
FROM_ZERO = pw.warmup_cosine(0.3, warmup_steps=4, total_steps=STEPS)


# scikit-learn


def test_scikit_learn_has_the_rate_of_the_step() -> None:
    """Of a weight that wants to be 1, each step takes away the part that the learning rate says."""
    model = SGDRegressor(learning_rate="constant", penalty=None, fit_intercept=False)
    left = [1.0]
    for _, lr in pw.follow(ABOVE_ZERO):
        model.set_params(eta0=lr).partial_fit([[1.0]], [1.0])
        left.append(1.0 - model.coef_[0])
    np.testing.assert_allclose(1 - np.divide(left[1:], left[:-1]), ABOVE_ZERO.array(STEPS), rtol=1e-12)


def test_scikit_learn_over_batches_and_epochs() -> None:
    images, labels = load_digits(return_X_y=True)
    loader = list(zip(np.array_split(images / 16, 30), np.array_split(labels, 30), strict=True))
    schedule = pw.warmup_cosine(0.5, warmup_steps=15, total_steps=150, init_value=0.01, end_value=0.01)
    model = SGDClassifier(learning_rate="constant", random_state=0)
    batches = pw.with_lr(loader, schedule)
    rates = []
    for _ in range(5):
        for (x, y), lr in batches:
            rates.append(model.set_params(eta0=lr).partial_fit(x, y, classes=range(10)).eta0)
    assert rates == schedule.array().tolist()
    assert batches.step == 150
    assert model.score(images / 16, labels) > 0.9


# thinc, and with it spaCy


def rates_of(learn_rate: Any, steps: int) -> list[float]:
    """What thinc takes away from a weight whose gradient is 1."""
    optimizer = thinc.api.SGD(learn_rate, L2=0.0, grad_clip=0.0, use_averages=False)
    rates = []
    for _ in range(steps):
        weights, _ = optimizer((1, "w"), np.zeros(1, np.float32), np.ones(1, np.float32))
        optimizer.step_schedules()
        rates.append(-float(weights[0]))
    return rates


def test_thinc_through_its_schedule() -> None:
    learn_rate = thinc.api.Schedule("pywarmup", lambda _, step, **extra: FROM_ZERO(step))
    assert rates_of(learn_rate, 20) == FROM_ZERO.array(20, dtype=np.float32).tolist()


@pytest.mark.parametrize("make", [list, lambda s: (lr for lr in s)], ids=["list", "generator"])
def test_thinc_takes_lists_and_generators(make: Callable[[pw.Schedule], Any]) -> None:
    assert rates_of(make(FROM_ZERO), STEPS) == FROM_ZERO.array(STEPS, dtype=np.float32).tolist()


def test_thinc_refuses_a_schedule_as_it_is() -> None:
    """Why the README wraps it; if this fails, it need not."""
    with pytest.raises(ValueError, match="Invalid schedule for 'learn_rate'"):
        thinc.api.SGD(FROM_ZERO)


# tinygrad


def test_tinygrad_assigns_the_rate() -> None:
    pytest.importorskip("tinygrad")
    from tinygrad import Tensor
    from tinygrad.helpers import Context
    from tinygrad.nn.optim import SGD

    weight = Tensor([0.0], device="CPU").realize()
    optimizer = SGD([weight], lr=0.0)
    rates = []
    with Context(TRAINING=1):
        for _, lr in pw.follow(FROM_ZERO):
            optimizer.lr.assign([lr])
            before = weight.item()
            optimizer.zero_grad()
            weight.sum().backward()
            optimizer.step()
            rates.append(before - weight.item())
    np.testing.assert_allclose(rates, FROM_ZERO.array(STEPS), atol=2e-7)
