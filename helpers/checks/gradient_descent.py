"""Feedback on lesson 09: gradient descent."""

import numpy as np

from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.gradients import cross_entropy_weight_gradient
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress


# ---- exercise 9.1: a test of learning rates -------------------------------------------------------------------------

def parabola(rate):
    """Losses of five steps down w²/2, from w = 1: they fall for every rate below 2."""
    return (1 - rate) ** (2 * np.arange(6.0)) / 2


def uneven(rate):
    """From a rate of 1 on the losses rise: at 1.5 in between, at 2 after the first epoch, at 3 at once."""
    losses = {1.5: [1.0, 0.6, 0.8, 0.75], 2.0: [1.0, 0.8, 1.5, 1.2], 3.0: [1.0, 2.0, 3.0, 4.0]}
    return np.array(losses.get(float(rate), [1.0, 0.9, 0.8, 0.7]))


def overflows(rate):
    """Above a rate of 1 the losses end as nan, without having risen before."""
    return np.array([1.0, 0.9, np.nan, np.nan]) if rate > 1 else np.array([1.0, 0.9, 0.8, 0.7])


def settles(rate):
    """The losses come to the minimum and stay there."""
    return np.array([1.0, 0.5, 0.5, 0.5])


def rises(rate):
    """The losses rise at every rate."""
    return np.array([1.0, 2.0, 4.0])


def never_rises(losses) -> bool:
    return bool(np.all(np.diff(losses) <= 0))


def safe(rates, run) -> list[float]:
    """The rates at which the loss never rises, in the order given."""
    return [float(rate) for rate in rates if never_rises(run(rate))]


RATES = [0.5, 5.0, 1.9, 0.9, 2.5, 0.1, 0.7]


@lesson.exercise("9.1")
def check_largest_rate() -> Function:
    """Feedback on `largest_rate(rates, run)`."""
    return Function(
        lambda rates, run: max(safe(rates, run), default=0.0),
        examples=[Given(RATES, parabola), Given([0.25, 2.0, 1.5, 0.5, 3.0], uneven)],
        mistakes=[
            Like(lambda rates, run: max(rates),
                 _("That is the largest rate of all, whatever its losses do. Look at the losses that `run` returns.")),
            Like(lambda rates, run: min(safe(rates, run)),
                 _("At that rate the loss never rises, but it is the smallest of such rates. Look for the largest.")),
            Like(lambda rates, run: int(np.argmax(rates == max(safe(rates, run)))),
                 _("That is the rate's place in the list, not the rate itself. Look at what you return.")),
            Like(lambda rates, run: safe(rates, run)[-1],
                 _("The rates may come in any order, and yours is the last good one of the list. Look at how the "
                   "larger of two is kept.")),
            Like(lambda rates, run: safe(rates, run)[0],
                 _("The rates may come in any order, and yours is the first good one of the list. Look at how the "
                   "larger of two is kept.")),
            Like(lambda rates, run: rates[np.argmin([run(rate)[-1] for rate in rates])],
                 _("That is the rate with the lowest loss at the end. Asked for is the largest at which the loss never "
                   "rises on the way.")),
            Like(lambda rates, run: max(rate for rate in rates if run(rate)[-1] <= run(rate)[0]),
                 _("At that rate the loss ends below its start, but it rises in between. Look at all pairs of "
                   "neighbours, not at the two ends.")),
            Like(lambda rates, run: max(rate for rate in rates if run(rate)[1] <= run(rate)[0]),
                 _("At that rate the loss falls in the first epoch and rises in a later one. Look at all of them.")),
            Like(lambda rates, run: min(rate for rate in rates if not never_rises(run(rate))),
                 _("That is the smallest rate at which the loss does rise. Look for the last good one before it.")),
        ],
        fragile=[
            Fragile(Given([0.5, 1.0, 2.0], overflows),
                    _("A loss that has become nan passes your test: neither nan > 1 nor nan <= 1 is true. Ask whether "
                      "each loss is at most the one before, not whether one is larger.")),
            Fragile(Given([0.5, 1.0], settles),
                    _("At the minimum the loss stays the same, which is no rise. Look at what you do with two equal "
                      "losses.")),
            Fragile(Given([1.0, 2.0], rises),
                    _("Where the loss rises at every rate, return 0.0. Look at what your function starts from.")),
        ],
        right=_("It finds the largest rate at which the loss never rises, and a nan does not deceive it."),
    )


