"""The containers of torchtitan itself, with schedulers of ours and with a schedule in place of its own function.

Gives `titan.json` in the folder that is named: {check: the rates of the optimizers' groups, or the step and those}.
"""

import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torchtitan.components.optimizer import LRSchedulersContainer, OptimizersContainer, ParamGroupConfig

import pywarmup as pw
from pywarmup.torch import Scheduler

STEP, AFTER = 7, 3
SCHEDULE = pw.warmup_cosine(0.1, warmup_steps=4, total_steps=20)
PEAKS = {"weight$": 0.5, "bias$": 0.25}


class Schedulers(LRSchedulersContainer):
    def __init__(self, optimizers, schedule):
        self.schedulers = [Scheduler(optimizer, schedule, mode="factor") for optimizer in optimizers]


class Run:
    """Two parts of a model with an optimizer each, which has two parameter groups."""

    def __init__(self, container):
        self.parts = [torch.nn.ModuleDict({name: torch.nn.Linear(4, 4)}) for name in ("first", "second")]
        groups = [
            ParamGroupConfig(pattern=key, optimizer_name="AdamW", optimizer_kwargs={"lr": lr})
            for key, lr in PEAKS.items()
        ]
        config = OptimizersContainer.Config(param_groups=groups, implementation="foreach")
        self.optimizers = OptimizersContainer(config, model_parts=self.parts)
        self.schedulers = container(self.optimizers, SCHEDULE)

    def train(self, updates):
        used = []
        for _ in range(updates):
            self.parts[1]["second"](self.parts[0]["first"](torch.ones(2, 4))).sum().backward()
            first, second = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers]
            assert first == second
            assert self.schedulers.get_metrics() == {f"lr/AdamW/{index}": lr for index, lr in enumerate(first)}
            used.append(first)
            self.optimizers.step()
            self.schedulers.step()
            self.optimizers.zero_grad()
        return used

    def states(self):
        """Loaded in the order of the names; torchtitan's own are "lr_scheduler" and "optimizer"."""
        return {"lr_scheduler": self.schedulers, "optimizer": self.optimizers, "z_scheduler": self.schedulers}

    def resume(self, folder, left_out):
        dcp.load({name: state for name, state in self.states().items() if name != left_out}, checkpoint_id=folder)
        return [self.schedulers.state_dict()["last_epoch"], self.train(AFTER)]


def main():
    folder = Path(sys.argv[1])
    dist.init_process_group("gloo")
    results = {}
    for name, container in {"scheduler": Schedulers, "as it is": LRSchedulersContainer}.items():
        run = Run(container)
        results[f"{name}: trained"] = run.train(STEP)
        dcp.save(run.states(), checkpoint_id=folder / name)
        results[f"{name}: resumed, scheduler first"] = Run(container).resume(folder / name, "z_scheduler")
        results[f"{name}: resumed, optimizer first"] = Run(container).resume(folder / name, "lr_scheduler")
    if dist.get_rank() == 0:
        (folder / "titan.json").write_text(json.dumps(results))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
