"""XGBoost on the breast cancer data, with a learning rate that warms up and decays over the rounds."""

import json

import numpy as np
import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import pywarmup as pw
from pywarmup.xgboost import LearningRateCallback

ROUNDS = 60


class Rates(xgboost.callback.TrainingCallback):
    """Asks XGBoost after each round for the learning rate that it had."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def after_iteration(self, model: xgboost.Booster, epoch: int, log: object) -> bool:
        """Add to it."""
        settings = json.loads(model.save_config())["learner"]["gradient_booster"]["tree_train_param"]
        self.seen.append(float(settings["learning_rate"]))
        return False


if __name__ == "__main__":
    features, labels = load_breast_cancer(return_X_y=True)
    parts = train_test_split(features, labels, random_state=0, stratify=labels)
    train_features, test_features, train_labels, test_labels = parts
    schedule = pw.warmup_cosine(0.3, warmup_steps=6, total_steps=ROUNDS, end_value=0.01)

    rates = Rates()
    model = xgboost.XGBClassifier(n_estimators=ROUNDS, callbacks=[LearningRateCallback(schedule), rates], n_jobs=1)
    accuracy = model.fit(train_features, train_labels).score(test_features, test_labels)
    print(f"test accuracy {accuracy:.3f}; rates {rates.seen[0]} up to {max(rates.seen)}, down to {rates.seen[-1]}")
    np.testing.assert_allclose(rates.seen, schedule.array(ROUNDS), rtol=1e-6)  # XGBoost's are float32
