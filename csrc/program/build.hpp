// Building programs from kinds and arguments.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace pywarmup::program {

using Children = std::span<const Program* const>;

// A kind by its name: what it takes and how it is built.
struct Kind {
    std::string_view name;
    std::span<const Parameter> parameters;
    Program (*build)(const Arguments& given, Children children);
};

std::span<const Kind> kinds();

// The kind of that name, or null.
const Kind* find_kind(std::string_view name);

}  // namespace pywarmup::program
