"""Scheduler: nothing stays behind, and whatever is done, the interpreter lives."""

import contextlib
import copy
import gc
import os
import pickle
import subprocess
import sys
import textwrap
import weakref
from typing import Any

import pytest
from optimizers import (
    HALF,
    RAMP,
    S,
    each_mode,
    optimizer_of,
    refused,
    torch,
    update,
)

from pywarmup import _core
from pywarmup.torch import Scheduler

# Memory.


@pytest.fixture
def _without_collector() -> Any:
    optimizer_of()  # the first one imports more of torch
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def mistaken(call: Any) -> None:
    """A refused call, without pytest's record of it, which is a reference cycle."""
    try:
        call()
    except ValueError:
        return
    raise AssertionError("it was not refused")


def lived(rate: Any, mode: Any) -> list[Any]:
    """References to an optimizer and a scheduler that did all they can."""
    optimizer = optimizer_of(rate, 0.2)
    scheduler = Scheduler(optimizer, {"lr": S, "weight_decay": [HALF, RAMP]}, mode=mode)
    for _ in range(3):
        update(scheduler)
    scheduler.load_state_dict(scheduler.state_dict())
    mistaken(lambda: scheduler.step(-1))
    mistaken(lambda: scheduler.load_state_dict({}))
    copies = copy.deepcopy(scheduler), pickle.loads(pickle.dumps(scheduler))
    return [weakref.ref(one) for one in (optimizer, scheduler, *copies, *[each.optimizer for each in copies])]


@pytest.mark.usefixtures("_without_collector")
@each_mode
def test_optimizers_and_schedulers_are_freed_without_the_collector(mode: Any) -> None:
    for rate in (0.1, torch.tensor(0.1)):
        assert [reference() for reference in lived(rate, mode)] == [None] * 6


@pytest.mark.usefixtures("_without_collector")
def test_neither_keeps_the_other_alive_that_should_not() -> None:
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, S)
    optimizer.load_state_dict(optimizer.state_dict())
    reference = weakref.ref(scheduler)
    del scheduler
    assert reference() is None
    scheduler = Scheduler(optimizer, S)
    reference = weakref.ref(optimizer)
    del optimizer
    assert reference() is scheduler.optimizer
    del scheduler
    assert reference() is None


def test_a_cycle_through_a_scheduler_is_collected() -> None:
    optimizer = optimizer_of()
    optimizer.scheduler = Scheduler(optimizer, S)
    references = weakref.ref(optimizer), weakref.ref(optimizer.scheduler)
    del optimizer
    gc.collect()
    assert [reference() for reference in references] == [None, None]


@pytest.fixture
def _quick_collector() -> Any:
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def grown(action: Any, times: int) -> int:
    """By how many blocks memory grew; what grows once, such as a cache, is not in the lesser of two."""
    growths = []
    for _ in range(2):
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(times):
            action()
        gc.collect()
        growths.append(sys.getallocatedblocks() - before)
    return min(growths)


def mistakes(scheduler: Scheduler) -> None:
    for call in (
        lambda: scheduler.step(-1),
        lambda: scheduler.step("x"),
        lambda: scheduler.step(increment=-1),
        lambda: scheduler.load_state_dict({}),
        lambda: scheduler.load_state_dict({"last_epoch": -3}),
        lambda: Scheduler(scheduler.optimizer, -RAMP),
        lambda: Scheduler(scheduler.optimizer, {"momentun": RAMP}),
    ):
        mistaken(call)


def reads_and_steps(scheduler: Scheduler) -> None:
    scheduler.step()
    scheduler.step_to(3)
    assert scheduler.get_last_lr()
    assert scheduler.base_lrs
    scheduler.load_state_dict(scheduler.state_dict())


def copies_and_loads(scheduler: Scheduler) -> None:
    copy.deepcopy(scheduler)
    scheduler.optimizer.load_state_dict(scheduler.optimizer.state_dict())


@pytest.mark.usefixtures("_quick_collector")
def test_nothing_is_left_behind() -> None:
    scheduler = Scheduler(optimizer_of(0.1, torch.tensor(0.2), 1), {"lr": S, "weight_decay": HALF}, mode="factor")
    scheduler.optimizer.step()
    for action, times in ((reads_and_steps, 1_000), (mistakes, 300), (copies_and_loads, 300)):
        assert grown(lambda action=action: action(scheduler), times) < times // 2
    assert grown(lambda: Scheduler(optimizer_of(), S), 1_000) < 500


@pytest.mark.usefixtures("_quick_collector")
def test_schedulers_that_are_gone_leave_nothing_in_the_optimizer() -> None:
    optimizer = optimizer_of()
    assert grown(lambda: Scheduler(optimizer, S), 1_000) < 500


def test_a_refused_step_does_not_keep_tensors_alive() -> None:
    scheduler = Scheduler(optimizer_of(torch.tensor(0.1), torch.tensor(0.2)), S)
    scheduler.optimizer.param_groups[1]["lr"] = "0.1"
    refused(lambda: scheduler.step_to(2), ValueError)
    reference = weakref.ref(scheduler.optimizer.param_groups[0]["lr"])
    scheduler.optimizer.param_groups[0]["lr"] = 0.1
    assert reference() is None


# Misuse: whatever is done, the interpreter lives.

