// Forced inlining of small functions.  A compiler vectorises a loop only when
// everything called in it is inlined, and some give up on chains of calls.
// The opposite for large ones that many formulas call, so that there is one copy of
// them.  And what is never reached, so that it is not checked either.
#pragma once

#if defined(_MSC_VER) && !defined(__clang__)
#define PYWARMUP_INLINE __forceinline
#define PYWARMUP_NOINLINE __declspec(noinline)
#define PYWARMUP_INLINE_LAMBDA
#define PYWARMUP_UNREACHABLE __assume(false)
#else
#define PYWARMUP_INLINE [[gnu::always_inline]] inline
#define PYWARMUP_NOINLINE [[gnu::noinline]]
#define PYWARMUP_INLINE_LAMBDA __attribute__((always_inline))
#define PYWARMUP_UNREACHABLE __builtin_unreachable()
#endif
