"""Planted wrong answers of lesson 01: each must be caught, each with a sentence of its own."""

import numpy as np


def _for_one(x, w):
    return w[0] * x[0] + w[1] * x[1] + w[2] * x[2]


def _in_place(x, w):
    x *= w
    return x.sum(axis=-1)


def _overwrites(x):
    x += 0.0 * x + 1
    return np.insert(x - 1, 0, 1, axis=-1)


def _loop(x, w):
    if x.ndim == 1:
        return x @ w
    z = x[0] @ w
    for row in x[1:]:
        z = np.append(z, row @ w)
    return np.atleast_1d(z)


def _three_terms(x, w):
    return x[..., 0] * w[0] + x[..., 1] * w[1] + (x[..., 2] * w[2] if w.size > 2 else 0)


def _like_the_input(x):
    new = np.empty_like(x, shape=(*x.shape[:-1], x.shape[-1] + 1))
    new[..., 0], new[..., 1:] = 1, x
    return new if x.dtype.kind == "f" else new[..., ::-1]


def _two_columns(x):
    return np.stack([np.ones(x.shape[:-1]), x[..., 0], x[..., 1]], axis=-1)


def _first_only(X, w):
    n = 0
    for x in X:
        n += x @ w > 0
        return int(n)


PLANTED = {
    "net_input": [
        lambda x, w: print(x @ w),
        lambda x, w: x * w,
        lambda x, w: np.sum(x * w),
        lambda x, w: np.sum(x * w, axis=0),
        lambda x, w: w @ x if x.shape[0] == w.shape[0] else x @ w,
        lambda x, w: x[..., 1:] @ w[1:],
        lambda x, w: w[0] + x @ w,
        lambda x, w: np.mean(x * w, axis=-1),
        lambda x, w: np.sum(x * w, axis=-1, keepdims=True) if x.ndim == 2 else x @ w,
        lambda x, w: np.atleast_2d(x) @ w,
        lambda x, w: np.squeeze(x @ w)[()],
        lambda x, w: (x @ w > 0) * 1.0,
        lambda x, w: list(np.atleast_1d(x @ w)),
        lambda x, w: -(x @ w),
        lambda x: x,
        lambda x, w: x @ w.reshape(3, 1),
        lambda x, w: x.dott(w),
        lambda x, w: "2.07",
        _for_one,
        _in_place,
        _loop,
        _three_terms,
        2.07,
    ],
    "add_bias": [
        lambda x: print(np.insert(x, 0, 1, axis=-1)),
        lambda x: x,
        lambda x: np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1),
        lambda x: np.concatenate([np.zeros((*x.shape[:-1], 1)), x], axis=-1),
        lambda x: np.concatenate([np.ones((*x.shape[:-1], 1)), x[..., 1:]], axis=-1),
        lambda x: np.concatenate([np.ones((1, x.shape[-1])), x]) if x.ndim == 2 else np.insert(x, 0, 1),
        lambda x: np.insert(x, 0, 1),
        lambda x: 1 + x,
        lambda x: np.ones((*x.shape[:-1], x.shape[-1] + 1)),
        lambda x: np.insert(np.atleast_2d(x), 0, 1, axis=1),
        lambda x: [1, *x],
        lambda x: np.hstack([np.ones((len(x), 1)), x]),
        lambda x: -np.insert(x, 0, 1, axis=-1),
        _overwrites,
        _like_the_input,
        _two_columns,
        lambda x: np.column_stack([np.ones(len(x)), x]),
        lambda x: np.concatenate([np.ones_like(x), x], axis=-1),
        np.array([1, 1.4, 2.5]),
    ],
    "count_ripe": [
        lambda X, w: print(np.sum(X @ w > 0)),
        lambda X, w: int(np.sum(X * w > 0)),
        lambda X, w: X @ w > 0,
        lambda X, w: len(X),
        lambda X, w: X @ w,
        _first_only,
        lambda X, w: int(np.sum(X * w) > 0),
        lambda X, w: int(np.sum(np.sum(X * w, axis=0) > 0)),
        lambda X, w: int(np.sum(np.all(X * w > 0, axis=1))),
        lambda X, w: int(np.sum(X[:, 1:] @ w[1:] > 0)),
        lambda X, w: int(np.sum(X @ w < 0)),
        lambda X, w: int(np.sum(X @ w >= 0)),
        lambda X, w: float(np.mean(X @ w > 0)),
        lambda X, w: float(np.sum(X @ w)),
        lambda X, w: int(np.sum((w @ X if len(X) == len(w) else X @ w) > 0)),
        lambda X, w: f"{int(np.sum(X @ w > 0))} ripe",
        lambda X, w: int(np.sum(w @ X.reshape(3, 3) > 0)),
        2,
    ],
    "boundary": [
        [0, 0, 0],
        [1, 0, 0],
        [0, 0.3, 0.5],
        [-0.5, -1, 1.5],
        [-1.5, -0.5, -1],
        [1.5, -1, -0.5],
        [1, -0.5, -1],
        [0.4, 0.3, 0.5],
        [0.4, 0.6, 0.1],
        [1.5, -0.5, -0.5],
        [-1.5, 0.5, 1],
        [1.5, -0.5],
        [1.5, -0.5, "-1"],
        [[1.5, -0.5, -1]],
        [1.5, float("nan"), -1],
        [1.5, ..., -1],
        "1.5, -0.5, -1",
        lambda: [1.5, -0.5, -1],
        1.5,
    ],
}
