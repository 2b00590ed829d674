// Tests of csrc/math: documented maximum errors against reference values, exact
// special values, and the bits of many results, which must be the same on every
// compiler and instruction set.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>

#include "../../csrc/math/cospi.hpp"
#include "../../csrc/math/double_double.hpp"
#include "../../csrc/math/exp2.hpp"
#include "../../csrc/math/log2.hpp"
#include "../../csrc/math/pow.hpp"
#include "../../csrc/math/rounding.hpp"
#include "../../csrc/math/sin_squared.hpp"

namespace {

namespace math = pywarmup::math;
using math::DoubleDouble;

double power(double base, double exponent) {
    return math::pow(DoubleDouble{base, 0.0}, exponent).power;
}

double complement(double base, double exponent) {
    return math::pow(DoubleDouble{base, 0.0}, exponent).complement;
}

struct Row {
    DoubleDouble x;
    DoubleDouble y;
    DoubleDouble expected;
};

#include "math_reference.inc"

constexpr double infinity = std::numeric_limits<double>::infinity();
int failures = 0;

void fail(const std::string& what) {
    std::printf("FAILED %s\n", what.c_str());
    ++failures;
}

void expect_equal(const char* what, double actual, double expected) {
    if (!(actual == expected)) {
        std::printf("%s: got %a, expected %a\n", what, actual, expected);
        fail(what);
    }
}

// Error in units of the last place of the expected value.
double ulp_error(double actual, DoubleDouble expected) {
    const double size = std::fabs(expected.hi);
    const double error = std::fabs((actual - expected.hi) - expected.lo);
    return error == 0.0 ? 0.0 : error / (std::nextafter(size, infinity) - size);
}

// Relative error as a multiple of 2^-100.
double relative_error(DoubleDouble actual, DoubleDouble expected) {
    const double error = std::fabs((actual.hi - expected.hi) + (actual.lo - expected.lo));
    return error == 0.0 ? 0.0 : error / std::fabs(expected.hi) * 0x1p100;
}

double error_of(double actual, DoubleDouble expected) {
    return ulp_error(actual, expected);
}

double error_of(DoubleDouble actual, DoubleDouble expected) {
    return relative_error(actual, expected);
}

template <std::size_t count, typename Function>
void check(const char* name, const Row (&rows)[count], double limit, Function function) {
    double worst = 0.0;
    for (std::size_t index = 0; index < count; ++index) {
        const double error = error_of(function(rows[index].x, rows[index].y), rows[index].expected);
        if (!(error <= limit)) {
            fail(std::string(name) + " row " + std::to_string(index));
        }
        worst = error > worst ? error : worst;
    }
    std::printf("%-18s %4zu rows, largest error %.4g of %.4g\n", name, count, worst, limit);
}

// Limits in ulp.
void test_double_results() {
    using D = DoubleDouble;
    check("exp2", exp2_rows, 0.6, [](D x, D) { return math::exp2(x); });
    check("exp2m1", exp2m1_rows, 1.2, [](D x, D) { return math::exp2m1(x); });
    check("times_exp2", times_exp2_rows, 1.2, [](D x, D y) { return math::times_exp2(x.hi, y); });
    check("pow", pow_rows, 0.6, [](D x, D y) { return math::pow(x, y.hi).power; });
    check("one_minus_pow", one_minus_pow_rows, 1.2,
          [](D x, D y) { return math::pow(x, y.hi).complement; });
    check("sin_squared", sin_squared_rows, 2.0, [](D x, D) { return math::sin_squared(x.hi); });
    check("cospi", cospi_rows, 1.25, [](D x, D) { return math::cospi(x.hi); });
}

// Limits in units of 2^-100.
void test_double_double_results() {
    using D = DoubleDouble;
    check("log2", log2_rows, 0x1p30, [](D x, D) { return math::log2(x); });
    check("sin_squared pair", sin_squared_pair_rows, 0x1p36,
          [](D x, D) { return math::sin_squared(x); });
    check("add", add_rows, 0x1p-4, [](D x, D y) { return x + y; });
    check("multiply", multiply_rows, 0x1p-3, [](D x, D y) { return x * y; });
    check("divide", divide_rows, 0x1p-1, [](D x, D y) { return x / y; });
}

void expect_close(const char* what, DoubleDouble actual, DoubleDouble expected) {
    if (!(relative_error(actual, expected) <= 0.5)) {
        fail(what);
    }
}

// The operators with one plain double against those with two double-doubles,
// which the tables check.
void test_mixed_operators() {
    const DoubleDouble x = math::divide(22.0, 7.0);
    for (const double y : {0.1, -3.0, 7.0, 1e-20, -1e20, x.hi, -x.hi}) {
        const DoubleDouble pair{y, 0.0};
        expect_close("x + double", x + y, x + pair);
        expect_close("double + x", y + x, x + pair);
        expect_close("x - double", x - y, x + -pair);
        expect_close("double - x", y - x, pair + -x);
        expect_close("x - x", x - pair, x + -pair);
        expect_close("x * double", x * y, x * pair);
        expect_close("double * x", y * x, x * pair);
        expect_close("x / double", x / y, x / pair);
        expect_close("double / x", y / x, pair / x);
        expect_close("divide", math::divide(y, 7.0), pair / DoubleDouble{7.0, 0.0});
        expect_close("add_smaller", math::add_smaller(x, pair * 0x1p-80), x + pair * 0x1p-80);
    }
}

void test_rounding() {
    const double halves[] = {0.0, 0.5, 1.0, 1.5, 2.5, 1e9 + 0.5, 0x1p51 + 0.5, 0x1p52 - 0.5,
                             0x1p52 + 1.0, 0x1p53 - 1.0, 0x1p53, 0x1p-1074, 0x1.fffffffffffffp-1};
    for (const double x : halves) {
        expect_equal("floor", math::floor(x), std::floor(x));
        if (x < 0x1p51) {
            expect_equal("floor of negative", math::floor(-x), std::floor(-x));
            expect_equal("nearest_integer", math::nearest_integer(x), std::nearbyint(x));
            expect_equal("nearest_integer", math::nearest_integer(-x), std::nearbyint(-x));
        }
    }
    expect_equal("minimum", math::minimum(2.0, 1.0), 1.0);
    expect_equal("maximum", math::maximum(2.0, 3.0), 3.0);
}

void test_powers_of_two() {
    for (int k = -1074; k <= 1023; ++k) {
        const double power = std::ldexp(1.0, k);
        expect_equal("exp2 of integer", math::exp2(static_cast<double>(k)), power);
        expect_equal("log2 of power", math::log2(power).hi, k);
        expect_equal("log2 of power, low part", math::log2(power).lo, 0.0);
        expect_equal("times_exp2 of integer", math::times_exp2(0x1.8p-3, k + 3.0), 1.5 * power);
    }
    for (int k = -53; k <= 53; ++k) {
        expect_equal("exp2m1 of integer", math::exp2m1(static_cast<double>(k)), std::ldexp(1.0, k) - 1.0);
    }
}

void test_limits() {
    constexpr double largest = math::largest_finite;
    for (const double far : {2200.0, 1e300, infinity}) {
        expect_equal("exp2 above", math::exp2(far), largest);
        expect_equal("exp2 below", math::exp2(-far), 0.0);
        expect_equal("exp2m1 above", math::exp2m1(far), largest);
        expect_equal("exp2m1 below", math::exp2m1(-far), -1.0);
        expect_equal("times_exp2 above", math::times_exp2(-5e-324, far), -largest);
        expect_equal("times_exp2 below", math::times_exp2(largest, -far), 0.0);
        expect_equal("times_exp2 of zero", math::times_exp2(0.0, far), 0.0);
        expect_equal("pow of small base", power(0.9, far * 100.0), 0.0);
        expect_equal("pow of large base", power(1.1, far * 100.0), largest);
        expect_equal("one_minus_pow", complement(0.9, far * 100.0), 1.0);
    }
    expect_equal("exp2 just above", math::exp2(1024.0), largest);
    expect_equal("exp2 with lost low part", math::exp2(DoubleDouble{-infinity, std::nan("")}), 0.0);
    expect_equal("exp2 keeps NaN", std::isnan(math::exp2(std::nan(""))), true);
    expect_equal("times_exp2 keeps NaN", std::isnan(math::times_exp2(std::nan(""), 1.0)), true);
}

void test_special_values() {
    expect_equal("pow(0, 2)", power(0.0, 2.0), 0.0);
    expect_equal("pow(0, 0)", power(0.0, 0.0), 1.0);
    expect_equal("pow(0, tiny)", power(0.0, 0x1p-1074), 0.0);
    expect_equal("pow(3, 0)", power(3.0, 0.0), 1.0);
    expect_equal("pow(1, infinity)", power(1.0, infinity), 1.0);
    expect_equal("one_minus_pow(0, 1)", complement(0.0, 1.0), 1.0);
    expect_equal("one_minus_pow(0, 0)", complement(0.0, 0.0), 0.0);
    expect_equal("one_minus_pow(1, 2)", complement(1.0, 2.0), 0.0);
    expect_equal("sin_squared(1/2)", math::sin_squared(0.5), 0.5);
    expect_equal("cospi(0)", math::cospi(0.0), 1.0);
    expect_equal("cospi(1/2)", math::cospi(0.5), 0.0);
    expect_equal("cospi(1)", math::cospi(1.0), -1.0);
}

// FNV-1a over the bits of results.
struct Fingerprint {
    std::uint64_t hash = 0xcbf29ce484222325u;

