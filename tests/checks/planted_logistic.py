"""Planted wrong answers of lesson 02: each must be caught, each with a sentence of its own."""

import math

import numpy as np


def right(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


def in_place(z):
    z *= -1
    return right(-z)


def by_mask(z):
    p = np.empty(z.shape)
    p[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    e = np.exp(z[z < 0])
    p[z < 0] = e / (1 + e)
    return p


def by_mask_like(z):
    z = np.asarray(z)
    p = np.atleast_1d(np.empty_like(z))
    e = np.exp(-np.abs(z))
    p[...] = np.where(z < 0, e, 1) / (1 + e)
    return p.reshape(z.shape)


def row_by_row(z):
    z = np.asarray(z)
    if z.ndim == 0:
        return right(z)
    return np.array([float(right(v)) for v in z])


def both_sides(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


def one_minus(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, 1 - 1 / (1 + e), 1 / (1 + e))


def silenced(z):
    with np.errstate(all="ignore"):
        return both_sides(z)


def without_end(z):
    return without_end(z)


PLANTED = {
    "stable_logistic": [
        0.888,
        "logistic",
        lambda z: print(z),
        lambda z: list(right(z)),
        lambda z: right(z)[:-1],
        lambda z: right(z).sum(),
        lambda: 0.5,
        without_end,
        in_place,
        lambda z: math.exp(z) / undefined,  # noqa: F821
        lambda z: 1 / (1 + np.exp(z)),
        lambda z: 1 / (1 + np.exp(-np.abs(z))),
        lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))),
        lambda z: 1 / 1 + np.exp(-z),
        np.tanh,
        lambda z: np.exp(-z),
        lambda z: z,
        lambda z: (z > 0) * 1.0,
        lambda z: 1 + right(z),
        lambda z: np.exp(z) / (1 + np.exp(z)),
        one_minus,
        row_by_row,
        by_mask,
        by_mask_like,
        both_sides,
        silenced,
        lambda z: (1 + np.tanh(z)) / 2,
        lambda z: right(np.where(True, z, 0)) + 0 * np.exp(np.clip(-z, -500, 500)),
    ],
    "logit": [
        [0.5],
        "log",
        lambda p: print(p),
        lambda p: [float(np.log(v / (1 - v))) for v in p],
        lambda p: p / (1 - p),
        lambda p: np.log(p),
        lambda p: np.log(p / (1 + p)),
        lambda p: np.log(p) / (1 - p),
        lambda p: np.log(p) / np.log(1 - p),
        lambda p: np.log(p / 1 - p),
        lambda p: np.log2(p / (1 - p)),
        lambda p: np.log10(p / (1 - p)),
        right,
        lambda p: np.log((1 - p) / p),
        lambda p: (1 - p) / p,
        lambda p: np.log(p / (1 - p) - 100),
        lambda p: np.log(np.clip(p, 1e-30, 1 - 1e-16) / (1 - np.clip(p, 1e-30, 1 - 1e-16))),
        lambda p: np.where(p == 0, -np.inf, np.log((p + 1e-12) / (1 - p))),
        lambda p: np.array([math.log(v / (1 - v)) if 0 < v < 1 else (v - 0.5) * math.inf for v in np.atleast_1d(p)]),
        lambda p: np.where(p[:] < 2, np.log(p / (1 - p)), 0),
    ],
    "steep_unit": [
        8.0,
        "w = 8",
        {"w": 8.0},
        {"w": 8.0, "b": None},
        {"w": "8", "b": -24.0},
        {"w": math.nan, "b": -24.0},
        {"w": 0.0, "b": 3.0},
        {"w": 8.0, "b": 24.0},
        {"w": 8.0, "b": -3.0},
        {"w": 1.0, "b": -2.0},
        {"w": -8.0, "b": 24.0},
        {"w": 2.0, "b": -6.0},
        {"w": 0.5, "b": -1.5},
    ],
    "threshold": [
        "one tenth",
        [0.1],
        lambda: 0.1,
        math.nan,
        True,
        0,
        math.log(0.1 / 0.9),
        10,
        -0.1,
        1.5,
        1 / 9,
        0.9,
        0.5,
        0.05,
        0.2,
    ],
}
