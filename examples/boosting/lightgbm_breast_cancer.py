"""LightGBM on the breast cancer data, with a learning rate that warms up and decays over the rounds.

`reset_parameter` takes a schedule as it is. LightGBM refuses a learning rate of 0, so this one begins above it.
"""

import lightgbm
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import pywarmup as pw

ROUNDS = 60

if __name__ == "__main__":
    features, labels = load_breast_cancer(return_X_y=True)
    parts = train_test_split(features, labels, random_state=0, stratify=labels)
    train_features, test_features, train_labels, test_labels = parts
    schedule = pw.warmup_cosine(0.3, warmup_steps=6, total_steps=ROUNDS, init_value=0.05, end_value=0.01)

    booster = lightgbm.train(
        {"objective": "binary", "boost_from_average": False, "num_leaves": 8, "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(train_features, train_labels),
        num_boost_round=ROUNDS,
        callbacks=[lightgbm.reset_parameter(learning_rate=schedule)],
    )
    accuracy = np.mean((np.asarray(booster.predict(test_features)) > 0.5) == test_labels)
    rates = [tree["shrinkage"] for tree in booster.dump_model()["tree_info"]]
    print(f"test accuracy {accuracy:.3f}; rates {rates[0]} up to {max(rates)}, down to {rates[-1]}")
    np.testing.assert_allclose(rates, schedule.array(ROUNDS), rtol=1e-5)  # the dump has six digits
