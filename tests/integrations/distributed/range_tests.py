"""Range tests by two processes, as JSON in the file that is named: {check: [each rank's outcome]}."""

import json
import os
import signal
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel

from pywarmup.torch import range_test

STEPS = 40


def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(8, 16), torch.nn.BatchNorm1d(16), torch.nn.ReLU(), torch.nn.Linear(16, 1)
    )


def batches(rank):
    """Those of one rank; the second one's losses are about nine times as large."""
    generator = torch.Generator().manual_seed(rank)
    inputs = torch.randn(6, 16, 8, generator=generator)
    return [(x, (1 + 2 * rank) * x.sum(1, keepdim=True)) for x in inputs]


def local(value):
    return value.to_local() if hasattr(value, "to_local") else value


def seen(model, optimizer):
    """All tensors of a model and an optimizer, and the random state, as numbers."""
    tensors = [*model.state_dict().values()]
    tensors += [value for state in optimizer.state.values() for value in state.values()]
    return [local(tensor).tolist() for tensor in tensors] + [torch.get_rng_state().tolist()]


def outcome(model, optimizer, loss_fn=torch.nn.functional.mse_loss, **options):
    """What the test measured on this rank, and whether all is as it was."""
    before = seen(model, optimizer)
    test = range_test(model, optimizer, loss_fn, batches(dist.get_rank()), steps=STEPS, **options)
    return {"test": test.to_dict(), "unchanged": seen(model, optimizer) == before}


def trained(model, optimizer):
    for inputs, targets in batches(dist.get_rank())[:3]:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
    return model, optimizer


def ddp():
    model = DistributedDataParallel(network())
    return outcome(model, torch.optim.SGD(model.parameters(), 0.1))


def ddp_trained():
    model = DistributedDataParallel(network())
    return outcome(*trained(model, torch.optim.AdamW(model.parameters())), accumulation=2)


def fsdp2():
    model = network()
    model = fully_shard(model, mesh=init_device_mesh("cpu", (dist.get_world_size(),)))
    return outcome(*trained(model, torch.optim.AdamW(model.parameters(), lr=torch.tensor(1e-3), foreach=False)))


def zero():
    model = DistributedDataParallel(network())
    optimizer = ZeroRedundancyOptimizer(model.parameters(), torch.optim.Adam, lr=1e-3)
    model, optimizer = trained(model, optimizer)
    before = seen(model, optimizer.optim)
    found = outcome(model, optimizer)
    return found | {"unchanged": found["unchanged"] and seen(model, optimizer.optim) == before}


def at_step(step, rank, act):
    """A loss function that does something once, on one rank."""
    calls = iter(range(10**6))

    def loss_fn(outputs, targets):
        loss = torch.nn.functional.mse_loss(outputs, targets)
        return act(loss) if next(calls) == step and dist.get_rank() == rank else loss

    return loss_fn


def nan_on_one_rank():
    model = DistributedDataParallel(network())
    return outcome(model, torch.optim.SGD(model.parameters(), 0.1), at_step(7, 1, lambda loss: loss * torch.nan))


def ctrl_c_on_one_rank():
    def interrupt(loss):
        os.kill(os.getpid(), signal.SIGINT)
        return loss

    model = DistributedDataParallel(network())
    found = outcome(model, torch.optim.SGD(model.parameters(), 0.1), at_step(5, 0, interrupt))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return found


CHECKS = [ddp, ddp_trained, fsdp2, zero, nan_on_one_rank, ctrl_c_on_one_rank]


def main():
    dist.init_process_group("gloo")
    results = {}
    for check in CHECKS:
        results[check.__name__] = [None] * dist.get_world_size()
        dist.all_gather_object(results[check.__name__], check())
    results["alone"] = [alone()]
    if dist.get_rank() == 0:
        Path(sys.argv[1]).write_text(json.dumps(results))
    dist.destroy_process_group()


def alone():
    """The losses of the two processes as one would compute them without any, each its own batch statistics."""
    models = [network(), network()]
    optimizers = [torch.optim.SGD(model.parameters(), 0.1) for model in models]
    streams = [batches(0) * STEPS, batches(1) * STEPS]
    lrs = (1e-7 * (10 / 1e-7) ** (torch.arange(STEPS, dtype=torch.float64) / (STEPS - 1))).tolist()
    losses = []
    for step, lr in enumerate(lrs):
        parts = [
            torch.nn.functional.mse_loss(model(stream[step][0]), stream[step][1])
            for model, stream in zip(models, streams, strict=True)
        ]
        losses.append(sum(part.item() for part in parts) / 2)
        for model, part in zip(models, parts, strict=True):
            model.zero_grad()
            part.backward()
        for mine, other in zip(*[list(model.parameters()) for model in models], strict=True):
            mine.grad = other.grad = (mine.grad + other.grad) / 2
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = lr
            optimizer.step()
    return losses


if __name__ == "__main__":
    main()
