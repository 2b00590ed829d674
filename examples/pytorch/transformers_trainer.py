"""Transformers' `Trainer` with a schedule of ours, passed as `optimizers=(optimizer, scheduler)`.

The schedule counts updates: the Trainer steps it once for each of them, here once for two batches.

    pip install transformers accelerate
    python examples/pytorch/transformers_trainer.py
"""

import tempfile

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

import pywarmup as pw
from pywarmup.torch import Scheduler

tokens = torch.randint(0, 64, (64, 16))
config = GPT2Config(vocab_size=64, n_positions=16, n_embd=32, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0)
model = GPT2LMHeadModel(config)
optimizer = torch.optim.AdamW(model.parameters())
schedule = pw.warmup_cosine(3e-3, warmup_steps=4, total_steps=16)
scheduler = Scheduler(optimizer, schedule)

used: list[float] = []
optimizer.register_step_pre_hook(lambda optimizer, *_: used.append(optimizer.param_groups[0]["lr"]))
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        folder, per_device_train_batch_size=8, gradient_accumulation_steps=2, max_steps=16, logging_steps=1,
        save_strategy="no", report_to="none", use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    dataset = [{"input_ids": row, "labels": row} for row in tokens]
    trainer = Trainer(model, arguments, train_dataset=dataset, optimizers=(optimizer, scheduler))
    trainer.train()

logged = [line["learning_rate"] for line in trainer.state.log_history if "learning_rate" in line]
print("updates:", len(used))
print("rates:  ", *[f"{rate:.2e}" for rate in used])
assert used == logged == list(schedule[:16])
