"""NeMo: where we leave it. It is not recorded: tests/test_compat_nemo.py has its formulas."""

from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation("max_steps=None", "a TypeError when the step is first compared with it", "refused at once", refuses=True),
    Deviation(
        "lower than the minimum", "min_lr above base_lr is refused when the decay begins", "at once", refuses=True
    ),
    Deviation("without warmup steps", "NoamHoldAnnealing refuses that after the hold", "at once", refuses=True),
    Deviation("hold ends at max_steps", "a division by zero at the last step", "the peak is held there"),
    Deviation("power < 0", "a math domain error at the end of a decay", "the value of the step before is held there"),
    Deviation(
        "complex", "warmup_steps or constant_steps below 0 under a root: a complex rate", "refused", refuses=True
    ),
)
