"""DistributedDataParallel: each process has a scheduler of its own, and all of them have the rates of one schedule.

There is nothing to agree on between the processes: a rate comes from the schedule and the step alone.

    torchrun --nproc-per-node 2 examples/pytorch/ddp.py
"""

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import pywarmup as pw
from pywarmup.torch import Scheduler

UPDATES = 12
schedule = pw.warmup_cosine(0.1, warmup_steps=4, total_steps=UPDATES)
dist.init_process_group("gloo")
torch.manual_seed(dist.get_rank())  # other data in each process
model = DistributedDataParallel(torch.nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters())
scheduler = Scheduler(optimizer, schedule)
used = []
optimizer.register_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))
for _ in range(UPDATES):
    inputs = torch.randn(16, 8)
    loss = torch.nn.functional.mse_loss(model(inputs), inputs.sum(1, keepdim=True))
    loss.backward()
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
everyone = [None] * dist.get_world_size()
dist.all_gather_object(everyone, used)
if dist.get_rank() == 0:
    for rank, rates in enumerate(everyone):
        print(f"process {rank}:", *[f"{rate:.4f}" for rate in rates])
dist.destroy_process_group()
assert everyone == [schedule[:UPDATES].tolist()] * len(everyone)
