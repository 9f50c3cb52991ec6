#!/usr/bin/env python3
"""Writes trainer/tests/golden/search.json: the recipe's random search of nu and
gamma as scikit-learn does it, on made-up embeddings of one owner and some others.

    pip install numpy scikit-learn && python3 tests/reference/search.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_curve
from sklearn.svm import OneClassSVM

DRAWS = 50


def eer(genuine, scores):
    """Where the curve, straight between its points, has as many of both errors."""
    far, hits, _ = roc_curve(genuine, scores, drop_intermediate=False)
    gap = far - (1 - hits)
    at = int(np.argmax(gap >= 0))
    part = -gap[at - 1] / (gap[at] - gap[at - 1])
    return far[at - 1] + part * (far[at] - far[at - 1])


def main():
    rng = np.random.default_rng(20)
    own = rng.normal(size=(60, 5)).astype(np.float32)
    others = rng.normal(loc=0.9, scale=1.3, size=(30, 5)).astype(np.float32)
    fitted, tested = own[:40], np.concatenate([own[40:], others])
    genuine = [True] * 20 + [False] * 30
    gammas = rng.choice(np.logspace(-3, 3, 50), DRAWS)
    nus = rng.choice(np.linspace(1e-4, 0.3, 50), DRAWS)
    rows = []
    for nu, gamma in zip(nus, gammas):
        svm = OneClassSVM(nu=nu, gamma=gamma, tol=1e-6).fit(fitted.astype(np.float64))
        scores = svm.decision_function(tested.astype(np.float64))
        labels = np.where(scores >= 0, 1, -1)
        rows.append(
            {
                "nu": nu,
                "gamma": gamma,
                "label_eer": eer(genuine, labels),
                "score_eer": eer(genuine, scores),
                "accuracy": float(np.mean((labels == 1) == np.array(genuine))),
            }
        )
    best = min(range(DRAWS), key=lambda at: rows[at]["label_eer"])
    golden = {
        "fitted": fitted.tolist(),
        "tested": tested.tolist(),
        "genuine": genuine,
        "draws": rows,
        "best": best,
    }
    path = Path(__file__).parents[2] / "trainer/tests/golden/search.json"
    path.write_text(json.dumps(golden) + "\n")


main()
