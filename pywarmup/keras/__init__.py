"""Schedules in Keras 3, on every backend: `LearningRate(schedule)` for optimizers, and `LearningRateCallback`."""

try:
    import keras
except ImportError as error:
    if error.name != "keras":
        raise ImportError(
            f"pywarmup.keras: Keras needs its backend (`KERAS_BACKEND` names one that has no {error.name!r}); "
            "install it, or set KERAS_BACKEND to tensorflow, torch or jax"
        ) from error
    raise ImportError(
        f'pywarmup.keras: Keras cannot be imported ({error}); install it with `pip install "pywarmup-schedules[keras]"`'
    ) from error
if not hasattr(keras, "ops"):
    raise ImportError(
        f"pywarmup.keras: Keras is too old (`keras.__version__` is {keras.__version__!r}); install Keras 3"
    )

from pywarmup.keras.callback import LearningRateCallback
from pywarmup.keras.learning_rate import LearningRate

__all__ = ["LearningRate", "LearningRateCallback"]
