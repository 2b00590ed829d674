"""Counts of optimizer updates: against loops that count, against the formulas of peers, and at the edges."""

import doctest
import math
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywarmup import counting
from pywarmup.counting import (
    batches_per_epoch,
    epochs_for,
    linear_scaling,
    sqrt_scaling,
    total_steps,
    updates_per_epoch,
    warmup_steps,
)

LEFTOVERS = ("update", "drop", "carry")
HUGE = 10**40 + 7  # far beyond float: 10**40 + 7 == 10**40 there

small = st.integers(1, 60)
counts = st.integers(1, 10**30)
leftovers = st.sampled_from(LEFTOVERS)


def loader_length(samples: int, batch_size: int, world_size: int, *, drop_last: bool) -> int:
    """Share the samples out and cut the batches, as a sampler and a loader do; the ranks must agree."""
    indices = list(range(samples))
    while not drop_last and len(indices) % world_size:
        indices.append(0)
    while drop_last and len(indices) % world_size:
        indices.pop()
    lengths = set()
    for rank in range(world_size):
        share = indices[rank::world_size]
        batches = [share[i : i + batch_size] for i in range(0, len(share), batch_size)]
        lengths.add(sum(len(batch) == batch_size or not drop_last for batch in batches))
    assert len(lengths) == 1
    return lengths.pop()


def train(epochs: int, batches: int, accumulation: int, leftover: str) -> int:
    """Run the loop and count the calls of `optimizer.step()`."""
    updates = pending = 0
    for _ in range(epochs):
        for batch in range(batches):
            pending += 1
            if pending == accumulation or (leftover == "update" and batch == batches - 1):
                updates, pending = updates + 1, 0
        if leftover == "drop":
            pending = 0
    return updates


def message(call: Callable[[], object], kind: type[Exception]) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    return str(caught.value)


# ---- against loops that count ------------------------------------------------------------------------------


@pytest.mark.parametrize("drop_last", [False, True])
def test_batches_per_epoch_is_what_a_loader_yields(drop_last: bool) -> None:
    for samples, batch_size, world_size in product(range(1, 40), range(1, 7), range(1, 6)):
        length = loader_length(samples, batch_size, world_size, drop_last=drop_last)
        if length:
            found = batches_per_epoch(samples, batch_size=batch_size, world_size=world_size, drop_last=drop_last)
            assert found == length
        else:
            with pytest.raises(ValueError, match="no full batch"):
                batches_per_epoch(samples, batch_size=batch_size, world_size=world_size, drop_last=drop_last)


