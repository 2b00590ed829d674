"""A schedule as Keras' own kind of schedule, computed inside the training step: `LearningRate(schedule)`."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from pywarmup import _core
from pywarmup.schedule import Schedule
from pywarmup.serialize import from_dict
from pywarmup.trace import Formula, names_of, write


@keras.saving.register_keras_serializable(package="pywarmup")
class LearningRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A schedule to give to a Keras optimizer in the place of its learning rate.

    It works on every backend, in `fit` with and without compilation, with any `steps_per_execution`, and is saved with
    the model. Inside a compiled step it computes the schedule's own formula with `keras.ops`; elsewhere it asks the
    schedule. Whole steps are subtracted as integers before anything is rounded, so float32 keeps its place in runs of
    any length. Keras itself counts updates in 32 bits with JAX and torch.

    Models saved with it load where `pywarmup.keras` has been imported.

    Args:
        schedule: Any schedule of learning rates; its step is the number of updates already made.
        gradient_accumulation_steps: What the optimizer has under that name, >= 1. Keras counts batches for its
            schedules; with this, `s(0)` is the rate of the first `k` of them, which make one update. It cannot be found
            out from here: a schedule without it runs `k` times too fast, and a callback beside it is what notices.

    Raises:
        TypeError: For what is no schedule, or a `gradient_accumulation_steps` that is no integer.
        ValueError: For a `gradient_accumulation_steps` below 1.

    Example:
        >>> import keras
        >>> import pywarmup as pw
        >>> rate = LearningRate(pw.warmup_cosine(3e-4, warmup_steps=100, total_steps=1_000))
        >>> optimizer = keras.optimizers.AdamW(learning_rate=rate)
        >>> float(optimizer.learning_rate)
        0.0
        >>> round(float(rate(50)), 8)
        0.00015

    Same as:
        `keras.optimizers.schedules.CosineDecay(0.0, decay_steps, warmup_target=peak, warmup_steps=w, alpha=end / peak)`
        for `pw.warmup_cosine(peak, warmup_steps=w, total_steps=w + decay_steps, end_value=end)`.
    """

    def __init__(self, schedule: Schedule, *, gradient_accumulation_steps: int = 1) -> None:
        _core.check("LearningRate", "schedule", _core.Rule.schedule, schedule)
        self.schedule = schedule
        self.gradient_accumulation_steps = _check_accumulation(gradient_accumulation_steps)
        self._formulas = {True: self._write(whole=True)}  # not when it is called, which torch.compile would look into

    def __call__(self, step: Any) -> Any:
        """Return the rates at a step: a tensor, of float64 where that is Keras' `floatx` and else of float32.

        Args:
            step: A number, or an array, tensor or variable of them: updates, or batches where gradients accumulate.
                What a compiled step brings is not checked.
        """
        known = known_value(step)
        if known is None:
            return self._replay(step)
        if self.gradient_accumulation_steps > 1:
            known = known // self.gradient_accumulation_steps
        return ops.convert_to_tensor(self.schedule(known), dtype=_real())

    def get_config(self) -> dict[str, Any]:
        """Return the schedule's own `to_dict()`, and `gradient_accumulation_steps` if there are any."""
        config = self.schedule.to_dict()
        if self.gradient_accumulation_steps > 1:
            config["gradient_accumulation_steps"] = self.gradient_accumulation_steps
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRate:
        """Return what `get_config` described."""
        definition = dict(config)
        accumulation = definition.pop("gradient_accumulation_steps", 1)
        return cls(from_dict(definition), gradient_accumulation_steps=accumulation)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(LearningRate, gradient_accumulation_steps=self.gradient_accumulation_steps), (self.schedule,)

    def __repr__(self) -> str:
        k = self.gradient_accumulation_steps
        return f"LearningRate({self.schedule!r}{f', gradient_accumulation_steps={k}' if k > 1 else ''})"

    def _replay(self, step: Any) -> Any:
        """Compute the formula with `keras.ops`, of a tensor that may have no value yet."""
        steps = ops.convert_to_tensor(step)
        is_whole = "int" in keras.backend.standardize_dtype(steps.dtype)
        if self.gradient_accumulation_steps > 1:
            steps = ops.floor_divide(steps, self.gradient_accumulation_steps)
        if is_whole not in self._formulas:
            self._formulas[is_whole] = self._write(whole=is_whole)
        formula = self._formulas[is_whole]
        whole, real = _whole(), _real()
        tables = [ops.convert_to_tensor(table, whole if table.dtype.kind == "i" else real) for table in formula.tables]
        return formula.run(steps, tables, whole, real, float(np.finfo(real).max))

    def _write(self, *, whole: bool) -> Formula:
        return write(self.schedule, _NAMES, whole=whole, bits=np.iinfo(_whole()).bits)


def known_value(step: Any) -> Any:
    """Return a step as a number or an array, or None: if it has no value yet, or one that had to be waited for."""
    if isinstance(step, keras.Variable):
        step = step.value
    elif not ops.is_tensor(step):
        return step
    if not _is_known(step):
        return None
    array = step.detach().numpy() if hasattr(step, "detach") else np.asarray(step)
    return array.item() if array.ndim == 0 else array


def _is_known(tensor: Any) -> bool:
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return tensor.device.type == "cpu" and not torch.compiler.is_compiling()
    if backend == "jax":
        import jax

        return not isinstance(tensor, jax.core.Tracer)
    if backend == "tensorflow":
        import tensorflow

        return bool(tensorflow.executing_eagerly())
    return True


def _check_accumulation(value: Any) -> int:
    problem = f"LearningRate: `gradient_accumulation_steps` must be an integer >= 1, got {value!r}"
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(problem)
    if value < 1:
        raise ValueError(problem)
    return int(value)


def _whole() -> str:
    """The largest integers of the backend."""
    if keras.backend.backend() != "jax":
        return "int64"
    import jax

    return str(jax.numpy.result_type(int))


def _real() -> str:
    """What rates are computed in: a lower `floatx` is too coarse for them."""
    return "float64" if keras.config.floatx() == "float64" else "float32"


# Keras' own make float32 of float64 with JAX and torch.


def _floor(array: Any) -> Any:
    return array // 1.0


def _minimum(array: Any, bound: Any) -> Any:
    return _where(array < bound, array, bound)


def _maximum(array: Any, bound: Any) -> Any:
    return _where(array < bound, bound, array)


def _where(condition: Any, first: Any, second: Any) -> Any:
    return ops.where(condition, _like(second, first), _like(first, second))


def _like(array: Any, value: Any) -> Any:
    return ops.convert_to_tensor(value, array.dtype) if isinstance(value, int | float) else value


def _search(table: Any, steps: Any, side: str) -> Any:
    """Search as NumPy does; TensorFlow's takes no number, and everyone's answers in another type."""
    found = ops.searchsorted(table, ops.reshape(steps, (-1,)), side)
    return ops.cast(ops.reshape(found, ops.shape(steps)), _whole())


_NAMES = names_of(
    ops, cast=ops.cast, floor=_floor, maximum=_maximum, minimum=_minimum, searchsorted=_search, where=_where
)
