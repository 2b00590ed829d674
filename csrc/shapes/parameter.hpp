// What a parameter is and which values it may have.  Rules are data: they are
// written once, here, and hold for every way of building a value.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace pywarmup {

// Steps are exact as doubles up to here.
inline constexpr double largest_step = 0x1p53;

enum class Rule {
    finite,
    non_negative,
    positive,
    length,         // a number of steps
    optional_length,
    delay,          // a number of steps that may be 0
    at_least_one,
    tanh_end,
    radam_beta,
    flag,
    optional_finite,
    optional_count,
    numbers,        // a sequence
    milestones,     // increasing positions, in steps
    points,         // pairs of a position in steps and a value
    schedule,
    schedules,
    policy,
};

// What was given for one parameter: nothing, a number, or a flat list of numbers.
struct Argument {
    bool is_given = true;
    double number = 0.0;
    std::vector<double> numbers = {};

    double number_or(double fallback) const { return is_given ? number : fallback; }
};

using Arguments = std::vector<Argument>;

// Parameters that are right one by one and do not go together: the one to name,
// and the rule it breaks.
struct Conflict {
    std::size_t parameter;
    std::string_view rule;
};

struct Parameter {
    std::string_view name;
    Rule rule;
};

// The rule in words, as it stands in an error message after "must be".
constexpr std::string_view describe(Rule rule) {
    switch (rule) {
        case Rule::finite: return "a finite number";
        case Rule::non_negative: return "a finite number >= 0";
        case Rule::positive: return "a finite number > 0";
        case Rule::length: return "a number of steps > 0 and <= 2**53";
        case Rule::optional_length: return "None or a number of steps > 0 and <= 2**53";
        case Rule::delay: return "a number of steps >= 0 and <= 2**53";
        case Rule::at_least_one: return "a finite number >= 1";
        case Rule::tanh_end: return "a number in [-100, 100]";
        case Rule::radam_beta: return "a number > 0.6 and < 1";
        case Rule::flag: return "True or False";
        case Rule::optional_finite: return "None or a finite number";
        case Rule::optional_count: return "None or an integer >= 1 and <= 2**53";
        case Rule::numbers: return "a non-empty sequence of finite numbers";
        case Rule::milestones: return "a strictly increasing sequence of numbers of steps > 0 and <= 2**53";
        case Rule::points: return "a sequence of (step, value) pairs, finite, the steps strictly increasing from 0 to at most 2**53";
        case Rule::schedule: return "a schedule";
        case Rule::schedules: return "a non-empty sequence of schedules";
        case Rule::policy: return "'repeat', 'mirror' or 'error'";
    }
    return "";
}

constexpr bool is_optional(Rule rule) {
    return rule == Rule::optional_length || rule == Rule::optional_finite || rule == Rule::optional_count;
}

// Whether a parameter counts steps; such a number is shown as an integer where it is one.
constexpr bool counts_steps(Rule rule) {
    return rule == Rule::length || rule == Rule::optional_length || rule == Rule::delay || rule == Rule::optional_count;
}

// Whether a single number satisfies a rule for numbers.
inline bool satisfies(Rule rule, double value) {
    if (!std::isfinite(value)) return false;
    switch (rule) {
        case Rule::non_negative: return value >= 0.0;
        case Rule::positive: return value > 0.0;
        case Rule::length:
        case Rule::optional_length: return value > 0.0 && value <= largest_step;
        case Rule::delay: return value >= 0.0 && value <= largest_step;
        case Rule::at_least_one: return value >= 1.0;
        case Rule::tanh_end: return value >= -100.0 && value <= 100.0;
        case Rule::radam_beta: return value > 0.6 && value < 1.0;
        case Rule::optional_count: return value >= 1.0 && value <= largest_step && value == std::trunc(value);
        default: return true;
    }
}

}  // namespace pywarmup
