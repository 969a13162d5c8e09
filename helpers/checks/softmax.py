"""Feedback on lesson 05: softmax."""

import numpy as np

from helpers.activations import log_softmax, log_sum_exp, logistic, softmax
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

THREAD = np.array([1.78, 0.76, 1.65])   # the net inputs of the three units
WANTED = np.array([0.7, 0.2, 0.1])      # the probabilities of exercise 5.3
BATCH = [[1.0, 2.0, 0.5], [3.0, 1.0, 4.0]]
CUBE = np.arange(24.0).reshape(2, 3, 4) % 7


def nearly(right):
    """A mistake in the last digits: a small number added, a rounding, a smaller type of float."""
    return When(lambda returned, z, axis=-1: isinstance(returned, np.ndarray) and returned.shape == z.shape
                and np.abs(returned - right(z, axis)).max() < 1e-3,
                _("Your numbers are nearly right. Look for a small number that is added, a rounding, or a type of "
                  "float with fewer digits."))


def same_type():
    """The numbers come back as float32 where they went in as float32, and so for float64."""
    return Fragile([Given(THREAD.astype(np.float32)), Given(THREAD)],
                   _("The values are right, but their type is not that of z. Look for a conversion, or for a new array "
                     "that is made with a type of its own."), dtype=True)


def far_above():
    """The mean is not enough to subtract."""
    return Fragile(Given([2000.0, 0.0]),
                   _("It breaks where one net input is far above the other. Look at which number you subtract, and "
                     "whether every exponent is then at or below 0."))


def rows_far_apart():
    """Each row has a maximum of its own."""
    return Fragile(Given([[2.0, 1.0], [1000.0, 2000.0], [-2000.0, -2001.0]]),
                   _("It breaks where one row of a batch is far from the others. Look at whose maximum is subtracted "
                     "from which row."))


def other_axes():
    """The classes may lie along any axis."""
    return Fragile([Given(BATCH, axis=0), Given(CUBE, axis=1)],
                   _("It is right along the last axis and not along others. Look at each place where an axis is "
                     "needed."))


def in_a_batch(wrong):
    """A mistake that shows in a batch only: with one example alone the wrong function would be right."""
    def function(z, axis=-1):
        if z.ndim < 2:
            raise ValueError
        return wrong(z)
    return function


# ---- exercises ----------------------------------------------------------------------------------------------------

@lesson.exercise("5.1")
def check_stable_softmax() -> Function:
    """Feedback on `stable_softmax(z, axis=-1)`."""
    return Function(
        lambda z, axis=-1: softmax(z, axis),
        examples=[Given([0.5, 1.5, -1.0]), Given(THREAD), Given(BATCH)],
        mistakes=[
            Like(lambda z, axis=-1: np.exp(z),
                 _("Those are the exponentials alone, and they do not sum to 1. Look at the second half of "
                   "“exponentiate, then divide”.")),
            Like(lambda z, axis=-1: np.exp(z - z.max(axis, keepdims=True)),
                 _("The largest of your numbers is always 1. The maximum is subtracted; look at what is still to be "
                   "divided.")),
            Like(lambda z, axis=-1: logistic(z),
                 _("Those are the logistic outputs, one for each net input alone. Look at how softmax ties the classes "
                   "together.")),
            Like(lambda z, axis=-1: logistic(z) / logistic(z).sum(axis, keepdims=True),
                 _("Those are logistic outputs divided by their sum. Look at what softmax puts above the fraction "
                   "line.")),
            Like(lambda z, axis=-1: z / z.sum(axis, keepdims=True),
                 _("Those are the net inputs divided by their sum. Look for the step that makes them positive.")),
            Like(lambda z, axis=-1: log_softmax(z, axis),
                 _("Those are the logarithms of the probabilities. That is exercise 5.2; here they are wanted "
                   "themselves.")),
            Like(lambda z, axis=-1: softmax(-z, axis),
                 _("The smallest net input gets the largest probability. Look at the sign in the exponent.")),
            Like(lambda z, axis=-1: np.exp(z / z.max(axis, keepdims=True))
                 / np.exp(z / z.max(axis, keepdims=True)).sum(axis, keepdims=True),
                 _("You divide by the maximum, which is another temperature for each z. Look at which operation leaves "
                   "the differences as they are.")),
            Like(lambda z, axis=-1: np.exp(z - z.max(axis, keepdims=True)) / np.exp(z).sum(axis, keepdims=True),
                 _("The maximum is subtracted above the fraction line and not below it. Look at both exponentials.")),
            Like(lambda z, axis=-1: 2.0**z / (2.0**z).sum(axis, keepdims=True),
                 _("Those are powers of 2, not of e. Look at the base.")),
            Like(lambda z, axis=-1: np.exp(z) / np.linalg.norm(np.exp(z), axis=axis, keepdims=True),
                 _("The squares of your numbers sum to 1. Look at what the numbers themselves sum to.")),
            Like(lambda z, axis=-1: np.exp(z) / np.exp(z).max(axis, keepdims=True),
                 _("You divide by the largest exponential, so that the top class always gets 1. Look at what all "
                   "classes should sum to.")),
            Like(lambda z, axis=-1: (z == z.max(axis, keepdims=True)).astype(float),
                 _("The top class takes all. That is argmax, the limit of temperature 0.")),
            Like(in_a_batch(lambda z: np.exp(z) / np.exp(z).sum()),
                 _("All numbers of the batch together sum to 1. Look at which numbers belong to one example.")),
            Like(in_a_batch(lambda z: softmax(z, 0)),
                 _("The columns sum to 1, not the rows. Look at the axis of the sum.")),
            nearly(softmax),
            When(lambda returned, z, axis=-1: returned.shape == z.shape == (3,) and returned.sum() > 1.01,
                 _("Your numbers sum to more than 1. Look at what you divide by.")),
            When(lambda returned, z, axis=-1: returned.shape == z.shape == (3,) and returned.sum() < 0.99,
                 _("Your numbers sum to less than 1. Look at what you divide by.")),
        ],
        fragile=[
            Fragile(Given([1000.0, 0.0, 1000.0]),
                    _("It is right for small net inputs and breaks at 1000. Look at the largest number that goes into "
                      "exp.")),
            Fragile(Given([-1000.0, -1001.0]),
                    _("It breaks where all net inputs are far below 0. Look at which number is subtracted: it should "
                      "be the largest, whatever its sign.")),
            far_above(),
            rows_far_apart(),
            same_type(),
            other_axes(),
        ],
        right=_("Its rows sum to 1 at any size of z, along any axis, and z stays as it was."),
    )


