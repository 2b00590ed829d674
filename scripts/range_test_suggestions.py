"""Measures how good the suggestions of a range test are, and draws docs/range_test.png.

Small networks are trained on handwritten digits at many rates and at those that each rule suggests; the table has means
over the seeds, the picture one range test above the accuracies that the rates reach. Takes some minutes.

Usage: python scripts/range_test_suggestions.py [--picture]        --picture: only that
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from pywarmup.tools.range_result import RangeTest
from pywarmup.torch import range_test

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "range_test.png"
SEEDS = range(5)
UPDATES = 200
RATES = (10.0 ** np.arange(-3.5, 0.6, 0.5)).tolist()
OPTIMIZERS: dict[str, Any] = {
    "SGD": torch.optim.SGD,
    "SGD, momentum 0.9": lambda parameters: torch.optim.SGD(parameters, momentum=0.9),
    "Adam": torch.optim.Adam,
}
METHODS = ("minimum", "valley", "steepest", "slide")
COLORS = {"minimum": "#000000", "valley": "#2e9e5b", "steepest": "#d1561f", "slide": "#8a5fb0"}
loss_fn = torch.nn.CrossEntropyLoss()


class Run:
    """A network, its optimizer and its batches, the same whenever they are made of the same seed."""

    def __init__(self, optimizer: str, layers: int, seed: int) -> None:
        images, labels = [torch.as_tensor(part) for part in load_digits(return_X_y=True)]
        split = train_test_split(images.float() / 16, labels, random_state=seed, stratify=labels)
        self.images, self.test_images, self.labels, self.test_labels = split
        torch.manual_seed(seed)
        hidden = [torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU()) for _ in range(layers)]
        self.model = torch.nn.Sequential(*hidden, torch.nn.Linear(64, 10))
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        picks = torch.randint(len(self.images), (UPDATES, 32), generator=torch.Generator().manual_seed(seed))
        self.batches = [(self.images[pick], self.labels[pick]) for pick in picks]

    def test(self) -> RangeTest:
        """Run a range test, which leaves the network as it is."""
        return range_test(self.model, self.optimizer, loss_fn, self.batches, progress=False)

    def accuracy(self, lr: float) -> float:
        """Train at a constant rate, and return the accuracy on the images that were held out."""
        self.optimizer.param_groups[0]["lr"] = lr
        for images, labels in self.batches:
            self.optimizer.zero_grad()
            loss_fn(self.model(images), labels).backward()
            self.optimizer.step()
        return (self.model(self.test_images).argmax(1) == self.test_labels).double().mean().item()


def accuracies(optimizer: str, layers: int, seeds: Any) -> list[float]:
    """The mean accuracy at each of the rates."""
    return [float(np.mean([Run(optimizer, layers, seed).accuracy(lr) for seed in seeds])) for lr in RATES]


def print_row(optimizer: str, layers: int) -> None:
    reached = accuracies(optimizer, layers, SEEDS)
    best = RATES[int(np.argmax(reached))]
    row = [f"{optimizer}, {layers + 1} layers", f"{best:.2g}: {max(reached):.3f}"]
    row.append(f"{reached[1]:.3f}")
    suggested = [Run(optimizer, layers, seed).test().suggest("all") for seed in SEEDS]
    for method in METHODS:
        rates = [one[method] for one in suggested]
        trained = [Run(optimizer, layers, seed).accuracy(lr) for seed, lr in zip(SEEDS, rates, strict=True)]
        row.append(f"{min(rates):.2g} .. {max(rates):.2g}: {np.mean(trained):.3f}")
    print("|", " | ".join(row), "|", flush=True)


def print_table() -> None:
    print("| network | best of nine rates | 0.001 |", " | ".join(METHODS), "|")
    print("|---" * (3 + len(METHODS)) + "|")
    for layers in (1, 2):
        for optimizer in OPTIMIZERS:
            print_row(optimizer, layers)


def save_picture() -> None:
    test = Run("Adam", 1, 0).test()
    figure = Figure(figsize=(8, 6.2), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    test.plot(upper)
    upper.set_xlabel("")
    upper.set_title("Range test: handwritten digits, Adam, 100 updates from 1e-7 to 10", loc="left")
    lower.plot(
        RATES, accuracies("Adam", 1, range(3)), "o-", color="#1f6fb4", label=f"after {UPDATES} updates at one rate"
    )
    for method, lr in test.suggest("all").items():
        lower.axvline(lr, color=COLORS[method], linewidth=1.2, linestyle="--", label=f"{method}: {lr:.2g}")
    lower.set(xlabel="learning rate", ylabel="test accuracy", ylim=(0, 1.02))
    lower.legend(frameon=False, loc="center left")
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURE, dpi=130)
    print(f"picture written to {PICTURE.relative_to(Path.cwd())}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    save_picture()
    if "--picture" not in sys.argv[1:]:
        print_table()
