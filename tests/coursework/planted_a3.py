"""Wrong answers to assignment A3: PLANTED for the visible checks, SLIPS that only the hidden tests catch."""

from functools import partial

import numpy as np

from helpers.gradients import numerical_gradient

measured = partial(numerical_gradient, step=1e-5)


def softmax(Z):
    e = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def gradient(W, X, y, n, p=softmax, power=1, total=None):
    difference = (p(X @ W.T) - np.eye(len(W))[y]) * n[:, None] ** power
    return difference.T @ X / (n.sum() if total is None else total(n))


def naive(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True)


def loss(W, X, y):
    D = X @ W.T
    D = D - D.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(D).sum(axis=1)) - D[np.arange(len(y)), y])


def slope(Z, y, T, P=None, power=2, gather=np.mean):
    P = softmax(Z / T) if P is None else P
    return gather(Z[np.arange(len(y)), y] - np.sum(P * Z, axis=1)) / T**power


def wrong(f, gradient, at, part=1e-4, compare=None):
    one, other = measured(f, at), gradient(at)
    largest = max(np.abs(one).max(), np.abs(other).max())
    return np.abs(one - other) > part * (largest if compare is None else compare(one, other))


def first_only(f, gradient, at):
    found = wrong(f, gradient, at)
    alone = np.zeros(at.shape, bool)
    if found.any():
        alone.flat[np.argmax(found)] = True
    return alone


def rows(f, gradient, at):
    if at.ndim > 1:
        raise IndexError("one index")
    return wrong(f, gradient, at)


def matrix_flat(f, gradient, at):
    found = wrong(f, gradient, at)
    return found if at.ndim == 1 else found.T & False


def scaled(train, other, centre=None, by=None):
    centre = np.mean if centre is None else centre
    by = np.std if by is None else by
    m, s = centre(train, axis=0), by(train, axis=0)
    return (train - m) / s, (other - m) / s


def own(train, other):
    return scaled(train, train)[0], scaled(other, other)[0]


def deviation_alone(train, other):
    s = np.std(train, axis=0)
    return train / s, other / s


def steady(train, other):
    m, s = train.mean(axis=0), train.std(axis=0)
    s[s == 0] = np.inf
    return (train - m) / s, (other - m) / s


def loop(X, y, eta, epochs, how="", sign=1, factor=0.5, length=1):
    W = np.zeros((y.max() + 1, X.shape[1]))
    found = [loss(W, X, y)]
    for _ in range(epochs):
        step = sign * length * gradient(W, X, y, np.ones(len(y)))
        there = loss(W - eta * step, X, y)
        if how == "until":
            while loss(W - eta * step, X, y) > found[-1]:
                eta *= factor
            there = loss(W - eta * step, X, y)
        if there <= found[-1] or how in ("always", "climbs"):
            W = W - eta * step
        elif how == "gives up":
            break
        elif how != "never":
            eta *= factor
        if how == "each":
            eta *= factor
        if there <= found[-1] or how != "short":
            found.append(loss(W, X, y))
    found += [found[-1]] * (epochs + 1 - len(found)) * (how == "gives up")
    return W, np.array(found)


def read(Z, y, which=None, K=None):
    guess = Z.argmax(axis=1)
    K = Z.shape[1] if K is None else K
    table = np.zeros((K, K), int)
    np.add.at(table, (y, guess), 1)
    sure, bad = softmax(Z).max(axis=1), np.flatnonzero(guess != y)
    surest = int(bad[np.argmax(sure[bad])]) if len(bad) else -1
    return np.mean(guess == y), table, surest if which is None else which(sure, bad, Z, y)


def unsafe(Z, y):
    sure, bad = naive(Z).max(axis=1), np.flatnonzero(Z.argmax(axis=1) != y)
    return *read(Z, y)[:2], int(bad[np.argmax(sure[bad])]) if len(bad) else -1


def changed(part, new):
    """The right reading, with one part changed."""
    def answer(Z, y):
        said = list(read(Z, y))
        said[part] = new(said[part], y)
        return tuple(said)
    return answer


def trained(M, y, epochs=200, eta=1.0):
    X = np.column_stack([np.ones(len(M)), steady(M, M)[0]])
    return loop(X, y, eta, epochs)[0]


def converted(M, y, **options):
    W, m, s = trained(M, y, **options), M.mean(axis=0), M.std(axis=0)
    return np.column_stack([W[:, 0] - W[:, 1:] / s @ m, W[:, 1:] / s])


def biases_forgotten(M, y):
    W = trained(M, y)
    return np.column_stack([W[:, 0], W[:, 1:] / M.std(axis=0)])


