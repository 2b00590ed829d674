"""The range test for PyTorch: what it trains, and that everything is as it was."""

import copy
import random
from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from optimizers import torch

import pywarmup as pw
from pywarmup.torch import Scheduler, range_test

DataLoader, TensorDataset = torch.utils.data.DataLoader, torch.utils.data.TensorDataset
cross_entropy = torch.nn.functional.cross_entropy


class Counting(torch.nn.Module):
    """State of every kind: a hidden tensor, a counter, buffers that are and are not saved, extra state, randomness."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(6, 6)
        self.register_buffer("mean", torch.zeros(6), persistent=False)
        self.register_buffer("scale", None)
        self.hidden: Any = None
        self.calls = 0
        self.extra = {"calls": [0]}

    def forward(self, inputs: Any) -> Any:
        self.calls += 1
        self.extra["calls"][0] += 1
        self.hidden = inputs.mean().detach() + random.random() + np.random.rand()
        self.mean = 0.9 * self.mean + 0.1 * inputs.mean(0).detach()  # a new tensor
        self.scale = self.mean.std()
        return self.linear(inputs) + 1e-3 * self.hidden

    def get_extra_state(self) -> Any:
        return self.extra

    def set_extra_state(self, state: Any) -> None:
        self.extra = state


def network(seed: int = 0) -> Any:
    torch.manual_seed(seed)
    return torch.nn.Sequential(
        torch.nn.Linear(8, 6), torch.nn.BatchNorm1d(6), Counting(), torch.nn.Dropout(0.3), torch.nn.Linear(6, 3)
    )


def loader_of(samples: int = 96, batch_size: int = 16, **options: Any) -> Any:
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(samples, 8, generator=generator)
    targets = (inputs[:, :3] + 0.1 * torch.randn(samples, 3, generator=generator)).argmax(1)
    return DataLoader(TensorDataset(inputs, targets), batch_size, shuffle=True, **options)


def everything(model: Any, optimizer: Any, scaler: Any = None, loader: Any = None) -> Any:
    """All that can be seen, tensors as bytes."""
    return plain(
        {
            "parameters": [(name, value) for name, value in model.named_parameters()],
            "buffers": [(name, value) for name, value in model.named_buffers()],
            "grads": [value.grad for value in model.parameters()],
            "modes": [module.training for module in model.modules()],
            "attributes": [
                [getattr(module, name, 0) for name in ("hidden", "calls", "extra")] for module in model.modules()
            ],
            "groups": [
                {**group, "params": [id(value) for value in group["params"]]} for group in optimizer.param_groups
            ],
            "state": [(id(key), value) for key, value in optimizer.state.items()],
            "called": getattr(optimizer, "_opt_called", None),
            "scaler": scaler and [scaler.state_dict(), vars(scaler).get("_scale"), dict(scaler._per_optimizer_states)],
            "random": [random.getstate(), np.random.get_state(), torch.get_rng_state()],
            "generators": [loader.generator.get_state()] if getattr(loader, "generator", None) is not None else [],
        }
    )


def plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return (str(value.dtype), tuple(value.shape), value.detach().cpu().reshape(-1).view(torch.uint8).tolist())
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def identities(model: Any, optimizer: Any) -> list[int]:
    """The objects that other code may hold."""
    tensors = [*model.parameters(), *model.buffers()]
    states = [tensor for state in optimizer.state.values() for tensor in state.values()]
    rates = [group["lr"] for group in optimizer.param_groups if isinstance(group["lr"], torch.Tensor)]
    holders = [*optimizer.param_groups, *[group["params"] for group in optimizer.param_groups], optimizer.state]
    grads = [value.grad for value in model.parameters() if value.grad is not None]
    return [id(one) for one in [*tensors, *states, *rates, *holders, *grads]]


def train(model: Any, optimizer: Any, loader: Any, updates: int = 3) -> None:
    for _, (inputs, targets) in zip(range(updates), loader, strict=False):
        optimizer.zero_grad()
        cross_entropy(model(inputs), targets).backward()
        optimizer.step()


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, 0.1),
    "momentum": lambda parameters: torch.optim.SGD(parameters, 0.1, momentum=0.9, nesterov=True),
    "adam": lambda parameters: torch.optim.Adam(parameters),
    "adamw, amsgrad": lambda parameters: torch.optim.AdamW(parameters, amsgrad=True),
    "tensor rate": lambda parameters: torch.optim.Adam(
        parameters, lr=torch.tensor(1e-3), foreach=False, capturable=False
    ),
    "rprop": lambda parameters: torch.optim.Rprop(parameters),
    "asgd": lambda parameters: torch.optim.ASGD(parameters),
    "nadam": lambda parameters: torch.optim.NAdam(parameters),
    "adagrad": lambda parameters: torch.optim.Adagrad(parameters),
}


# Everything is as it was.


@pytest.mark.parametrize("trained", [0, 3])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_everything_is_as_it_was_to_the_bit(name: str, trained: int) -> None:
    model, loader = network(), loader_of(generator=torch.Generator().manual_seed(5))
    optimizer = OPTIMIZERS[name](model.parameters())
    train(model, optimizer, loader, trained)
    model[1].eval()  # frozen, while the rest trains
    before, objects = everything(model, optimizer, None, loader), identities(model, optimizer)
    test = range_test(model, optimizer, cross_entropy, loader, start=1e-4, steps=20)
    assert len(test) > 5
    assert len(set(test.losses.tolist())) > 5
    assert everything(model, optimizer, None, loader) == before
    assert identities(model, optimizer) == objects


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_as_if_there_had_been_no_test(name: str) -> None:
    """Data order, dropout and updates are the same, with a global and with an own generator."""
    for generator in (None, 7):
        ends = []
        for tests in (0, 2):
            model = network()
            loader = loader_of(generator=generator and torch.Generator().manual_seed(generator))
            optimizer = OPTIMIZERS[name](model.parameters())
            random.seed(2)
            np.random.seed(2)
            torch.manual_seed(3)
            train(model, optimizer, loader)
            for _ in range(tests):
                range_test(model, optimizer, cross_entropy, loader, steps=15)
            train(model, optimizer, loader)
            ends.append([plain(value) for value in model.state_dict().values()])
        assert ends[0] == ends[1]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no CUDA device")
def test_everything_on_a_cuda_device_is_as_it_was() -> None:
    """Batches are moved there, a rate in a tensor is filled, and dropout there goes on as without a test."""
    model = network().cuda()
    optimizer = torch.optim.Adam(model.parameters(), lr=torch.tensor(1e-3, device="cuda"), capturable=True)
    scaler, autocast = torch.amp.GradScaler("cuda"), torch.autocast("cuda", dtype=torch.float16)
    before, objects = everything(model, optimizer, scaler), identities(model, optimizer)
    state = torch.cuda.get_rng_state()
    test = range_test(model, optimizer, cross_entropy, loader_of(), steps=30, scaler=scaler, autocast=autocast)
    assert len(set(test.losses.tolist())) > 5
    assert torch.equal(torch.cuda.get_rng_state(), state)
    assert everything(model, optimizer, scaler) == before
    assert identities(model, optimizer) == objects


def failing(after: int, error: type[BaseException]) -> Any:
    calls = iter(range(100))

    def loss_fn(outputs: Any, targets: Any) -> Any:
        if next(calls) >= after:
            raise error
        return cross_entropy(outputs, targets)

    return loss_fn


@pytest.mark.parametrize("after", [0, 3])
def test_everything_is_as_it_was_after_an_exception(after: int) -> None:
    model, loader = network(), loader_of()
    optimizer = torch.optim.Adam(model.parameters())
    before = everything(model, optimizer)
    with pytest.raises(ZeroDivisionError):
        range_test(model, optimizer, failing(after, ZeroDivisionError), loader)
    assert everything(model, optimizer) == before


def test_everything_is_as_it_was_after_ctrl_c_and_what_was_measured_is_returned() -> None:
    model, loader = network(), loader_of()
    optimizer = torch.optim.Adam(model.parameters())
    before = everything(model, optimizer)
    test = range_test(model, optimizer, failing(4, KeyboardInterrupt), loader)
    assert (test.stop_reason, len(test)) == ("interrupted", 4)
    assert everything(model, optimizer) == before


def test_everything_is_as_it_was_after_a_loss_that_is_no_number() -> None:
    model, loader = network(), loader_of()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    before = everything(model, optimizer)
    test = range_test(model, optimizer, lambda outputs, targets: cross_entropy(outputs, targets) * torch.nan, loader)
    assert (test.stop_reason, len(test)) == ("non-finite", 1)
    assert everything(model, optimizer) == before


@pytest.mark.parametrize("zeroed", [True, False])
def test_gradients_are_as_they_were(zeroed: bool) -> None:
    """Some have one, some have none; and they take no part in the test."""
    model = torch.nn.Linear(8, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    plain_test = range_test(model, optimizer, cross_entropy, [next(iter(loader_of(96, 96)))], steps=5)
    if not zeroed:
        model.weight.grad = torch.full_like(model.weight, 5.0)
    grad, before = model.weight.grad, everything(model, optimizer)
    test = range_test(model, optimizer, cross_entropy, [next(iter(loader_of(96, 96)))], steps=5)
    assert test.losses.tolist() == pytest.approx(plain_test.losses.tolist(), rel=1e-5)
    assert everything(model, optimizer)["grads"] == before["grads"]
    assert model.weight.grad is grad
    assert model.bias.grad is None


def test_a_loss_function_with_parameters_and_buffers_is_as_it_was() -> None:
    class Loss(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(1))
            self.register_buffer("mean", torch.zeros(1))

        def forward(self, outputs: Any, targets: Any) -> Any:
            self.mean += 1
            return self.weight.square().sum() * cross_entropy(outputs, targets)

    model, loss_fn = torch.nn.Linear(8, 3), Loss()
    optimizer = torch.optim.SGD([*model.parameters(), *loss_fn.parameters()], 0.1)
    range_test(model, optimizer, loss_fn, loader_of(), steps=5)
    assert (loss_fn.weight.item(), loss_fn.mean.item(), loss_fn.weight.grad) == (1.0, 0.0, None)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_scripted_module_is_as_it_was() -> None:
    """Its modes and buffers are not where those of other modules are."""
    model = torch.jit.script(torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.BatchNorm1d(6), torch.nn.Linear(6, 3)))
    model.eval()
    before = [plain(value) for value in model.state_dict().values()]
    range_test(model, torch.optim.Adam(model.parameters()), cross_entropy, loader_of(), steps=5)
    assert [plain(value) for value in model.state_dict().values()] == before
    assert not any(module.training for module in model.modules())


class Drawn:
    """A loader that draws from sources of its own."""

    def __init__(self) -> None:
        self.numpy = np.random.default_rng(1)
        self.legacy = np.random.RandomState(1)
        self.python = random.Random(1)
        self.torch = torch.Generator().manual_seed(1)

    def draw(self) -> list[float]:
        return [
            self.numpy.random(),
            self.legacy.rand(),
            self.python.random(),
            torch.rand(1, generator=self.torch).item(),
        ]

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield torch.tensor(self.draw() * 2).reshape(1, 8), torch.tensor([1])


def test_the_random_numbers_of_a_loader_are_as_they_were() -> None:
    loader, model = Drawn(), torch.nn.Linear(8, 3)
    range_test(model, torch.optim.SGD(model.parameters(), 0.1), cross_entropy, loader, steps=5)
    assert loader.draw() == Drawn().draw()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_the_workers_of_a_loader_are_not_those_of_the_test() -> None:
    loader, model = loader_of(num_workers=1, persistent_workers=True), torch.nn.Linear(8, 3)
    range_test(model, torch.optim.SGD(model.parameters(), 0.1), cross_entropy, loader, steps=3)
    assert loader._iterator is None


# Schedulers.


@pytest.mark.parametrize("kind", ["torch", "pywarmup"])
def test_an_attached_scheduler_is_no_hindrance(kind: str) -> None:
    """torch-lr-finder refuses one."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    schedule = pw.warmup_linear(0.1, warmup_steps=4, total_steps=8)
    scheduler = (
        Scheduler(optimizer, schedule) if kind == "pywarmup" else torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    )
    before, state = everything(model, optimizer), copy.deepcopy(scheduler.state_dict())
    test = range_test(model, optimizer, cross_entropy, loader_of(), steps=8)
    assert test.lrs[-1] == 10.0
    assert everything(model, optimizer) == before
    assert scheduler.state_dict() == state
    optimizer.step()
    scheduler.step()
    assert (
        optimizer.param_groups[0]["lr"]
        == scheduler.get_last_lr()[0]
        == schedule(1) * (1 if kind == "pywarmup" else 0.1)
    )


