"""Feedback on lesson 10: handwritten digits."""

import numpy as np

from helpers.checks.checking import Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.classifier import SoftmaxRegression
from helpers.datasets import digits
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress


# ---- exercise 10.1: train it ----------------------------------------------------------------------------------------

ENOUGH = 0.95


def judge_model(model: SoftmaxRegression, X: np.ndarray, _y: np.ndarray) -> str | None:
    """None for a model that gets more than ENOUGH of the held-out pictures right, else what is probably wrong."""
    if not hasattr(model, "coef_"):
        return _("The model that comes back has not been trained. Look for a call of `fit`.")
    if model.n_features_in_ != X.shape[1]:
        return _("The model was trained on {count} inputs, and a picture has 64. Look at which columns of X it "
                 "got.").format(count=model.n_features_in_)
    if len(model.classes_) != 10:
        return _("The model knows {count} digits of ten. Look at which rows of X and y it was trained on.").format(
            count=len(model.classes_))
    _X, _y, X_held, y_held = digits()
    share, losses = model.score(X_held, y_held), np.array(model.loss_curve_)
    if share > ENOUGH:
        # Its order of the classes may be right on a scale on which its weights are far too small.
        return None if model.loss(X_held, y_held) < 1 else _(
            "The pictures that you get go from 0 to 1, as they should, and your model was trained on another scale. "
            "Look for a factor of 16.")
    held_out = _("On the held-out pictures {share:.3f} are right.").format(share=share)
    rises = np.diff(losses[len(losses) // 2:]) > 0
    for wrong, sentence in (
        (model.l2 >= 0.01, _("The penalty keeps the weights small. Look at `l2`.")),
        (share < 0.3, _("That is hardly better than guessing. Does each picture still have its own label?")),
        (rises.size > 4 and rises.mean() > 0.3, _("The loss goes up in many epochs, so the steps are too long. Look at "
                                                  "`learning_rate`.")),
        (len(losses) <= 6, _("It was trained for a few epochs only. Look at when training ends.")),
        (model.batch_size is None, _("Each epoch makes a single step. Look at `batch_size`, or at a larger "
                                     "`learning_rate`.")),
        (losses[-1] > 0.25, _("Its loss on the training pictures is still high: the steps are too short, or too few. "
                              "Look at `learning_rate` and at when training ends.")),
    ):
        if wrong:
            return f"{held_out} {sentence}"
    return held_out + " " + _("It does better on those that it was trained on. Did it get all of them?")


@lesson.exercise("10.1")
def check_train() -> Function:
    """Feedback on `train(X, y)`, which returns a model."""
    X, y, _X_held, _y_held = digits()
    return Function(
        lambda X, y: SoftmaxRegression(),
        examples=[Given(X, y)],
        judge=judge_model,
        right=_("More than 95 of 100 held-out pictures are right."),
        seconds=20,
    )


# ---- exercise 10.2: the most confidently wrong ----------------------------------------------------------------------

def most_wrong(P, y, score=lambda P, y: P.max(axis=1)):
    """The wrong example with the largest score, −1 if there is none."""
    wrong = P.argmax(axis=1) != y
    return int(np.argmax(np.where(wrong, score(P, y), -np.inf))) if wrong.any() else -1


def of_true(P, y):
    return P[np.arange(len(y)), y]


def wrong_ones(P, y):
    return np.flatnonzero(P.argmax(axis=1) != y)


# Each mistake names another row; but in the first of them, the lead over the true class is greatest where it should.
FIRST = Given([[0.35, 0.47, 0.18], [0.49, 0.12, 0.39], [0.01, 0.94, 0.05], [0.42, 0.05, 0.53], [0.19, 0.62, 0.19],
              [0.07, 0.11, 0.82], [0.03, 0.14, 0.83], [0.09, 0.66, 0.25], [0.16, 0.34, 0.5], [0.04, 0.37, 0.59],
              [0.74, 0.01, 0.25], [0.39, 0.29, 0.32], [0.91, 0.02, 0.07],
              [0.33, 0.13, 0.54]], [1, 0, 1, 2, 1, 2, 2, 2, 1, 2, 1, 0, 1, 1])
SECOND = Given([[0.05, 0.7, 0.25], [0.13, 0.23, 0.64], [0.05, 0.73, 0.22], [0.48, 0.01, 0.51], [0.84, 0.13, 0.03],
               [0.2, 0.45, 0.35], [0.5, 0.3, 0.2], [0.06, 0.85, 0.09], [0.22, 0.58, 0.2], [0.31, 0.36, 0.33],
               [0.75, 0.22, 0.03], [0.13, 0.1, 0.77]], [2, 0, 1, 2, 0, 1, 0, 1, 2, 1, 2, 1])


@lesson.exercise("10.2")
def check_most_confidently_wrong() -> Function:
    """Feedback on `most_confidently_wrong(P, y)`."""
    return Function(
        most_wrong,
        examples=[FIRST, SECOND],
        mistakes=[
            Like(lambda P, y: int(np.argmax(P[wrong_ones(P, y)].max(axis=1))),
                 _("That counts among the wrong ones alone. Asked for is the row of P: go back from the place in your "
                   "shorter list to the row it came from.")),
            Like(lambda P, y: float(P[wrong_ones(P, y)].max()),
                 _("That is the probability itself. Return the row in which it stands.")),
            When(lambda returned, P, y: isinstance(returned, float) and P.min() <= returned <= P.max(),
                 _("That is a probability. Return a row number.")),
            Like(lambda P, y: int(np.argmax(P.max(axis=1))),
                 _("That is the surest of all, and it is right there. Look for the surest among the wrong ones.")),
            Like(lambda P, y: int(np.argmin(P.max(axis=1))),
                 _("That is the least sure of all. Look for the surest among the wrong ones.")),
            Like(lambda P, y: most_wrong(P, y, lambda P, y: P.max(axis=1) - of_true(P, y)),
                 _("There the wrong class is furthest ahead of the true one. Confidence is the largest probability "
                   "alone.")),
            Like(lambda P, y: int(np.argmin(of_true(P, y))),
                 _("There the true class has the smallest probability. Asked for is where a wrong class has the "
                   "largest: look at P along its row, not at y.")),
            Like(lambda P, y: most_wrong(P, y, lambda P, y: -P.max(axis=1)),
                 _("That is the least sure of the wrong ones. Look at max and min.")),
            Like(lambda P, y: int(wrong_ones(P, y)[0]),
                 _("That is the first wrong one, however sure it is. Compare the confidences of all of them.")),
            Like(lambda P, y: int(wrong_ones(P, y)[-1]),
                 _("That is the last wrong one, however sure it is. Compare the confidences of all of them.")),
            Like(lambda P, y: len(wrong_ones(P, y)),
                 _("That is how many are wrong. Return the row of one of them.")),
            Like(lambda P, y: int(P[most_wrong(P, y)].argmax()),
                 _("That is the class it is taken for. Return the row number of the picture.")),
            Like(lambda P, y: int(y[most_wrong(P, y)]),
                 _("That is its true class. Return the row number of the picture.")),
        ],
        fragile=[
            Fragile(Given([[0.9, 0.1], [0.2, 0.8]], [0, 1]),
                    _("Where no example is wrong, return −1. Look at what your function does then.")),
            Fragile(Given([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], [1, 1, 1]),
                    _("It is right unless row 0 is the one. Look for a test that takes 0 for nothing.")),
            Fragile(Given([[0.1, 0.7, 0.2], [0.7, 0.2, 0.1], [0.3, 0.4, 0.3]], [2, 1, 0]),
                    _("Of two that are equally sure, return the first. Look at `>` and `>=`.")),
        ],
        right=_("It finds the wrong example of which the model is surest."),
    )


# ---- exercise 10.3: the smallest change -----------------------------------------------------------------------------

def change(x, W, b, *, choose=lambda ahead, D: ahead / np.linalg.norm(D, axis=1), biases=True,
           along=lambda ahead, d: -ahead * d / (d @ d), own=None):
    """The change of x that makes its class tie with a rival, with places for mistakes."""
    z = W @ x + b * biases
    own = int(z.argmax()) if own is None else own
    rivals = np.array([k for k in range(len(z)) if k != own])
    ahead, D = z[own] - z[rivals], W[own] - W[rivals]
    with np.errstate(all="ignore"):
        nearest = int(np.argmin(np.where(np.any(D, axis=1), choose(ahead, D), np.inf)))
    return along(ahead[nearest], D[nearest])


def toward_rival_alone(x, W, b):
    """Along the rival's row, instead of along the difference of the two."""
    z = W @ x + b
    own = int(z.argmax())
    others = [k for k in range(len(z)) if k != own]
    k = min(others, key=lambda k: (z[own] - z[k]) / np.linalg.norm(W[own] - W[k]))
    return (z[own] - z[k]) * W[k] / (W[k] @ W[k])


TWO = Given([1.0, 0.5], [[1.0, 2.0], [0.0, -1.0]], [0.2, 0.1])
SIX = Given([0.1, 0.9, 0.5], [[-3.2, -1.7, -0.6], [-0.6, -3.5, 1.4], [0.1, -0.6, -0.8], [1.1, 1.4, -0.2],
                              [-1.4, -1.3, 1.2], [0.1, -0.3, 0.6]], [-0.1, -0.1, 0.8, -0.8, 0.4, -0.8])


@lesson.exercise("10.3")
def check_smallest_change() -> Function:
    """Feedback on `smallest_change(x, W, b)`."""
    return Function(
        change,
        examples=[TWO, SIX],
        mistakes=[
            Like(lambda x, W, b: x + change(x, W, b),
                 _("That is the changed picture. Return the change alone, which is added to x.")),
            Like(lambda x, W, b: -change(x, W, b),
                 _("That is the right length in the wrong direction: it makes the class surer. Look at the sign.")),
            Like(lambda x, W, b: float(np.linalg.norm(change(x, W, b))),
                 _("That is the length of the change. Return the change itself, a number for each pixel.")),
            Like(lambda x, W, b: change(x, W, b, along=lambda ahead, d: -ahead * d / np.linalg.norm(d)),
                 _("The direction is right and the length is not. Along d a net input changes by d · d, which is the "
                   "*square* of its length: look at what you divide by.")),
            Like(lambda x, W, b: change(x, W, b, along=lambda ahead, d: -ahead * d),
                 _("The direction is right and the length is not: d · d is missing, by which z changes along d.")),
            Like(lambda x, W, b: change(x, W, b, along=lambda ahead, d: -d / np.linalg.norm(d)),
                 _("That is the direction, of length 1. How far do you have to go along it?")),
            Like(lambda x, W, b: change(x, W, b, along=lambda ahead, d: -2 * ahead * d / (d @ d)),
                 _("That is twice as far as needed. Stop where both net inputs are equal.")),
            Like(lambda x, W, b: change(x, W, b, along=lambda ahead, d: -ahead * d / (d @ d) / 2),
                 _("That is half the way: the class is still ahead. Look for a factor ½.")),
            Like(lambda x, W, b: change(x, W, b, choose=lambda ahead, D: ahead),
                 _("Your rival is the runner-up, with the second largest net input. Another one is nearer: compare the "
                   "lengths of the changes, not the net inputs.")),
            Like(lambda x, W, b: change(x, W, b, choose=lambda ahead, D: -np.linalg.norm(D, axis=1)),
                 _("Your rival is the one whose weights differ most. It depends on the lead, too: compare the lengths "
                   "of the changes.")),
            Like(lambda x, W, b: change(x, W, b, choose=lambda ahead, D: -ahead / np.linalg.norm(D, axis=1)),
                 _("That is the way to the rival that is furthest away. Look at max and min.")),
            Like(lambda x, W, b: change(x, W, b, choose=lambda ahead, D: np.arange(len(ahead))),
                 _("Your rival is the first of the others. Compare the lengths of the changes to all of them.")),
            Like(lambda x, W, b: change(x, W, b, biases=False),
                 _("The biases are missing. Look at how you compute the net inputs.")),
            Like(toward_rival_alone,
                 _("You go along the row of the rival alone. To change z of both at once, go along the difference of "
                   "their rows.")),
            Like(lambda x, W, b: change(x, W, b, own=0),
                 _("You take class 0 for the predicted one. Look at which net input is the largest.")),
        ],
        fragile=[
            Fragile(Given([1.0, 1.0], [[1.0, 2.0], [1.0, 2.0], [0.0, -1.0]], [0.5, 0.2, 0.1]),
                    _("A rival with the same row of weights, whatever the picture, keeps its distance: there d = 0, "
                      "and you divide by 0. Leave it out.")),
            Fragile(Given([1, 2, 1], [[1, 0, 2], [0, 1, 0], [1, 1, 0]], [1, 0, 0]),
                    _("It is right for fractions and not for whole numbers. Look for an array that is made like x.")),
        ],
        right=_("It goes straight to the nearest border, and no shorter way leads out of the class."),
    )


# ---- predictions ----------------------------------------------------------------------------------------------------

@lesson.prediction
def parameters() -> Number:
    return Number(
        _("Ten classes, pictures of 8 × 8 pixels. How many numbers does the training have to find, biases included?"),
        right=650, yes=_("Ten rows, and in each a weight for every pixel and a bias: 10 · 65."),
        replies=[
            ((640, 640), _("Those are the weights, 10 · 64. Each class also has a bias.")),
            ((65, 65), _("That is one row of W, with its bias. There is one for each class.")),
            ((64, 64), _("That is one row of W, without its bias.")),
            ((74, 74), _("You have added where you should multiply: each class has its own weight for each pixel.")),
            ((641, 641), _("One bias for all would move no probability. Each class has its own.")),
            ((585, 585), _("One row is superfluous, as lesson 05 showed. Ours is trained all the same.")),
        ],
        otherwise=_("Each class has a row of W: how long is a row, and how many are there?"))


@lesson.prediction
def middle() -> Choice:
    return Choice(_("In row 0 of W, which sign do the weights of the pixels in the middle of the picture have?"), [
        (_("Positive."),
         _("A 0 has a hole there. Ink in the middle speaks against it.")),
        (_("Negative."),
         _("A 0 has a hole there, and most other digits have ink. So ink in the middle speaks against a 0.")),
        (_("They are 0: a 0 has no ink there."),
         _("That would say that ink in the middle tells nothing. But it tells a lot: it is no 0, then.")),
    ], right=1)


@lesson.prediction
def sure() -> Choice:
    return Choice(_("Of some held-out pictures the model is between 60 % and 90 % sure, 78.5 % on average. How many of "
                    "them does it get right?"), [
        (_("About 60 %."),
         _("Then it would boast. Many larger networks do; this one does the opposite.")),
        (_("78.5 %, for that is what its probabilities mean."),
         _("That is what they would mean if it were calibrated. Nothing in the argmax makes it so: count.")),
        (_("More than 90 %."),
         _("It is too modest: its weights have not yet grown to the size at which the numbers would be true.")),
    ], right=2)


@lesson.prediction
def light_on_dark() -> Choice:
    return Choice(_("You swap ink and paper in every held-out picture: light digits on dark. You read them as before. "
                    "How many does the model get right?"), [
        (_("About as many as before: the shapes are the same."),
         _("The model knows no shapes. It adds up ink, pixel by pixel.")),
        (_("About one in ten: it has to guess."),
         _("Guessing would be better than what it does: it is systematically wrong.")),
        (_("Hardly any."),
         _("What was inked speaks no longer for the class, and what was empty now speaks against it: the order of the "
           "classes turns round.")),
    ], right=2)
