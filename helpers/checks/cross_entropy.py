"""Feedback on lesson 07: cross-entropy."""

import numpy as np

from helpers import losses
from helpers.activations import log_softmax, log_sum_exp, logistic, softmax
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

BATCH = [[1.78, 0.76, 1.65], [0.5, 1.5, -1.0]]
WORDS = ("right", "base 2", "base 10", "sum", "large weights")     # the answers of exercise 7.1


def _of_true(values, y):
    """The entry of the true class in each row; y as indices or one-hot."""
    return values[np.arange(len(values)), y] if y.ndim == 1 else (y * values).sum(-1)


def _nearly(right):
    """A small number added, a limit set, a rounding."""
    return When(lambda returned, z, y: np.shape(returned) == () and 0 < abs(returned - right(z, y)) < 1e-3,
                _("Your number is nearly right. Look for a small number that is added, a limit that is set, or a "
                  "rounding."))


# ---- exercises ----------------------------------------------------------------------------------------------------

@lesson.exercise("7.1")
def check_initial_losses() -> Answer:
    """Feedback on what the first losses of five programs tell."""
    def other_words(**given):
        return [key for key, word in given.items() if word not in WORDS]

    return Answer(
        like=dict.fromkeys("ABCDE", "right"),
        tests=[
            (lambda **given: not other_words(**given),
             lambda **given: _("{keys}: there is no such answer. Look at how the words are written: {words}.").format(
                 keys=", ".join(other_words(**given)), words=", ".join(f'"{word}"' for word in WORDS))),
            (lambda **given: set(given.values()) != {"right"},
             _("Not all five are right: with net inputs near 0, the loss is near ln K. Look at C first.")),
            (lambda A, **others: A == "right",
             _("A is fine. Look at what ln 10 is, and at the K of this program.")),
            (lambda B, **others: B != "right",
             _("B is too high for three classes: ln 3 is about 1.10. Look at what else gives 1.58.")),
            (lambda B, **others: B != "base 10",
             _("B is above ln 3, and a logarithm to base 10 is smaller than the natural one. Look at the other base.")),
            (lambda B, **others: B == "base 2",
             _("B is not that. Look at how 1.58 and ln 3 are related: divide one by the other.")),
            (lambda C, **others: C != "right",
             _("C is far above ln 10. Look at the size of its batch.")),
            (lambda C, **others: C == "sum",
             _("C is not that. Look at 73.68 divided by ln 10.")),
            (lambda D, **others: D == "right",
             _("D is fine. Look at ln 1000: it is three times ln 10.")),
            (lambda E, **others: E != "right",
             _("E is well above ln 10, so this model is sure of something, and wrong. Look at what makes net inputs "
               "large.")),
            (lambda E, **others: E != "base 2",
             _("E is more than a change of base can do: to base 2, ln 10 becomes 3.32. Look at what makes a model "
               "sure.")),
            (lambda E, **others: E == "large weights",
             _("E is not that. Look at 5.87 divided by ln 10, and then at what makes a model sure.")),
        ],
        right=_("ln K for net inputs near 0: a test that costs nothing and finds many a mistake before training."),
    )