# Rates.


def rates_used(optimizer: Any, **options: Any) -> list[list[float]]:
    """The rate of each group in each update."""
    used: list[list[float]] = []
    handle = optimizer.register_step_pre_hook(
        lambda optimizer, *_: used.append([float(g["lr"]) for g in optimizer.param_groups])
    )
    model = torch.nn.Linear(8, 3)
    range_test(model, optimizer, cross_entropy, loader_of(), diverge_at=None, **options)
    handle.remove()
    return used


def groups_of(*rates: Any) -> Any:
    return torch.optim.SGD([{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates], 0.1)


@pytest.mark.parametrize("shape", ["exponential", "linear"])
def test_updates_use_the_rates_of_the_test(shape: Any) -> None:
    used = rates_used(groups_of(0.1), start=1e-3, end=0.5, steps=7, shape=shape)
    kind = pw.Exponential if shape == "exponential" else pw.Linear
    assert used == [[rate] for rate in kind(1e-3, 0.5, steps=6)[:7].tolist()]


def test_groups_keep_their_ratio_to_the_largest() -> None:
    sweep = pw.Exponential(1e-3, 0.5, steps=6)[:7].tolist()
    assert rates_used(groups_of(0.1, 0.1), start=1e-3, end=0.5, steps=7) == [[rate, rate] for rate in sweep]
    used = rates_used(groups_of(0.01, 0.04, 0.0), start=1e-3, end=0.5, steps=7)
    assert used == [[rate / 4, rate, 0.0] for rate in sweep]


def test_groups_at_zero_keep_the_ratio_of_their_initial_rates() -> None:
    optimizer = groups_of(0.01, 0.04)
    torch.optim.lr_scheduler.LambdaLR(optimizer, pw.Linear(0.0, 1.0, steps=4))
    assert [group["lr"] for group in optimizer.param_groups] == [0.0, 0.0]
    assert rates_used(optimizer, start=1e-3, end=0.5, steps=7)[-1] == [0.125, 0.5]
    assert rates_used(groups_of(0.0, 0.0), start=1e-3, end=0.5, steps=7)[-1] == [0.5, 0.5]


def test_rates_that_are_tensors_are_filled_in_place() -> None:
    rate = torch.tensor(0.1, dtype=torch.float64)
    optimizer = groups_of(rate)
    seen: list[bool] = []
    optimizer.register_step_pre_hook(lambda optimizer, *_: seen.append(optimizer.param_groups[0]["lr"] is rate))
    assert rates_used(optimizer, steps=7)[-1] == [10.0]
    assert seen == [True] * 7
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.1


# Training.


def by_hand(model: Any, optimizer: Any, batches: list[Any], rates: list[float], accumulation: int = 1) -> list[float]:
    """The losses of a plain loop."""
    losses, stream = [], iter(batches)
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        parts = []
        for _ in range(accumulation):
            inputs, targets = next(stream)
            loss = cross_entropy(model(inputs), targets)
            (loss / accumulation).backward()
            parts.append(loss.detach())
        optimizer.step()
        losses.append(torch.stack(parts).mean().item())
    return losses


@pytest.mark.parametrize("accumulation", [1, 3])
def test_the_losses_are_those_of_a_plain_loop(accumulation: int) -> None:
    """The loader is shorter than the test, and starts anew."""
    batches, model = list(loader_of()), torch.nn.Linear(8, 3)
    twin = copy.deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters())
    test = range_test(model, optimizer, cross_entropy, batches, end=0.1, steps=9, accumulation=accumulation)
    expected = by_hand(twin, torch.optim.Adam(twin.parameters()), batches * 9, test.lrs.tolist(), accumulation)
    assert test.losses.tolist() == expected


