"""Feedback on assignment A1: net input, logistic, activations."""

import numpy as np

from helpers.checks.checking import Fragile, Function, Lesson, When
from helpers.coursework import Stored, graded, returns
from helpers.words import _

lesson = Lesson()


@graded(lesson, "1")
def check_scores() -> Function:
    """Feedback on `scores(M, w)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([4.0, 1.5], [0.6, 0.25, -0.8], gives=0.4),
            right.given([[4.0, 1.5], [-2.0, 0.5], [6.0, -1.0]], [0.6, 0.25, -0.8], gives=[0.4, -0.3, 2.9]),
            right.given([[2.0, 1.0], [-3.0, 4.0]], [0.6, 0.25, -0.8], gives=[0.3, -3.35]),
        ],
        mistakes=[
            returns(-0.2, _("The bias is missing. Look at w₀: M holds no x₀ = 1, so nothing brings it in.")),
            returns(1.975, _("You took the last weight for the bias. Look at the order in w: the bias comes first.")),
            returns(1.0, _("The bias is in twice. Look at each place that brings it in.")),
            returns(3.0, _("A batch gives one number for each hive; you add up all of them. Look at the axis of the "
                           "sum.")),
            returns([3.5, -2.35], _("On a square batch the hives get mixed. Look at the order of the two factors.")),
            returns([True, False, True], _("That is the answer yes or no. Asked for is the net input itself.")),
            When(lambda returned, M, w: np.shape(returned) == (2, 2) or np.shape(returned) == (3, 2),
                 _("Those are the terms, still to be added up for each hive. Look at `*` and `@`.")),
        ],
        fragile=[
            Fragile(right.given([[1.0, 2.0, -1.0, 0.5]], [0.5, 1.0, -1.0, 2.0, 3.0], gives=[-1.0]),
                    _("It is right for batches of two measurements, and not for one hive in a batch with four. Look "
                      "for a number of measurements that is written down, or an axis that gets lost.")),
        ],
        right=_("It serves one hive and a batch alike."),
    )


@graded(lesson, "2")
def check_in_other_units() -> Function:
    """Feedback on `in_other_units(w, scale, shift)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([0.6, 0.25, -0.8], [2.0, 4.0], [10.0, -2.0], gives=[-1.05, 0.125, -0.2]),
            right.given([0.5, 0.75], [2.5], [-5.0], gives=[2.0, 0.3]),
        ],
        mistakes=[
            returns([-10.8, 0.5, -3.2], _("You multiply by the scale. A measurement that has become twice as large "
                                          "needs half the weight to say the same.")),
            returns([0.6, 0.125, -0.2], _("The bias is as before. Look at a hive whose old measurements are all 0: its "
                                          "new ones are not.")),
            returns([-3.5, 0.125, -0.2], _("The bias takes the shift with the old weights. Look at the weight that the "
                                           "shift meets in the new net input.")),
            returns([2.25, 0.125, -0.2], _("The bias moves the wrong way. Look at the sign of what the shift adds to "
                                           "the new net input.")),
            returns([0.125, -0.2], _("The bias is missing: (m + 1,) weights are asked for, the bias first.")),
            returns([0.125, -0.2, -1.05], _("The bias stands at the end. Look at where it stands in w.")),
            returns([-1.05, 0.25, -0.8], _("Only the bias has changed. Look at what the scale does to the other "
                                           "weights.")),
            returns([0.6, 0.25, -0.8], _("Those are the old weights. Look at what the new numbers do to each term.")),
        ],
        right=_("The numbers change, the net inputs stay."),
    )


@graded(lesson, "3")
def check_two_probabilities() -> Function:
    """Feedback on `two_probabilities(z)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given(0.4, gives=[0.401312339887548, 0.598687660112452]),
            right.given([-1.2, 0.0, 2.6], gives=[[0.7685247834990175, 0.23147521650098238], [0.5, 0.5],
                                                 [0.06913842034334682, 0.9308615796566533]]),
        ],
        mistakes=[
            returns([0.598687660112452, 0.401312339887548],
                    _("The two have changed places. Look at which comes first: index 0 belongs to y = 0.")),
            returns([0.0, 0.4], _("Those are net inputs. Look at the function that makes probabilities of them.")),
            When(lambda returned, z: np.shape(returned) == (2, 3),
                 _("The two probabilities lie along the first axis. They belong on a new last one, shape (3, 2).")),
            When(lambda returned, z: np.shape(returned) == np.shape(z),
                 _("That is one probability for each z. Asked for are both, on a new last axis.")),
            When(lambda returned, z: np.shape(returned) == np.shape([z, z]) and np.ndim(z) == 0
                 and abs(np.sum(returned) - 1) > 1e-4,
                 _("The two do not sum to 1. Look at the one that you trust less.")),
        ],
        fragile=[
            Fragile(right.given([-40.0, 40.0], gives=[[1.0, 4.248354255291589e-18], [4.248354255291589e-18, 1.0]]),
                    _("It is right near 0, but far out the small probability is lost. Look for a subtraction from 1: "
                      "lesson 02 has another form for it.")),
            Fragile(right.given([-1000.0, 1000.0], gives=[[1.0, 0.0], [0.0, 1.0]]),
                    _("It breaks at ±1000. Look at which exponents can become large and positive.")),
            Fragile(right.given([[0.4, 0.0], [0.0, 0.4]], gives=[
                        [[0.401312339887548, 0.598687660112452], [0.5, 0.5]],
                        [[0.5, 0.5], [0.401312339887548, 0.598687660112452]]]),
                    _("It is right for a list of z, and not for an array with two axes. Look at the axis along which "
                      "you join the two.")),
        ],
        right=_("Both are right, however small the one becomes."),
        atol=0.0,
    )


