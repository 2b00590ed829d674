"""Weight decay, momentum and betas, driven by the callback and computed within the training step."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trainer import BACKEND, MODES, fit, model_with, weight_of

import pywarmup as pw
from pywarmup.keras import LearningRate, LearningRateCallback

OPTIMIZERS = keras.optimizers
RATE = pw.warmup_cosine(0.1, warmup_steps=3, total_steps=16)
DECAY = pw.Linear(0.0, 0.5, steps=16)
MOMENTUM = pw.Linear(0.9, 0.5, steps=16)
SCHEDULES = {"learning_rate": RATE, "weight_decay": DECAY, "momentum": MOMENTUM}


def at(step: int) -> tuple[float, float, float]:
    return RATE(step), DECAY(step), MOMENTUM(step)


def assert_trained(moved: Any, numbers: list[tuple[float, float, float]]) -> None:
    """With these in each update; Keras' SGD, in float64: weight decay first, then momentum; the gradient is 1."""
    weight, velocity, weights = 0.0, 0.0, []
    for rate, decay, momentum in numbers:
        weight -= weight * decay * rate
        velocity = momentum * velocity - rate
        weight += velocity
        weights.append(weight)
    np.testing.assert_allclose(-np.cumsum(moved), weights, rtol=2e-6)


ALL = [at(step) for step in range(16)]


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_all_of_them_follow_their_schedules(mode: dict[str, Any]) -> None:
    model = model_with(OPTIMIZERS.SGD(9.0, momentum=0.3), **mode)
    moved, history = fit(model, 8, LearningRateCallback(SCHEDULES), epochs=2)
    assert_trained(moved, ALL)
    assert history["weight_decay"] == [DECAY(7), DECAY(15)]
    assert history["momentum"] == [MOMENTUM(7), MOMENTUM(15)]


def test_afterwards_the_optimizer_has_numbers() -> None:
    model = model_with(OPTIMIZERS.SGD(9.0, momentum=0.3))
    before = len(model.optimizer.variables)
    moved, _ = fit(model, 8, LearningRateCallback(SCHEDULES))
    assert (model.optimizer.weight_decay, model.optimizer.momentum) == (DECAY(7), MOMENTUM(7))
    assert "get_config" not in vars(model.optimizer)
    assert len(model.optimizer.variables) == before + 2  # the momenta of kernel and bias
    assert_trained([*moved, *fit(model, 4)[0]], [*ALL[:8], *[at(7)] * 4])
    assert model.optimizer.get_config()["weight_decay"] == DECAY(7)


def test_a_model_that_has_trained_without_is_taken_over() -> None:
    model = model_with(OPTIMIZERS.SGD(0.05, momentum=0.3))
    first, _ = fit(model, 4)
    moved, _ = fit(model, 12, LearningRateCallback(SCHEDULES))
    assert_trained([*first, *moved], [*[(0.05, 0.0, 0.3)] * 4, *ALL[4:]])


def test_a_second_fit_goes_on() -> None:
    model = model_with(OPTIMIZERS.SGD(9.0, momentum=0.3))
    callback = LearningRateCallback(SCHEDULES)
    moved = np.concatenate([fit(model, 8, callback)[0], fit(model, 8, callback)[0]])
    assert_trained(moved, ALL)


def test_a_fit_that_was_interrupted_is_gone_on_with() -> None:
    def interrupt(batch: int, logs: Any) -> None:
        if batch == 7:
            raise KeyboardInterrupt

    model = model_with(OPTIMIZERS.SGD(9.0, momentum=0.3))
    with pytest.raises(KeyboardInterrupt):
        fit(model, 12, LearningRateCallback(SCHEDULES), keras.callbacks.LambdaCallback(on_train_batch_end=interrupt))
    fit(model, 8, LearningRateCallback(SCHEDULES))
    other = model_with(OPTIMIZERS.SGD(9.0, momentum=0.3))
    fit(other, 16, LearningRateCallback(SCHEDULES))
    assert weight_of(model) == pytest.approx(weight_of(other))
    assert model.optimizer.momentum == MOMENTUM(15)


def test_what_is_saved_during_training_goes_on(tmp_path: Path) -> None:
    model = model_with(OPTIMIZERS.SGD(9.0, momentum=0.3))
    save = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    first, _ = fit(model, 4, LearningRateCallback(SCHEDULES), save, epochs=2)
    again = keras.saving.load_model(tmp_path / "2.keras")
    assert again.optimizer.momentum == pytest.approx(MOMENTUM(8))
    assert int(keras.ops.convert_to_numpy(again.optimizer.iterations)) == 8
    moved, _ = fit(again, 8, LearningRateCallback(SCHEDULES))
    assert_trained([*first, *moved], ALL)


