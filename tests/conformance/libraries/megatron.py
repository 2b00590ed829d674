"""Megatron-LM: where we leave it."""

from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        where="decay style is not supported",
        peer="raises when the style is first used, in the middle of the run",
        ours="refuses it when the schedule is made",
        refuses=True,
    ),
    Deviation(
        where="AssertionError",
        peer="fails an assertion, for an unknown `lr_wsd_decay_style` only when the decay begins",
        ours="refuses it when the schedule is made",
        refuses=True,
    ),
)
