"""Schedules of other libraries, under their own names and arguments: `pywarmup.compat.<library>.<callable>(...)`.

Each module is named after a library and imports nothing of it. Its functions are named and parameterised as the
library's (what those read from an optimizer is `base_lr` here) and return compositions of pywarmup's shapes. The
`from_<library>` functions make such a composition of a living object of the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pywarmup.compat.fvcore import from_fvcore
    from pywarmup.compat.keras import from_keras
    from pywarmup.compat.optax import from_optax
    from pywarmup.compat.timm import from_timm
    from pywarmup.compat.torch import from_torch
    from pywarmup.compat.transformers import from_transformers

LIBRARIES = (
    "composer",
    "deepspeed",
    "detectron2",
    "fairseq",
    "fastai",
    "fvcore",
    "gradual_warmup",
    "ignite",
    "keras",
    "levanter",
    "megatron",
    "mlx",
    "mmengine",
    "nanogpt",
    "nemo",
    "olmo",
    "optax",
    "paddle",
    "pytorch_warmup",
    "t5x",
    "timm",
    "torch",
    "torchtitan",
    "transformers",
)

__all__ = [
    "LIBRARIES",
    "from_fvcore",
    "from_keras",
    "from_optax",
    "from_timm",
    "from_torch",
    "from_transformers",
]


def __getattr__(name: str) -> Any:  # modules and converters are imported when they are asked for
    from importlib import import_module

    library = name.removeprefix("from_")
    if library not in LIBRARIES or (library != name and name not in __all__):
        raise AttributeError(f"module 'pywarmup.compat' has no attribute {name!r}")
    module = import_module(f"pywarmup.compat.{library}")
    return module if library == name else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *LIBRARIES, *__all__})
