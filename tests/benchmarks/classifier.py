"""`SoftmaxRegression` beside scikit-learn's `LogisticRegression` (lbfgs): time to the same loss, memory, time an epoch.

    python tests/benchmarks/classifier.py           # 1,000,000 × 20 with 10 classes among the data; some minutes
    python tests/benchmarks/classifier.py --small   # everything a hundred times smaller, to try it; writes no file

Prints Markdown tables and writes the same numbers to ``classifier.json`` beside this file. Both minimise the same
function (penalty C = 1, features standardised) from W = 0. The goal is a loss at most 5 % above the minimum, which
lbfgs finds beforehand at a tolerance of 1e-8; for ours a callback ends the training there, for theirs the smallest
`max_iter` that gets there is looked for, also beforehand. The two take turns, and the median counts. The memory is the
peak that tracemalloc sees during `fit`, with the data themselves, in sizes of the data; Iris has 5 kB, which Python's
own objects outweigh.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).parents[2]))

from helpers.classifier import SoftmaxRegression

GOAL = 1.05         # times the loss at the minimum
LARGE = (1_000_000, 20, 10)
EPOCHS = 5          # for the time per epoch


def made(examples: int, features: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return standard normal features, and labels drawn from a softmax model of them."""
    random = np.random.default_rng(0)
    X = random.normal(size=(examples, features))
    Z = X @ random.normal(0, 0.5, (features, classes))
    Z += random.gumbel(size=Z.shape)     # the largest of such sums is class k with probability softmax(z)ₖ
    return X, Z.argmax(axis=1)


def ours(X: np.ndarray, y: np.ndarray, goal: float) -> SoftmaxRegression:
    """Train until the goal is reached."""
    model = SoftmaxRegression(l2=1 / len(X), max_iter=100_000, tol=0)
    return model.fit(X, y, callback=lambda model: model.loss_curve_[-1] <= goal)


def theirs(X: np.ndarray, y: np.ndarray, most: int = 10_000, tol: float = 1e-12) -> LogisticRegression:
    """Train with so many steps of lbfgs at most."""
    return LogisticRegression(C=1.0, max_iter=most, tol=tol).fit(X, y)


def loss(model, X: np.ndarray, y: np.ndarray) -> float:
    """What both minimise: mean cross-entropy and the penalty."""
    P = model.predict_proba(X)
    with np.errstate(divide="ignore"):
        return float(-np.log(P[np.arange(len(y)), y]).mean() + (model.coef_**2).sum() / 2 / len(y))


def steps_needed(X: np.ndarray, y: np.ndarray, goal: float) -> int:
    """Return the fewest steps with which lbfgs gets to the goal, by halving an interval."""
    low, high = 0, 1
    while loss(theirs(X, y, high), X, y) > goal:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if loss(theirs(X, y, middle), X, y) > goal else (low, middle)
    return high


def seconds(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak(call, X: np.ndarray) -> float:
    """Return the peak memory of a call, with the data, in sizes of the data."""
    tracemalloc.start()
    try:
        call()
        return 1 + tracemalloc.get_traced_memory()[1] / X.nbytes
    finally:
        tracemalloc.stop()


def to_the_same_loss(name: str, X: np.ndarray, y: np.ndarray) -> dict:
    """Measure both on one data set."""
    X = StandardScaler().fit_transform(X)
    least = loss(theirs(X, y, tol=1e-8), X, y)
    goal = GOAL * least
    steps = steps_needed(X, y, goal)
    epochs = ours(X, y, goal).n_iter_
    turns = 3 if X.size > 1_000_000 else 15
    times = [(seconds(lambda: ours(X, y, goal)), seconds(lambda: theirs(X, y, steps))) for _ in range(turns)]
    our_time, their_time = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "data": name, "shape": [*X.shape, int(y.max()) + 1], "goal": round(goal, 6), "epochs": epochs, "steps": steps,
        "ours_s": round(our_time, 4), "theirs_s": round(their_time, 4), "ratio": round(our_time / their_time, 2),
        "ours_memory": round(peak(lambda: ours(X, y, 1.01 * np.log(y.max() + 1)), X), 3),
        "theirs_memory": round(peak(lambda: theirs(X, y, 2), X), 3),
    }


