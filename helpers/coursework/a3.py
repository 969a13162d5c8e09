"""Feedback on assignment A3: gradient and training."""

from collections.abc import Callable

import numpy as np

from helpers.checks.checking import Fragile, Function, Given, Lesson, When
from helpers.coursework import Stored, graded, returns
from helpers.losses import cross_entropy
from helpers.words import _

lesson = Lesson()


@graded(lesson, "1")
def check_counted_gradient() -> Function:
    """Feedback on `counted_gradient(W, X, y, n)`."""
    right = Stored()
    two = ([[0.2, -0.1, 0.3], [0.0, 0.4, -0.6]], [[1.0, 0.7, -1.1], [1.0, -0.4, 0.9], [1.0, 1.6, 0.2]],
           [1, 0, 1], [4, 1, 1])
    row = np.array([0.189349523861, 0.234134038565, -0.198939530702])
    return Function(
        right,
        examples=[
            right.given([[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0]], [0], [3], gives=[[-0.5, -1.0], [0.5, 1.0]]),
            right.given(*two, gives=[[*row], [*-row]]),
            right.given([[0.2, -0.1], [0.0, 0.4], [-0.5, 0.3]], [[1.0, 0.7], [1.0, -0.4], [1.0, 1.6], [1.0, -2.0]],
                        [2, 0, 1, 1], [1, 3, 0, 2],
                        gives=[[0.01663775755, -0.291499262381], [-0.038678858314, 0.518985449328],
                               [0.022041100764, -0.227486186946]]),
        ],
        mistakes=[
            returns([[0.136378686726, 0.298643824432, -0.131326664309], [-0.136378686726, -0.298643824432,
                                                                         0.131326664309]],
                    _("Each wine counts once. Look at where n comes in.")),
            returns([[-1.5, -3.0], [1.5, 3.0]],
                    _("That is the gradient of the sum, or divided by the number of rows. Asked for is the mean over "
                      "all bottles: look at what you divide by.")),
            returns([[0.5, 1.0], [-0.5, -1.0]],
                    _("The sign is turned over. Look at p − y: what the model says minus what is true.")),
            returns([[0.189349523861, -0.189349523861], [0.234134038565, -0.234134038565],
                     [-0.198939530702, 0.198939530702]],
                    _("The gradient lies on its side. It has the shape of W, a row for each class.")),
            returns([[0.5, 1.0], [0.5, 1.0]], _("The labels do not come in. Look at the y of p − y.")),
            returns([[-0.5], [0.5]], _("Those are the slopes in the net inputs. Look at line 7 of lesson 08: what "
                                       "leads from z to W?")),
            returns([[0.068189343363, 0.149321912216, -0.065663332154], [-0.068189343363, -0.149321912216,
                                                                         0.065663332154]],
                    _("You divide by the sum of n, but n does not weigh the examples. Look at both places.")),
            returns([[0.224663415285, 0.191127514653, -0.244014774965], [-0.224663415285, -0.191127514653,
                                                                         0.244014774965]],
                    _("The counts come in squared. Look at how many times you multiply by n.")),
            returns([[0.32507494545, 0.375084819617, -0.368901457885], [-0.194106896032, -0.252634904044,
                                                                        0.243337010947]],
                    _("Those are the outputs of logistic units less the labels. The model is softmax.")),
        ],
        fragile=[
            Fragile(right.given([[0.0, 1000.0], [0.0, -1000.0]], [[1.0, 2.0], [1.0, -1.0]], [1, 1], [1, 3],
                                gives=[[0.25, 0.5], [-0.25, -0.5]]),
                    _("It is right for small net inputs and breaks at 1000. Look at your softmax.")),
        ],
        right=_("It is the mean over all bottles, of every wine (p − y)xᵀ as often as it was tasted."),
        atol=1e-8,
    )