@lesson.exercise("7.2")
def check_cross_entropy() -> Function:
    """Feedback on `cross_entropy(z, y)`."""
    def right(z, y):
        return losses.cross_entropy(z, y)

    def all_pairs(z, y):
        if y.ndim != 1 or len(z) < 2:
            raise ValueError
        return -log_softmax(z)[:, y].mean()

    def product_with_indices(z, y):
        if y.ndim != 1:
            raise ValueError
        return -np.mean((np.reshape(y, (-1, 1)) * log_softmax(z)).sum(-1))

    return Function(
        right,
        # Two rows each: with a single one, too many mistakes look alike.
        examples=[Given(BATCH, [0, 2]), Given(BATCH, [[1, 0, 0], [0, 0, 1]])],
        mistakes=[
            Like(lambda z, y: losses.cross_entropy(z, y, reduction="none"),
                 _("You return one loss for each example. Look at what makes one number of them.")),
            Like(lambda z, y: -log_softmax(z),
                 _("You return −ln p of every class. Look at how the label picks the true one.")),
            Like(lambda z, y: losses.cross_entropy(z, y, reduction="sum"),
                 _("You return the sum over the examples. Look at what it has to be divided by.")),
            Like(lambda z, y: right(z, y) / z.shape[1],
                 _("You divide by the number of examples and by that of classes as well. Look at what the mean is "
                   "taken over.")),
            Like(lambda z, y: right(z, y) / np.log(2),
                 _("Your logarithm has base 2. Here it is the natural one, `np.log`.")),
            Like(lambda z, y: right(z, y) / np.log(10),
                 _("Your logarithm has base 10. Here it is the natural one, `np.log`.")),
            Like(lambda z, y: _of_true(softmax(z), y).mean(),
                 _("That is the mean probability of the true class. Look at what turns a probability into a "
                   "surprise.")),
            Like(lambda z, y: 1 - _of_true(softmax(z), y).mean(),
                 _("That is 1 − p of the true class. Look at what turns a probability into a surprise.")),
            Like(lambda z, y: -np.log(_of_true(softmax(z), y).mean()),
                 _("You take the mean first and the logarithm after it. Look at their order.")),
            Like(lambda z, y: right(softmax(z), y),
                 _("Softmax has been applied twice. Look at whether your log-sum-exp gets net inputs or "
                   "probabilities.")),
            Like(lambda z, y: (log_sum_exp(z) + _of_true(z, y)).mean(),
                 _("You add the net input of the true class. Look at the sign in lse(z) − z.")),
            Like(lambda z, y: log_sum_exp(z).mean(),
                 _("That is log-sum-exp alone. Look at which net input is subtracted from it.")),
            Like(lambda z, y: -_of_true(z, y).mean(),
                 _("That is the net input of the true class alone, with a minus. Look at log-sum-exp, which is "
                   "missing.")),
            Like(lambda z, y: -np.log(logistic(_of_true(z, y))).mean(),
                 _("You take φ of the net input of the true class. Look at how softmax ties the classes together.")),
            Like(lambda z, y: (z.max(-1) - _of_true(z, y)).mean(),
                 _("You subtract from the largest net input. Log-sum-exp is a little more than that; look at what is "
                   "missing.")),
            Like(all_pairs,
                 _("`[:, y]` takes the columns of all labels for every example. Look at how to pick one entry in each "
                   "row.")),
            Like(product_with_indices,
                 _("With labels as indices you multiply by the index itself. Look at how to tell the two forms of y "
                   "apart.")),
            Like(lambda z, y: right(z, np.zeros(len(z), int)),
                 _("You take class 0 to be the true one in every row. Look at where y comes in.")),
            Like(lambda z, y: right(z, z.argmax(-1)),
                 _("You take the predicted class to be the true one. Look at where y comes in.")),
            _nearly(right),
        ],
        fragile=[
            Fragile([Given([[0.0, 1000.0]], [0]), Given([[1000.0, 0.0]], [0]), Given([[-1000.0, -1001.0]], [1])],
                    _("It is right for small net inputs and breaks at 1000 or −1000. Look for a logarithm of a "
                      "probability, and for the largest number that goes into exp.")),
            Fragile([Given([[0.5, -1.0], [0.0, 2.0]], [1, 1]),
                     Given([[1.0, 2.0], [0.5, -1.0]], [[1.0, 0.0], [0.0, 1.0]])],
                    _("With as many examples as classes it takes one form of label for the other. Look at the number "
                      "of axes of y.")),
            Fragile(Given([[1000.0, 999.0], [-1000.0, -999.0]], [0, 1]),
                    _("It breaks where the rows of a batch are far from one another. Look at whose maximum is "
                      "subtracted from which row.")),
            Fragile(Given(BATCH, [[0.7, 0.1, 0.2], [0.0, 0.5, 0.5]]),
                    _("It is right for one-hot labels, not for soft ones. Look for an `argmax` or a comparison "
                      "with 1.")),
        ],
        right=_("Both forms of label, any size of the net inputs, and no probability on the way."),
    )


