"""Levanter: where we leave it."""

from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        "lr_scheduler",
        peer="cycles may end in any order, and after the run",
        ours="refused when the schedule is made, unless they end at increasing steps up to the end of the run",
        refuses=True,
        when=lambda case: isinstance(ends := case.kwargs.get("cycles"), list) and ends != sorted(set(ends)),
    ),
)