@graded(lesson, "4")
def check_times_the_odds() -> Function:
    """Feedback on `times_the_odds(p, factor)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given(0.5, 0.25, gives=0.2),
            right.given([0.2, 0.6, 0.9], 3.0, gives=[0.42857142857142855, 0.8181818181818182, 0.9642857142857143]),
        ],
        mistakes=[
            returns(0.25, _("Those are the new odds. Look at how odds become a probability again.")),
            returns(0.125, _("You multiply the probability. The factor belongs to the odds, p / (1 − p).")),
            returns(0.8, _("The odds are divided by the factor, or turned over. Look at which of the two "
                           "probabilities the odds begin with.")),
            returns(0.5621765008857981, _("You add the factor to the log-odds. A factor on the odds is something else "
                                          "on their logarithm.")),
            returns(0.5, _("The probability is as before. Look at where the factor is used.")),
        ],
        fragile=[
            Fragile(right.given([0.0, 1.0], 4.0, gives=[0.0, 1.0]),
                    _("It is right between 0 and 1, and not at 0 and 1 themselves: what is certain stays certain, "
                      "whatever the factor. Look for a division by 0.")),
        ],
        right=_("The odds are multiplied, and no probability leaves the range from 0 to 1."),
    )


@graded(lesson, "5")
def check_treat() -> Function:
    """Feedback on `treat(z, in_vain, missed)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([-2.0, -1.0, 0.5, 1.5], 1.0, 3.0, gives=[False, True, True, True]),
            right.given([-1.0, 0.0, 1.0, 2.0], 6.0, 2.0, gives=[False, False, False, True]),
            right.given([-0.5, 0.0, 0.5], 2.0, 2.0, gives=[False, False, True]),
        ],
        mistakes=[
            returns([False, False, True, True], _("You treat where P is above one half. With these costs another "
                                                  "threshold is cheaper: look at what a yes and a no cost.")),
            returns([False, False, False, True], _("The two costs have changed places. Which of them do you pay when "
                                                   "you treat a hive that has no mites?")),
            returns([True, False, False, False], _("You treat just those hives that you should leave alone. Look at "
                                                   "the comparison.")),
            returns([True, True, True, True], _("You treat all of them. Look at the hive with z = −2.")),
            returns([False, False, False, False], _("You treat none. Look at what you compare with the threshold: both "
                                                    "should be z, or both P.")),
            returns([False, True, True], _("Where both cost the same, the answer is no. Look at the comparison, > or "
                                           "≥.")),
        ],
        fragile=[
            Fragile(right.given([40.0, 60.0, 80.0, 1000.0], 1e30, 1.0, gives=[False, False, True, True]),
                    _("It fails where P is so close to 1 that it is rounded to 1. Look for a comparison that needs no "
                      "probability: a threshold on P is a threshold on z.")),
        ],
        right=_("A threshold on z does it, at any size."),
    )


@graded(lesson, "6")
def check_silent_units() -> Function:
    """Feedback on `silent_units(X, W)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([[1.0, 2.0], [1.0, -3.0], [1.0, 0.5]], [[-4.0, 1.0], [0.0, 1.0]], gives=[True, False]),
            right.given([[1.0, 2.0], [1.0, 3.0]], [[-4.0, 1.5], [-1.0, -1.0]], gives=[False, True]),
            right.given([[1.0, 2.0], [1.0, -2.0]], [[-2.0, 1.0], [-2.0, -2.0], [3.0, 1.0]],
                        gives=[True, False, False]),
        ],
        mistakes=[
            returns([False, True], _("That tells which units are on for some example. Asked for are those that never "
                                     "are.")),
            returns([True, True], _("That tells which units are off for some example. Asked for are those that are off "
                                    "for all.")),
            returns([False, False, False],
                    _("At z = 0 this course takes the slope 0, so such a unit is off there too. Look at the "
                      "comparison with 0.")),
            returns([False, True, False], _("You go along the wrong axis: one answer for each example, and not for "
                                            "each unit.")),
            When(lambda returned, X, W: np.ndim(returned) == 2,
                 _("Those are answers for every pair of example and unit. Bring them together, one for each unit.")),
            When(lambda returned, X, W: np.shape(returned) == (),
                 _("That is one answer for the whole layer. Asked for is one for each unit.")),
        ],
        right=_("Such a unit gets no slope from any example, so no example can wake it up."),
    )


