"""A schedule in PyTorch's own operations: the schedule's values, compiled without a break or a second time."""

import copy
import pickle
import shutil

import numpy as np
import pytest
import torch
from registry import SAMPLES, last_step

import pywarmup as pw
from pywarmup.torch import expression

TOLERANCE = {torch.float64: 1e-15, torch.float32: 1e-6}  # of the peak
BILLIONS = 2_000_000_000
LONG = {
    "linear": pw.Linear(0.0, 1.0, steps=BILLIONS),
    "cosine": pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=BILLIONS),
    "polynomial": pw.Polynomial(1.0, 0.0, steps=BILLIONS, power=0.9),
    "square_root": pw.SquareRoot(1.0, 0.0, steps=BILLIONS),
    "tanh": pw.Tanh(1.0, 0.0, steps=BILLIONS),
    "exponential": pw.Exponential(1e-7, 10.0, steps=BILLIONS),
    "piecewise_linear": pw.PiecewiseLinear([(0, 0.1), (BILLIONS // 2, 1.0), (BILLIONS, 0.0)]),
    "piecewise_constant": pw.PiecewiseConstant([1.0, 0.5, 0.1], milestones=[BILLIONS // 3, BILLIONS - 5]),
    "shift": pw.Linear(1.0, 0.0, steps=BILLIONS).shift(12_345),
    "reverse": pw.warmup_cosine(3e-4, warmup_steps=2_000, total_steps=BILLIONS).reverse(),
    "repeat": pw.Cosine(1.0, 0.0, steps=1_000).repeat(),
    "decaying": pw.cosine_restarts(0.1, cycle_steps=10_000, decay=0.99999),
    "growing": pw.cosine_restarts(0.1, cycle_steps=1_000, growth=2, warmup_steps=10),
    "mirror": pw.Linear(1.0, 0.0, steps=1_000).past_end("mirror"),
    "table": pw.Table([0.1, 0.2, 0.3]).repeat(),
    "stairs": pw.step_decay(0.1, every=BILLIONS // 30),
}
ONE_WSD_OF_EACH_SHAPE = {f"wsd-{index}" for index in range(0, 64, 9)}
COMPILED = [name for name in SAMPLES if not name.startswith("wsd") or name in ONE_WSD_OF_EACH_SHAPE]


def error(actual: torch.Tensor, expected: np.ndarray) -> float:
    """The largest error, in parts of the peak."""
    return float(np.abs(actual.double().numpy() - expected).max() / np.abs(expected).max())


def long_steps() -> torch.Tensor:
    generator = torch.Generator().manual_seed(7)
    anywhere = torch.randint(0, BILLIONS, (2_000,), generator=generator)
    near = [point + torch.arange(-1_000, 1_000) for point in (1_000, BILLIONS // 3, BILLIONS // 2, BILLIONS)]
    return torch.cat([anywhere, *near])


@pytest.fixture(autouse=True)
def _compile_anew() -> None:
    torch.compiler.reset()
    torch._dynamo.utils.counters.clear()


@pytest.mark.parametrize("steps_dtype", [torch.int64, torch.int32, torch.float64], ids=str)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", SAMPLES)
def test_an_expression_agrees_with_the_schedule(name: str, dtype: torch.dtype, steps_dtype: torch.dtype) -> None:
    schedule = SAMPLES[name]
    steps = torch.arange(last_step(schedule) + 1, dtype=steps_dtype)
    values = expression(schedule, dtype=dtype)(steps)
    assert values.dtype == dtype
    assert error(values, schedule(steps.numpy())) <= TOLERANCE[dtype]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-15), (torch.float32, 4e-7)], ids=str)
@pytest.mark.parametrize("steps_dtype", [torch.int64, torch.int32], ids=str)
@pytest.mark.parametrize("name", LONG)
def test_whole_steps_keep_their_place_in_a_long_run(
    name: str, steps_dtype: torch.dtype, dtype: torch.dtype, tolerance: float
) -> None:
    steps = long_steps().to(steps_dtype)
    values = expression(LONG[name], dtype=dtype)(steps)
    assert error(values, LONG[name](steps.numpy())) <= tolerance


def test_steps_of_few_bits_do_not_overflow() -> None:
    schedule = pw.warmup_cosine(1.0, warmup_steps=100, total_steps=BILLIONS)
    for dtype in (torch.uint8, torch.int8, torch.int16):
        assert error(expression(schedule)(torch.arange(128, dtype=dtype)), schedule.array(128)) <= 1e-15


def test_steps_go_to_2_to_the_53() -> None:
    schedule = pw.Linear(1.0, 0.0, steps=2**53)
    steps = torch.tensor([0, 1, 2**52 + 1, 2**53 - 1, 2**53])
    assert expression(schedule)(steps).tolist() == [schedule(step) for step in steps.tolist()]


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 3), (2, 1, 3)], ids=str)
@pytest.mark.parametrize("name", ["cosine-0", "piecewise_linear-0", "table-1", "constant-0", "repeat-1"])
def test_the_result_has_the_shape_of_the_steps(name: str, shape: tuple[int, ...]) -> None:
    steps = torch.randint(0, 300, shape, generator=torch.Generator().manual_seed(1))
    for given in (steps, steps.mT if steps.dim() > 1 else steps):
        values = expression(SAMPLES[name])(given)
        assert values.shape == given.shape
        torch.testing.assert_close(values, torch.tensor(SAMPLES[name](given.numpy())).reshape(given.shape))


@pytest.mark.parametrize("name", COMPILED)
def test_it_compiles_as_one_graph(name: str) -> None:
    function = expression(SAMPLES[name])
    compiled = torch.compile(function, fullgraph=True, backend="eager")
    steps = torch.arange(last_step(SAMPLES[name]) + 1)
    assert torch.equal(compiled(steps), function(steps))


@pytest.mark.parametrize("name", ["warmup_cosine-0", "piecewise_linear-0", "table-1", "repeat-1"])
@pytest.mark.parametrize("steps_dtype", [torch.int64, torch.float64], ids=str)
def test_it_compiles_once_while_the_step_moves(name: str, steps_dtype: torch.dtype) -> None:
    compiled = torch.compile(expression(SAMPLES[name]), fullgraph=True, backend="aot_eager")
    with torch._dynamo.config.patch(error_on_recompile=True):
        values = [compiled(torch.tensor(step, dtype=steps_dtype)).item() for step in range(100)]
    assert error(torch.tensor(values), SAMPLES[name].array(100)) <= 1e-7  # this tensor is of float32
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inductor's own
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++, which inductor compiles with")
def test_inductor_compiles_it() -> None:
    schedules = [SAMPLES[name] for name in ("warmup_cosine-0", "piecewise_linear-0", "table-1")]
    functions = [expression(schedule) for schedule in schedules]
    compiled = torch.compile(lambda step: [function(step) for function in functions], fullgraph=True)
    for step in (0, 9, 10, 99, 450):
        for value, schedule in zip(compiled(torch.tensor(step)), schedules, strict=True):
            assert value.item() == pytest.approx(schedule(step), rel=1e-14, abs=0)


def test_a_compiled_training_step_counts_and_schedules() -> None:
    schedule = pw.warmup_cosine(0.5, warmup_steps=5, total_steps=40)
    lr = expression(schedule)
    weight, step = torch.zeros(3), torch.tensor(0)

    @torch.compile(fullgraph=True, backend="aot_eager")
    def train() -> None:
        weight.sub_(lr(step) * torch.ones(3))
        step.add_(1)

    for _ in range(50):
        train()
    assert step.item() == 50
    torch.testing.assert_close(weight, torch.full((3,), -schedule.array(50).sum()).float())


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", SAMPLES)
def test_gradients_through_real_steps_are_finite(name: str, dtype: torch.dtype) -> None:
    schedule = SAMPLES[name]
    anywhere = torch.linspace(0, last_step(schedule), 201, dtype=dtype)
    steps = torch.cat([anywhere, torch.arange(last_step(schedule) + 1, dtype=dtype)]).requires_grad_()
    values = expression(schedule, dtype=dtype)(steps)
    if values.requires_grad:  # a table's do not depend on the step
        values.sum().backward()
        assert steps.grad is not None
        assert steps.grad.isfinite().all()


def test_the_slope_of_a_finished_warmup_is_finite() -> None:
    step = torch.tensor(1e6, dtype=torch.float64, requires_grad=True)
    expression(pw.RAdam(1.0, beta2=0.999))(step).backward()
    assert step.grad == pytest.approx(0, abs=1e-9)


def test_the_gradient_is_the_slope() -> None:
    step = torch.tensor(30.0, dtype=torch.float64, requires_grad=True)
    expression(pw.Linear(0.0, 1.0, steps=100))(step).backward()
    assert step.grad is not None
    assert step.grad.item() == pytest.approx(0.01, rel=1e-15)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_lower_dtypes_are_rounded_from_float32(dtype: torch.dtype) -> None:
    schedule, steps = SAMPLES["cosine-1"], torch.arange(977)
    low = expression(schedule, dtype=dtype)(steps)
    assert torch.equal(low, expression(schedule, dtype=torch.float32)(steps).to(dtype))


def test_float64_steps_are_not_rounded_before_the_values() -> None:
    schedule = LONG["repeat"]
    steps = long_steps().double()
    values = expression(schedule, dtype=torch.float32)(steps)
    assert values.dtype == torch.float32
    assert error(values, schedule(steps.numpy())) <= 1e-7


def test_an_expression_is_copied_pickled_and_printed() -> None:
    function = expression(SAMPLES["piecewise_linear-0"], dtype=torch.float32)
    steps = torch.arange(300)
    expected = function(steps)
    for other in (pickle.loads(pickle.dumps(function)), copy.deepcopy(function)):
        assert torch.equal(other(steps), expected)
        assert repr(other) == repr(function)
    assert repr(function) == f"expression({SAMPLES['piecewise_linear-0']!r}, dtype=torch.float32)"


def test_tables_that_inference_brought_are_differentiable() -> None:
    lr = expression(SAMPLES["piecewise_linear-0"])
    step = torch.tensor(5.0, requires_grad=True)
    with torch.inference_mode():
        lr(step)
    torch.compile(lr, fullgraph=True, backend="aot_eager")(step).backward()
    assert step.grad is not None
    assert step.grad.item() == pytest.approx(0.09)


@pytest.mark.parametrize("strict", [False, True])
def test_an_expression_survives_an_export(strict: bool) -> None:
    schedule = SAMPLES["piecewise_linear-0"]
    lr = expression(schedule)

    class Model(torch.nn.Module):
        def forward(self, step: torch.Tensor) -> torch.Tensor:
            return lr(step)

    exported = torch.export.export(Model(), (torch.tensor(3),), strict=strict).module()
    assert exported(torch.tensor(5)).item() == pytest.approx(schedule(5))
    assert lr(torch.tensor(5)).item() == pytest.approx(schedule(5))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", ["warmup_cosine-0", "piecewise_linear-0", "table-1", "repeat-1", "exponential-0"])
def test_on_a_cuda_device_it_computes_the_same(name: str) -> None:
    function = expression(SAMPLES[name])
    steps = torch.arange(last_step(SAMPLES[name]) + 1)
    for run in (function, torch.compile(function, fullgraph=True)):
        values = run(steps.cuda())
        assert values.is_cuda
        assert error(values.cpu(), SAMPLES[name](steps.numpy())) <= 1e-15
        assert run(steps[3].cuda()).cpu() == pytest.approx(SAMPLES[name](3), rel=1e-14)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_cuda_graph_captures_it() -> None:
    schedule = SAMPLES["piecewise_linear-0"]
    lr, step = expression(schedule), torch.tensor(0, device="cuda")
    lr(step)  # brings the tables
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        value = lr(step)
    for number in (0, 5, 200):
        step.fill_(number)
        graph.replay()
        assert value.item() == pytest.approx(schedule(number), rel=1e-14)


@pytest.mark.parametrize("steps", [3, 2.5, None, "3", [1, 2], np.arange(3)], ids=repr)
def test_what_is_no_tensor_is_refused(steps: object) -> None:
    message = (
        f"^expression: `steps` must be a tensor, got {type(steps).__name__}; for numbers call the schedule itself$"
    )
    with pytest.raises(TypeError, match=message):
        expression(SAMPLES["cosine-0"])(steps)  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", [torch.tensor(True), torch.tensor([1j])], ids=str)
def test_a_tensor_of_no_steps_is_refused(steps: torch.Tensor) -> None:
    with pytest.raises(TypeError, match=rf"^expression: `steps` must be integers or real numbers, got {steps.dtype}$"):
        expression(SAMPLES["cosine-0"])(steps)


@pytest.mark.parametrize("schedule", [3, None, "cosine", lambda step: 0.1], ids=["3", "None", "str", "function"])
def test_what_is_no_schedule_is_refused(schedule: object) -> None:
    with pytest.raises(TypeError, match=r"^expression: `schedule` must be a schedule, got "):
        expression(schedule)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [torch.int64, torch.complex64, torch.bool, "float32", np.float32, None], ids=str)
def test_what_is_no_floating_dtype_is_refused(dtype: object) -> None:
    with pytest.raises(TypeError, match=r"^expression: `dtype` must be a floating torch.dtype, got "):
        expression(SAMPLES["cosine-0"], dtype=dtype)  # type: ignore[arg-type]
