"""`torch.compile` around the optimizer: a new rate compiles nothing anew, and is the rate that is used."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pywarmup as pw

torch = pytest.importorskip("torch")

from pywarmup.torch import Scheduler  # noqa: E402

STEPS = 100
SCHEDULE = pw.warmup_cosine(1e-2, warmup_steps=10, total_steps=STEPS)
OPTIMIZERS = {
    "sgd": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr),
    "adamw": lambda parameters, lr: torch.optim.AdamW(parameters, lr=lr),
    "adamw, foreach": lambda parameters, lr: torch.optim.AdamW(parameters, lr=lr, foreach=True, capturable=True),
}
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")  # torch's compiler itself
each_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


class Counting:
    """A backend that compiles nothing, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.graphs = 0

    def __call__(self, graph: Any, _: Any) -> Callable[..., Any]:
        self.graphs += 1
        return graph.forward


@pytest.fixture(autouse=True)
def fresh_compiler() -> Iterator[None]:
    torch.compiler.reset()
    yield
    torch.compiler.reset()


def build(name: str, lr: Any, schedule: Any = SCHEDULE) -> tuple[Any, Any, Scheduler]:
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 3)
    optimizer = OPTIMIZERS[name](model.parameters(), lr)
    return model, optimizer, Scheduler(optimizer, schedule)


def train(model: Any, optimizer: Any, update: Callable[[], object], steps: int = STEPS) -> list[float]:
    """Return the rates that the optimizer used."""
    used = []
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        model(torch.randn(2, 4, generator=generator)).square().mean().backward()
        used.append(float(optimizer.param_groups[0]["lr"]))
        update()
        optimizer.zero_grad()
    return used


def in_turn(*calls: Callable[[], object]) -> Callable[[], None]:
    def update() -> None:
        for call in calls:
            call()

    return update


def weights_without_compilation(name: str) -> Any:
    model, optimizer, scheduler = build(name.removesuffix(", foreach"), torch.tensor(0.1))  # that is for compilers
    train(model, optimizer, in_turn(optimizer.step, scheduler.step))
    return model.weight.detach()


@each_optimizer
@pytest.mark.parametrize("pattern", ["optimizer.step", "both steps in one function"])
def test_a_tensor_as_rate_compiles_once_in_a_hundred_steps(name: str, pattern: str) -> None:
    rate, backend = torch.tensor(0.1), Counting()
    model, optimizer, scheduler = build(name, rate)
    if pattern == "optimizer.step":
        update = in_turn(torch.compile(optimizer.step, backend=backend), scheduler.step)
    else:

        def both() -> None:  # as in torch's tutorial on compiled optimizers
            optimizer.step()
            scheduler.step()

        update = torch.compile(both, backend=backend)
    with torch._dynamo.config.patch(error_on_recompile=True):  # counts also what compiles to no graph
        used = train(model, optimizer, update)
    assert backend.graphs == 1
    assert used == SCHEDULE.array(STEPS, dtype="float32").tolist()
    assert optimizer.param_groups[0]["lr"] is rate
    torch.testing.assert_close(model.weight.detach(), weights_without_compilation(name))


@each_optimizer
def test_a_float_as_rate_compiles_twice(name: str) -> None:
    """Dynamo takes the first for a constant, and the second as a sign that it changes."""
    backend = Counting()
    model, optimizer, scheduler = build(name, 0.1)
    used = train(model, optimizer, in_turn(torch.compile(optimizer.step, backend=backend), scheduler.step))
    assert backend.graphs == 2
    assert used == list(SCHEDULE[:STEPS])


def test_a_hyperparameter_beside_the_rate_compiles_twice() -> None:
    backend = Counting()
    schedule = {"lr": SCHEDULE, "weight_decay": pw.Linear(0.0, 0.1, steps=STEPS)}
    model, optimizer, scheduler = build("adamw", torch.tensor(0.1), schedule)
    train(model, optimizer, in_turn(torch.compile(optimizer.step, backend=backend), scheduler.step))
    assert backend.graphs == 2


@each_optimizer
def test_the_rate_is_right_in_compiled_code_after_loading(name: str) -> None:
    rate, backend = torch.tensor(0.1), Counting()
    model, optimizer, scheduler = build(name, rate)
    update = in_turn(torch.compile(optimizer.step, backend=backend), scheduler.step)
    train(model, optimizer, update, steps=20)
    saved, weight = optimizer.state_dict(), model.weight.detach().clone()
    optimizer.load_state_dict(saved)
    used = train(model, optimizer, update, steps=20)
    assert used == SCHEDULE.array(20, 40, dtype="float32").tolist()
    assert optimizer.param_groups[0]["lr"] is rate
    assert not torch.equal(model.weight.detach(), weight)
    assert backend.graphs == 1


def test_the_whole_training_step_compiles_once_with_the_rate_of_a_tensor() -> None:
    backend = Counting()
    model, optimizer, scheduler = build("adamw", torch.tensor(0.1))

    def step(inputs: Any) -> None:
        model(inputs).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()

    compiled = torch.compile(step, backend=backend)
    compiled(torch.ones(2, 4))
    graphs = backend.graphs
    for t in range(1, STEPS):
        scheduler.step()
        compiled(torch.ones(2, 4))
        assert float(optimizer.param_groups[0]["lr"]) == SCHEDULE.array(STEPS, dtype="float32")[t]
    assert backend.graphs == graphs