# ---- exercise 9.2: the training loop --------------------------------------------------------------------------------

def loop(X, y, eta, orders, size, *, gradient=cross_entropy_weight_gradient, part=None, at=None):
    """The training loop, with places for mistakes: which examples a step takes, and at which weights."""
    W = np.zeros((int(y.max()) + 1, X.shape[1]))
    for order in orders:
        before = W
        for start in range(0, len(order), size):
            rows, labels = (order[start:start + size],) * 2 if part is None else part(order, start, size)
            W = W - eta * gradient(X[rows], W if at is None else before, y[labels])
    return W


def times(factor):
    """The gradient, multiplied by something that depends on the batch."""
    return lambda X, W, y: factor(len(y)) * cross_entropy_weight_gradient(X, W, y)


def plain(start, size):
    return np.arange(start, start + size)


SMALL = Given([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5], [1.0, -3.0]], [0, 1, 0, 1], 0.3, [[2, 3, 1, 0]], 2)
THREE = Given([[1.0, 2.0, 0.0], [1.0, -1.0, 1.0], [1.0, 0.5, -2.0], [1.0, -3.0, 0.5], [1.0, 1.0, 1.0]],
              [0, 1, 2, 1, 0], 0.3, [[4, 2, 0, 1, 3], [1, 3, 2, 0, 4], [3, 0, 4, 1, 2]], 2)


