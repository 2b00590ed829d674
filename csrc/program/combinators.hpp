// The combinators: a small closed set.  Each is what it needs at evaluation, and
// a formula for the value or the time it hands on, written once for numbers and
// for recorded expressions.
#pragma once

#include "../math/power_of_two.hpp"
#include "../shapes/number.hpp"
#include "../shapes/parameter.hpp"
#include "../shapes/stairs.hpp"

namespace pywarmup::program {

using math::DoubleDouble;
using shapes::exp2m1;
using shapes::floor;
using shapes::maximum;
using shapes::minimum;
using shapes::power_progress;
using shapes::select;
using shapes::times_exp2;

// Stages one after the other; the table holds where each begins.
struct Join {
    static constexpr std::string_view kind = "join";
    static constexpr Parameter parameters[] = {{"stages", Rule::schedules}};
    double last_begin;  // of the last stage, as a rule the longest

    Join stretched(double factor) const { return {last_begin * factor}; }
};

// Values combine without overflow, and without a negative zero.
template <class Number>
PYWARMUP_INLINE Number finite(Number value) {
    return minimum(maximum(value + 0.0, -math::largest_finite), math::largest_finite);
}

struct Product {
    static constexpr std::string_view kind = "product";
    static constexpr Parameter parameters[] = {{"factors", Rule::schedules}};

    template <class Number>
    PYWARMUP_INLINE static Number combine(Number a, Number b) {
        return finite(a * b);
    }
};

struct Sum {
    static constexpr std::string_view kind = "sum";
    static constexpr Parameter parameters[] = {{"terms", Rule::schedules}};

    template <class Number>
    PYWARMUP_INLINE static Number combine(Number a, Number b) {
        return finite(a + b);
    }
};

struct Minimum {
    static constexpr std::string_view kind = "minimum";
    static constexpr Parameter parameters[] = {{"schedules", Rule::schedules}};

    template <class Number>
    PYWARMUP_INLINE static Number combine(Number a, Number b) {
        return minimum(a, b);
    }
};

struct Maximum {
    static constexpr std::string_view kind = "maximum";
    static constexpr Parameter parameters[] = {{"schedules", Rule::schedules}};

    template <class Number>
    PYWARMUP_INLINE static Number combine(Number a, Number b) {
        return maximum(a, b);
    }
};

struct Scale {
    static constexpr std::string_view kind = "scale";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"factor", Rule::finite}};
    double factor;

    template <class Number>
    PYWARMUP_INLINE Number change(Number value) const {
        return finite(value * factor);
    }
};

struct Offset {
    static constexpr std::string_view kind = "offset";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"amount", Rule::finite}};
    double amount;

    template <class Number>
    PYWARMUP_INLINE Number change(Number value) const {
        return finite(value + amount);
    }
};

struct Clip {
    static constexpr std::string_view kind = "clip";
    static constexpr Parameter parameters[] = {
        {"schedule", Rule::schedule}, {"lower", Rule::optional_finite}, {"upper", Rule::optional_finite}};
    double lower;
    double upper;

    static std::optional<Conflict> conflict(const Arguments& given) {
        if (!given[1].is_given || !given[2].is_given || given[1].number <= given[2].number) return std::nullopt;
        return Conflict{1, "at most `upper`"};
    }

    template <class Number>
    PYWARMUP_INLINE Number change(Number value) const {
        return minimum(maximum(value, lower), upper);
    }
};

// t -> t + steps
struct Shift {
    static constexpr std::string_view kind = "shift";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"steps", Rule::delay}};
    double steps;

    Shift stretched(double factor) const { return {steps * factor}; }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        return t + steps;
    }
};

// t -> t / factor.  Only a kind: building it rewrites every length below, so that
// distances are still subtracted in integers.
struct Stretch {
    static constexpr std::string_view kind = "stretch";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"factor", Rule::positive}};
};

// Cycles of equal length, cycle number c multiplied by decay^c; the end of the
// last one is held.  (Cycles that grow are joined when built.)
struct Repeat {
    static constexpr std::string_view kind = "repeat";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule},
                                               {"times", Rule::optional_count},
                                               {"growth", Rule::at_least_one},
                                               {"decay", Rule::positive}};
    double steps;
    double times;  // infinite for ever
    bool decays;
    DoubleDouble rate;  // log2(decay)

    Repeat stretched(double factor) const { return {steps * factor, times, decays, rate}; }

    // The quotient may round up to the next cycle when lengths are no integers; beyond
    // 2^53 cycles it cannot name each of them, and time stays within a cycle all the same.
    template <class Number>
    PYWARMUP_INLINE Number cycle(Number t) const {
        const Number guess = floor(t / steps);
        return minimum(select(t < guess * steps, guess - 1.0, guess), times - 1.0);
    }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        return maximum(minimum(t - cycle(t) * steps, steps), 0.0);
    }

    template <class Number>
    PYWARMUP_INLINE Number change(Number value, Number t) const {
        return decays ? decayed(value, cycle(t)) : value;
    }

    template <class Number>
    PYWARMUP_INLINE Number decayed(Number value, Number cycle) const {
        return times_exp2(value, rate, cycle);
    }
};

// t -> min(t, steps)
struct Until {
    static constexpr std::string_view kind = "until";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"steps", Rule::length}};
    double steps;

    Until stretched(double factor) const { return {steps * factor}; }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        return minimum(t, steps);
    }
};

// t -> steps - t
struct Reverse {
    static constexpr std::string_view kind = "reverse";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}};
    double steps;

    Reverse stretched(double factor) const { return {steps * factor}; }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        return steps - minimum(t, steps);
    }
};

// t -> steps * (t / steps)^power
struct Warp {
    static constexpr std::string_view kind = "warp";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"power", Rule::positive}};
    double steps;
    double power;

    Warp stretched(double factor) const { return {steps * factor, power}; }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        return power_progress(minimum(t, steps), steps, power).from_end * steps;
    }
};

// t -> floor(t / every) * every
struct Stairs {
    static constexpr std::string_view kind = "stairs";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"every", Rule::length}};
    double every;

    Stairs stretched(double factor) const { return {every * factor}; }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        return shapes::stairs(t, every);
    }
};

// There and back, for ever.
struct Mirror {
    double steps;

    Mirror stretched(double factor) const { return {steps * factor}; }

    template <class Number>
    PYWARMUP_INLINE Number time(Number t) const {
        const Number lap = t - floor(t / (2.0 * steps)) * (2.0 * steps);
        return maximum(minimum(lap, 2.0 * steps - lap), 0.0);
    }
};

// What comes after the end, if not the end value: a Repeat, a Mirror, or an
// error, which is a limit of the whole program and not a node.
struct PastEnd {
    static constexpr std::string_view kind = "past_end";
    static constexpr Parameter parameters[] = {{"schedule", Rule::schedule}, {"policy", Rule::policy}};
    enum Policy { repeat, mirror, error };
};

}  // namespace pywarmup::program
