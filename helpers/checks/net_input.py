"""Feedback on lesson 01: net input."""

import numpy as np

from helpers.activations import net_input
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

A, B = np.array([-1.0, 2.0]), np.array([3.0, 0.0])     # the two points of exercise 1.4
NEAR = 0.02                                            # how far the line may pass by them


@lesson.exercise("1.1")
def check_net_input() -> Function:
    """Feedback on `net_input(x, w)`, for one example and for a batch."""
    return Function(
        net_input,
        examples=[
            Given([1.0, 2.0], [3.0, 0.25]),
            Given([1.0, 1.4, 2.5], [0.4, 0.3, 0.5]),
            Given([[1.0, 1.4, 2.5], [1.0, 1.4, -2.5]], [0.4, 0.3, 0.5]),
            Given([[1.0, 1.4, 2.5]], [0.4, 0.3, 0.5]),
            Given([[1.0, 2.0, -1.0], [1.0, 0.5, 3.0], [1.0, -2.0, 4.0]], [0.5, -1.0, 2.0]),
        ],
        mistakes=[
            Like(lambda x, w: x * w,
                 _("Those are the terms, not yet their sum. Look at what `*` does, and what `@` does.")),
            When(lambda returned, x, w: np.shape(returned) == () and x.shape == (1, 3),
                 _("A batch of one example is still a batch: its answer has shape (1,). Look at where an axis gets "
                   "lost.")),
            Like(lambda x, w: np.sum(x * w),
                 _("A batch gives one number per example; you add up all its terms to a single one. Look at the axis "
                   "of the sum.")),
            Like(lambda x, w: np.sum(x * w, axis=0),
                 _("You add up along the examples, so that each column gives a number. Look at the axis of the sum.")),
            Like(lambda x, w: w @ x,
                 _("On a square batch this mixes the examples: `w @ x` sums over the rows of `x`. Look at the order of "
                   "the two factors.")),
            Like(lambda x, w: x[..., 1:] @ w[1:],
                 _("The bias weight is missing. Look at w₀: it has an input too, x₀ = 1.")),
            Like(lambda x, w: np.mean(x * w, axis=-1),
                 _("That is the mean of the terms, and z is their sum. Look at what you do with the terms.")),
            Like(lambda x, w: w[0] + x @ w,
                 _("The bias weight is in twice. Look at x₀ = 1: it already brings w₀ into the sum.")),
            When(lambda returned, x, w: returned.shape == (len(x), 1) and x.ndim == 2,
                 _("The numbers stand in a column, shape (N, 1); shape (N,) is asked for. Look at `keepdims` or "
                   "`reshape`.")),
            When(lambda returned, x, w: returned.shape == (1,) and x.ndim == 1,
                 _("One example gives a single number, not an array with one entry. Look at where an axis was added.")),
            When(lambda returned, x, w: np.shape(returned) == np.shape(x @ w) and np.allclose(returned, x @ w > 0),
                 _("That says on which side of the boundary an example lies. Look for a comparison: z itself is asked "
                   "for.")),
        ],
        fragile=[
            Fragile(Given(np.zeros((0, 3)), np.array([0.4, 0.3, 0.5])),
                    _("It is right, but not for an empty batch, whose answer is empty too: shape (0,). Look at a loop "
                      "or an index that needs a first example.")),
            Fragile(Given(np.ones((2, 5)), np.arange(5.0)),
                    _("It is right for two measurements, but not for four. Look for a number of inputs that you wrote "
                      "out by hand.")),
        ],
        right=_("It serves one example and a batch alike. With `@` a single product does so."),
    )


