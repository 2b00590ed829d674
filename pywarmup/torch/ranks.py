"""What the processes of `torch.distributed` decide together; alone, each of these is what one expects."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist


def are_several() -> bool:
    """Return whether this is one of several processes."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def is_first() -> bool:
    """Return whether this process speaks for all."""
    return not are_several() or dist.get_rank() == 0


@contextmanager
def stopping_together() -> Iterator[list[bool]]:
    """Note Ctrl-C in the list, where there are several processes, instead of leaving the others waiting.

    A second Ctrl-C is as usual.
    """
    asked: list[bool] = []
    if not are_several() or threading.current_thread() is not threading.main_thread():
        yield asked
        return
    former = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: Any) -> None:
        if asked:
            signal.default_int_handler(number, frame)
        asked.append(True)

    signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, former)


def mean_over_ranks(loss: torch.Tensor, asked: list[bool]) -> float:
    """Return the mean of a loss over all processes, the same bits in each, or raise Ctrl-C in all if one was asked.

    Everyone gathers and adds up all losses: what a reduction returns may differ in the last bit.
    """
    if not are_several():
        return loss.item()
    own = torch.stack([loss, loss.new_tensor(float(bool(asked)))])
    everyone = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(everyone, own)
    losses, requests = torch.stack(everyone).T.double().tolist()
    if any(requests):
        raise KeyboardInterrupt
    return float(sum(losses)) / len(losses)