@pytest.mark.parametrize("drop_last", [False, True])
def test_batches_per_epoch_is_the_length_of_a_torch_loader(drop_last: bool) -> None:
    data = pytest.importorskip("torch.utils.data")

    def length(samples: int, batch_size: int, world_size: int, *, sampler_drops: bool) -> int:
        rows = range(samples)
        sampler = data.DistributedSampler(rows, world_size, 0, drop_last=sampler_drops)
        return len(data.DataLoader(rows, batch_size, sampler=sampler, drop_last=drop_last))

    for samples, batch_size, world_size in product(range(20, 60), (1, 3, 4), (1, 2, 5)):
        found = batches_per_epoch(samples, batch_size=batch_size, world_size=world_size, drop_last=drop_last)
        assert found == length(samples, batch_size, world_size, sampler_drops=drop_last)
        padded = batches_per_epoch(-(-samples // world_size), batch_size=batch_size, drop_last=drop_last)
        assert padded == length(samples, batch_size, world_size, sampler_drops=False)


def test_the_default_torch_sampler_can_see_one_batch_more() -> None:
    assert batches_per_epoch(7, batch_size=2, world_size=2, drop_last=True) == 1
    assert batches_per_epoch(-(-7 // 2), batch_size=2, drop_last=True) == 2


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_total_steps_is_what_a_loop_counts(leftover: Any) -> None:
    for epochs, batches, accumulation in product(range(1, 6), range(1, 14), range(1, 9)):
        updates = train(epochs, batches, accumulation, leftover)
        if updates:
            found = total_steps(epochs=epochs, batches=batches, accumulation=accumulation, leftover=leftover)
            assert found == updates
        else:
            with pytest.raises(ValueError, match="makes no update"):
                total_steps(epochs=epochs, batches=batches, accumulation=accumulation, leftover=leftover)


@given(st.integers(1, 200), small, st.integers(1, 8), st.booleans(), st.integers(1, 9), leftovers, small)
def test_total_steps_from_samples_is_what_a_distributed_loop_counts(
    samples: int, batch_size: int, world: int, drop_last: bool, accumulation: int, leftover: Any, epochs: int
) -> None:
    updates = train(epochs, loader_length(samples, batch_size, world, drop_last=drop_last), accumulation, leftover)

    def count() -> int:
        return total_steps(
            epochs=epochs,
            samples=samples,
            batch_size=batch_size,
            world_size=world,
            drop_last=drop_last,
            accumulation=accumulation,
            leftover=leftover,
        )

    if updates:
        assert count() == updates
    else:
        message(count, ValueError)


@pytest.mark.parametrize(("leftover", "updates"), [("update", 3), ("drop", 2)])
def test_updates_per_epoch(leftover: Any, updates: int) -> None:
    assert updates_per_epoch(10, accumulation=4, leftover=leftover) == updates
    assert updates_per_epoch(8, accumulation=4, leftover=leftover) == 2
    assert updates_per_epoch(10) == 10


def test_the_leftover_makes_an_update_by_default() -> None:
    assert updates_per_epoch(10, accumulation=4) == 3
    assert total_steps(epochs=2, batches=10, accumulation=4) == 6
    assert epochs_for(6, batches=10, accumulation=4) == 2


def test_the_three_leftovers_differ_and_carry_lies_between() -> None:
    found = [total_steps(epochs=3, batches=10, accumulation=4, leftover=x) for x in ("drop", "carry", "update")]
    assert found == [6, 7, 9]


# ---- laws ------------------------------------------------------------------------------------------------


@given(counts, counts, st.integers(1, 10**6), leftovers)
def test_epochs_for_is_the_least_number_of_epochs_that_suffices(
    max_steps: int, batches: int, accumulation: int, leftover: Any
) -> None:
    if leftover == "drop" and batches < accumulation:
        return
    setting: dict[str, Any] = {"batches": batches, "accumulation": accumulation, "leftover": leftover}
    epochs = epochs_for(max_steps, **setting)
    assert total_steps(epochs=epochs, **setting) >= max_steps
    if epochs > 1 and (epochs - 1) * batches >= accumulation:
        assert total_steps(epochs=epochs - 1, **setting) < max_steps


@given(counts, counts, st.integers(1, 100), st.sampled_from(["update", "drop"]))
def test_epochs_for_undoes_total_steps(epochs: int, batches: int, accumulation: int, leftover: Any) -> None:
    batches += accumulation
    setting: dict[str, Any] = {"batches": batches, "accumulation": accumulation, "leftover": leftover}
    assert epochs_for(total_steps(epochs=epochs, **setting), **setting) == epochs


def test_epochs_for_at_an_exact_multiple_is_not_one_too_many() -> None:
    assert [epochs_for(steps, batches=100) for steps in (299, 300, 301)] == [3, 3, 4]
    assert 300 // 100 + 1 == 4  # the common formula


def test_epochs_for_counts_the_carried_batches() -> None:
    assert epochs_for(7, batches=10, accumulation=4, leftover="carry") == 3
    assert epochs_for(8, batches=10, accumulation=4, leftover="carry") == 4
    assert epochs_for(2, batches=1, accumulation=4, leftover="carry") == 8


@given(counts, st.integers(1, 10**9), st.integers(1, 10**9), st.booleans())
def test_every_way_to_name_the_data_agrees(samples: int, batch_size: int, world: int, drop_last: bool) -> None:
    if drop_last and samples < batch_size * world:
        return
    data: dict[str, Any] = {"samples": samples, "batch_size": batch_size, "world_size": world}
    data["drop_last"] = drop_last
    batches = batches_per_epoch(samples, batch_size=batch_size, world_size=world, drop_last=drop_last)
    assert total_steps(epochs=1, **data) == total_steps(epochs=1, batches=batches) == batches
    assert epochs_for(1, **data) == 1


@given(st.fractions(Fraction(1, 1000), 50), counts, leftovers)
def test_without_accumulation_the_leftover_does_not_matter(epochs: Fraction, batches: int, leftover: Any) -> None:
    found = total_steps(epochs=epochs, batches=batches, leftover=leftover)
    assert found - 1 < epochs * batches <= found


@given(st.fractions(Fraction(1, 1000), 50), st.integers(1, 10**6), st.integers(1, 50))
def test_a_part_of_an_epoch_is_rounded_up_to_a_whole_update(epochs: Fraction, batches: int, accumulation: int) -> None:
    found = total_steps(epochs=epochs, batches=batches, accumulation=accumulation)
    assert found - 1 < epochs * updates_per_epoch(batches, accumulation=accumulation) <= found


def test_a_part_of_an_epoch_is_rounded_up_to_a_whole_batch_when_windows_carry() -> None:
    # 2.5 epochs of 5 batches are 12.5, so 13 batches: 6 full windows of 2, where 12.5 / 2 rounds up to 7
    assert total_steps(epochs=2.5, batches=5, accumulation=2, leftover="carry") == 6
    assert total_steps(epochs=2.3, batches=5, accumulation=6, leftover="carry") == 2  # 11.5 batches are 12


def test_max_steps_is_the_run_itself() -> None:
    assert total_steps(max_steps=1234) == 1234
    assert total_steps(max_steps=np.int64(1234), batches=7, accumulation=2) == 1234
    assert total_steps(max_steps=HUGE, samples=100, batch_size=8, world_size=2, drop_last=True) == HUGE


# ---- against the peers' formulas ---------------------------------------------------------------------------


@given(st.integers(1, 800), st.integers(1, 10**5), st.integers(1, 64), st.integers(1, 10**6))
def test_hugging_face_trainer(eighths: int, batches: int, accumulation: int, max_steps: int) -> None:
    updates = max(batches // accumulation + int(batches % accumulation > 0), 1)
    assert updates_per_epoch(batches, accumulation=accumulation) == updates
    epochs = eighths / 8  # exact in binary: the float product is exact too
    found = total_steps(epochs=epochs, batches=batches, accumulation=accumulation)
    assert found == math.ceil(epochs * updates)
    needed = max_steps // updates + int(max_steps % updates > 0)
    assert epochs_for(max_steps, batches=batches, accumulation=accumulation) == needed


@given(st.integers(1, 100), st.integers(1, 10**6), st.integers(1, 64))
def test_lightning(epochs: int, batches: int, accumulation: int) -> None:
    estimated = math.ceil(batches / accumulation) * max(epochs, 1)
    assert total_steps(epochs=epochs, batches=batches, accumulation=accumulation) == estimated


def test_the_three_formulas_of_the_tutorials_are_not_the_same() -> None:
    examples, batch, accumulation, epochs = 1_000, 8, 4, 3
    batches = batches_per_epoch(examples, batch_size=batch)
    assert int(examples / batch / accumulation) == 31  # forgets the epochs
    assert batches / accumulation * epochs == 93.75  # no integer
    dropped = total_steps(epochs=epochs, batches=batches, accumulation=accumulation, leftover="drop")
    assert batches // accumulation * epochs == dropped == 93
    assert total_steps(epochs=epochs, batches=batches, accumulation=accumulation) == 96


# ---- exactness -------------------------------------------------------------------------------------------


def test_huge_counts_stay_exact() -> None:
    assert batches_per_epoch(HUGE, batch_size=2) == HUGE // 2 + 1
    assert batches_per_epoch(HUGE, batch_size=2, drop_last=True) == HUGE // 2
    assert updates_per_epoch(HUGE, accumulation=2) == HUGE // 2 + 1
    assert total_steps(epochs=HUGE, batches=HUGE) == HUGE**2
    assert total_steps(epochs=1.5, batches=2 * HUGE) == 3 * HUGE
    assert epochs_for(HUGE**2 + 1, batches=HUGE) == HUGE + 1
    assert warmup_steps(2 * HUGE, fraction=0.5) == HUGE


def test_a_float_means_the_decimal_it_prints_as() -> None:
    assert warmup_steps(100, fraction=0.07) == 7
    assert math.ceil(100 * 0.07) == 8
    assert total_steps(epochs=1.1, batches=50) == 55
    assert math.ceil(1.1 * 50) == 56
    assert warmup_steps(10, fraction=np.float32(0.1)) == 1
    assert math.ceil(10 * Fraction(0.1)) == 2


@given(st.integers(1, 10**25), st.integers(0, 9_999))
def test_warmup_steps_rounds_the_exact_product_up(total: int, ten_thousandths: int) -> None:
    found = warmup_steps(total, fraction=ten_thousandths / 10_000)
    assert (found - 1) * 10_000 < total * ten_thousandths <= found * 10_000


@pytest.mark.parametrize(
    ("total", "fraction", "steps"),
    [(100, 0, 0), (100, 0.0, 0), (100, 0.1, 10), (101, 0.1, 11), (1, 0.1, 1), (9, Fraction(1, 3), 3)],
)
def test_warmup_steps(total: int, fraction: Any, steps: int) -> None:
    assert warmup_steps(total, fraction=fraction) == steps


# ---- scaling ---------------------------------------------------------------------------------------------


@given(st.floats(0, 1e3), st.integers(1, 2**20), st.integers(1, 2**20))
def test_a_whole_ratio_has_the_bits_of_the_product(value: float, ratio: int, base: int) -> None:
    assert linear_scaling(value, batch_size=ratio * base, base_batch_size=base) == value * ratio
    assert sqrt_scaling(value, batch_size=ratio**2 * base, base_batch_size=base) == value * ratio


@given(st.floats(1e-9, 1e3), st.integers(1, 10**6), st.integers(1, 10**6))
def test_scaling_follows_the_formula(value: float, size: int, base: int) -> None:
    exact = Fraction(value) * size / base
    assert linear_scaling(value, batch_size=size, base_batch_size=base) == float(exact)
    root = Fraction(sqrt_scaling(value, batch_size=size, base_batch_size=base)) / Fraction(value)
    assert abs(root**2 * base / size - 1) < Fraction(1, 2**50)


def test_scaling_of_the_paper() -> None:
    assert linear_scaling(0.1, batch_size=8192, base_batch_size=256) == 3.2
    assert linear_scaling(3.2, batch_size=256, base_batch_size=8192) == 0.1
    assert sqrt_scaling(0.1, batch_size=1024, base_batch_size=256) == 0.2


@pytest.mark.parametrize("scale", [linear_scaling, sqrt_scaling])
def test_scaling_at_the_edges(scale: Callable[..., float]) -> None:
    assert scale(0.1, batch_size=32, base_batch_size=32) == 0.1
    assert scale(0, batch_size=64, base_batch_size=32) == 0.0
    assert scale(1, batch_size=HUGE, base_batch_size=HUGE) == 1.0
    assert type(scale(np.float32(0.5), batch_size=np.int64(4), base_batch_size=1)) is float


# ---- types -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("integer", [np.int64, np.uint8, np.int32, np.array])
def test_whatever_is_an_integer_is_taken_and_an_int_comes_back(integer: Callable[[int], Any]) -> None:
    n = integer
    found: list[tuple[object, int]] = [
        (batches_per_epoch(n(100), batch_size=n(8), world_size=n(2)), 7),
        (updates_per_epoch(n(7), accumulation=n(2)), 4),
        (total_steps(epochs=n(3), batches=n(7), accumulation=n(2)), 12),
        (total_steps(epochs=n(200), batches=n(200)), 40_000),  # beyond uint8
        (total_steps(epochs=n(3), samples=n(100), batch_size=n(8), world_size=n(2)), 21),
        (epochs_for(n(12), batches=n(7), accumulation=n(2), leftover="carry"), 4),
        (warmup_steps(n(100), fraction=0.1), 10),
    ]
    assert [(count, type(count)) for count, _ in found] == [(count, int) for _, count in found]


@pytest.mark.parametrize("epochs", [np.float64(1.5), np.float32(1.5), Fraction(3, 2), 1.5])
def test_whatever_is_a_real_number_is_taken_as_epochs(epochs: Any) -> None:
    assert total_steps(epochs=epochs, batches=10) == 15


# ---- errors ----------------------------------------------------------------------------------------------

VALID: dict[str, tuple[Callable[..., object], dict[str, Any]]] = {
    "batches_per_epoch": (batches_per_epoch, {"samples": 100, "batch_size": 8, "world_size": 2}),
    "updates_per_epoch": (updates_per_epoch, {"batches": 10, "accumulation": 4}),
    "total_steps": (total_steps, {"epochs": 2, "samples": 100, "batch_size": 8, "world_size": 2}),
    "epochs_for": (epochs_for, {"max_steps": 7, "batches": 10, "accumulation": 4}),
    "warmup_steps": (warmup_steps, {"total_steps": 100, "fraction": 0.1}),
    "linear_scaling": (linear_scaling, {"value": 0.1, "batch_size": 64, "base_batch_size": 32}),
    "sqrt_scaling": (sqrt_scaling, {"value": 0.1, "batch_size": 64, "base_batch_size": 32}),
}
COUNTS = [
    ("batches_per_epoch", "samples"),
    ("batches_per_epoch", "batch_size"),
    ("batches_per_epoch", "world_size"),
    ("updates_per_epoch", "batches"),
    ("updates_per_epoch", "accumulation"),
    ("total_steps", "samples"),
    ("total_steps", "batch_size"),
    ("total_steps", "world_size"),
    ("total_steps", "accumulation"),
    ("epochs_for", "max_steps"),
    ("epochs_for", "batches"),
    ("epochs_for", "world_size"),
    ("epochs_for", "accumulation"),
    ("warmup_steps", "total_steps"),
    ("linear_scaling", "batch_size"),
    ("linear_scaling", "base_batch_size"),
    ("sqrt_scaling", "batch_size"),
    ("sqrt_scaling", "base_batch_size"),
]
REALS = [
    ("total_steps", "epochs"),
    ("warmup_steps", "fraction"),
    ("linear_scaling", "value"),
    ("sqrt_scaling", "value"),
]


def refusal(function: str, kind: type[Exception], **changes: object) -> str:
    """The message of `function` when valid arguments are changed; positional names are passed in order."""
    call, valid = VALID[function]
    arguments = {**valid, **changes}
    first = [] if function == "total_steps" else [arguments.pop(next(iter(valid)))]
    return message(lambda: call(*first, **arguments), kind)


def test_the_valid_arguments_are_valid() -> None:
    assert [call(**valid) for call, valid in VALID.values()] == [7, 3, 14, 3, 10, 0.2, 0.1 * math.sqrt(2)]


@pytest.mark.parametrize(("function", "parameter"), COUNTS)
@pytest.mark.parametrize("value", [0, -1, np.int64(0), np.int64(-3)])
def test_a_count_below_one(function: str, parameter: str, value: object) -> None:
    expected = f"{function}: `{parameter}` must be at least 1, got {value!r}"
    assert refusal(function, ValueError, **{parameter: value}) == expected


@pytest.mark.parametrize(("function", "parameter"), COUNTS)
@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (True, ""),
        (np.True_, ""),
        ("8", ""),
        (8.0, "; write int(8.0)"),
        (np.float64(8), f"; write int({np.float64(8)!r})"),
        (1e300, "; write int(1e+300)"),
        (8.5, ""),
        (math.nan, ""),
        (math.inf, ""),
        (Fraction(8), ""),
        ([8], ""),
        (np.array([8, 9]), ""),
    ],
)
def test_a_count_of_the_wrong_type(function: str, parameter: str, value: object, hint: str) -> None:
    expected = f"{function}: `{parameter}` must be an integer, got {value!r}{hint}"
    assert refusal(function, TypeError, **{parameter: value}) == expected


@pytest.mark.parametrize(("function", "parameter"), COUNTS)
def test_none_is_no_count(function: str, parameter: str) -> None:
    rule = f"`{parameter}` must be an integer, got None"
    if (function, parameter) in {("total_steps", "samples"), ("epochs_for", "batches")}:
        rule = "exactly one of `samples` and `batches` must be given, got neither"
    elif (function, parameter) == ("total_steps", "batch_size"):
        rule = "`samples` needs `batch_size`; pass both, or `batches`"
    assert refusal(function, TypeError, **{parameter: None}) == f"{function}: {rule}"


@pytest.mark.parametrize(("function", "parameter"), REALS)
@pytest.mark.parametrize("value", [True, False, np.True_, "0.5", [0.5], 0.5j, np.array([0.5]), {}])
def test_a_number_of_the_wrong_type(function: str, parameter: str, value: object) -> None:
    expected = f"{function}: `{parameter}` must be a number, got {value!r}"
    assert refusal(function, TypeError, **{parameter: value}) == expected


@pytest.mark.parametrize(("function", "parameter"), REALS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf")])
def test_a_number_that_is_not_finite(function: str, parameter: str, value: object) -> None:
    expected = f"{function}: `{parameter}` must be finite, got {value!r}"
    assert refusal(function, ValueError, **{parameter: value}) == expected


@pytest.mark.parametrize(
    ("function", "parameter", "rule", "values"),
    [
        ("total_steps", "epochs", "must be greater than 0, got {}", [0, 0.0, -1, -0.5, Fraction(-1, 2)]),
        ("total_steps", "epochs", "must be at most 2**53 as a float, got {}; write an int", [1e16, 1e300]),
        ("warmup_steps", "fraction", "must be in [0, 1), got {}", [1, 1.0, 10, -0.1, 1e300, HUGE]),
        ("linear_scaling", "value", "must be at least 0, got {}", [-1, -0.1, -1e300]),
        ("sqrt_scaling", "value", "must be at least 0, got {}", [-1, -0.1, -1e300]),
        ("linear_scaling", "value", "must fit in a float, got {}", [Fraction(10**400, 3)]),
        ("sqrt_scaling", "value", "must fit in a float, got {}", [np.longdouble("1e4000")]),
    ],
)
def test_a_number_out_of_range(function: str, parameter: str, rule: str, values: list[object]) -> None:
    for value in values:
        if np.longdouble == np.float64 and isinstance(value, np.longdouble):
            continue  # a platform without a longer double
        shown = repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
        expected = f"{function}: `{parameter}` {rule.format(shown)}"
        assert refusal(function, ValueError, **{parameter: value}) == expected


def test_a_float_of_2_to_the_53_epochs_is_the_last_one() -> None:
    assert total_steps(epochs=2.0**53, batches=1) == 2**53
    assert total_steps(epochs=10**300, batches=1) == 10**300


@pytest.mark.parametrize("function", ["batches_per_epoch", "total_steps"])
@pytest.mark.parametrize("value", [0, 1, "False", None, np.True_])
def test_drop_last_is_a_bool(function: str, value: object) -> None:
    expected = f"{function}: `drop_last` must be True or False, got {value!r}"
    assert refusal(function, TypeError, drop_last=value) == expected


def test_drop_last_is_a_bool_beside_batches_too() -> None:
    expected = "epochs_for: `drop_last` must be True or False, got 'yes'"
    assert refusal("epochs_for", TypeError, drop_last="yes") == expected


@pytest.mark.parametrize("function", ["updates_per_epoch", "total_steps", "epochs_for"])
def test_leftover_is_one_of_its_words(function: str) -> None:
    words = "'update' or 'drop'" + ("" if function == "updates_per_epoch" else " or 'carry'")
    expected = f"{function}: `leftover` must be {words}, got 'ceil'"
    assert refusal(function, ValueError, leftover="ceil") == expected
    for value in (True, None, ["drop"]):
        expected = f"{function}: `leftover` must be a string, got {value!r}"
        assert refusal(function, TypeError, leftover=value) == expected


def test_an_epoch_has_no_number_of_updates_when_windows_carry() -> None:
    expected = "updates_per_epoch: `leftover` must be 'update' or 'drop', got 'carry'"
    assert refusal("updates_per_epoch", ValueError, leftover="carry") == expected


NO_EPOCH = "an epoch of 3 batches makes no update (`accumulation` is 4); lower it or use another `leftover` than "


@pytest.mark.parametrize(
    ("call", "kind", "expected"),
    [
        (
            lambda: total_steps(batches=3),
            TypeError,
            "total_steps: exactly one of `epochs` and `max_steps` must be given, got neither",
        ),
        (
            lambda: total_steps(epochs=3, max_steps=3, batches=3),
            TypeError,
            "total_steps: exactly one of `epochs` and `max_steps` must be given, got both",
        ),
        (
            lambda: total_steps(epochs=3),
            TypeError,
            "total_steps: exactly one of `samples` and `batches` must be given, got neither",
        ),
        (
            lambda: total_steps(max_steps=3, samples=3, batches=3),
            TypeError,
            "total_steps: exactly one of `samples` and `batches` must be given, got both",
        ),
        (
            lambda: epochs_for(3),
            TypeError,
            "epochs_for: exactly one of `samples` and `batches` must be given, got neither",
        ),
        (
            lambda: epochs_for(3, samples=3),
            TypeError,
            "epochs_for: `samples` needs `batch_size`; pass both, or `batches`",
        ),
        (
            lambda: epochs_for(3, batches=3, batch_size=8),
            TypeError,
            "epochs_for: `batch_size` is already counted in `batches`; drop it or pass `samples`",
        ),
        (
            lambda: total_steps(epochs=3, batches=3, world_size=2),
            TypeError,
            "total_steps: `world_size` is already counted in `batches`; drop it or pass `samples`",
        ),
        (
            lambda: total_steps(epochs=3, batches=3, drop_last=True),
            TypeError,
            "total_steps: `drop_last` is already counted in `batches`; drop it or pass `samples`",
        ),
        (
            lambda: total_steps(max_steps=-1),
            ValueError,
            "total_steps: `max_steps` must be at least 1, got -1",
        ),
        (
            lambda: total_steps(max_steps=8.0, batches=3),  # type: ignore[arg-type]
            TypeError,
            "total_steps: `max_steps` must be an integer, got 8.0; write int(8.0)",
        ),
        (
            lambda: batches_per_epoch(15, batch_size=8, world_size=2, drop_last=True),
            ValueError,
            (
                "batches_per_epoch: an epoch has no full batch for every process (`samples` is 15); "
                "lower `batch_size` or set `drop_last` to False"
            ),
        ),
        (
            lambda: updates_per_epoch(3, accumulation=4, leftover="drop"),
            ValueError,
            f'updates_per_epoch: {NO_EPOCH}"drop"',
        ),
        (
            lambda: epochs_for(9, batches=3, accumulation=4, leftover="drop"),
            ValueError,
            f'epochs_for: {NO_EPOCH}"drop"',
        ),
        (
            lambda: total_steps(max_steps=9, batches=3, accumulation=4, leftover="drop"),
            ValueError,
            f'total_steps: {NO_EPOCH}"drop"',
        ),
        (
            lambda: total_steps(epochs=1.2, batches=3, accumulation=5, leftover="carry"),
            ValueError,
            "total_steps: the run makes no update (`epochs` is 1.2); lower `accumulation`",
        ),
        (
            lambda: linear_scaling(1e300, batch_size=10**9, base_batch_size=1),
            ValueError,
            "linear_scaling: the result leaves the range of a float (`value` is 1e+300)",
        ),
        (
            lambda: sqrt_scaling(1e300, batch_size=10**18, base_batch_size=1),
            ValueError,
            "sqrt_scaling: the result leaves the range of a float (`value` is 1e+300)",
        ),
        (
            lambda: sqrt_scaling(1.0, batch_size=10**400, base_batch_size=1),
            ValueError,
            "sqrt_scaling: the result leaves the range of a float (`value` is 1.0)",
        ),
        (
            lambda: linear_scaling(0.1, batch_size=1, base_batch_size=10**400),
            ValueError,
            "linear_scaling: the result leaves the range of a float (`value` is 0.1)",
        ),
    ],
)
def test_arguments_that_do_not_fit_together(call: Callable[[], object], kind: type[Exception], expected: str) -> None:
    assert message(call, kind) == expected


def test_a_message_is_one_line_whatever_is_passed() -> None:
    call: Any = batches_per_epoch
    text = message(lambda: call(np.zeros((30, 30)), batch_size=8), TypeError)
    assert "\n" not in text
    assert re.fullmatch(r"batches_per_epoch: `samples` must be an integer, got array\(.{71}\.\.\.", text)
    text = message(lambda: call(-(10**5000), batch_size=8), ValueError)
    assert text == "batches_per_epoch: `samples` must be at least 1, got an integer of 16610 bits"
    text = message(lambda: call(10**5000, batch_size=10**5001, drop_last=True), ValueError)
    assert "(`samples` is an integer of 16610 bits)" in text


# ---- the module ------------------------------------------------------------------------------------------


def test_every_example_runs() -> None:
    found = doctest.testmod(counting)
    assert found.failed == 0
    assert found.attempted >= 2 * len(counting.__all__)


@pytest.mark.parametrize("name", counting.__all__)
def test_every_docstring_keeps_the_order(name: str) -> None:
    text = getattr(counting, name).__doc__
    titles = re.findall(r"^ *(Args|Returns|Raises|Example|Same as|References):$", text, re.MULTILINE)
    assert [title for title in titles if title != "Same as"] == [
        "Args",
        "Returns",
        "Raises",
        "Example",
        "References",
    ]
    if "Same as" in titles:
        assert titles[-2] == "Same as"
