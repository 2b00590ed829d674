"""Batches with their learning rates: `with_lr`."""

import copy
import gc
import itertools
import pickle
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from test_laws import ANY, law

import pywarmup as pw

L = pw.Linear(0.0, 1.0, steps=4)


def some(pairs: Any, count: int) -> list[Any]:
    """The first pairs."""
    return list(itertools.islice(pairs, count))


@law(ANY, st.integers(0, 700), st.lists(st.integers(0, 40), max_size=5))
def test_the_step_goes_on_from_epoch_to_epoch(s: pw.Schedule, start: int, lengths: list[int]) -> None:
    """Epochs need not be as long as each other."""
    epochs: Iterator[range] = iter([range(length) for length in lengths])

    class Loader:
        def __iter__(self) -> Iterator[int]:
            return iter(next(epochs))

    batches = pw.with_lr(Loader(), s, start=start)
    pairs = [pair for _ in lengths for pair in batches]
    assert [batch for batch, _ in pairs] == [batch for length in lengths for batch in range(length)]
    assert [lr for _, lr in pairs] == [s(t) for t in range(start, start + sum(lengths))]
    assert batches.step == start + sum(lengths)


@law(ANY, st.integers(0, 100), st.integers(1, 20), st.integers(0, 60))
def test_a_resumed_run_goes_on_where_it_was_left(s: pw.Schedule, start: int, size: int, made: int) -> None:
    def run(batches: Any, epochs: int) -> Iterator[tuple[int, float]]:
        for _ in range(epochs):
            yield from batches

    batches = pw.with_lr(range(size), s, start=start)
    whole = list(run(pw.with_lr(range(size), s, start=start), 8))
    stopped = some(run(batches, 8), made)
    assert batches.step == start + len(stopped)
    resumed = pw.with_lr(range(size), s, start=batches.step)
    rest = [lr for _, lr in run(resumed, 8)]
    assert [lr for _, lr in stopped] + rest[: len(whole) - len(stopped)] == [lr for _, lr in whole]


def test_the_step_counts_the_batch_that_is_trained_on() -> None:
    batches = pw.with_lr("abcd", L)
    assert batches.step == 0
    assert [(batches.step, batch, lr) for batch, lr in batches] == [
        (1, "a", 0.0), (2, "b", 0.25), (3, "c", 0.5), (4, "d", 0.75)
    ]  # fmt: skip


def test_a_loop_that_is_left_leaves_the_rest_for_the_next() -> None:
    batches = pw.with_lr("abcd", L)
    for batch, _ in batches:
        if batch == "b":
            break
    assert batches.step == 2
    assert next(iter(batches)) == ("a", 0.5)


def test_a_loop_that_is_left_lets_the_loader_go() -> None:
    class Loader:
        closed = False

        def __iter__(self) -> Iterator[int]:
            try:
                yield from range(10)
            finally:
                self.closed = True

    loader = Loader()
    for _ in pw.with_lr(loader, L):
        break
    gc.collect()
    assert loader.closed


@pytest.mark.parametrize(("schedule", "values"), [
    (L, [0.75, 1.0, 1.0]),
    (L.past_end("repeat"), [0.75, 0.0, 0.25]),
    (L.past_end("mirror"), [0.75, 1.0, 0.75]),
])  # fmt: skip
def test_no_batch_is_lost_past_the_end(schedule: pw.Schedule, values: list[float]) -> None:
    assert list(pw.with_lr("abc", schedule, start=3)) == list(zip("abc", values, strict=True))


def test_an_end_that_is_an_error_is_one_for_the_batch_beyond_it() -> None:
    batches = pw.with_lr("abcd", L.past_end("error"), start=3)
    pairs = iter(batches)
    assert [next(pairs), next(pairs)] == [("a", 0.75), ("b", 1.0)]
    with pytest.raises(ValueError, match=r"^PastEnd: `step` must be .* where the schedule ends, got 5$"):
        next(pairs)
    assert batches.step == 5


def test_an_error_in_the_loader_passes_and_counts_no_batch() -> None:
    class Loader:
        calls = 0

        def __iter__(self) -> Iterator[str]:
            self.calls += 1
            yield "a"
            if self.calls == 1:
                raise OSError("the disk")
            yield "b"

    batches = pw.with_lr(Loader(), L)
    pairs = iter(batches)
    assert next(pairs) == ("a", 0.0)
    with pytest.raises(OSError, match="the disk"):
        next(pairs)
    assert list(batches) == [("a", 0.25), ("b", 0.5)]


def test_an_error_in_the_loop_counts_its_batch() -> None:
    batches = pw.with_lr("abcd", L)
    with pytest.raises(ZeroDivisionError):
        [1 / lr for _, lr in batches]
    assert batches.step == 1


class OldSequence:
    def __getitem__(self, index: int) -> int:
        return [7, 8, 9][index]


@pytest.mark.parametrize("loader", [[7, 8, 9], (7, 8, 9), np.array([7, 8, 9]), {7: "a", 8: "b", 9: "c"}.keys()])
def test_it_is_as_long_as_its_loader(loader: Any) -> None:
    batches = pw.with_lr(loader, L)
    assert len(batches) == 3
    for _ in range(2):
        assert [int(batch) for batch, _ in batches] == [7, 8, 9]
    assert len(batches) == 3
    assert bool(pw.with_lr([], L)) is False


@pytest.mark.parametrize("loader", [iter([7, 8, 9]), (n for n in (7, 8, 9)), map(int, "789"), OldSequence()])
def test_a_loader_without_a_length(loader: Any) -> None:
    batches = pw.with_lr(loader, L)
    with pytest.raises(TypeError, match="has no len"):
        len(batches)
    assert list(batches) == [(7, 0.0), (8, 0.25), (9, 0.5)]


def test_a_generator_is_there_once() -> None:
    batches = pw.with_lr((n for n in range(3)), L)
    assert len(list(batches)) == 3
    assert list(batches) == []
    assert batches.step == 3


def test_a_loader_is_not_asked_before_it_is_needed() -> None:
    asked: list[int] = []
    batches = pw.with_lr((asked.append(n) or n for n in range(5)), L)  # type: ignore[func-returns-value]
    assert asked == []
    assert some(batches, 2) == [(0, 0.0), (1, 0.25)]
    assert asked == [0, 1]


def test_a_batch_is_handed_on_and_not_kept() -> None:
    class Batch: ...

    pairs = iter(pw.with_lr((Batch() for _ in range(2)), L))
    batch, _ = next(pairs)
    gone = weakref.ref(batch)
    assert gone() is batch
    del batch
    next(pairs)
    gc.collect()
    assert gone() is None


def test_what_it_is_made_of() -> None:
    loader = [1, 2]
    batches = pw.with_lr(loader, L, start=np.int32(3))
    assert batches.loader is loader
    assert batches.schedule is L
    assert type(batches.step) is int
    assert repr(batches) == "with_lr([1, 2], Linear(init_value=0.0, end_value=1.0, steps=4), start=3)"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copies_go_on_by_themselves(again: Callable[[Any], Any]) -> None:
    batches = pw.with_lr([1, 2], L)
    list(batches)
    other = again(batches)
    assert list(other) == [(1, 0.5), (2, 0.75)]
    assert (batches.step, other.step) == (2, 4)
