"""Find the learning rate of a NumPy network on handwritten digits, and train with it and with a usual default.

python examples/find_rate_digits.py
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pywarmup as pw


class Network:
    def __init__(self, seed: int) -> None:
        images, labels = load_digits(return_X_y=True)
        self.data = train_test_split(images / 16, labels, random_state=seed, stratify=labels)
        self.random = np.random.default_rng(seed)
        self.first, self.last = (self.random.normal(scale=0.15, size=(64, size)) for size in (64, 10))

    def train_step(self, lr: float) -> float:
        batch = self.random.integers(len(self.data[0]), size=64)
        images, hot = self.data[0][batch], np.eye(10)[self.data[2][batch]]
        hidden = np.maximum(images @ self.first, 0)
        log_chances = hidden @ self.last - np.logaddexp.reduce(hidden @ self.last, axis=1, keepdims=True)
        error = (np.exp(log_chances) - hot) / len(batch)
        self.first -= lr * images.T @ (error @ self.last.T * (hidden > 0))
        self.last -= lr * hidden.T @ error
        return -float(log_chances[hot > 0].mean())

    def train(self, lr: float) -> float:
        for _ in range(300):
            self.train_step(lr)
        return float(((np.maximum(self.data[1] @ self.first, 0) @ self.last).argmax(1) == self.data[3]).mean())


for seed in range(5):
    lr = pw.range_test(Network(seed).train_step).suggest()
    found, default = Network(seed).train(lr), Network(seed).train(0.001)  # the default of torch.optim.SGD
    print(f"seed {seed}: suggested {lr:.3f}, accuracy {found:.3f}; default 0.001, accuracy {default:.3f}")
    assert found >= default