@graded(lesson, "2")
def check_temperature_slope() -> Function:
    """Feedback on `temperature_slope(Z, y, T)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([[1.0, 0.0]], [0], 2.0, gives=0.09438516719953635),
            right.given([[2.1, 0.3, -0.8], [0.4, 1.9, 1.2]], [0, 2], 2.0, gives=0.08905881872553134),
        ],
        mistakes=[
            returns(-0.09438516719953635,
                    _("The sign is turned over. Look at the example: its class is in front, so more heat costs.")),
            returns(0.1887703343990727, _("There is one factor 1/T, and a second one is missing. Look at the "
                                          "derivative of z/T in T.")),
            returns(0.3775406687981454, _("The factor of z/T is missing. Look at the chain rule: T moves z/T, and z/T "
                                          "moves the loss.")),
            returns(0.047192583599768176, _("There is a factor 1/T too many. Look at the derivative of z/T in T.")),
            returns(0.06723535534249878, _("The probabilities are those at T = 1. Look at what softmax gets.")),
            returns(0.4740769841801067, _("That is the loss itself. Asked for is its slope in T.")),
            returns(0.17811763745106268, _("That is the sum over the examples. The loss is a mean, and so is its "
                                           "slope.")),
            When(lambda returned, Z, y, T: np.size(returned) == 1 and abs(float(np.sum(returned))) < 1e-6,
                 _("p − y sums to 0 in each row, and so does yours. Each entry still meets the net input that T "
                   "divides.")),
            When(lambda returned, Z, y, T: np.shape(returned) == np.shape(Z),
                 _("Those are slopes in the net inputs. T is one number that moves them all: look at how the paths "
                   "come together.")),
        ],
        fragile=[
            Fragile(right.given([[1000.0, 998.0], [-500.0, -500.0]], [1, 0], 1.0, gives=-0.8807970779777747),
                    _("It is right for small net inputs and breaks at 1000. Look at your softmax.")),
        ],
        right=_("Below 0 the loss falls when it gets warmer, above 0 when it gets colder."),
    )


def squares(a: np.ndarray) -> float:
    """A function to check a gradient of."""
    return np.sum(a**2)


def squares_slope(a: np.ndarray) -> np.ndarray:
    """Its gradient."""
    return 2 * a


def cubes(a: np.ndarray) -> float:
    """Another one."""
    return np.sum(a**3)


def cubes_slope_off(a: np.ndarray) -> np.ndarray:
    """Its gradient, one per cent too large in entry 1."""
    return 3 * a**2 * (1 + 0.01 * (np.arange(len(a)) == 1))


def cubes_slope(a: np.ndarray) -> np.ndarray:
    """Its gradient."""
    return 3 * a**2


def squares_slope_turned(a: np.ndarray) -> np.ndarray:
    """The gradient of the squares in a square matrix, lying on its side."""
    return 2 * a.T


def many_squares(a: np.ndarray) -> float:
    """The same in large."""
    return 1e6 * np.sum(a**2)


def few_squares(a: np.ndarray) -> float:
    """The same in small."""
    return 1e-6 * np.sum(a**2)


def many_slope_off(a: np.ndarray) -> np.ndarray:
    """A gradient in large, off by half a millionth everywhere."""
    return 2e6 * a + 0.5


def few_slope_off(a: np.ndarray) -> np.ndarray:
    """A gradient in small, twice too large in entry 0."""
    return 2e-6 * a * (1 + (np.arange(len(a)) == 0))


@graded(lesson, "3")
def check_wrong_places() -> Function:
    """Feedback on `wrong_places(f, gradient, at)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given(squares, squares_slope, [1.0, -2.0], gives=[False, False]),
            right.given(cubes, cubes_slope_off, [1.0, 2.0, 0.5], gives=[False, True, False]),
            right.given(squares, squares_slope_turned, [[1.0, 2.0], [4.0, 3.0]],
                        gives=[[False, True], [True, False]]),
        ],
        mistakes=[
            returns([True, True], _("You call everything wrong, also what is right up to rounding, or True and False "
                                    "have changed places. Look at the comparison.")),
            returns([False, False, False], _("You call everything right. Look at how far the formula may be from what "
                                             "is measured.")),
            returns([True, True, True], _("One wrong entry makes all of them wrong in yours. Look at where the entries "
                                          "are brought together.")),
            returns([True, False, True], _("True and False have changed places: True is where the formula is wrong.")),
            returns([[False, True], [False, False]], _("Only the first of the wrong entries is found. Look at "
                                                       "each of them.")),
            When(lambda returned, f, gradient, at: np.shape(returned) == (),
                 _("That is one answer for the whole gradient. Asked for is one for each entry.")),
            When(lambda returned, f, gradient, at: np.shape(returned) == (2,)
                 and np.asarray(returned).dtype.kind == "f",
                 _("Those are slopes or differences. Asked for are truth values.")),
            When(lambda returned, f, gradient, at: np.ndim(at) == 2,
                 _("It is right for a list of numbers, and not for a matrix. Look at how you go through the entries: "
                   "`np.ndindex` knows all places.")),
        ],
        fragile=[
            Fragile(right.given(squares, squares_slope, [0.0, 0.0], gives=[False, False]),
                    _("Where both are exactly 0 they agree. Look for a division by 0, and at < and ≤.")),
            Fragile([right.given(many_squares, many_slope_off, [1.0, 3.0], gives=[False, False]),
                     right.given(few_squares, few_slope_off, [1.0, 3.0], gives=[True, False])],
                    _("It is right for gradients of ordinary size, and not for very large or very small ones. Look at "
                      "what the difference is compared with.")),
            Fragile(right.given(cubes, cubes_slope, [100.0, 1e-4], gives=[False, False]),
                    _("A tiny entry beside a huge one cannot be measured to the same digits. Look at what the "
                      "difference is compared with: the largest entry.")),
        ],
        right=_("It tells where to look, and rounding does not deceive it."),
    )


@graded(lesson, "4")
def check_standardise() -> Function:
    """Feedback on `standardise(train, other)`."""
    right = Stored()
    seen, new = [[1.0, 10.0], [3.0, 30.0], [5.0, 80.0]], [[2.0, 20.0], [4.0, 0.0]]
    seen_right = [[-1.224744871391589, -1.0190493307301363], [0.0, -0.33968311024337877],
                  [1.224744871391589, 1.358732440973515]]
    new_right = [[-0.6123724356957945, -0.6793662204867575], [0.6123724356957945, -1.358732440973515]]
    return Function(
        right,
        examples=[
            right.given([[1.0, 10.0], [3.0, 30.0]], [[2.0, 20.0], [5.0, 0.0]],
                        gives=([[-1.0, -1.0], [1.0, 1.0]], [[0.0, 0.0], [3.0, -2.0]])),
            right.given(seen, new, gives=(seen_right, new_right)),
        ],
        mistakes=[
            returns(([[-1.0, -1.0], [1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]),
                    _("The others are standardised by their own mean and deviation. Look at whose they have to be.")),
            returns(([[-0.7071067811865475, -0.7071067811865475], [0.7071067811865475, 0.7071067811865475]],
                     [[0.0, 0.0], [2.1213203435596424, -1.414213562373095]]),
                    _("You divide by N − 1 in the deviation. Lesson 09 takes the plain mean of the squares: look at "
                      "`ddof`.")),
            returns(([[-1.0, -10.0], [1.0, 10.0]], [[0.0, 0.0], [3.0, -20.0]]),
                    _("The mean is subtracted. Look at what is still to be divided.")),
            returns(([[-1.0, -0.1], [1.0, 0.1]], [[0.0, 0.0], [3.0, -0.2]]),
                    _("You divide by the square of the deviation. Look at variance and standard deviation.")),
            returns(([[0.0, 0.0], [1.0, 1.0]], [[0.5, 0.5], [2.0, -0.5]]),
                    _("You bring the smallest to 0 and the largest to 1. Asked for are the mean and the standard "
                      "deviation.")),
            returns(([[1.0, 1.0], [3.0, 3.0]], [[2.0, 2.0], [5.0, 0.0]]),
                    _("You divide by the deviation. Look at what is to be subtracted first.")),
            returns(([[0.0, 0.0], [3.0, -2.0]], [[-1.0, -1.0], [1.0, 1.0]]),
                    _("The two have changed places: the training examples come first.")),
            When(lambda returned, train, other: np.allclose(returned[0], [[-1, 1], [-1, 1]]),
                 _("You standardise each example. Look at the axis: each measurement has a mean of its own.")),
            When(lambda returned, train, other: np.shape(returned) == np.shape(train),
                 _("That is one array. Asked for are two: the training examples and the others.")),
        ],
        fragile=[
            Fragile(right.given([[1.0, 2.0], [3.0, 2.0]], [[3.0, 2.0], [1.0, 5.0]],
                                gives=([[-1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]])),
                    _("A measurement that is the same in all training examples has the deviation 0. Such a column "
                      "becomes 0 in both arrays: look at the division.")),
        ],
        right=_("The others are measured by what was seen in training."),
    )


@graded(lesson, "5")
def check_train() -> Function:
    """Feedback on `train(X, y, eta, epochs)`."""
    right = Stored()
    X, y = [[1.0, 2.0], [1.0, -1.0], [1.0, 1.5], [1.0, -0.5]], [0, 1, 1, 0]
    w, v = np.array([-0.017644269802, 0.114730197303]), np.array([-0.066301778144, 0.120022775243])
    start, once, twice = 0.69314718056, 0.678679210351, 0.674813245712
    return Function(
        right,
        examples=[
            right.given([[1.0, 2.0], [1.0, -1.0]], [0, 1], 0.5, 1,
                        gives=([[0.0, 0.375], [0.0, -0.375]], [start, 0.294142142049])),
            right.given(X, y, 0.5, 3, gives=([[*w], [*-w]], [start, 0.681177281777, 0.677425203698, 0.675888207415])),
            right.given(X, y, 12.0, 5, gives=([[*v], [*-v]], [start, start, start, start, once, twice])),
        ],
        mistakes=[
            When(lambda returned, X, y, eta, epochs: len(returned[1]) == epochs,
                 _("The losses are one too few. Look at the loss before training: it comes first.")),
            When(lambda returned, X, y, eta, epochs: len(returned[1]) < epochs,
                 _("The losses are too few. An epoch whose step is not taken is an epoch too: its loss is that of the "
                   "epoch before.")),
            When(lambda returned, X, y, eta, epochs: len(returned[1]) == epochs + 1 and eta == 12
                 and np.ptp(returned[1]) < 1e-9,
                 _("After the first rise nothing happens any more. Look at what becomes of the learning rate, and "
                   "whether it is kept for the epochs that follow.")),
            When(lambda returned, X, y, eta, epochs: eta == 12 and np.diff(returned[1]).max() > 1e-9,
                 _("The loss rises on the way. Look at what happens to W when a step leads up.")),
            When(lambda returned, X, y, eta, epochs: eta == 12 and len(returned[1]) == epochs + 1
                 and abs(returned[1][1] - once) < 1e-6,
                 _("You try several rates within one epoch. Each epoch tries one step: look at the inner loop.")),
            When(lambda returned, X, y, eta, epochs: eta == 12 and len(returned[1]) == epochs + 1
                 and abs(returned[1][2] - 0.676512297185) < 1e-6,
                 _("The learning rate falls to a tenth. Half of it is asked for.")),
            returns(([[-0.006088035565, 0.085680482786], [0.006088035565, -0.085680482786]],
                     [start, 0.681177281777, 0.679069591303, 0.678345414778]),
                    _("The learning rate is halved in every epoch. That is for those in which the step leads up.")),
            When(lambda returned, X, y, eta, epochs: epochs == 1 and returned[1][1] > returned[1][0],
                 _("Your steps go up the loss. Look at the sign in front of the gradient.")),
            When(lambda returned, X, y, eta, epochs: epochs == 1 and np.allclose(returned[0], [[0, 0.75], [0, -0.75]]),
                 _("Your step is twice as long: the gradient of a sum, or a learning rate that is used twice. Look at "
                   "the mean.")),
            When(lambda returned, X, y, eta, epochs: epochs == 1 and np.allclose(returned[0], 0),
                 _("W is still 0 after the first step. Look at which W you return.")),
        ],
        fragile=[
            Fragile(right.given(
                [[1.0, 200.0, 3.0], [1.0, -100.0, 5.0], [1.0, 150.0, -2.0], [1.0, -50.0, 1.0], [1.0, 20.0, 0.0]],
                [0, 1, 1, 0, 2], 1000.0, 24, gives=(
                    [[1.65967e-05, 0.002698646833, 0.000168907709], [3.8535361e-05, -0.000537924124, 6.4072869e-05],
                     [-5.513206e-05, -0.002160722709, -0.000232980578]],
                    [1.098612288668] * 23 + [1.065001231805, 1.062807192898])),
                    _("It is right for ordinary rates and measurements, and breaks where a step leads very far. Look "
                      "at net inputs of 1000 and more, and at comparisons with nan.")),
        ],
        right=_("The loss never rises, and the rate finds its size by itself."),
        atol=1e-8,
    )


@graded(lesson, "6")
def check_reading() -> Function:
    """Feedback on `reading(Z, y)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([[0.0, 2.0], [1.0, 0.0]], [0, 0], gives=(0.5, [[1, 1], [0, 0]], 0)),
            right.given([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [2.0, 1.9, -3.0], [0.0, 0.2, 1.4], [3.0, 0.0, 0.0]],
                        [0, 1, 2, 1, 0], gives=(0.6, [[2, 0, 0], [0, 1, 1], [1, 0, 0]], 3)),
        ],
        mistakes=[
            returns((0.5, [[1, 0], [1, 0]], 0), _("The table lies on its side: its rows are the true classes, its "
                                                  "columns the predicted ones.")),
            returns((0.6, [[2, 0, 0], [0, 1, 1], [1, 0, 0]], 4),
                    _("That wine is the surest of all, and it is right. Look for the surest one among the wrong "
                      "ones.")),
            returns((0.6, [[2, 0, 0], [0, 1, 1], [1, 0, 0]], 2),
                    _("Among the wrong wines you take the one with the largest loss, the least sure one or the first. "
                      "Asked for is the one whose predicted class has the largest probability.")),
            returns((0.6, [[2, 0, 0], [0, 1, 1], [1, 0, 0]], 1),
                    _("That counts among the wrong wines alone. Asked for is the row in Z.")),
            returns((1, [[1, 1], [0, 0]], 0), _("The accuracy is a share, and yours is a count. Look at what to divide "
                                                "by.")),
            returns((0.5, [[0.5, 0.5], [0.0, 0.0]], 0), _("The table holds shares. Asked for are counts.")),
            returns((50.0, [[1, 1], [0, 0]], 0), _("The accuracy is in per cent. A share lies between 0 and 1.")),
            When(lambda returned, Z, y: np.shape(returned[1]) == (1, 1) or np.shape(returned[1]) == (1, 2),
                 _("The table is too small. It has a row and a column for each class that Z has, also where none of "
                   "the wines belongs to it.")),
        ],
        fragile=[
            Fragile(right.given([[2.0, 0.0], [0.0, 1.0]], [0, 1], gives=(1.0, [[1, 0], [0, 1]], -1)),
                    _("Where no wine is wrong there is none to show: return −1.")),
            Fragile(right.given([[1000.0, 1000.0, 0.0], [0.0, 0.2, 1.4], [0.0, 0.0, 900.0]], [1, 1, 2],
                                gives=(1 / 3, [[0, 0, 0], [1, 0, 1], [0, 0, 1]], 1)),
                    _("It is right for small net inputs and breaks at 1000. Look at your softmax.")),
        ],
        right=_("One table, one share, and the wine to look at first."),
    )