def test_gradients_are_those_of_one_update_where_model_and_optimizer_differ() -> None:
    """A weight that is not optimized, and a parameter of the loss: neither adds up from update to update."""
    model, factor = torch.nn.Linear(8, 3), torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([model.bias, factor], 0.1)
    seen: list[tuple[Any, Any]] = []
    optimizer.register_step_pre_hook(lambda *_: seen.append((model.weight.grad.clone(), factor.grad.clone())))
    batches = [next(iter(loader_of()))]
    loss_fn = lambda outputs, targets: factor.sum() * cross_entropy(outputs, targets)  # noqa: E731
    range_test(model, optimizer, loss_fn, batches, start=1e-12, end=1e-11, steps=4)
    assert len(seen) == 4
    for found in seen:
        assert all(torch.allclose(one, first) for one, first in zip(found, seen[0], strict=True))


def test_accumulated_batches_are_one_large_batch() -> None:
    batches, model = list(loader_of()), torch.nn.Linear(8, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    large = [tuple(torch.cat(part) for part in zip(*batches, strict=True))]
    expected = range_test(model, optimizer, cross_entropy, large, steps=9).losses
    found = range_test(model, optimizer, cross_entropy, batches, steps=9, accumulation=len(batches)).losses
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_model_in_evaluation_mode_is_trained_and_a_frozen_part_stays_frozen() -> None:
    modes: list[list[bool]] = []
    model = network()
    model.register_forward_hook(lambda module, *_: modes.append([part.training for part in module]))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    model.eval()
    range_test(model, optimizer, cross_entropy, loader_of(), steps=2)
    assert modes == [[True] * 5] * 2
    assert not any(module.training for module in model.modules())
    model.train()
    model[1].eval()
    modes.clear()
    range_test(model, optimizer, cross_entropy, loader_of(), steps=2)
    assert modes == [[True, False, True, True, True]] * 2
    assert [part.training for part in model] == [True, False, True, True, True]


def test_the_gradient_norm_is_clipped() -> None:
    model = torch.nn.Linear(8, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    norms: list[float] = []
    optimizer.register_step_pre_hook(
        lambda *_: norms.append(float(torch.nn.utils.get_total_norm([p.grad for p in model.parameters()])))
    )
    for scaler in (None, torch.amp.GradScaler("cpu", init_scale=64.0)):
        norms.clear()
        range_test(model, optimizer, cross_entropy, loader_of(), steps=5, max_grad_norm=1e-3, scaler=scaler)
        assert norms == pytest.approx([1e-3] * 5, rel=1e-2)


def test_it_works_where_gradients_are_switched_off() -> None:
    model = torch.nn.Linear(8, 3)
    with torch.no_grad():
        test = range_test(model, torch.optim.SGD(model.parameters(), 0.1), cross_entropy, loader_of(), steps=5)
    assert len(test) == 5


# Batches.


Pair = namedtuple("Pair", ["inputs", "targets"])


def test_batches_of_any_form() -> None:
    pairs, model = list(loader_of()), torch.nn.Linear(8, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def losses(batches: Any, loss_fn: Any = cross_entropy, **options: Any) -> list[float]:
        return range_test(model, optimizer, loss_fn, batches, steps=5, device="cpu", **options).losses.tolist()

    expected = losses(pairs)
    assert losses([Pair(*pair) for pair in pairs]) == expected
    dicts = [{"x": inputs, "more": {"y": [targets, "text", None]}} for inputs, targets in pairs]
    nested = losses(dicts, lambda model, b: cross_entropy(model(b["x"]), b["more"]["y"][0]), loss_of="batch")
    assert nested == expected
    named = losses(
        [Pair(*pair) for pair in pairs], lambda model, b: cross_entropy(model(b.inputs), b.targets), loss_of="batch"
    )
    assert named == expected


def test_batches_are_moved_to_the_device_of_the_model() -> None:
    moved: list[Any] = []

    class Batch:
        def to(self, device: Any) -> Any:
            moved.append(device)
            return torch.ones(2, 8)

    model = torch.nn.Linear(8, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    range_test(model, optimizer, lambda model, b: model(b).sum() ** 2, [Batch()], loss_of="batch", steps=2)
    range_test(
        model, optimizer, lambda model, b: model(b).sum() ** 2, [Batch()], loss_of="batch", steps=2, device="cpu"
    )
    assert moved == [torch.device("cpu")] * 4


@pytest.mark.parametrize("batch", [torch.ones(2, 8), (torch.ones(2, 8),), [1, 2, 3], {"x": 1, "y": 2}, None])
def test_a_batch_that_is_no_pair_is_refused_with_the_remedy(batch: Any) -> None:
    model = torch.nn.Linear(8, 3)
    with pytest.raises(
        ValueError, match=r'must give pairs .inputs, targets., got .*; for other batches give `loss_of="batch"`'
    ):
        range_test(model, torch.optim.SGD(model.parameters(), 0.1), cross_entropy, [batch])


@pytest.mark.parametrize(("batches", "count"), [([], 0), (iter([(torch.ones(2, 8), torch.tensor([0, 1]))] * 3), 3)])
def test_a_loader_that_cannot_start_anew_is_refused_when_it_has_ended(batches: Any, count: int) -> None:
    model = torch.nn.Linear(8, 3)
    before = model.weight.clone()
    with pytest.raises(
        ValueError, match=f"`loader` must have a batch for every step or .* ended after {count} batches"
    ):
        range_test(model, torch.optim.SGD(model.parameters(), 0.1), cross_entropy, batches)
    assert torch.equal(model.weight, before)


# Mixed precision.


def test_autocast_is_used_for_model_and_loss() -> None:
    kinds: list[Any] = []
    model = torch.nn.Linear(8, 3)
    model.register_forward_hook(lambda module, args, output: kinds.append(output.dtype))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    autocast = torch.autocast("cpu", dtype=torch.bfloat16)
    range_test(model, optimizer, cross_entropy, loader_of(), steps=3, autocast=autocast)
    assert kinds == [torch.bfloat16] * 3


@pytest.mark.parametrize("used", [False, True])
def test_a_scaler_is_as_it_was(used: bool) -> None:
    """It has grown and shrunk in the test, and is without its tensor where it had none."""
    model, loader = network(), loader_of()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127, growth_interval=2)
    if used:
        scaler.scale(torch.ones(1))
    before = everything(model, optimizer, scaler)
    scales: list[float] = []

    def loss_fn(outputs: Any, targets: Any) -> Any:
        scales.append(scaler.get_scale())
        return 1e3 * cross_entropy(outputs, targets)

    test = range_test(model, optimizer, loss_fn, loader, scaler=scaler, steps=30, diverge_at=None)
    assert len(set(scales)) > 3
    assert len(set(test.losses.tolist())) > 3
    assert everything(model, optimizer, scaler) == before
    assert (scaler._scale is None) is not used


def test_a_scaler_does_not_change_the_losses() -> None:
    model, batches = torch.nn.Linear(8, 3), list(loader_of())
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    expected = range_test(model, optimizer, cross_entropy, batches, steps=9)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    assert range_test(model, optimizer, cross_entropy, batches, steps=9, scaler=scaler) == expected


# A problem with a known answer.


@pytest.mark.parametrize("largest", [4.0, 100.0])
def test_on_a_quadratic_suggestions_are_below_the_stability_limit(largest: float) -> None:
    model = torch.nn.Linear(2, 1, bias=False, dtype=torch.float64)
    torch.nn.init.ones_(model.weight)
    curvatures = torch.tensor([largest, largest / 30], dtype=torch.float64)
    batch = torch.diag(curvatures.sqrt()), torch.zeros(2, 1, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    test = range_test(model, optimizer, lambda outputs, targets: (outputs - targets).square().sum() / 2, [batch])
    assert test.stop_reason == "diverged"
    assert 2 / largest < test.lrs[-1] < 20 / largest
    assert all(0 < lr < 2 / largest for lr in test.suggest("all").values())


# Bad arguments.


LAZY = torch.nn.LazyLinear(3)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": 3}, TypeError, "`model` must be a torch.nn.Module, got int"),
        ({"optimizer": None}, TypeError, "`optimizer` must be a torch.optim.Optimizer, got NoneType"),
        ({"loss_fn": None}, TypeError, "`loss_fn` must be a function that returns the loss, got NoneType"),
        ({"loader": 3}, TypeError, "`loader` must be an iterable of batches, got int"),
        ({"loader": "abc"}, TypeError, "`loader` must be an iterable of batches, got str"),
        ({"model": LAZY}, ValueError, "`model` must have all its parameters, got lazy ones; call it on a batch first"),
        ({"scaler": 3}, TypeError, "`scaler` must be a torch.amp.GradScaler or None, got int"),
        ({"autocast": True}, TypeError, "`autocast` must be a torch.autocast or None, got bool"),
        ({"accumulation": 0}, ValueError, "`accumulation` must be at least 1, got 0"),
        ({"accumulation": 1.5}, TypeError, "`accumulation` must be an integer, got 1.5"),
        ({"max_grad_norm": 0}, ValueError, "`max_grad_norm` must be a finite number > 0, got 0"),
        ({"max_grad_norm": True}, TypeError, "`max_grad_norm` must be a finite number > 0, got True"),
        ({"loss_of": "model"}, ValueError, "`loss_of` must be 'outputs' or 'batch', got 'model'"),
        ({"start": 0.0}, ValueError, "`start` must be a finite number > 0, got 0.0"),
        ({"end": 1e-8}, ValueError, "`end` must be above `start` (1e-07), got 1e-08"),
        ({"steps": 1}, ValueError, "`steps` must be an integer >= 2 and <= 2**53, got 1"),
        ({"smoothing": 1}, ValueError, "`smoothing` must be a number >= 0 and < 1, got 1"),
        ({"progress": 1}, TypeError, "`progress` must be True or False, got 1"),
        ({"optimizer": groups_of(None)}, ValueError, "`lr` in every parameter group, got None in group 0"),
    ],
)
def test_bad_arguments(options: dict[str, Any], error: type[Exception], message: str) -> None:
    model = torch.nn.Linear(8, 3)
    given = {"model": model, "optimizer": groups_of(0.1), "loss_fn": cross_entropy, "loader": loader_of()}
    with pytest.raises(error) as caught:
        range_test(**given | options)
    assert str(caught.value).startswith("range_test: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("loss_fn", "got"),
    [
        (lambda outputs, targets: None, "NoneType"),
        (lambda outputs, targets: 1.0, "float"),
        (lambda outputs, targets: cross_entropy(outputs, targets, reduction="none"), "shape (16,)"),
    ],
)
def test_a_loss_that_is_no_tensor_of_one_element_is_refused(loss_fn: Any, got: str) -> None:
    model = torch.nn.Linear(8, 3)
    with pytest.raises(TypeError) as caught:
        range_test(model, torch.optim.SGD(model.parameters(), 0.1), loss_fn, loader_of())
    assert str(caught.value) == f"range_test: `loss_fn` must return a tensor of one element, got {got}"
