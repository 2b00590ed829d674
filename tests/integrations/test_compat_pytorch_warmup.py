"""`pywarmup.compat.pytorch_warmup` against the installed library, on random arguments and as it dampens a scheduler."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
warmup = pytest.importorskip("pytorch_warmup", reason="pytorch_warmup is not installed")
pytest.importorskip("hypothesis", reason="hypothesis is not installed")

from conformance.libraries import pytorch_warmup as library
from hypothesis import given, settings
from hypothesis import strategies as st

import pywarmup as pw
from pywarmup.compat import pytorch_warmup as compat

rates = st.one_of(st.sampled_from([1.0, 0.1, 5e-324, 1e300, 0.0]), st.floats(1e-8, 10.0))
periods = st.one_of(st.integers(-3, 5), st.integers(1, 3000), st.sampled_from([10**9, 2.5, "3", None]))
betas = st.one_of(st.sampled_from([0.9, 0.95, 0.99, 0.999, 0.9999, 0.0, 0.6, 1.0, -0.1]), st.floats(0.0, 0.9999))
PERIODIC = ["LinearWarmup", "ExponentialWarmup"]
READ_BETAS = ("UntunedLinearWarmup", "UntunedExponentialWarmup", "RAdamWarmup")


@pytest.mark.parametrize("name", [*PERIODIC, *READ_BETAS])
@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data())
def test_random_arguments(name: str, data: st.DataObject) -> None:
    arguments: dict[str, Any] = {"base_lr": data.draw(rates)}
    if name in PERIODIC:
        arguments["warmup_period"] = data.draw(periods)
    else:
        arguments["betas"] = (0.9, data.draw(betas))
    steps = [*range(12), *range(12, 4000, 97), data.draw(st.integers(0, 10**6))]
    try:
        theirs = library.peer(name, arguments, steps)
    except (ValueError, TypeError) as refusal:
        with pytest.raises(type(refusal), match=rf"^{name}: "):
            getattr(compat, name)(**arguments)
        return
    made = getattr(compat, name)(**arguments)
    relative = 1e-14 + (library.radam_rounding(arguments["betas"][1]) if name == "RAdamWarmup" else 0.0)
    for step, value in zip(steps, theirs, strict=True):
        allowed = max(arguments["base_lr"] * relative, 4 * float(np.spacing(value)))
        assert abs(made(step) - value) <= allowed, (step, made(step), value)


def test_a_dampened_scheduler_is_a_product() -> None:
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.1, betas=(0.9, 0.95))
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    dampening = warmup.UntunedLinearWarmup(optimizer)
    product = pw.ExponentialDecay(0.1, decay_rate=0.9, every=1) * compat.UntunedLinearWarmup(betas=(0.9, 0.95))
    for step in range(60):
        assert product(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-13)
        optimizer.step()
        with dampening.dampening():
            scheduler.step()