PLANTED = {
    "counted_gradient": [
        lambda W, X, y, n: gradient(W, X, y, np.ones(len(y))),
        lambda W, X, y, n: gradient(W, X, y, n, total=len),
        lambda W, X, y, n: -gradient(W, X, y, n),
        lambda W, X, y, n: gradient(W, X, y, n).T,
        lambda W, X, y, n: (softmax(X @ W.T) * n[:, None]).T @ X / n.sum(),
        lambda W, X, y, n: (softmax(X @ W.T) - np.eye(len(W))[y]).T @ n[:, None] / n.sum(),
        lambda W, X, y, n: gradient(W, X, y, np.ones(len(y))) * len(y) / n.sum(),
        lambda W, X, y, n: gradient(W, X, y, n, power=2, total=lambda n: np.sum(n**2)),
        lambda W, X, y, n: gradient(W, X, y, n, p=lambda Z: 1 / (1 + np.exp(-Z))),
        lambda W, X, y, n: gradient(W, X, y, n, p=naive),
        lambda W, X, y, n: print(end=""),
        lambda W, X, y, n: gradient(W, X, y, n).tolist(),
        lambda W, X, n: gradient(W, X, [0], n),
        lambda W, X, y, n: gradient(W, X, y, n).sum(),
    ],
    "temperature_slope": [
        lambda Z, y, T: -slope(Z, y, T),
        lambda Z, y, T: slope(Z, y, T, power=1),
        lambda Z, y, T: slope(Z, y, T, power=0),
        lambda Z, y, T: slope(Z, y, T, power=3),
        lambda Z, y, T: slope(Z, y, T, P=softmax(Z)),
        lambda Z, y, T: -np.log(softmax(Z / T)[np.arange(len(y)), y]).mean(),
        lambda Z, y, T: slope(Z, y, T, gather=np.sum),
        lambda Z, y, T: np.sum(softmax(Z / T) - np.eye(Z.shape[1])[y]),
        lambda Z, y, T: (softmax(Z / T) - np.eye(Z.shape[1])[y]) / len(y),
        lambda Z, y, T: slope(Z, y, T, P=naive(Z / T)),
        lambda Z, y, T: print(T),
        lambda Z, y, T: str(T),
        lambda Z, y, T: np.log(-T),
    ],
    "wrong_places": [
        lambda f, gradient, at: measured(f, at) != gradient(at) + 1e-7,
        lambda f, gradient, at: np.zeros(at.shape, bool),
        lambda f, gradient, at: np.full(at.shape, wrong(f, gradient, at).any()),
        lambda f, gradient, at: ~wrong(f, gradient, at) if len(at) == 3 else wrong(f, gradient, at),
        first_only,
        lambda f, gradient, at: bool(wrong(f, gradient, at).any()),
        lambda f, gradient, at: measured(f, at) - gradient(at),
        matrix_flat,
        lambda f, gradient, at: ~(np.abs(measured(f, at) - gradient(at)) / np.abs(gradient(at)).max() < 1e-4),
        lambda f, gradient, at: np.abs(measured(f, at) - gradient(at)) > 1e-3,
        lambda f, gradient, at: wrong(f, gradient, at, compare=lambda one, other: np.abs(other)),
        rows,
        lambda f, gradient, at: print(end=""),
        lambda f, gradient, at: wrong(f, gradient, at).tolist(),
    ],
    "standardise": [
        own,
        lambda train, other: scaled(train, other, by=lambda M, axis: np.std(M, axis=axis, ddof=1)),
        lambda train, other: scaled(train, other, by=lambda M, axis: 1),
        lambda train, other: scaled(train, other, by=np.var),
        lambda train, other: scaled(train, other, np.min, np.ptp),
        deviation_alone,
        lambda train, other: scaled(train, other)[::-1],
        lambda train, other: tuple(scaled(M.T, M.T)[0].T for M in (train, other)),
        lambda train, other: scaled(train, other)[0],
        scaled,
        lambda train, other: (scaled(train, other)[0], None),
        lambda train, other: print(end=""),
        lambda train, other: "standardised",
    ],
    "train": [
        lambda X, y, eta, epochs: (loop(X, y, eta, epochs)[0], loop(X, y, eta, epochs)[1][1:]),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, "short"),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, "gives up"),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, "always"),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, "until"),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, factor=0.1),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, "each"),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, "climbs", sign=-1),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs, length=2),
        lambda X, y, eta, epochs: (0 * loop(X, y, eta, epochs)[0], loop(X, y, eta, epochs)[1]),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs)[0],
        lambda X, y, eta, epochs: print(end=""),
        lambda X, y, eta, epochs: loop(X, y, eta, epochs) if eta < 100 else (np.zeros((3, 3)), np.full(25, np.nan)),
    ],
    "reading": [
        changed(1, lambda table, y: table.T),
        lambda Z, y: read(Z, y, lambda sure, bad, Z, y: int(np.argmax(sure))),
        lambda Z, y: read(Z, y, lambda sure, bad, Z, y: int(bad[np.argmin(sure[bad])])),
        lambda Z, y: read(Z, y, lambda sure, bad, Z, y: int(np.argmax(sure[bad]))),
        changed(0, lambda accuracy, y: accuracy * len(y)),
        changed(1, lambda table, y: table / len(y)),
        changed(0, lambda accuracy, y: 100 * accuracy),
        changed(1, lambda table, y: table[:y.max() + 1, :y.max() + 1]),
        lambda Z, y: read(Z, y, lambda sure, bad, Z, y: int(bad[np.argmax(sure[bad])]) if len(bad) else 0),
        unsafe,
        lambda Z, y: read(Z, y)[:2],
        lambda Z, y: print(end=""),
        changed(2, lambda surest, y: None),
    ],
    "raw_weights": [
        trained,
        lambda M, y: np.zeros((y.max() + 1, M.shape[1] + 1)),
        lambda M, y: np.full((y.max() + 1, M.shape[1] + 1), np.nan),
        lambda M, y: -converted(M, y),
        lambda M, y: np.roll(converted(M, y), -1, axis=1),
        biases_forgotten,
        lambda M, y: converted(M, y, epochs=1, eta=0.02),
        lambda M, y: converted(M, y)[::-1],
        lambda M, y: converted(M, y).T,
        lambda M, y: print(end=""),
        lambda M, y: converted(M, y).tolist(),
        lambda M: converted(M, 0),
        lambda M, y: "weights",
    ],
}

