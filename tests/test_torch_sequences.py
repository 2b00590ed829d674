"""Scheduler: any sequence of operations, against a plain model."""

import warnings
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from optimizers import COPIES, RAMP, loaded, optimizer_of, parameter, rates_of, torch

from pywarmup.torch import Scheduler

# Any sequence of operations.


class Run(RuleBasedStateMachine):
    """A scheduler beside a model of it: a step, and for each group a base and the present rate."""

    @initialize(
        mode=st.sampled_from(["value", "factor"]),
        groups=st.lists(st.tuples(st.sampled_from([0.1, 0.5, 3.0]), st.booleans()), min_size=1, max_size=3),
    )
    def construct(self, mode: Any, groups: list[tuple[float, bool]]) -> None:
        self.optimizer = optimizer_of(*[self.rate(*group) for group in groups])
        self.scheduler = Scheduler(self.optimizer, RAMP, mode=mode)
        self.optimizer.step()
        self.mode, self.step, self.bases = mode, 0.0, [base for base, _ in groups]
        self.saved: list[tuple[Any, Any]] = []
        self.write()

    @staticmethod
    def rate(base: float, is_tensor: bool) -> Any:
        return torch.tensor(base, dtype=torch.float64) if is_tensor else base

    def values(self) -> list[float]:
        return [base * RAMP(self.step) if self.mode == "factor" else RAMP(self.step) for base in self.bases]

    def write(self) -> None:
        self.rates = self.values()

    @rule()
    def go_on(self) -> None:
        self.scheduler.step()
        self.step += 1
        self.write()

    @rule(increment=st.sampled_from([0, 2, 0.5]))
    def go_on_by(self, increment: float) -> None:
        self.scheduler.step(increment=increment)
        self.step += increment
        self.write()

    @rule(step=st.integers(0, 20))
    def go_to(self, step: int) -> None:
        self.scheduler.step_to(step)
        self.step = step
        self.write()

    @rule(bad=st.sampled_from([-1, "x", float("nan")]))
    def go_astray(self, bad: Any) -> None:
        with pytest.raises(ValueError, match="Scheduler"):
            self.scheduler.step(bad)

    @precondition(lambda self: len(self.bases) < 5)
    @rule(base=st.sampled_from([0.2, 0.7]), is_tensor=st.booleans())
    def add(self, base: float, is_tensor: bool) -> None:
        self.optimizer.add_param_group({"params": [parameter()], "lr": self.rate(base, is_tensor)})
        self.bases.append(base)
        self.rates.append(base)

    @precondition(lambda self: len(self.bases) > 1)
    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        index = data.draw(st.integers(0, len(self.bases) - 1))
        for groups in (self.optimizer.param_groups, self.bases, self.rates):
            del groups[index]

    @rule()
    def save(self) -> None:
        states = loaded(self.optimizer.state_dict(), self.scheduler.state_dict())
        self.saved.append((states, (self.step, list(self.bases), list(self.rates))))

    @precondition(lambda self: self.saved)
    @rule(data=st.data())
    def load_scheduler(self, data: Any) -> None:
        (_, state), (step, _, _) = data.draw(st.sampled_from(self.saved))
        self.scheduler.load_state_dict(state)
        self.step = step
        self.write()

    @precondition(lambda self: self.saved)
    @rule(data=st.data())
    def load_optimizer(self, data: Any) -> None:
        (state, _), (_, bases, rates) = data.draw(st.sampled_from(self.saved))
        if len(bases) != len(self.bases):
            with pytest.raises(ValueError, match="parameter groups"):
                self.optimizer.load_state_dict(state)
            return
        is_in_force = self.rates == self.values()
        self.optimizer.load_state_dict(state)
        self.bases, self.rates = list(bases), list(rates)
        if is_in_force:
            self.write()

    @rule(duplicate=st.sampled_from(list(COPIES.values())))
    def copy(self, duplicate: Any) -> None:
        self.optimizer, self.scheduler = duplicate((self.optimizer, self.scheduler))

    @invariant()
    def agrees(self) -> None:
        if hasattr(self, "bases"):
            assert self.scheduler.last_epoch == self.step
            assert [float(rate) for rate in rates_of(self.optimizer)] == self.rates
            assert self.scheduler.get_last_lr() == self.values()


Run.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestAnySequenceOfOperations = Run.TestCase


def test_warnings_are_errors_in_these_tests() -> None:
    with pytest.raises(UserWarning, match="x"):
        warnings.warn("x", UserWarning, stacklevel=1)
