"""fairseq: where we leave it. It is not installed anywhere that tests run; the functions take the recorded names."""

from conformance.deviation import Deviation

DEVIATIONS = (
    Deviation(
        where="floor(log(...))",
        peer="counts periods by a logarithm, and is a period late at some restarts, where it gives the lowest rate",
        ours="the restart at the sum of the periods",
    ),
    Deviation(
        where="ZeroDivisionError: division by zero",
        peer="divides by a period of 0, at the first step after a warmup as long as the run",
        ours="holds the rate that the warmup leads to",
    ),
)