    void add(double value) {
        for (int shift = 0; shift < 64; shift += 8) {
            hash ^= (std::bit_cast<std::uint64_t>(value) >> shift) & 0xff;
            hash *= 0x100000001b3u;
        }
    }

    void add(DoubleDouble value) {
        add(value.hi);
        add(value.lo);
    }
};

// Numbers in [0, 1) from SplitMix64.
struct Uniform {
    std::uint64_t state = 0;

    double operator()() {
        std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        return static_cast<double>(z >> 11) * 0x1p-53;
    }
};

constexpr std::size_t block = 1000;
constexpr std::size_t blocks = 1000;

// Results come from loops over arrays, so that they are vectorised where the
// compiler does that.
template <typename Function>
void fingerprint(const char* name, std::uint64_t expected, Function function) {
    using Result = decltype(function(0.5, 0.5));
    double first[block];
    double second[block];
    Result results[block];
    Uniform uniform;
    Fingerprint print;
    for (std::size_t round = 0; round < blocks; ++round) {
        for (std::size_t i = 0; i < block; ++i) {
            first[i] = uniform();
            second[i] = uniform();
        }
        for (std::size_t i = 0; i < block; ++i) {
            results[i] = function(first[i], second[i]);
        }
        for (const Result& result : results) {
            print.add(result);
        }
    }
    if (print.hash != expected) {
        std::printf("%s: bits 0x%016llx\n", name, static_cast<unsigned long long>(print.hash));
        fail(name);
    }
}

void test_bits() {
    using D = DoubleDouble;
    fingerprint("bits of exp2", 0x5d5ea34d1fa99383u, [](double a, double b) {
        return math::exp2(D{a * 2400.0 - 1200.0, b * 0x1p-50});
    });
    fingerprint("bits of exp2m1", 0x909e077d22014700u, [](double a, double b) {
        return math::exp2m1(D{a * 8.0 - 4.0, b * 0x1p-54});
    });
    fingerprint("bits of times_exp2", 0xde9d501bbe83c961u, [](double a, double b) {
        return math::times_exp2(b - 0.5, a * 40.0 - 30.0);
    });
    fingerprint("bits of log2", 0xe61bf98acfb9801eu, [](double a, double b) {
        return math::log2(D{a * a + 0x1p-60, b * 0x1p-120});
    });
    fingerprint("bits of pow", 0xd1fd9ca259a7d219u, [](double a, double b) {
        return power(a, b * 9.0);
    });
    fingerprint("bits of one_minus_pow", 0xfda9dbf2e4a89c31u, [](double a, double b) {
        return complement(a, b * 9.0);
    });
    fingerprint("bits of sin_squared", 0x6f73af208839d918u, [](double a, double) {
        return math::sin_squared(a * 0.5);
    });
    fingerprint("bits of sin_squared pair", 0x8a697e786c2e69cdu, [](double a, double b) {
        return math::sin_squared(math::two_sum(a * 0.5, b * 0x1p-60));
    });
    fingerprint("bits of cospi", 0x1c0494e4a7cba320u, [](double a, double) {
        return math::cospi(a);
    });
    fingerprint("bits of floor", 0xa40818436aeef857u, [](double a, double b) {
        return math::floor((a - b) * 0x1p20);
    });
    fingerprint("bits of divide", 0x8fa88bf105cdd369u, [](double a, double b) {
        return math::divide(a, b + 1.0);
    });
}

}  // namespace

int main() {
    test_double_results();
    test_double_double_results();
    test_mixed_operators();
    test_rounding();
    test_powers_of_two();
    test_limits();
    test_special_values();
    test_bits();
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
