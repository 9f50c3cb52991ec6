#!/bin/sh
# Holds exported graphs under onnxruntime against Burn and tract, on recorded
# windows: real ones if GRASPD_DATA names their folder, else simulated ones.
# Without onnxruntime it is fetched into an environment that goes afterwards.
set -eu
cd "$(dirname "$0")/.."
left=$(mktemp -d)
trap 'rm -rf "$left"' EXIT

python=python3
if ! "$python" -c 'import numpy, onnxruntime' 2>/dev/null; then
    if ! python3 -m venv "$left/.python" >/dev/null 2>&1 ||
        ! "$left/.python/bin/pip" install --quiet numpy onnxruntime; then
        echo "skipped: no onnxruntime here, so exports were NOT checked against it" >&2
        exit 77
    fi
    python=$left/.python/bin/python
fi
mkdir "$left/cases"
GRASPD_EXPORT=$left/cases cargo test --workspace --test export
"$python" tests/reference/export.py "$left/cases"
