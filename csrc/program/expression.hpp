// Recorded formulas: the number type whose arithmetic writes itself down, to be
// replayed with any array library inside a compiled training step.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "../shapes/geometric.hpp"

namespace pywarmup::program {

enum class Operation : std::uint8_t {
    step, constant, add, subtract, multiply, divide, minimum, maximum, floor, sqrt, cos, exp, expm1, log, log1p, power, less, select, search, take,
};

std::string_view name_of(Operation operation);

// Operands are indices of earlier instructions; search and take name a table first.
struct Instruction {
    Operation operation;
    std::uint32_t operands[3] = {0, 0, 0};
    double value = 0.0;  // of a constant
};

struct Recording {
    std::vector<Instruction> instructions;
    std::vector<std::vector<double>> tables;
    std::uint32_t result = 0;  // the instruction that is the value

    // The index of an instruction, an equal earlier one if there is one.
    std::uint32_t add(const Instruction& instruction);
    std::uint32_t add_table(const double* begin, std::size_t count);
};

class Expression {
public:
    Expression(Recording& recording, std::uint32_t index) : recording_(&recording), index_(index) {}

    Recording& recording() const { return *recording_; }
    std::uint32_t index() const { return index_; }

    Expression constant(double value) const { return {*recording_, recording_->add({Operation::constant, {}, value})}; }
    Expression apply(Operation operation) const { return {*recording_, recording_->add({operation, {index_}})}; }
    Expression apply(Operation operation, Expression b) const { return {*recording_, recording_->add({operation, {index_, b.index_}})}; }
    Expression apply(Operation operation, double b) const { return apply(operation, constant(b)); }

private:
    Recording* recording_;
    std::uint32_t index_;
};

// A comparison, which only select takes.
struct Condition {
    Expression holds;
};

#define PYWARMUP_RECORD(name, operation)                                                            \
    inline Expression name(Expression a, Expression b) { return a.apply(operation, b); }            \
    inline Expression name(Expression a, double b) { return a.apply(operation, b); }                \
    inline Expression name(double a, Expression b) { return b.constant(a).apply(operation, b); }

PYWARMUP_RECORD(operator+, Operation::add)
PYWARMUP_RECORD(operator-, Operation::subtract)
PYWARMUP_RECORD(operator*, Operation::multiply)
PYWARMUP_RECORD(operator/, Operation::divide)
PYWARMUP_RECORD(minimum, Operation::minimum)
PYWARMUP_RECORD(maximum, Operation::maximum)
#undef PYWARMUP_RECORD

inline Condition operator<(Expression a, Expression b) { return {a.apply(Operation::less, b)}; }
inline Condition operator<(Expression a, double b) { return {a.apply(Operation::less, b)}; }

inline Expression select(Condition condition, Expression if_true, Expression if_false) {
    Recording& recording = if_true.recording();
    return {recording, recording.add({Operation::select, {condition.holds.index(), if_true.index(), if_false.index()}})};
}

inline Expression constant(Expression t, double value) { return t * 0.0 + value; }
inline Expression floor(Expression x) { return x.apply(Operation::floor); }
inline Expression sqrt(Expression x) { return x.apply(Operation::sqrt); }

// The vocabulary of shapes/number.hpp in plain mathematics.
using math::DoubleDouble;
using shapes::Progress;

using shapes::Scaled;

Expression times_exp2(Expression value, DoubleDouble rate, Expression t);
Expression times_exp2(Scaled<double> value, const shapes::Geometric& curve, Expression t);
Expression times_exp2(Expression value, const shapes::Geometric& curve, Expression t);
Expression select(Condition condition, Scaled<double> if_true, Scaled<double> if_false);
Expression exp2m1(DoubleDouble rate, Expression t);
Expression exp2m1(DoubleDouble rate, Expression t, double offset);
Expression times_power(double value, Expression t, double offset, double timescale, double power);
Progress<Expression> power_progress(Expression remaining, double steps, double power);
Progress<Expression> cosine_progress(Expression t, double steps, double exponent);
struct ExpressionRoot {
    Expression root;
    Expression complement;
};

ExpressionRoot sqrt_and_complement(Expression part, Expression rest, double whole);
Progress<Expression> log_progress(Expression t, double steps, double unit, DoubleDouble rate);
Expression search(const double* table, std::size_t count, Expression t);
Expression take(const double* table, std::size_t count, Expression index);

}  // namespace pywarmup::program
