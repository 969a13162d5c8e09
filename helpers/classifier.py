"""Softmax regression, trained by gradient descent: the model of lessons 09 and 10, as a classifier of scikit-learn.

What it minimises is the mean cross-entropy of N examples, in nats, plus a penalty on the weights but not on the biases:

    L(W) + (l2 / 2) Σ wₖᵢ², summed over all classes k and all features i from 1 on

scikit-learn's `LogisticRegression` weighs the same two parts with C: it is the same model for l2 = 1 / (C · N), and for
l2 = 2 / (C · N) with two classes, where it has one row of weights, the difference of the two here.
"""

from __future__ import annotations  # so that help() shows `ArrayLike`, not what it stands for

import warnings
from collections.abc import Callable, Iterator
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from helpers.activations import softmax
from helpers.gradients import cross_entropy_gradient
from helpers.losses import cross_entropy
from helpers.words import _

BLOCK = 4096     # examples looked at together: the memory beside the data stays small, however many there are
TOO_FAR = 100    # times the loss at the start: training is given up, though on separable data it may yet come right


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    """Softmax regression by gradient descent from W = 0.

    Parameters
    ----------
    learning_rate : float, optional
        The step is W − learning_rate · gradient. By default 1 / λ with λ the bound of
        `steepest_curvature`: never too large where all examples make one step.
    l2 : float, default 0
        Strength of the penalty (l2 / 2) Σ wₖᵢ², biases left out; see above for C of `LogisticRegression`.
    batch_size : int, optional
        Examples to a step. By default all of them; else they are shuffled anew in each epoch.
    max_iter : int, default 1000
        Epochs at most.
    tol : float, default 1e-4
        Training ends when no entry of the gradient is larger in size.
    random_state : int, RandomState instance or None, default None
        Seed of the shuffling.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The labels, sorted.
    coef_, intercept_ : ndarray, shape (K, m) and (K,)
        Weights and biases, a row per class, with two classes too.
    n_iter_ : int
        Epochs completed.
    loss_curve_ : list of float
        What is minimised, in nats, penalty included: before training and after each epoch.
    n_features_in_ : int
        m.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, section 4.3.4.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = [[0.0], [1.0], [0.5], [2.0], [1.5], [3.0]], list("aabbcc")
    >>> ours = SoftmaxRegression(l2=1 / (10 * 6), tol=1e-7, max_iter=10_000).fit(X, y)
    >>> theirs = LogisticRegression(C=10, tol=1e-9).fit(X, y)
    >>> print(ours.predict_proba([[1.0]]).round(4), theirs.predict_proba([[1.0]]).round(4))
    [[0.379  0.4509 0.1701]] [[0.379  0.4509 0.1701]]
    """

    def __init__(self, *, learning_rate: float | None = None, l2: float = 0.0, batch_size: int | None = None,
                 max_iter: int = 1000, tol: float = 1e-4, random_state=None) -> None:
        self.learning_rate = learning_rate
        self.l2 = l2
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike,
            callback: Callable[[SoftmaxRegression], bool | None] | None = None) -> SoftmaxRegression:
        """Train on examples X, shape (N, m), without a column of ones, and labels y, shape (N,).

        `callback`, if given, is called with this classifier after each epoch; where it returns True, training ends.
        An interrupt (Ctrl+C, ■ in a notebook) ends it too: what was learnt by then is kept, and a warning says so.

        Raises
        ------
        ValueError
            If a parameter, X or y is not as it should be, or if the loss rises above a hundred times its value at the
            start.
        """
        self._check_parameters()
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=0)
        _check_examples(X)
        check_classification_targets(y)
        self.classes_, index = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(_("y holds one class only, {label}; at least two are needed, since with K = 1 softmax "
                               "gives 1 whatever the weights are.").format(label=self.classes_[0]))
        rate = 1 / steepest_curvature(X, self.l2) if self.learning_rate is None else self.learning_rate
        if not rate > 0:
            raise ValueError(_("The features are so large, up to {largest:.2g}, that no learning rate can be found. "
                               "Standardise them: subtract each one's mean, divide by its standard deviation.").format(
                                   largest=np.abs(X).max()))
        random, batches = check_random_state(self.random_state), self.batch_size
        W = np.zeros((len(self.classes_), X.shape[1] + 1))     # biases in column 0, as everywhere in the course
        loss, slope = self._keep(W, X, index, epochs=0)
        try:
            while np.abs(slope).max() > self.tol and self.n_iter_ < self.max_iter:
                if batches is None:
                    W = W - rate * slope
                else:
                    order = random.permutation(len(X))
                    for some in _slices(len(X), batches):
                        W = W - rate * _loss_and_gradient(W, X[order[some]], index[order[some]], self.l2)[1]
                loss, slope = self._keep(W, X, index, self.n_iter_ + 1)
                if not loss < TOO_FAR * self.loss_curve_[0]:
                    raise ValueError(self._diverges(rate))
                if callback is not None and callback(self):
                    return self
        except KeyboardInterrupt:
            warnings.warn(_("Training was interrupted after {epochs} epochs; what was learnt by then is kept.").format(
                epochs=self.n_iter_), ConvergenceWarning, stacklevel=2)
            return self
        if np.abs(slope).max() > self.tol:
            told = self._diverges(rate) if loss > self.loss_curve_[0] else _(
                "After {epochs} epochs the largest entry of the gradient is {slope:.2g}, still above tol = {tol:.2g}. "
                "More epochs (max_iter), another learning rate or standardised features may help.").format(
                epochs=self.n_iter_, slope=np.abs(slope).max(), tol=self.tol)
            warnings.warn(told, ConvergenceWarning, stacklevel=2)
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Return the probabilities, shape (N, K), in the order of ``classes_``."""
        return softmax(self._net_inputs(X))

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the labels with the largest net inputs, shape (N,)."""
        Z = self._net_inputs(X)
        return self.classes_[Z.argmax(axis=1)]

    def loss(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cross-entropy, in nats, without the penalty; raise ValueError for a label that is new."""
        Z, y = self._net_inputs(X), np.asarray(y)
        index = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        if (unseen := self.classes_[index] != y).any():
            raise ValueError(_("y holds the label {label}, which was not among those of the training: {classes}."
                               ).format(label=y[unseen][0], classes=", ".join(map(str, self.classes_))))
        return float(cross_entropy(Z, index))

    def _net_inputs(self, X: ArrayLike) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=0, reset=False)
        _check_examples(X)
        return X @ self.coef_.T + self.intercept_

    def _keep(self, W: np.ndarray, X: np.ndarray, index: np.ndarray, epochs: int) -> tuple[float, np.ndarray]:
        """Store where an epoch has led; return loss and gradient there."""
        loss, slope = _loss_and_gradient(W, X, index, self.l2)
        self.coef_, self.intercept_, self.n_iter_ = W[:, 1:].copy(), W[:, 0].copy(), epochs
        self.loss_curve_ = [*self.loss_curve_, loss] if epochs else [loss]
        return loss, slope

    def _diverges(self, rate: float) -> str:
        return _("The loss went from {first:.4g} to {last:.4g} in {epochs} epochs: the learning rate {rate:g} is too "
                 "large for these data. Take a smaller one, or None, which finds one; standardised features allow for "
                 "a larger one.").format(first=self.loss_curve_[0], last=self.loss_curve_[-1], epochs=self.n_iter_,
                                         rate=rate)

    def _check_parameters(self) -> None:
        for name, kind, good, expected in (
            ("learning_rate", Real, lambda value: value > 0, _("a number above 0, or None")),
            ("l2", Real, lambda value: value >= 0, _("a number of at least 0")),
            ("batch_size", Integral, lambda value: value >= 1, _("an integer of at least 1, or None")),
            ("max_iter", Integral, lambda value: value >= 1, _("an integer of at least 1")),
            ("tol", Real, lambda value: value >= 0, _("a number of at least 0")),
        ):
            value = getattr(self, name)
            if value is None and name in ("learning_rate", "batch_size"):
                continue
            if not isinstance(value, kind) or isinstance(value, bool) or not np.isfinite(value) or not good(value):
                raise ValueError(_("{name} is {value!r}; expected is {expected}.").format(
                    name=name, value=value, expected=expected))


def steepest_curvature(X: ArrayLike, l2: float = 0.0) -> float:
    """A bound on every eigenvalue of the Hessian, at any W: half the largest eigenvalue of X̃ᵀX̃ / N, plus l2.

    X̃ is X with the bias input in front. No Jacobian diag(p) − ppᵀ has an eigenvalue above one half, hence the bound. A
    learning rate below 2 / λ never raises the loss.

    Parameters
    ----------
    X : array_like, shape (N, m)
        Examples, without the bias input.
    l2 : float
        Strength of the penalty.

    Returns
    -------
    float
        inf where the features are so large that their squares are.

    References
    ----------
    D. Böhning, "Multinomial logistic regression algorithm", Ann. Inst. Stat. Math. 44 (1992), 197-200.

    Examples
    --------
    >>> steepest_curvature([[1.0], [-1.0]])
    0.5
    """
    X = np.asarray(X, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        means = X.mean(axis=0)
        moments = np.block([[np.ones((1, 1)), means[np.newaxis]], [means[:, np.newaxis], X.T @ X / len(X)]])
        if not np.isfinite(moments).all():
            return np.inf
        return float(np.linalg.eigvalsh(moments)[-1] / 2 + l2)


def _loss_and_gradient(W: np.ndarray, X: np.ndarray, index: np.ndarray, l2: float) -> tuple[float, np.ndarray]:
    """What is minimised, and its gradient in W, block by block."""
    loss, slope = 0.0, np.zeros_like(W)
    with np.errstate(over="ignore", invalid="ignore"):     # a rate that is too large is told in words
        for some in _slices(len(X), BLOCK):
            share = len(index[some]) / len(X)
            Z = X[some] @ W[:, 1:].T + W[:, 0]
            by_net_input = cross_entropy_gradient(Z, index[some]) * share
            loss += float(cross_entropy(Z, index[some])) * share
            slope[:, 0] += by_net_input.sum(axis=0)
            slope[:, 1:] += by_net_input.T @ X[some]
        slope[:, 1:] += l2 * W[:, 1:]
        return loss + l2 / 2 * float((W[:, 1:] ** 2).sum()), slope


def _slices(length: int, size: int) -> Iterator[slice]:
    """Slices of so many, the last one perhaps shorter: scikit-learn's `gen_batches`, without its 0.1 ms a call."""
    return (slice(start, min(start + size, length)) for start in range(0, length, size))


def _check_examples(X: np.ndarray) -> None:
    if not len(X):
        raise ValueError(_("X holds no example, N = 0; at least one is needed."))
    good = np.isfinite(X)
    if not good.all():
        row, column = np.argwhere(~good)[0]
        raise ValueError(_("X holds {value} (NaN is no number, inf no finite one) in row {row}, column {column}; every "
                           "entry has to be a finite number.").format(value=X[row, column], row=row, column=column))
