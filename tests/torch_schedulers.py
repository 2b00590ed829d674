"""Random schedulers of torch as (name, arguments), odd ones too; the children of compositions are such pairs."""

import re
from typing import Any

from hypothesis import strategies as st

# What we refuse where torch goes on, or fails later than at its construction.
REFUSED = re.compile(
    r"integers in order; torch|has no closed form|writes each rate anew|more than one \w+ overwrite|at the same step"
    r"|comes back more than|multiplied by 0|cannot begin it|other than 0|raises an error|a part raises"
    r"|PastEnd: `step`"
)

Drawn = tuple[str, dict[str, Any]]

lengths = st.one_of(st.integers(-3, 40), st.integers(-6, 80).map(lambda n: n / 2), st.just(10**9))
gammas = st.one_of(st.sampled_from([0.0, 1.0, 0.1, -0.5, 1.1]), st.floats(0.5, 1.0))
factors = st.one_of(st.sampled_from([0.0, 1.0, 1 / 3, 1e-6]), st.floats(0.01, 1.0))
rates = st.one_of(st.sampled_from([0.0, 1e-30, 1e-8, 0.1, 1.0, 1e30]), st.floats(1e-6, 10.0))
shapes = st.sampled_from(["cos", "linear"])
floors = st.sampled_from([0.0, 0.0, 0, 1e-6, 0.01, 0.5, -0.01])
milestones = st.one_of(st.integers(-2, 40), st.sampled_from([2.5, 3.0, 10**9]))

LEAVES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "ConstantLR": st.fixed_dictionaries({}, optional={"factor": factors, "total_iters": lengths}),
    "LinearLR": st.fixed_dictionaries(
        {}, optional={"start_factor": factors.filter(bool), "end_factor": factors, "total_iters": lengths}
    ),
    "ExponentialLR": st.fixed_dictionaries({"gamma": gammas}),
    "StepLR": st.fixed_dictionaries({"step_size": lengths}, optional={"gamma": gammas}),
    "MultiStepLR": st.fixed_dictionaries({"milestones": st.lists(milestones, max_size=4)}, optional={"gamma": gammas}),
    "PolynomialLR": st.fixed_dictionaries(
        {}, optional={"total_iters": lengths, "power": st.one_of(st.sampled_from([0.0, 1.0, 2, -1.0]), st.floats(0, 5))}
    ),
    "CosineAnnealingLR": st.fixed_dictionaries({"T_max": lengths}, optional={"eta_min": floors}),
    "CosineAnnealingWarmRestarts": st.fixed_dictionaries(
        {"T_0": st.integers(1, 20)}, optional={"T_mult": st.integers(1, 3), "eta_min": floors}
    ),
    "SWALR": st.fixed_dictionaries(
        {"swa_lr": rates}, optional={"anneal_epochs": st.integers(0, 30), "anneal_strategy": shapes}
    ),
    "CyclicLR": st.fixed_dictionaries(
        {"base_lr": st.sampled_from([0.0, 0.01, 0.3]), "max_lr": st.floats(0.001, 1.0)},
        optional={
            "step_size_up": st.sampled_from([1, 2, 7, 2.5, 2000]),
            "step_size_down": st.sampled_from([None, 0, 3, 1.5]),
            "mode": st.sampled_from(["triangular", "triangular2", "exp_range"]),
            "gamma": gammas,
        },
    ),
    "OneCycleLR": st.fixed_dictionaries(
        {"max_lr": st.floats(0.001, 1.0), "total_steps": st.sampled_from([1, 2, 3, 10, 61, 100])},
        optional={
            "pct_start": st.one_of(st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.floats(0.0, 1.0)),
            "anneal_strategy": shapes,
            "div_factor": st.sampled_from([1.0, 2.0, 25]),
            "final_div_factor": st.sampled_from([1, 10.0, 1e4]),
            "three_phase": st.booleans(),
        },
    ),
}


@st.composite
def leaves(draw: st.DrawFn) -> Drawn:
    name = draw(st.sampled_from(list(LEAVES)))
    arguments = draw(LEAVES[name])
    return name, arguments | {"total_steps": 1000} if name == "OneCycleLR" else arguments


@st.composite
def compositions(draw: st.DrawFn, depth: int = 2) -> Drawn:
    children = st.one_of(leaves(), compositions(depth - 1)) if depth > 1 else leaves()
    schedulers = draw(st.lists(children, min_size=1, max_size=3))
    if draw(st.booleans()):
        return "ChainedScheduler", {"schedulers": schedulers}
    steps = draw(st.lists(st.integers(-1, 25), min_size=len(schedulers) - 1, max_size=len(schedulers) - 1))
    return "SequentialLR", {"schedulers": schedulers, "milestones": sorted(steps) if draw(st.booleans()) else steps}
