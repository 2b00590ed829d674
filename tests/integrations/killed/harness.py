"""Kill a training run with SIGKILL at random points, go on with it, and compare it with one that was left alone.

    python tests/integrations/killed/harness.py plain --kills 20 --seed 1

`plain`, `trainer` and `lightning_run` are the modules beside this file; each has `train(folder, report)`, which goes on
from the newest checkpoint in the folder, the schedule `SCHEDULE` and the number of updates, `STEPS`. Every life is a
process of its own, forked from this one, which has imported torch but never computed with it. Everything that every
life reported must be the same, bit for bit, as in the run that was left alone: rates, losses and the last weights.
"""

import argparse
import importlib
import multiprocessing
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
import torch._dynamo  # what the first optimizer imports, once for all lives

Event = tuple[Any, ...]  # ("update", step, rate, loss), ("saving",) or ("weights", bytes), numbers in hexadecimal
Train = Callable[[Path, Callable[..., None]], None]


@dataclass
class Report:
    """What a run calls at every event. At the end of its leash it waits for its death, else it might end too early."""

    connection: Connection
    leash: int
    held_at: tuple[str, ...]

    def __call__(self, *event: Any) -> None:
        self.connection.send(event)
        self.leash -= 1
        if self.leash < 1 and event[0] in self.held_at:
            self.connection.recv()


@dataclass
class Life:
    """One process that trains, until it is killed or done."""

    train: Train
    folder: Path
    leash: int
    held_at: tuple[str, ...]

    def __enter__(self) -> "Life":
        context = multiprocessing.get_context("fork")
        self.connection, others = context.Pipe()
        self.process = context.Process(target=self._run, args=(Report(others, self.leash, self.held_at),))
        self.process.start()
        others.close()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()

    def _run(self, report: Report) -> None:
        self.connection.close()  # else it would wait for ever if the harness itself was killed
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        self.train(self.folder, report)

    def events(self) -> Iterator[Event]:
        """Yield events as they come, and after the death those that were on their way."""
        try:
            while True:
                yield self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()


def whole_life(train: Train, folder: Path) -> list[Event]:
    with Life(train, folder, 0, ()) as life:
        events = list(life.events())
        assert life.process.exitcode == 0, f"the run ended with {life.process.exitcode}"
    return events


def killed_life(train: Train, folder: Path, chance: random.Random, held_at: tuple[str, ...]) -> list[Event]:
    """Let it run for a random number of events, and kill it wherever it is by then; sometimes it is held there."""
    wanted = chance.randint(1, 12)
    with Life(train, folder, wanted + chance.choice((0, 4, 4)), held_at) as life:
        events = []
        for event in life.events():
            events.append(event)
            if len(events) >= wanted and event[0] in held_at:
                break
        sum(range(chance.randrange(200_000)))  # up to some milliseconds, in which it goes on
        life.process.kill()
        events += life.events()
        assert life.process.exitcode == -signal.SIGKILL, f"it was not killed, it ended with {life.process.exitcode}"
    return events


def compare(alone: list[Event], life: list[Event]) -> None:
    """Every event of a life must be one of the run that was left alone, with the same bits."""
    updates = {event[1]: event for event in alone if event[0] == "update"}
    for event in life:
        if event[0] == "update" and event != updates.get(event[1]):
            raise SystemExit(f"FAILED: {event} in a run that was killed, {updates.get(event[1])} in one that was not")
        if event[0] == "weights" and event != alone[-1]:
            raise SystemExit("FAILED: the last weights are not those of the run that was not killed")


def saved_step(life: list[Event]) -> int:
    """Return the step of the last checkpoint that surely was complete: another event came after it."""
    saves = [index for index, event in enumerate(life[:-1]) if event[0] == "saving"]
    return int(life[saves[-1] - 1][1]) + 1 if saves else 0


def check_that_it_went_on(lives: list[list[Event]]) -> None:
    """A run that begins anew after every kill has the same rates, losses and weights too."""
    saved = 0
    for life in lives:
        assert life[0][1] >= saved, f"a life began at update {life[0][1]}, and {saved} had been saved"
        saved = max(saved, saved_step(life))


def prove(module: Any, folder: Path, kills: int, seed: int, train: Train) -> str:
    chance = random.Random(seed)
    alone = whole_life(train, folder / "alone")
    rates = [event[2] for event in alone if event[0] == "update"]
    assert rates == [rate.hex() for rate in module.SCHEDULE.array(module.STEPS).tolist()], "the rates of the schedule"
    lives = []
    for kill in range(kills):  # every fourth is held while a checkpoint is written
        held_at = ("saving",) if kill % 4 == 3 else ("update", "saving")
        lives.append(killed_life(train, folder / "killed", chance, held_at))
        compare(alone, lives[-1])
    last = whole_life(train, folder / "killed")
    compare(alone, last)
    assert last[-1][0] == "weights", "the last life came to the end"
    check_that_it_went_on([*lives, last])
    made = [event[1] for life in [*lives, last] for event in life if event[0] == "update"]
    assert sorted(set(made)) == list(range(module.STEPS)), "all updates were made"
    torn = sum(life[-1][0] == "saving" for life in lives)
    return (
        f"{kills} kills (seed {seed}), {torn} of them while a checkpoint was written; {module.STEPS} updates and "
        f"{len(made) - module.STEPS} made again: rates, losses and weights are the same to the bit"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("module", choices=("plain", "trainer", "lightning_run"))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", default="train", help="the module's function; `train_wrongly` of plain must fail")
    arguments = parser.parse_args()
    module = importlib.import_module(arguments.module)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        train = getattr(module, arguments.train)
        text = prove(module, Path(folder), arguments.kills, arguments.seed, train)
    print(f"{arguments.module}: {text} ({time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    main()
