#!/usr/bin/env python3
"""Writes trainer/tests/golden/roc.json: what scikit-learn says of random scores.

    pip install numpy scipy scikit-learn
    python3 tests/reference/roc.py > trainer/tests/golden/roc.json

The EER is found by another way than trainer/src/roc.rs takes: as the root of
FAR − FRR along the curve that scikit-learn gives. F1 is of the genuine trials.
Written with scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1.
"""

import json
import sys

import numpy as np
import sklearn
from scipy.optimize import brentq
from sklearn.metrics import accuracy_score, det_curve, f1_score, roc_auc_score, roc_curve

# name, genuine trials, impostor trials, distance of their means, grid of the scores
CASES = [
    ("good score", 60, 140, 2.0, None),
    ("weak score", 80, 80, 0.4, None),
    ("worse than guessing", 50, 70, -1.0, None),
    ("no overlap", 15, 25, 12.0, None),
    ("few genuine, ties", 7, 200, 1.0, 0.5),
    ("many ties", 150, 90, 1.0, 1.0),
    ("one of each", 1, 1, 0.5, None),
    ("all alike", 9, 4, 0.0, 1e3),
]


def case(seed, name, genuine, impostors, apart, grid):
    rng = np.random.default_rng(seed)
    kind = np.repeat([True, False], [genuine, impostors])
    scores = rng.normal(size=genuine + impostors) + np.where(kind, apart, 0)
    if grid:
        scores = np.round(scores / grid) * grid
    order = rng.permutation(kind.size)
    kind, scores = kind[order], scores[order].astype(np.float32)

    far, hits, thresholds = roc_curve(kind, scores, drop_intermediate=False)
    frr = 1 - hits
    eer = brentq(lambda x: 1 - x - np.interp(x, far, hits), 0, 1, xtol=1e-14)
    # Rounded, so that what is a tie in whole numbers is one here. The first
    # threshold accepts nothing and is no score.
    at_eer = thresholds[1:][np.argmin(np.round(np.abs(far - frr)[1:], 12))]
    # det_curve leaves out what lies on a straight line beside the axes; what it
    # keeps must be among the rest.
    kept = det_curve(kind, scores)
    for point in zip(*kept, strict=True):
        assert np.isclose([far, frr, thresholds], np.reshape(point, (3, 1))).all(axis=0).any()
    return {
        "name": name,
        "scores": [float(np.format_float_positional(s, unique=True)) for s in scores],
        "genuine": kind.tolist(),
        "auc": float(roc_auc_score(kind, scores)),
        "eer": float(eer),
        "threshold_at_eer": float(np.format_float_positional(np.float32(at_eer), unique=True)),
        "accuracy_at_eer": float(accuracy_score(kind, scores >= at_eer)),
        "f1_at_eer": float(f1_score(kind, scores >= at_eer, zero_division=0)),
        # Without the first threshold, which is infinite.
        "far": far[1:].tolist(),
        "frr": frr[1:].tolist(),
        "far_at_frr": {
            str(most): float(far[frr <= most + 1e-12].min()) for most in (0.0, 0.01, 0.05, 0.1)
        },
    }


json.dump(
    {
        "scikit-learn": sklearn.__version__,
        "cases": [case(seed, *of) for seed, of in enumerate(CASES)],
    },
    sys.stdout,
)
print()
