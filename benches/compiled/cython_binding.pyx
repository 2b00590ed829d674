# cython: language_level=3, binding=False, always_allow_keywords=False
"""The core as Cython binds it at its best.

The argument is untyped, because `int64_t step` would take 1.5 for 1, and `double step` costs more than the conversion here.
"""
from libcpp cimport bool
from libcpp.memory cimport unique_ptr


cdef extern from "warmup_cosine.hpp" namespace "benches" nogil:
    cdef cppclass CoreWarmupCosine "benches::WarmupCosine":
        CoreWarmupCosine(double peak, double warmup_steps, double total_steps, double end) except +
        bool allows(double step)
        double at(double step)


cdef class WarmupCosine:
    cdef unique_ptr[CoreWarmupCosine] core

    def __init__(self, double peak, double warmup_steps, double total_steps, double end):
        self.core.reset(new CoreWarmupCosine(peak, warmup_steps, total_steps, end))

    cdef inline double value(self, double step) except? -1.0:
        if not self.core.get().allows(step):
            raise ValueError("step must be >= 0 and <= 2**53")
        return self.core.get().at(step)

    def lr(self, step):
        return self.value(step)

    def __call__(self, step):
        return self.value(step)