@lesson.exercise("1.2")
def check_add_bias() -> Function:
    """Feedback on `add_bias(x)`, for one example and for a batch."""
    return Function(
        lambda x: np.concatenate([np.ones((*x.shape[:-1], 1)), x], axis=-1),
        examples=[
            Given([1.4, 2.5]),
            Given([[1.4, 2.5], [1.4, -2.5], [-1.0, 0.5]]),
            Given([[2.0, 3.0], [4.0, 5.0]]),
            Given([[1.4, 2.5]]),
        ],
        mistakes=[
            Like(lambda x: x, _("Nothing was added. Look at the last axis: it has to become one longer.")),
            Like(lambda x: np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1),
                 _("The 1 stands at the end. Look at where w₀ stands in w: its input has the same place.")),
            Like(lambda x: np.concatenate([np.zeros((*x.shape[:-1], 1)), x], axis=-1),
                 _("You put 0 in front. Look at what a bias input of 0 does to the term w₀x₀.")),
            Like(lambda x: np.concatenate([np.ones((*x.shape[:-1], 1)), x[..., 1:]], axis=-1),
                 _("The 1 took the place of the first measurement. Look at the number of columns: none may get lost.")),
            When(lambda returned, x: x.ndim == returned.ndim == 2 and len(returned) > len(x),
                 _("The batch has a row more than before, a further example. Look at the axis: each example needs one "
                   "more input.")),
            When(lambda returned, x: x.ndim == 2 and returned.ndim == 1,
                 _("The batch was flattened to one axis. Look at the argument `axis`.")),
            Like(lambda x: 1 + x,
                 _("You added 1 to each measurement. The 1 stands in front of them, as an input of its own: look at "
                   "how arrays are joined.")),
            Like(lambda x: np.ones((*x.shape[:-1], x.shape[-1] + 1)),
                 _("Everything is 1. Look at where the measurements go.")),
            When(lambda returned, x: x.ndim == 1 and returned.shape == (1, len(x) + 1),
                 _("One example became a batch of one. Look at where an axis was added: shape (m + 1,) is asked for.")),
            When(lambda returned, x: x.ndim == 1 and returned.ndim == 2,
                 _("One example became an array with two axes. Look at how the ones and `x` are joined when `x` has a "
                   "single axis.")),
            When(lambda returned, x: returned.shape[-1] > x.shape[-1] + 1,
                 _("Too many numbers were added. Each example gets a single 1: look at how many ones you join.")),
        ],
        fragile=[
            Fragile(Given(np.array([[2, 3], [4, 5]])),
                    _("It is right for decimal numbers, but not for integers. Look at the kind of number that you "
                      "start from.")),
            Fragile(Given(np.full((2, 4), 0.5)),
                    _("It is right for two measurements, but not for four. Look for a number of inputs that you wrote "
                      "out by hand.")),
        ],
        right=_("Now every example brings its own x₀ = 1."),
    )


