"""Training at the rates of a schedule, by `LearningRate` and by `LearningRateCallback`."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trainer import BACKEND, MODES, SINGLE, fit, mean_output, model_with, weight_of

import pywarmup as pw
from pywarmup.keras import LearningRate, LearningRateCallback

SHARED = Path(os.environ.get("SHARED", "."))
SCHEDULE = pw.warmup_cosine(0.25, warmup_steps=3, total_steps=16, end_value=0.01)
RATES = SCHEDULE.array(16)
SGD = keras.optimizers.SGD


def close(given: Any, expected: Any) -> None:
    np.testing.assert_allclose(given, expected, rtol=0, atol=SINGLE)


def with_learning_rate(**options: Any) -> tuple[keras.Model, list[Any]]:
    return model_with(SGD(LearningRate(SCHEDULE)), **options), []


def with_callback(**options: Any) -> tuple[keras.Model, list[Any]]:
    return model_with(SGD(9.0), **options), [LearningRateCallback(SCHEDULE)]


WAYS = [with_learning_rate, with_callback]


@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_every_batch_is_trained_at_its_rate(way: Any, mode: dict[str, Any]) -> None:
    model, callbacks = way(**mode)
    moved, _ = fit(model, 8, *callbacks, epochs=2)
    close(moved, RATES)
    if mode == MODES[0]:
        (SHARED / f"{BACKEND}.json").write_text(json.dumps(list(np.cumsum(moved))))


@pytest.mark.parametrize("way", WAYS)
def test_a_second_fit_goes_on(way: Any) -> None:
    model, callbacks = way()
    close(fit(model, 5, *callbacks)[0], RATES[:5])
    close(fit(model, 5, *callbacks)[0], RATES[5:10])


def test_a_saved_model_is_trained_on_by_other_backends_too() -> None:
    model, _ = with_learning_rate()
    fit(model, 7)
    model.save(SHARED / f"{BACKEND}.keras")
    others = {"jax", "tensorflow"} if BACKEND != "torch" else set()  # its optimizers are classes of their own
    for path in [path for path in SHARED.glob("*.keras") if path.stem in {BACKEND, *others}]:
        again = keras.saving.load_model(path)
        assert again.optimizer._learning_rate.schedule == SCHEDULE
        close(fit(again, 9)[0], RATES[7:])


def test_a_saved_model_is_trained_on_with_the_callback(tmp_path: Path) -> None:
    model, callbacks = with_callback()
    fit(model, 7, *callbacks)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    close(fit(again, 9, LearningRateCallback(SCHEDULE))[0], RATES[7:])


@pytest.mark.parametrize("batches", [12, 5])
def test_accumulated_gradients_are_applied_at_the_rate_of_the_update(batches: int) -> None:
    rate = LearningRate(SCHEDULE, gradient_accumulation_steps=3)
    for model, callbacks in (
        (model_with(SGD(rate, gradient_accumulation_steps=3)), []),
        (model_with(SGD(9.0, gradient_accumulation_steps=3)), [LearningRateCallback(SCHEDULE)]),
    ):
        moved, _ = fit(model, batches, *callbacks, epochs=2)
        close(moved[2::3], RATES[: len(moved) // 3])
        close(np.delete(moved, slice(2, None, 3)), 0.0)


@pytest.mark.skipif(BACKEND == "torch", reason="Keras refuses steps_per_execution with torch")
def test_several_batches_in_one_execution_have_their_own_rates() -> None:
    model, _ = with_learning_rate(steps_per_execution=4)
    moved, _ = fit(model, 16)
    close(moved, RATES.reshape(4, 4).sum(axis=1))


def test_the_callback_refuses_several_batches_in_one_execution() -> None:
    model, callbacks = with_callback(steps_per_execution=4)
    message = (
        r"^LearningRateCallback: Keras holds the rate for several batches \(`steps_per_execution` is 4\); "
        r"give the optimizer learning_rate=LearningRate\(schedule\) instead$"
    )
    model.optimizer.build(model.trainable_variables)
    callbacks[0].set_model(model)
    with pytest.raises(ValueError, match=message):
        callbacks[0].on_train_begin()


@pytest.mark.parametrize("way", WAYS)
def test_a_loss_scale_that_skips_updates_does_not_move_the_schedule(way: Any) -> None:
    def loss(y_true: Any, y_pred: Any) -> Any:  # infinite as long as the scale is above 2**13
        return mean_output(y_true, y_pred) * keras.ops.where(keras.ops.mean(y_true) > 0, np.inf, 1.0)

    model, callbacks = way()
    model.compile(keras.optimizers.LossScaleOptimizer(model.optimizer, initial_scale=4.0), loss=loss)
    bad, batches = {2, 3, 6}, 10
    x, y = np.zeros((batches, 1), "f4"), np.array([[float(i in bad)] for i in range(batches)], "f4")
    model.fit(x, y, batch_size=1, shuffle=False, verbose=0, callbacks=callbacks)
    close(weight_of(model), -RATES[: batches - len(bad)].sum())


@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_batches_are_traced_once(way: Any) -> None:
    calls, after_first = [], []

    def loss(y_true: Any, y_pred: Any) -> Any:
        calls.append(1)  # when Python runs it, which compiled code does not
        return mean_output(y_true, y_pred)

    first = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: after_first.append(len(calls)))
    schedule = pw.warmup_cosine(1e-3, warmup_steps=100, total_steps=1_000)
    model, callbacks = way()
    optimizer = SGD(LearningRate(schedule)) if way is with_learning_rate else SGD(9.0)
    callbacks = [LearningRateCallback(schedule)] if callbacks else []
    model.compile(optimizer, loss=loss, jit_compile=BACKEND != "torch")
    data = np.zeros((1_001, 1), "f4"), np.zeros((1_001, 1), "f4")
    model.fit(*data, batch_size=1, verbose=0, callbacks=[*callbacks, first])
    assert len(calls) == (after_first[0] + 1_000 if BACKEND == "torch" else after_first[0])
    assert weight_of(model) == pytest.approx(-schedule.array(1_001).sum(), rel=1e-4)


@pytest.mark.skipif(BACKEND != "torch" or shutil.which("g++") is None, reason="torch.compile needs g++")
@pytest.mark.parametrize("way", WAYS)
def test_torch_compiles_it_once_and_without_a_break_of_its_own(way: Any) -> None:
    import torch

    def graphs(model: keras.Model, callbacks: list[Any], batches: int) -> int:
        close(fit(model, batches, *callbacks)[0], RATES[:batches])
        return int(torch._dynamo.utils.counters["stats"]["unique_graphs"])

    torch.compiler.reset()
    torch._dynamo.utils.counters.clear()
    model, callbacks = way(jit_compile=True)
    before = graphs(model, callbacks, 4)
    model.optimizer.iterations.assign(0)
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    assert graphs(model, callbacks, 16) == before
    broken = torch._dynamo.utils.counters["graph_break"]
    assert not [reason for reason in broken if "backward" not in reason and "_local_scalar_dense" not in reason]


def test_the_logs_have_the_rate_of_the_last_update() -> None:
    model, callbacks = with_callback()
    _, history = fit(model, 8, *callbacks, epochs=2)
    assert history["lr"] == history["learning_rate"] == [SCHEDULE(7), SCHEDULE(15)]


@pytest.mark.parametrize("accumulation", [None, 2, 3])
def test_a_schedule_may_count_epochs(accumulation: int | None) -> None:
    schedule, k = pw.warmup_linear(0.25, warmup_steps=0.5, total_steps=2), accumulation or 1
    model = model_with(SGD(9.0, gradient_accumulation_steps=accumulation))
    moved, _ = fit(model, 8, LearningRateCallback(schedule, unit="epoch"), epochs=2)
    updates = np.arange(16 // k)
    close(moved[k - 1 :: k], schedule(updates * k / 8))


def test_an_epoch_of_unknown_length_is_refused() -> None:
    def data() -> Any:
        yield np.zeros((1, 1), "f4"), np.zeros((1, 1), "f4")

    model = model_with(SGD(9.0))
    with pytest.raises(ValueError, match=r"^LearningRateCallback: an epoch .*; give fit steps_per_epoch$"):
        model.fit(data(), verbose=0, callbacks=[LearningRateCallback(SCHEDULE, unit="epoch")])


def test_a_schedule_is_what_keras_own_scheduler_takes() -> None:
    """No adapter is needed for a rate for each epoch."""
    schedule = pw.warmup_linear(0.25, warmup_steps=2, total_steps=4)
    _, history = fit(model_with(SGD(9.0)), 2, keras.callbacks.LearningRateScheduler(schedule), epochs=4)
    assert history["learning_rate"] == [0.0, 0.125, 0.25, 0.125]


def test_two_schedules_for_one_rate_are_refused() -> None:
    model, _ = with_learning_rate()
    with pytest.raises(ValueError, match=r"must have a number as `learning_rate`, got LearningRate; leave out one"):
        fit(model, 2, LearningRateCallback(SCHEDULE))


def test_several_optimizers_are_refused() -> None:
    optimizers = keras.optimizers
    if not hasattr(optimizers, "MultiOptimizer"):
        pytest.skip("needs a newer Keras")
    model = model_with(optimizers.MultiOptimizer(optimizers.OptimizerMap(SGD(0.1))))
    with pytest.raises(ValueError, match=r"must have one optimizer \(`optimizer` is a MultiOptimizer\)"):
        fit(model, 2, LearningRateCallback(SCHEDULE))
