#!/usr/bin/env python3
"""Embeddings of made-up windows by onnxruntime, for tests/model/parity.rs.

    pip install numpy onnxruntime
    python3 tests/reference/embed.py seed-2d > tests/golden/embeddings.json
    python3 tests/reference/embed.py default > tests/golden/embeddings-default.json

The windows come from a generator that the test repeats to the bit, so only the
embeddings are stored. Written with onnxruntime 1.32.0, numpy 2.4.6.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import onnxruntime

GRAPH = pathlib.Path(__file__).parents[2] / "models" / sys.argv[1] / "branch.onnx"
FRAMES = 500
# seed, spread of acceleration (m/s²), spread of rate of turn (rad/s): a device
# at rest, in a still hand, in use, shaken beyond what a hand does.
CASES = [(1, 0.01, 0.001), (2, 0.5, 0.1), (3, 5.0, 1.0), (4, 60.0, 20.0)]
OFFSETS = (0.0, 6.0, 7.75, 0.0, 0.0, 0.0)


def window(seed, acceleration, rate):
    rows = np.empty((FRAMES, 6), np.float32)
    for row in rows:
        for channel in range(6):
            seed = (seed * 747796405 + 2891336453) % 2**32
            noise = (seed >> 8) / 2**24 - 0.5
            row[channel] = noise * (acceleration if channel < 3 else rate) + OFFSETS[channel]
    return rows


session = onnxruntime.InferenceSession(str(GRAPH), providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
cases = []
for seed, acceleration, rate in CASES:
    (embedding,) = session.run(None, {name: window(seed, acceleration, rate)[None]})
    numbers = [float(np.format_float_positional(x, unique=True)) for x in embedding[0]]
    cases.append(
        {"seed": seed, "acceleration": acceleration, "rate": rate, "embedding": numbers}
    )
json.dump(
    {
        "graph_sha256": hashlib.sha256(GRAPH.read_bytes()).hexdigest(),
        "onnxruntime": onnxruntime.__version__,
        "frames": FRAMES,
        "windows": cases,
    },
    sys.stdout,
)
print()
