"""Planted wrong answers of lesson 09: each must be caught, each with a sentence of its own."""

from itertools import pairwise

import numpy as np


def falls(losses):
    return all(after <= before for before, after in pairwise(losses))


def good(rates, run):
    return [rate for rate in rates if falls(run(rate))]


def nan_passes(rates, run):
    return max((rate for rate in rates if not (np.diff(run(rate)) > 0).any()), default=0.0)


def strictly(rates, run):
    return max((rate for rate in rates if (np.diff(run(rate)) < 0).all()), default=0.0)


def first_rise(rates, run):
    return min(rate for rate in rates if not falls(run(rate)))


def gradient(W, X, y):
    Z = X @ W.T
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    return (P - np.eye(len(W))[y]).T @ X / len(X)


def start_of(X, y):
    return np.zeros((y.max() + 1, X.shape[1]))


def batches(X, y, eta, orders, size, step=gradient, W=None):
    W = start_of(X, y) if W is None else W
    for order in orders:
        for start in range(0, len(order), size):
            part = order[start:start + size]
            W = W - eta * step(W, X[part], y[part])
    return W


def remainder_dropped(X, y, eta, orders, size):
    return batches(X, y, eta, [order[:len(order) // size * size] for order in orders], size)


def in_the_order_of_x(X, y, eta, orders, size):
    return batches(X, y, eta, [np.arange(len(X)) for _order in orders], size)


def labels_not_shuffled(X, y, eta, orders, size):
    W = start_of(X, y)
    for order in orders:
        shuffled = X[order]
        for start in range(0, len(X), size):
            W = W - eta * gradient(W, shuffled[start:start + size], y[start:start + size])
    return W


def first_batch_again(X, y, eta, orders, size):
    W = start_of(X, y)
    for order in orders:
        for _start in range(0, len(X), size):
            W = W - eta * gradient(W, X[order[:size]], y[order[:size]])
    return W


def old_weights(X, y, eta, orders, size):
    W = start_of(X, y)
    for order in orders:
        W = W - eta * sum(gradient(W, X[order[s:s + size]], y[order[s:s + size]]) for s in range(0, len(X), size))
    return W


def starts_again(X, y, eta, orders, size):
    for order in orders:
        W = batches(X, y, eta, [order], size)
    return W


def counted_batches(X, y, eta, orders, size):
    W = start_of(X, y)
    for order in orders:
        for part in np.array_split(order, np.arange(size, len(X), size)) if size < len(X) else []:
            W = W - eta * gradient(W, X[part], y[part])
    return W


def three_classes(X, y, eta, orders, size):
    return batches(X, y, eta, orders, size, W=np.zeros((max(y.max() + 1, len(set(y.tolist())), 2 + (len(X) > 4)),
                                                        X.shape[1])))


def all_on_the_way(X, y, eta, orders, size):
    return np.array([batches(X, y, eta, orders[:n], size) for n in range(len(orders) + 1)])


def into_y(X, y, eta, orders, size):
    W = batches(X, y, eta, orders, size)
    y[:] = 0
    return W


def keep(losses, patience, better=lambda new, old: new < old):
    best = 0
    for epoch in range(1, len(losses)):
        if better(losses[epoch], losses[best]):
            best = epoch
        elif epoch - best >= patience:
            return best
    return best


def stopped(losses, patience):
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch
    return len(losses) - 1


def counts_in_total(losses, patience):
    best = bad = 0
    for epoch, loss in enumerate(losses):
        if epoch and loss < losses[best]:
            best = epoch
        elif epoch:
            bad += 1
            if bad == patience:
                break
    return best


def counts_rises(losses, patience):
    best = bad = 0
    for epoch in range(1, len(losses)):
        bad = bad + 1 if losses[epoch] > losses[epoch - 1] else 0
        if losses[epoch] < losses[best]:
            best = epoch
        if bad == patience:
            break
    return best


def by_argmin(losses, patience):
    for epoch in range(len(losses)):
        if epoch - int(np.argmin(losses[:epoch + 1])) >= patience:
            return int(np.argmin(losses[:epoch + 1]))
    return int(np.argmin(losses))


RIGHT = {"accuracy": 0.87, "recall": 0.75, "precision": 30 / 33, "confused": [1, 2]}

PLANTED = {
    "largest_rate": [
        1.9,
        lambda rates, run: print(rates),
        lambda rates, run: rates.max(),
        lambda rates, run: min(good(rates, run)),
        lambda rates, run: list(rates).index(max(good(rates, run))),
        first_rise,
        lambda rates, run: good(rates, run)[-1],
        lambda rates, run: good(rates, run)[0],
        lambda rates, run: min(rates, key=lambda rate: run(rate)[-1]),
        lambda rates, run: max(rate for rate in rates if run(rate)[-1] <= run(rate)[0]),
        lambda rates, run: max(rate for rate in rates if run(rate)[1] <= run(rate)[0]),
        nan_passes,
        strictly,
        lambda rates, run: max(good(rates, run)),
        lambda rates, run: good(rates, run),
        lambda rates: 1.9,
        lambda rates, run: run(rates)[0],
    ],
    "train_batches": [
        "train",
        lambda X, y, eta, orders, size: print("epoch"),
        lambda X, y, eta, orders, size: batches(X, y, eta, orders, size).T,
        all_on_the_way,
        lambda X, y, eta, orders, size: batches(X, y, -eta, orders, size),
        lambda X, y, eta, orders, size: batches(X, y, 1, orders, size),
        lambda X, y, eta, orders, size: batches(X, y, eta, orders, len(X)),
        lambda X, y, eta, orders, size: batches(X, y, eta, orders, 1),
        old_weights,
        in_the_order_of_x,
        labels_not_shuffled,
        first_batch_again,
        remainder_dropped,
        lambda X, y, eta, orders, size: batches(X, y, eta, orders, size,
                                                lambda W, A, b: gradient(W, A, b) * len(A) / len(X)),
        lambda X, y, eta, orders, size: batches(X, y, eta, orders, size, lambda W, A, b: gradient(W, A, b) * len(A)),
        lambda X, y, eta, orders, size: batches(X, y, eta, orders, size,
                                                lambda W, A, b: gradient(W, A, b) * len(A) / size),
        starts_again,
        lambda X, y, eta, orders, size: batches(X, y, eta, orders[:1], size),
        lambda X, y, eta, orders, size: start_of(X, y) - eta * gradient(
            start_of(X, y), X[orders[0][:size]], y[orders[0][:size]]),
        counted_batches,
        three_classes,
        into_y,
    ],
    "early_stopping": [
        2,
        lambda losses, patience: print(losses),
        lambda losses, patience: losses[keep(losses, patience)],
        lambda losses, patience: keep(losses, patience) + 1,
        stopped,
        lambda losses, patience: stopped(losses, patience) - 1,
        lambda losses, patience: int(np.argmin(losses)),
        lambda losses, patience: len(losses) - 1,
        lambda losses, patience: keep(losses, patience + 1),
        lambda losses, patience: keep(losses, patience - 1),
        counts_in_total,
        counts_rises,
        lambda losses, patience: keep(losses, 1),
        lambda losses, patience: 0,
        lambda losses, patience: keep(losses, patience, lambda new, old: new <= old),
        by_argmin,
        lambda losses, patience: [keep(losses, patience)],
    ],
    "reading": [
        87,
        {**RIGHT, "accuracy": 87},
        {**RIGHT, "accuracy": 0.13},
        {**RIGHT, "accuracy": 0.883},
        {**RIGHT, "accuracy": 0.8},
        {**RIGHT, "recall": 30 / 33, "precision": 0.75},
        {**RIGHT, "recall": 0.3},
        {**RIGHT, "recall": 0.95},
        {**RIGHT, "recall": 30 / 33},
        {**RIGHT, "recall": 0.5},
        {**RIGHT, "precision": 0.75},
        {**RIGHT, "precision": 0.731},
        {**RIGHT, "precision": 0.5},
        {**RIGHT, "confused": [1, 1]},
        {**RIGHT, "confused": [2, 1]},
        {**RIGHT, "confused": [2, 3]},
        {**RIGHT, "confused": [1, 0]},
        {**RIGHT, "confused": [1, ...]},
        {"accuracy": 0.87},
    ],
}
