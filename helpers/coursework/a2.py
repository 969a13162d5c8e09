"""Feedback on assignment A2: softmax and cross-entropy."""

import numpy as np

from helpers.checks.checking import Fragile, Function, Given, Lesson, When
from helpers.coursework import Stored, graded, returns
from helpers.words import _

lesson = Lesson()

BIRDS = [[2.2, 0.9, -0.4, 1.3], [-1.0, 0.5, 2.5, 0.3], [0.7, 0.7, -0.2, 1.6]]   # net inputs of three recordings


@graded(lesson, "1")
def check_softmax_among() -> Function:
    """Feedback on `softmax_among(Z, allowed)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([1.0, 1.0, 5.0], [True, True, False], gives=[0.5, 0.5, 0.0]),
            right.given(BIRDS[0], [True, False, True, True],
                        gives=[0.675290925041, 0.0, 0.050156273338, 0.27455280162]),
            right.given(BIRDS, [[True, True, False, True], [True, True, False, False], [True] * 4], gives=[
                [0.595556628426, 0.162308115798, 0.0, 0.242135255776], [0.182425523806, 0.817574476194, 0.0, 0.0],
                [0.205500307342, 0.205500307342, 0.083550190033, 0.505449195283]]),
        ],
        mistakes=[
            returns([0.017668422014, 0.017668422014, 0.964663155972],
                    _("That is softmax over all classes. Look at where `allowed` comes in.")),
            returns([0.017668422014, 0.017668422014, 0.0],
                    _("The classes that are left do not sum to 1. The others must not take part in the sum either.")),
            returns([0.422318798252, 0.422318798252, 0.155362403497],
                    _("A net input of 0 is not out of the game: its exponential is 1. Look for a net input whose "
                      "exponential is 0.")),
            returns([0.0, 0.0, 1.0], _("You have kept the classes that are not allowed. Look at what True means.")),
            returns([1.0, 1.0, 0.0], _("Those are not divided by their sum yet. Look at the second step of softmax.")),
            When(lambda returned, Z, allowed: np.shape(returned) == (2,),
                 _("The class that is not allowed is left out. It keeps its place, with the probability 0.")),
            When(lambda returned, Z, allowed: np.shape(returned) == Z.shape == (3, 4)
                 and abs(returned.sum() - 1) < 1e-6,
                 _("All numbers of the batch together sum to 1. Look at which of them belong to one recording.")),
            When(lambda returned, Z, allowed: Z.shape == (3, 4) and np.allclose(returned.sum(axis=0), 1),
                 _("The columns sum to 1. Look at the axis of the sum.")),
        ],
        fragile=[
            Fragile(right.given([1000.0, 1001.0, 0.0], [True, True, False],
                                gives=[0.2689414213699951, 0.7310585786300049, 0.0]),
                    _("It is right for small net inputs and breaks at 1000. Look at the largest number that goes into "
                      "exp.")),
            Fragile(right.given([0.5, 0.5, 2000.0], [True, True, False], gives=[0.5, 0.5, 0.0]),
                    _("It breaks where a class that is not allowed is far ahead. Look at the maximum that you "
                      "subtract: whose is it?")),
            Fragile(right.given(BIRDS, [True, True, False, False], gives=[
                        [0.785834983043, 0.214165016957, 0.0, 0.0], [0.182425523806, 0.817574476194, 0.0, 0.0],
                        [0.5, 0.5, 0.0, 0.0]]),
                    _("It is right where every recording has a row of its own in `allowed`, and not where a single "
                      "row, (K,), serves all. Look at what needs both shapes to be the same.")),
            Fragile(right.given(np.array([1.0, 1.0, 5.0], np.float32), [True, True, False],
                                gives=np.array([0.5, 0.5, 0.0], np.float32)),
                    _("The values are right, but float32 has become another type. Look for a new array that is made "
                      "with a type of its own."), dtype=True),
        ],
        right=_("What is not allowed gets nothing, and the rest share 1 as softmax shares it."),
    )


@graded(lesson, "2")
def check_net_inputs_for() -> Function:
    """Feedback on `net_inputs_for(P)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([0.2, 0.3, 0.5], gives=[-0.916290731874155, -0.5108256237659907, 0.0]),
            right.given([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25], [0.6, 0.1, 0.1, 0.2]], gives=[
                [-1.3862943611198906, -0.6931471805599453, -0.2876820724517809, 0.0], [0.0, 0.0, 0.0, 0.0],
                [1.0986122886681098, -0.6931471805599453, -0.6931471805599453, 0.0]]),
        ],
        mistakes=[
            returns([-1.609437912434, -1.203972804326, -0.69314718056],
                    _("Those are net inputs that lead to P, but the last one is not 0. Look at what you may add to "
                      "all of them.")),
            returns([0.0, 0.405465108108, 0.916290731874],
                    _("The first net input is 0. Asked for is that the last one is.")),
            returns([0.4, 0.6, 1.0], _("Those are ratios of probabilities. Look at what a difference of net inputs is "
                                       "in terms of such a ratio.")),
            returns([-1.38629436112, -0.847297860387, 0.0],
                    _("You take the log-odds of each probability alone. That is the way back from the logistic "
                      "function, not from softmax.")),
            returns([-0.440585279994, -0.035120171886, 0.47570545188],
                    _("Your net inputs sum to 0. Asked for is that the last one is 0.")),
            returns([-0.3, -0.2, 0.0], _("Those are differences of probabilities. Look for the function that undoes "
                                         "exp.")),
            returns([[-0.69314718056, 0.0, 0.405465108108, 0.69314718056], [0.223143551314] * 4,
                     [1.098612288668, -0.69314718056, -0.69314718056, 0.0]],
                    _("Every row is shifted by the same number. Each has a last class of its own: look at the axis, "
                      "and at how many axes are kept.")),
        ],
        right=_("With one of them fixed, the net inputs follow from the probabilities."),
    )


@graded(lesson, "3")
def check_at_temperature() -> Function:
    """Feedback on `at_temperature(P, T)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([0.2, 0.8], 0.5, gives=[1 / 17, 16 / 17]),
            right.given([[0.0, 0.36, 0.64], [0.25, 0.25, 0.5]], 2.0, gives=[
                [0.0, 0.42857142857142855, 0.5714285714285714],
                [0.2928932188134525, 0.2928932188134525, 0.414213562373095]]),
        ],
        mistakes=[
            returns([0.2, 0.8], _("Those are the old probabilities. Whoever divides them by T, and then by the sum, "
                                  "gets them back: look at what T divides.")),
            returns([0.333333333333, 0.666666666667],
                    _("A temperature below 1 makes the larger one bolder, and yours makes it more careful. Look at T "
                      "and 1/T.")),
            returns([0.231475216501, 0.768524783499],
                    _("You take the probabilities for net inputs. Look at how net inputs come out of them.")),
            returns([0.04, 0.64], _("They do not sum to 1 yet. Look at what is still to be divided.")),
            returns([-3.218875824868, -0.446287102628],
                    _("Those are the new net inputs. Asked for are the probabilities.")),
            When(lambda returned, P, T: np.ndim(returned) == 2 and abs(np.sum(returned) - 1) < 1e-6,
                 _("All rows together sum to 1. Look at the axis of the sum.")),
            When(lambda returned, P, T: np.ndim(returned) == 2 and np.isnan(returned[0]).any(),
                 _("A probability of 0 makes nan of its row. Look at the logarithm of 0, and at what becomes of it.")),
            When(lambda returned, P, T: np.ndim(returned) == 2 and 0 < returned[0, 0] < 0.01,
                 _("What is impossible is no longer so. Look for a small number that is added.")),
        ],
        fragile=[
            Fragile(right.given([0.4, 0.4, 0.2], 0.001, gives=[0.5, 0.5, 0.0]),
                    _("It is right at ordinary temperatures and breaks at 0.001, where all powers become 0. Look for "
                      "the shift that lesson 05 makes before exp.")),
            Fragile(right.given([0.2, 0.3, 0.5], 1e9, gives=[1 / 3, 1 / 3, 1 / 3]),
                    _("It breaks where it is very hot. Look at what is left of 1/T.")),
        ],
        right=_("No net inputs are needed to change the temperature, for the probabilities hold them up to a shift."),
    )


