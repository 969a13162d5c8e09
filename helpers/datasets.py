"""The course's data: small sets of its own making, and a fixed split of the handwritten digits of scikit-learn."""

import numpy as np


def practice_hours() -> tuple[np.ndarray, np.ndarray]:
    """Hours of practice before a driving test, and who passed. **Made up** for lesson 02: nobody was asked.

    The two groups overlap, as they do in life: so the best w and b of a logistic unit are finite.

    Returns
    -------
    hours : ndarray, shape (20,), float64
        Hours of practice, in increasing order.
    passed : ndarray, shape (20,), int64
        1 for passed (nine of them), 0 for failed.

    Examples
    --------
    >>> hours, passed = practice_hours()
    >>> print(hours[:3], passed[:3], passed.sum())
    [0.5 0.8 1. ] [0 0 0] 9
    """
    hours = [0.5, 0.8, 1.0, 1.3, 1.5, 1.8, 2.0, 2.2, 2.5, 2.7, 3.0, 3.2, 3.5, 3.8, 4.0, 4.3, 4.5, 5.0, 5.4, 6.0]
    passed = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1]
    return np.array(hours), np.array(passed, dtype=np.int64)


def tomato_crates(spread: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Redness and softness of ninety tomatoes, and the crate that each belongs in. **Made up** for lesson 09.

    Parameters
    ----------
    spread : float, default 0.9
        How far the tomatoes of a crate lie from its middle, as a standard deviation. At 0.9 the crates overlap; at 0.3
        straight lines separate them.

    Returns
    -------
    measured : ndarray, shape (90, 2), float64
        How much redder and softer each tomato is than the average one.
    crate : ndarray, shape (90,), int64
        0 for salad, 1 for drying, 2 for sauce: thirty of each, in this order.

    Examples
    --------
    >>> measured, crate = tomato_crates()
    >>> print(measured[0], crate[0], np.bincount(crate))
    [-1.72 -0.18] 0 [30 30 30]
    """
    middle = np.array([[-1.0, -0.4], [1.0, -0.8], [0.1, 1.1]])
    crate = np.repeat(np.arange(3, dtype=np.int64), 30)
    measured = middle[crate] + np.random.default_rng(9).normal(0, spread, (90, 2))
    return measured.round(2), crate


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Handwritten digits of scikit-learn, split as in lesson 10. Nothing is downloaded.

    Returns
    -------
    X : ndarray, shape (1200, 64), float64
        Pictures of 8 rows and 8 columns to train on, row by row; each pixel from 0, empty, to 1, full of ink.
    y : ndarray, shape (1200,), int64
        Which digit each is.
    X_held, y_held : ndarray, shape (597, 64) and (597,)
        The same for those held out.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository 1998.

    Examples
    --------
    >>> X, y, X_held, y_held = digits()
    >>> print(X.shape, X_held.shape, X.min(), X.max(), y_held[:5])
    (1200, 64) (597, 64) 0.0 1.0 [4 4 8 2 7]
    """
    from sklearn.datasets import load_digits  # here, for it takes a second, and most lessons do without

    pixels, y = load_digits(return_X_y=True)
    seen, held = np.split(np.random.default_rng(0).permutation(len(y)), [1200])
    return pixels[seen] / 16, y[seen], pixels[held] / 16, y[held]
