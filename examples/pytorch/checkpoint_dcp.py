"""Distributed checkpoints: stop, and go on along the same curve with another number of processes.

The schedule is over samples, so only `count`, the samples of one update, changes with the processes or the batch.

    torchrun --nproc-per-node 2 examples/pytorch/checkpoint_dcp.py checkpoints  # then again, with 1 or 2
"""

import pathlib
import sys

import torch
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict

import pywarmup as pw
from pywarmup.torch import Scheduler

torch.distributed.init_process_group("gloo")
schedule = pw.warmup_cosine(1e-2, warmup_steps=100, total_steps=1_000)  # samples
model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(8, 1))
optimizer = torch.optim.AdamW(model.parameters())
scheduler = Scheduler(optimizer, schedule, count=16 * torch.distributed.get_world_size())
for newest in sorted(pathlib.Path(sys.argv[1]).glob("*"))[-1:]:
    weights, moments = get_state_dict(model, optimizer)
    saved = {"model": weights, "optimizer": moments, "scheduler": scheduler}  # a scheduler goes in as it is
    dcp.load(saved, checkpoint_id=newest)
    set_state_dict(model, optimizer, model_state_dict=saved["model"], optim_state_dict=saved["optimizer"])
first, used = scheduler.last_epoch, []
optimizer.register_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))
for _ in range(8):
    model(torch.randn(16, 8)).square().mean().backward()
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
weights, moments = get_state_dict(model, optimizer)
saved = {"model": weights, "optimizer": moments, "scheduler": scheduler}
dcp.save(saved, checkpoint_id=f"{sys.argv[1]}/{scheduler.last_epoch:06}")
print(f"from sample {first}:", *[f"{rate:.5f}" for rate in used])
torch.distributed.destroy_process_group()
assert used == [schedule(first + update * scheduler.count) for update in range(8)]
