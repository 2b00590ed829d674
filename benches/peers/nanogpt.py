"""The function of nanoGPT's train.py, branch by branch.

Its warmup is the older one, `it / warmup`; today's is `(it + 1) / (warmup + 1)`.
Its training loop writes the value into every group.
"""

import math
from collections.abc import Callable

from torch.optim import Optimizer

from peers import DOUBLE, Call
from runs import Run

NAME = "nanoGPT-style function"
KINDS = ("warmup_cosine",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    return Call("get_lr(step)", get_lr=make_get_lr(run))


def construct(run: Run) -> Callable[[], object]:
    return lambda: make_get_lr(run)


def train_step(run: Run, optimizer: Optimizer) -> Callable[[], None]:
    get_lr, iter_num = make_get_lr(run), 0

    def set_rates() -> None:
        nonlocal iter_num
        iter_num += 1
        lr = get_lr(iter_num)
        for param_group in optimizer.param_groups:
            param_group["lr"] = lr

    return set_rates


def make_get_lr(run: Run) -> Callable[[int], float]:
    """Return nanoGPT's `get_lr`."""
    learning_rate, min_lr, warmup_iters, lr_decay_iters = run.peak, run.end, run.warmup_steps, run.total_steps

    def get_lr(it: int) -> float:
        if it < warmup_iters:
            return learning_rate * it / warmup_iters
        if it > lr_decay_iters:
            return min_lr
        decay_ratio = (it - warmup_iters) / (lr_decay_iters - warmup_iters)
        assert 0 <= decay_ratio <= 1
        coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
        return min_lr + coeff * (learning_rate - min_lr)

    return get_lr
