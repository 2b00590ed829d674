"""Schedules as data: what is written is read back, and nothing else is read."""

import json
import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from registry import SAMPLES, last_step

import pywarmup as pw
from pywarmup import _core
from pywarmup.serialize import revive

CONSTANT = {"schema": 1, "kind": "constant", "value": 0.1, "steps": None}
INNER = {"kind": "constant", "value": 0.1, "steps": 5}
LINEAR = {"kind": "linear", "init_value": 0.0, "end_value": 1.0, "steps": 10}
HASH = "dbc85d53"  # of Constant(0.1), as documented

samples = pytest.mark.parametrize("schedule", [pytest.param(value, id=name) for name, value in SAMPLES.items()])


def same(one: pw.Schedule, other: pw.Schedule) -> None:
    assert type(one) is type(other)
    assert one == other
    assert repr(one) == repr(other)
    assert hash(one) == hash(other)
    assert one.fingerprint == other.fingerprint
    assert one.total_steps == other.total_steps
    steps = last_step(one)
    assert one.array(steps).tobytes() == other.array(steps).tobytes()


@samples
def test_dictionaries_round_trip(schedule: pw.Schedule) -> None:
    data = schedule.to_dict()
    assert data["schema"] == 1
    assert list(data) == ["schema", "kind", *_core.PARAMETERS[schedule.kind]]
    before = json.dumps(data)
    same(pw.from_dict(data), schedule)
    assert json.dumps(data) == before
    assert pw.from_dict(data).to_dict() == data


@samples
def test_json_round_trips(schedule: pw.Schedule) -> None:
    text = schedule.to_json()
    same(pw.from_json(text), schedule)
    assert pw.from_json(text).to_json() == text
    assert " " not in text
    assert text.isascii()
    same(pw.from_json(json.dumps(json.loads(text), indent=2, sort_keys=True)), schedule)


@samples
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_round_trip(schedule: pw.Schedule, protocol: int) -> None:
    same(pickle.loads(pickle.dumps(schedule, protocol)), schedule)


def test_fingerprints_tell_schedules_apart() -> None:
    prints = {name: schedule.fingerprint for name, schedule in SAMPLES.items()}
    assert all(re.fullmatch("[0-9a-f]{64}", text) for text in prints.values())
    for name, schedule in SAMPLES.items():
        for other, text in prints.items():
            assert (text == prints[name]) == (SAMPLES[other] == schedule), (name, other)


def test_fingerprints_are_of_values() -> None:
    assert pw.Constant(0.1).fingerprint.startswith(HASH)
    assert pw.Linear(0, 1, steps=10).fingerprint == pw.Linear(0.0, np.float64(1), steps=10.0).fingerprint
    assert pw.Constant(-0.0).fingerprint == pw.Constant(0.0).fingerprint
    assert pw.Linear(0, 1, steps=10).fingerprint != pw.Linear(0, 1, steps=11).fingerprint
    assert pw.Linear(0, 1, steps=10).fingerprint != pw.Linear(0, np.nextafter(1, 2), steps=10).fingerprint
    one = pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=100_000, end_value=3e-5)
    two = pw.join(pw.Linear(0.0, 3e-4, steps=2_000), pw.Cosine(3e-4, 3e-5, steps=98_000))
    same(one, two)


def test_a_dictionary_written_by_hand() -> None:
    data = {"schema": 1, "kind": "join", "stages": [{**LINEAR}, {"kind": "scale", "schedule": INNER, "factor": 2}]}
    same(pw.from_dict(data), pw.join(pw.Linear(0.0, 1.0, steps=10), pw.Constant(0.1, steps=5) * 2))


def stage(**changes: Any) -> dict[str, Any]:
    return {"schema": 1, "kind": "join", "stages": [INNER, LINEAR | changes]}


