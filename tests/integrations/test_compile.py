"""TorchInductor compiles an optimizer once, for all the rates of a schedule; see also tests/test_torch_compile.py."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from running import run_example

import pywarmup as pw

torch = pytest.importorskip("torch")

from pywarmup.torch import Scheduler

STEPS = 100
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=10, total_steps=STEPS)

pytestmark = pytest.mark.skipif(shutil.which("c++") is None, reason="TorchInductor needs a C++ compiler")


@pytest.fixture(autouse=True)
def fresh_compiler() -> Iterator[None]:
    torch.compiler.reset()
    yield
    torch.compiler.reset()


class Inductor:
    """TorchInductor, and how often it was asked."""

    def __init__(self) -> None:
        self.graphs = 0

    def __call__(self, graph: Any, inputs: Any) -> Any:
        self.graphs += 1
        return torch._inductor.compile(graph, inputs)


def train(update: Callable[[], object], model: Any, rate: Any) -> list[float]:
    used, generator = [], torch.Generator().manual_seed(1)
    for _ in range(STEPS):
        model(torch.randn(2, 4, generator=generator)).square().mean().backward()
        used.append(float(rate))
        update()
        model.zero_grad()
    return used


def build() -> tuple[Any, Any, Any, Scheduler]:
    torch.manual_seed(0)
    model, rate = torch.nn.Linear(4, 3), torch.tensor(0.1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, foreach=False)
    return model, rate, optimizer, Scheduler(optimizer, SCHEDULE)


def test_the_example_runs() -> None:
    assert "updates: 100 compilations: 1" in run_example("pytorch/compiled_optimizer")


def test_inductor_compiles_once() -> None:
    model, rate, optimizer, scheduler = build()
    inductor = Inductor()

    def both() -> None:
        optimizer.step()
        scheduler.step()

    with torch._dynamo.config.patch(error_on_recompile=True):
        used = train(torch.compile(both, backend=inductor), model, rate)
    assert inductor.graphs == 1
    assert used == SCHEDULE.array(STEPS, dtype="float32").tolist()
    plain, rate, optimizer, scheduler = build()
    train(lambda: (optimizer.step(), scheduler.step()), plain, rate)
    torch.testing.assert_close(model.weight, plain.weight)
