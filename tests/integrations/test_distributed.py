"""Several processes, started by torchrun: DDP, FSDP2, ZeroRedundancyOptimizer, distributed checkpoints, torchtitan."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

import pywarmup as pw

UPDATES = 8
SCHEDULE = pw.warmup_cosine(0.1, warmup_steps=3, total_steps=UPDATES)
OTHER = pw.Linear(0.5, 0.25, steps=4)


WORKERS = Path(__file__).parent / "distributed"
EXAMPLES = Path(__file__).parents[2] / "examples" / "pytorch"


def torchrun(processes, path, *args):
    """Return what the processes printed; a free port is torchrun's to find."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [sys.executable, *launcher, str(WORKERS / "leave.py"), str(path), *map(str, args)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}  # torchrun sets it too, and says so at length
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


# Examples.


@pytest.mark.parametrize("name", ["ddp", "fsdp2"])
def test_example(name):
    assert "process 0:" in torchrun(2, EXAMPLES / f"{name}.py")


def test_example_of_torchtitan_schedulers():
    assert "parts 1, 2: 0.0000, 0.0000; 0.0033, 0.0007;" in torchrun(1, EXAMPLES / "torchtitan_schedulers.py")


def test_example_of_checkpoints_goes_on_at_another_world_size(tmp_path):
    for processes, first in (2, 0), (1, 256), (2, 384):
        printed = torchrun(processes, EXAMPLES / "checkpoint_dcp.py", tmp_path)
        assert printed.count(f"from sample {first}:") == processes


# The updates that were really made.


@pytest.fixture(scope="module")
def updates(tmp_path_factory):
    path = tmp_path_factory.mktemp("distributed") / "updates.json"
    torchrun(2, WORKERS / "updates.py", path)
    return json.loads(path.read_text())


def rates(first, second=None, begin=0):
    """What an update of each of the two parameters should be."""
    return [[first(step), (second or first)(step)] for step in range(begin, UPDATES)]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("ddp", rates(SCHEDULE)),
        ("fsdp2", rates(SCHEDULE)),
        ("fsdp2_tensor", rates(SCHEDULE)),
        ("fsdp2_groups", rates(SCHEDULE, OTHER)),
        ("fsdp2_factor", rates(SCHEDULE * 0.5, SCHEDULE * 2.0)),
        ("zero", rates(SCHEDULE)),
        ("zero_tensor", rates(SCHEDULE)),
        ("zero_groups", rates(SCHEDULE, OTHER)),
        ("zero_resumed_optimizer_first", rates(SCHEDULE, begin=5)),
        ("zero_resumed_scheduler_first", rates(SCHEDULE, begin=5)),
        ("zero_edited_optimizer_first", rates(OTHER, begin=5)),
    ],
)
def test_each_process_updates_by_the_schedule(updates, check, expected):
    assert updates[check] == [expected, expected]


def test_the_optimizer_inside_a_zero_redundancy_optimizer_is_told_when_it_makes_an_update(updates):
    """Between updates it has the rate that it used last, which is no harm; the outer one has the next."""
    expected = [[SCHEDULE(step), SCHEDULE(step + 1)] for step in range(UPDATES)]
    assert updates["zero_inner"] == [expected, expected]


def test_a_zero_redundancy_optimizer_loaded_after_an_edited_schedule_makes_one_update_with_the_saved_rate(updates):
    """It writes the saved rates once more after its hooks have run. Load it before the scheduler."""
    expected = [[SCHEDULE(5)] * 2, *rates(OTHER, begin=6)]
    assert updates["zero_edited_scheduler_first"] == [expected, expected]


# Distributed checkpoints, saved by two processes.

SAVED = 7
RATE = pw.warmup_cosine(0.1, warmup_steps=4, total_steps=20)
EDITED = pw.warmup_cosine(0.2, warmup_steps=4, total_steps=20)
BY_SAMPLES = pw.warmup_cosine(0.1, warmup_steps=40, total_steps=200)  # ten in an update, when it was saved
ORDERS = ["scheduler first", "optimizer first"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    torchrun(2, WORKERS / "checkpoints.py", "save", folder)
    return folder


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def resumed(request, saved):
    """What each process found, {check: outcome}."""
    torchrun(request.param, WORKERS / "checkpoints.py", "resume", saved)
    everyone = json.loads((saved / "resumed.json").read_text())
    assert len(everyone) == request.param
    return everyone


def after(first, second=None):
    """The step, and the rates of both parameter groups in the next three updates."""
    return [SAVED, [[first(step), (second or first)(step)] for step in range(SAVED, SAVED + 3)]]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("float", after(RATE)),
        ("flat", after(RATE)),
        ("tensor", after(RATE)),
        ("both", after(RATE, EDITED)),
        ("factor", after(RATE * 0.5)),
        ("async", after(RATE)),
        ("keep_new", after(EDITED)),
        ("keep_saved", after(RATE)),
        ("container", after(RATE * 0.5, RATE * 0.25)),
        ("container, tensor", after(RATE * 0.5, RATE * 0.25)),
    ],
)
def test_a_checkpoint_goes_on_at_any_world_size(resumed, check, order, expected):
    for outcome in resumed:
        assert outcome[f"{check}, {order}"] == expected


@pytest.mark.parametrize("order", ORDERS)
def test_a_checkpoint_of_another_schedule_is_refused_with_both_values(resumed, order):
    for outcome in resumed:
        error, last_epoch, last_rates = outcome[f"error, {order}"]
        assert error.startswith("Scheduler: the state was saved with another schedule: `lr` was 0.025 and is 0.05 at ")
        assert f"at the saved step 7 it was {RATE(7)} and is {EDITED(7)}" in error
        assert (last_epoch, last_rates) == (0, [0.0, 0.0])


@pytest.mark.parametrize("order", ORDERS)
def test_a_tensor_that_is_a_rate_stays_the_same_object(resumed, order):
    assert [outcome[f"tensor is kept, {order}"] for outcome in resumed] == [True] * len(resumed)


@pytest.mark.parametrize(("check", "batch"), [("samples", 5), ("samples, another batch", 10)])
def test_a_run_that_counts_samples_keeps_the_curve(resumed, check, batch):
    samples = [70 + update * batch * len(resumed) for update in range(3)]
    for outcome in resumed:
        assert outcome[check] == [70, [[BY_SAMPLES(sample)] * 2 for sample in samples]]


def test_a_state_of_a_scheduler_of_torch_loads_where_keys_may_be_missing(resumed):
    for outcome in resumed:
        assert "Missing key in checkpoint state_dict: z_scheduler." in outcome["torch"]
        assert outcome["torch, partial"] == after(RATE)


@pytest.mark.skipif(not importlib.util.find_spec("torchtitan"), reason="torchtitan is not installed")
def test_the_containers_of_torchtitan(tmp_path):
    torchrun(2, WORKERS / "titan.py", tmp_path)
    outcome = json.loads((tmp_path / "titan.json").read_text())
    for name in ("scheduler", "as it is"):
        assert outcome[f"{name}: trained"] == [[0.5 * RATE(step), 0.25 * RATE(step)] for step in range(SAVED)]
        for order in ORDERS:
            assert outcome[f"{name}: resumed, {order}"] == after(RATE * 0.5, RATE * 0.25)
