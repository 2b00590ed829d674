"""MLX: how to run it."""

from typing import Any

from conformance.deviation import Deviation


def peer(callable_name: str, arguments: dict[str, Any], steps: list[int]) -> list[float]:
    """Return what the installed MLX answers, in float32, as its optimizers ask it: with a step on the device."""
    import mlx.core as mx
    import mlx.optimizers

    made = _build(mlx.optimizers, callable_name, arguments)
    return [float(made(mx.array(step, mx.uint64))) for step in steps]


def _build(module: Any, name: str, kwargs: dict[str, Any]) -> Any:
    arguments = dict(kwargs)
    if name == "join_schedules":
        arguments["schedules"] = [_build(module, *child) for child in arguments["schedules"]]
    return getattr(module, name)(**arguments)


DEVIATIONS = (
    Deviation(
        "_decay",
        peer="a negative `decay_rate` gives rates that alternate in sign",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: case.kwargs.get("decay_rate", 1.0) < 0.0,
    ),
)
