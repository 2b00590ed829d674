"""Count the optimizer updates of a run: the total_steps and warmup_steps that a schedule needs."""

from __future__ import annotations

import argparse
from typing import Any

from pywarmup import counting
from pywarmup.cli import argument, output
from pywarmup.cli.errors import FINE

NAME = "steps"
TAKES_SCHEDULES = False
EXAMPLES = """\
  pywarmup steps --epochs 3 --samples 50_000 --batch-size 32 --world-size 8 --accumulation 4 --warmup 0.05
  pywarmup steps --epochs 1.5 --batches 1000 --accumulation 4 --leftover drop
  pywarmup steps --max-steps 10_000 --batches 1000
  pywarmup steps --value 0.1 --base-batch-size 256 --batch-size 32 --world-size 8 --accumulation 4
"""
DATA = ("samples", "batches")
LOADER = ("batch_size", "world_size", "drop_last")
NOTES = {
    "epochs": (argument.number, "passes over the data; may be fractional"),
    "max_steps": (argument.whole, "updates, instead of epochs"),
    "samples": (argument.whole, "size of the data set"),
    "batches": (argument.whole, "micro-batches of one process in an epoch, instead of samples"),
    "batch_size": (argument.whole, "samples in a micro-batch of one process"),
    "world_size": (argument.whole, "data-parallel processes"),
    "accumulation": (argument.whole, "micro-batches in an update"),
    "warmup": (argument.number, "fraction of the run that is warmup"),
    "value": (argument.number, "a learning rate to scale to the batch size of this run"),
    "base_batch_size": (argument.whole, "samples in an update for which it was tuned"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    for name, (kind, text) in NOTES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help=text)
    parser.add_argument("--drop-last", action="store_true", default=None, help="incomplete batches are dropped")
    parser.add_argument("--leftover", choices=("update", "drop", "carry"), help="of an incomplete last accumulation")


def run(arguments: argparse.Namespace) -> int:
    """Print what the options allow to count."""
    given = {name: value for name, value in vars(arguments).items() if name != "run" and value is not None}
    shown = _counts(given) | _scaled(given)
    if not shown:
        raise ValueError("steps: nothing can be counted; give `--epochs` or `--max-steps`, or `--value`")
    for name, value in shown.items():
        print(output.colour(f"{name:<20}", "bold") + str(value))
    return FINE


def _counts(given: dict[str, Any]) -> dict[str, int]:
    counted = {name: given[name] for name in (*DATA, *LOADER, "accumulation", "leftover") if name in given}
    if "epochs" not in given and "max_steps" not in given:
        if unused := [name for name in (*DATA, "leftover", "warmup") if name in given]:
            raise ValueError(f"steps: `--{unused[0]}` needs `--epochs` or `--max-steps`")
        return {}
    run = {name: given[name] for name in ("epochs", "max_steps") if name in given}
    total = counting.total_steps(**run, **_for_total(given, counted))
    shown = _of_an_epoch(counted)
    if "max_steps" in given and any(name in given for name in DATA):
        shown["epochs"] = counting.epochs_for(total, **counted)
    shown["total steps"] = total
    if "warmup" in given:
        shown["warmup steps"] = counting.warmup_steps(total, fraction=given["warmup"])
    return shown


def _for_total(given: dict[str, Any], counted: dict[str, Any]) -> dict[str, Any]:
    """With `max_steps` and without data nothing else is asked; the batch size may be there for scaling."""
    return counted if "epochs" in given or any(name in given for name in DATA) else {}


def _of_an_epoch(counted: dict[str, Any]) -> dict[str, int]:
    shown = {}
    batches = counted.get("batches")
    if "samples" in counted:
        loader = {name: counted[name] for name in LOADER if name in counted}
        batches = shown["batches per epoch"] = counting.batches_per_epoch(counted["samples"], **loader)
    if batches is not None and counted.get("leftover") != "carry":
        window = {name: counted[name] for name in ("accumulation", "leftover") if name in counted}
        shown["updates per epoch"] = counting.updates_per_epoch(batches, **window)
    return shown


def _scaled(given: dict[str, Any]) -> dict[str, float]:
    if "value" not in given and "base_batch_size" not in given:
        return {}
    for name in ("value", "base_batch_size", "batch_size"):
        if name not in given:
            raise ValueError(f"steps: `--{name.replace('_', '-')}` must be given to scale a rate, and is missing")
    size = given["batch_size"] * given.get("world_size", 1) * given.get("accumulation", 1)
    sizes = {"batch_size": size, "base_batch_size": given["base_batch_size"]}
    return {
        "samples per update": size,
        "linear scaling": counting.linear_scaling(given["value"], **sizes),
        "square root scaling": counting.sqrt_scaling(given["value"], **sizes),
    }