@lesson.exercise("5.2")
def check_log_softmax() -> Function:
    """Feedback on `log_softmax(z, axis=-1)`."""
    return Function(
        lambda z, axis=-1: log_softmax(z, axis),
        examples=[Given([0.5, 1.5, -1.0]), Given(THREAD), Given(BATCH)],
        mistakes=[
            Like(lambda z, axis=-1: softmax(z, axis),
                 _("Those are the probabilities. Their logarithms are wanted.")),
            When(lambda returned, z, axis=-1: np.size(returned) == 1
                 and np.allclose(returned, log_sum_exp(z)),
                 _("That is log-sum-exp alone, one number for the whole example. Look at what it is subtracted "
                   "from.")),
            Like(lambda z, axis=-1: z + log_sum_exp(z, axis, keepdims=True),
                 _("You add log-sum-exp. Look at its sign: the logarithm of a fraction.")),
            Like(lambda z, axis=-1: -log_softmax(z, axis),
                 _("The sign is turned: a probability is at most 1, so its logarithm is at most 0. Look at the "
                   "subtraction.")),
            Like(lambda z, axis=-1: log_softmax(z, axis) / np.log(2),
                 _("That is the logarithm to base 2. Here it is the natural one, `np.log`.")),
            Like(lambda z, axis=-1: log_softmax(z, axis) / np.log(10),
                 _("That is the logarithm to base 10. Here it is the natural one, `np.log`.")),
            Like(lambda z, axis=-1: np.log1p(softmax(z, axis)),
                 _("That is ln(1 + p). Look at the name of the logarithm.")),
            Like(lambda z, axis=-1: z - np.exp(z).sum(axis, keepdims=True),
                 _("You subtract the sum of the exponentials. Look at what is still to be taken of it.")),
            Like(lambda z, axis=-1: z - z.sum(axis, keepdims=True),
                 _("You subtract the sum of the net inputs. Look at log-sum-exp: three words, three steps.")),
            Like(lambda z, axis=-1: z - z.max(axis, keepdims=True),
                 _("You subtract the maximum alone. Log-sum-exp is a little more than the maximum; look at what is "
                   "missing.")),
            Like(lambda z, axis=-1: z - np.log(np.exp(z - z.max(axis, keepdims=True)).sum(axis, keepdims=True)),
                 _("Your result is too large by the maximum of z. Look at each place where the maximum is subtracted "
                   "or added, and count.")),
            Like(lambda z, axis=-1: z - z.max(axis, keepdims=True) - np.log(np.exp(z).sum(axis, keepdims=True)),
                 _("Your result is too small by the maximum of z: it is subtracted once too often. Look at each place "
                   "where it stands.")),
            Like(lambda z, axis=-1: z - np.log(np.exp(z)).sum(axis, keepdims=True),
                 _("Logarithm and sum stand in the wrong order: ln(e^z) is z again. Look at the name log-sum-exp from "
                   "right to left.")),
            Like(lambda z, axis=-1: np.log(logistic(z)),
                 _("Those are logarithms of logistic outputs. Look at what belongs below the fraction line.")),
            Like(in_a_batch(lambda z: z - np.log(np.exp(z).sum())),
                 _("One log-sum-exp is subtracted from the whole batch. Each example has its own.")),
            Like(in_a_batch(lambda z: log_softmax(z, 0)),
                 _("The columns are normalised, not the rows. Look at the axis of the sum.")),
            nearly(log_softmax),
        ],
        fragile=[
            Fragile([Given([1000.0, 999.0]), Given([-1000.0, -1001.0])],
                    _("It is right for small net inputs and breaks at 1000 or −1000. Look at the largest number that "
                      "goes into exp.")),
            Fragile(Given([0.0, -720.0]),
                    _("It breaks where one net input is far below the other. Look at the largest number that goes into "
                      "exp, and at what becomes of a tiny probability.")),
            Fragile(Given([0.0, -1000.0]),
                    _("Where a probability rounds to 0, its logarithm is lost; it should be −1000. Look for a "
                      "logarithm that is taken of a probability.")),
            far_above(),
            rows_far_apart(),
            same_type(),
            other_axes(),
        ],
        right=_("It stays right where softmax itself rounds to 0."),
    )