@lesson.exercise("7.3")
def check_binary_cross_entropy() -> Function:
    """Feedback on `binary_cross_entropy(z, y)`."""
    def right(z, y):
        return losses.binary_cross_entropy(z, y)

    return Function(
        right,
        examples=[Given([2.07, -1.0, 0.5], [1, 1, 0]), Given([2.07], [1]), Given([2.07], [0])],
        mistakes=[
            Like(lambda z, y: losses.binary_cross_entropy(z, y, reduction="none"),
                 _("You return one loss for each example. Look at what makes one number of them.")),
            Like(lambda z, y: losses.binary_cross_entropy(z, y, reduction="sum"),
                 _("You return the sum over the examples. Look at what it has to be divided by.")),
            Like(lambda z, y: right(z, 1 - y),
                 _("The two labels are exchanged. Look at which of φ(z) and φ(−z) belongs to y = 1.")),
            Like(lambda z, y: -np.mean(y * np.log(logistic(z))),
                 _("Examples with y = 0 cost nothing. Look at the second half of the formula.")),
            Like(lambda z, y: -np.mean((1 - y) * np.log(logistic(-z))),
                 _("Examples with y = 1 cost nothing. Look at the first half of the formula.")),
            Like(lambda z, y: -np.mean(np.log(logistic(z))),
                 _("You take −ln φ(z) whatever the label. Look at where y comes in.")),
            Like(lambda z, y: np.mean((logistic(z) - y) ** 2),
                 _("That is the squared error. Look for the logarithm.")),
            Like(lambda z, y: np.mean(np.abs(logistic(z) - y)),
                 _("That is the distance of φ from y. Look for the logarithm.")),
            Like(lambda z, y: right(z, y) / np.log(2),
                 _("Your logarithm has base 2. Here it is the natural one, `np.log`.")),
            Like(lambda z, y: np.mean(np.log1p(np.exp(-np.abs(z)))),
                 _("That part is the same for both labels. Look at the other one, which is 0 on one side of z = 0 and "
                   "not on the other.")),
            Like(lambda z, y: np.mean(np.maximum(np.where(y == 1, -z, z), 0)),
                 _("The part ln(1 + exp(−|z|)) is missing. Look at what the loss is at z = 0.")),
            Like(lambda z, y: right(logistic(z), y),
                 _("φ has been applied twice. Look at whether z or φ(z) goes into your formula.")),
            Like(lambda z, y: -np.mean(y * logistic(z) + (1 - y) * logistic(-z)),
                 _("That is the mean probability of what happened, with a minus. Look for the logarithm.")),
            Like(lambda z, y: np.mean(np.log1p(np.exp(-y * z))),
                 _("That form needs labels −1 and 1. Here they are 0 and 1: look at what y = 0 does to it.")),
            _nearly(right),
        ],
        fragile=[
            Fragile(Given([40.0, 40.0], [0, 1]),
                    _("It is right for moderate z and breaks at 40, where 1 − φ rounds to 0. Look for a form that does "
                      "not go through φ.")),
            Fragile([Given([-1000.0, 1000.0], [1, 0]), Given([-1000.0, 1000.0], [0, 1])],
                    _("It is right for moderate z and breaks at 1000. Look at the largest number that goes into exp, "
                      "and for a logarithm of 0.")),
            Fragile(Given([2.07, -1.0], [0.7, 0.25]),
                    _("It is right for labels 0 and 1, not between them. Look for a comparison with 1 or 0.")),
            Fragile(Given([[2.07, -1.0], [0.5, 3.0]], [[1, 0], [0, 1]]),
                    _("It is right for one row of examples, not for an array with rows and columns. Look for a loop or "
                      "an index.")),
        ],
        right=_("One pass, no probability on the way, and labels between 0 and 1 work as well."),
    )


