"""Feedback on lesson 08: the gradient."""

import numpy as np

from helpers import gradients
from helpers.activations import logistic, softmax
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

THREAD = np.array([1.78, 0.76, 1.65])   # the net inputs of the three units


# ---- 8.1 ----------------------------------------------------------------------------------------------------------

@lesson.exercise("8.1")
def check_softmax_jacobian() -> Function:
    """Feedback on `softmax_jacobian(z)`."""
    def by_p(wrong):
        return lambda z: wrong(softmax(z))

    return Function(
        gradients.softmax_jacobian,
        examples=[Given([1.0, 0.0]), Given(THREAD), Given([0.5, -1.0, 2.0, 0.0])],
        mistakes=[
            Like(by_p(lambda p: p * (1 - p)),
                 _("That is the diagonal alone, case i = j. Look at what zⱼ does to the other classes.")),
            Like(by_p(lambda p: np.diag(p * (1 - p))),
                 _("The diagonal is right, and everything beside it is 0. Look at case i ≠ j: raising zⱼ lowers all "
                   "other p.")),
            Like(by_p(np.diag), _("That is diag(p) alone. Look at what is still to be subtracted.")),
            Like(by_p(lambda p: -np.outer(p, p)),
                 _("That is right beside the diagonal. Look at case i = j, where one more term stands.")),
            Like(by_p(lambda p: np.outer(p, p)),
                 _("That is ppᵀ alone. Look at its sign, and at what it is subtracted from.")),
            Like(by_p(lambda p: np.diag(p) + np.outer(p, p)),
                 _("You add ppᵀ. Look at the minus sign of the quotient rule.")),
            Like(by_p(lambda p: np.outer(p, p) - np.diag(p)),
                 _("All signs are turned: the more z₀, the less p₀? Look at which of the two is subtracted.")),
            Like(by_p(lambda p: np.eye(len(p)) - np.outer(p, p)),
                 _("The diagonal has 1 − pᵢ², where pᵢ − pᵢ² is expected. Look at what stands in diag( ).")),
            Like(by_p(lambda p: np.diag(p) - p @ p),
                 _("`p @ p`, and `p @ p.T` too, is a single number for a p of shape (3,). Look for the product that "
                   "makes a matrix of two vectors.")),
            Like(by_p(lambda p: np.diag(p) - p * p),
                 _("You subtract p² from each row. ppᵀ has pᵢpⱼ at row i, column j: look for `np.outer`.")),
            Like(by_p(lambda p: np.outer(p, 1 - p)),
                 _("That is pᵢ(1 − pⱼ) everywhere. The 1 stands on the diagonal alone: look at case i ≠ j.")),
            Like(lambda z: np.diag(z) - np.outer(z, z),
                 _("You took z for p. Look at the first step, from net inputs to probabilities.")),
            Like(lambda z: np.diag(logistic(z)) - np.outer(logistic(z), logistic(z)),
                 _("Your p are logistic outputs, and they do not sum to 1. Look at how p is computed.")),
            Like(softmax, _("Those are the probabilities themselves. Their derivatives are wanted, one for each pair "
                            "of p and z.")),
        ],
        fragile=[
            Fragile([Given([1000.0, 0.0, 999.0]), Given([-1000.0, -1001.0])],
                    _("It is right for small net inputs and breaks at 1000. Look at how p is computed: lesson 05 has a "
                      "softmax that never overflows.")),
            Fragile(Given(np.array([2, 0, 1])),
                    _("It is right for floating-point numbers, but not for integers. Look for an array that is made "
                      "like z, and so holds integers only.")),
            Fragile(Given([0.0] * 10),
                    _("It is right for a few classes and not for ten. Look for a number of classes that is written "
                      "down instead of taken from z.")),
        ],
        right=_("Symmetric, and every row sums to 0."),
    )


# ---- 8.2 ----------------------------------------------------------------------------------------------------------