@lesson.exercise("5.3")
def check_net_inputs() -> Answer:
    """Feedback on `net_inputs`, two rows of three."""
    def wanted(p):
        """Which rows are the probabilities wanted, within half of the third decimal."""
        return np.abs(p - WANTED).max(axis=-1) <= 5e-4

    def wrong_row(z):
        good = wanted(softmax(z))
        row = int(np.argmin(good))
        p = softmax(z)[row]
        if np.abs(p - WANTED).max() < 0.02:
            sentence = _("Row {row} gives the probabilities [{p}]: nearly. Give the net inputs more digits.")
        elif good.any():
            sentence = _("Row {other} is right. Row {row} gives the probabilities [{p}]. Look at what can be done to a "
                         "right z without changing p.")
        else:
            sentence = _("Row {row} gives the probabilities [{p}], where [0.7, 0.2, 0.1] is wanted. Look at what "
                         "undoes exp.")
        return sentence.format(row=row, other=1 - row, p=", ".join(f"{v:.4f}" for v in p))

    return Answer(
        like=[[0.0] * 3, [0.0] * 3],
        tests=[
            (lambda z: not wanted(z).any(),
             _("Those are the probabilities themselves, and softmax makes other ones of them. Look for the z that are "
               "mapped to p.")),
            (lambda z: not wanted(logistic(z)).any(),
             _("Their logistic outputs are 0.7, 0.2 and 0.1, and softmax is another function. Look at what softmax "
               "exponentiates.")),
            (lambda z: not (wanted(softmax(z * np.log(10))) | wanted(softmax(z * np.log(2)))).any(),
             _("Your logarithms have another base than e. Look at which function undoes `np.exp`.")),
            (lambda z: not wanted(softmax(-z)).any(),
             _("The order is turned round: the largest z belongs to the smallest probability. Look at the signs.")),
            (lambda z: not (wanted(-np.sort(-softmax(z))) & ~wanted(softmax(z))).any(),
             _("The probabilities are right, but they belong to other classes. Look at the order.")),
            (lambda z: wanted(softmax(z)).all(), wrong_row),
            (lambda z: np.abs(z[0] - z[1]).max() > 0.01,
             _("Both rows are right, and they are the same. Look at what can be added to z without changing p.")),
        ],
        right=_("The rows differ by one number, added to every net input: softmax knows differences only."),
    )


