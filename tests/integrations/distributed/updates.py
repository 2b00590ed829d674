"""The rates of the updates that two processes really make, as JSON in the file that is named: {check: [each rank's]}.

With SGD and a gradient of 1 a weight of 0 becomes minus the rate, to the bit.
"""

import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel

import pywarmup as pw
from pywarmup.torch import Scheduler

UPDATES = 8
SCHEDULE = pw.warmup_cosine(0.1, warmup_steps=3, total_steps=UPDATES)
OTHER = pw.Linear(0.5, 0.25, steps=4)


class Weights(torch.nn.Module):
    """Two of them, so that each process owns one where they are divided; the gradient of each element is 1."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Parameter(torch.zeros(4, dtype=torch.float64))
        self.second = torch.nn.Parameter(torch.zeros(4, dtype=torch.float64))

    def forward(self):
        return self.first.sum() + self.second.sum()


def made(model, optimizer, scheduler, updates=UPDATES):
    """Return the rate of each update for each parameter, read from the parameter."""
    rates = []
    for _ in range(updates):
        with torch.no_grad():
            for weight in model.parameters():
                weight.zero_()
        optimizer.zero_grad()
        model().backward()
        optimizer.step()
        scheduler.step()
        rates.append([_only(-weight.detach()) for weight in model.parameters()])
    return rates


def _only(weight):
    local = weight.to_local() if hasattr(weight, "to_local") else weight
    (value,) = set(local.tolist())  # all elements have moved alike
    return value


def _sharded():
    return fully_shard(Weights(), mesh=init_device_mesh("cpu", (dist.get_world_size(),)))


def ddp():
    model = DistributedDataParallel(Weights())
    optimizer = torch.optim.SGD(model.parameters())
    return made(model, optimizer, Scheduler(optimizer, SCHEDULE))


def fsdp2():
    model = _sharded()
    optimizer = torch.optim.SGD(model.parameters())
    return made(model, optimizer, Scheduler(optimizer, SCHEDULE))


def fsdp2_tensor():
    """The rate is a tensor that is filled in place, and the update is of several parameters at once."""
    model = _sharded()
    rate = torch.tensor(1.0, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, foreach=True)
    rates = made(model, optimizer, Scheduler(optimizer, SCHEDULE))
    assert optimizer.param_groups[0]["lr"] is rate
    return rates


def fsdp2_groups():
    model = _sharded()
    optimizer = torch.optim.SGD([{"params": [weight]} for weight in model.parameters()])
    return made(model, optimizer, Scheduler(optimizer, [SCHEDULE, OTHER]))


def fsdp2_factor():
    model = _sharded()
    optimizer = torch.optim.SGD([{"params": [weight]} for weight in model.parameters()], lr=0.5)
    optimizer.param_groups[1]["lr"] = 2.0
    return made(model, optimizer, Scheduler(optimizer, SCHEDULE, mode="factor"))


def _zero(**options):
    model = DistributedDataParallel(Weights())
    return model, ZeroRedundancyOptimizer(model.parameters(), torch.optim.SGD, **options)


def zero():
    model, optimizer = _zero(lr=1.0)
    return made(model, optimizer, Scheduler(optimizer, SCHEDULE))


def zero_inner():
    """What the inner optimizer's groups have between updates: the rate that was used last."""
    model, optimizer = _zero(lr=1.0)
    scheduler = Scheduler(optimizer, SCHEDULE)
    rates = []
    for _ in range(UPDATES):
        made(model, optimizer, scheduler, 1)
        rates.append([group["lr"] for group in (*optimizer.optim.param_groups, *optimizer.param_groups)])
    return rates


def zero_tensor():
    model, optimizer = _zero(lr=torch.tensor(1.0, dtype=torch.float64))
    return made(model, optimizer, Scheduler(optimizer, SCHEDULE))


def zero_groups():
    model = DistributedDataParallel(Weights())
    groups = [{"params": [weight]} for weight in model.parameters()]
    optimizer = ZeroRedundancyOptimizer(groups, torch.optim.SGD, lr=1.0)
    return made(model, optimizer, Scheduler(optimizer, [SCHEDULE, OTHER]))


def _zero_resumed(loads_optimizer_first, schedule=SCHEDULE):
    model, optimizer = _zero(lr=1.0)
    scheduler = Scheduler(optimizer, SCHEDULE)
    made(model, optimizer, scheduler, 5)
    optimizer.consolidate_state_dict()
    parts = [optimizer.state_dict() if dist.get_rank() == 0 else None, scheduler.state_dict()]
    dist.broadcast_object_list(parts)
    model, optimizer = _zero(lr=1.0)
    scheduler = Scheduler(optimizer, schedule, on_change="keep_new")
    loads = [lambda: optimizer.load_state_dict(parts[0]), lambda: scheduler.load_state_dict(parts[1])]
    for load in loads if loads_optimizer_first else reversed(loads):
        load()
    return made(model, optimizer, scheduler, UPDATES - 5)


def zero_resumed_optimizer_first():
    return _zero_resumed(True)


def zero_resumed_scheduler_first():
    return _zero_resumed(False)


def zero_edited_optimizer_first():
    return _zero_resumed(True, OTHER)


def zero_edited_scheduler_first():
    return _zero_resumed(False, OTHER)


CHECKS = [
    ddp,
    fsdp2,
    fsdp2_tensor,
    fsdp2_groups,
    fsdp2_factor,
    zero,
    zero_inner,
    zero_tensor,
    zero_groups,
    zero_resumed_optimizer_first,
    zero_resumed_scheduler_first,
    zero_edited_optimizer_first,
    zero_edited_scheduler_first,
]


def main():
    dist.init_process_group("gloo")
    results = {}
    for check in CHECKS:
        results[check.__name__] = [None] * dist.get_world_size()
        dist.all_gather_object(results[check.__name__], check())
    if dist.get_rank() == 0:
        Path(sys.argv[1]).write_text(json.dumps(results))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
