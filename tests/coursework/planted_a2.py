"""Wrong answers to assignment A2: PLANTED for the visible checks, SLIPS that only the hidden tests catch."""

import numpy as np


def softmax(Z, axis=-1):
    e = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def among(Z, allowed):
    return softmax(np.where(allowed, Z, -np.inf))


def masked(Z, allowed, axis=-1):
    e = np.exp(Z) * allowed
    return e / e.sum(axis=axis, keepdims=axis is not None)


def own_maximum(Z, allowed):
    e = np.exp(Z - Z.max(axis=-1, keepdims=True)) * allowed
    return e / e.sum(axis=-1, keepdims=True)


def same_shapes(Z, allowed):
    if Z.shape != allowed.shape:
        raise ValueError("shapes differ")
    return among(Z, allowed)


def double_precision(Z, allowed):
    return among(Z.astype(float), allowed)


def in_place(Z, allowed):
    Z[~np.broadcast_to(allowed, Z.shape)] = -np.inf
    return softmax(Z)


def powers(P, T):
    return P ** (1 / T) / np.sum(P ** (1 / T), axis=-1, keepdims=True)


def by_logarithm(P, T, tiny=0.0):
    return softmax(np.log(P + tiny) / T)


def losses(Z, y):
    D = Z - Z.max(axis=1, keepdims=True)
    return np.log(np.exp(D).sum(axis=1)) - D[np.arange(len(y)), y]


def naive(Z, y):
    return -np.log(np.exp(Z)[np.arange(len(y)), y] / np.exp(Z).sum(axis=1))


def mean(n, L):
    return np.sum(n * L) / np.sum(n)


def entropy(Y, Q=None):
    Q = Y if Q is None else Q
    return -np.sum(np.where(Y > 0, Y * np.log(np.where(Y > 0, Q, 1)), 0), axis=1)


