// Which of the compiled kernels a machine can run.
#include <algorithm>
#include <atomic>

#include "kernels.hpp"

namespace pywarmup::program {

namespace baseline {
extern const Kernels kernels;
}
#if defined(PYWARMUP_X86)
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
#endif

namespace {

std::vector<const Kernels*> find_available() {
    std::vector<const Kernels*> found = {&baseline::kernels};
#if defined(PYWARMUP_X86)
    if (__builtin_cpu_supports("avx2")) found.push_back(&avx2::kernels);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw")) {
        found.push_back(&avx512::kernels);
    }
#endif
    return found;
}

std::atomic<const Kernels*>& in_use() {
    static std::atomic<const Kernels*> chosen = available_kernels().back();
    return chosen;
}

}  // namespace

std::span<const Kernels* const> available_kernels() {
    static const std::vector<const Kernels*> available = find_available();
    return available;
}

const Kernels& kernels() {
    return *in_use().load(std::memory_order_relaxed);
}

bool use_kernels(std::string_view name) {
    for (const Kernels* candidate : available_kernels()) {
        if (candidate->name != name) continue;
        in_use().store(candidate, std::memory_order_relaxed);
        return true;
    }
    return false;
}

}  // namespace pywarmup::program
