"""FSDP2: parameters sharded by `fully_shard`, and a rate and a weight decay by schedules.

Shard the model first, then make the optimizer, then the scheduler: the same order as for any optimizer of FSDP2.

    torchrun --nproc-per-node 2 examples/pytorch/fsdp2.py
"""

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

import pywarmup as pw
from pywarmup.torch import Scheduler

UPDATES = 12
rate = pw.wsd(1e-2, warmup_steps=3, decay_steps=4, total_steps=UPDATES)
decay = pw.Linear(0.1, 0.0, steps=UPDATES)
dist.init_process_group("gloo")
mesh = init_device_mesh("cpu", (dist.get_world_size(),))  # "cuda" on GPUs
model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
for part in (model[0], model[2], model):
    fully_shard(part, mesh=mesh)
optimizer = torch.optim.AdamW(model.parameters())
scheduler = Scheduler(optimizer, {"lr": rate, "weight_decay": decay})
used, group = [], optimizer.param_groups[0]
for _ in range(UPDATES):
    model(torch.randn(16, 8)).square().mean().backward()
    used.append((group["lr"], group["weight_decay"]))
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
local = sum(parameter.to_local().numel() for parameter in model.parameters())
print(f"process {dist.get_rank()}: {local} parameters, rates", *[f"{lr:.4f}" for lr, _ in used])
dist.destroy_process_group()
assert used == [(rate(step), decay(step)) for step in range(UPDATES)]
