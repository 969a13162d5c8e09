"""Planted wrong answers of lesson 10: each must be caught, each with a sentence of its own."""

import numpy as np

from helpers.classifier import SoftmaxRegression


def trained(X, y, epochs=10, **settings):
    settings = {"learning_rate": 0.5, "batch_size": 20, "random_state": 0, **settings}
    return SoftmaxRegression(**settings).fit(X, y, callback=lambda model: model.n_iter_ == epochs)


def other_labels(X, y):
    return trained(X, np.roll(y, 1))


def in_place(X, y):
    X /= 16
    return trained(X, y)


def of_few(X, y):
    return trained(X[:60], y[:60], 100)


def is_wrong(P, y):
    return np.argmax(P, axis=1) != y


def surest(P, y, better=lambda new, old: new > old):
    found, most = -1, -1.0
    for row, (p, true) in enumerate(zip(P, y, strict=True)):
        if p.argmax() != true and better(p.max(), most):
            found, most = row, p.max()
    return found


def among_the_wrong(P, y):
    return int(P[is_wrong(P, y)].max(axis=1).argmax())


def unless_none(P, y):
    rows = [row for row in range(len(y)) if P[row].argmax() != y[row]]
    return max(rows, key=lambda row: P[row].max()) if rows else len(y)


def zero_is_nothing(P, y):
    return surest(P, y) or -1


def by_lead(P, y):
    lead = P.max(axis=1) - P[np.arange(len(y)), y]
    return int(lead.argmax())


def least(P, y):
    return min((row for row in range(len(y)) if P[row].argmax() != y[row]), key=lambda row: P[row].max(), default=-1)


def ways(x, W, b):
    """The predicted class, and for each other one the lead over it and the difference of the rows."""
    z = W @ x + b
    own = int(np.argmax(z))
    return own, [(z[own] - z[k], W[own] - W[k], k) for k in range(len(z)) if k != own]


def nearest(x, W, b):
    return min(ways(x, W, b)[1], key=lambda way: way[0] / np.sqrt(way[1] @ way[1] or 1e-300))


def way(x, W, b, form, pick=nearest):
    ahead, d, _k = pick(x, W, b)
    return form(ahead, d)


def right(ahead, d):
    return -ahead * d / (d @ d)


def pick(key, choose=min):
    return lambda x, W, b: choose(ways(x, W, b)[1], key=key)


def first(x, W, b):
    return ways(x, W, b)[1][0]


def along_the_rival(x, W, b):
    ahead, _d, k = nearest(x, W, b)
    return ahead * W[k] / (W[k] @ W[k])


def from_class_0(x, W, b):
    z = W @ x + b
    found = [(z[0] - z[k], W[0] - W[k]) for k in range(1, len(z))]
    ahead, d = min(found, key=lambda way: way[0] / np.linalg.norm(way[1]))
    return right(ahead, d)


def same_rows(x, W, b):
    found = [right(ahead, d) for ahead, d, _k in ways(x, W, b)[1]]
    return found[int(np.argmin([np.linalg.norm(change) for change in found]))]


def as_x(x, W, b):
    change = np.zeros_like(x)
    change[:] = way(x, W, b, right)
    return change


def into_x(x, W, b):
    change = way(x, W, b, right)
    x += change
    return change


PLANTED = {
    "train": [
        0.97,
        lambda X, y: print(X.shape),
        lambda X, y: SoftmaxRegression(learning_rate=0.5),
        lambda X, y: trained(X, y, 2).score(X, y),
        lambda X, y: trained(X, y, 2).coef_,
        lambda X, y: trained(X[:, :32], y),
        lambda X, y: trained(X[y < 9], y[y < 9]),
        lambda X, y: trained(16 * X, y, 30, learning_rate=0.002),
        lambda X, y: trained(X, y, l2=1),
        other_labels,
        lambda X, y: trained(X, y, 12, learning_rate=40),
        lambda X, y: trained(X, y, 2, learning_rate=0.1),
        lambda X, y: trained(X, y, 100, batch_size=None, learning_rate=None),
        lambda X, y: trained(X, y, 30, learning_rate=0.002),
        of_few,
        in_place,
        lambda X: SoftmaxRegression(),
    ],
    "most_confidently_wrong": [
        333,
        lambda P, y: print(P),
        among_the_wrong,
        lambda P, y: P[is_wrong(P, y)].max(),
        lambda P, y: P.max(axis=1)[0],
        lambda P, y: int(P.max(axis=1).argmax()),
        lambda P, y: int(P.max(axis=1).argmin()),
        lambda P, y: int(P[np.arange(len(y)), y].argmin()),
        by_lead,
        least,
        lambda P, y: int(np.flatnonzero(is_wrong(P, y))[0]),
        lambda P, y: int(np.flatnonzero(is_wrong(P, y))[-1]),
        lambda P, y: int(is_wrong(P, y).sum()),
        lambda P, y: int(P[surest(P, y)].argmax()),
        lambda P, y: int(y[surest(P, y)]),
        unless_none,
        zero_is_nothing,
        lambda P, y: surest(P, y, lambda new, old: new >= old),
        lambda P, y: np.flatnonzero(is_wrong(P, y)),
    ],
    "smallest_change": [
        [0.1, 0.2],
        lambda x, W, b: print(x),
        lambda x, W, b: x + way(x, W, b, right),
        lambda x, W, b: -way(x, W, b, right),
        lambda x, W, b: np.linalg.norm(way(x, W, b, right)),
        lambda x, W, b: way(x, W, b, lambda ahead, d: -ahead * d / np.linalg.norm(d)),
        lambda x, W, b: way(x, W, b, lambda ahead, d: -ahead * d),
        lambda x, W, b: way(x, W, b, lambda ahead, d: -d / np.linalg.norm(d)),
        lambda x, W, b: 2 * way(x, W, b, right),
        lambda x, W, b: way(x, W, b, right) / 2,
        lambda x, W, b: way(x, W, b, right, pick(lambda one: one[0])),
        lambda x, W, b: way(x, W, b, right, pick(lambda one: np.linalg.norm(one[1]), max)),
        lambda x, W, b: way(x, W, b, right, pick(lambda one: one[0] / np.linalg.norm(one[1]), max)),
        lambda x, W, b: way(x, W, b, right, first),
        lambda x, W, b: way(x, W, 0 * b, right),
        along_the_rival,
        from_class_0,
        same_rows,
        as_x,
        into_x,
        lambda x, W, b: way(x, W, b, right)[:1],
        lambda x, W, b: list(way(x, W, b, right)),
    ],
}
