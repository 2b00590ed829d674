"""A Python closure for a linear warmup and a linear decay, tuned.

What does not depend on the step is computed before.
"""

from peers import DOUBLE, Call
from runs import Run

NAME = "tuned linear closure"
KINDS = ("warmup_linear",)
TOLERANCE = DOUBLE


def one_step(run: Run) -> Call:
    warmup, total, end = run.warmup_steps, run.total_steps, run.end
    rise = run.peak / warmup
    fall = (run.peak - end) / run.decay_steps

    def lr(step: int) -> float:
        if step < warmup:
            return step * rise
        if step < total:
            return end + (total - step) * fall
        return end

    return Call("lr(step)", lr=lr)
