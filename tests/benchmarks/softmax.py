"""Time and memory of `softmax` and `log_softmax` beside SciPy's, from 1 to 1,000,000 examples of 10 classes.

    python tests/benchmarks/softmax.py

Prints a Markdown table and writes the same numbers to ``softmax.json`` beside this file. The four functions take turns
in one run, so that whatever else the machine does meets all alike; what counts is the ratio of the medians. The memory
is the peak that tracemalloc sees during a call, less the result, in sizes of the input; it is printed from 10,000
examples up, since below NumPy's own buffers, of a fixed 64 KiB each, outweigh the arrays.
"""

import json
import platform
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import scipy
import scipy.special

sys.path.insert(0, str(Path(__file__).parents[2]))

from helpers.activations import log_softmax, softmax

CLASSES = 10
SIZES = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
PAIRS = {"softmax": (softmax, scipy.special.softmax), "log_softmax": (log_softmax, scipy.special.log_softmax)}


def medians(z: np.ndarray) -> dict[str, list[float]]:
    """Return the median time of a call in seconds, ours and SciPy's, for each pair."""
    turns = max(9, min(5_000, 4_000_000 // z.size))
    times = {name: ([], []) for name in PAIRS}
    for _ in range(turns):
        for name, pair in PAIRS.items():
            for function, record in zip(pair, times[name], strict=True):
                start = time.perf_counter()
                function(z, axis=-1)
                record.append(time.perf_counter() - start)
    return {name: [statistics.median(record) for record in pair] for name, pair in times.items()}


def temporaries(function, z: np.ndarray) -> float:
    """Return the peak memory of a call beside its result, in sizes of the input."""
    function(z, axis=-1)
    tracemalloc.start()
    try:
        result = function(z, axis=-1)
        return (tracemalloc.get_traced_memory()[1] - result.nbytes) / z.nbytes
    finally:
        tracemalloc.stop()


def main() -> None:
    rows = []
    print("| function | dtype | batch | helpers, µs | SciPy, µs | ratio | temporaries, helpers | SciPy |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for dtype in ("float64", "float32"):
        for examples in SIZES:
            z = np.random.default_rng(0).normal(0, 3, (examples, CLASSES)).astype(dtype)
            for name, (ours, theirs) in medians(z).items():
                row = {
                    "function": name,
                    "dtype": dtype,
                    "shape": list(z.shape),
                    "helpers_us": round(ours * 1e6, 2),
                    "scipy_us": round(theirs * 1e6, 2),
                    "ratio": round(ours / theirs, 3),
                    "helpers_temporaries": round(temporaries(PAIRS[name][0], z), 3),
                    "scipy_temporaries": round(temporaries(PAIRS[name][1], z), 3),
                }
                rows.append(row)
                times = [f"{row['helpers_us']:,.1f}", f"{row['scipy_us']:,.1f}", f"{row['ratio']:.2f}"]
                memory = [f"{row[who]:.2f}" if examples >= 10_000 else "" for who in list(row)[-2:]]
                print("|", " | ".join([name, dtype, f"{examples:,} × {CLASSES}", *times, *memory]), "|")
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    report = {"versions": versions, "machine": platform.machine(), "rows": rows}
    Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\nworst ratio {max(row['ratio'] for row in rows):.2f}; ", end="")
    large = [row["helpers_temporaries"] for row in rows if row["shape"][0] >= 10_000]
    print(f"most temporaries from 10,000 × {CLASSES} up: {max(large):.2f} of the input")


if __name__ == "__main__":
    main()
