"""Write tests/cpp/math_reference.inc: arguments and true values for csrc/math.

Every row is {{x}, {y}, {expected}} with three double-double numbers; functions
of one argument leave y at 0.  The arguments are exact, the expected values are
computed in high precision and rounded to a double-double.

Usage: python scripts/make_math_reference.py
"""

from math import ulp
from pathlib import Path
from random import Random

from mpmath import expm1, log, mp, mpf, pi, sin

mp.prec = 200
ROWS = 110
TARGET = Path(__file__).resolve().parent.parent / "tests" / "cpp" / "math_reference.inc"
random = Random(20240229)


def real(pair):
    """The exact value of a double-double; the sum may need many bits."""
    with mp.workprec(2200):
        return mpf(pair[0]) + mpf(pair[1])


def rounded(value):
    """The double-double nearest to value."""
    high = float(value)
    with mp.workprec(2200):
        return high, float(value - mpf(high))


def with_low(high):
    """High with a random low part of at most half an ulp."""
    return high, random.uniform(-0.5, 0.5) * ulp(high)


def sign():
    return random.choice([-1.0, 1.0])


def magnitude(low, high):
    """A random double whose binary exponent is uniform in [low, high]."""
    return random.uniform(1.0, 2.0) * 2.0 ** random.randint(low, high)


def near_one(offset):
    """1 + offset exactly, for |offset| < 1/2."""
    high = 1.0 + offset
    return high, offset - (high - 1.0)


def ratio():
    """A step fraction i / n in (0, 1)."""
    steps = random.randint(2, 1000000)
    return rounded(mpf(random.randint(1, steps - 1)) / steps)


def single(x):
    return (x, 0.0), (0.0, 0.0)


def exponent_arguments():
    yield from map(single, [0.0, 0.5, -0.5, 1.5, 1023.0, -1022.0, 1023.9999999999999, -1021.5])
    yield (0.0, 2.0**-80), (0.0, 0.0)
    while True:
        yield with_low(random.uniform(-1.0, 1.0)), (0.0, 0.0)
        yield with_low(random.uniform(-1021.9, 1023.9)), (0.0, 0.0)


def exponent_minus_one_arguments():
    yield from map(single, [0.0, 1.0, 53.0, 0.5, -0.5, -1.0, -60.0, -99.9, 1e-200, -1e-20, 54.5])
    while True:
        yield with_low(random.uniform(-2.0, 2.0)), (0.0, 0.0)
        yield with_low(sign() * magnitude(-900, 5)), (0.0, 0.0)
        yield with_low(random.uniform(-60.0, 1023.9)), (0.0, 0.0)


def times_arguments():
    yield (0.0, 0.0), (12.5, 0.0)
    yield (1e308, 0.0), (-2000.25, 0.0)
    yield (5e-324, 0.0), (2090.75, 0.0)
    yield (1.5 * 2.0**1023, 0.0), (-0.25, 0.0)
    while True:
        value = sign() * magnitude(-1070, 1020)
        exponent = with_low(random.uniform(-1020.0, 1022.0) - float(log(abs(mpf(value)), 2)))
        yield (value, 0.0), exponent
        yield (random.uniform(-1.0, 1.0), 0.0), with_low(random.uniform(-20.0, 3.0))


def log_arguments():
    yield from map(single, [1.0, 2.0, 0.5])
    yield from map(single, [0.7071067811865475, 0.7071067811865476, 1.4142135623730951])
    yield from map(single, [5e-324, 3e-310, 2.0**-1022, 1.7e308, 1.0 - 2.0**-53, 1.0 + 2.0**-52])
    yield (1.0, 2.0**-900), (0.0, 0.0)
    yield (1.0, -(2.0**-70)), (0.0, 0.0)
    while True:
        yield with_low(magnitude(-1000, 1000)), (0.0, 0.0)
        yield with_low(random.uniform(0.5, 2.0)), (0.0, 0.0)
        yield near_one(sign() * magnitude(-600, -2)), (0.0, 0.0)


