#!/usr/bin/env python3
"""Holds onnxruntime against what trainer/tests/export.rs left in a folder.

    pip install numpy onnxruntime
    python3 tests/reference/export.py FOLDER

In each of its folders: branch.onnx, windows.f32, and the embeddings that other
engines gave for them, as f32. Called by tests/export.sh.
"""

import pathlib
import sys

import numpy as np
import onnxruntime

TOLERANCE = 1e-5

cases = sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir())
if not cases:
    sys.exit("nothing was left to compare")
failed = False
for case in cases:
    session = onnxruntime.InferenceSession(
        str(case / "branch.onnx"), providers=["CPUExecutionProvider"]
    )
    graph_input = session.get_inputs()[0]
    windows = np.fromfile(case / "windows.f32", "<f4").reshape(-1, *graph_input.shape)
    theirs = np.concatenate([session.run(None, {graph_input.name: w})[0] for w in windows])
    for engine in ("burn", "tract"):
        file = case / f"{engine}.f32"
        if file.exists():
            ours = np.fromfile(file, "<f4").reshape(theirs.shape)
            furthest = np.abs(ours - theirs).max()
            # Not `>`: a difference that is no number fails too.
            failed |= not furthest <= TOLERANCE
            print(f"{case.name}: {engine} and onnxruntime {onnxruntime.__version__} on "
                  f"{len(windows)} windows: furthest {furthest:.1e}")
sys.exit("more than 1e-5 apart" if failed else 0)
