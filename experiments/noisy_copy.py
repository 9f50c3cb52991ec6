"""Copies HMOG with a cheap sensor's noise on every sample: noisy_copy.py FROM TO

White noise of 0.03 m/s² and 0.003 rad/s, so that the Rust model can be evaluated on a
noisier handset: grasp-train evaluate --data hmog=TO.
"""

import shutil
import sys
from pathlib import Path

import numpy as np

LEVELS = {"Accelerometer.csv": 0.03, "Gyroscope.csv": 0.003}


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    source, target = map(Path, sys.argv[1:])
    for number, path in enumerate(sorted(source.rglob("*.csv"))):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.name not in LEVELS:
            shutil.copy(path, copy)
            continue
        random = np.random.default_rng(number)
        with open(path, encoding="utf-8") as lines, open(copy, "w", encoding="utf-8") as out:
            for line in lines:
                fields = line.rstrip("\n").split(",")
                noise = random.normal(0, LEVELS[path.name], 3)
                fields[3:6] = [f"{float(v) + n:.7f}" for v, n in zip(fields[3:6], noise)]
                out.write(",".join(fields) + "\n")


if __name__ == "__main__":
    main()
