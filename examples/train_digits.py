"""Train a small network on handwritten digits, with and without learning-rate warmup.

Network, seeds, peak learning rate and number of steps are the same in both runs, and both decay to zero
along a cosine; one climbs to the peak over the first tenth of the steps, the other starts there. Prints a
table of final losses and accuracies, and draws the losses above the schedules:

    python examples/train_digits.py

Whether warmup helps depends on the peak; to see the table for many peaks (some minutes):

    python examples/train_digits.py --sweep
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import pywarmup as pw

Array = NDArray[np.float32]
Labels = NDArray[np.int64]

LAYER_SIZES = [64] + [64] * 10 + [10]
BATCH_SIZE = 256
SWEEP_PEAKS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1]
COLORS = {"with warmup": "#1f6fb4", "without warmup": "#d1561f"}


@dataclass(frozen=True)
class Result:
    batch_losses: Array
    training_loss: float
    test_accuracy: float


Results = dict[float, dict[str, list[Result]]]  # by peak, then by name of the run


def schedules(peak: float, steps: int) -> dict[str, pw.Schedule]:
    return {
        "with warmup": pw.warmup_cosine(peak, warmup_steps=steps // 10, total_steps=steps),
        "without warmup": pw.Cosine(peak, 0.0, steps=steps),
    }


def split_digits(seed: int) -> tuple[Array, Labels, Array, Labels]:
    images, labels = load_digits(return_X_y=True)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, test_size=0.25, random_state=seed, stratify=labels
    )
    scale = StandardScaler().fit(train_images).transform
    return scale(train_images).astype("f4"), train_labels, scale(test_images).astype("f4"), test_labels


def layers(parameters: Array) -> Iterator[tuple[Array, Array]]:
    """The weights and biases of each layer, as views of one flat vector."""
    start = 0
    for inputs, outputs in pairwise(LAYER_SIZES):
        end = start + (inputs + 1) * outputs
        layer = parameters[start:end].reshape(inputs + 1, outputs)
        yield layer[:-1], layer[-1]
        start = end


def initial_parameters(random: np.random.Generator) -> Array:
    size = sum((inputs + 1) * outputs for inputs, outputs in pairwise(LAYER_SIZES))
    parameters: Array = np.zeros(size, np.float32)
    for weights, _ in layers(parameters):
        weights[:] = random.normal(scale=len(weights) ** -0.5, size=weights.shape)
    return parameters


def forward(parameters: Array, images: Array) -> tuple[list[Array], Array]:
    """The input of every layer, and the logarithms of the class probabilities."""
    inputs = [images]
    for weights, biases in layers(parameters):
        scores = inputs[-1] @ weights + biases
        inputs.append(np.tanh(scores))
    scores -= scores.max(axis=1, keepdims=True)
    return inputs[:-1], scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def cross_entropy(log_probabilities: Array, labels: Labels) -> float:
    return -float(log_probabilities[np.arange(len(labels)), labels].mean())


def loss_and_gradient(parameters: Array, images: Array, labels: Labels) -> tuple[float, Array]:
    inputs, log_probabilities = forward(parameters, images)
    error = (np.exp(log_probabilities) - np.eye(10, dtype=np.float32)[labels]) / np.float32(len(labels))
    gradient = np.empty_like(parameters)
    steps_back = reversed(list(zip(inputs, layers(parameters), layers(gradient), strict=True)))
    for layer_inputs, (weights, _), (weight_gradient, bias_gradient) in steps_back:
        weight_gradient[:] = layer_inputs.T @ error
        bias_gradient[:] = error.sum(axis=0)
        error = (error @ weights.T) * (1 - layer_inputs**2)
    return cross_entropy(log_probabilities, labels), gradient


def train(seed: int, steps: int, progress: "tqdm[None]") -> Result:
    """Train one network with Adam, at the learning rates of the schedule in use."""
    train_images, train_labels, test_images, test_labels = split_digits(seed)
    random = np.random.default_rng(seed)
    parameters = initial_parameters(random)
    mean, mean_square, losses = 0 * parameters, 0 * parameters, np.zeros(steps, np.float32)
    for step in range(steps):
        lr = pw.lr(step)
        batch = random.choice(len(train_labels), BATCH_SIZE, replace=False)
        losses[step], gradient = loss_and_gradient(parameters, train_images[batch], train_labels[batch])
        mean += 0.1 * (gradient - mean)
        mean_square += 0.001 * (gradient**2 - mean_square)
        unbiased_lr = lr * (1 - 0.999 ** (step + 1)) ** 0.5 / (1 - 0.9 ** (step + 1))
        parameters -= unbiased_lr * mean / (np.sqrt(mean_square) + 1e-8)
        progress.update()
    training_loss = cross_entropy(forward(parameters, train_images)[1], train_labels)
    hits = forward(parameters, test_images)[1].argmax(axis=1) == test_labels
    return Result(losses, training_loss, float(hits.mean()))


def compare(peaks: list[float], seeds: int, steps: int) -> Results:
    results: Results = {peak: {} for peak in peaks}
    total = len(peaks) * len(COLORS) * seeds * steps
    with tqdm(total=total, unit="step", disable=None) as progress:
        for peak in peaks:
            for name, schedule in schedules(peak, steps).items():
                progress.set_description(f"peak {peak:g} {name}")
                pw.use(schedule)
                results[peak][name] = [train(seed, steps, progress) for seed in range(seeds)]
    return results


def spread(values: list[float], digits: int) -> str:
    return f"{np.mean(values):.{digits}f} ({np.min(values):.{digits}f} .. {np.max(values):.{digits}f})"


def print_table(results: Results) -> None:
    print(f"{'peak':<6} {'run':<15} {'training loss':<25} {'test accuracy':<23} ahead diverged")
    for peak, by_name in results.items():
        for (name, runs), rivals in zip(by_name.items(), reversed(by_name.values()), strict=True):
            losses = spread([run.training_loss for run in runs], 4)
            accuracies = spread([run.test_accuracy for run in runs], 3)
            ahead = sum(a.test_accuracy > b.test_accuracy for a, b in zip(runs, rivals, strict=True))
            diverged = sum(not np.isfinite(run.training_loss) for run in runs)
            print(f"{peak:<6g} {name:<15} {losses:<25} {accuracies:<23} {ahead:>5} {diverged:>8}")
    print("mean (lowest .. highest) over the seeds; ahead: seeds where this run has the higher accuracy")


def draw(upper: Axes, lower: Axes, peak: float, by_name: dict[str, list[Result]]) -> None:
    for name, runs in by_name.items():
        losses = np.array([run.batch_losses for run in runs])
        low, median, high = np.percentile(losses, [25, 50, 75], axis=0)
        steps, color = np.arange(losses.shape[1]), COLORS[name]
        upper.fill_between(steps, low, high, color=color, alpha=0.2, linewidth=0)
        upper.plot(steps, median, color=color, linewidth=1.4, label=name)
        lower.plot(steps, schedules(peak, len(steps))[name].array(len(steps)), color=color, linewidth=1.8)


def save_picture(path: Path, peak: float, by_name: dict[str, list[Result]]) -> None:
    runs = by_name["with warmup"]
    figure = Figure(figsize=(8, 5.5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    draw(upper, lower, peak, by_name)
    upper.set(yscale="log", ylabel="minibatch loss")
    upper.set_title(f"Handwritten digits, {len(runs)} seeds: median loss and its middle half", loc="left")
    upper.legend(frameon=False, loc="lower left")
    lower.set(xlabel="step", ylabel="learning rate", xlim=(0, len(runs[0].batch_losses)), ylim=(0, None))
    for axes in (upper, lower):
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    print(f"picture written to {path}")


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--peak", type=float, default=0.03, help="peak learning rate")
    parser.add_argument("--seeds", type=int, default=20, help="runs with each schedule")
    parser.add_argument("--steps", type=int, default=300, help="steps of a run")
    parser.add_argument("--sweep", action="store_true", help="print the table for many peaks, no picture")
    parser.add_argument("--output", type=Path, default=Path("docs/train_digits.png"), help="the picture")
    options = parser.parse_args()
    with threadpool_limits(limits=1), np.errstate(all="ignore"):
        results = compare(SWEEP_PEAKS if options.sweep else [options.peak], options.seeds, options.steps)
    print_table(results)
    if not options.sweep:
        save_picture(options.output, options.peak, results[options.peak])


if __name__ == "__main__":
    main()
