#include "expression.hpp"

#include <algorithm>
#include <bit>

namespace pywarmup::program {
namespace {

bool equal(const Instruction& a, const Instruction& b) {
    return a.operation == b.operation && std::equal(a.operands, a.operands + 3, b.operands) &&
           std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

constexpr double natural(DoubleDouble rate) {
    return (rate * math::ln_2).hi;
}

}  // namespace

std::string_view name_of(Operation operation) {
    constexpr std::string_view names[] = {"step", "constant", "add",   "subtract", "multiply", "divide", "minimum",
                                          "maximum", "floor", "sqrt",  "cos",      "exp",      "expm1",  "log",
                                          "log1p",   "power", "less",  "select",   "search",   "take"};
    return names[static_cast<std::size_t>(operation)];
}

// Formulas repeat themselves nearby, so looking back a little finds what matters.
std::uint32_t Recording::add(const Instruction& instruction) {
    constexpr std::size_t window = 64;
    const std::size_t first = instructions.size() > window ? instructions.size() - window : 0;
    for (std::size_t index = instructions.size(); index > first; --index) {
        if (equal(instructions[index - 1], instruction)) return static_cast<std::uint32_t>(index - 1);
    }
    instructions.push_back(instruction);
    return static_cast<std::uint32_t>(instructions.size() - 1);
}

std::uint32_t Recording::add_table(const double* begin, std::size_t count) {
    tables.emplace_back(begin, begin + count);
    return static_cast<std::uint32_t>(tables.size() - 1);
}

// A rounded exponent costs as much of a value as the exponent is large.  A decay is
// small by then; growth takes the rate in two parts, of which the first is so short
// that its product with the step is exact.
Expression times_exp2(Expression value, DoubleDouble rate, Expression t) {
    if (rate.hi <= 0.0) return value * (t * natural(rate)).apply(Operation::exp);
    const DoubleDouble exact = rate * math::ln_2;
    const double head = math::split(exact.hi).hi;
    const double tail = (exact - head).hi;
    return value * ((t * head).apply(Operation::exp) * (t * tail).apply(Operation::exp));
}

Expression times_exp2(Scaled<double> value, const shapes::Geometric& curve, Expression t) {
    return times_exp2(constant(t, math::scale(value.mantissa, value.exponent)), curve.rate, t);
}

Expression times_exp2(Expression value, const shapes::Geometric& curve, Expression t) {
    return times_exp2(value, curve.rate, t);
}

Expression select(Condition condition, Scaled<double> if_true, Scaled<double> if_false) {
    const auto plain = [&](Scaled<double> value) { return condition.holds.constant(math::scale(value.mantissa, value.exponent)); };
    return select(condition, plain(if_true), plain(if_false));
}

Expression exp2m1(DoubleDouble rate, Expression t) {
    return (t * natural(rate)).apply(Operation::expm1);
}

Expression exp2m1(DoubleDouble rate, Expression t, double offset) {
    return exp2m1(rate, t + offset);
}

Expression times_power(double value, Expression t, double offset, double timescale, double power) {
    return value * ((t + offset) / timescale).apply(Operation::power, power);
}

// Near the start 1 - fraction^power cancels: expm1 of its logarithm does not, and
// the logarithm of a fraction above 1/2 is finite.
Progress<Expression> power_progress(Expression remaining, double steps, double power) {
    const Expression fraction = remaining / steps;
    const Expression from_end = fraction.apply(Operation::power, power);
    const Expression passed = maximum(minimum(1.0 - fraction, 0.5), 0.0);
    const Expression from_start = 0.0 - ((0.0 - passed).apply(Operation::log1p) * power).apply(Operation::expm1);
    const Expression ended = fraction * 0.0 + 1.0;
    return {select(0.0 * remaining < remaining, select(passed < 0.5, from_start, 1.0 - from_end), ended),
            select(0.0 * remaining < remaining, from_end, 0.0 * remaining)};
}

Progress<Expression> cosine_progress(Expression t, double steps, double exponent) {
    const Expression half_wave = (t * (1.5707963267948966 / steps)).apply(Operation::cos);
    const Expression from_end = (half_wave * half_wave).apply(Operation::power, exponent);
    return {1.0 - from_end, from_end};
}

ExpressionRoot sqrt_and_complement(Expression part, Expression rest, double whole) {
    const Expression root = sqrt(part / whole);
    return {root, rest / (whole + whole * root)};
}

Progress<Expression> log_progress(Expression t, double steps, double unit, DoubleDouble rate) {
    const double total = natural(1.0 / rate);
    const Expression from_end = (steps - t) / (t + unit);
    return {(t / unit).apply(Operation::log1p) / total, from_end.apply(Operation::log1p) / total};
}

Expression search(const double* table, std::size_t count, Expression t) {
    Recording& recording = t.recording();
    return {recording, recording.add({Operation::search, {recording.add_table(table, count), t.index()}})};
}

Expression take(const double* table, std::size_t count, Expression index) {
    Recording& recording = index.recording();
    return {recording, recording.add({Operation::take, {recording.add_table(table, count), index.index()}})};
}

}  // namespace pywarmup::program