@lesson.exercise("8.2")
def check_broken_lines() -> Answer:
    """Feedback on `broken_lines`, the first wrong line of each of three derivations."""
    def whole(A, B, C):
        return all(line in range(1, 8) for line in (A, B, C))

    return Answer(
        like={"A": 1.0, "B": 1.0, "C": 1.0},
        tests=[
            (whole, _("The lines have the numbers 1 to 7. Look for one that is none of these.")),
            (lambda A, B, C: not (A == 6 or A == 7),
             _("In A, lines 6 and 7 follow from line 5 without a fault. Look for a line above that is wrong by "
               "itself.")),
            (lambda A, B, C: not A < 5,
             lambda A, B, C: _("In A, line {line} is right: measure its left side and see. Look further "
                               "down.").format(line=int(A))),
            (lambda A, B, C: not 3 < B <= 4,
             _("In B, line 4 only puts lines 2 and 3 into one matrix. Look at which of the two is wrong.")),
            (lambda A, B, C: not B > 4,
             lambda A, B, C: _("In B, line {line} follows from the lines above it. Look further up, at a derivative "
                               "with a sign that cannot be: raise one net input, and the other p fall.").format(
                                   line=int(B))),
            (lambda A, B, C: B != 1, _("In B, line 1 is the derivative of −ln, and right. Look further down.")),
            (lambda A, B, C: B != 2,
             _("In B, line 2 is right: it is φ(1 − φ) for one class against all others. Look at the next.")),
            (lambda A, B, C: C not in (2, 3, 4),
             lambda A, B, C: _("In C, line {line} is about softmax alone, and right. Look at a line that speaks of "
                               "L.").format(line=int(C))),
            (lambda A, B, C: C <= 4,
             lambda A, B, C: _("In C, line {line} follows from the lines above it. The fault is further up: look at "
                               "what is differentiated, and with respect to what.").format(line=int(C))),
        ],
        title=_("which line breaks?"),
        right=_("A forgets the paths through the other p, B a minus sign, C confuses ∂L/∂p with ∂L/∂z. A measurement "
                "finds each of them."),
    )


# ---- 8.3 ----------------------------------------------------------------------------------------------------------