def square(z):
    """The activation of the examples by hand."""
    return z**2


def twice(z):
    """Its slope."""
    return 2 * z


def tanh_slope(z):
    """The slope of tanh."""
    return 1 - np.tanh(z) ** 2


@graded(lesson, "7")
def check_chain() -> Function:
    """Feedback on `chain(x, w, b, f, slope)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given(2.0, [3.0], [1.0], square, twice, gives=(49.0, 42.0)),
            right.given(2.0, [0.5, 3.0], [1.0, -4.0], square, twice, gives=(64.0, 96.0)),
            right.given(0.8, [1.5, -2.0, 0.5], [-0.3, 0.7, 0.1], np.tanh, tanh_slope,
                        gives=(-0.2091912299109181, -0.4259008258263581)),
        ],
        mistakes=[
            returns((49.0, 14.0), _("The slopes are there, the weights are missing. Look at how far z moves when the "
                                    "input of a layer moves by 1.")),
            returns((49.0, 294.0), _("You take the slope at the output of the layer. Look at where f′ is to be taken: "
                                     "at the net input.")),
            returns((49.0, 12.0), _("You take the slope at the input of the layer. Look at where f′ is to be taken: at "
                                    "the net input.")),
            returns((49.0, 3.0), _("Those are the weights alone. Look at what the activation does to a small change.")),
            returns((36.0, 36.0), _("The biases are missing. Look at the net input of a layer.")),
            returns((7.0, 42.0), _("The first number is the last net input. Asked for is the output behind the "
                                   "activation.")),
            returns((42.0, 49.0), _("The two have changed places: output first, then gradient.")),
            returns((64.0, 32.0), _("The weight of the first layer is in the gradient, that of a later one is not. "
                                    "Each layer brings its own factor.")),
            returns((64.0, 48.0), _("That is the slope of the last layer alone. The layers before it are in the way of "
                                    "a small change too.")),
            returns((64.0, 50.0), _("You add the factors of the layers. Look at the chain rule.")),
            returns((9.0, 36.0), _("The layers come in the wrong order. Look at which weight x meets first.")),
        ],
        right=_("One pass gives both: the output, and how it answers to the input."),
    )