@pytest.mark.skipif(BACKEND == "torch", reason="Keras refuses steps_per_execution with torch")
def test_beside_a_learning_rate_they_follow_in_every_execution() -> None:
    model = model_with(OPTIMIZERS.SGD(LearningRate(RATE), momentum=0.3), steps_per_execution=4)
    callback = LearningRateCallback({"weight_decay": DECAY, "momentum": MOMENTUM})
    moved, history = fit(model, 16, callback)
    each, _ = fit(model_with(OPTIMIZERS.SGD(9.0, momentum=0.3)), 16, LearningRateCallback(SCHEDULES))
    np.testing.assert_allclose(np.cumsum(moved), np.cumsum(each)[3::4], rtol=2e-6)
    assert history["momentum"] == [MOMENTUM(15)]


@pytest.mark.parametrize(
    ("optimizer", "name"),
    [
        (OPTIMIZERS.AdamW(0.1), "weight_decay"),
        (OPTIMIZERS.Adam(0.1), "beta_1"),
        (OPTIMIZERS.Nadam(0.1), "beta_2"),
        (OPTIMIZERS.Lion(0.1, beta_2=0.5), "beta_1"),
        (OPTIMIZERS.RMSprop(0.1, momentum=0.5), "momentum"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_constant_schedule_is_the_constant(optimizer: Any, name: str) -> None:
    """And another value is not: the schedule really reaches the update."""
    optimizer = optimizer.from_config(optimizer.get_config())
    others = {value: optimizer.from_config({**optimizer.get_config(), name: value}) for value in (0.5, 0.8)}
    targets = [0.0, -2.0, 1.0, -2.0, 0.5, -1.1]  # gradients are 1 more
    plain = {value: fit(model_with(other), 6, targets=targets)[0] for value, other in others.items()}
    moved, _ = fit(model_with(optimizer), 6, LearningRateCallback({name: pw.Constant(0.8)}), targets=targets)
    np.testing.assert_allclose(moved, plain[0.8], rtol=1e-5, atol=1e-7)
    assert np.abs(moved - plain[0.5]).max() > 1e-3


def test_a_wrong_accumulation_is_noticed() -> None:
    model = model_with(OPTIMIZERS.SGD(LearningRate(RATE), gradient_accumulation_steps=2))
    message = r"LearningRate must have the optimizer's `gradient_accumulation_steps`, 2, got 1$"
    with pytest.raises(ValueError, match=message):
        fit(model, 4, LearningRateCallback({"weight_decay": DECAY}))


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({"lr": RATE}, r"got 'lr'; did you mean 'learning_rate'\?$"),
        ({"betas": RATE}, r"got 'betas'; did you mean 'beta_[12]'\?$"),
        ({}, r"`schedule` must name at least one hyperparameter, got {}$"),
        (pw.Linear(1.0, 0.0, steps=4) - 0.5, r"`learning_rate` must be >= 0, and its schedule gives -0.25 at step 3$"),
        (
            pw.Linear(0.5, 0.0, steps=4) - 0.0625,
            r"`learning_rate` must be >= 0, and its schedule gives -0.0625 at step 4$",
        ),
        ({"momentum": pw.Constant(1.0)}, r"`momentum` must be >= 0 and < 1, and its schedule gives 1.0 at step 0$"),
    ],
    ids=str,
)
def test_what_cannot_be_driven_is_refused(schedule: Any, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^LearningRateCallback: .*{message}"):
        LearningRateCallback(schedule)


@pytest.mark.parametrize("schedule", [0.1, None, {"learning_rate": 0.1}, [RATE]], ids=str)
def test_what_is_no_schedule_is_refused(schedule: Any) -> None:
    with pytest.raises(TypeError, match=r"^LearningRateCallback: `schedule` must be a schedule, or a dictionary"):
        LearningRateCallback(schedule)


def test_what_is_no_unit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^LearningRateCallback: `unit` must be 'update' or 'epoch', got 'batch'$"):
        LearningRateCallback(RATE, unit="batch")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("optimizer", "name", "message"),
    [
        (OPTIMIZERS.SGD(0.1), "momentum", r"must be created with a momentum, .* \(`momentum` is 0.0\); SGD\(momentum="),
        (OPTIMIZERS.Adam(0.1), "momentum", r"must name what the optimizer has, got 'momentum' for Adam$"),
    ],
)
def test_what_the_optimizer_lacks_is_refused(optimizer: Any, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^LearningRateCallback: .*{message}"):
        fit(model_with(optimizer), 2, LearningRateCallback({name: MOMENTUM}))