def _one_hot(Z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.eye(Z.shape[1])[y]


def _every_row(Z: np.ndarray, y: np.ndarray) -> np.ndarray:
    P = softmax(Z)
    P[:, y] -= 1
    return P / len(Z)


@lesson.exercise("8.3")
def check_cross_entropy_gradient() -> Function:
    """Feedback on `cross_entropy_gradient(Z, y)` for a batch."""
    batch = [[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]]
    return Function(
        gradients.cross_entropy_gradient,
        examples=[Given(batch, np.array([2, 0])),
                  Given([[1.78, 0.76, 1.65], [0.78, -1.34, -0.1], [0.7, 0.5, 0.4]], np.array([0, 2, 0])),
                  Given([[1.0, 0.0]], np.array([0]))],
        mistakes=[
            Like(lambda Z, y: softmax(Z) - _one_hot(Z, y),
                 _("That is the gradient of the sum over the batch. L is the mean: look for the number of examples.")),
            Like(lambda Z, y: (_one_hot(Z, y) - softmax(Z)) / len(Z),
                 _("That is y − p, the way down. The gradient points up: look at which of the two is subtracted.")),
            Like(lambda Z, y: (softmax(Z) - _one_hot(Z, y)) / Z.shape[1],
                 _("You divide by the number of classes. L is the mean over the examples: look at which axis counts "
                   "them.")),
            Like(lambda Z, y: (softmax(Z) - _one_hot(Z, y)) / Z.size,
                 _("You divide by the number of all entries. L is the mean over the examples: look at what N is.")),
            Like(lambda Z, y: (softmax(Z) - _one_hot(Z, y)).sum(axis=0) / len(Z),
                 _("The examples are added up too early: each row of Z has a gradient of its own. Look for a sum or "
                   "mean over axis 0.")),
            Like(lambda Z, y: (softmax(Z) - _one_hot(Z, y)).sum(axis=0),
                 _("You add up the rows, and do not divide. Each row of Z has a gradient of its own: look at the shape "
                   "that is asked for.")),
            Like(lambda Z, y: softmax(Z) / len(Z),
                 _("Nothing is subtracted: your rows should sum to 0. Look at where the labels come in.")),
            Like(_every_row,
                 _("You subtract 1 in *every* row for each label. `P[:, y]` takes whole columns: each row has one "
                   "label, so it needs an index of its own.")),
            Like(lambda Z, y: (softmax(Z, 0) - _one_hot(Z, y)) / len(Z),
                 _("Your softmax sums over the examples. Look at the axis of the classes.")),
            Like(lambda Z, y: (np.exp(Z) / np.exp(Z).sum() - _one_hot(Z, y)) / len(Z),
                 _("Your softmax sums over the whole batch. Each example has its own sum: look at the axis.")),
            Like(lambda Z, y: -_one_hot(Z, y) / softmax(Z) / len(Z),
                 _("That is −y/p, which is ∂L/∂p, line 1. Look at what comes out of the chain: ∂L/∂z.")),
            Like(lambda Z, y: -_one_hot(Z, y) * (1 - softmax(Z)) / len(Z),
                 _("Only the true class gets a gradient. Look at the other terms of the chain: the loss feels each "
                   "net input.")),
            Like(lambda Z, y: (Z - _one_hot(Z, y)) / len(Z),
                 _("You subtract the labels from the net inputs. Look at what turns z into p.")),
            Like(lambda Z, y: (logistic(Z) - _one_hot(Z, y)) / len(Z),
                 _("Your p are logistic outputs, which are right for separate yes/no questions. Here it is one choice: "
                   "look at softmax.")),
            Like(lambda Z, y: (softmax(Z) - y[:, np.newaxis]) / len(Z),
                 _("You subtract the *number* of the class from all entries of its row. Look at what a one-hot row "
                   "says instead.")),
            When(lambda returned, Z, y: np.size(returned) == 1 and Z.size > 1,
                 _("That is a single number, a loss perhaps. The gradient has the shape of Z.")),
        ],
        fragile=[
            Fragile(Given([[1000.0, 0.0, 999.0], [-1000.0, -1001.0, 0.0]], np.array([1, 2])),
                    _("It is right for small net inputs and breaks at 1000. Look at how P is computed: lesson 05 has a "
                      "softmax that never overflows.")),
            Fragile(Given(np.array([[1, 0, 2], [0, 1, 0]]), np.array([0, 1])),
                    _("It is right for floating-point numbers, but not for integers. Look for an array that is made "
                      "like Z, and so holds integers only.")),
            Fragile([Given([[0.0] * 10, [1.0] * 10], np.array([9, 0])), Given([[0.5, 1.0]] * 7, np.array([1] * 7))],
                    _("It is right for three classes and three examples, but not for other numbers. Look for a shape "
                      "that is written down instead of taken from Z.")),
        ],
        right=_("Each row sums to 0, and `gradient.T @ X` is ∂L/∂W of the batch."),
    )


# ---- 8.4 ----------------------------------------------------------------------------------------------------------

def plane(at):
    return at[0] + 3 * at[1]


def slopes_of_plane(at):
    return np.array([1.0, 3.0])


def curved(at):
    return np.sum(np.exp(at)) + np.sum(at**3)


def slopes_of_curved(at):
    return np.exp(at) + 3 * at**2


def ones(at):
    return np.ones(at.shape)


def wrong_sign(at):
    return -slopes_of_curved(at)


def twice_too_large(at):
    return 2 * slopes_of_curved(at)


def wrong_in_the_last_entry(at):
    slopes = slopes_of_curved(at)
    slopes.flat[-1] *= 1.5
    return slopes


def errors_that_cancel(at):
    slopes = slopes_of_curved(at)
    slopes.flat[0] += 0.3
    slopes.flat[-1] -= 0.3
    return slopes


def one_in_a_thousand(at):
    return 1.001 * slopes_of_curved(at)


def tiny(at):
    return 1e-9 * curved(at)


def twice_tiny(at):
    return 2e-9 * slopes_of_curved(at)


def huge(at):
    return 1e9 * curved(at)


def slopes_of_huge(at):
    return 1e9 * slopes_of_curved(at)


def bowl(at):
    return np.sum(at**2)


def slopes_of_bowl(at):
    return 2 * at


def all_nan(at):
    return np.full(at.shape, np.nan)


@lesson.exercise("8.4")
def check_agrees() -> Function:
    """Feedback on `agrees(f, gradient, at)`, a check of gradients by central differences."""
    at, matrix = [0.5, 1.0, -0.7], [[0.5, 1.0, -0.7], [0.2, -0.4, 0.9]]

    def when(function, returned_wrongly, sentence):
        return When(lambda returned, f, gradient, at: gradient is function and bool(returned) is returned_wrongly,
                    sentence)

    return Function(
        lambda f, gradient, at: bool(np.allclose(gradients.numerical_gradient(f, at), gradient(at), rtol=1e-5,
                                                 atol=1e-5 * np.abs(gradient(at)).max())),
        examples=[Given(plane, slopes_of_plane, [2.0, -1.0]), Given(curved, ones, at),
                  Given(curved, slopes_of_curved, at), Given(curved, wrong_sign, at),
                  Given(curved, twice_too_large, at), Given(curved, wrong_in_the_last_entry, at),
                  Given(curved, errors_that_cancel, at), Given(curved, slopes_of_curved, matrix),
                  Given(curved, wrong_in_the_last_entry, matrix)],
        mistakes=[
            When(lambda returned, f, gradient, at: np.size(returned) > 1,
                 _("It gives an answer for each entry. Look for one answer for all of them: True or False.")),
            When(lambda returned, f, gradient, at: np.asarray(returned).dtype.kind in "iuf",
                 _("It returns a number, an error perhaps. Look at what the error is to be compared with, so that the "
                   "answer is True or False.")),
            when(slopes_of_plane, False,
                 _("It rejects the gradient of a plane, whose slopes are the same everywhere. Look at the division by "
                   "2h, and at whether True and False are the right way round.")),
            when(ones, True,
                 _("It accepts a gradient of nothing but ones. Look at whether the two sides are compared at all.")),
            when(slopes_of_curved, False,
                 _("It rejects a right gradient of a curved function. Look at the size of h, and at how large a "
                   "difference you allow: no measurement is exact.")),
            when(wrong_sign, True,
                 _("It accepts a gradient with the wrong sign. Look at what you take the absolute value of: the "
                   "difference, not each side.")),
            when(twice_too_large, True,
                 _("It accepts a gradient that is twice too large. Look at whether you compare sizes, or directions "
                   "only.")),
            when(wrong_in_the_last_entry, True,
                 _("It accepts a gradient with one wrong entry. Look at whether *all* entries are compared, in each "
                   "row and column.")),
            when(errors_that_cancel, True,
                 _("It accepts two errors that cancel. Look for a sum or mean that is taken before the absolute "
                   "value.")),
        ],
        fragile=[
            Fragile(Given(curved, one_in_a_thousand, at),
                    _("It lets an error of one in a thousand pass, as a constant that was rounded. Look at how large a "
                      "difference you allow: a measurement is better than that by far.")),
            Fragile(Given(tiny, twice_tiny, at),
                    _("For a loss in tiny units it accepts a gradient that is twice too large. Look at the allowed "
                      "difference: it should be relative to the size of the gradient.")),
            Fragile(Given(huge, slopes_of_huge, at),
                    _("For a loss in huge units it rejects a right gradient. Look at the allowed difference: it should "
                      "be relative to the size of the gradient.")),
            Fragile(Given(bowl, slopes_of_bowl, [0.0, 0.0]),
                    _("At the bottom of a bowl both sides are 0, and it does not see that they agree. Look for a "
                      "division by the size of the gradient.")),
            Fragile(Given(curved, all_nan, at),
                    _("It accepts a gradient of nothing but nan. With nan, <, <=, > and >= are all False: look at "
                      "whether you ask for what is right, or for what is wrong.")),
        ],
        right=_("Wrong sign, wrong factor, one wrong entry, errors that cancel: it catches them all, in any units."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def steepest() -> Choice:
    return Choice(
        _("p = [0.447, 0.161, 0.392], and the true class is 0. You raise one of the net inputs by 0.01. Which one "
          "changes the loss most?"),
        [
            (_("z₀"), _("It lowers the loss by about 0.0055; z₂ raises it by 0.0039, and z₁ by 0.0016.")),
            (_("z₁"), _("Class 1 is the least likely. Raising it a little takes little from the true class.")),
            (_("z₂"), _("Class 2 is the strongest rival, and raising it does harm. But one of them does more.")),
            (_("all three by the same amount"),
             _("If all three rise together, nothing changes. One alone shifts the shares, and not each by as much.")),
        ], right=0)


@lesson.prediction
def through() -> Choice:
    return Choice(
        _("The loss looks at p₀ alone, since 0 is the true class. You raise z₁. Does the loss feel it?"),
        [
            (_("No: z₁ belongs to p₁."),
             _("z₁ belongs to all three: it stands in the sum S, below every fraction line.")),
            (_("Yes: p₀ falls, and the loss rises."),
             _("The path leads from z₁ through S to p₀, and from there to L.")),
            (_("Yes: p₁ rises, and the loss rises with it."),
             _("The loss rises, but not by way of p₁, which has y₁ = 0 in front of its logarithm. Look for another "
               "way.")),
        ], right=1)


@lesson.prediction
def balance() -> Number:
    return Number(
        _("The three slopes are −0.553, 0.161 and 0.392. Take any other net inputs: what do the three slopes of ∂L/∂z "
          "sum to?"),
        right=0, tolerance=1e-3,
        yes=_("Σ p − Σ y = 1 − 1. Or: raise all three z by the same amount, and p and L stay as they are."),
        replies=[
            ((1, 1), _("The p sum to 1, and so does y. The gradient is the one minus the other.")),
            ((-1, -1), _("y alone would give that, with its sign turned. p sums to 1 as well.")),
            ((0.8, 0.81), _("That is the loss itself. The question is for the sum of its three slopes.")),
            ((1.1, 1.11), _("That is the sum of their sizes. With the signs, they are in balance.")),
        ],
        otherwise=_("Add up p − y: what do the three p sum to, and what does y sum to?"))


@lesson.prediction
def alias() -> Choice:
    return Choice(
        _("`dz = p`, then `dz[0] -= 1`. What is `p.sum()` now?"),
        [
            (_("1, as before"), _("It would be, if `dz = p` made a copy. It makes a second name for the same array.")),
            (_("0"), _("`dz` and `p` are two names of one array, so the 1 is gone from both.")),
            (_("An error: probabilities cannot be negative."),
             _("NumPy does not know that these are probabilities. It subtracts without a word.")),
        ], right=1)


@lesson.prediction
def smaller_step() -> Choice:
    return Choice(
        _("The measured slope at h = 0.001 is right to about 7 digits. What happens with h = 0.000000000001?"),
        [
            (_("It is right to more digits: the smaller the step, the better."),
             _("On paper, yes. On a computer the two losses agree in nearly all digits, and their difference keeps "
               "only the few that remain.")),
            (_("It is right to fewer digits."),
             _("The two losses differ only in their last digits, and these are rounded. Dividing by 2h makes that "
               "error large.")),
            (_("It becomes 0 or nan."),
             _("It does become 0, once z + h rounds to z, but only at a step still smaller.")),
        ], right=1)