@lesson.exercise("7.4")
def check_hardest_pull() -> Answer:
    """Feedback on the z at which the squared error pulls hardest, for y = 1."""
    def slope(z):
        phi, against = logistic(z), logistic(-z)
        return -2 * against * phi * against

    return Answer(
        like=0.0,
        tests=[
            (lambda z: z != 0,
             _("At z = 0 the curve φ is steepest, but the error is only one half. Look at the product of the two, to "
               "the left of 0.")),
            (lambda z: abs(z - np.log(2)) > 0.04,
             _("That is the place for y = 0. Look at the sign of z.")),
            (lambda z: abs(z - 1 / 3) > 0.004,
             _("That is φ at the place wanted. Look for the z that belongs to it.")),
            (lambda z: abs(abs(z) - 8 / 27) > 0.001,
             _("That is the size of the largest slope. Look for the z at which it is found.")),
            (lambda z: abs(z + 0.5) > 0.001,
             _("−0.5 is the slope of the log loss at z = 0. Look for a place on the axis of z, on the curve of the "
               "squared error.")),
            (lambda z: z > -9.5,
             _("At the left end the unit is as wrong as can be, and the slope is nearly 0. Look where the dashed curve "
               "on the right is lowest.")),
            (lambda z: z > -4,
             lambda z: _("So far to the left φ is flat: the slope is {slope:.4f} only. Look closer to 0.").format(
                 slope=slope(z))),
            (lambda z: z < 5,
             _("So far to the right the unit is right, and there is hardly an error to pull on. Look on the other "
               "side.")),
            (lambda z: z < 0,
             lambda z: _("To the right of 0 the unit is right already: the slope is {slope:.4f}, and steeper places "
                         "lie on the other side.").format(slope=slope(z))),
            (lambda z: z > -0.74,
             lambda z: _("The slope is {slope:.4f} there. It is steeper a little to the right.").format(
                 slope=slope(z))),
            (lambda z: z < -0.65,
             lambda z: _("The slope is {slope:.4f} there. It is steeper a little to the left.").format(slope=slope(z))),
        ],
        right=_("There φ is one third. The further the unit goes wrong from there, the less the squared error pulls it "
                "back."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def together() -> Choice:
    return Choice(_("The model gave 0.4467, 0.2702 and 0.3907 to the three labels. Which probability did it give to "
                    "all three of them together?"), [
        (_("their sum, 1.1076"), _("No probability is above 1. A sum is for one event or another; here all three "
                                   "happened.")),
        (_("their mean, 0.3692"), _("Three things together are never more probable than the least probable of them, "
                                    "0.2702.")),
        (_("the smallest, 0.2702"), _("That is one label alone. The other two had to happen as well.")),
        (_("their product, 0.0472"), _("Probabilities of independent events multiply: two coins both show heads "
                                       "with probability ½ · ½.")),
    ], right=3)


@lesson.prediction
def halved() -> Choice:
    return Choice(_("In one example p of the true class falls from 0.8 to 0.4, in another from 0.02 to 0.01. Where "
                    "does −ln p grow more?"), [
        (_("In the first: it falls by 0.4, the other by 0.01 only."),
         _("1 − p would see it so. The logarithm does not look at differences.")),
        (_("In the second: near 0 the curve is steeper."),
         _("It is steeper there, in proportion to 1/p, and the step is smaller, in proportion to p. Multiply.")),
        (_("In both by the same, about 0.69."), _("Half of p is ln 2 more, wherever p is: −ln(p/2) = −ln p + ln 2.")),
        (_("In neither: the predicted class may stay the same."),
         _("The loss looks at the probability of the true class, not at who is predicted.")),
    ], right=2)


@lesson.prediction
def lowest() -> Choice:
    return Choice(_("The label is y = [0.7, 0.1, 0.2]. How low can the cross-entropy get, whichever p the model "
                    "chooses?"), [
        (_("To 0, with p = y."), _("p = y is the best there is. But even then each person's answer has some surprise: "
                                   "−ln 0.7, −ln 0.1 or −ln 0.2.")),
        (_("To 0, with p = [1, 0, 0]."),
         _("Seven people cost nothing then. The other three cost −ln 0, which is infinite.")),
        (_("To about 0.80, with p = y."),
         _("That is the mean of −ln 0.7, −ln 0.1 and −ln 0.2, weighted by 0.7, 0.1 and 0.2. No p does better.")),
        (_("Below 0, if p is large enough."), _("p is never above 1, so −ln p is never below 0, and neither is a mean "
                                                "of such numbers.")),
    ], right=2)


@lesson.prediction
def not_knowing() -> Choice:
    return Choice(_("The bold model is right in two of three examples, and its mean loss is 1.1235. Another “model” "
                    "does not even look: it always says ⅓, ⅓, ⅓. Whose mean loss is lower?"), [
        (_("That of the bold model: it knows something."),
         _("It does, and it says so too loudly. The one example in which it is sure and wrong costs it 1.93.")),
        (_("That of the one who does not look."),
         _("It pays ln 3 = 1.0986 each time, which is less than 1.1235.")),
        (_("That depends on the labels."),
         _("Not here: whatever the label, ⅓ costs ln 3, and the bold model's loss is given.")),
    ], right=1)


@lesson.prediction
def far() -> Number:
    return Number(
        _("Two classes with z = [0, 1000], and class 0 is the true one. What is −ln p₀, on paper?"),
        right=1000, tolerance=0.01,
        yes=_("lse(z) is 1000, to all digits that you can write, and z₀ = 0 is subtracted."),
        replies=[
            ((0, 0.001), _("That is −ln p₁, the loss if class 1 were the true one.")),
            ((0.69, 0.7), _("ln 2 is the loss of not knowing. This model is very sure, and wrong.")),
            (lambda loss: loss == float("inf"),
             _("So says the computer that takes the logarithm of a probability rounded to 0. On paper p₀ is about "
               "e^−1000, which is not 0.")),
            ((-1000, -1000), _("That is ln p₀. The loss has a minus in front of it.")),
            ((1, 1), _("A loss may be far above 1: it is no probability.")),
        ],
        otherwise=_("Lesson 05 had ln p = z − lse(z). How large is lse(z) if one net input is 1000 and the other 0?"),
    )


@lesson.prediction
def flat() -> Choice:
    return Choice(_("One unit, y = 1, loss (φ(z) − 1)². You move z from −2 to −8, so that the unit is more wrong. What "
                    "does the slope of the loss do?"), [
        (_("It gets steeper: a larger error pulls harder."),
         _("The error does grow, from 0.88 to nearly 1. But z moves φ, and φ is flat out there.")),
        (_("It stays about the same."), _("The error changes little, from 0.88 to nearly 1. Look at the other factor, "
                                          "the slope of φ.")),
        (_("It shrinks to nearly nothing."), _("The slope has φ(1 − φ) as a factor, which is 0.105 at −2 and 0.0003 "
                                               "at −8.")),
    ], right=2)
