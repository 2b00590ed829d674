"""The core of `pywarmup.torch.Scheduler` without torch: any object that has parameter groups is an optimizer to it."""

import gc
import math
import pickle
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

import pywarmup as pw
from pywarmup import _core

S = pw.warmup_cosine(0.1, warmup_steps=4, total_steps=20)


class Tensor:
    """What the core needs of one."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def fill_(self, value: float) -> None:
        self.values.append(value)


class Stepper(_core.Stepper):
    """A scheduler's class that allows everything."""

    def _check_order(self) -> None:
        raise AssertionError("the second call of step() asks for the order, if _step_count is 1")

    def _remember(self, group: dict[str, Any], name: str) -> float:
        return float(group.setdefault(f"initial_{name}", group[name]))

    def _is_tensor(self, name: str, value: object, index: int) -> bool:
        return isinstance(value, Tensor)

    def _check_groups(self) -> None:
        raise LookupError("groups")

    def _refuse(self, name: str, value: float, step: float) -> None:
        raise ArithmeticError(name, value, step)


def stepper(*groups: dict[str, Any], name: str = "lr", initial: str | None = None, schedules: Any = (S,)) -> Stepper:
    made = Stepper()
    made.optimizer = SimpleNamespace(param_groups=[*groups])
    key, _, item = name.partition("[")
    made._drive([(key, int(item[:-1] or -1), initial, 0.0, math.inf, len(schedules) > 1, schedules)])
    return made


def test_all_groups_get_the_value_of_each_step() -> None:
    groups: list[dict[str, Any]] = [{"other": 0, "lr": 1.0}, {"lr": 1}, {"a": 1, "b": 2, "lr": 0.5}]
    made = stepper(*groups)
    for step in range(25):
        made.step()
        assert [group["lr"] for group in groups] == [S(step)] * 3
        assert made.last_epoch == step
        assert made._values("lr") == [S(step)] * 3
        made._step_count = 7


def test_factors_multiply_what_each_group_began_with() -> None:
    groups: list[dict[str, Any]] = [{"lr": 1.0}, {"x": 0, "lr": 0.5}]
    made = stepper(*groups, initial="initial_lr")
    made._update_lr(7)
    groups.append({"lr": 0.25})
    made.optimizer.param_groups.append(groups[2])
    made._update_lr(8)
    assert [group["lr"] for group in groups] == [S(8), 0.5 * S(8), 0.25 * S(8)]


def test_items_of_tuples_are_replaced() -> None:
    group = {"betas": (0.9, 0.99)}
    stepper(group, name="betas[0]")._update_lr(4)
    assert group["betas"] == (0.1, 0.99)


def test_a_shared_tensor_is_filled_once_and_others_each() -> None:
    shared, own = Tensor(), Tensor()
    groups: list[dict[str, Any]] = [{"lr": shared}, {"lr": shared}, {"lr": own}, {"lr": 0.5}]
    made = stepper(*groups)
    for step in (3, 4):
        made._update_lr(step)
    assert (shared.values, own.values, groups[3]["lr"]) == ([S(3), S(4)], [S(3), S(4)], S(4))


def test_all_or_nothing() -> None:
    groups: list[dict[str, Any]] = [{"lr": 0.5}, {"lr": 0.25}, {}]
    made = stepper(*groups)
    with pytest.raises(LookupError, match="groups"):
        made.step()
    assert (groups, made.last_epoch, made._step_count) == ([{"lr": 0.5}, {"lr": 0.25}, {}], -1, 0)
    with pytest.raises(ArithmeticError):
        stepper({"lr": 0.5}, schedules=(S - 1.0,)).step()


def test_keys_of_a_loaded_state_are_other_objects() -> None:
    groups = pickle.loads(pickle.dumps([{"x": 1, "lr": 0.5} for _ in range(3)]))
    made = stepper(*groups)
    made._update_lr(9)
    made._update_lr(10)
    assert [group["lr"] for group in groups] == [S(10)] * 3


def test_it_is_collected_with_its_cycle() -> None:
    made = stepper({"lr": 0.5})
    made.optimizer.owner = made
    reference = weakref.ref(made)
    del made
    gc.collect()
    assert reference() is None
