#!/usr/bin/env python3
"""One hop of graspd against one call of onnxruntime, side by side on one core.

    pip install numpy onnxruntime
    cargo bench --bench hop --no-run        # prints the program's path
    python3 benches/peer.py HOP RECORDING [MODEL]...

HOP is that program. It enrols the simulated owner and takes RECORDING through the whole
pipeline, from samples to decision. onnxruntime runs the model's graph on a full window, with
one thread. The two alternate, on one core, first without a pause and then after one of 50 ms
and of a hop (0.96 s), as a daemon has it. Times are medians; the ratio is the result, because
the machine has other work and another speed than yours.
"""
import os, pathlib, statistics, subprocess, sys, time

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).parents[1]
# Seconds of pause before each, and how often.
PAUSES = [(0.0, 1000), (0.05, 200), (0.96, 40)]

hop, recording = sys.argv[1:3]
models = sys.argv[3:] or ["models/default", "models/seed-2d"]
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Hop:
    """graspd, one hop a call."""

    def __init__(self, model):
        self.child = subprocess.Popen([hop, str(model), recording], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self):
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        return int(self.child.stdout.readline()) / 1e3


class Peer:
    """onnxruntime, one window a call."""

    def __init__(self, model):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        graph = str(model / "branch.onnx")
        self.session = onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
        noise = np.random.default_rng(0).normal(size=(1, 500, 6)).astype(np.float32)
        self.window = {self.session.get_inputs()[0].name: noise}

    def __call__(self):
        began = time.perf_counter_ns()
        self.session.run(None, self.window)
        return (time.perf_counter_ns() - began) / 1e3


print(f"onnxruntime {onnxruntime.__version__}; load {os.getloadavg()[0]:.1f}")
print(f"{'model':<16} {'pause':>6} {'graspd, a hop':>14} {'onnxruntime':>12} {'ratio':>6}")
for model in models:
    ours, theirs = Hop(ROOT / model), Peer(ROOT / model)
    for pause, count in PAUSES:
        took = ([], [])
        for _ in range(count):
            for side, times in zip((ours, theirs), took):
                time.sleep(pause)
                times.append(side())
        a, b = map(statistics.median, took)
        print(f"{model:<16} {pause:>4} s {a:>11.1f} µs {b:>9.1f} µs {a / b:>6.2f}", flush=True)
    ours.child.stdin.close()
    ours.child.wait()