def wines(seed: int = 31, seen: int = 100) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the measurements and classes of wines to train on, and of those held out, from scikit-learn's wine data.

    Examples
    --------
    >>> M, y, held_M, held_y = wines()
    >>> M.shape, held_M.shape
    ((100, 13), (78, 13))
    """
    from sklearn.datasets import load_wine  # takes a second, and no other part needs it

    M, y = load_wine(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    return M[order[:seen]], y[order[:seen]], M[order[seen:]], y[order[seen:]]


def judged(W: np.ndarray, M: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the accuracy and the mean loss of weights (K, m + 1) on measurements (N, m) and classes (N,)."""
    with np.errstate(all="ignore"):
        Z = W[:, 0] + M @ W[:, 1:].T
        return float(np.mean(np.argmax(Z, axis=1) == y)), float(cross_entropy(Z, y))


def good(W: np.ndarray, M: np.ndarray, y: np.ndarray) -> bool:
    """Whether weights are good enough on held-out examples."""
    right, loss = judged(W, M, y)
    return right >= 0.9 and loss <= 0.3


def judge(held_M: np.ndarray, held_y: np.ndarray) -> Callable[..., str | None]:
    """Return a judge of `raw_weights(M, y)`: None where the weights are good on the held-out examples, else why not."""
    def sentence(W: np.ndarray, M: np.ndarray, y: np.ndarray) -> str | None:
        if not np.isfinite(W).all():
            return _("W holds nan or infinite numbers. Look at the learning rate, and at large net inputs.")
        if good(W, held_M, held_y):
            return None
        if not W.any():
            return _("All weights are 0. Look at which W you return.")
        mean, deviation = M.mean(axis=0), M.std(axis=0)
        if good(W, (held_M - mean) / deviation, held_y):
            return _("These weights are for standardised measurements. Asked for are those for the measurements as "
                     "they are: look at assignment A1, part 2.")
        if good(-W, held_M, held_y):
            return _("These weights name the least probable class. Look at the sign of your steps.")
        if good(np.roll(W, 1, axis=1), held_M, held_y):
            return _("The biases stand at the end. They come first, in column 0.")
        right, loss = judged(W, held_M, held_y)
        if right >= 0.9:
            return _("The answers are right, but the probabilities are not good enough: loss {loss:.2f} on wines held "
                     "out. Look at how long you train.").format(loss=loss)
        return _("On wines held out {right:.0f} % are right, and the loss is {loss:.2f}. Look at whether you "
                 "standardise before training, at the biases of the converted weights, and at the number of "
                 "epochs.").format(right=100 * right, loss=loss)
    return sentence


@graded(lesson, "7")
def check_raw_weights() -> Function:
    """Feedback on `raw_weights(M, y)`."""
    M, y, held_M, held_y = wines()
    return Function(
        lambda M, y: np.zeros((3, 14)), examples=[Given(M, y)], judge=judge(held_M, held_y), seconds=20.0,
        right=_("At least nine of ten wines that it has not seen are right, and it knows how sure to be."),
    )