@lesson.exercise("9.2")
def check_train_batches() -> Function:
    """Feedback on `train_batches(X, y, eta, orders, size)`."""
    return Function(
        loop,
        examples=[SMALL, THREE],
        mistakes=[
            When(lambda returned, X, y, eta, orders, size: np.shape(returned) == (X.shape[1], y.max() + 1)
                 and X.shape[1] != y.max() + 1,
                 _("W comes out lying on its side. It has a row for each class, (K, m + 1).")),
            When(lambda returned, *_args: np.ndim(returned) == 3,
                 _("You return all the weights on the way. Asked for are the last ones alone, (K, m + 1).")),
            Like(lambda X, y, eta, orders, size: loop(X, y, -eta, orders, size),
                 _("Your steps go up the loss, not down. Look at the sign in front of the gradient.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, 1.0, orders, size),
                 _("Your steps are the whole gradient, whatever the learning rate. Look at where `eta` is used.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, len(y)),
                 _("You make one step in an epoch, with all examples. Look at the loop over the batches.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, 1),
                 _("You make a step for each single example. Look at how many examples `order[start:start + size]` "
                   "has.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, at=True),
                 _("All gradients of an epoch are taken at the weights that it began with. Look at which W a step "
                   "starts from: that of the step before.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, part=lambda order, start, size:
                                                      (plain(start, min(size, len(order) - start)),) * 2),
                 _("The examples come in the order of X, not in that of the epoch. Look at where `order` is used.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, part=lambda order, start, size: (
                     order[start:start + size], plain(start, min(size, len(order) - start)))),
                 _("X is shuffled and y is not, so that most examples get another one's label. Take the same rows of "
                   "both.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, part=lambda order, start, size:
                                                      (order[:size],) * 2),
                 _("Every step of an epoch takes the same first batch. Look at where a batch starts.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders[:, :len(y) // size * size], size),
                 _("The last batch of an epoch is left out where it is smaller than the others. Look at where the loop "
                   "over the batches ends.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, gradient=times(
                     lambda n: n / len(y))),
                 _("You divide by the number of all examples. A step takes the mean over its own batch: look at what "
                   "the sum is divided by.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, gradient=times(lambda n: n)),
                 _("You take the sum over a batch, not the mean. Look at what `gradient` returns already, or at what "
                   "is still to be divided.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders, size, gradient=times(lambda n: n / size)),
                 _("The last batch of an epoch may be smaller. Divide by the number of its own examples, not by "
                   "`size`.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders[-1:], size),
                 _("W starts from 0 again in each epoch, or only the last epoch is done. Look at where W is set to "
                   "0.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders[:1], size),
                 _("You stop after the first epoch. Look at the indentation of `return`, or at the loop over "
                   "`orders`.")),
            Like(lambda X, y, eta, orders, size: loop(X, y, eta, orders[:1, :size], size),
                 _("You stop after the first step. Look at the indentation of `return`.")),
        ],
        fragile=[
            Fragile(Given(THREE.args[0], THREE.args[1], 0.3, THREE.args[3], 8),
                    _("It breaks where a batch may be larger than the whole set. Then the whole set is one batch: look "
                      "at how you count the batches.")),
            Fragile(Given(THREE.args[0], [0, 1, 1, 1, 0], 0.3, THREE.args[3], 2),
                    _("It is right for three classes and not for two. Look for a number of classes that is written "
                      "down.")),
        ],
        right=_("Every example has its turn once in each epoch, and each step starts where the last one ended."),
    )


# ---- exercise 9.3: early stopping -----------------------------------------------------------------------------------

def keep(losses, patience):
    """The epoch to keep: the best one when the patience is at its end."""
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best


def stop(losses, patience):
    """The epoch at which training stops."""
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch
    return len(losses) - 1


def in_total(losses, patience):
    best, bad = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            bad += 1
        if bad >= patience:
            break
    return best


def by_rises(losses, patience):
    """Counts epochs that are worse than the one before, instead of no better than the best."""
    best, bad = 0, 0
    for epoch in range(1, len(losses)):
        bad = bad + 1 if losses[epoch] >= losses[epoch - 1] else 0
        best = epoch if losses[epoch] < losses[best] else best
        if bad >= patience:
            break
    return best


VALLEYS = [1.0, 0.7, 0.8, 0.9, 0.85, 0.6, 0.65, 0.7, 0.68, 0.66, 0.5, 0.52, 0.53, 0.54, 0.4, 0.45]
BUMPS = [1.0, 0.9, 0.95, 0.8, 0.85, 0.7, 0.75, 0.6, 0.62, 0.61, 0.63, 0.55, 0.57, 0.58, 0.59, 0.5]
STAIRS = [1.0, 0.8, 0.9, 0.7, 0.75, 0.8, 0.6, 0.65, 0.7, 0.75, 0.5]


@lesson.exercise("9.3")
def check_early_stopping() -> Function:
    """Feedback on `early_stopping(losses, patience)`."""
    return Function(
        keep,
        examples=[Given(VALLEYS, 3), Given(BUMPS, 3), Given(STAIRS, 3), Given([1.0, 0.8, 0.6], 2)],
        mistakes=[
            Like(lambda losses, patience: losses[keep(losses, patience)],
                 _("That is the loss itself. Return the number of its epoch.")),
            Like(lambda losses, patience: keep(losses, patience) + 1,
                 _("That is one too many. Epochs are counted from 0, as the entries of `losses` are.")),
            Like(stop, _("That is the epoch at which training stops. The weights to keep are those of the best epoch "
                         "before it.")),
            Like(lambda losses, patience: stop(losses, patience) - 1,
                 _("That is the epoch before the stop. The weights to keep are those of the best epoch, which lies "
                   "further back.")),
            Like(lambda losses, patience: int(np.argmin(losses)),
                 _("That is the lowest loss of the whole list. Training has stopped before it got there: look at the "
                   "patience.")),
            Like(lambda losses, patience: len(losses) - 1,
                 _("That is the last epoch of the list. Look at when the patience comes to its end.")),
            Like(lambda losses, patience: keep(losses, patience + 1),
                 _("You wait one epoch too long. Stop as soon as `patience` epochs in a row have brought no new "
                   "lowest loss.")),
            Like(lambda losses, patience: keep(losses, patience - 1),
                 _("You stop one epoch too early. Wait until `patience` epochs in a row have brought no new lowest "
                   "loss.")),
            Like(in_total,
                 _("You count all epochs without a new lowest loss. Only those in a row count: look at where the count "
                   "goes back to 0.")),
            Like(by_rises,
                 _("You compare each loss with the one before. It has to be compared with the lowest so far.")),
            Like(lambda losses, patience: keep(losses, 1),
                 _("You stop at the first epoch that is no better. Look at the patience.")),
            Like(lambda losses, patience: 0,
                 _("That is the first epoch, whatever comes later. Look at how the best epoch so far is remembered.")),
        ],
        fragile=[
            Fragile(Given([1.0, 0.5, 0.5, 0.5, 0.4], 2),
                    _("An equal loss is no new lowest one, so the patience runs on. Look at `<` and `<=`.")),
            Fragile(Given([1.0, 0.5, float("nan"), 0.45, float("nan"), float("nan")], 2),
                    _("A loss of nan upsets it. nan is no new lowest loss: look for a function such as `np.argmin`, or "
                      "a comparison that is turned round.")),
        ],
        right=_("It stops when the patience is at its end, and goes back to the best epoch so far."),
    )


# ---- exercise 9.4: the confusion matrix -----------------------------------------------------------------------------

MATRIX = np.array([[38, 2, 0], [3, 30, 7], [0, 1, 19]])   # as in the lesson: rows are true, columns predicted


@lesson.exercise("9.4")
def check_reading() -> Answer:
    """Feedback on `reading`, four readings of a confusion matrix."""
    def near(value, wanted):
        return abs(value - wanted) < 0.006

    def unless(name, wanted):
        """A test that fails where one of the readings has this particular wrong value."""
        return lambda **given: not near(given[name], wanted)

    def right(name, wanted):
        return lambda **given: near(given[name], wanted)

    def pair(*wanted):
        return lambda confused, **_others: not np.array_equal(confused, wanted)

    return Answer(
        like={"accuracy": 0.0, "recall": 0.0, "precision": 0.0, "confused": [0.0, 0.0]},
        tests=[
            (lambda accuracy, recall, precision, confused: max(accuracy, recall, precision) <= 1
             and min(accuracy, recall, precision) >= 0,
             _("Accuracy, recall and precision are shares, from 0 to 1. Look for a count or a percentage.")),
            (unless("accuracy", 0.13), _("0.13 is the share of wrong answers. Look at the diagonal.")),
            (unless("accuracy", (0.95 + 0.75 + 0.95) / 3),
             _("That accuracy is the mean of the three recalls, in which the 20 examples of class 2 count as much as "
               "the 40 of class 1. Divide the right answers by all answers.")),
            (right("accuracy", 0.87), _("The accuracy is not right yet. Add up the diagonal, and divide by the sum of "
                                        "all entries.")),
            (lambda accuracy, recall, precision, confused: not (near(recall, 30 / 33) and near(precision, 0.75)),
             _("Recall and precision have changed places. Rows are what is true: look at which of the two asks about "
               "the true ones.")),
            (unless("recall", 0.3), _("You divide the 30 by all examples. The recall of class 1 asks about the "
                                      "examples of class 1 alone: a row.")),
            (unless("recall", 0.95), _("That is the recall of another class. Classes count from 0, so class 1 is the "
                                       "middle row.")),
            (unless("recall", 30 / 33), _("For the recall you divide by the column, all that were *called* class 1. "
                                          "Look at the row, all that *are*.")),
            (right("recall", 0.75), _("The recall is not right yet. Of the examples in row 1, which share stands on "
                                      "the diagonal?")),
            (unless("precision", 0.75), _("For the precision you divide by the row, all that *are* class 1. Look at "
                                          "the column, all that were *called* so.")),
            (lambda precision, **_others: abs(precision - 38 / 41) > 0.003 and not near(precision, 19 / 26),
             _("That is the precision of another class. Classes count from 0, so class 1 is the middle column.")),
            (right("precision", 30 / 33), _("The precision is not right yet. Of the examples in column 1, which share "
                                            "stands on the diagonal?")),
            (lambda confused, **_others: confused[0] != confused[1],
             _("On the diagonal stand the right answers. The most frequent confusion is the largest entry beside it.")),
            (pair(2, 1), _("The pair is turned round: first the true class, then the predicted one, as row and "
                           "column.")),
            (pair(2, 3), _("You count classes from 1. Here the first row and column are class 0.")),
            (lambda confused, **_others: np.array_equal(confused, (1, 2)),
             _("Another entry beside the diagonal is larger. Look through all six of them.")),
        ],
        title=_("reading a confusion matrix"),
        right=_("A row tells what becomes of a class, a column tells what a prediction is worth."),
    )


# ---- predictions ----------------------------------------------------------------------------------------------------

@lesson.prediction
def direction() -> Choice:
    return Choice(_("The entry of the gradient for w₀₁ is +0.42. You may change w₀₁ by a little. What lowers the "
                    "loss?"), [
        (_("Make w₀₁ larger."),
         _("A positive slope says that the loss rises as the weight grows. That is the way up.")),
        (_("Make w₀₁ smaller."),
         _("The loss rises as the weight grows, so it falls as the weight shrinks: against the gradient.")),
        (_("Set w₀₁ to 0.42."),
         _("0.42 is a slope, so much loss for each unit of the weight. It is not the place to go to.")),
        (_("Leave it: w₀₁ is 0, as it should be."),
         _("At the best weights the gradient is 0. Here it is not, so another w₀₁ is better.")),
    ], right=1)


@lesson.prediction
def too_large() -> Choice:
    return Choice(_("With η = 4 the loss comes down to 0.4177 within 100 epochs. What does it do with η = 20?"), [
        (_("It comes down five times as fast."),
         _("Up to a point a longer step is a faster one. This one jumps over the valley and lands on the other side.")),
        (_("It grows without end, to inf."),
         _("It would on a parabola. But no entry of p − y is larger than 1, so here no step can be longer than η times "
           "the size of the inputs.")),
        (_("It jumps up and down and does not settle."),
         _("Each step overshoots the valley, and the slope on the other side throws it back.")),
        (_("It stays at ln 3."),
         _("That is what a learning rate of 0 does. A large one moves the weights a lot.")),
    ], right=2)


@lesson.prediction
def steps() -> Number:
    return Number(
        _("90 examples, batches of 20. How many steps does one epoch make?"),
        right=5, yes=_("Four batches of 20, and one with the 10 that remain: every example has its turn once."),
        replies=[
            ((4, 4), _("Four full batches are 80 examples. The 10 that remain have their turn too.")),
            ((4.5, 4.5), _("90 / 20 is 4.5, and there is no half step: the last batch is simply smaller.")),
            ((1, 1), _("One step an epoch is the full batch, with all 90 at once.")),
            ((20, 20), _("20 is the size of a batch. How many of them make up 90?")),
            ((90, 90), _("90 steps would be batches of a single example.")),
            ((1800, 1800), _("Divide: each example has its turn once, not twenty times.")),
        ],
        otherwise=_("An epoch goes through all 90 examples once, 20 at a step."))


@lesson.prediction
def separable() -> Choice:
    return Choice(_("Three straight borders put every tomato of a new set into its crate. You train on and on. What do "
                    "the weights do?"), [
        (_("They settle, as before."),
         _("They would if there were best weights. But multiply weights that are always right by 2: every p of a true "
           "class grows.")),
        (_("They grow without end, ever more slowly."),
         _("Once all are right, the same weights times 2 always make the loss smaller. And the smaller it is, the "
           "smaller the next step.")),
        (_("They stop as soon as all tomatoes are right."),
         _("The loss knows nothing of right and wrong, only of p, and p is still below 1.")),
        (_("They shrink, since nothing is left to learn."),
         _("A step against the gradient makes the p of the true classes larger, which takes larger weights, not "
           "smaller ones.")),
    ], right=1)


@lesson.prediction
def held_out() -> Choice:
    return Choice(_("30 flowers to train on, 120 held out. Training goes on for 5000 epochs, and the loss on the 30 "
                    "falls all the way. What does the loss on the 120 do?"), [
        (_("It falls all the way too."),
         _("It does at first. Later the weights grow to suit the 30, and the 120 have a few that this is wrong for.")),
        (_("It falls, then rises again."),
         _("First the model learns what all flowers share. Then it becomes ever surer, also where it is wrong.")),
        (_("It rises from the start."),
         _("At the start the model knows nothing, ln 3. What it learns first holds for all flowers.")),
        (_("It stays at ln 3, for the model never sees these flowers."),
         _("It does not learn from them, but it is asked about them, with the weights learnt from others of the same "
           "kinds.")),
    ], right=1)