@lesson.exercise("1.3")
def check_count_ripe() -> Function:
    """Feedback on `count_ripe(X, w)`, the repaired program."""
    return Function(
        lambda X, w: int(np.sum(X @ w > 0)),
        examples=[
            # Known mistakes that fail first on the same example give different counts there; those that fail late are
            # listed first, for on the early examples they are right.
            Given([[1.0, 1.4, -2.0], [1.0, 1.4, 2.5]], [0.4, 0.3, 0.5]),
            Given([[1.0, -6.0, -1.0], [1.0, 2.0, 3.0], [1.0, -6.0, -1.0], [1.0, 1.0, 2.0]], [0.5, 1.0, 1.0]),
            Given([[1.0, 3.0, -1.0], [1.0, -1.0, 3.0], [1.0, -1.5, -2.0], [1.0, 0.9, -0.2]], [-0.5, 1.0, 1.0]),
            Given([[1.0, 2.0, 2.0], [1.0, 0.5, 1.0], [1.0, 2.0, 1.0]], [-2.0, 1.0, 1.0]),
            Given([[1.0, 2.0, 1.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]], [-2.0, 1.0, 1.0]),
        ],
        mistakes=[
            Like(lambda X, w: int(np.sum(X @ w >= 0)),
                 _("A tomato exactly on the line counts as ripe in yours. Look at the comparison: z > 0 is asked "
                   "for.")),
            Like(lambda X, w: int(np.sum(X[:, 1:] @ w[1:] > 0)),
                 _("The bias is missing. Look at the first column of `X`.")),
            Like(lambda X, w: int(np.sum(X @ w < 0)),
                 _("You count the tomatoes with z < 0. Look at the comparison.")),
            Like(lambda X, w: int(np.sum(w @ X > 0)),
                 _("`w @ X` mixes the tomatoes of a square batch. Look at the order of the two factors.")),
            Like(lambda X, w: int(np.sum(np.all(X * w > 0, axis=1))),
                 _("You ask that every term is positive. Only their sum decides: look at a tomato with one negative "
                   "term and z > 0.")),
            Like(lambda X, w: int(np.sum(X * w) > 0),
                 _("The terms of all tomatoes went into one sum. Look at the axis: one sum for each row.")),
            Like(lambda X, w: int(X[0] @ w > 0),
                 _("That counts the first tomato only. If you use a loop, look at where `return` stands.")),
            Like(lambda X, w: int(np.sum(X * w > 0)),
                 _("That is the number of positive terms, up to three for each tomato. Look at how many numbers you "
                   "compare with 0.")),
            Like(lambda X, w: int(np.sum(np.sum(X * w, axis=0) > 0)),
                 _("You sum over the tomatoes and count columns. Look at the axis of the sum.")),
            Like(lambda X, w: len(X),
                 _("That is the number of all tomatoes. Look at which of them have z > 0.")),
            Like(lambda X, w: X @ w > 0,
                 _("That is an answer for each tomato. Look at how truth values become a count.")),
            Like(lambda X, w: X @ w,
                 _("Those are the net inputs themselves. Look at how many of them are above 0.")),
            Like(lambda X, w: np.mean(X @ w > 0),
                 _("That is the share of ripe tomatoes. Look at the difference between a mean and a count.")),
            Like(lambda X, w: np.sum(X @ w),
                 _("That adds up the net inputs. Look at what is to be counted.")),
        ],
        right=_("One net input for each tomato, one count in the end."),
    )


def _misses(w: np.ndarray, point: np.ndarray) -> float:
    """How far the line z = 0 passes by a point."""
    return abs(w[0] + w[1:] @ point) / np.hypot(w[1], w[2])


@lesson.exercise("1.4")
def check_boundary() -> Answer:
    """Feedback on `boundary`, the weights [w₀, w₁, w₂] of the line through A and B with z > 0 at the origin."""
    return Answer(
        like=[0.0, 0.0, 0.0],
        tests=[
            (lambda w: bool(np.any(w)), _("With all weights 0, z is 0 everywhere, and that is no line. Look for other "
                                          "weights.")),
            (lambda w: bool(np.any(w[1:])), _("With w₁ = w₂ = 0 there is no line. Look at what these two weights do to "
                                              "it.")),
            (lambda w: w[0] != 0 or min(_misses(w, A), _misses(w, B)) <= NEAR,
             _("With w₀ = 0 the line passes through the origin, and A and B are not in line with it. Look at the "
               "bias.")),
            (lambda w: max(_misses(w[[2, 0, 1]], A), _misses(w[[2, 0, 1]], B)) > NEAR,
             _("Those numbers are right in another order. Look at the place of w₀: the bias weight comes first.")),
            (lambda w: max(_misses(w * [-1, 1, 1], A), _misses(w * [-1, 1, 1], B)) > NEAR,
             _("The line has the right direction, but lies on the other side of the origin. Look at the sign of w₀.")),
            (lambda w: max(_misses(w[[0, 2, 1]], A), _misses(w[[0, 2, 1]], B)) > NEAR,
             _("w₁ and w₂ have changed places. Look at which measurement each belongs to.")),
            (lambda w: abs(w[1:] @ (B - A)) / np.hypot(w[1], w[2]) > NEAR
             or max(_misses(w, A), _misses(w, B)) <= NEAR,
             _("The line is parallel to the one through A and B. Look at the one weight that moves it without turning "
               "it.")),
            (lambda w: min(_misses(w, A), _misses(w, B)) <= NEAR,
             lambda w: _("The line passes A at a distance of {a:.2f} and B at {b:.2f}. Look at z: it is 0 at both "
                         "points.").format(a=_misses(w, A), b=_misses(w, B))),
            (lambda w: _misses(w, B) <= NEAR,
             _("The line goes through A, but not through B. Look at z at B = (3, 0): one weight has no say there.")),
            (lambda w: _misses(w, A) <= NEAR,
             _("The line goes through B, but not through A. Look at z at A = (−1, 2).")),
            (lambda w: w[0] > 0, _("It is the right line, but the origin lies on its side z < 0. Look at what the "
                                   "opposite weights do.")),
        ],
        right=_("Any positive multiple of these weights has the same line and the same sides."),
    )


