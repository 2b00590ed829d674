"""The learning-rate range test for PyTorch, after which everything is as it was."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import torch
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from pywarmup import _core, counting
from pywarmup.tools.range_result import RangeTest, Shape
from pywarmup.tools.range_test import check_stop, measure, ramp
from pywarmup.torch.ranks import is_first, mean_over_ranks, stopping_together
from pywarmup.torch.unchanged import unchanged

LossOf: TypeAlias = Literal["outputs", "batch"]


def range_test(
    model: torch.nn.Module,
    optimizer: Optimizer,
    loss_fn: Callable[..., torch.Tensor],
    loader: Iterable[Any],
    *,
    start: float = 1e-7,
    end: float = 10.0,
    steps: int = 100,
    shape: Shape = "exponential",
    loss_of: LossOf = "outputs",
    accumulation: int = 1,
    max_grad_norm: float | None = None,
    scaler: Any = None,
    autocast: torch.autocast | None = None,
    device: torch.device | str | None = None,
    smoothing: float = 0.9,
    diverge_at: float | None = 4.0,
    progress: bool | None = None,
) -> RangeTest:
    """Train at increasing learning rates, put everything back, and return how the loss went.

    The rates are those of `pywarmup.range_test`. Each step is an update: forward, backward, `optimizer.step()`. At the
    end, after an exception or Ctrl-C too, everything is what it was, bit for bit: parameters, buffers, gradients,
    training modes, plain attributes of the modules, the state and the groups of the optimizer (tensors stay the same
    objects), the scaler, and the random numbers of Python, NumPy, torch, its devices and the loader. That takes the
    memory of one more model and optimizer state. So an attached scheduler is no hindrance; it is not stepped.

    The parameter group with the largest rate gets the rates of the test, and the others keep their ratio to it. Groups
    that are all at 0, as at the start of a warmup, keep the ratio of their `initial_lr`.

    Under `torch.distributed` call it in all processes: the loss is the mean over them, so all stop together, also when
    Ctrl-C reaches only one of them. An exception in one of them is not told to the others.

    Args:
        model: The model. It is trained in the modes that its submodules have, or all in training mode if it is itself
            in evaluation mode.
        optimizer: Its optimizer.
        loss_fn: `loss_fn(model(inputs), targets)` is the loss, or `loss_fn(model, batch)`; see `loss_of`.
        loader: Any iterable of batches; one that is shorter than the test is started again.
        start: The first rate, > 0 (a linear ramp may begin at 0).
        end: The last rate, above `start`.
        steps: How many rates, >= 2.
        shape: "exponential" for equal ratios, "linear" for equal distances.
        loss_of: "outputs" for batches that are pairs (inputs, targets). "batch" for all others: `loss_fn` gets the
            model and the whole batch, as in `lambda model, batch: model(**batch).loss`.
        accumulation: How many batches make an update, >= 1; the loss is their mean.
        max_grad_norm: Clip the norm of all gradients at this, > 0; None to leave them.
        scaler: A `torch.amp.GradScaler`, or None.
        autocast: A `torch.autocast(...)` for the forward pass and the loss, or None.
        device: Where batches are moved; None for the device of the model's first parameter.
        smoothing: As in `pywarmup.range_test`, in [0, 1).
        diverge_at: As in `pywarmup.range_test`, > 1, or None.
        progress: As in `pywarmup.range_test`; only the first process shows it.

    Returns:
        A `RangeTest`. Its rates are those of the group with the largest rate.

    Raises:
        TypeError: For arguments of the wrong type, or a `loss_fn` that returns no tensor.
        ValueError: For arguments out of range, batches that are no pairs, or a loader without batches.

    Example:
        >>> import torch
        >>> from pywarmup.torch import range_test
        >>> model = torch.nn.Linear(4, 1)
        >>> optimizer = torch.optim.SGD(model.parameters())
        >>> loader = [(torch.eye(4), torch.ones(4, 1))]
        >>> before = model.weight.clone()
        >>> test = range_test(model, optimizer, torch.nn.functional.mse_loss, loader)
        >>> test.stop_reason, torch.equal(model.weight, before)
        ('diverged', True)

    References:
        Smith 2017, arXiv:1506.01186, section 3.3.
    """
    rates = ramp(start, end, steps, shape)
    check_stop(smoothing, diverge_at)
    _check_objects(model, optimizer, loss_fn, loader, scaler, autocast)
    _core.check("range_test", "progress", _core.Rule.flag, progress is not None and progress)
    if max_grad_norm is not None:
        max_grad_norm = _core.check("range_test", "max_grad_norm", _core.Rule.positive, max_grad_norm)
    counting._choice("range_test", "loss_of", loss_of, get_args(LossOf))
    count = counting._count("range_test", "accumulation", accumulation)
    trainer = _Trainer(
        model, optimizer, loss_fn, loss_of, count, max_grad_norm, scaler, autocast, _device(model, device)
    )
    modules = [module for module in (model, loss_fn) if isinstance(module, torch.nn.Module)]
    shown = progress if is_first() else False
    with unchanged(modules, optimizer, scaler, loader), closing(_again(loader)) as batches, stopping_together() as stop:
        if not model.training:
            model.train()
        ratios = _ratios(optimizer)

        def train_step(lr: float) -> float:
            _set_rates(optimizer, [lr * ratio for ratio in ratios])
            return mean_over_ranks(trainer.update(batches), stop)

        return measure(train_step, rates, shape, smoothing, diverge_at, shown)


@dataclass(frozen=True)
class _Trainer:
    """How to make an update."""

    model: torch.nn.Module
    optimizer: Optimizer
    loss_fn: Callable[..., torch.Tensor]
    loss_of: LossOf
    accumulation: int
    max_grad_norm: float | None
    scaler: Any
    autocast: torch.autocast | None
    device: torch.device | None

    def update(self, batches: Iterator[Any]) -> torch.Tensor:
        """Make one update, and return its loss."""
        self.model.zero_grad()
        self.optimizer.zero_grad()
        losses = [self._backward(next(batches)) for _ in range(self.accumulation)]
        if self.scaler is not None and self.max_grad_norm is not None:
            self.scaler.unscale_(self.optimizer)
        if self.max_grad_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.max_grad_norm)
        if self.scaler is None:
            self.optimizer.step()
        else:
            self.scaler.step(self.optimizer)
            self.scaler.update()
        return torch.stack(losses).mean()

    def _backward(self, batch: Any) -> torch.Tensor:
        """Add the gradients of one batch, and return its loss."""
        with torch.enable_grad():
            with self.autocast or nullcontext():
                loss = self._loss(_moved(batch, self.device))
            if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
                got = f"shape {tuple(loss.shape)}" if isinstance(loss, torch.Tensor) else type(loss).__name__
                raise TypeError(f"range_test: `loss_fn` must return a tensor of one element, got {got}")
            part = loss.reshape(()) / self.accumulation
            (part if self.scaler is None else self.scaler.scale(part)).backward()
        return loss.detach().reshape(()).to(torch.promote_types(loss.dtype, torch.float32))

    def _loss(self, batch: Any) -> torch.Tensor:
        if self.loss_of == "batch":
            return self.loss_fn(self.model, batch)
        if not isinstance(batch, list | tuple) or len(batch) != 2:
            raise ValueError(
                f"range_test: `loader` must give pairs (inputs, targets), got {type(batch).__name__}"
                f"{f' of {len(batch)}' if isinstance(batch, list | tuple) else ''}; for other batches give "
                '`loss_of="batch"` and a `loss_fn(model, batch)`'
            )
        return self.loss_fn(self.model(batch[0]), batch[1])


def _again(loader: Iterable[Any]) -> Generator[Any, None, None]:
    """The batches of a loader, over and over."""
    count = 0
    while True:
        before = count
        for batch in loader:
            count += 1
            yield batch
        if count == before:
            raise ValueError(
                f"range_test: `loader` must have a batch for every step or start anew when it is iterated again, got "
                f"{type(loader).__name__}, which ended after {count} batches"
            )


def _moved(batch: Any, device: torch.device | None) -> Any:
    """A batch on a device: tensors, and containers of them."""
    if device is None:
        return batch
    if hasattr(batch, "to"):
        return batch.to(device)
    if isinstance(batch, dict):
        return type(batch)({key: _moved(value, device) for key, value in batch.items()})
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*[_moved(value, device) for value in batch])
    if isinstance(batch, list | tuple):
        return type(batch)([_moved(value, device) for value in batch])
    return batch


def _device(model: torch.nn.Module, device: torch.device | str | None) -> torch.device | None:
    if device is not None:
        return torch.device(device)
    return next((parameter.device for parameter in model.parameters()), None)


def _ratios(optimizer: Optimizer) -> list[float]:
    """Of each group's rate to the largest one."""
    for key in ("lr", "initial_lr"):
        rates = [float(group.get(key) or 0.0) for group in optimizer.param_groups]
        if max(rates) > 0.0:
            return [rate / max(rates) for rate in rates]
    return [1.0 for _ in optimizer.param_groups]


