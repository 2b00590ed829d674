// Evaluates schedules that scripts/bits.py describes on standard input and writes the
// bits of their values to standard output: for each one the values at 0, 1, ..., those
// at given real steps, both as binary64, and the first ones again as binary32.
//
// Lines of input, numbers as C99 hexadecimal or decimal:
//   build <kind> <number of children> <argument>...    a number, `none`, or `list <count> <number>...`
//   write <name> <how many whole steps> <real step>...
// `build` takes its children from a stack and puts the schedule there; `write` takes one.
//
// Every way of asking, on every instruction set of the machine, must give the same bits;
// where one does not, the name goes to standard error and the program fails.
#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "program/build.hpp"
#include "program/evaluate.hpp"
#include "program/kernels.hpp"

namespace {

using namespace pywarmup;
using program::Program;
using Values = std::vector<double>;

static_assert(std::endian::native == std::endian::little, "the golden hashes are of little-endian numbers");

double number(const std::string& word) {
    return std::strtod(word.c_str(), nullptr);
}

Values numbers(std::istringstream& words) {
    Values result;
    for (std::string word; words >> word;) result.push_back(number(word));
    return result;
}

Argument argument(const std::string& word, std::istringstream& words) {
    if (word == "none") return {false, 0.0, {}};
    if (word != "list") return {true, number(word), {}};
    std::size_t count = 0;
    words >> count;
    Argument list;
    for (std::string item; list.numbers.size() < count && words >> item;) list.numbers.push_back(number(item));
    return list;
}

void build(std::istringstream& words, std::vector<Program>& stack) {
    std::string kind;
    std::size_t child_count = 0;
    words >> kind >> child_count;
    Arguments given;
    for (std::string word; words >> word;) given.push_back(argument(word, words));
    const auto first = stack.end() - static_cast<std::ptrdiff_t>(child_count);
    std::vector<const Program*> children;
    for (auto child = first; child != stack.end(); ++child) children.push_back(&*child);
    Program built = program::find_kind(kind)->build(given, children);
    stack.erase(first, stack.end());
    stack.push_back(std::move(built));
}

Values one_by_one(const Program& schedule, const Values& steps) {
    Values values;
    for (const double step : steps) values.push_back(program::evaluate(schedule, step));
    return values;
}

Values at_steps(const Program& schedule, const Values& steps) {
    Values values(steps.size());
    program::fill(schedule, steps.data(), steps.size(), values.data());
    return values;
}

Values backwards(Values values) {
    std::reverse(values.begin(), values.end());
    return values;
}

// Ranges of this many steps, one after the other.
Values in_ranges(const Program& schedule, std::size_t count, std::size_t width) {
    Values values(count);
    for (std::size_t done = 0; done < count; done += width) {
        program::fill_range(schedule, {static_cast<double>(done), 1.0}, std::min(width, count - done), values.data() + done);
    }
    return values;
}

// Ranges with a stride, woven into one.
Values in_strides(const Program& schedule, std::size_t count, std::size_t stride) {
    Values values(count);
    for (std::size_t begin = 0; begin < std::min(stride, count); ++begin) {
        Values part((count - begin + stride - 1) / stride);
        program::fill_range(schedule, {static_cast<double>(begin), static_cast<double>(stride)}, part.size(), part.data());
        for (std::size_t i = 0; i < part.size(); ++i) values[begin + i * stride] = part[i];
    }
    return values;
}

bool same(const Values& left, const Values& right) {
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size() * sizeof(double)) == 0;
}

bool readings_agree(const Program& schedule, const Values& whole_steps, const Values& real_steps, const Values& expected) {
    const std::size_t count = whole_steps.size();
    bool agree = same(one_by_one(schedule, whole_steps), expected) && same(at_steps(schedule, whole_steps), expected) &&
                 same(backwards(at_steps(schedule, backwards(whole_steps))), expected);
    for (const std::size_t width : {1, 2, 3, 5, 7, 8, 9, 64, 333}) agree = agree && same(in_ranges(schedule, count, width), expected);
    for (const std::size_t stride : {2, 7, 100}) agree = agree && same(in_strides(schedule, count, stride), expected);
    const Values at_real_steps = at_steps(schedule, real_steps);
    return agree && same(one_by_one(schedule, real_steps), at_real_steps) &&
           same(backwards(at_steps(schedule, backwards(real_steps))), at_real_steps);
}

// Where 32 bits, the significand of binary32 and that of binary64 end.
bool far_readings_agree(const Program& schedule) {
    constexpr std::size_t count = 19;
    bool agree = true;
    for (const double start : {0x1p24 - 9.0, 0x1p31 - 9.0, 0x1p32 - 9.0, 0x1p53 - 18.0}) {
        Values steps(count), range(count);
        for (std::size_t i = 0; i < count; ++i) steps[i] = start + static_cast<double>(i);
        if (steps.back() > schedule.limit) continue;
        program::fill_range(schedule, {start, 1.0}, count, range.data());
        agree = agree && same(one_by_one(schedule, steps), range) && same(at_steps(schedule, steps), range);
    }
    return agree;
}

template <class Number>
void print(const std::vector<Number>& values) {
    std::fwrite(values.data(), sizeof(Number), values.size(), stdout);
}

// Whether all readings agree.
bool write(std::istringstream& words, std::vector<Program>& stack) {
    std::string name;
    std::size_t count = 0;
    words >> name >> count;
    const Values real_steps = numbers(words);
    Values whole_steps(count);
    for (std::size_t i = 0; i < count; ++i) whole_steps[i] = static_cast<double>(i);
    const Program schedule = std::move(stack.back());
    stack.pop_back();
    const Values values = in_ranges(schedule, count, count);
    print(values);
    print(at_steps(schedule, real_steps));
    std::vector<float> rounded;
    for (const double value : values) rounded.push_back(static_cast<float>(value));
    print(rounded);
    bool agree = true;
    for (const program::Kernels* kernels : program::available_kernels()) {
        program::use_kernels(kernels->name);
        if (readings_agree(schedule, whole_steps, real_steps, values) && far_readings_agree(schedule)) continue;
        std::fprintf(stderr, "%s: one step and many differ on %s\n", name.c_str(), std::string(kernels->name).c_str());
        agree = false;
    }
    return agree;
}

}  // namespace

int main() {
    std::vector<Program> stack;
    bool agree = true;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        if (command == "build") build(words, stack);
        if (command == "write") agree = write(words, stack) && agree;
    }
    return agree ? 0 : 1;
}
