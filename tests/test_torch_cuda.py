"""A rate in a tensor on a CUDA device: captured graphs see every new value, also after loading, and nothing waits.

The same tests run on the CPU with `optimizer.step` in the place of a captured graph.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import pywarmup as pw

torch = pytest.importorskip("torch")

from pywarmup.torch import Scheduler  # noqa: E402

STEPS = 30
SCHEDULE = pw.warmup_linear(1e-2, warmup_steps=10, total_steps=STEPS)  # neighbours differ by 5 per cent and more
IMPLEMENTATIONS = {"fused": {"fused": True}, "foreach": {"foreach": True}, "loop": {"foreach": False}}

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no CUDA device")
each_device = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=needs_cuda)])
on_both = pytest.mark.parametrize(
    ("device", "implementation"),
    [  # foreach=True is missing on the CPU: torch refuses a tensor as rate there
        *[pytest.param("cpu", how) for how in ("fused", "loop")],
        *[pytest.param("cuda", how, marks=needs_cuda) for how in IMPLEMENTATIONS],
    ],
)
pytestmark = [
    # Updates before the capture are part of the recipe for captures, and torch warns of them.
    pytest.mark.filterwarnings("ignore:This instance was constructed with capturable=True:UserWarning"),
    pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning"),  # torch's compiler itself
]


def build(device: str, implementation: str, schedule: Any = SCHEDULE, **options: Any) -> tuple[Any, Any, Scheduler]:
    """AdamW of one parameter whose gradient is always 1: then each update subtracts the rate from it."""
    parameter = torch.zeros(4, device=device, requires_grad=True)
    parameter.grad = torch.ones_like(parameter)
    how = dict(IMPLEMENTATIONS[implementation])
    if device == "cuda":
        how["capturable"] = True
    rate = torch.tensor(0.5, device=device)
    optimizer = torch.optim.AdamW([parameter], lr=rate, weight_decay=0.0, **how)
    return parameter, optimizer, Scheduler(optimizer, schedule, **options)


def capture(optimizer: Any, device: str) -> Callable[[], object]:
    """Return what replays one update."""
    if device == "cpu":
        return optimizer.step
    stream = torch.cuda.Stream()  # the first updates make the optimizer's state, outside of the graph
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            optimizer.step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        optimizer.step()
    return graph.replay


def rates_in_effect(parameter: Any, update: Callable[[], object], scheduler: Scheduler, steps: int) -> list[float]:
    """Return by how much each update moved the parameter."""
    moved = []
    for _ in range(steps):
        before = parameter.detach().clone()
        update()
        moved.append((before - parameter.detach()).mean().item())
        scheduler.step()
    return moved


def close(start: int, stop: int) -> Any:
    return pytest.approx(list(SCHEDULE[start:stop]), rel=2e-3, abs=1e-7)


@on_both
def test_a_replayed_update_uses_the_new_rate(device: str, implementation: str) -> None:
    parameter, optimizer, scheduler = build(device, implementation)
    rate = optimizer.param_groups[0]["lr"]
    update = capture(optimizer, device)
    assert rates_in_effect(parameter, update, scheduler, STEPS) == close(0, STEPS)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.device.type == device


@each_device
def test_the_tensor_has_the_nearest_float(device: str) -> None:
    _, optimizer, scheduler = build(device, "fused")
    for step in range(STEPS):
        scheduler.step_to(step)
        assert optimizer.param_groups[0]["lr"].item() == SCHEDULE.array(STEPS, dtype="float32")[step]
        assert scheduler.get_last_lr() == [SCHEDULE(step)]


@on_both
def test_a_graph_stays_valid_when_the_optimizer_loads(device: str, implementation: str) -> None:
    """The rate stays the tensor it was. (Moments are replaced by those in the state: here they are the same.)"""
    parameter, optimizer, scheduler = build(device, implementation)
    update = capture(optimizer, device)
    rates_in_effect(parameter, update, scheduler, 10)
    rate = optimizer.param_groups[0]["lr"]
    optimizer.load_state_dict(optimizer.state_dict())
    assert optimizer.param_groups[0]["lr"] is rate
    assert rates_in_effect(parameter, update, scheduler, 10) == close(10, 20)


@on_both
def test_a_checkpoint_goes_into_the_tensor_of_the_device(device: str, implementation: str) -> None:
    parameter, optimizer, scheduler = build(device, implementation)
    update = capture(optimizer, device)
    rates_in_effect(parameter, update, scheduler, 10)
    file = io.BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}, file)
    saved = torch.load(io.BytesIO(file.getvalue()), map_location="cpu", weights_only=True)

    parameter, optimizer, scheduler = build(device, implementation)
    rate = optimizer.param_groups[0]["lr"]
    scheduler.load_state_dict(saved["scheduler"])
    optimizer.load_state_dict(saved["optimizer"])
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.device.type == device
    assert rates_in_effect(parameter, capture(optimizer, device), scheduler, 10) == close(10, 20)


@contextmanager
def no_waiting(device: str) -> Iterator[None]:
    """Have torch raise where the host would wait for the device."""
    if device == "cpu":
        yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@each_device
@pytest.mark.parametrize("mode", ["value", "factor"])
def test_a_step_does_not_wait_for_the_device(device: str, mode: Any) -> None:
    _, optimizer, scheduler = build(device, "fused", mode=mode)
    optimizer.step()
    with no_waiting(device):
        for _ in range(3):
            scheduler.step()
            rates = scheduler.get_last_lr()
    assert rates == [SCHEDULE(3) * (0.5 if mode == "factor" else 1.0)]


@each_device
def test_compiled_updates_use_the_new_rate_and_compile_once(device: str) -> None:
    """On the CPU without a compiler; tests/integrations/test_compile.py has TorchInductor there."""
    if device == "cuda":
        pytest.importorskip("triton", reason="TorchInductor needs Triton for CUDA")
    torch.compiler.reset()
    parameter, optimizer, scheduler = build(device, "loop")
    update = torch.compile(optimizer.step, backend="inductor" if device == "cuda" else "eager")
    with torch._dynamo.config.patch(error_on_recompile=True):
        assert rates_in_effect(parameter, update, scheduler, STEPS) == close(0, STEPS)
    torch.compiler.reset()


@each_device
def test_a_scaler_skips_within_the_fused_update(device: str) -> None:
    """The fused optimizer itself skips an update, so only the scale tells that it did."""
    parameter, optimizer, scheduler = build(device, "fused")
    scaler, moved = torch.amp.GradScaler(device), []
    for iteration in range(10):
        before = parameter.detach().clone()
        scaler.scale(parameter.sum() * (torch.inf if iteration == 5 else 1.0)).backward()
        scaler.step(optimizer)
        scale = scaler.get_scale()
        scaler.update()
        if scaler.get_scale() >= scale:
            scheduler.step()
        optimizer.zero_grad()
        moved.append((before - parameter.detach()).mean().item())
    assert moved.pop(5) == 0.0
    assert moved == close(0, 9)


@needs_cuda
def test_a_rate_that_is_a_number_is_captured_with_the_graph() -> None:
    """Why the rate has to be a tensor."""
    parameter = torch.zeros(4, device="cuda", requires_grad=True)
    parameter.grad = torch.ones_like(parameter)
    optimizer = torch.optim.AdamW([parameter], lr=0.5, weight_decay=0.0, capturable=True)
    scheduler = Scheduler(optimizer, SCHEDULE)
    scheduler.step_to(10)
    replay = capture(optimizer, "cuda")
    scheduler.step_to(15)
    assert rates_in_effect(parameter, replay, scheduler, 3) == pytest.approx([SCHEDULE(10)] * 3, rel=2e-3)
