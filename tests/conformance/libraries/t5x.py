"""T5X: where we leave it."""

from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        "create_learning_rate_scheduler",
        peer="`warmup_steps=0` divides by zero at step 0",
        ours="the value of a warmup that is over, or of step 1 for rsqrt_decay",
        when=lambda case: case.kwargs.get("warmup_steps", 1000) == 0,
    ),
    Deviation(
        "create_learning_rate_scheduler",
        peer="negative rates, factors and minimums make rates that are negative or rise without end",
        ours="refused when the schedule is made",
        refuses=True,
        when=lambda case: any(value < 0.0 for name, value in case.kwargs.items() if name in NOT_NEGATIVE),
    ),
)
NOT_NEGATIVE = ("base_learning_rate", "warmup_steps", "decay_factor", "min_learning_rate")
