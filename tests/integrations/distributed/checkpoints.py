"""Saves distributed checkpoints at step 7 of a run, or goes on from them, at any number of processes.

python -m torch.distributed.run ... checkpoints.py save FOLDER
python -m torch.distributed.run ... checkpoints.py resume FOLDER

To resume is to give `resumed.json`, of each process: {check: outcome}, mostly the step and the rates from there on.
"""

import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.default_planner import DefaultLoadPlanner
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_optimizer_state_dict, set_optimizer_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

import pywarmup as pw
from pywarmup.torch import Scheduler

STEP, AFTER = 7, 3  # when to save, and how many updates to make after a resume
SCHEDULE = pw.warmup_cosine(0.1, warmup_steps=4, total_steps=20)
OTHER = pw.warmup_cosine(0.2, warmup_steps=4, total_steps=20)
SAMPLES = pw.warmup_cosine(0.1, warmup_steps=40, total_steps=200)
BATCH = 5  # samples of one process in one update
PEAKS = (0.5, 0.25)  # of the parts of a model, which torchtitan gives optimizers of their own


class Moments:
    """An optimizer's state in a distributed checkpoint, its tensors sharded as the parameters are."""

    def __init__(self, model, optimizer, is_flat):
        self.model, self.optimizer = model, optimizer
        self.options = StateDictOptions(flatten_optimizer_state_dict=is_flat)

    def state_dict(self):
        return get_optimizer_state_dict(self.model, self.optimizer, options=self.options)

    def load_state_dict(self, state):
        set_optimizer_state_dict(self.model, self.optimizer, state, options=self.options)


class Container:
    """What torchtitan keeps schedulers in, as far as checkpoints go: the step is saved, and three fields are set."""

    def __init__(self, schedulers):
        self.schedulers = schedulers

    def step(self):
        for scheduler in self.schedulers:
            scheduler.step()

    def state_dict(self):
        return {"last_epoch": self.schedulers[0].last_epoch}

    def load_state_dict(self, state):
        for scheduler in self.schedulers:
            scheduler.last_epoch = state["last_epoch"]
            scheduler._step_count = state["last_epoch"] + 1
            scheduler._last_lr = scheduler.get_lr()


class Run:
    """A model of two sharded parts, an optimizer, and a scheduler: the one of the class `make` makes."""

    def __init__(self, make=None, is_flat=False, **options):
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 1))
        for part in (*self.model, self.model):
            fully_shard(part, mesh=init_device_mesh("cpu", (dist.get_world_size(),)))
        groups = [{"params": list(part.parameters())} for part in self.model]
        self.optimizer = torch.optim.AdamW(groups, **{"lr": 1.0} | options)
        self.scheduler = (make or (lambda optimizer: Scheduler(optimizer, SCHEDULE)))(self.optimizer)
        self.moments = Moments(self.model, self.optimizer, is_flat)
        self.used = []
        self.optimizer.register_step_pre_hook(self._note)

    def _note(self, optimizer, *_):
        self.used.append([float(group["lr"]) for group in optimizer.param_groups])

    def train(self, updates):
        self.used.clear()  # a distributed checkpoint makes an update of rate 0 when an optimizer is new
        for _ in range(updates):
            self.optimizer.zero_grad()
            self.model(torch.ones(2, 4)).sum().backward()
            self.optimizer.step()
            self.scheduler.step()
        return self.used

    def states(self):
        """Distributed checkpoints load in the order of the names: the scheduler before the optimizer, and after it."""
        return {"a_scheduler": self.scheduler, "optimizer": self.moments, "z_scheduler": self.scheduler}

    def resume(self, folder, scheduler_first=False, **options):
        left_out = "z_scheduler" if scheduler_first else "a_scheduler"
        states = {name: state for name, state in self.states().items() if name != left_out}
        dcp.load(states, checkpoint_id=folder, **options)
        step = self.scheduler.state_dict()["last_epoch"]
        return [step, self.train(AFTER)]


def rate_tensor():
    return torch.tensor(1.0, dtype=torch.float64)