def per_epoch(examples: int, features: int, classes: int) -> dict:
    """Measure an epoch: a longer training less a shorter one, so that what comes before the epochs is left out."""
    X, y = made(examples, features, classes)
    y[:classes] = np.arange(classes)     # each class is there
    takes = []
    for _turn in range(5):
        short, long = (seconds(lambda epochs=epochs: SoftmaxRegression(max_iter=epochs, tol=0).fit(X, y))
                       for epochs in (1, 1 + EPOCHS))
        takes.append((long - short) / EPOCHS)
    return {"examples": examples, "features": features, "classes": classes,
            "epoch_ms": round(1e3 * statistics.median(takes), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a hundred times smaller, to try it; no file is written")
    small = parser.parse_args().small
    warnings.simplefilter("ignore", ConvergenceWarning)     # to stop early is what is wanted here
    examples, features, classes = LARGE
    if small:
        examples //= 100

    columns = ["data", "N × m, K", "goal", "epochs, ours", "steps, lbfgs", "ours, s", "lbfgs, s", "ratio",
               "memory, ours", "lbfgs"]
    print("|", " | ".join(columns), "|\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    data = {"Iris": load_iris(return_X_y=True), "digits": load_digits(return_X_y=True),
            "made": made(examples, features, classes)}
    rows = []
    for name, (X, y) in data.items():
        row = to_the_same_loss(name, X, y)
        rows.append(row)
        n, m, k = row["shape"]
        cells = [name, f"{n:,} × {m}, {k}", f"{row['goal']:.4f}", f"{row['epochs']:,}", f"{row['steps']:,}",
                 f"{row['ours_s']:.3f}", f"{row['theirs_s']:.3f}", f"{row['ratio']:.1f}", f"{row['ours_memory']:.2f}",
                 f"{row['theirs_memory']:.2f}"]
        print("|", " | ".join(cells), "|", flush=True)

    print("\n| N | m | K | an epoch, ms | per million of N · K, ms |")
    print("|--:|--:|--:|--:|--:|")
    sizes = [(n, features, classes) for n in (examples // 16, examples // 8, examples // 4, examples // 2, examples)]
    sizes += [(examples // 8, features, k) for k in (5, 20, 40, 80)]
    epochs = []
    for size in sizes:
        row = per_epoch(*size)
        epochs.append(row)
        n, m, k = size
        print(f"| {n:,} | {m} | {k} | {row['epoch_ms']:,.1f} | {row['epoch_ms'] / (n * k / 1e6):,.1f} |", flush=True)

    print(verdict(rows))
    if not small:
        versions = {"python": platform.python_version(), "numpy": np.__version__, "sklearn": sklearn.__version__}
        report = {"versions": versions, "machine": platform.machine(), "cores": os.cpu_count(),
                  "to_the_same_loss": rows, "per_epoch": epochs}
        Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def verdict(rows: list[dict]) -> str:
    """Say where ours is slower, and why that is right for a course."""
    slower = [f"{row['data']} ({row['ratio']:.1f} times)" for row in rows if row["ratio"] > 1]
    where = f"Ours takes longer on {', '.join(slower)}. " if slower else "Ours is nowhere slower. "
    memory = max(row["ours_memory"] for row in rows if row["shape"][0] >= 10_000)
    return (f"\n{where}lbfgs learns the curvature from the last gradients, and so needs fewer passes over the data. "
            "Ours takes the plain step W − rate · gradient, always at the same rate: it is the lesson's own loop, of "
            "which a learner has derived every line, and a run of it can be watched epoch by epoch. Where the time "
            f"counts, take lbfgs; the minimum is the same. Memory on the made data: {memory:.2f} times the data, of at "
            "most 3.")


if __name__ == "__main__":
    main()