def _set_rates(optimizer: Optimizer, rates: list[float]) -> None:
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)  # compiled code knows this tensor
        else:
            group["lr"] = rate


def _check_objects(model: Any, optimizer: Any, loss_fn: Any, loader: Any, scaler: Any, autocast: Any) -> None:
    """Refuse what is not what it is to be, before anything is trained."""
    _check(isinstance(model, torch.nn.Module), "model", "a torch.nn.Module", model)
    _check(isinstance(optimizer, Optimizer), "optimizer", "a torch.optim.Optimizer", optimizer)
    _check(callable(loss_fn), "loss_fn", "a function that returns the loss", loss_fn)
    iterable = hasattr(type(loader), "__iter__") or hasattr(type(loader), "__getitem__")
    _check(iterable and not isinstance(loader, str | bytes), "loader", "an iterable of batches", loader)
    scales = scaler is None or all(callable(getattr(scaler, name, None)) for name in ("scale", "step", "update"))
    _check(scales, "scaler", "a torch.amp.GradScaler or None", scaler)
    _check(autocast is None or isinstance(autocast, torch.autocast), "autocast", "a torch.autocast or None", autocast)
    if any(is_lazy(parameter) for parameter in model.parameters()):
        raise ValueError("range_test: `model` must have all its parameters, got lazy ones; call it on a batch first")
    for index, group in enumerate(optimizer.param_groups):
        rate = group.get("lr")
        if not isinstance(rate, int | float | torch.Tensor):
            raise ValueError(
                "range_test: `optimizer` must have a number or a tensor as `lr` in every parameter group, got "
                f"{rate!r} in group {index}"
            )


def _check(fits: bool, name: str, rule: str, value: object) -> None:
    if not fits:
        raise TypeError(f"range_test: `{name}` must be {rule}, got {type(value).__name__}")