def parts(Y, Z):
    log_p = Z - Z.max(axis=1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    H = entropy(Y)
    return H, -np.sum(Y * log_p, axis=1) - H


def means(Y, Z):
    return tuple(part.mean() for part in parts(Y, Z))


def through_p(Y, Z):
    p, H = softmax(Z), entropy(Y)
    return H.mean(), np.mean(-np.sum(Y * np.log(p), axis=1) - H)


def through_both(Y, Z):
    p = softmax(Z)
    return -np.sum(Y * np.log(Y), axis=1).mean(), np.sum(Y * np.log(Y / p), axis=1).mean()


def other_way(Y, Z):
    p = softmax(Z)
    return entropy(Y).mean(), np.mean(entropy(p, Y) - entropy(p))


def ratio(Za, Zb, y):
    return np.sum(losses(Zb, y) - losses(Za, y))


def likelihood(Z, y):
    return np.prod(softmax(Z)[np.arange(len(y)), y])


PLANTED = {
    "softmax_among": [
        lambda Z, allowed: softmax(Z),
        lambda Z, allowed: softmax(Z) * allowed,
        lambda Z, allowed: softmax(Z * allowed),
        lambda Z, allowed: among(Z, ~allowed),
        lambda Z, allowed: np.exp(Z - 1) * allowed,
        lambda Z, allowed: softmax(Z[allowed]) if Z.ndim == 1 else among(Z, allowed),
        lambda Z, allowed: masked(Z, allowed, None) if Z.ndim == 2 else among(Z, allowed),
        lambda Z, allowed: masked(Z, allowed, 0) if Z.ndim == 2 else among(Z, allowed),
        masked,
        own_maximum,
        same_shapes,
        double_precision,
        in_place,
        lambda Z, allowed: list(among(Z, allowed)),
        lambda Z, allowed: print(end=""),
    ],
    "net_inputs_for": [
        np.log,
        lambda P: np.log(P / P[..., :1]),
        lambda P: P / P[..., -1:],
        lambda P: np.log(P / (1 - P)),
        lambda P: np.log(P) - np.log(P).mean(axis=-1, keepdims=True),
        lambda P: P - P[..., -1:],
        lambda P: np.log(P) - np.log(P.ravel()[-1]),
        lambda P: np.log(P[..., -1:] / P),
        lambda P: np.log2(P / P[..., -1:]),
        lambda P: np.log(P[..., :-1] / P[..., -1:]),
        lambda P: list(np.log(P / P[..., -1:])),
        lambda P: np.log(-P),
        lambda P: P.sort() or np.log(P / P[-1]),
    ],
    "at_temperature": [
        lambda P, T: P / T / np.sum(P / T, axis=-1, keepdims=True),
        lambda P, T: powers(P, 1 / T),
        lambda P, T: softmax(P / T),
        lambda P, T: P ** (1 / T),
        lambda P, T: np.log(P) / T,
        lambda P, T: P ** (1 / T) / np.sum(P ** (1 / T)),
        lambda P, T: by_logarithm(P, T) if P.ndim == 1 else np.where(P == 0, np.nan, powers(P, T)),
        lambda P, T: by_logarithm(P, T, 1e-9),
        powers,
        lambda P, T: by_logarithm(P, T) if T < 1e6 else np.full(P.shape, np.nan),
        lambda P, T: powers(P, T).sum(axis=-1),
        lambda P, T: str(P),
        lambda P, T: powers(P, T)[::-1],
    ],
    "counted_loss": [
        lambda Z, y, n: losses(Z, y).mean(),
        lambda Z, y, n: np.sum(n * losses(Z, y)),
        lambda Z, y, n: np.mean(n * losses(Z, y)),
        lambda Z, y, n: -np.log(mean(n, np.exp(-losses(Z, y)))),
        lambda Z, y, n: losses(Z, y).sum() / n.sum(),
        lambda Z, y, n: -mean(n, losses(Z, y)),
        lambda Z, y, n: mean(n, losses(Z, y)) / np.log(2),
        lambda Z, y, n: mean(n, losses(Z, 0 * y)),
        lambda Z, y, n: mean(n, np.exp(-losses(Z, y))),
        lambda Z, y, n: losses(Z, y),
        lambda Z, y, n: mean(n, naive(Z, y)),
        lambda Z, y, n: mean(n, losses(Z, y[n])),
        lambda Z, y, n: [mean(n, losses(Z, y))],
    ],
    "two_parts": [
        lambda Y, Z: (means(Y, Z)[0], sum(means(Y, Z))),
        lambda Y, Z: means(Y, Z)[::-1],
        other_way,
        lambda Y, Z: (entropy(softmax(Z)).mean(), means(Y, Z)[1]),
        lambda Y, Z: tuple(part / np.log(2) for part in means(Y, Z)),
        lambda Y, Z: tuple(part.sum() for part in parts(Y, Z)),
        lambda Y, Z: (-means(Y, Z)[0], means(Y, Z)[1]),
        through_both,
        through_p,
        lambda Y, Z: means(Y, Z)[0],
        lambda Y, Z: parts(Y, Z),
        lambda Y, Z: print(end=""),
        lambda Y, Z: (means(Y, Z)[0], None),
    ],
    "diagnosis": [
        lambda: {"A": "base 2"},
        lambda: dict.fromkeys("ABCDE", "healthy"),
        lambda: dict.fromkeys("ABCDE", "ill"),
        lambda: {**dict.fromkeys("ABCD", "healthy"), "E": ...},
        lambda: ["base 2", "softmax twice", "sum", "healthy", "clipped"],
        lambda: "base 2",
        lambda: print("base 2"),
        lambda a: {"A": "base 2"},
        lambda: {key: "Base 2" for key in "ABCDE"},
        lambda: {1: "base 2"},
        {"A": "base 2"},
        lambda: {**dict.fromkeys("ABCDE", "sum"), "A": 2.0},
        lambda: undefined,  # noqa: F821
        lambda: dict(zip("ABCDE", ("base 2", "softmax twice", "sum", "healthy"), strict=True)),
    ],
    "log_likelihood_ratio": [
        lambda Za, Zb, y: np.exp(ratio(Za, Zb, y)),
        lambda Za, Zb, y: -ratio(Za, Zb, y),
        lambda Za, Zb, y: -losses(Za, y).sum(),
        lambda Za, Zb, y: (Za - Zb)[np.arange(len(y)), y].sum(),
        lambda Za, Zb, y: ratio(Za, Zb, y) / np.log(2),
        lambda Za, Zb, y: ratio(Za, Zb, y) / np.log(10),
        lambda Za, Zb, y: ratio(Za, Zb, y) / len(y),
        lambda Za, Zb, y: likelihood(Za, y) - likelihood(Zb, y),
        lambda Za, Zb, y: np.log(softmax(Za).max(axis=1) / softmax(Zb).max(axis=1)).sum(),
        lambda Za, Zb, y: np.log(likelihood(Za, y) / likelihood(Zb, y)),
        lambda Za, Zb, y: losses(Zb, y) - losses(Za, y),
        lambda Za, Zb, y: (ratio(Za, Zb, y),),
        lambda Za, Zb, y: print(ratio(Za, Zb, y)),
    ],
}

RIGHT = {"A": "base 2", "B": "softmax twice", "C": "sum", "D": "healthy", "E": "clipped"}

# A test cell → answers that pass its visible check and should not pass its hidden tests.
SLIPS = {
    "test-softmax-among": [lambda Z, allowed: among(Z[..., :4], allowed[..., :4]),
                           lambda Z, allowed: among(np.round(Z, 1), allowed)],
    "test-softmax-among-extremes": [
        lambda Z, allowed: among(np.clip(Z, -500, 1500), allowed),
        lambda Z, allowed: among(Z, allowed).astype(np.float32 if Z.dtype == np.float32 else float)],
    "test-net-inputs-for": [lambda P: np.log(P + 1e-12) - np.log(P[..., -1:] + 1e-12)],
    "test-at-temperature": [lambda P, T: powers(P[..., :4], T)],
    "test-at-temperature-extremes": [lambda P, T: by_logarithm(P, max(T, 0.001))],
    "test-counted-loss": [lambda Z, y, n: mean(np.maximum(n, 1), losses(Z, y))],
    "test-counted-loss-extremes": [lambda Z, y, n: mean(n, losses(np.maximum(Z, -900), y))],
    "test-two-parts": [
        lambda Y, Z: (means(Y, Z)[0], np.mean(-np.sum(np.where(
            Y > 0, Y * np.log(np.maximum(softmax(Z), 1e-12)), 0), axis=1) - entropy(Y)))],
    "test-diagnosis-before": [lambda: {**RIGHT, "C": "healthy"}, lambda: {**RIGHT, "A": "sum"}],
    "test-diagnosis-after": [lambda: {**RIGHT, "B": "clipped"}, lambda: {**RIGHT, "E": "softmax twice"}],
    "test-log-likelihood-ratio": [lambda Za, Zb, y: ratio(Za[:50], Zb[:50], y[:50]),
                                  lambda Za, Zb, y: ratio(np.maximum(Za, -900), np.maximum(Zb, -900), y)],
}


def among_by_loop(Z, allowed):
    P = np.zeros(Z.shape, Z.dtype if Z.dtype.kind == "f" else float)
    allowed = np.broadcast_to(allowed, Z.shape)
    for place in np.ndindex(Z.shape[:-1]):
        some = allowed[place]
        P[place][some] = softmax(Z[place][some])
    return P


def parts_by_loop(Y, Z):
    entropies, divergences = [], []
    for y, z in zip(Y, Z, strict=True):
        lse = z.max() + np.log(sum(np.exp(v - z.max()) for v in z))
        entropies.append(sum(-a * np.log(a) for a in y if a > 0))
        divergences.append(sum(a * (np.log(a) - (v - lse)) for a, v in zip(y, z, strict=True) if a > 0))
    return np.mean(entropies), np.mean(divergences)


def log_sum_exp(Z):
    return np.logaddexp.reduce(Z, axis=1)


# Right answers in other ways than the worked one.
OTHERWISE = {
    "softmax_among": [among_by_loop],
    "net_inputs_for": [lambda P: np.log(P / P[..., -1:]), lambda P: np.log(P) - np.log(np.take(P, [-1], axis=-1))],
    "at_temperature": [lambda P, T: powers(P / P.max(axis=-1, keepdims=True), T)],
    "counted_loss": [lambda Z, y, n: np.average(log_sum_exp(Z) - Z[np.arange(len(y)), y], weights=n),
                     lambda Z, y, n: float(sum(c * (np.logaddexp.reduce(z) - z[k])
                                               for z, k, c in zip(Z, y, n, strict=True)) / sum(n))],
    "two_parts": [parts_by_loop],
    "diagnosis": [lambda: dict(reversed(RIGHT.items()))],
    "log_likelihood_ratio": [ratio, lambda Za, Zb, y: float(sum(
        (Za[i] - np.logaddexp.reduce(Za[i]))[k] - (Zb[i] - np.logaddexp.reduce(Zb[i]))[k] for i, k in enumerate(y)))],
}
