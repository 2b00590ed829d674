"""Transformers' `Trainer` with a schedule of ours over as many updates as the Trainer computes from its arguments.

Overriding `create_scheduler` takes two lines; the Trainer creates optimizer and data loader as ever.

    pip install transformers accelerate
    python examples/pytorch/transformers_subclass.py
"""

import tempfile

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

import pywarmup as pw
from pywarmup.torch import Scheduler


class WarmupTrainer(Trainer):
    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> Scheduler:
        """Return ours, over the updates of the run."""
        schedule = pw.warmup_cosine(self.args.learning_rate, warmup_steps=4, total_steps=num_training_steps)
        self.lr_scheduler = Scheduler(optimizer or self.optimizer, schedule)
        return self.lr_scheduler


tokens = torch.randint(0, 64, (64, 16))
config = GPT2Config(vocab_size=64, n_positions=16, n_embd=32, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0)
model = GPT2LMHeadModel(config)
used: list[float] = []
register_optimizer_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        folder, learning_rate=3e-3, per_device_train_batch_size=8, gradient_accumulation_steps=2, num_train_epochs=3,
        save_strategy="no", report_to="none", use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    WarmupTrainer(model, arguments, train_dataset=[{"input_ids": row, "labels": row} for row in tokens]).train()

print("rates:", *[f"{rate:.2e}" for rate in used])
assert used == list(pw.warmup_cosine(3e-3, warmup_steps=4, total_steps=12)[:12])  # 3 epochs of 64 / 8 / 2 updates