# ---------------------------------------------------------------------------------------------- predictions


@lesson.prediction
def firmer() -> Number:
    return Number(
        _("Redness 1.4 as before, softness −2.5: what is the score?"),
        right=-0.43, tolerance=0.005,
        yes=_("0.4 + 0.42 − 1.25: one term of three changes its sign, the other two stay."),
        replies=[
            ((-2.08, -2.06), _("That would be so if all three terms changed their sign. Only that of the softness "
                               "does.")),
            ((2.06, 2.08), _("That is the score of the first tomato. The term of the softness is negative now.")),
            ((0.81, 0.83), _("That leaves the softness out. A negative measurement counts as well: it takes away.")),
            ((-0.84, -0.82), _("You left out the start of 0.4, which every tomato gets.")),
        ],
        otherwise=_("Add three terms: the start 0.4, then 0.3 times 1.4, then 0.5 times −2.5."),
    )


@lesson.prediction
def bias() -> Choice:
    return Choice(
        _("You raise w₀ alone, from 0.4 to 1.4. What does the line z = 0 do?"),
        [
            (_("It turns."), _("The slope −w₁/w₂ has no w₀ in it, so the line cannot turn.")),
            (_("It moves and stays parallel to itself, so that more points have z > 0."),
             _("The slope −w₁/w₂ has no w₀ in it. z grows by 1 at every point, so where it was a little below 0 it is "
               "above 0 now.")),
            (_("It moves and stays parallel to itself, so that fewer points have z > 0."),
             _("Parallel is right. But every point's z grows by 1: none falls below 0, some rise above it.")),
            (_("It stays; only z grows."),
             _("If z grows everywhere, the points at which it was 0 are no longer on the line. So the line moves.")),
        ],
        right=1,
    )


@lesson.prediction
def double() -> Choice:
    return Choice(
        _("You double all three weights. What happens?"),
        [
            (_("z doubles everywhere, and the line moves away from the origin."),
             _("z doubles, that is right. But where z was 0, twice 0 is still 0, so the line stays.")),
            (_("z doubles everywhere, and the line stays where it is."),
             _("Twice 0 is 0: the same points have z = 0.")),
            (_("z stays as it is, and the line turns."),
             _("Each term of the sum doubles, so z does too. And the slope −w₁/w₂ is the same ratio as before.")),
            (_("Nothing at all changes."),
             _("The line does not, that is right. But each term doubles, and so does their sum z.")),
        ],
        right=1,
    )


@lesson.prediction
def products() -> Choice:
    return Choice(
        _("Which of these four products does NumPy refuse?"),
        [
            ("x @ w", _("Two arrays of shape (3,) give their dot product, a single number.")),
            ("w @ x", _("This is the same dot product: an array of shape (3,) is neither a row nor a column, so no "
                        "order is wrong.")),
            ("X @ w", _("The 3 columns of X meet the 3 weights: this gives 4 numbers, one for each row.")),
            ("w @ X", _("w brings 3 numbers, and the sum would run over the 4 rows of X: 3 and 4 do not fit.")),
        ],
        right=3,
    )
