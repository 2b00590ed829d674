"""The process-wide schedule: `use`, `lr`, and `with use(...)`."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import pywarmup as pw
from pywarmup import _core, current

ONE, TWO, THREE = (pw.Linear(0.0, end, steps=10) for end in (1.0, 2.0, 3.0))


@pytest.fixture(autouse=True)
def nothing_in_use(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = _core.current()
    _core.set_current(None)
    monkeypatch.setattr(current, "_restore", current._Restore())
    yield
    assert not current._restore.stack
    _core.set_current(before)


def nothing_is_in_use() -> None:
    with pytest.raises(LookupError) as caught:
        pw.lr(1)
    assert type(caught.value) is LookupError
    assert str(caught.value) == "lr: no schedule is in use; call pywarmup.use(schedule) first"


def test_nothing_in_use() -> None:
    nothing_is_in_use()


def test_use_returns_the_schedule() -> None:
    assert pw.use(ONE) is ONE
    assert pw.lr(5) == 0.5
    pw.use(TWO)
    assert pw.lr(5) == 1.0


def test_a_refused_schedule_changes_nothing() -> None:
    pw.use(ONE)
    for bad in ("x", None, 1.0, pw.Linear, abs):
        with pytest.raises(TypeError, match=r"^use: `schedule` must be a schedule, got "):
            pw.use(bad)  # type: ignore[type-var]
        assert pw.lr(5) == 0.5


def test_with_restores_nothing() -> None:
    with pw.use(ONE) as schedule:
        assert schedule is ONE
        assert pw.lr(5) == 0.5
    nothing_is_in_use()


def test_with_restores_what_was_in_use() -> None:
    pw.use(THREE)
    with pw.use(ONE):
        with pw.use(TWO):
            assert pw.lr(5) == 1.0
            with pw.use(ONE):
                assert pw.lr(5) == 0.5
            assert pw.lr(5) == 1.0
        assert pw.lr(5) == 0.5
    assert pw.lr(5) == 1.5


def test_with_restores_after_an_exception() -> None:
    pw.use(THREE)
    with pytest.raises(ZeroDivisionError), pw.use(ONE), pw.use(TWO):
        raise ZeroDivisionError
    assert pw.lr(5) == 1.5
    with pytest.raises(ValueError, match="step"), pw.use(ONE):
        pw.lr(-1)
    assert pw.lr(5) == 1.5


def test_one_statement_of_several_blocks() -> None:
    with pw.use(ONE), pw.use(TWO), pw.use(THREE):
        assert pw.lr(5) == 1.5
    nothing_is_in_use()


def test_use_within_a_block_lasts_until_its_end() -> None:
    pw.use(THREE)
    with pw.use(ONE):
        pw.use(TWO)
        assert pw.lr(5) == 1.0
    assert pw.lr(5) == 1.5


def test_a_block_may_begin_later() -> None:
    pw.use(THREE)
    used = pw.use(ONE)
    with used:
        assert pw.lr(5) == 0.5
    assert pw.lr(5) == 1.5


def test_a_schedule_that_is_not_in_use_opens_no_block() -> None:
    with pytest.raises(LookupError, match=r"^Linear: not in use; write `with pywarmup\.use\(schedule\):`$"), ONE:
        pass
    pw.use(ONE)
    with pytest.raises(LookupError, match=r"^Linear: not in use"), TWO:
        pass
    assert pw.lr(5) == 0.5


def test_a_block_is_opened_once() -> None:
    with pw.use(ONE), pytest.raises(LookupError, match="not in use"), ONE:
        pass
    nothing_is_in_use()


def test_a_schedule_that_is_used_twice() -> None:
    with pw.use(ONE), pw.use(ONE):
        assert pw.lr(5) == 0.5
    nothing_is_in_use()


def test_generators_do_not_lose_it() -> None:
    def values() -> Iterator[float]:
        with pw.use(TWO):
            yield pw.lr(5)

    pw.use(ONE)
    assert list(values()) == [1.0]
    assert pw.lr(5) == 0.5


@pytest.mark.parametrize(
    "step",
    [0, 3, 2.5, 10, 2**53, np.int32(3), np.float32(2.5), Decimal("2.5"), Fraction(5, 2), np.uint64(7), -0.0],
    ids=lambda step: f"{type(step).__name__}-{step}",
)
def test_lr_accepts_what_a_schedule_accepts(step: float) -> None:
    pw.use(ONE)
    assert pw.lr(step) == ONE(step)
    assert type(pw.lr(step)) is float


@pytest.mark.parametrize("steps", [[1, 2], (1, 2.5), range(5), np.arange(6).reshape(2, 3), np.array(3), []])
def test_lr_accepts_arrays(steps: list[int]) -> None:
    pw.use(ONE)
    values = pw.lr(steps)
    assert isinstance(values, np.ndarray)
    assert values.dtype == np.float64
    assert values.shape == np.shape(steps)
    assert values.tolist() == ONE(steps).tolist()


@pytest.mark.parametrize(
    ("step", "error"),
    [(True, TypeError), ("3", TypeError), (None, TypeError), (1j, TypeError), (np.array([True]), TypeError),
     (-1, ValueError), (float("nan"), ValueError), (2**53 + 1, ValueError), ([1, -1], ValueError)],
)  # fmt: skip
def test_lr_refuses_what_a_schedule_refuses(step: object, error: type[Exception]) -> None:
    pw.use(ONE)
    with pytest.raises(error) as asked:
        ONE(step)  # type: ignore[call-overload]
    with pytest.raises(error) as caught:
        pw.lr(step)  # type: ignore[call-overload]
    assert str(caught.value) == str(asked.value)


def in_thread(work: object) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def test_all_threads_ask_the_same_schedule() -> None:
    pw.use(ONE)
    seen: list[float] = []
    in_thread(lambda: seen.append(pw.lr(5)))
    in_thread(lambda: pw.use(TWO))
    seen.append(pw.lr(5))
    assert seen == [0.5, 1.0]


def test_a_thread_restores_its_own_blocks() -> None:
    def work() -> None:
        with pw.use(TWO):
            assert pw.lr(5) == 1.0

    with pw.use(ONE):
        in_thread(work)
        assert pw.lr(5) == 0.5
    nothing_is_in_use()


def test_another_thread_cannot_open_the_block() -> None:
    pw.use(ONE)

    def work() -> None:
        with pytest.raises(LookupError, match="not in use"), ONE:
            pass

    in_thread(work)
    assert pw.lr(5) == 0.5


def test_many_threads_see_one_schedule_or_the_other() -> None:
    pw.use(ONE)
    seen: set[float] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(pw.lr(5))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(500):
        pw.use(TWO)
        pw.use(ONE)
    stop.set()
    for thread in threads:
        thread.join()
    assert seen <= {0.5, 1.0}
    assert seen
