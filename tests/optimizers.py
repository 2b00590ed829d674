"""Small real optimizers, and the samples that can be rates: what the tests of `pywarmup.torch` share."""

import copy
import io
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from registry import SAMPLES

import pywarmup as pw

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # for tensors as small as here threads only cost

STEPS = 25  # of the short runs


def makes_rates(schedule: pw.Schedule) -> bool:
    """Whether an optimizer may get all of its values."""
    errs = isinstance(schedule, pw.PastEnd) and schedule.policy == "error"
    total = 2_000.0 if schedule.total_steps is None else float(schedule.total_steps)
    return min(schedule([*range(int(total) + 1), total, total if errs else total + 1])) >= 0.0


RATES = {name: schedule for name, schedule in SAMPLES.items() if makes_rates(schedule)}
OTHERS = {name: schedule for name, schedule in SAMPLES.items() if name not in RATES}


def optimizer_of(*rates: Any, kind: Any = torch.optim.SGD, **options: Any) -> Any:
    """An optimizer with one group for each rate; every group has one parameter of its own."""
    return kind([{"params": [parameter()], "lr": rate} for rate in rates or (0.1,)], **options)


def parameter() -> Any:
    return torch.zeros(2, 2, requires_grad=True)


def rates_of(optimizer: Any) -> list[Any]:
    return [group["lr"] for group in optimizer.param_groups]


def bits(values: Sequence[Any]) -> list[str]:
    """What tells numbers apart to the bit, the sign of zero and a wrong type among them."""
    return [value.hex() if type(value) is float else repr(value) for value in values]


def plain(optimizer: Any) -> list[dict[str, Any]]:
    """A copy of the groups that `==` can compare, without the parameters."""
    return [
        {
            key: value.tolist() if isinstance(value, torch.Tensor) else copy.deepcopy(value)
            for key, value in group.items()
            if key != "params"
        }
        for group in optimizer.param_groups
    ]


def update(scheduler: Any) -> None:
    scheduler.optimizer.step()
    scheduler.step()


def refused(call: Callable[[], Any], error: type[Exception], *words: str) -> str:
    """The one-line message of an exception of exactly this type, which has these words in it."""
    with pytest.raises(error) as caught:
        call()
    message = str(caught.value)
    assert type(caught.value) is error
    assert "\n" not in message
    assert [word for word in words if word not in message] == [], message
    return message


S = pw.warmup_cosine(0.1, warmup_steps=5, total_steps=40)
RAMP = pw.Linear(0.0, 1.0, steps=16)
HALF = pw.Linear(0.0, 0.5, steps=10)
COPIES = {
    "deepcopy": copy.deepcopy,
    **{f"pickle-{n}": lambda pair, n=n: pickle.loads(pickle.dumps(pair, n)) for n in range(2, 6)},
}
sample = pytest.mark.parametrize("schedule", RATES.values(), ids=RATES)
each_mode = pytest.mark.parametrize("mode", ["value", "factor"])


def shown(scheduler: Any) -> list[list[str]]:
    """What the optimizer has, and what each way to ask says."""
    asked = scheduler.get_last_lr(), scheduler.get_lr(), scheduler._last_lr
    return [bits(rates) for rates in (rates_of(scheduler.optimizer), *asked)]


def loaded(*states: Any) -> Any:
    """States as they come from a file that may hold nothing but data."""
    file = io.BytesIO()
    torch.save(states, file)
    file.seek(0)
    return torch.load(file, weights_only=True)