def both(optimizer):
    return Scheduler(optimizer, {"lr": [SCHEDULE, OTHER], "weight_decay": pw.Linear(0.1, 0.0, steps=20)})


def factor(optimizer):
    return Scheduler(optimizer, SCHEDULE, mode="factor")


def samples(batch):
    return lambda optimizer: Scheduler(optimizer, SAMPLES, count=batch * dist.get_world_size())


def other(on_change):
    return lambda optimizer: Scheduler(optimizer, OTHER, on_change=on_change)


def torch_scheduler(optimizer):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, SCHEDULE)


def container(optimizer):
    for group, peak in zip(optimizer.param_groups, PEAKS, strict=True):
        group["lr"] = torch.full_like(group["lr"], peak) if isinstance(group["lr"], torch.Tensor) else peak
    return Container([factor(optimizer)])


def save(folder):
    runs = {
        "float": Run(),
        "flat": Run(is_flat=True),
        "tensor": Run(lr=rate_tensor()),
        "both": Run(both),
        "factor": Run(factor, lr=0.5),
        "samples": Run(samples(BATCH)),
        "torch": Run(torch_scheduler),
        "container": Run(container),
        "container, tensor": Run(container, lr=rate_tensor()),
    }
    for name, run in runs.items():
        run.train(STEP)
        dcp.save(run.states(), checkpoint_id=folder / name)
    run = Run()
    run.train(STEP)
    saving = dcp.async_save(run.states(), checkpoint_id=folder / "async")
    run.scheduler.step()  # what is saved is the state at the call
    saving.result()


def resume(folder):
    results = {}
    for order, scheduler_first in {"scheduler first": True, "optimizer first": False}.items():
        for name, run in {
            "float": Run(),
            "flat": Run(is_flat=True),
            "tensor": Run(lr=rate_tensor()),
            "both": Run(both),
            "factor": Run(factor, lr=0.5),
            "async": Run(),
            "container": Run(container),
            "container, tensor": Run(container, lr=rate_tensor()),
        }.items():
            results[f"{name}, {order}"] = run.resume(folder / name, scheduler_first)
        results[f"keep_new, {order}"] = Run(other("keep_new")).resume(folder / "float", scheduler_first)
        results[f"keep_saved, {order}"] = Run(other("keep_saved")).resume(folder / "float", scheduler_first)
        results[f"error, {order}"] = refused(folder / "float", scheduler_first)
        results[f"tensor is kept, {order}"] = is_kept(folder / "tensor", scheduler_first)
    results["samples"] = Run(samples(BATCH)).resume(folder / "samples")
    results["samples, another batch"] = Run(samples(2 * BATCH)).resume(folder / "samples")
    partial = DefaultLoadPlanner(allow_partial_load=True)
    results["torch, partial"] = Run().resume(folder / "torch", planner=partial)
    results["torch"] = missing(folder / "torch")
    return results


def refused(folder, scheduler_first):
    """Return the error for another schedule, and the step and the rates that are in force after it."""
    run = Run(other("error"))
    try:
        run.resume(folder, scheduler_first)
    except ValueError as error:
        return [str(error), run.scheduler.last_epoch, [group["lr"] for group in run.optimizer.param_groups]]
    return None


def missing(folder):
    """Return the names of what a state of torch's scheduler lacks, in the words of the distributed checkpoint."""
    try:
        Run().resume(folder)
    except dcp.api.CheckpointException as error:
        return str(error)
    return None


def is_kept(folder, scheduler_first):
    rate = rate_tensor()
    run = Run(lr=rate)
    run.resume(folder, scheduler_first)
    return all(group["lr"] is rate for group in run.optimizer.param_groups)


def main():
    phase, folder = sys.argv[1], Path(sys.argv[2])
    dist.init_process_group("gloo")
    if phase == "save":
        save(folder)
    else:
        everyone = [None] * dist.get_world_size()
        dist.all_gather_object(everyone, resume(folder))
        if dist.get_rank() == 0:
            (folder / "resumed.json").write_text(json.dumps(everyone))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
