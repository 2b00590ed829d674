// The run that the compiled peers offer, made from the same core as pywarmup's.
#pragma once

#include <program/build.hpp>
#include <program/evaluate.hpp>

namespace benches {

using pywarmup::Argument;
using pywarmup::Arguments;
using pywarmup::program::Program;

inline Program build(std::string_view kind, const Arguments& given, pywarmup::program::Children children = {}) {
    return pywarmup::program::find_kind(kind)->build(given, children);
}

class WarmupCosine {
public:
    WarmupCosine(double peak, double warmup_steps, double total_steps, double end) : program_(join(peak, warmup_steps, total_steps, end)) {}

    bool allows(double step) const { return step >= 0.0 && step <= pywarmup::largest_step; }
    double at(double step) const { return pywarmup::program::evaluate(program_, step); }

private:
    static Program join(double peak, double warmup_steps, double total_steps, double end) {
        const Program warmup = build("linear", {number(0.0), number(peak), number(warmup_steps)});
        const Program decay = build("cosine", {number(peak), number(end), number(total_steps - warmup_steps), number(1.0)});
        const Program* stages[] = {&warmup, &decay};
        return build("join", {Argument{}}, stages);
    }

    static Argument number(double value) { return {true, value, {}}; }

    Program program_;
};

}  // namespace benches
