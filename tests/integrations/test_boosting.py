"""Schedules over boosting rounds: LightGBM takes them as they are, XGBoost through `pywarmup.xgboost`."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost
from numpy.typing import NDArray
from running import run_example
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import pywarmup as pw
from pywarmup.xgboost import LearningRateCallback

ROUNDS = 8
FEATURES = np.arange(60.0).reshape(-1, 1) % 2
LABELS = np.where(FEATURES[:, 0] > 0, 1.0, -1.0)
SCHEDULES = {
    "warmup": pw.warmup_cosine(0.3, warmup_steps=3, total_steps=ROUNDS, init_value=0.05, end_value=0.01),
    "endless": pw.InverseSqrt(0.3, timescale=2),
    "short": pw.Linear(0.3, 0.1, steps=4),
    "table": pw.Table([0.3, 0.2, 0.1]),
    "milestones": pw.multi_step(0.3, milestones=[2, 5]),
}
WARMUP = SCHEDULES["warmup"]
FROM_ZERO = pw.warmup_linear(0.3, warmup_steps=3, total_steps=ROUNDS + 1)
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES.keys())


# LightGBM

SETTINGS: dict[str, Any] = {
    "objective": "regression",
    "boost_from_average": False,  # with it, the dump says 1 of the first tree
    "min_data_in_leaf": 1,
    "verbose": -1,
    "num_threads": 1,
    "learning_rate": 0.123,
}


def light(rates: Any, rounds: int = ROUNDS, **others: Any) -> lightgbm.Booster:
    callbacks = [lightgbm.reset_parameter(learning_rate=rates)]
    data = lightgbm.Dataset(FEATURES, LABELS)
    return lightgbm.train(SETTINGS, data, num_boost_round=rounds, callbacks=callbacks, **others)


def shrinkages(booster: lightgbm.Booster) -> list[float]:
    return [tree["shrinkage"] for tree in booster.dump_model()["tree_info"]]


@every_schedule
def test_lightgbm_takes_a_schedule_as_it_is(schedule: pw.Schedule) -> None:
    np.testing.assert_allclose(shrinkages(light(schedule)), schedule.array(ROUNDS), rtol=1e-5)


@every_schedule
def test_lightgbm_takes_a_list_of_values(schedule: pw.Schedule) -> None:
    assert light(schedule[:ROUNDS].tolist()).model_to_string() == light(schedule).model_to_string()


def test_lightgbm_through_its_estimator_and_cross_validation() -> None:
    callback = lightgbm.reset_parameter(learning_rate=WARMUP)
    model = lightgbm.LGBMRegressor(n_estimators=ROUNDS, **SETTINGS).fit(FEATURES, LABELS, callbacks=[callback])
    np.testing.assert_allclose(shrinkages(model.booster_), WARMUP.array(ROUNDS), rtol=1e-5)
    data = lightgbm.Dataset(FEATURES, LABELS)
    folds = lightgbm.cv(SETTINGS, data, ROUNDS, nfold=2, stratified=False, callbacks=[callback], return_cvbooster=True)
    for booster in folds["cvbooster"].boosters:
        np.testing.assert_allclose(shrinkages(booster), WARMUP.array(ROUNDS), rtol=1e-5)


def test_lightgbm_goes_on_with_a_shifted_schedule() -> None:
    """Its rounds begin at 0 again: the rest of a schedule is a shift of it."""
    first = light(WARMUP, 3)
    whole = light(WARMUP.shift(3), ROUNDS - 3, init_model=first)
    np.testing.assert_allclose(shrinkages(whole), WARMUP.array(ROUNDS), rtol=1e-5)


def test_lightgbm_refuses_a_rate_of_zero() -> None:
    with pytest.raises(lightgbm.basic.LightGBMError, match="learning_rate"):
        light(FROM_ZERO)


# XGBoost. Of labels -1 and 1 a round takes away the part that its learning rate says, so the trees tell the rates.

PLAIN: dict[str, Any] = {
    "max_depth": 1,
    "reg_lambda": 0.0,
    "min_child_weight": 0.0,
    "base_score": 0.0,
    "objective": "reg:squarederror",
    "n_jobs": 1,
}
DATA = xgboost.DMatrix(FEATURES, LABELS)


def rates_of(booster: xgboost.Booster) -> NDArray[np.float64]:
    left, rates = 1.0, []
    for text in booster.get_dump(dump_format="json"):
        tree = json.loads(text)
        step = max(leaf["leaf"] for leaf in tree.get("children", [tree]))
        rates.append(step / left)
        left -= step
    return np.array(rates)


def boost(schedule: pw.Schedule, rounds: int = ROUNDS, **others: Any) -> xgboost.Booster:
    parameters = {**PLAIN, **others.pop("parameters", {})}
    return xgboost.train(parameters, DATA, rounds, callbacks=[LearningRateCallback(schedule)], **others)


@every_schedule
def test_xgboost_has_the_rate_of_the_round(schedule: pw.Schedule) -> None:
    np.testing.assert_allclose(rates_of(boost(schedule)), schedule.array(ROUNDS), rtol=2e-6)


def test_xgboost_may_begin_at_zero() -> None:
    np.testing.assert_allclose(rates_of(boost(FROM_ZERO)), FROM_ZERO.array(ROUNDS), rtol=2e-6)


def test_the_trees_are_those_of_a_loop_that_sets_the_rate() -> None:
    booster = xgboost.Booster(PLAIN, [DATA])
    for k in range(ROUNDS):
        booster.set_param("learning_rate", WARMUP(k))
        booster.update(DATA, k)
    assert boost(WARMUP).get_dump() == booster.get_dump()


def test_their_own_callback_is_one_round_late() -> None:
    """Why there is another; if this fails, it may go."""
    callbacks = [xgboost.callback.LearningRateScheduler(WARMUP)]
    late = rates_of(xgboost.train({**PLAIN, "eta": 0.7}, DATA, ROUNDS, callbacks=callbacks))
    np.testing.assert_allclose(late, [0.7, *WARMUP.array(ROUNDS - 1)], rtol=2e-6)


@pytest.mark.parametrize(
    "parameters",
    [{"eta": 0.7}, {"learning_rate": 0.7}, {"booster": "dart"}, {"tree_method": "exact"}],
    ids=["eta", "learning_rate", "dart", "exact"],
)
def test_xgboost_with_other_parameters(parameters: dict[str, Any]) -> None:
    booster = boost(WARMUP, parameters=parameters)
    np.testing.assert_allclose(rates_of(booster), WARMUP.array(ROUNDS), rtol=2e-6)


def test_xgboost_goes_on_where_the_model_ended() -> None:
    first = boost(FROM_ZERO, 5)
    assert boost(FROM_ZERO, ROUNDS - 5, xgb_model=first).get_dump() == boost(FROM_ZERO).get_dump()


def test_xgboost_stops_early_beside_it() -> None:
    booster = boost(WARMUP, 50, evals=[(xgboost.DMatrix(FEATURES, -LABELS), "worse")], early_stopping_rounds=2)
    assert booster.num_boosted_rounds() == 3
    np.testing.assert_allclose(rates_of(booster), WARMUP.array(3), rtol=2e-6)


class Folds(xgboost.callback.TrainingCallback):
    def after_training(self, model: Any) -> Any:
        self.boosters = [fold.bst for fold in model.cvfolds]
        return model


def test_xgboost_cross_validation() -> None:
    folds = Folds()
    xgboost.cv(PLAIN, DATA, ROUNDS, nfold=3, callbacks=[LearningRateCallback(FROM_ZERO), folds])
    assert len(folds.boosters) == 3
    for booster in folds.boosters:
        np.testing.assert_allclose(rates_of(booster), FROM_ZERO.array(ROUNDS), rtol=2e-6)


def estimator() -> xgboost.XGBRegressor:
    return xgboost.XGBRegressor(n_estimators=ROUNDS, callbacks=[LearningRateCallback(FROM_ZERO)], **PLAIN)


def test_xgboost_estimators_and_their_clones() -> None:
    model = estimator().fit(FEATURES, LABELS)
    for fitted in (model, clone(model).fit(FEATURES, LABELS), model.fit(FEATURES, LABELS)):
        np.testing.assert_allclose(rates_of(fitted.get_booster()), FROM_ZERO.array(ROUNDS), rtol=2e-6)


def test_one_callback_serves_a_grid_search() -> None:
    search = GridSearchCV(estimator(), {"max_depth": [1, 2]}, cv=2).fit(FEATURES, LABELS)
    np.testing.assert_allclose(rates_of(search.best_estimator_.get_booster()), FROM_ZERO.array(ROUNDS), rtol=2e-6)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copies_of_the_callback(again: Callable[[Any], Any]) -> None:
    callback = again(LearningRateCallback(WARMUP))
    assert callback.schedule == WARMUP
    assert repr(callback) == f"LearningRateCallback({WARMUP!r})"


@pytest.mark.parametrize("bad", [None, 0.1, [0.1], abs, pw.Linear])
def test_the_callback_wants_a_schedule(bad: Any) -> None:
    with pytest.raises(TypeError) as caught:
        LearningRateCallback(bad)
    assert str(caught.value) == f"LearningRateCallback: `schedule` must be a schedule, got {bad!r}"


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_examples(library: str) -> None:
    assert "test accuracy 0.9" in run_example(f"boosting/{library}_breast_cancer")