@lesson.exercise("5.4")
def check_temperature() -> Answer:
    """Feedback on `temperature`."""
    def top(T):
        return softmax(THREAD, temperature=T).max()

    return Answer(
        like=1.0,
        tests=[
            (lambda T: T != 0,
             _("Nothing can be divided by 0. The limit T → 0 gives the top class 1, which is more than 0.9.")),
            (lambda T: T > 0,
             _("A temperature is above 0. Look at what dividing by a negative number does to the order.")),
            (lambda T: abs(T - 0.9) > 0.005,
             _("0.9 is the probability wanted, not the temperature. Look for the T that leads to it.")),
            (lambda T: abs(top(1 / T) - 0.9) > 0.005,
             _("That is 1/T. Look at whether z is divided by your number or multiplied with it.")),
            (lambda T: T < 1e6,
             _("So hot, all three are the same. Look in which direction the top class gains.")),
            (lambda T: T <= 1.0001,
             lambda T: _("Above 1 the bars become more alike: the top class has {p:.3f}. Look in the other "
                         "direction.").format(p=top(T))),
            (lambda T: abs(T - 1) > 1e-4,
             _("At T = 1 nothing is changed, and the top class has 0.447. Look in which direction it gains.")),
            (lambda T: top(T) > 0.7,
             lambda T: _("The top class has {p:.3f}, far from 0.9. It has to become much colder.").format(p=top(T))),
            (lambda T: top(T) > 0.895,
             lambda T: _("The top class has {p:.3f}, less than wanted. It has to become colder.").format(
                 p=top(T))),
            (lambda T: top(T) < 0.995,
             lambda T: _("The top class has {p:.3f}, nearly all. That is too cold.").format(p=top(T))),
            (lambda T: top(T) < 0.905,
             lambda T: _("The top class has {p:.3f}, more than wanted. It has to become warmer.").format(
                 p=top(T))),
        ],
        right=_("The lead of 0.13 over class 2 becomes a lead of about 2.2 when it is divided by T."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def raise_one() -> Choice:
    return Choice(_("You raise z₁ alone. What do p₀ and p₂ do?"), [
        (_("Nothing: their own net inputs stay."),
         _("That is what logistic outputs do. Here all three share one sum, and it has just grown.")),
        (_("Both fall, by the same amount."),
         _("Both fall, since the sum below the fraction line grows. But they fall by the same factor, so the larger "
           "one loses more.")),
        (_("Both fall, by the same factor."),
         _("Their numerators stay, and both are divided by the same larger sum.")),
        (_("Only the largest falls."),
         _("All numerators are divided by the same sum. Look at what that does to every other class.")),
    ], right=2)


@lesson.prediction
def two_classes() -> Number:
    return Number(
        _("Two classes with net inputs z = [2.07, 0]. Lesson 02 had φ(2.07) = 0.888. What is p₀ of softmax(z)? "
          "Give three decimals."),
        right=0.888, tolerance=0.0015,
        yes=_("Divide above and below by e^2.07: what remains is 1 / (1 + e^−2.07), the logistic function."),
        replies=[
            ((0.88, 0.9), _("Near. Three decimals are asked for, since they settle whether the two agree.")),
            ((88, 89), _("In per cent, perhaps. Write it as a number between 0 and 1.")),
            ((0.11, 0.115), _("That is p₁. The larger net input belongs to class 0.")),
            ((0.63, 0.65), _("That is φ(2.07) divided by φ(2.07) + φ(0). Softmax normalises exponentials, not logistic "
                             "outputs.")),
            ((1, 1), _("2.07 / (2.07 + 0) is 1. Look for the step before the division: e^0 is not 0.")),
            ((7.9, 8), _("That is e^2.07 alone. It still has to be divided by e^2.07 + e^0.")),
            (lambda p: p < 0 or p > 1, _("A probability lies between 0 and 1.")),
        ],
        otherwise=_("Write it out: e^2.07 / (e^2.07 + e^0), and e^0 = 1."),
    )


@lesson.prediction
def shift() -> Choice:
    return Choice(_("You add 2 to every net input. What happens to the three probabilities?"), [
        (_("All three grow."), _("They still have to sum to 1, so they cannot all grow.")),
        (_("They move towards ⅓ each."),
         _("That would be so if z were divided by the sum of z. Softmax sees the differences, and they have stayed.")),
        (_("Nothing."), _("Every exponential grows by the factor e^2, above and below the fraction line.")),
        (_("The largest gains most."),
         _("Its exponential does gain most, but by the same factor as all others, and the sum gains that factor too.")),
    ], right=2)


@lesson.prediction
def huge() -> Choice:
    return Choice(_("You add 1000 to every net input and call your softmax again. What does the computer return?"), [
        (_("The same three probabilities."),
         _("So says the mathematics. The computer has to compute e^1001.78 on the way, and there is no such float64.")),
        (_("Three times inf."),
         _("The exponentials are inf. But each is then divided by their sum, which is inf too.")),
        (_("Three times nan."), _("Each exponential is inf, their sum is inf, and inf / inf has no value.")),
        (_("An error."), _("Floating-point arithmetic goes on with inf and nan; at most a warning is printed.")),
    ], right=2)


@lesson.prediction
def divide() -> Choice:
    return Choice(_("Somebody divides the probabilities by T = 0.1, instead of the net inputs, and then divides by "
                    "the sum. What comes out?"), [
        (_("The same as softmax(z / 0.1)."),
         _("Dividing the net inputs raises each exponential to the power 10. Dividing the probabilities multiplies "
           "each by 10.")),
        (_("The old probabilities."), _("Each is ten times as large, and so is their sum. The factor cancels.")),
        (_("Something between the two."),
         _("A common factor cancels when you divide by the sum. Nothing else was done.")),
        (_("Numbers above 1."), _("Before the last step some may be. Then they are divided by their sum.")),
    ], right=1)
