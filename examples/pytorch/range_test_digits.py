"""Find the learning rate of a PyTorch model, which is left as it was, and train with it and with the default.

python examples/pytorch/range_test_digits.py
"""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

from pywarmup.torch import range_test

loss_fn = torch.nn.CrossEntropyLoss()


def train(kind: type[torch.optim.Optimizer], seed: int, finds_rate: bool) -> tuple[float, float]:
    """Return the rate and the accuracy after ten epochs, with the suggested rate or with that of the optimizer."""
    data = [torch.as_tensor(part) for part in load_digits(return_X_y=True)]
    split = train_test_split(data[0].float() / 16, data[1], random_state=seed, stratify=data[1])
    images, test_images, labels, test_labels = split
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = kind(model.parameters())
    loader = DataLoader(TensorDataset(images, labels), batch_size=64, shuffle=True)
    if finds_rate:
        optimizer.param_groups[0]["lr"] = range_test(model, optimizer, loss_fn, loader).suggest()
    for _ in range(10):
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss_fn(model(inputs), targets).backward()
            optimizer.step()
    return optimizer.param_groups[0]["lr"], (model(test_images).argmax(1) == test_labels).float().mean().item()


for kind in torch.optim.SGD, torch.optim.Adam:
    for seed in range(5):
        (lr, found), (default_lr, default) = train(kind, seed, True), train(kind, seed, False)
        print(f"{kind.__name__}, seed {seed}: suggested {lr:.3f}, {found:.3f}; default {default_lr}, {default:.3f}")
        assert found >= default