@graded(lesson, "4")
def check_counted_loss() -> Function:
    """Feedback on `counted_loss(Z, y, n)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([[1.0, 0.0], [0.0, 0.0]], [1, 0], [3, 1], gives=1.1582330607786535),
            right.given(BIRDS, [0, 1, 3], [5, 1, 2], gives=0.8020401792043631),
        ],
        mistakes=[
            returns(1.003204434039084, _("Each recording counts once. Look at where n comes in.")),
            returns(4.632932243114614, _("That is the sum over all times that a recording was heard. Asked for is the "
                                         "mean.")),
            returns(2.316466121557307, _("You divide by the number of recordings. Look at how many times something was "
                                         "heard altogether.")),
            returns(1.1186943929702111, _("You take the logarithm of the mean probability. Look at the order: first "
                                          "the logarithm, then the mean.")),
            returns(0.501602217019542, _("The losses are added up without n, and divided with it. Look at both "
                                         "places.")),
            returns(-1.1582330607786535, _("A loss cannot be below 0. Look at the sign of the logarithm.")),
            returns(1.6709770929790089, _("Those are bits. A loss in nats takes the natural logarithm.")),
            returns(0.4082330607786534, _("The true class is always 0 in yours, or the labels are not used. Look at "
                                          "the index of each row.")),
            returns(0.3267060660274963, _("That is the mean probability of the true class. Look at what makes a "
                                          "surprise of it.")),
            When(lambda returned, Z, y, n: np.shape(returned) == (len(Z),),
                 _("Those are the losses one by one. Asked for is one number.")),
        ],
        fragile=[
            Fragile(right.given([[0.0, 1000.0], [2000.0, 0.0]], [0, 0], [1, 3], gives=250.0),
                    _("It is right for small net inputs and breaks at 1000. Look for the form that needs no "
                      "probability.")),
        ],
        right=_("It is the mean over all that was heard, and right at any size of the net inputs."),
    )


@graded(lesson, "5")
def check_two_parts() -> Function:
    """Feedback on `two_parts(Y, Z)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([[0.25, 0.75]], [[0.0, 0.0]], gives=(0.5623351446188083, 0.130812035941137)),
            right.given([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]], [[1.0, 0.0, -1.0], [0.4, 1.4, 0.4]],
                        gives=(0.34657359027997264, 0.38295174890824313)),
        ],
        mistakes=[
            returns((0.5623351446188083, 0.6931471805599453),
                    _("The second number is the cross-entropy, the sum of both parts. Look at what is left without "
                      "the entropy.")),
            returns((0.130812035941137, 0.5623351446188083),
                    _("The two have changed places: what the labels cost comes first.")),
            returns((0.5623351446188083, 0.14384103622589042),
                    _("That is the divergence the other way round. It is not a distance: look at which of the two "
                      "weighs the logarithms.")),
            returns((0.6931471805599453, 0.130812035941137),
                    _("That is the entropy of the model's p. Look at which of the two the labels are.")),
            returns((0.8112781244591328, 0.1887218755408672), _("Those are bits. Take the natural logarithm.")),
            returns((0.6931471805599453, 0.7659034978164863),
                    _("Those are sums over the examples. Asked for are the means.")),
            returns((-0.5623351446188083, 0.130812035941137),
                    _("An entropy cannot be below 0. Look at the sign of the logarithm.")),
            When(lambda returned, Y, Z: any(np.isnan(part).any() for part in returned),
                 _("0 · ln 0 makes nan. A class with the label 0 never happens, so it contributes nothing: look at how "
                   "to leave it out.")),
        ],
        fragile=[
            Fragile(right.given([[1.0, 0.0], [0.5, 0.5]], [[2000.0, 0.0], [0.0, 0.0]],
                                gives=(0.34657359027997264, 0.0)),
                    _("It breaks where a net input is far above the others. Look for ln p without p.")),
        ],
        right=_("The first part the model cannot change, the second one it can."),
    )


WORDS = ("healthy", "softmax twice", "base 2", "sum", "clipped")


def _form(returned: dict) -> str | None:
    """Say what is wrong with the form of a diagnosis; its content is looked at when it is marked."""
    if set(returned) != set("ABCDE"):
        return _("The answer has the keys {keys}. Asked for are A, B, C, D and E.").format(
            keys=", ".join(map(str, returned)) or "–")
    if any(word is None or word is ... for word in returned.values()):
        return _("One of the five is still empty. Write a word for each program.")
    unknown = [word for word in returned.values() if word not in WORDS]
    if unknown:
        return _("{word!r} is none of the five words. Look at how the table writes them.").format(word=unknown[0])
    if len(set(returned.values())) == 1:
        return _("You give the same word to all of them. At least two of the programs differ.")
    return None


@graded(lesson, "6")
def check_diagnosis() -> Function:
    """Feedback on the form of `diagnosis()`; whether its words are right is seen when it is marked."""
    return Function(
        lambda: {"A": "healthy"}, examples=[Given()], judge=_form,
        right=_("The form is right. Whether the words are is seen when it is marked."),
    )


@graded(lesson, "7")
def check_log_likelihood_ratio() -> Function:
    """Feedback on `log_likelihood_ratio(Za, Zb, y)`."""
    right = Stored()
    return Function(
        right,
        examples=[
            right.given([[np.log(3.0), 0.0]], [[0.0, 0.0]], [0], gives=0.4054651081081644),
            right.given([[1.0, 0.0, -1.0], [0.0, 2.0, 0.0], [0.5, 0.5, 0.5]],
                        [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [2.0, 0.0, 0.0]], [0, 1, 2], gives=2.454388839613871),
        ],
        mistakes=[
            returns(1.5, _("That is the ratio itself. Asked for is its logarithm.")),
            returns(-0.4054651081081644, _("That is the ratio the other way round. Look at which model is above the "
                                           "fraction line.")),
            returns(-0.2876820724517809, _("That is the logarithm of one likelihood alone. Look at what the other "
                                           "model brings in.")),
            returns(1.0986122886681098, _("Those are the net inputs alone. Look at what softmax divides by.")),
            returns(0.5849625007211562, _("Those are bits. Take the natural logarithm.")),
            returns(0.17609125905568124, _("That is a logarithm to base 10. Take the natural one.")),
            returns(0.8181296132046237, _("That is the mean over the examples. A likelihood is a product, so its "
                                          "logarithm is a sum.")),
            returns(0.25, _("That is the difference of the probabilities. Look at what becomes of a ratio in the "
                            "logarithm.")),
            returns(0.45438883961387044, _("You take the largest probability of each row. Look at the labels.")),
        ],
        fragile=[
            Fragile(right.given([[0.0, 1000.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 900.0]], [0, 0],
                                gives=-100.0),
                    _("It breaks where a probability is rounded to 0. Look for ln p without p.")),
        ],
        right=_("Sums of logarithms do not underflow, where products of probabilities do."),
    )