# A test cell → answers that pass its visible check and should not pass its hidden tests.
SLIPS = {
    "test-counted-gradient": [lambda W, X, y, n: gradient(W, X, y, np.maximum(n, 1 * (len(n) < 4))),
                              lambda W, X, y, n: gradient(W[:3], X, np.minimum(y, 2), n)],
    "test-counted-gradient-extremes": [lambda W, X, y, n: gradient(
        W, X, y, n, p=lambda Z: naive(np.where(np.abs(Z).max() > 2500, Z, Z - Z.max(axis=1, keepdims=True))))],
    "test-temperature-slope": [lambda Z, y, T: slope(Z, y, T) if T >= 1 else slope(Z, y, 1.0)],
    "test-wrong-places": [lambda f, gradient, at: wrong(f, gradient, at) if at.ndim < 3 else np.zeros(at.shape, bool),
                          lambda f, gradient, at: wrong(f, gradient, at, part=5e-3)],
    "test-standardise": [lambda train, other: scaled(train, other) if train.std(axis=0).all() else
                         tuple(np.where(train.std(axis=0) > 0, part, 0) for part in own(train, other))
                         if train.shape != (2, 2) else steady(train, other)],
    "test-train": [lambda X, y, eta, epochs: loop(X, y, eta, max(epochs, 1)),
                   lambda X, y, eta, epochs: loop(X, y, min(eta, 12.0) if eta < 100 else eta, epochs)],
    "test-train-extremes": [lambda X, y, eta, epochs: loop(X, y, eta, epochs) if eta <= 1000
                            else loop(X, y, eta, epochs, "never")],
    "test-reading": [lambda Z, y: read(Z, y, lambda sure, bad, Z, y: int(bad[np.argmax(sure[bad])])
                                       if len(bad) and len(bad) < 4 else -1)],
    "test-raw-weights": [lambda M, y: converted(M[:, :13], y)],
}


def gradient_by_loop(W, X, y, n):
    total = np.zeros(W.shape)
    for x, k, count in zip(X, y, n, strict=True):
        p = softmax(W @ x)
        p[k] -= 1
        total += count * np.outer(p, x)
    return total / sum(n)


def slope_by_loop(Z, y, T):
    found = []
    for z, k in zip(Z, y, strict=True):
        p = softmax(z / T)
        p[k] -= 1
        found.append(-(p @ (z - z.max())) / T**2)
    return float(np.mean(found))


def places_by_sides(f, gradient, at):
    """With a larger step, and the place as an index."""
    formula, found = gradient(at.copy()), np.empty(at.shape)
    for place, value in np.ndenumerate(at):
        up, down = at.copy(), at.copy()
        up[place], down[place] = value + 1e-4, value - 1e-4
        found[place] = (f(up) - f(down)) / 2e-4
    return np.abs(found - formula) > 1e-4 * np.max(np.abs([found, formula]))


def reading_by_loop(Z, y):
    K, best, surest = Z.shape[1], 0.0, -1
    table = [[0] * K for _ in range(K)]
    for i, (z, k) in enumerate(zip(Z, y, strict=True)):
        p = softmax(z)
        guess = int(p.argmax())
        table[k][guess] += 1
        if guess != k and p[guess] > best:
            best, surest = p[guess], i
    return sum(table[k][k] for k in range(K)) / len(y), np.array(table), surest


# Right answers in other ways than the worked one.
OTHERWISE = {
    "counted_gradient": [gradient_by_loop, gradient],
    "temperature_slope": [slope_by_loop, slope],
    "wrong_places": [places_by_sides, wrong],
    "standardise": [steady],
    "train": [loop],
    "reading": [reading_by_loop, read],
    "raw_weights": [converted, lambda M, y: converted(M, y, epochs=1000, eta=0.3)],
}
