// Recording a program: its formula as a list of instructions.
#pragma once

#include "expression.hpp"
#include "program.hpp"

namespace pywarmup::program {

Recording record(const Program& program);

}  // namespace pywarmup::program
