"""The peers: other ways to get the same numbers, one file each.

A peer is a module with a `NAME` and some of these functions, which prepare all that can be prepared before training:

    one_step(run)    -> Call                    the value at any one step
    array(run)       -> () -> array             the values at all steps of the run
    at(run, steps)   -> () -> array             the values at any steps
    iterate(run)     -> () -> iterable          the values one after the other
    construct(run)   -> () -> object            the schedule itself
    train_step(run, optimizer)
                     -> () -> None              sets the rates of all groups of a torch optimizer for its next update:
                                                what a training loop does once after each update
    train_step_tensors(run, optimizer)
                     -> () -> None              the same where the rates are tensors, which it writes in place
    inside_jit(run)  -> count -> value          a function that JAX can trace
    jit_call(run, weights)
                     -> () -> array             one update of these weights by a program that JAX compiled
    train_step_momentum(run, optimizer)
                     -> () -> None              the same for the rates and the momentum of all groups
    keras_batch(run, model)
                     -> () -> None              sets the rate of a Keras model for its next batch, as a callback does
    keras_rate(run)  -> variable -> tensor      the rate at a count of batches, which Keras' optimizer holds

It offers only what its library really can. `KINDS` are the runs that it knows, and `TOLERANCE` is how far its values
may be from pywarmup's, relative to the peak: 1e-9 for double precision, 1e-6 for single precision. A peer without a
tolerance (`None`) computes nothing: it is a floor.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from runs import Run

DOUBLE = 1e-9
SINGLE = 1e-6
missing: dict[str, str] = {}  # why, by name of the module


class Call:
    """An expression that a training loop would contain, such as `s.lr(step)`, and what its names mean.

    The expression is compiled into the loop, with its names as local variables: a function that wraps the call would
    cost more than the call, and CPython treats `s.lr(step)` and `s[step]` differently from the call of a variable.
    """

    def __init__(self, expression: str, **names: Any) -> None:
        self.expression = expression
        self.names = names

    def loop(self) -> Callable[[Iterable[int]], None]:
        """Return a function that evaluates the expression at each of the given steps."""
        return self._compile("steps", f"    for step in steps: {self.expression}")

    def __call__(self, step: int) -> float:
        return float(self._compile("step", f"    return {self.expression}")(step))

    def _compile(self, argument: str, body: str) -> Callable[..., Any]:
        parameters = ", ".join([argument, *(f"{name}={name}" for name in self.names)])
        scope = dict(self.names)
        exec(f"def call({parameters}):\n{body}", scope)
        return scope["call"]


def counting_update(rate: Callable[[Any], Any], weights: Any) -> Callable[[], Any]:
    """Return what calls a compiled update that counts its steps on the device."""
    import jax

    compiled = jax.jit(lambda count, weights: (count + 1, weights - rate(count) * weights))
    state = [compiled(jax.numpy.int32(0), weights)[0]]

    def call() -> Any:
        state[0], moved = compiled(state[0], weights)
        return moved

    return call


def load(name: str) -> ModuleType | None:
    """Import a peer; None, and a line in `missing`, if its library cannot be imported or built."""
    try:
        return importlib.import_module(f"peers.{name}")
    except Exception as error:
        missing[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}" if str(error) else repr(error)
        return None


def load_all() -> dict[str, ModuleType]:
    """Return the peers whose libraries are there, by module name."""
    modules = {module.name: load(module.name) for module in pkgutil.iter_modules(__path__)}
    return {name: module for name, module in modules.items() if module is not None}


def offers(peer: ModuleType, question: str, run: Run) -> bool:
    """Whether the peer has an answer to that question for that kind of run."""
    return hasattr(peer, question) and run.kind in peer.KINDS
