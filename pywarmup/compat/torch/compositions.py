"""torch's SequentialLR and ChainedScheduler."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf

from pywarmup import _core
from pywarmup.compat.torch import checks
from pywarmup.compat.torch.chain import Chain
from pywarmup.compat.torch.rules import Foreign, Rule, made, rule_of
from pywarmup.compat.torch.sequence import Sequence, constructed, initial_of
from pywarmup.schedule import Schedule


def SequentialLR(schedulers: SequenceOf[Schedule], milestones: SequenceOf[float]) -> Schedule:  # noqa: N802
    """Return torch's SequentialLR: one scheduler after the other, each from its own step 0.

    A milestone belongs to the child that begins there, which starts from *its* `base_lr`, not from where the one before
    has got to; only SWALR and MultiplicativeLR go on from there. What torch does besides, and this does too:

    - Children whose milestones are out of order or equal are skipped. One that is not begun at a milestone (a
      milestone that is no integer, some orders) goes on from the rate that it finds.
    - A OneCycleLR anywhere, or a CyclicLR as the first child, changes the rate that the first child and those made
      after it start from (`initial_lr`). Children are taken to have been made in their order.
    - A SequentialLR as the first child is one step ahead; in a ChainedScheduler there, ExponentialLR, PolynomialLR and
      CosineAnnealingLR are. As a later child, both raise an error when their turn comes, and so does the schedule.

    Args:
        schedulers: Schedules of this module, with the same `base_lr`; or any others, which are written as they are.
        milestones: The steps at which the second child begins, and those after it.

    Raises:
        TypeError: For what is no list of schedules or of numbers.
        ValueError: For no child, another number of milestones, different base rates, or what torch cannot do.

    Example:
        >>> from pywarmup.compat.torch import CosineAnnealingLR, LinearLR
        >>> warmup, decay = LinearLR(0.5, total_iters=2, base_lr=0.1), CosineAnnealingLR(2, base_lr=0.1)
        >>> SequentialLR([warmup, decay], milestones=[2])[:5]
        array([0.05 , 0.075, 0.1  , 0.05 , 0.   ])

    Same as:
        torch `SequentialLR(optimizer, [...], milestones)`.
    """
    owner = "SequentialLR"
    children = _children(owner, schedulers)
    steps = _milestones(owner, milestones, len(children))
    return made(Sequence(children, steps, initial_of(children, None)))


def ChainedScheduler(schedulers: SequenceOf[Schedule], *, total_steps: int | None = None) -> Schedule:  # noqa: N802
    """Return torch's ChainedScheduler: at each step, every scheduler does to the rate what it does.

    Those that multiply the rate make a product: constant, linear, exponential, step, multi-step, polynomial and
    multiplicative ones, and a cosine to 0. A cosine past its end comes back to the full rate, whatever the others have
    done; if they still move, the schedule ends where it is at 0 for the second time. One that computes every rate anew
    (warm restarts, cyclic, one cycle, LambdaLR) makes those before it worthless. What has no closed form (a cosine to
    another floor, or SWALR, with others; one that computes rates before one that multiplies; that end) is a table of
    `total_steps` rates, the last of which is held. Without them it is refused, and so it is in a SequentialLR.

    Args:
        schedulers: Schedules of this module, with the same `base_lr`, in the order in which they are made and stepped.
        total_steps: Length of the table, an integer >= 1; not used where there is a closed form.

    Raises:
        TypeError: For what is no list of schedules.
        ValueError: For no child, schedules of other origin, different base rates, or what has no closed form.

    Example:
        >>> from pywarmup.compat.torch import ExponentialLR, LinearLR
        >>> warmup, decay = LinearLR(0.5, total_iters=2, base_lr=0.1), ExponentialLR(0.5, base_lr=0.1)
        >>> ChainedScheduler([warmup, decay])[:4]
        array([0.05  , 0.0375, 0.025 , 0.0125])

    Same as:
        torch `ChainedScheduler([...])`.
    """
    owner = "ChainedScheduler"
    children = _children(owner, schedulers)
    steps = None if total_steps is None else checks.integer(owner, "total_steps", total_steps, 1)
    return made(Chain(children, initial_of(children, None), steps))


def _children(owner: str, schedulers: object) -> tuple[Rule, ...]:
    if not isinstance(schedulers, SequenceOf) or isinstance(schedulers, str | bytes):
        raise TypeError(f"{owner}: `schedulers` must be a sequence of schedules, got {schedulers!r}")
    if not schedulers:
        raise ValueError(f"{owner}: `schedulers` must have at least one schedule, got {schedulers!r}")
    children = [_child(owner, index, schedule) for index, schedule in enumerate(schedulers)]
    rates = {child.base for child in children if not any(leaf.has_own_rates for leaf in child.leaves())}
    if len(rates) > 1:
        raise ValueError(f"{owner}: `schedulers` must have the same base_lr, got {', '.join(map(repr, sorted(rates)))}")
    _check_shared(owner, [leaf for child in children for leaf in child.leaves()])
    return constructed(tuple(children))


def _check_shared(owner: str, children: list[Rule]) -> None:
    names = [child.name for child in children]
    for name in ("OneCycleLR", "SWALR"):
        if names.count(name) > 1:
            raise ValueError(f"{owner}: more than one {name} overwrite each other's rates in the optimizer; use one")


def _child(owner: str, index: int, given: object) -> Rule:
    schedule: Schedule = _core.check(owner, f"schedulers[{index}]", _core.Rule.schedule, given)
    rule = rule_of(schedule)
    if rule is None and owner == "ChainedScheduler":
        raise ValueError(
            f"{owner}: `schedulers[{index}]` must be a schedule that pywarmup.compat.torch has made, for others do not "
            f"say what they multiply a rate by, got {schedule!r}; multiply schedules instead"
        )
    return rule or Foreign(type(schedule).__name__, schedule)


def _milestones(owner: str, milestones: object, children: int) -> tuple[float, ...]:
    if not isinstance(milestones, SequenceOf) or isinstance(milestones, str | bytes):
        raise TypeError(f"{owner}: `milestones` must be a sequence of steps, got {milestones!r}")
    if len(milestones) != children - 1:
        raise ValueError(
            f"{owner}: `milestones` must be one fewer than `schedulers` ({children}), got {list(milestones)!r}"
        )
    return tuple(checks.number(owner, f"milestones[{i}]", one) for i, one in enumerate(milestones))