DICTIONARIES: list[tuple[str, Any, type[Exception], str]] = [
    ("kind", CONSTANT | {"kind": "constnat"}, ValueError,
     "from_dict: `$.kind` must be a known kind, got 'constnat'; did you mean 'constant'?"),
    ("kind-far", CONSTANT | {"kind": "xyzzy"}, ValueError, "from_dict: `$.kind` must be a known kind, got 'xyzzy'"),
    ("kind-class", CONSTANT | {"kind": "Schedule"}, ValueError,
     "from_dict: `$.kind` must be a known kind, got 'Schedule'"),
    ("kind-list", CONSTANT | {"kind": ["constant"]}, ValueError,
     "from_dict: `$.kind` must be a known kind, got a list"),
    ("kind-missing", {"schema": 1}, ValueError, "from_dict: `$.kind` must be a known kind, and is missing"),
    ("kind-nested", stage(kind="linaer"), ValueError,
     "from_dict: `$.stages[1].kind` must be a known kind, got 'linaer'; did you mean 'linear'?"),
    ("field", CONSTANT | {"valeu": 1}, ValueError,
     "from_dict: `$.valeu` must be a field of 'constant'; did you mean 'value'?"),
    ("field-number", CONSTANT | {3: 4}, ValueError, "from_dict: `$.3` must be a field of 'constant'"),
    ("field-nested", stage(power=1), ValueError, "from_dict: `$.stages[1].power` must be a field of 'linear'"),
    ("missing", {"schema": 1, "kind": "constant", "value": 1}, ValueError,
     "from_dict: `$.steps` must be given, and is missing"),
    ("schema-missing", LINEAR, ValueError, "from_dict: `$.schema` must be 1, and is missing"),
    ("schema-newer", CONSTANT | {"schema": 2}, ValueError,
     "from_dict: `$.schema` must be at most 1, got 2; written by a newer pywarmup"),
    *((f"schema-{bad!r}", CONSTANT | {"schema": bad}, ValueError, f"from_dict: `$.schema` must be 1, got {bad!r}")
      for bad in (0, -1, True, 1.0, "1", None)),
    ("schema-nested", {"schema": 1, "kind": "reverse", "schedule": {"schema": 1, **INNER}}, ValueError,
     "from_dict: `$.schedule.schema` must be a field of 'constant'"),
    ("bool", CONSTANT | {"value": True}, TypeError, "Constant: `$.value` must be a finite number, got True"),
    ("text", CONSTANT | {"value": "1"}, TypeError, "Constant: `$.value` must be a finite number, got '1'"),
    ("null", CONSTANT | {"value": None}, TypeError, "Constant: `$.value` must be a finite number, got None"),
    ("nan", CONSTANT | {"value": float("nan")}, ValueError, "Constant: `$.value` must be a finite number, got nan"),
    ("steps", stage(steps=0), ValueError,
     "Linear: `$.stages[1].steps` must be a number of steps > 0 and <= 2**53, got 0"),
    ("steps-big", stage(steps=10**30), ValueError,
     f"Linear: `$.stages[1].steps` must be a number of steps > 0 and <= 2**53, got {10**30}"),
    ("steps-bool", stage(steps=True), TypeError,
     "Linear: `$.stages[1].steps` must be a number of steps > 0 and <= 2**53, got True"),
    ("endless", {"schema": 1, "kind": "join", "stages": [INNER | {"steps": None}, LINEAR]}, ValueError,
     "Join: only the last stage may go on for ever (`$.stages[0]` is Constant(value=0.1, steps=None)); "
     "give it an end with .until(steps)"),
    ("stages-empty", {"schema": 1, "kind": "join", "stages": []}, ValueError,
     "Join: `$.stages` must be a non-empty sequence of schedules, got []"),
    ("stages-object", {"schema": 1, "kind": "join", "stages": {}}, TypeError,
     "from_dict: `$.stages` must be a list of schedules, got a dict"),
    ("stages-number", {"schema": 1, "kind": "join", "stages": [INNER, 1]}, TypeError,
     "from_dict: `$.stages[1]` must be a schedule, got 1"),
    ("schedule-null", {"schema": 1, "kind": "reverse", "schedule": None}, TypeError,
     "from_dict: `$.schedule` must be a schedule, got None"),
    ("table-bool", {"schema": 1, "kind": "table", "values": [1, True]}, TypeError,
     "Table: `$.values[1]` must be a finite number, got True"),
    ("points", {"schema": 1, "kind": "piecewise_linear", "points": [[0, 1], [0, 2]]}, ValueError,
     "PiecewiseLinear: `$.points[1][0]` must be greater than the step before it, got 0"),
    ("policy", {"schema": 1, "kind": "past_end", "schedule": INNER, "policy": "hold"}, ValueError,
     "PastEnd: `$.policy` must be 'repeat', 'mirror' or 'error', got 'hold'"),
    ("flag", {"schema": 1, "kind": "inverse_time", "init_value": 1, "decay_rate": 1, "every": 1, "staircase": 1},
     TypeError, "InverseTime: `$.staircase` must be True or False, got 1"),
    ("surrogate-kind", CONSTANT | {"kind": "\ud800"}, ValueError,
     "from_dict: `$.kind` must be a known kind, got '\\ud800'"),
    ("surrogate-field", CONSTANT | {"\ud800": 1}, ValueError, "from_dict: `$.\\ud800` must be a field of 'constant'"),
    ("newline-field", CONSTANT | {"a\nb": 1}, ValueError, "from_dict: `$.a\\nb` must be a field of 'constant'"),
    ("nul-kind", CONSTANT | {"kind": "constant\0"}, ValueError,
     "from_dict: `$.kind` must be a known kind, got 'constant\\x00'; did you mean 'constant'?"),
    ("list", [], TypeError, "from_dict: `$` must be a dictionary, got a list"),
    ("schedule-itself", pw.Constant(1.0), TypeError, "from_dict: `$` must be a dictionary, got a Constant"),
]  # fmt: skip


def refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
    assert "\n" not in message
    str(caught.value).encode()


@pytest.mark.parametrize(("data", "error", "message"), [pytest.param(*row[1:], id=row[0]) for row in DICTIONARIES])
def test_dictionaries_that_are_refused(data: Any, error: type[Exception], message: str) -> None:
    refused(lambda: pw.from_dict(data), error, message)
    if isinstance(data, dict) and all(isinstance(key, str) for key in data) and "nan" not in message:
        refused(lambda: pw.from_json(json.dumps(data)), error, message)


GOOD = '{"schema":1,"kind":"constant","value":0.1,"steps":null}'
TEXTS: list[tuple[str, Any, type[Exception], str]] = [
    ("bytes", b"{}", TypeError, r"from_json: `text` must be a string, got a bytes"),
    ("none", None, TypeError, r"from_json: `text` must be a string, got None"),
    ("empty", "", ValueError, r"from_json: `text` must be JSON, got ''; Expecting value.*"),
    *((f"truncated-{end}", GOOD[:end], ValueError, r"from_json: `text` must be JSON, got '.*'; .*")
      for end in range(1, len(GOOD), 5)),
    ("bom", "\ufeff" + GOOD, ValueError, r"from_json: `text` must be JSON, got .*; Unexpected UTF-8 BOM .*"),
    ("trailing", GOOD + " x", ValueError, r"from_json: `text` must be JSON, got .*; Extra data: .*"),
    ("surrogate", "\ud800", ValueError, r"from_json: `text` must be JSON, got '\\ud800'; .*"),
    *((f"literal-{bad}", GOOD.replace("0.1", bad), ValueError,
       rf"from_json: `text` must have finite numbers only, got {bad}") for bad in ("NaN", "Infinity", "-Infinity")),
    ("literal-1e400", GOOD.replace("0.1", "1e400"), ValueError,
     r"Constant: `\$\.value` must be a finite number, got inf"),
    ("digits", GOOD.replace("0.1", "9" * 5000), ValueError, r"(from_json|Constant): `.*` must .*"),
    ("duplicate", GOOD.replace('"steps"', '"value":1,"steps"'), ValueError,
     r"from_json: .*value.* must be given once, got it twice in one object"),
    ("duplicate-schema", '{"schema":1,"schema":1}', ValueError,
     r"from_json: .*schema.* must be given once, got it twice in one object"),
    ("duplicate-surrogate", '{"\\ud800":1,"\\ud800":2}', ValueError,
     r"from_json: .*\\ud800.* must be given once, got it twice in one object"),
    *((f"deep-{begin}", begin * 100_000, ValueError, r"from_json: `text` must be nested at most 100 deep")
      for begin in ("[", '{"a":')),
    ("deep-closed", "[" * 100_000 + "]" * 100_000, ValueError,
     r"from_json: `text` must be nested at most 100 deep"),
    ("list", "[1]", TypeError, r"from_dict: `\$` must be a dictionary, got a list"),
    ("null", "null", TypeError, r"from_dict: `\$` must be a dictionary, got None"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error", "message"), [pytest.param(*row[1:], id=row[0]) for row in TEXTS])
def test_texts_that_are_refused(text: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        pw.from_json(text)
    assert type(caught.value) is error
    assert re.fullmatch(message, str(caught.value)), str(caught.value)
    assert len(str(caught.value)) < 400
    str(caught.value).encode()


def nested(depth: int) -> dict[str, Any]:
    data: dict[str, Any] = dict(INNER)
    for _ in range(depth - 1):
        data = {"kind": "reverse", "schedule": data}
    return {"schema": 1, **data}


def test_depth_is_bounded() -> None:
    deepest = pw.from_dict(nested(_core.LARGEST_DEPTH))
    assert deepest.depth == _core.LARGEST_DEPTH == 100
    same(pw.from_json(deepest.to_json()), deepest)
    same(pickle.loads(pickle.dumps(deepest)), deepest)
    for depth in (_core.LARGEST_DEPTH + 1, 10_000, 100_000):
        with pytest.raises(ValueError, match=r"^from_dict: `\$(\.schedule)+\.?\w*` must be nested at most 100 deep$"):
            pw.from_dict(nested(depth))


def test_a_definition_within_itself() -> None:
    data: dict[str, Any] = {"kind": "sum", "terms": []}
    data["terms"].append(data)
    with pytest.raises(ValueError, match=r"^from_dict: `\$(\.terms\[0\])+[.\w\[\]]*` must be nested at most 100 deep$"):
        pw.from_dict({"schema": 1, **data})


# Pickles.


def test_what_a_pickle_calls() -> None:
    assert pw.Constant(0.1, steps=3).__reduce__() == (revive, (1, pw.Constant, (0.1, 3)))
    same(revive(1, pw.Constant, (0.1, 3)), pw.Constant(0.1, steps=3))


@pytest.mark.parametrize("version", [0, 2, -1, "1", None, 1.5, True])
def test_pickles_of_another_version(version: Any) -> None:
    refused(
        lambda: revive(version, pw.Constant, (0.1, None)),
        ValueError,
        f"revive: `version` must be 1, got {version!r}; written by a newer pywarmup",
    )


@pytest.mark.parametrize(
    ("cls", "fields"),
    [
        (pw.Constant, (0.1,)),
        (pw.Constant, (0.1, None, 3)),
        (pw.Constant, (True, None)),
        (pw.Constant, ("1", None)),
        (pw.Constant, (float("nan"), None)),
        (pw.Constant, None),
        (pw.Schedule, ()),
        (int, (1,)),
        (print, ("x",)),
    ],
)
def test_hostile_pickles(cls: Any, fields: Any) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return revive, (1, cls, fields)

    with pytest.raises((TypeError, ValueError)):
        pickle.loads(pickle.dumps(Hostile()))


def test_state_cannot_be_smuggled_into_a_value() -> None:
    value = pw.Linear(0.0, 1.0, steps=10)

    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return revive, (1, pw.Linear, (0.0, 1.0, 10)), (None, {"steps": 20})

    with pytest.raises((TypeError, ValueError, AttributeError)):
        pickle.loads(pickle.dumps(Hostile()))
    assert pickle.loads(pickle.dumps(value)) == value
