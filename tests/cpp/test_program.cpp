// The C++ library on its own: programs are built, evaluated and recorded without Python.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "program/build.hpp"
#include "program/evaluate.hpp"
#include "program/record.hpp"

namespace {

using namespace pywarmup;
using program::Program;

int failures = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    std::printf("FAILED: %s\n", what);
    ++failures;
}

Argument number(double value) {
    return {true, value, {}};
}

const Argument nothing{false, 0.0, {}};

Program build(const char* kind, const Arguments& given, const std::vector<const Program*>& children = {}) {
    return program::find_kind(kind)->build(given, children);
}

Program linear(double init_value, double end_value, double steps) {
    return build("linear", {number(init_value), number(end_value), number(steps)});
}

Program cosine(double init_value, double end_value, double steps) {
    return build("cosine", {number(init_value), number(end_value), number(steps), number(1.0)});
}

Program warmup_cosine() {
    const Program first = linear(0.0, 3e-4, 2000.0);
    const Program second = cosine(3e-4, 3e-5, 98000.0);
    return build("join", {Argument{}}, {&first, &second});
}

template <class Call>
std::string error_of(const Call& call) {
    try {
        call();
    } catch (const program::BuildError& error) {
        return error.what();
    }
    return "";
}

void ends_are_exact() {
    const Program s = warmup_cosine();
    check(program::evaluate(s, 0.0) == 0.0, "the first value is init_value");
    check(program::evaluate(s, 2000.0) == 3e-4, "the boundary belongs to the next stage");
    check(program::evaluate(s, 100000.0) == 3e-5, "the last value is end_value");
    check(program::evaluate(s, 1e15) == 3e-5, "the end value is held");
    check(s.steps() == 100000.0, "lengths add up");
}

void readings_agree() {
    const Program base = warmup_cosine();
    const Program repeated = build("repeat", {Argument{}, nothing, number(2.0), number(0.5)}, {&base});
    const Program decay = build("exponential_decay", {number(1.0), number(0.9), number(1000.0), number(0.0)});
    for (const Program& s : {base, repeated, decay, build("product", {Argument{}}, {&repeated, &decay})}) {
        constexpr std::size_t count = 300000;
        std::vector<double> range(count), any(count), steps(count);
        for (std::size_t i = 0; i < count; ++i) steps[i] = static_cast<double>(i);
        program::fill_range(s, {0.0, 1.0}, count, range.data());
        program::fill(s, steps.data(), count, any.data());
        check(std::memcmp(range.data(), any.data(), count * sizeof(double)) == 0, "a range and arbitrary steps agree");
        bool same = true;
        for (std::size_t i = 0; i < count; i += 7) same = same && program::evaluate(s, steps[i]) == range[i];
        check(same, "one step and many agree");
    }
}

void a_million_stages_are_found() {
    const Program stage = linear(0.0, 1.0, 4.0);
    const std::vector<const Program*> stages(1000000, &stage);
    const Program s = build("join", {Argument{}}, stages);
    check(program::evaluate(s, 4.0 * 777777.0 + 1.0) == 0.25, "a stage among a million");
    check(program::evaluate(s, 4e6) == 1.0, "the end of a million stages");
}

void what_cannot_be_built_says_why() {
    const Program endless = build("constant", {number(1.0), nothing});
    const Program line = linear(0.0, 1.0, 4.0);
    check(error_of([&] { build("join", {Argument{}}, {&endless, &line}); }).find("stages[0]") != std::string::npos,
          "an endless stage before the last is named");
    Program deep = line;
    std::string error;
    for (std::size_t depth = 1; depth <= program::largest_depth && error.empty(); ++depth) {
        error = error_of([&] { deep = build("scale", {Argument{}, number(0.5)}, {&deep}); });
    }
    check(error.find("nested more than 100 deep") != std::string::npos, "nesting is bounded");
}

void a_recording_ends_in_the_value() {
    const program::Recording recording = program::record(warmup_cosine());
    check(recording.result < recording.instructions.size(), "the result is an instruction");
    check(recording.instructions.front().operation == program::Operation::step, "the step comes first");
    check(recording.instructions[recording.result].operation == program::Operation::select, "a join selects");
}

}  // namespace

int main() {
    ends_are_exact();
    readings_agree();
    a_million_stages_are_found();
    what_cannot_be_built_says_why();
    a_recording_ends_in_the_value();
    if (failures == 0) std::printf("all program tests passed\n");
    return failures;
}
