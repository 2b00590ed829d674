"""Derive the constants of csrc/math and print them as C++ initialisers.

The headers hold exactly what this script prints.  Every polynomial is a
weighted least-squares fit on Chebyshev nodes, made in 400-bit arithmetic.  Its
coefficients are rounded to binary64 one after the other, lowest power first,
and each time the rest is fitted again, so that it absorbs the rounding.

Usage: python scripts/derive_math.py
"""

from mpmath import cos, factorial, linspace, log, matrix, mp, mpf, pi, polyval, qr_solve, sqrt

mp.prec = 400


def hexadecimal(value):
    """The binary64 nearest to value, as a C++ hexadecimal literal."""
    return float(value).hex()


def remainder(value):
    """What rounding value to binary64 leaves out."""
    return value - mpf(float(value))


def least_squares(values, weights, nodes, powers):
    """Coefficients c with weight * sum c[i] x^powers[i] nearest to values."""
    system = matrix([[weight * x**power for power in powers] for x, weight in zip(nodes, weights)])
    solution, _ = qr_solve(system, matrix(values))
    return list(solution)


def fit(function, weight, interval, count, paired=0):
    """Fit a polynomial to function and round it.

    Returns `count` coefficients in ascending order and the largest weighted
    error before rounding.  The first `paired` ones keep double-double precision.
    """
    low, high = mpf(interval[0]), mpf(interval[1])
    angles = [(2 * i + 1) * pi / (8 * count) for i in range(4 * count)]
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(angle) for angle in angles]
    weights = [weight(x) for x in nodes]
    residuals = [weight(x) * function(x) for x in nodes]
    coefficients, unrounded = [], None
    for index in range(count):
        solution = least_squares(residuals, weights, nodes, range(index, count))
        unrounded = unrounded or solution
        value = mpf(float(solution[0]))
        if index < paired:
            value += mpf(float(remainder(solution[0])))
        coefficients.append(value)
        residuals = [r - w * value * x**index for r, w, x in zip(residuals, weights, nodes)]
    grid = linspace(low, high, 2001)
    error = max(abs(weight(x) * (polyval(unrounded[::-1], x) - function(x))) for x in grid)
    return coefficients, error


def series(term, start):
    """The function sum of term(n) x^(n - start) over n >= start."""
    coefficients = [term(n) for n in range(start, start + 100)]
    return lambda x: polyval(coefficients[::-1], x)


def show(name, coefficients, error=None):
    """Print one array of doubles with the error of its fit."""
    if error is not None:
        print(f"// fit error: 2^{float(log(error, 2)):.1f}")
    print(f"inline constexpr double {name}[] = {{")
    for value in coefficients:
        print(f"    {hexadecimal(value)},")
    print("};\n")


def show_pair(name, value):
    """Print one double-double constant."""
    pair = f"{hexadecimal(value)}, {hexadecimal(remainder(value))}"
    print(f"inline constexpr DoubleDouble {name}{{{pair}}};\n")


def derive_sin_squared():
    """sin^2(pi u / 2) = w P(w), w = u^2 <= 1/4, P(0) = pi^2 / 4 exactly."""

    def term(n):
        return (-1) ** n * pi ** (2 * n + 2) / (2 * factorial(2 * n + 2))

    whole = series(term, 0)
    rest, error = fit(series(term, 1), lambda w: w / whole(w), [0, mpf(1) / 4], 8, paired=3)
    leading = pi**2 / 4
    show_pair("sin_squared_leading", leading)
    show("sin_squared_coefficients", [leading, *rest], error)
    show("sin_squared_remainders", [remainder(value) for value in [leading, *rest[:3]]])


def derive_cospi():
    """sin(pi t) = pi t + t w R(w), w = t^2 <= 1/16."""

    def term(n):
        return (-1) ** n * pi ** (2 * n + 1) / factorial(2 * n + 1)

    whole = series(term, 0)
    rest, error = fit(series(term, 1), lambda w: w / whole(w), [0, mpf(1) / 16], 7)
    show_pair("pi", pi)
    show("sinpi_coefficients", rest, error)


def derive_exp2():
    """2^r = 1 + r ln 2 + r^2 Q(r), |r| <= 1/2."""

    def term(n):
        return log(2) ** n / factorial(n)

    whole = series(term, 0)
    half = mpf(1) / 2
    rest, error = fit(series(term, 2), lambda r: r**2 / whole(r), [-half, half], 11)
    show_pair("ln_2", log(2))
    show("exp2_coefficients", rest, error)


def derive_log2():
    """log2((1 + s) / (1 - s)) = s (a + z (b + z (c + z T(z)))), z = s^2."""

    def term(n):
        return 2 / log(2) / (2 * n + 1)

    largest = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
    whole = series(term, 0)
    rest, error = fit(series(term, 3), lambda z: z**3 / whole(z), [0, largest], 7)
    show_pair("log2_e", 1 / log(2))
    for index, name in enumerate(["first", "second", "third"]):
        show_pair(f"log2_{name}", term(index))
    show("log2_coefficients", rest, error)


if __name__ == "__main__":
    derive_sin_squared()
    derive_cospi()
    derive_exp2()
    derive_log2()