def power_arguments():
    yield from [((0.25, 0.0), (0.5, 0.0)), ((0.7, 0.0), (0.0, 0.0)), ((1.0, 0.0), (1e300, 0.0))]
    yield from [((1.0, 2.0**-60), (2.0**69, 0.0)), ((5e-324, 0.0), (0.75, 0.0))]
    yield (3.0, 0.0), (4.0, 0.0)
    while True:
        yield ratio(), (random.uniform(0.0, 10.0), 0.0)
        base = with_low(magnitude(-1000, 1000))
        yield base, (random.uniform(-1020.0, 1023.0) / float(log(real(base), 2)), 0.0)


def one_minus_power_arguments():
    yield from [((1.0, 0.0), (2.5, 0.0)), ((0.7, 0.0), (0.0, 0.0)), ((5e-324, 0.0), (1e-12, 0.0))]
    yield from [((0.5, 0.0), (1000.0, 0.0)), ((1.0, -(2.0**-300)), (3.0, 0.0))]
    while True:
        yield ratio(), (random.uniform(0.0, 8.0), 0.0)
        yield near_one(-magnitude(-90, -2)), (magnitude(-30, 20), 0.0)


def half_arguments():
    yield from map(single, [0.0, 0.5, 0.25, 2.0**-450, 0.49999999999999994])
    while True:
        yield single(random.uniform(0.0, 0.5))
        yield single(magnitude(-300, -3))


def half_pair_arguments():
    yield from [single(0.0), single(0.5), ((0.5, -(2.0**-56)), (0.0, 0.0)), single(2.0**-450)]
    while True:
        yield with_low(random.uniform(0.0, 0.5)), (0.0, 0.0)
        yield with_low(magnitude(-300, -3)), (0.0, 0.0)


def period_arguments():
    yield from map(single, [0.0, 0.5, 1.0, 0.25, 0.75, 1e-300])
    yield from map(single, [0.49999999999999994, 0.5000000000000001])
    while True:
        yield single(random.random())
        yield single(0.5 + sign() * magnitude(-52, -3))


def pair_arguments():
    yield from [((1.0, 0.0), (3.0, 0.0)), ((1.0, 2.0**-60), (-1.0, 2.0**-70))]
    while True:
        x = with_low(sign() * magnitude(-300, 300))
        yield x, with_low(sign() * magnitude(-300, 300))
        yield x, with_low(-x[0] * random.uniform(0.5, 2.0))


TWO = mpf(2)
FUNCTIONS = {
    "exp2": (exponent_arguments, lambda x, y: TWO**x),
    "exp2m1": (exponent_minus_one_arguments, lambda x, y: expm1(x * log(TWO))),
    "times_exp2": (times_arguments, lambda x, y: x * TWO**y),
    "log2": (log_arguments, lambda x, y: log(x) / log(TWO)),
    "pow": (power_arguments, lambda x, y: x**y),
    "one_minus_pow": (one_minus_power_arguments, lambda x, y: -expm1(y * log(x))),
    "sin_squared": (half_arguments, lambda x, y: sin(pi * x / 2) ** 2),
    "sin_squared_pair": (half_pair_arguments, lambda x, y: sin(pi * x / 2) ** 2),
    "cospi": (period_arguments, lambda x, y: sin(pi * (mpf(1) / 2 - x))),
    "add": (pair_arguments, lambda x, y: x + y),
    "multiply": (pair_arguments, lambda x, y: x * y),
    "divide": (pair_arguments, lambda x, y: x / y),
}


def literal(pair):
    """{hi, lo} in hexadecimal, zeros short."""
    return "{" + ", ".join(x.hex() if x else "0" for x in pair) + "}"


def rows(arguments, function):
    """The lines of one table; log2 near 1 needs more bits than the rest."""
    for _, (x, y) in zip(range(ROWS), arguments()):
        with mp.workprec(2200 if x[0] == 1.0 else 300):
            expected = rounded(function(real(x), real(y)))
        yield f"    {{{literal(x)}, {literal(y)}, {literal(expected)}}},"


def main():
    lines = ["// Written by scripts/make_math_reference.py; do not edit."]
    for name, (arguments, function) in FUNCTIONS.items():
        lines += ["", f"constexpr Row {name}_rows[] = {{", *rows(arguments, function), "};"]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
