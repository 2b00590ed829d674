"""Schedules in XGBoost: `LearningRateCallback(schedule)`, with which round k has the learning rate `schedule(k)`."""

from __future__ import annotations

from typing import Any

from pywarmup import _core
from pywarmup.schedule import Schedule

try:
    from xgboost.callback import TrainingCallback
except ImportError as error:
    raise ImportError(
        f"pywarmup.xgboost: XGBoost cannot be imported ({error}); "
        'install it with `pip install "pywarmup-schedules[xgboost]"`'
    ) from error


class LearningRateCallback(TrainingCallback):
    """A callback for `xgboost.train`, `xgboost.cv` and XGBoost's scikit-learn estimators.

    Before round k of the model it sets the learning rate to `schedule(k)`, round 0 included; the `eta` in the
    parameters is not used. Rounds are counted by the model: training that goes on from another model
    (`xgb_model=...`) goes on in the schedule too. The callback has no state, so one may serve several trainings.

    XGBoost's own `LearningRateScheduler(schedule)` is one late (dmlc/xgboost#5155): it sets `schedule(k)` after round
    k, so that round 0 has `eta` and round k has `schedule(k - 1)`. It starts again at 0 when training goes on.

    Args:
        schedule: Any schedule of values >= 0. XGBoost rounds them to float32.

    Raises:
        TypeError: For what is no schedule.

    Example:
        >>> import numpy as np
        >>> import pywarmup as pw
        >>> import xgboost
        >>> data = xgboost.DMatrix(np.array([[0.0], [1.0]]), np.array([0.0, 1.0]))
        >>> callback = LearningRateCallback(pw.warmup_linear(0.3, warmup_steps=2, total_steps=4))
        >>> xgboost.train({}, data, num_boost_round=4, callbacks=[callback]).num_boosted_rounds()
        4

    Same as:
        Setting `booster.set_param("learning_rate", schedule(k))` before every `booster.update(data, k)`.
    """

    def __init__(self, schedule: Schedule) -> None:
        super().__init__()
        self.schedule: Schedule = _core.check("LearningRateCallback", "schedule", _core.Rule.schedule, schedule)

    def before_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Set the learning rate of the round that comes; never stop."""
        model.set_param("learning_rate", self.schedule(model.num_boosted_rounds()))
        return False

    def __repr__(self) -> str:
        return f"LearningRateCallback({self.schedule!r})"
