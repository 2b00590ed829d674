"""OLMo-core: where we leave it. It is not recorded: tests/test_compat_olmo.py has its formulas."""

from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        "negative", "after the run WSD, PowerLR and CosWithWarmupAndLinearDecay turn negative", "the end is held"
    ),
    Deviation("decay=0", "a division by zero at the end of the run, or of a period of WSDS", "the rate is held"),
    Deviation("warmup=0", "WSD and ConstantWithWarmup divide by zero at step 0", "there is no warmup"),
    Deviation("0 <= current <= t_max", "SequentialScheduler fails after the run", "its last scheduler goes on"),
    Deviation(
        "_linear_decay", "an AssertionError when a decay begins that would rise", "refused at once", refuses=True
    ),
    Deviation("initial_lr=0", "ExponentialScheduler falls from lr_min to 0", "refused", refuses=True),
)