PRELUDE = """
import gc, os, sys, threading, warnings, torch, pywarmup as pw
from pywarmup import _core
from pywarmup.torch import Scheduler

warnings.simplefilter("ignore")
S = pw.Linear(0.0, 1.0, steps=10)
depth = 99

def make(*rates):
    return torch.optim.SGD([{"params": [torch.zeros(1)], "lr": rate} for rate in rates])

make(0.1)  # the first one imports more of torch

def attempt(call):
    try:
        call()
    except Exception:
        pass
"""
MISUSES = {
    "threads that step the same scheduler": """
        sys.setswitchinterval(1e-6)
        optimizer = make(*[torch.tensor(0.1) for _ in range(50)])
        scheduler = Scheduler(optimizer, S.repeat())
        def work():
            for k in range(400):
                optimizer.param_groups[k % 50]["lr"] = 0.1
                attempt(scheduler.step)
                optimizer.param_groups[k % 50]["lr"] = torch.tensor(0.1)
        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    """,
    "groups that vanish while they are written": """
        class Rate(torch.Tensor):
            def fill_(self, value):
                if armed:
                    optimizer.param_groups.clear()
                    gc.collect()
                    raise RuntimeError("no")
                return super().fill_(value)
        armed = False
        optimizer = make(0.1, 0.2, torch.tensor(0.1).as_subclass(Rate))
        scheduler = Scheduler(optimizer, S)
        armed = True
        attempt(lambda: scheduler.step_to(3))
        others = [{str(k): k} for k in range(1000)]
        del others, optimizer, scheduler
        gc.collect()
    """,
    "a step within a step": """
        class Rate(torch.Tensor):
            def fill_(self, value):
                global depth
                depth += 1
                if depth < 30:
                    optimizer.add_param_group({"params": [torch.zeros(1)], "lr": torch.tensor(0.1)})
                    attempt(lambda: scheduler.step_to(4))
                return super().fill_(value)
        optimizer = make(*[torch.tensor(0.1).as_subclass(Rate) for _ in range(40)])
        scheduler = Scheduler(optimizer, S)
        depth = 0
        attempt(lambda: scheduler.step_to(3))
    """,
    "a hyperparameter without a schedule": """
        stepper = _core.Stepper()
        stepper.optimizer = make(0.1)
        attempt(lambda: stepper._drive([("lr", -1, None, 0.0, 1.0, False, ())]))
        attempt(lambda: stepper._values("lr"))
    """,
}
FORKS = """
for code in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        exec(code, globals())
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture(scope="module")
def exits() -> dict[str, int]:
    """How each misuse ended: in a child of a process that has imported torch once, since a crash ends it."""
    codes = [textwrap.dedent(code) for code in MISUSES.values()]
    command = [sys.executable, "-c", PRELUDE + FORKS, *codes]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return dict(zip(MISUSES, map(int, done.stdout.split()), strict=True))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="crashes are looked for in forked processes")
@pytest.mark.parametrize("misuse", MISUSES)
def test_misuse_does_not_crash(exits: dict[str, int], misuse: str) -> None:
    assert exits[misuse] == 0


ATTEMPTS = [None, 3, "x", [], -1, 2**70, float("nan"), S, object()]


def is_harmless(call: Any) -> None:
    with contextlib.suppress(AttributeError, TypeError, ValueError, OverflowError, LookupError, RuntimeError):
        call()


def touch(one: Any) -> None:
    """Everything there is is read, called, assigned and deleted."""
    for name in sorted({*dir(one), "_driven", "mode", "_reduction", "on_change"} - set(dir(object))):
        is_harmless(lambda name=name: getattr(one, name))
        for arguments in ((), (None,), (3,), (S,), ("lr", 1, 2), ({"lr": "x"}, "lr")):
            is_harmless(lambda name=name, arguments=arguments: getattr(one, name)(*arguments))
        for value in ATTEMPTS:
            is_harmless(lambda name=name, value=value: setattr(one, name, value))
            for call in (repr, copy.copy, lambda each: each.step(), _core.Stepper._write):
                is_harmless(lambda call=call: call(one))
        is_harmless(lambda name=name: delattr(one, name))
        is_harmless(lambda: one.step())


def test_a_scheduler_that_was_never_initialised_says_so() -> None:
    for one in (Scheduler.__new__(Scheduler), _core.Stepper()):
        for call in (one.step, one._update_lr, one._write, lambda one=one: one.step(3)):
            assert refused(call, ValueError) == "Scheduler: it has no optimizer; it was never initialised"
        assert not hasattr(one, "optimizer")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_use_of_a_broken_scheduler_crashes() -> None:
    for make in (
        lambda: Scheduler.__new__(Scheduler),
        _core.Stepper,
        lambda: Scheduler(optimizer_of(0.1, torch.tensor(0.2)), S),
    ):
        one = make()
        touch(one)
        del one
    gc.collect()


@pytest.mark.parametrize("groups", [None, 3, "x", [3], [None], [[]], [{}]], ids=repr)
def test_groups_that_are_none_are_refused(groups: Any) -> None:
    scheduler = Scheduler(optimizer_of(), S)
    scheduler.optimizer.param_groups = groups
    scheduler.optimizer.step = lambda: None
    with pytest.raises((ValueError, TypeError, AttributeError)):
        scheduler.step()
    assert scheduler.last_epoch == 0
