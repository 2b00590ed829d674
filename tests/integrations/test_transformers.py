"""Transformers' Trainer: the rates that are used and logged, with accumulation and after a resume."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import run_example

import pywarmup as pw

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")
pytest.importorskip("accelerate", reason="accelerate is not installed, and the Trainer needs it")

from torch.optim.optimizer import register_optimizer_step_pre_hook

from pywarmup.torch import Scheduler

SCHEDULE = pw.warmup_cosine(3e-3, warmup_steps=4, total_steps=12)
STEPS = 12
KEYS = {"last_epoch", "step_count", "fingerprint", "schedule"}


class Subclass(transformers.Trainer):
    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Scheduler:
        schedule = pw.warmup_cosine(self.args.learning_rate, warmup_steps=4, total_steps=num_training_steps)
        self.lr_scheduler = Scheduler(optimizer or self.optimizer, schedule)
        return self.lr_scheduler


def with_arguments(
    model: Any, arguments: Any, data: Any, schedule: Any = SCHEDULE, lr: Any = 1.0, **options: Any
) -> Any:
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, foreach=False)
    scheduler = Scheduler(optimizer, schedule, **options)
    return transformers.Trainer(model, arguments, train_dataset=data, optimizers=(optimizer, scheduler))


def with_subclass(model: Any, arguments: Any, data: Any) -> Any:
    return Subclass(model, arguments, train_dataset=data)


after_arguments = pytest.mark.parametrize("finished", [with_arguments], indirect=True)
both_ways = pytest.mark.parametrize("way", [with_arguments, with_subclass])


def build(way: Callable[..., Any], folder: Path, accumulation: int = 1, **more: Any) -> Any:
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=64, n_positions=8, n_embd=32, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    arguments = transformers.TrainingArguments(
        str(folder),
        learning_rate=3e-3,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=accumulation,
        max_steps=STEPS,
        logging_steps=1,
        save_steps=5,
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
    )
    tokens = torch.randint(0, 64, (32, 8))
    return way(
        transformers.GPT2LMHeadModel(config), arguments, [{"input_ids": row, "labels": row} for row in tokens], **more
    )


def train(trainer: Any, **options: Any) -> tuple[list[float], list[float]]:
    """Return the rates that the optimizer used, and those that the Trainer logged."""
    used = []

    def record(optimizer: Any, *_: Any) -> None:
        used.append(float(optimizer.param_groups[0]["lr"]))

    handle = register_optimizer_step_pre_hook(record)
    try:
        trainer.train(**options)
    finally:
        handle.remove()
    return used, [line["learning_rate"] for line in trainer.state.log_history if "learning_rate" in line]


@pytest.mark.parametrize("name", ["transformers_trainer", "transformers_subclass"])
def test_the_example_runs(name: str) -> None:
    assert "rates:" in run_example(f"pytorch/{name}")


Finished = tuple[Callable[..., Any], Path, list[float], list[float]]


@pytest.fixture(scope="module", params=[with_arguments, with_subclass])
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run of two batches in an update: how it was made, its checkpoint after five updates, its rates."""
    folder = tmp_path_factory.mktemp("run")
    used, logged = train(build(request.param, folder, accumulation=2))
    return request.param, folder / "checkpoint-5", used, logged


@both_ways
def test_each_update_uses_and_logs_its_rate(way: Callable[..., Any], tmp_path: Path) -> None:
    trainer = build(way, tmp_path)
    used, logged = train(trainer)
    assert used == logged == list(SCHEDULE[:STEPS])
    assert trainer.lr_scheduler.last_epoch == STEPS


def test_two_batches_are_one_update(finished: Finished) -> None:
    _, _, used, logged = finished
    assert used == logged == list(SCHEDULE[:STEPS])


def test_the_saved_state_is_plain(finished: Finished) -> None:
    state = torch.load(finished[1] / "scheduler.pt", weights_only=True)
    assert (set(state), state["last_epoch"], pw.from_json(state["schedule"])) == (KEYS, 5, SCHEDULE)


def test_a_resumed_run_goes_on(finished: Finished, tmp_path: Path) -> None:
    way, checkpoint, _, logged = finished
    used, logged_again = train(build(way, tmp_path, accumulation=2), resume_from_checkpoint=str(checkpoint))
    assert used == list(SCHEDULE[5:STEPS])
    assert logged_again == logged  # the log of the first five is in the checkpoint, the next line is the first after it
    assert logged_again[5] == SCHEDULE(5)


@after_arguments
def test_a_changed_schedule_is_noticed_before_the_first_update(finished: Finished, tmp_path: Path) -> None:
    checkpoint, changed = str(finished[1]), SCHEDULE * 0.5
    trainer = build(with_arguments, tmp_path, accumulation=2, schedule=changed)
    with pytest.raises(ValueError, match="the state was saved with another schedule"):
        train(trainer, resume_from_checkpoint=checkpoint)
    trainer = build(with_arguments, tmp_path, accumulation=2, schedule=changed, on_change="keep_new")
    used, _ = train(trainer, resume_from_checkpoint=checkpoint)
    assert used == list(changed[5:STEPS])


@after_arguments
def test_a_rate_in_a_tensor_stays_that_tensor(finished: Finished, tmp_path: Path) -> None:
    """The Trainer's optimizer is loaded twice: when Accelerate prepares it, and from the checkpoint."""
    rate = torch.tensor(0.5)
    trainer = build(with_arguments, tmp_path, accumulation=2, lr=rate)
    used, logged = train(trainer, resume_from_checkpoint=str(finished[1]))
    assert used == SCHEDULE.array(5, STEPS, dtype="float32").tolist()
    assert logged[5:] == list(SCHEDULE[5:STEPS])
    assert trainer.optimizer.param_groups[0]["lr"] is rate


def test_other_hyperparameters_follow_theirs(tmp_path: Path) -> None:
    decay, seen = pw.Linear(0.1, 0.0, steps=STEPS), []
    trainer = build(
        with_arguments, tmp_path, schedule={"lr": SCHEDULE, "weight_decay": decay, "betas[0]": pw.Constant(0.8)}
    )

    def record(optimizer: Any, *_: Any) -> None:
        seen.append((optimizer.param_groups[0]["weight_decay"], optimizer.param_groups[0]["betas"][0]))

    trainer.optimizer.register_step_pre_hook(record)
    used, logged = train(trainer)
    assert used == logged == list(SCHEDULE[:STEPS])
    assert seen == [(decay(step), 0.8) for step in range(STEPS)]
