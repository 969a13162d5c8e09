"""Small data sets of the course's own making."""

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
