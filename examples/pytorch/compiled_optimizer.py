"""`torch.compile(optimizer.step)`: a rate that is a tensor is filled in place, so new rates compile nothing anew.

A rate that is a Python float is a constant in the compiled code, and a new value compiles it once more.

    python examples/pytorch/compiled_optimizer.py
"""

from collections.abc import Callable

import torch

import pywarmup as pw
from pywarmup.torch import Scheduler

model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=torch.tensor(0.0))
schedule = pw.warmup_cosine(1e-2, warmup_steps=10, total_steps=100)
scheduler = Scheduler(optimizer, schedule)

compiled: list[torch.fx.GraphModule] = []


def backend(graph: torch.fx.GraphModule, _: list[torch.Tensor]) -> Callable[..., object]:
    """Count what is compiled; leave out `backend=` to have TorchInductor do it."""
    compiled.append(graph)
    return graph.forward


step = torch.compile(optimizer.step, backend=backend)
used: list[float] = []
for _ in range(100):
    model(torch.randn(16, 8)).square().mean().backward()
    used.append(optimizer.param_groups[0]["lr"].item())
    step()
    scheduler.step()
    optimizer.zero_grad()

print("updates:", len(used), "compilations:", len(compiled))
assert len(compiled) == 1
assert used == schedule.array(100, dtype="float32").tolist()
